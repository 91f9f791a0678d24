"""The random numbers of one step for one image and variant."""

import struct
from hashlib import shake_128

_WORDS = 256


class Dice:
    """A stream of its own for each key.

    A hash serves as generator: it needs no set-up for the few numbers of a stream, and gives the
    same ones on every machine and version.
    """

    def __init__(self, key: str) -> None:
        digest = shake_128(key.encode("utf-8", "surrogatepass")).digest(8 * _WORDS)
        self._words = iter(struct.unpack(f"<{_WORDS}Q", digest))

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
