"""What an operation is told about the picture it works on."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Frame:
    """What an operation may know beside its parameters.

    `width` and `height` are those of the pixels at hand. `scale` is their size relative to the
    full image: 1 in an export, less on a preview's proxy, where a pixel is the mean of several.
    `seed` is the step's own, for what has too many random numbers to list in a plan.
    """

    width: int
    height: int
    scale: float = 1.0
    seed: int = 0

    @property
    def shorter_side(self) -> int:
        return min(self.width, self.height)

    def pixels(self, percent: float) -> float:
        """Return a length in pixels from one in percent of the shorter side."""
        return percent / 100 * self.shorter_side

    def random(self) -> np.random.Generator:
        """Return this step's generator, the same numbers each time it is called."""
        return np.random.Generator(self.bits())

    def bits(self) -> np.random.SFC64:
        """Return this step's source of raw words, the cheapest randomness for whole images."""
        return np.random.SFC64(self.seed)
