"""Pixel arrays made to fit a file or a thumbnail: turned, shrunk, brought to 8 bit, made opaque."""

from typing import Any, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from studio.augment.image import Image

_ROTATIONS = {3: cv2.ROTATE_180, 6: cv2.ROTATE_90_CLOCKWISE, 8: cv2.ROTATE_90_COUNTERCLOCKWISE}
_FLIPS = {2: 1, 4: 0}


def turn_upright(image: Image, orientation: int) -> Image:
    """Return a picture stored in EXIF's `orientation`, 1 to 8, the right way up."""
    if orientation in _ROTATIONS:
        return cast(Image, cv2.rotate(image, _ROTATIONS[orientation]))
    if orientation in _FLIPS:
        return cast(Image, cv2.flip(image, _FLIPS[orientation]))
    if orientation == 5:
        return cast(Image, cv2.transpose(image))
    if orientation == 7:
        return cast(Image, cv2.flip(cv2.transpose(image), -1))
    return image


def turn_values(values: NDArray[Any], orientation: int) -> NDArray[Any]:
    """Return numbers of any type turned like that; OpenCV makes some types others."""
    if orientation >= 5:
        values = values.swapaxes(0, 1)
    if orientation in (3, 4, 7, 8):
        values = values[::-1]
    if orientation in (2, 3, 6, 7):
        values = values[:, ::-1]
    return np.ascontiguousarray(values)


def fit_inside(width: int, height: int, size: int) -> tuple[int, int]:
    """Return width and height shrunk in proportion to `size` × `size`, never enlarged."""
    scale = min(1.0, size / max(width, height))
    return max(1, round(width * scale)), max(1, round(height * scale))


def shrink(image: Image, sides: tuple[int, int]) -> Image:
    """Return the image at this width and height, each pixel the mean of those it stands for."""
    if (image.shape[1], image.shape[0]) == sides:
        return image
    return cast(Image, cv2.resize(image, sides, interpolation=cv2.INTER_AREA))


def to_8_bit(image: Image) -> Image:
    """Return the image as uint8; of 16 bit, 0..65535 becomes 0..255, rounded."""
    if image.dtype == "uint8":
        return image
    return cast(Image, cv2.convertScaleAbs(image, alpha=1 / 257))


def lay_on_white(image: Image) -> Image:
    """Return an 8-bit BGRA image as BGR on a white ground."""
    alpha = cv2.cvtColor(image[..., 3], cv2.COLOR_GRAY2BGR)
    colour = cv2.multiply(cv2.cvtColor(image, cv2.COLOR_BGRA2BGR), alpha, scale=1 / 255)
    return cast(Image, cv2.add(colour, cv2.bitwise_not(alpha)))


def divide_by_alpha(image: Image) -> Image:
    """Return a BGRA image of premultiplied colours with straight ones; black where alpha is 0."""
    most = np.iinfo(image.dtype).max
    result = image.copy()
    for row in result:
        alpha = row[:, 3:].astype(np.float64)
        colours = row[:, :3] * (most / np.maximum(alpha, 1))
        row[:, :3] = np.where(alpha > 0, np.minimum(np.rint(colours), most), 0)
    return result


def spread_levels(image: Image, bits: int) -> Image:
    """Return a uint16 image of so many bits with its levels spread over all 16; rounded."""
    most = 2**bits - 1
    table = np.rint(np.arange(most + 1) * (65_535 / most)).astype(np.uint16)
    return cast(Image, table.take(image, mode="clip"))


def add_alpha(image: Image, transparent: int) -> Image:
    """Return a grey image as BGRA, its pixels of the level `transparent` with alpha 0."""
    bgra = cast(Image, cv2.cvtColor(image, cv2.COLOR_GRAY2BGRA))
    bgra[..., 3] = np.where(image == transparent, 0, np.iinfo(image.dtype).max)
    return bgra
