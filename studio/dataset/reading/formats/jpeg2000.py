"""JPEG 2000: its boxes and its codestream's first segment (ISO/IEC 15444-1, A.5.1 and I.5)."""

import struct

from studio.dataset.reading.formats.boxes import Box, find_box, find_boxes, need_box, unpack
from studio.dataset.reading.formats.facts import NO_SIZE, Facts, UnreadableError, check_size

MAGIC = (b"\0\0\0\x0cjP  ", b"\xff\x4f\xff\x51")

_CODESTREAM = b"\xff\x4f\xff\x51"
_CMYK, _LAB, _SRGB, _GREY, _YCC, _EYCC = 12, 14, 16, 17, 18, 24
_STRANGE = {_CMYK: "CMYK", _LAB: "L*a*b*", _EYCC: "e-sYCC"}


def describe(data: bytes, max_pixels: int) -> Facts:
    """Return the facts of a JPEG 2000 file or codestream; `struct.error` when cut short.

    `UnreadableError` for the kinds that would come out wrong.
    """
    header = None
    start = 0
    if not data.startswith(_CODESTREAM):
        header = need_box(data, b"jp2h")
        start = _find_codestream(data)
    width, height, bits, channels = _read_size(data, start, max_pixels)
    space, profile = _read_colours(data, header)
    if header is not None and find_box(data, b"pclr", header):
        raise UnreadableError("has a palette, which is not supported in JPEG 2000")
    if space in _STRANGE:
        raise UnreadableError(f"has {_STRANGE[space]} colours, not supported in JPEG 2000")
    needs_pillow = space == _YCC or channels == 2
    if needs_pillow and bits > 8:
        what = "YCC colours" if space == _YCC else "alpha beside grey"
        raise UnreadableError(f"has {what} in {bits} bits, which is not supported")
    return Facts(
        "jpeg2000",
        width,
        height,
        colours="grey" if channels < 3 else "rgb",
        bits=bits,
        profile=profile,
        decoder="pillow" if needs_pillow else "opencv",
    )


def _find_codestream(data: bytes) -> int:
    for box in find_boxes(data):
        if box.name == b"jp2c":
            return box.start
    raise UnreadableError(NO_SIZE)


def _read_size(data: bytes, start: int, max_pixels: int) -> tuple[int, int, int, int]:
    magic, right, bottom, left, top, channels = struct.unpack_from(">4s4xIIII16xH", data, start)
    if magic != _CODESTREAM:
        raise UnreadableError(NO_SIZE)
    check_size(right - left, bottom - top, max_pixels)
    if left or top:
        raise UnreadableError("does not begin at its grid's corner, which is not supported")
    if channels not in (1, 2, 3, 4):
        raise UnreadableError(f"has {channels} channels; only 1 to 4 are supported")
    parts = [struct.unpack_from(">BBB", data, start + 42 + 3 * c) for c in range(channels)]
    if any(part[1:] != (1, 1) for part in parts):
        raise UnreadableError("has channels of different sizes, which is not supported")
    if len({part[0] for part in parts}) > 1:
        raise UnreadableError("has channels of different depths, which is not supported")
    bits, signed = (parts[0][0] & 0x7F) + 1, parts[0][0] & 0x80
    if signed or not 8 <= bits <= 16:
        kind = "signed " if signed else ""
        raise UnreadableError(f"has {bits}-bit {kind}pixels; supported are 8 to 16 bit, unsigned")
    return right, bottom, bits, channels


def _read_colours(data: bytes, header: Box | None) -> tuple[int, bytes]:
    box = find_box(data, b"colr", header) if header else None
    if box is None:
        return 0, b""
    (method,) = unpack("B", data, box)
    if method == 1:
        return unpack("I", data, box, 3)[0], b""
    return 0, data[box.start + 3 : box.end] or b"?"
