"""Bytes to pixels and back: the one loader and the encoders.

Everything here may be called from any thread.
"""

import os
from pathlib import Path
from typing import Any, cast

import cv2
import numpy as np
from msgspec import Struct

from studio.augment.image import Image
from studio.dataset import png, tiff
from studio.dataset.exif import read_orientation
from studio.dataset.image_header import CutShortError, Header, HeaderError, parse_header
from studio.dataset.pixels import (
    add_alpha,
    fit_inside,
    lay_on_white,
    shrink,
    to_8_bit,
    turn_upright,
)
from studio.errors import UserError

__all__ = [
    "HEAD_BYTES",
    "IMAGE_SUFFIXES",
    "MAX_PIXELS",
    "CutShortError",
    "Header",
    "ImageError",
    "Picture",
    "decode_header",
    "decode_picture",
    "decode_thumbnail",
    "encode_image",
    "read_bytes",
    "read_header",
    "read_image",
    "read_thumbnail",
]

IMAGE_SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".webp", ".bmp", ".tif", ".tiff", ".gif"})
MAX_PIXELS = 250_000_000
HEAD_BYTES = 65_536

_MAX_BYTES = 2**31 - 1  # OpenCV counts a buffer's bytes in 32 bits.
_CORRUPT = "is truncated or corrupt"
_CORRUPT_TIFF = "is truncated, corrupt or a rare kind of TIFF that is not supported"
_REDUCED = {
    2: cv2.IMREAD_REDUCED_GRAYSCALE_2,
    4: cv2.IMREAD_REDUCED_GRAYSCALE_4,
    8: cv2.IMREAD_REDUCED_GRAYSCALE_8,
}
_OBSTACLES = {"png": png.find_obstacle, "tiff": tiff.find_obstacle}
_MAX_SIDES = {"jpg": 65_500, "webp": 16_383}
# PNG as OpenCV does it unasked (level 1, runs only) took 15 ms for a 640×480 photo of 331 KB;
# level 1 asked for took 27 ms (315 KB), level 3 32 ms (295 KB): asking also tries every filter.
_QUALITY_FLAGS = {
    "jpg": [cv2.IMWRITE_JPEG_QUALITY],
    "webp": [cv2.IMWRITE_WEBP_QUALITY],
    "png": [],
    "bmp": [],
    "tiff": [],
}

# What OpenCV prints about a damaged file, ImageError says once and with the file's name.
cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)


class ImageError(UserError):
    """An image that cannot be read or encoded: `path` (empty where no file is meant) and `reason`.

    The message is the file's name and the reason, which is a phrase like "is empty".
    """

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path.name}: {reason}" if path.name else reason)
        self.path = path
        self.reason = reason

    def __reduce__(self) -> tuple[type[UserError], tuple[Any, ...]]:
        return type(self), (self.path, self.reason)


class Picture(Struct, frozen=True):
    """An image as it should be seen, and what was done or left out to show it so.

    `notices` are phrases like "is animated; its first frame is used".
    """

    pixels: Image
    notices: tuple[str, ...] = ()


def decode_header(path: Path, data: bytes) -> Header:
    """Return format and stored size; `data` may be the file's first bytes only.

    `CutShortError` when the header goes on after their end; `ImageError`, which names `path`, when
    they cannot be told.
    """
    try:
        return parse_header(data)
    except CutShortError:
        raise
    except HeaderError as error:
        raise ImageError(path, str(error)) from error


def decode_picture(path: Path, data: bytes, *, max_pixels: int = MAX_PIXELS) -> Picture:
    """Return the first image in a file's bytes, turned upright as EXIF says.

    Grey stays grey, alpha stays alpha (a palette's too), 16 bit stays 16 bit. Anything that does
    not give whole, right pixels is an `ImageError`, which names `path`: truncated files, more than
    `max_pixels` (checked before decoding), other formats and depths.
    """
    return Picture(_decode_upright(path, data, _parse(path, data), max_pixels))


def decode_thumbnail(path: Path, data: bytes, size: int, *, max_pixels: int = MAX_PIXELS) -> Image:
    """Return the image, upright and as uint8, shrunk to fit `size` × `size`; never enlarged.

    `ImageError` for the same files as `decode_picture`.
    """
    header = _parse(path, data)
    longest = max(header.width, header.height)
    reduction = next((step for step in (8, 4, 2) if longest >= size * step), 1)
    if header.format == "jpeg" and reduction > 1:
        _check_size(path, header, max_pixels)
        flags = _REDUCED[reduction] | cv2.IMREAD_ANYCOLOR | cv2.IMREAD_IGNORE_ORIENTATION
        image = _decode(path, data, flags)
        image = shrink(image, fit_inside(header.width, header.height, size))
        return turn_upright(image, read_orientation(data, "jpeg"))
    image = _decode_upright(path, data, header, max_pixels)
    height, width = image.shape[:2]
    return to_8_bit(shrink(image, fit_inside(width, height, size)))


