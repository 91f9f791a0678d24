"""Which format a file is of, and what each format knows about its files."""

import struct
from collections.abc import Callable
from typing import Any, NamedTuple

from numpy.typing import NDArray

from studio.dataset.reading.formats import avif, bmp, gif, jpeg, jpeg2000, png, tiff, webp
from studio.dataset.reading.formats.facts import CutShortError, Facts, UnreadableError

__all__ = ["FORMATS", "Format", "describe", "find_format"]


def _keep(data: bytes, facts: Facts) -> bytes:
    return data


def _leave(values: NDArray[Any], data: bytes, facts: Facts) -> NDArray[Any]:
    return values


class Format(NamedTuple):
    """What one format's module does.

    `describe` reads the header; `prepare` returns the file that the decoder should get; `finish`
    mends the pixels that came out.
    """

    describe: Callable[[bytes, int], Facts]
    prepare: Callable[[bytes, Facts], bytes] = _keep
    finish: Callable[[NDArray[Any], bytes, Facts], NDArray[Any]] = _leave


FORMATS = {
    "jpeg": Format(jpeg.describe),
    "png": Format(png.describe, png.prepare, png.finish),
    "webp": Format(webp.describe),
    "bmp": Format(bmp.describe),
    "gif": Format(gif.describe, gif.prepare),
    "tiff": Format(tiff.describe, tiff.prepare, tiff.finish),
    "jpeg2000": Format(jpeg2000.describe),
    "avif": Format(avif.describe),
}
_MAGIC = tuple(
    (magic, module.__name__.rpartition(".")[2])
    for module in (jpeg, png, bmp, gif, tiff, jpeg2000)
    for magic in module.MAGIC
)
_OTHERS = (
    (0, b"%PDF", "a PDF document"),
    (0, b"8BPS", "a Photoshop file"),
    (0, b"PK\x03\x04", "a ZIP archive"),
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
    (4, b"ftypheic", "a HEIC image"),
    (4, b"ftypheix", "a HEIC image"),
    (4, b"ftypmif1", "a HEIC image"),
    (4, b"ftyp", "a video"),
)
_READ = "JPEG, PNG, WebP, BMP, TIFF, GIF, JPEG 2000 and AVIF"


def find_format(data: bytes) -> str:
    """Return the format that the first bytes tell; `UnreadableError` for any but ours."""
    for magic, name in _MAGIC:
        if data.startswith(magic):
            return name
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "webp"
    if avif.is_avif(data):
        return "avif"
    for offset, magic, name in _OTHERS:
        if data.startswith(magic, offset):
            raise UnreadableError(f"is {name}; only {_READ} are read")
    raise UnreadableError(f"is not an image: its first bytes are not {_READ.replace('and', 'or')}")


def describe(data: bytes, max_pixels: int) -> Facts:
    """Return what a file's bytes, of which the first ones may do, tell about the picture.

    `CutShortError` when the header goes on after their end; `UnreadableError` when it is broken,
    claims more than `max_pixels`, or is of a kind that cannot be decoded rightly.
    """
    try:
        return FORMATS[find_format(data)].describe(data, max_pixels)
    except struct.error as error:
        raise CutShortError from error
