"""JPEG: its segments up to the first scan.

https://www.w3.org/Graphics/JPEG/itu-t81.pdf; ICC.1:2022, B.4, for profiles.
"""

import re
import struct
from collections.abc import Iterator

from studio.dataset.reading.formats.facts import NO_SIZE, Facts, UnreadableError, check_size
from studio.dataset.reading.formats.tags import read_orientation

MAGIC = (b"\xff\xd8\xff",)

_MARKER = re.compile(rb"\xff[^\x00\x01\xff\xd0-\xd8]", re.DOTALL)
_SCAN_OR_END = (0xDA, 0xD9)
_EXIF, _PROFILE = b"Exif\0\0", b"ICC_PROFILE\0"


def find_segments(data: bytes) -> Iterator[tuple[int, int, int]]:
    """Yield marker, payload start and end of each segment up to the first scan.

    `struct.error` where the data ends before. Bytes between segments are passed over, as libjpeg
    does.
    """
    position = 2
    while True:
        found = _MARKER.search(data, position)
        if found is None:
            raise struct.error("no scan")
        marker = data[found.end() - 1]
        if marker in _SCAN_OR_END:
            return
        (length,) = struct.unpack_from(">H", data, found.end())
        if length < 2:
            raise struct.error("segment without a length")
        position = found.end() + length
        yield marker, found.end() + 2, position


def describe(data: bytes, max_pixels: int) -> Facts:
    """Return the facts of a JPEG; `struct.error` when the header is cut short."""
    width = height = channels = 0
    exif, adobe = b"", False
    profile: dict[int, bytes] = {}
    for marker, start, end in find_segments(data):
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC) and not channels:
            bits, height, width, channels = struct.unpack_from(">BHHB", data, start)
            if bits != 8:
                raise UnreadableError(f"has {bits}-bit pixels; of JPEG only 8 bit is supported")
            check_size(width, height, max_pixels)
        elif marker == 0xE1 and not exif and data.startswith(_EXIF, start):
            exif = data[start:end]
        elif marker == 0xE2 and data.startswith(_PROFILE, start) and end - start >= 14:
            profile.setdefault(data[start + 12], data[start + 14 : end])
        elif marker == 0xEE and data.startswith(b"Adobe", start):
            adobe = True
    if not width:
        raise UnreadableError(NO_SIZE)
    return Facts(
        "jpeg",
        width,
        height,
        colours="grey" if channels == 1 else "cmyk" if channels == 4 else "rgb",
        orientation=read_orientation(exif),
        profile=b"".join(profile[number] for number in sorted(profile)),
        adobe=adobe,
        decoder="pillow" if channels == 4 else "opencv",
    )
