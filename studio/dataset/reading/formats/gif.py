"""GIF: its blocks up to the second picture. https://www.w3.org/Graphics/GIF/spec-gif89a.txt"""

import struct

from studio.dataset.reading.formats.facts import (
    ANIMATED,
    TRUNCATED,
    Facts,
    UnreadableError,
    check_size,
)

MAGIC = (b"GIF87a", b"GIF89a")

_PICTURE, _EXTENSION, _END = 0x2C, 0x21, 0x3B


def describe(data: bytes, max_pixels: int) -> Facts:
    """Return the facts of a GIF; `struct.error` when it ends before they are known."""
    width, height = struct.unpack_from("<HH", data, 6)
    check_size(width, height, max_pixels)
    end = _find_end_of_first(data)
    _, block = _skip_extensions(data, end)
    return Facts("gif", width, height, notices=(ANIMATED,) if block == _PICTURE else ())


def prepare(data: bytes, facts: Facts) -> bytes:
    """Return a file of the first picture alone.

    OpenCV takes from the last picture whether the first may be transparent.
    """
    return data[: _find_end_of_first(data)] + bytes([_END]) if facts.notices else data


def _read_byte(data: bytes, position: int) -> int:
    if position >= len(data):
        raise struct.error("cut short")
    return data[position]


def _count_colours(flags: int) -> int:
    return 2 << (flags & 7) if flags & 0x80 else 0


def _skip_blocks(data: bytes, position: int) -> int:
    while length := _read_byte(data, position):
        position += 1 + length
    return position + 1


def _skip_extensions(data: bytes, position: int) -> tuple[int, int]:
    while (block := _read_byte(data, position)) == _EXTENSION:
        position = _skip_blocks(data, position + 2)
    return position, block


def _find_end_of_first(data: bytes) -> int:
    start = 13 + 3 * _count_colours(_read_byte(data, 10))
    position, block = _skip_extensions(data, start)
    if block != _PICTURE:
        raise UnreadableError(TRUNCATED)
    colours = _count_colours(_read_byte(data, position + 9))
    return _skip_blocks(data, position + 10 + 3 * colours + 1)
