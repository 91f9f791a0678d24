"""Large pictures in pieces: index arrays take many times the memory of the pixels they name."""

from collections.abc import Iterator

_PIXELS = 1 << 18


def bands(height: int, width: int) -> Iterator[slice]:
    """Yield the rows of a picture of this size, some of them at a time."""
    rows = max(1, _PIXELS // width)
    for start in range(0, height, rows):
        yield slice(start, start + rows)
