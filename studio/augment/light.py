"""Linear light behind the levels of a picture."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from studio.augment.distributions import WORDS

Floats = NDArray[np.float64]


def light_of(level: Floats) -> Floats:
    """Return the linear light of levels, both as shares of white, by sRGB (IEC 61966-2-1)."""
    return np.where(level <= 0.04045, level / 12.92, ((level + 0.055) / 1.055) ** 2.4)


def level_of(light: Floats) -> Floats:
    """Return the levels of linear light, both as shares of white."""
    return np.where(light <= 0.0031308, light * 12.92, 1.055 * light ** (1 / 2.4) - 0.055)


@lru_cache(maxsize=1)
def levels_of_light() -> NDArray[np.float32]:
    """Return the level, 0 to 255, for each of as many steps of linear light as there are words."""
    return (level_of(np.arange(WORDS) / (WORDS - 1)) * 255).astype(np.float32)
