"""TIFF: what its tags tell, and the kinds that OpenCV or Pillow read rightly.

https://www.itu.int/itudoc/itu-t/com16/tiff-fx/docs/tiff6.pdf
"""

import struct
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from studio.dataset.reading.formats.facts import (
    HEAD_BYTES,
    NO_SIZE,
    CutShortError,
    Facts,
    UnreadableError,
    check_size,
)
from studio.dataset.reading.formats.tags import ORIENTATION, Directory, Tag, read_directory
from studio.dataset.reading.pixels import divide_by_alpha

MAGIC = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")

_KIND_OF_PICTURE = 254
_WIDTH, _HEIGHT, _BITS, _PHOTOMETRIC, _SAMPLES, _PLANAR = 256, 257, 258, 262, 277, 284
_TILE_WIDTH, _TILE_HEIGHT, _EXTRA_SAMPLES, _SAMPLE_FORMAT = 322, 323, 338, 339
_PROFILE = 34675

_WHITE_IS_ZERO, _BLACK_IS_ZERO, _RGB, _PALETTE, _CMYK, _YCBCR = 0, 1, 2, 3, 5, 6
_STRANGE = {8: "as L*a*b*", 32803: "as a camera's raw data", 32845: "as LogLuv"}
_STRAIGHT_ALPHA, _PREMULTIPLIED_ALPHA = 2, 1
_Kind = Literal["", "signed", "float"]
_KINDS: dict[int, _Kind] = {2: "signed", 3: "float"}
_BITS_OF = {
    "": (1, 2, 4, 8, 10, 12, 14, 16, 32, 64),
    "signed": (8, 16, 32, 64),
    "float": (16, 32, 64),
}
_MOST_TILE_PIXELS = 2**24
_PAGES = "has several pages; its first is used"


def describe(data: bytes, max_pixels: int) -> Facts:
    """Return the facts of a TIFF's first page; `struct.error` when they are cut short.

    `UnreadableError` for the kinds that would come out wrong.
    """
    directory = read_directory(data)
    tags = directory.tags
    if _WIDTH not in tags or _HEIGHT not in tags:
        raise CutShortError(NO_SIZE)
    width, height = tags[_WIDTH].value, tags[_HEIGHT].value
    check_size(width, height, max_pixels)
    bits = _value(tags, _BITS, 1)
    kind: _Kind = _KINDS.get(_value(tags, _SAMPLE_FORMAT, 1), "")
    photometric = _value(tags, _PHOTOMETRIC, 1)
    _check_kind(data, tags, bits, kind)
    _check_tiles(tags, width * height)
    orientation = _value(tags, ORIENTATION, 1)
    notices = (_PAGES,) if _has_more_pages(data, directory) else ()
    return Facts(
        "tiff",
        width,
        height,
        colours="grey" if photometric < _RGB else "cmyk" if photometric == _CMYK else "rgb",
        bits=bits if bits > 8 else 8,
        kind=kind,
        orientation=orientation if 1 <= orientation <= 8 else 1,
        profile=_read_profile(data, tags),
        decoder="pillow" if _needs_pillow(tags, bits, kind, height) else "opencv",
        notices=notices,
    )


def prepare(data: bytes, facts: Facts) -> bytes:
    """Return the file so marked that its pixels come out as they are stored."""
    tags = read_directory(data).tags
    marked = bytearray()
    if facts.orientation != 1:
        # OpenCV and Pillow turn TIFFs even when told to leave images unchanged.
        marked = _mark(marked or bytearray(data), tags[ORIENTATION], 1)
    if facts.decoder == "opencv" and facts.bits == 8 and _alpha(tags) == _STRAIGHT_ALPHA:
        # Decoding to 8-bit RGBA, libtiff multiplies straight alpha into the colours. It does not
        # where the file says that this has been done.
        marked = _mark(marked or bytearray(data), tags[_EXTRA_SAMPLES], _PREMULTIPLIED_ALPHA)
    if facts.kind == "float" and facts.bits == 16:
        marked = _mark(marked or bytearray(data), tags[_SAMPLE_FORMAT], 1)
    return bytes(marked) if marked else data


def finish(values: NDArray[Any], data: bytes, facts: Facts) -> NDArray[Any]:
    """Return the pixels with 16-bit floats as such, and with straight alpha."""
    if facts.kind == "float" and facts.bits == 16:
        return values.view(np.float16)
    if facts.bits in (10, 12, 14):
        return values >> (16 - facts.bits)
    premultiplied = _alpha(read_directory(data).tags) == _PREMULTIPLIED_ALPHA
    if premultiplied and facts.decoder == "opencv" and values.ndim == 3 and values.shape[2] == 4:
        return divide_by_alpha(values)
    return values


