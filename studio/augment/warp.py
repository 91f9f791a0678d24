"""Resample a picture once, by a matrix or a map; copy its pixels where that is enough."""

from collections.abc import Callable
from math import ceil
from operator import sub
from typing import Any, cast

import cv2
import numpy as np

from studio.augment.detail import SMALLEST, resize, weighed, without_detail
from studio.augment.homography import (
    Homography,
    Point,
    invert,
    is_affine,
    multiply,
    scaling,
    stretches,
    to_array,
    translation,
)
from studio.augment.image import Image
from studio.augment.lattice import STEP, Floats, every_place, lattice, project
from studio.augment.scratch import scratch
from studio.augment.shift import copy_pixels
from studio.augment.source import Border, Size, Source

_NO_SECOND_MAP: Any = None
_MANY_PIXELS = 4096
_BAND = 1 << 18
_PADDINGS = (0.125, 0.25, 0.5)
_MOST_PADDED = 16_000_000
_FARTHEST = 16.0
_HORIZON = 0.05
_EXACT = 1e-6
_FLIPS = {(True, False): 1, (False, True): 0, (True, True): -1}


Sample = Callable[[Any, Any, int, int], Any]
"""Resamples a grey or four-channel picture: (picture, result or None, first row, rows)."""
Aim = Callable[[int, int], Sample]
"""Makes a `Sample` for a picture that has so many more pixels at its left and at its top."""


def warp_matrix(
    source: Source, centred: Homography, size: Size, border: Border, result: Any
) -> Image:
    """Return the picture under a matrix between pixels from each picture's centre.

    Written into `result` where that helps. A matrix that only turns, mirrors, crops, shifts or pads
    by whole pixels copies pixels, and the identity gives the picture itself.
    """
    copied = copy_pixels(
        source.image, centred, size, border.code, border.value(source.image), result
    )
    if copied is None:
        copied = _resized(source, centred, size, result)
    if copied is not None:
        return cast(Image, copied)
    seen, centred = _without_detail(source, centred)
    inverse = invert(centred)
    if not is_affine(centred) and _shows_horizon(inverse, size):
        return warp_map(seen, *project(inverse, *lattice(size)), size, border, result)
    matrix = multiply(multiply(_from_centre(size), centred), _to_centre(seen.size))
    aim = (_affine if is_affine(centred) else _perspective)(matrix, size, border, seen.image)
    # Small pictures are done in less time than it takes to find out whether a margin helps.
    is_small = seen.image.size < _MANY_PIXELS
    overhang = 0.0 if is_small else _reach(inverse, size, seen.size)
    return _sample(seen, aim, size, border, overhang, result)


def warp_map(
    source: Source, x: Floats, y: Floats, size: Size, border: Border, result: Any
) -> Image:
    """Return the picture with each place of `lattice(size)` taken from x, y, from the centre."""
    width, height = source.size
    reach = _FARTHEST * max(width, height)
    places: Any = np.empty((*x.shape, 2), np.float32)
    for axis, (where, length) in enumerate(((x, width), (y, height))):
        near = np.minimum(np.maximum(where, -reach), reach)
        np.add(near, (length - 1) / 2, out=places[..., axis], casting="same_kind")
    value = border.value(source.image)

    def aim(left: int, above: int) -> Sample:
        shifted = places + np.array([left, above], np.float32) if left or above else places

        def sample(image: Any, dst: Any, top: int, rows: int) -> Any:
            return cv2.remap(
                image,
                every_place(shifted, size, top, rows),
                _NO_SECOND_MAP,
                cv2.INTER_LINEAR,
                dst=dst,
                borderMode=border.code,
                borderValue=value,
            )

        return sample

    return _sample(source, aim, size, border, _overhang(source.size, x, y), result)


def _to_centre(size: Size) -> Homography:
    return translation((1 - size[0]) / 2, (1 - size[1]) / 2)


def _from_centre(size: Size) -> Homography:
    return translation((size[0] - 1) / 2, (size[1] - 1) / 2)


def _without_detail(source: Source, centred: Homography) -> tuple[Source, Homography]:
    smallest = stretches(centred)[1]
    if smallest < SMALLEST:
        # A reflecting border is found by going back and forth, once for every copy of the content
        # that lies between: many steps that each shrink would take hours to draw uniform grey.
        grow = SMALLEST / max(smallest, 1e-300)
        centred = multiply(scaling(grow, grow), centred)
    source, ratio = without_detail(source, centred)
    return source, multiply(centred, ratio)


