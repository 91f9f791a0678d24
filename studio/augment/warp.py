"""Resample a picture once under a matrix, or copy its pixels where that is enough."""

from math import sqrt
from typing import Any, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from studio.augment.image import Image
from studio.augment.scratch import scratch

_BORDERS = {
    "reflect": cv2.BORDER_REFLECT_101,
    "replicate": cv2.BORDER_REPLICATE,
    "constant": cv2.BORDER_CONSTANT,
    "wrap": cv2.BORDER_WRAP,
}
_EXACT = 1e-9
_SMALLEST = 1 / 256
_ALIASES_BELOW = 0.7


def warp(image: Image, centred: NDArray[np.float64], border: str, fill: float) -> Image:
    """Return the image under a 3×3 affine matrix in pixels from its centre, its size kept.

    `fill` is the 8-bit level of a constant border, which is transparent where there is alpha.
    A matrix that only mirrors copies pixels; the identity gives the image itself.
    """
    mirror = np.sign(np.diag(centred))
    if np.abs(centred - np.diag(mirror)).max() <= _EXACT:
        return cast(Image, _flip(image, mirror))
    smallest = float(np.linalg.svd(centred[:2, :2], compute_uv=False)[-1])
    if smallest < _SMALLEST:
        # A reflecting border is found by going back and forth, once for every copy of the content
        # that lies between: many steps that each shrink would take hours to draw uniform grey.
        centred = np.diag([_SMALLEST / smallest, _SMALLEST / smallest, 1.0]) @ centred
        smallest = _SMALLEST
    if smallest < _ALIASES_BELOW:
        # Linear interpolation looks at four pixels; what is finer than the result can show has
        # to go before, or it comes out as false patterns.
        image = _smooth(image, 0.35 * sqrt(1 / smallest**2 - 1))
    height, width = image.shape[:2]
    x, y = (width - 1) / 2, (height - 1) / 2
    centre = np.array([[1, 0, x], [0, 1, y], [0, 0, 1]])
    uncentre = np.array([[1, 0, -x], [0, 1, -y], [0, 0, 1]])
    matrix = (centre @ centred @ uncentre)[:2]
    level = fill * (257 if image.dtype == np.uint16 else 1)
    if image.ndim == 3 and image.shape[2] == 4 and image[..., 3].min() < np.iinfo(image.dtype).max:
        return cast(Image, _warp_transparent(image, matrix, border, level))
    return cast(Image, _warp_pixels(image, matrix, border, level))


def _flip(image: Any, mirror: NDArray[np.float64]) -> Any:
    if mirror[0] > 0 and mirror[1] > 0:
        return image
    code = {(-1, 1): 1, (1, -1): 0, (-1, -1): -1}[int(mirror[0]), int(mirror[1])]
    return cv2.flip(image, code)


def _warp_pixels(image: Any, matrix: NDArray[np.float64], border: str, level: float) -> Any:
    if image.ndim == 2 or image.shape[2] == 4:
        return _warp_affine(image, matrix, border, level, None)
    # OpenCV warps four channels in half the time of three, to the same values.
    shape = (*image.shape[:2], 4)
    four = scratch("warp source", shape, image.dtype)
    warped = scratch("warp result", shape, image.dtype)
    cv2.cvtColor(image, cv2.COLOR_BGR2BGRA, dst=four)
    _warp_affine(four, matrix, border, level, warped)
    return cv2.cvtColor(warped, cv2.COLOR_BGRA2BGR)


def _warp_affine(
    image: Any, matrix: NDArray[np.float64], border: str, level: float, result: Any
) -> Any:
    return cv2.warpAffine(
        image,
        matrix,
        (image.shape[1], image.shape[0]),
        dst=result,
        flags=cv2.INTER_LINEAR,
        borderMode=_BORDERS[border],
        borderValue=(level, level, level, 0),
    )


def _warp_transparent(image: Any, matrix: NDArray[np.float64], border: str, level: float) -> Any:
    # Colours count as much as they are seen: otherwise what lies under transparent pixels, often
    # black, would bleed into the edges.
    seen = image.astype(np.float32)
    seen[..., :3] *= seen[..., 3:]
    seen = _warp_pixels(seen, matrix, border, level)
    warped = _warp_pixels(image, matrix, border, level)
    alpha = seen[..., 3:]
    colour = np.divide(seen[..., :3], alpha, out=seen[..., :3], where=alpha > 0)
    np.copyto(warped[..., :3], np.rint(colour), where=alpha > 0, casting="unsafe")
    return warped


def _smooth(image: Any, deviation: float) -> Any:
    return cv2.GaussianBlur(image, (0, 0), deviation)
