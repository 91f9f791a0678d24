"""A file's bytes and what its header told, made pixels."""

from functools import cache
from typing import Any, NamedTuple, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from studio.augment.image import Image
from studio.dataset.reading.colour import cmyk_to_srgb
from studio.dataset.reading.depth import scale_to_16_bit
from studio.dataset.reading.formats import FORMATS
from studio.dataset.reading.formats.facts import TRUNCATED, Facts, UnreadableError
from studio.dataset.reading.pixels import spread_levels, turn_upright, turn_values

_CORRUPT_TIFF = "is truncated, corrupt or a rare kind of TIFF that is not supported"
_OTHER_SIZE = "is corrupt: its header tells another size than its pixels have"
_OPTIONAL = {"avif": "an AVIF", "jpeg2000": "a JPEG 2000"}
_REDUCED = {
    2: cv2.IMREAD_REDUCED_GRAYSCALE_2,
    4: cv2.IMREAD_REDUCED_GRAYSCALE_4,
    8: cv2.IMREAD_REDUCED_GRAYSCALE_8,
}

# What OpenCV prints about a damaged file, the error says once and with the file's name.
cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)


def check_build(facts: Facts) -> None:
    """Raise `UnreadableError` for a format that this build of OpenCV was made without."""
    if facts.format in _OPTIONAL and not _can_read(facts.format):
        what = _OPTIONAL[facts.format]
        raise UnreadableError(f"is {what} image, which this build of OpenCV cannot read")


class Upright(NamedTuple):
    """A picture the right way up.

    Where its depth was changed, `notice` says how, and `values` are the numbers before.
    """

    image: Image
    notice: str = ""
    values: NDArray[Any] | None = None


def decode_upright(data: bytes, facts: Facts) -> Upright:
    """Return the picture, upright.

    Colours are as the file's profile means them, but for CMYK, which becomes sRGB.
    `UnreadableError` for everything but whole, right pixels.
    """
    values = decode_values(data, facts)
    if facts.colours == "cmyk":
        values = cmyk_to_srgb(values, facts)
    elif values.dtype not in (np.uint8, np.uint16):
        image, notice = scale_to_16_bit(values)
        turned = turn_values(values, facts.orientation)
        return Upright(turn_upright(image, facts.orientation), notice, turned)
    elif 8 < facts.bits < 16:
        values = spread_levels(values, facts.bits)
    return Upright(turn_upright(values, facts.orientation))


def decode_values(data: bytes, facts: Facts) -> NDArray[Any]:
    """Return the numbers as the file holds them, floats with their NaNs, as they are stored.

    (H, W) grey, (H, W, 3) BGR, (H, W, 4) BGRA or CMYK inks.
    """
    form = FORMATS[facts.format]
    prepared = form.prepare(data, facts)
    fault = _CORRUPT_TIFF if facts.format == "tiff" else TRUNCATED
    if facts.decoder == "pillow":
        from studio.dataset.reading import pillow_decoder

        values: NDArray[Any] = pillow_decoder.decode(prepared, facts, fault)
    else:
        values = _decode_with_opencv(prepared, cv2.IMREAD_UNCHANGED, fault)
    _check_shape(values, facts.width, facts.height)
    return form.finish(values, data, facts)


def decode_reduced(data: bytes, facts: Facts, reduction: int) -> Image:
    """Return a JPEG's picture, as stored, at a 2nd, 4th or 8th of its size, rounded up."""
    flags = _REDUCED[reduction] | cv2.IMREAD_ANYCOLOR | cv2.IMREAD_IGNORE_ORIENTATION
    image = _decode_with_opencv(data, flags, TRUNCATED)
    _check_shape(image, -(-facts.width // reduction), -(-facts.height // reduction))
    return cast(Image, image)


@cache
def _can_read(format: str) -> bool:
    return bool(cv2.haveImageWriter(".avif" if format == "avif" else ".jp2"))


def _check_shape(image: NDArray[Any], width: int, height: int) -> None:
    if image.shape[:2] != (height, width):
        raise UnreadableError(_OTHER_SIZE)
    if image.ndim == 3 and image.shape[2] not in (3, 4):
        raise UnreadableError(f"has {image.shape[2]} channels; only 1, 3 and 4 are supported")


def _decode_with_opencv(data: bytes, flags: int, fault: str) -> NDArray[Any]:
    try:
        image = cv2.imdecode(np.frombuffer(data, np.uint8), flags)
    except cv2.error as error:
        raise UnreadableError(fault) from error
    if image is None:
        raise UnreadableError(fault)
    return image
