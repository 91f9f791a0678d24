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
        image = _shrink(source, small)
        smallest /= largest
    if smallest < _ALIASES_BELOW:
        deviation = 0.35 * sqrt(1 / max(smallest, SMALLEST) ** 2 - 1)
        image = cv2.GaussianBlur(image, (0, 0), deviation)
    return Source(image), ratio


def _shrink(source: Source, size: Size) -> Any:
    if source.is_opaque:
        return cv2.resize(source.image, size, interpolation=cv2.INTER_AREA)
    return weighed(source.image, lambda image: cv2.resize(image, size, interpolation=3))


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