def _resized(source: Source, centred: Homography, size: Size, result: Any) -> Any:
    """Return a window of whole pixels in another size, perhaps mirrored; None for other matrices.

    Nothing outside of the window is seen, so no border either.
    """
    a, b, x, c, d, y, *_ = centred
    if b or c or not (a and d and is_affine(centred)):
        return None
    width, height = size[0] / abs(a), size[1] / abs(d)
    left, top = (source.size[0] - width) / 2 - x / a, (source.size[1] - height) / 2 - y / d
    exact = (left, top, left + width, top + height)
    first, above, last, below = window = [round(side) for side in exact]
    if max(map(abs, map(sub, exact, window))) > _EXACT:
        return None
    if not (0 <= first < last <= source.size[0] and 0 <= above < below <= source.size[1]):
        return None
    resized = resize(source, source.image[above:below, first:last], size, result)
    if a < 0 or d < 0:
        cv2.flip(resized, _FLIPS[a < 0, d < 0], dst=resized)
    return resized


def _shows_horizon(inverse: Homography, size: Size) -> bool:
    *_, g, h, i = inverse
    depths = [g * x + h * y + i for x, y in _corners(size)]
    return min(depths) < _HORIZON * max(map(abs, depths))


def _corners(size: Size) -> tuple[Point, Point, Point, Point]:
    x, y = (size[0] - 1) / 2, (size[1] - 1) / 2
    return (-x, -y), (x, -y), (-x, y), (x, y)


def _reach(inverse: Homography, size: Size, source: Size) -> float:
    """Return how far the result's corners are outside of the source: see `_overhang`."""
    a, b, c, d, e, f, g, h, i = inverse
    most = 0.0
    for x, y in _corners(size):
        depth = g * x + h * y + i
        across, down = abs((a * x + b * y + c) / depth), abs((d * x + e * y + f) / depth)
        most = max(most, across / source[0], down / source[1])
    return most - 0.5


def _overhang(size: Size, x: Floats, y: Floats) -> float:
    """Return how far places are outside of a picture, as a share of its width or height."""
    return float(max(np.abs(x).max() / size[0], np.abs(y).max() / size[1])) - 0.5


def _affine(matrix: Homography, size: Size, border: Border, image: Image) -> Aim:
    value = border.value(image)

    def aim(left: int, above: int) -> Sample:
        a, b, x, c, d, y, *_ = matrix
        x, y = x - a * left - b * above, y - c * left - d * above

        def sample(image: Any, dst: Any, top: int, rows: int) -> Any:
            return cv2.warpAffine(
                image,
                np.array(((a, b, x), (c, d, y - top))),
                (size[0], rows),
                dst=dst,
                flags=cv2.INTER_LINEAR,
                borderMode=border.code,
                borderValue=value,
            )

        return sample

    return aim


def _perspective(matrix: Homography, size: Size, border: Border, image: Image) -> Aim:
    value = border.value(image)

    def aim(left: int, above: int) -> Sample:
        moved = multiply(matrix, translation(-left, -above))

        def sample(image: Any, dst: Any, top: int, rows: int) -> Any:
            return cv2.warpPerspective(
                image,
                to_array(multiply(translation(0, -top), moved)),
                (size[0], rows),
                dst=dst,
                flags=cv2.INTER_LINEAR,
                borderMode=border.code,
                borderValue=value,
            )

        return sample

    return aim


def _sample(
    source: Source, aim: Aim, size: Size, border: Border, overhang: float, result: Any
) -> Image:
    image = source.image
    width, height = size
    if not source.is_opaque:
        return cast(Image, weighed(image, lambda image: aim(0, 0)(image, None, 0, height)))
    if image.size < _MANY_PIXELS:
        return cast(Image, aim(0, 0)(image, result, 0, height))
    across, down = _padding(source, border, overhang)
    sample = aim(across, down)
    picture = source.padded(across, down, border.code) if across else source.picture()
    # A band of rows at a time, what lies between stays in the processor's cache.
    band = max(STEP, _BAND // width // STEP * STEP)
    for top in range(0, height, band):
        rows = min(band, height - top)
        part = result[top : top + rows]
        if source.is_colour:
            warped = scratch("warped", (rows, width, 4), image.dtype)
            sample(picture, warped, top, rows)
            cv2.cvtColor(warped, cv2.COLOR_BGRA2BGR, dst=part)
        else:
            sample(picture, part, top, rows)
    return cast(Image, result)


def _padding(source: Source, border: Border, overhang: float) -> tuple[int, int]:
    # OpenCV takes several times as long for a pixel from outside as for one from inside, except
    # where the outside is constant. Few amounts, so that copies of an image find one made already.
    if border.code == cv2.BORDER_CONSTANT or overhang <= 0:
        return 0, 0
    width, height = source.size
    for share in _PADDINGS:
        across, down = ceil(share * width), ceil(share * height)
        pixels = (width + 2 * across) * (height + 2 * down)
        if overhang * width < across - 1 and overhang * height < down - 1:
            return (across, down) if pixels <= _MOST_PADDED else (0, 0)
    return 0, 0
