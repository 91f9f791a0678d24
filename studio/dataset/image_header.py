"""What a file says about itself in its first bytes: its format and its size in pixels."""

import struct
from collections.abc import Callable

from msgspec import Struct

from studio.dataset import tiff
from studio.dataset.exif import jpeg_segments


class HeaderError(ValueError):
    """A header that is not one of ours, or broken; `str()` is the reason, in plain words."""


class CutShortError(HeaderError):
    """A header that goes on after the end of the data."""


class Header(Struct, frozen=True):
    """Format ("jpeg", "png", "webp", "bmp", "tiff", "gif") and size as stored, in pixels."""

    format: str
    width: int
    height: int


_OURS = (
    (b"\xff\xd8\xff", "jpeg"),
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"BM", "bmp"),
    (b"GIF87a", "gif"),
    (b"GIF89a", "gif"),
    (b"II*\0", "tiff"),
    (b"MM\0*", "tiff"),
    (b"II+\0", "tiff"),
    (b"MM\0+", "tiff"),
)
_OTHERS = (
    (0, b"%PDF", "a PDF document"),
    (0, b"8BPS", "a Photoshop file"),
    (0, b"PK\x03\x04", "a ZIP archive"),
    (0, b"\0\0\0\x0cjP  ", "a JPEG 2000 image"),
    (0, b"\xff\x4f\xff\x51", "a JPEG 2000 image"),
    (0, b"\0\0\0\x0cJXL ", "a JPEG XL image"),
    (0, b"\xff\x0a", "a JPEG XL image"),
    (0, b"\x76\x2f\x31\x01", "an OpenEXR image"),
    (0, b"#?RADIANCE", "a Radiance HDR image"),
    (0, b"\0\0\x01\0", "an icon file"),
    (0, b"version https://git-lfs", "a Git LFS pointer, not the picture itself"),
    (0, b"<svg", "an SVG drawing"),
    (0, b"<?xml", "an XML file"),
    (0, b"<!DOCTYPE", "a web page"),
    (0, b"<!doctype", "a web page"),
    (0, b"<html", "a web page"),
    (4, b"ftypavif", "an AVIF image"),
    (4, b"ftypheic", "a HEIC image"),
    (4, b"ftypheix", "a HEIC image"),
    (4, b"ftypmif1", "a HEIC image"),
    (4, b"ftyp", "a video"),
)


def find_format(data: bytes) -> str:
    """Return the format that the first bytes tell; `HeaderError` for any but ours."""
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "webp"
    for magic, name in _OURS:
        if data.startswith(magic):
            return name
    for offset, magic, name in _OTHERS:
        if data.startswith(magic, offset):
            raise HeaderError(f"is {name}; only JPEG, PNG, WebP, BMP, TIFF and GIF are read")
    raise HeaderError("is not an image: its first bytes are not JPEG, PNG, WebP, BMP, TIFF or GIF")


def _jpeg_size(data: bytes) -> tuple[int, int]:
    for marker, offset in jpeg_segments(data):
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            bits, height, width = struct.unpack_from(">BHH", data, offset)
            if bits != 8:
                raise HeaderError(f"has {bits}-bit pixels; of JPEG only 8 bit is supported")
            return width, height
    raise HeaderError("has a broken header: it does not say how large the image is")


def _png_size(data: bytes) -> tuple[int, int]:
    chunk, width, height = struct.unpack_from(">4sII", data, 12)
    if chunk != b"IHDR":
        raise HeaderError("has a broken header: it does not say how large the image is")
    return width, height


def _webp_size(data: bytes) -> tuple[int, int]:
    chunk = data[12:16]
    if chunk == b"VP8 ":
        start, width, height = struct.unpack_from("<3sHH", data, 23)
        if start == b"\x9d\x01\x2a":
            return width & 0x3FFF, height & 0x3FFF
    elif chunk == b"VP8L":
        start, bits = struct.unpack_from("<BI", data, 20)
        if start == 0x2F:
            return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    elif chunk == b"VP8X":
        low, high, low_height, high_height = struct.unpack_from("<HBHB", data, 24)
        return (low | high << 16) + 1, (low_height | high_height << 16) + 1
    raise HeaderError("has a broken header: it does not say how large the image is")


def _bmp_size(data: bytes) -> tuple[int, int]:
    (length,) = struct.unpack_from("<I", data, 14)
    width, height = struct.unpack_from("<HH" if length == 12 else "<ii", data, 18)
    return width, abs(height)


def _gif_size(data: bytes) -> tuple[int, int]:
    width, height = struct.unpack_from("<HH", data, 6)
    return width, height


_SIZES: dict[str, Callable[[bytes], tuple[int, int]]] = {
    "jpeg": _jpeg_size,
    "png": _png_size,
    "webp": _webp_size,
    "bmp": _bmp_size,
    "gif": _gif_size,
    "tiff": tiff.read_size,
}


def parse_header(data: bytes) -> Header:
    """Return format and size from the file's bytes, of which the first ones may do.

    `CutShortError` when the header goes on after their end, `HeaderError` when it is broken.
    """
    format = find_format(data)
    try:
        width, height = _SIZES[format](data)
    except struct.error as error:
        raise CutShortError("is truncated or corrupt") from error
    if width < 1 or height < 1:
        raise HeaderError(f"has a broken header: it claims {width}×{height} pixels")
    return Header(format, width, height)
