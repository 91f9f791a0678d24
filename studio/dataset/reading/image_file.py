"""Bytes to pixels and back: the one loader and the encoders.

Everything here may be called from any thread.
"""

import os
from pathlib import Path
from typing import Any

import cv2
from msgspec import Struct
from numpy.typing import NDArray

from studio.augment.image import Image
from studio.dataset.reading import colour
from studio.dataset.reading.decoding import check_build, decode_reduced, decode_upright
from studio.dataset.reading.formats import describe
from studio.dataset.reading.formats.facts import HEAD_BYTES, CutShortError, Facts, UnreadableError
from studio.dataset.reading.pixels import fit_inside, lay_on_white, shrink, to_8_bit, turn_upright
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

IMAGE_SUFFIXES = frozenset(
    {".jpg", ".jpeg", ".png", ".webp", ".bmp", ".tif", ".tiff", ".gif"}
    | {".jp2", ".j2k", ".jpx", ".avif"}
)
MAX_PIXELS = 250_000_000

_MAX_BYTES = 2**31 - 1  # OpenCV counts a buffer's bytes in 32 bits.
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


class Header(Struct, frozen=True):
    """What a file says of its picture: its format, and its size as stored, in pixels.

    `format` is "jpeg", "png", "webp", "bmp", "tiff", "gif", "jpeg2000" or "avif". `notices` are
    phrases as a `Picture` has, as far as the header knows them.
    """

    format: str
    width: int
    height: int
    notices: tuple[str, ...] = ()


class Picture(Struct, frozen=True):
    """An image as it should be seen, and what was done or left out to show it so.

    `notices` are phrases like "is animated; its first frame is used". `values`, of the shape of
    the pixels, are the numbers as the file holds them where those were floats, signed or longer
    than 16 bit; None where the pixels are all there was.
    """

    pixels: Image
    notices: tuple[str, ...] = ()
    values: NDArray[Any] | None = None


def decode_header(path: Path, data: bytes, *, max_pixels: int | None = None) -> Header:
    """Return what the header tells; `data` may be the file's first `HEAD_BYTES` only.

    `CutShortError` when the header goes on after their end; `ImageError`, which names `path`, when
    it is broken, or shows that the image cannot be read. With None, any size is fine.
    """
    try:
        facts = _describe(data, 2**63 if max_pixels is None else max_pixels)
    except CutShortError:
        raise
    except UnreadableError as error:
        raise ImageError(path, str(error)) from error
    what = facts.kind or (f"{facts.bits}-bit" if facts.bits > 16 else "")
    depth = f"has {what} pixels, which are scaled to 16 bit" if what else ""
    return Header(facts.format, facts.width, facts.height, _list_notices(facts, depth))


def decode_picture(path: Path, data: bytes, *, max_pixels: int = MAX_PIXELS) -> Picture:
    """Return the first image in a file's bytes, upright and in sRGB.

    Grey stays grey, alpha stays alpha (a palette's too), 16 bit stays 16 bit; other depths become
    16 bit as `depth.scale_to_16_bit` says. Anything that does not give whole, right pixels is an
    `ImageError`, which names `path`: truncated files, more than `max_pixels` (checked before
    decoding), other formats. A JPEG that is damaged between its first byte and its end mark cannot
    be told from a sound one.
    """
    try:
        facts = _describe(data, max_pixels)
        image, depth, values = decode_upright(data, facts)
        return Picture(colour.to_srgb(image, facts), _list_notices(facts, depth), values)
    except UnreadableError as error:
        raise ImageError(path, str(error)) from error


def decode_thumbnail(path: Path, data: bytes, size: int, *, max_pixels: int = MAX_PIXELS) -> Image:
    """Return the image, upright and as uint8, shrunk to fit `size` × `size`; never enlarged.

    `ImageError` for the same files, and with the same reasons, as `decode_picture`.
    """
    try:
        facts = _describe(data, max_pixels)
        longest = max(facts.width, facts.height)
        reduction = next((step for step in (8, 4, 2) if longest >= size * step), 1)
        if facts.format == "jpeg" and facts.decoder == "opencv" and reduction > 1:
            image = decode_reduced(data, facts, reduction)
            image = shrink(image, fit_inside(facts.width, facts.height, size))
            return colour.to_srgb(turn_upright(image, facts.orientation), facts)
        image = decode_upright(data, facts).image
        height, width = image.shape[:2]
        image = shrink(image, fit_inside(width, height, size))
        return to_8_bit(colour.to_srgb(image, facts))
    except UnreadableError as error:
        raise ImageError(path, str(error)) from error


def read_header(path: Path) -> Header:
    """Return format and stored size without decoding; `ImageError` when they cannot be told.

    Reads 64 KiB, and the rest only where the header is longer or, as in many TIFFs, at the end.
    """
    try:
        return decode_header(path, read_bytes(path, HEAD_BYTES))
    except CutShortError:
        pass
    try:
        return decode_header(path, read_bytes(path))
    except CutShortError as error:
        raise ImageError(path, str(error)) from error


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


def _describe(data: bytes, max_pixels: int) -> Facts:
    if len(data) > _MAX_BYTES:
        raise UnreadableError(f"has {len(data) / 1e9:.1f} GB, more than the limit of 2 GB")
    facts = describe(data, max_pixels)
    check_build(facts)
    return facts


def _list_notices(facts: Facts, depth: str) -> tuple[str, ...]:
    return tuple(filter(None, (*facts.notices, depth, colour.find_notice(facts))))
