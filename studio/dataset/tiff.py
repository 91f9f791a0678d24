"""TIFF's tags: the size and kind of a TIFF file, and the layout EXIF data is kept in.

https://www.itu.int/itudoc/itu-t/com16/tiff-fx/docs/tiff6.pdf, and BigTIFF's wider fields.
"""

import struct
from typing import NamedTuple

WIDTH = 256
HEIGHT = 257
BITS = 258
PHOTOMETRIC = 262
ORIENTATION = 274
SAMPLES = 277
PLANAR = 284
EXTRA_SAMPLES = 338
SAMPLE_FORMAT = 339

_WHITE_IS_ZERO, _BLACK_IS_ZERO, _RGB = 0, 1, 2
_STRAIGHT_ALPHA, _PREMULTIPLIED_ALPHA = 2, 1
_SAMPLE_KINDS = {2: "signed ", 3: "float "}
_INTEGERS = {1: "B", 3: "H", 4: "I", 16: "Q"}


class Tag(NamedTuple):
    """A tag's first value, and where in the data that value stands, in bytes, with its format."""

    value: int
    offset: int
    format: str


def read_tags(data: bytes) -> dict[int, Tag]:
    """Return the whole-number tags of the first image by number; `struct.error` if cut short.

    Of a tag that is given twice, the first counts, as in libtiff.
    """
    order = {b"II": "<", b"MM": ">"}.get(data[:2])
    if order is None:
        raise struct.error("no byte order mark")
    (version,) = struct.unpack_from(order + "H", data, 2)
    if version == 43:
        position, count, field, length = 8, "Q", "Q", 20
    else:
        position, count, field, length = 4, "H", "I", 12
    (start,) = struct.unpack_from(order + field, data, position)
    # Of an offset beyond 63 bits, unpack_from would make an OverflowError.
    (entries,) = struct.unpack_from(order + count, data, min(start, len(data)))
    start += struct.calcsize("<" + count)
    if start + entries * length > len(data):
        raise struct.error("directory is cut short")
    tags: dict[int, Tag] = {}
    for entry in range(start, start + entries * length, length):
        number, kind, values = struct.unpack_from(order + "HH" + field, data, entry)
        if kind not in _INTEGERS or not values or number in tags:
            continue
        place = entry + 4 + struct.calcsize("<" + field)
        if values * struct.calcsize("<" + _INTEGERS[kind]) > struct.calcsize("<" + field):
            (place,) = struct.unpack_from(order + field, data, place)
        form = order + _INTEGERS[kind]
        if place + struct.calcsize(form) <= len(data):
            tags[number] = Tag(struct.unpack_from(form, data, place)[0], place, form)
    return tags


def read_size(data: bytes) -> tuple[int, int]:
    """Return width and height, in pixels; `struct.error` when they are not in the data."""
    tags = read_tags(data)
    if WIDTH not in tags or HEIGHT not in tags:
        raise struct.error("no size")
    return tags[WIDTH].value, tags[HEIGHT].value


def find_obstacle(data: bytes) -> str:
    """Return why OpenCV would refuse the file or return wrong pixels without an error, or ""."""
    tags = read_tags(data)

    def value(number: int, default: int) -> int:
        return tags[number].value if number in tags else default

    bits, samples = value(BITS, 1), value(SAMPLES, 1)
    kind, photometric = _SAMPLE_KINDS.get(value(SAMPLE_FORMAT, 1), ""), value(PHOTOMETRIC, 1)
    if kind or bits not in (1, 4, 8, 16):
        return f"has {bits}-bit {kind}pixels; only unsigned 8 and 16 bit are supported"
    if samples > 4 or samples == 2 or (samples > 1 and photometric <= _BLACK_IS_ZERO):
        return f"has {samples} channels; only grey, RGB and RGB with alpha are supported"
    if bits == 16 and photometric == _WHITE_IS_ZERO:
        return "counts white as zero in 16 bits, which is not supported"
    if bits == 16 and photometric not in (_BLACK_IS_ZERO, _RGB):
        return "has 16-bit pixels that are neither grey nor RGB, which is not supported"
    if bits == 16 and samples > 1 and value(PLANAR, 1) != 1:
        return "keeps its channels in separate 16-bit planes, which is not supported"
    return ""


def keep_straight_alpha(data: bytes) -> bytes:
    """Return the file so marked that libtiff leaves 8-bit colours as they are stored.

    Decoding to 8-bit RGBA, it multiplies straight alpha into the colours. It does not where the
    file says that this has been done.
    """
    tags = read_tags(data)
    extra, bits = tags.get(EXTRA_SAMPLES), tags.get(BITS)
    if not extra or extra.value != _STRAIGHT_ALPHA or not bits or bits.value != 8:
        return data
    marked = bytearray(data)
    struct.pack_into(extra.format, marked, extra.offset, _PREMULTIPLIED_ALPHA)
    return bytes(marked)
