"""Random words by the million."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from studio.augment.scratch import scratch

WINDOW = 1 << 20
_LAST = (1 << 18) - 1
_ALL = (1 << 64) - 1


class WordStream:
    """A stream of uniform, independent 16-bit words for a seed.

    Each stretch of `WINDOW` words is the exclusive or of three windows into tables of a generator's
    raw words. That takes a third of the time of drawing as many anew, and lets other threads run
    meanwhile, which numpy's raw words do not. Where the windows begin is drawn from the seed, one
    of 2⁵⁴ ways for the three: tabulation hashing, by which any three stretches are independent
    (Zobrist 1970; Carter and Wegman 1979). Two that begin equally far apart in all three tables
    would be the same words moved, which is so for one pair of some 2³⁶.
    """

    def __init__(self, seed: int) -> None:
        self._state = seed

    def draw(self, count: int) -> NDArray[np.uint16]:
        """Return the next so many words, in scratch that the next draw in the thread overwrites."""
        words: NDArray[np.uint16] = scratch("words", (count,), np.uint16)
        for start in range(0, count, WINDOW):
            part = words[start : start + WINDOW]
            first, second, third = self._windows(len(part))
            np.bitwise_xor(first, second, out=part)
            np.bitwise_xor(part, third, out=part)
        return words

    def _windows(self, count: int) -> list[NDArray[np.uint16]]:
        # SplitMix64 (Steele, Lea and Flood 2014): three beginnings from one output.
        self._state = (self._state + 0x9E3779B97F4A7C15) & _ALL
        mixed = self._state
        mixed = ((mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9) & _ALL
        mixed = ((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB) & _ALL
        mixed ^= mixed >> 31
        starts = (mixed & _LAST, mixed >> 21 & _LAST, mixed >> 42 & _LAST)
        return [table[at : at + count] for table, at in zip(_tables(), starts, strict=True)]


@lru_cache(maxsize=1)
def _tables() -> tuple[NDArray[np.uint16], ...]:
    bits = np.random.SFC64(0)
    length = _LAST + 1 + WINDOW
    return tuple(bits.random_raw(length // 4).view(np.uint16) for _ in range(3))