def _value(tags: dict[int, Tag], number: int, default: int) -> int:
    return tags[number].value if number in tags else default


def _alpha(tags: dict[int, Tag]) -> int:
    return _value(tags, _EXTRA_SAMPLES, 0)


def _mark(data: bytearray, tag: Tag, value: int) -> bytearray:
    for number in range(min(tag.size, 4)):
        struct.pack_into(tag.form, data, tag.offset + number * struct.calcsize(tag.form), value)
    return data


def _check_kind(data: bytes, tags: dict[int, Tag], bits: int, kind: str) -> None:
    photometric, samples = _value(tags, _PHOTOMETRIC, 1), _value(tags, _SAMPLES, 1)
    if bits not in _BITS_OF[kind] or (bits in (10, 12, 14) and data[:2] == b"MM"):
        named = f"{kind} " if kind else ""
        raise UnreadableError(f"has {bits}-bit {named}pixels, which are not supported")
    if photometric > _YCBCR or photometric == 4:
        how = _STRANGE.get(photometric, f"in a rare way ({photometric})")
        raise UnreadableError(f"keeps its colours {how}, which is not supported")
    grey_with_alpha = samples == 2 and bits == 8 and not kind and _alpha(tags) == _STRAIGHT_ALPHA
    if samples > 4 or (samples > 1 and photometric <= _BLACK_IS_ZERO and not grey_with_alpha):
        reason = f"has {samples} channels; only grey, RGB and either with alpha are supported"
        raise UnreadableError(reason)
    if photometric == _CMYK and samples != 4:
        raise UnreadableError(f"has CMYK colours in {samples} channels, which is not supported")
    if samples == 2:
        _check_kind_of_two(photometric)
    if bits > 8 and photometric == _WHITE_IS_ZERO:
        raise UnreadableError(f"counts white as zero in {bits} bits, which is not supported")
    if bits > 8 and photometric not in (_BLACK_IS_ZERO, _RGB):
        reason = f"has {bits}-bit pixels that are neither grey nor RGB, which is not supported"
        raise UnreadableError(reason)
    if bits > 8 and samples > 1 and _value(tags, _PLANAR, 1) != 1:
        reason = f"keeps its channels in separate {bits}-bit planes, which is not supported"
        raise UnreadableError(reason)


def _check_kind_of_two(photometric: int) -> None:
    if photometric > _BLACK_IS_ZERO:
        raise UnreadableError("has 2 channels that are not grey with alpha")


def _check_tiles(tags: dict[int, Tag], pixels: int) -> None:
    width, height = _value(tags, _TILE_WIDTH, 0), _value(tags, _TILE_HEIGHT, 0)
    if width * height > max(_MOST_TILE_PIXELS, 4 * pixels):
        raise UnreadableError(f"has a broken header: it claims tiles of {width}×{height} pixels")


def _needs_pillow(tags: dict[int, Tag], bits: int, kind: str, height: int) -> bool:
    if bits > 8 or kind:
        return False
    # OpenCV refuses 8-bit tiles that reach below the picture.
    tile_height = _value(tags, _TILE_HEIGHT, 0)
    over = tile_height > 0 and height % tile_height != 0
    cmyk, samples = _value(tags, _PHOTOMETRIC, 1) == _CMYK, _value(tags, _SAMPLES, 1)
    return bits in (2, 4) or over or cmyk or samples == 2


def _read_profile(data: bytes, tags: dict[int, Tag]) -> bytes:
    tag = tags.get(_PROFILE)
    if tag is None:
        return b""
    end = tag.offset + tag.size
    if end > len(data) == HEAD_BYTES:
        raise CutShortError
    return data[tag.offset : end] or b"?"


def _has_more_pages(data: bytes, directory: Directory) -> bool:
    seen: set[int] = set()
    # Smaller copies of the picture, for thumbnails or zooming out, are no pages.
    while directory.following and directory.following not in seen:
        seen.add(directory.following)
        try:
            directory = read_directory(data, directory.following)
        except struct.error:
            if len(data) == HEAD_BYTES:
                raise
            return False
        if not _value(directory.tags, _KIND_OF_PICTURE, 0) & 1:
            return True
    return False
