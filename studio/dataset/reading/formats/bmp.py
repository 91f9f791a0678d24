"""BMP: its two headers."""

import struct

from studio.dataset.reading.formats.facts import Facts, check_size

MAGIC = (b"BM",)


def describe(data: bytes, max_pixels: int) -> Facts:
    """Return the facts of a BMP; `struct.error` when the header is cut short."""
    (length,) = struct.unpack_from("<I", data, 14)
    width, height = struct.unpack_from("<HH" if length == 12 else "<ii", data, 18)
    check_size(width, abs(height), max_pixels)
    return Facts("bmp", width, abs(height))
