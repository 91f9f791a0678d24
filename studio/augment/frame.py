"""What an operation is told about the picture it works on."""

from typing import Any, NamedTuple

import numpy as np
from numpy.random.bit_generator import ISeedSequence
from numpy.typing import DTypeLike, NDArray


class Frame(NamedTuple):
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
        return np.random.Generator(np.random.SFC64(_State(self.seed)))  # type: ignore[arg-type]


class _State(ISeedSequence):
    """A generator's state that is the seed itself, which is 64 even bits of a hash already.

    The rounds that SFC64 runs before its first word mix the state, so that neighbouring seeds
    give unrelated streams. numpy's own sequences hash once more, which takes longer than all the
    words of a small picture.
    """

    def __init__(self, seed: int) -> None:
        self._seed = seed

    def generate_state(self, n_words: int, dtype: DTypeLike = np.uint32) -> NDArray[Any]:
        return np.full(n_words, self._seed, dtype)
