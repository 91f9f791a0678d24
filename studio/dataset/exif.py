"""Which way up a picture was taken: EXIF's orientation, found in JPEG, PNG and WebP files."""

import re
import struct
from collections.abc import Callable, Iterator

from studio.dataset import tiff
from studio.dataset.png import find_chunks

_EXIF_MARK = b"Exif\0\0"
_MARKER = re.compile(rb"\xff[^\x00\x01\xff\xd0-\xd8]", re.DOTALL)
_SCAN_OR_END = (0xDA, 0xD9)


def jpeg_segments(data: bytes) -> Iterator[tuple[int, int]]:
    """Yield marker and payload offset of each segment up to the first scan.

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
        yield marker, found.end() + 2
        position = found.end() + length


def _find_in_jpeg(data: bytes) -> bytes | None:
    for marker, offset in jpeg_segments(data):
        if marker == 0xE1 and data.startswith(_EXIF_MARK, offset):
            (length,) = struct.unpack_from(">H", data, offset - 2)
            return data[offset : offset + length - 2]
    return None


def _find_in_png(data: bytes) -> bytes | None:
    for name, offset, length in find_chunks(data):
        if name == b"eXIf":
            return data[offset : offset + length]
    return None


def _find_in_webp(data: bytes) -> bytes | None:
    position = 12
    while position + 8 <= len(data):
        (length,) = struct.unpack_from("<I", data, position + 4)
        if data.startswith(b"EXIF", position):
            return data[position + 8 : position + 8 + length]
        position += 8 + length + length % 2
    return None


_FINDERS: dict[str, Callable[[bytes], bytes | None]] = {
    "jpeg": _find_in_jpeg,
    "png": _find_in_png,
    "webp": _find_in_webp,
}


def read_orientation(data: bytes, format: str) -> int:
    """Return EXIF's orientation, 1 to 8, of a file of this format; 1 (upright) where none is told.

    A damaged tag counts as none. Formats without EXIF, and TIFF, which OpenCV turns itself, give 1.
    """
    find = _FINDERS.get(format)
    try:
        block = find(data) if find else None
        tag = (
            tiff.read_tags(block.removeprefix(_EXIF_MARK)).get(tiff.ORIENTATION) if block else None
        )
    except struct.error:
        return 1
    return tag.value if tag and 1 <= tag.value <= 8 else 1
