"""WebP: its chunks. https://developers.google.com/speed/webp/docs/riff_container"""

import struct
from collections.abc import Iterator

from studio.dataset.reading.formats.facts import (
    ANIMATED,
    NO_SIZE,
    Facts,
    UnreadableError,
    check_size,
)
from studio.dataset.reading.formats.tags import read_orientation

_HAS_PROFILE, _HAS_EXIF, _IS_ANIMATED = 0x20, 0x08, 0x02


def describe(data: bytes, max_pixels: int) -> Facts:
    """Return the facts of a WebP; `struct.error` when the header is cut short."""
    width, height, flags = _read_size(data)
    check_size(width, height, max_pixels)
    exif = profile = b""
    if flags & (_HAS_PROFILE | _HAS_EXIF):
        for name, start, end in _find_chunks(data):
            if name == b"ICCP" and flags & _HAS_PROFILE and not profile:
                if end > len(data):
                    raise struct.error("profile is cut short")
                profile = data[start:end] or b"?"
            elif name == b"EXIF" and not exif:
                exif = data[start:end]
    return Facts(
        "webp",
        width,
        height,
        orientation=read_orientation(exif),
        profile=profile,
        notices=(ANIMATED,) if flags & _IS_ANIMATED else (),
    )


def _find_chunks(data: bytes) -> Iterator[tuple[bytes, int, int]]:
    position = 12
    while position + 8 <= len(data):
        name, length = struct.unpack_from("<4sI", data, position)
        yield name, position + 8, position + 8 + length
        position += 8 + length + length % 2


def _read_size(data: bytes) -> tuple[int, int, int]:
    chunk = data[12:16]
    if chunk == b"VP8 ":
        start, width, height = struct.unpack_from("<3sHH", data, 23)
        if start == b"\x9d\x01\x2a":
            return width & 0x3FFF, height & 0x3FFF, 0
    elif chunk == b"VP8L":
        start, bits = struct.unpack_from("<BI", data, 20)
        if start == 0x2F:
            return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1, 0
    elif chunk == b"VP8X":
        flags, low, high, low_height, high_height = struct.unpack_from("<B3xHBHB", data, 20)
        return (low | high << 16) + 1, (low_height | high_height << 16) + 1, flags
    raise UnreadableError(NO_SIZE)
