"""TIFF's directories of tags, in which EXIF data is kept too.

https://www.itu.int/itudoc/itu-t/com16/tiff-fx/docs/tiff6.pdf, and BigTIFF's wider fields.
"""

import struct
from typing import NamedTuple

ORIENTATION = 274

# BYTE, SHORT, LONG, LONG8, and UNDEFINED, which holds profiles.
_FORMATS = {1: "B", 3: "H", 4: "I", 7: "B", 13: "I", 16: "Q", 18: "Q"}


class Tag(NamedTuple):
    """A tag's first value, and where its `size` values stand in the data, each in `form`."""

    value: int
    offset: int
    form: str
    size: int


class Directory(NamedTuple):
    """The whole-number tags of one image by number, and the offset of the next directory or 0."""

    tags: dict[int, Tag]
    following: int


def read_order(data: bytes) -> str:
    """Return "<" or ">" as the first bytes tell; `struct.error` if they do not."""
    order = {b"II": "<", b"MM": ">"}.get(data[:2])
    if order is None:
        raise struct.error("no byte order mark")
    return order


def read_directory(data: bytes, start: int = 0) -> Directory:
    """Return the directory at an offset, or the first; `struct.error` if cut short.

    Of a tag that is given twice, the first counts, as in libtiff.
    """
    order = read_order(data)
    (version,) = struct.unpack_from(order + "H", data, 2)
    if version == 43:
        position, count, field, length = 8, "Q", "Q", 20
    else:
        position, count, field, length = 4, "H", "I", 12
    if not start:
        (start,) = struct.unpack_from(order + field, data, position)
    # Of an offset beyond 63 bits, unpack_from would make an OverflowError.
    (entries,) = struct.unpack_from(order + count, data, min(start, len(data)))
    start += struct.calcsize("<" + count)
    if start + entries * length > len(data):
        raise struct.error("directory is cut short")
    tags: dict[int, Tag] = {}
    for entry in range(start, start + entries * length, length):
        number, kind, values = struct.unpack_from(order + "HH" + field, data, entry)
        if kind not in _FORMATS or not values or number in tags:
            continue
        form = order + _FORMATS[kind]
        place = entry + 4 + struct.calcsize("<" + field)
        if values * struct.calcsize(form) > struct.calcsize("<" + field):
            (place,) = struct.unpack_from(order + field, data, place)
        if place + struct.calcsize(form) <= len(data):
            tags[number] = Tag(struct.unpack_from(form, data, place)[0], place, form, values)
    end = start + entries * length
    whole = end + struct.calcsize("<" + field) <= len(data)
    return Directory(tags, struct.unpack_from(order + field, data, end)[0] if whole else 0)


def read_orientation(block: bytes) -> int:
    """Return the orientation, 1 to 8, in a block of EXIF data; 1, upright, where none is told.

    A damaged tag counts as none.
    """
    try:
        tag = read_directory(block.removeprefix(b"Exif\0\0")).tags.get(ORIENTATION)
    except struct.error:
        return 1
    return tag.value if tag and 1 <= tag.value <= 8 else 1