def read_header(path: Path) -> Header:
    """Return format and stored size without decoding; `ImageError` when they cannot be told.

    Reads 64 KiB, and the rest only where the header is longer or, as in many TIFFs, at the end.
    """
    try:
        return decode_header(path, read_bytes(path, HEAD_BYTES))
    except CutShortError:
        return _parse(path, read_bytes(path))


def read_image(path: Path, *, max_pixels: int = MAX_PIXELS) -> Image:
    """Return the pixels of a file, as `decode_picture` does."""
    return decode_picture(path, read_bytes(path), max_pixels=max_pixels).pixels


def read_thumbnail(path: Path, size: int) -> Image:
    """Return a small picture of a file, as `decode_thumbnail` does."""
    return decode_thumbnail(path, read_bytes(path), size)


def encode_image(image: Image, format: str, quality: int) -> bytes:
    """Return the image as a file's bytes; `format` is "jpg", "png", "webp", "bmp" or "tiff".

    `quality`, 1 to 100, counts for jpg and webp. PNG and TIFF keep 16 bit; the others get 8. Alpha
    is kept, except by jpg, which shows the image on white. WebP has no grey and stores it as
    colour. `ImageError` when the format cannot hold the image.
    """
    if format not in _QUALITY_FLAGS or not 1 <= quality <= 100:
        raise ValueError(f"no image format {format!r} with quality {quality}")
    height, width = image.shape[:2]
    side = _MAX_SIDES.get(format)
    if side and max(width, height) > side:
        reason = f"has {width}×{height} pixels; {format} holds at most {side} a side"
        raise ImageError(Path(), reason)
    if format not in ("png", "tiff"):
        image = to_8_bit(image)
    if format == "jpg" and image.ndim == 3 and image.shape[2] == 4:
        image = lay_on_white(image)
    parameters = [value for flag in _QUALITY_FLAGS[format] for value in (flag, quality)]
    try:
        done, data = cv2.imencode(f".{format}", image, parameters)
    except cv2.error as error:
        raise ImageError(Path(), f"cannot be encoded as {format}: {error}") from error
    if not done:
        raise ImageError(Path(), f"cannot be encoded as {format}")
    return data.tobytes()


def read_bytes(path: Path, limit: int = -1) -> bytes:
    """Return a file's bytes, or the first `limit`; `ImageError` where there are none."""
    try:
        with path.open("rb", buffering=0) as file:
            size = os.fstat(file.fileno()).st_size
            if size > _MAX_BYTES:
                raise ImageError(path, f"has {size / 1e9:.1f} GB, more than the limit of 2 GB")
            data = file.read(limit)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise ImageError(path, "no longer exists") from error
    except PermissionError as error:
        raise ImageError(path, "cannot be read: permission denied") from error
    except IsADirectoryError as error:
        raise ImageError(path, "is a folder") from error
    except OSError as error:
        raise ImageError(path, f"cannot be read: {str(error.strerror).lower()}") from error
    if not data:
        raise ImageError(path, "is empty")
    return data


def _parse(path: Path, data: bytes) -> Header:
    try:
        return parse_header(data)
    except HeaderError as error:
        raise ImageError(path, str(error)) from error


def _check_size(path: Path, header: Header, max_pixels: int) -> None:
    if header.width * header.height > max_pixels:
        size, limit = f"{header.width}×{header.height}", f"{max_pixels / 1e6:g} megapixels"
        raise ImageError(path, f"is {size} pixels, more than the limit of {limit}")


def _decode_upright(path: Path, data: bytes, header: Header, max_pixels: int) -> Image:
    _check_size(path, header, max_pixels)
    # Of TIFF alone, OpenCV honours the orientation even when told to leave images unchanged.
    turned = header.format == "tiff"
    find_obstacle = _OBSTACLES.get(header.format)
    obstacle = find_obstacle(data) if find_obstacle else ""
    if obstacle:
        raise ImageError(path, obstacle)
    if turned:
        data = tiff.keep_straight_alpha(data)
    image = _decode(path, data, cv2.IMREAD_UNCHANGED, _CORRUPT_TIFF if turned else _CORRUPT)
    size = image.shape[1], image.shape[0]
    if (header.width, header.height) not in ((size, size[::-1]) if turned else (size,)):
        raise ImageError(path, "is corrupt: its header tells another size than its pixels have")
    if header.format == "png" and image.ndim == 2:
        transparent = png.find_transparent_grey(data)
        if transparent is not None:
            image = add_alpha(image, transparent)
    return turn_upright(image, read_orientation(data, header.format))


def _decode(path: Path, data: bytes, flags: int, fault: str = _CORRUPT) -> Image:
    try:
        image = cv2.imdecode(np.frombuffer(data, np.uint8), flags)
    except cv2.error as error:
        raise ImageError(path, fault) from error
    if image is None:
        raise ImageError(path, fault)
    if image.dtype not in (np.uint8, np.uint16):
        reason = f"has {image.dtype} pixels; only unsigned 8 and 16 bit are supported"
        raise ImageError(path, reason)
    return cast(Image, image)
