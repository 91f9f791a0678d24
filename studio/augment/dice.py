"""The random numbers of one step for one image and variant."""

import struct
from hashlib import shake_128

_WORDS = 256


class Dice:
    """A stream of its own for each (recipe seed, image key, variant, step id).

    A hash serves as generator: it needs no set-up for the few numbers of a stream, and gives the
    same ones on every machine and version.
    """

    def __init__(self, seed: int, image: str, variant: int, step: str) -> None:
        key = f"{seed}\0{image}\0{variant}\0{step}".encode("utf-8", "surrogatepass")
        self._words = iter(struct.unpack(f"<{_WORDS}Q", shake_128(key).digest(8 * _WORDS)))

    def word(self) -> int:
        """Return the next 64 random bits."""
        word: int = next(self._words)
        return word

    def uniform(self) -> float:
        """Return the next number in [0, 1)."""
        return float((self.word() >> 11) * 2.0**-53)

    def index(self, count: int) -> int:
        """Return the next of the indices below `count`."""
        return int(self.uniform() * count)
