"""What has to be done to a picture's detail and transparency when it is resampled."""

from collections.abc import Callable
from math import sqrt
from typing import Any

import cv2
import numpy as np

from studio.augment.homography import IDENTITY, Homography, scaling, stretches
from studio.augment.source import Size, Source

SMALLEST = 1 / 256
_ALIASES_BELOW = 0.7
_SHRINKS_BELOW = 0.5


def without_detail(source: Source, matrix: Homography) -> tuple[Source, Homography]:
    """Return the picture without what is too fine for a result that a matrix shrinks it to.

    Linear interpolation looks at four pixels; finer detail would come out as false patterns. Beside
    the picture, which may have fewer pixels, comes the matrix from its places to the source's.
    """
    largest, smallest = stretches(matrix)
    if smallest >= _ALIASES_BELOW:
        return source, IDENTITY
    ratio = IDENTITY
    image: Any = source.image
    if largest < _SHRINKS_BELOW:
        width, height = source.size
        largest = max(largest, SMALLEST)
        small = max(1, round(width * largest)), max(1, round(height * largest))
        ratio = scaling(width / small[0], height / small[1])
        image = resize(source, image, small, None)
        smallest /= largest
    if smallest < _ALIASES_BELOW:
        deviation = 0.35 * sqrt(1 / max(smallest, SMALLEST) ** 2 - 1)
        image = cv2.GaussianBlur(image, (0, 0), deviation)
    return Source(image), ratio


def resize(source: Source, part: Any, size: Size, result: Any) -> Any:
    """Return a part of the source's picture in another size, written into `result` if opaque."""
    if source.is_opaque:
        return _resize(part, size, result)
    return weighed(part, lambda image: _resize(image, size, None))


def _resize(image: Any, size: Size, result: Any) -> Any:
    """Return a picture whose pixels are about the means of those they stand for.

    A linear interpolation to half the size is their mean, and several in turn take a fraction of
    the time of OpenCV's INTER_AREA to any size.
    """
    while True:
        height, width = image.shape[:2]
        step = _towards(width, size[0]), _towards(height, size[1])
        if step == size:
            return cv2.resize(image, size, dst=result, interpolation=cv2.INTER_LINEAR)
        image = cv2.resize(image, step, interpolation=cv2.INTER_LINEAR)


def _towards(length: int, wanted: int) -> int:
    """Return the length of the next step: no less than half, or two thirds of what is not even."""
    if length < wanted * 1.5 or length == 2 * wanted:
        return wanted
    if length < wanted * 3:
        return 2 * wanted
    return length - 1 if length % 2 else length // 2


def weighed(image: Any, work: Callable[[Any], Any]) -> Any:
    """Return what `work` makes of a picture with alpha, colours weighed by how far they are seen.

    Otherwise what lies under transparent pixels, often black, would bleed into the edges.
    """
    seen = image.astype(np.float32)
    seen[..., :3] *= seen[..., 3:]
    seen = work(seen)
    worked = work(image)
    alpha = seen[..., 3:]
    colour = np.divide(seen[..., :3], alpha, out=seen[..., :3], where=alpha > 0)
    np.copyto(worked[..., :3], np.rint(colour), where=alpha > 0, casting="unsafe")
    return worked
