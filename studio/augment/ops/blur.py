"""Operations that smooth."""

from math import log2, sqrt
from typing import Annotated

import cv2

from studio.augment.operation import Frame, Number, Pixels, operation

_SHRINKS_FROM = 2.0


@operation("Blur and quality")
def gaussian_blur(
    image: Pixels,
    frame: Frame,
    *,
    sigma: Annotated[
        float,
        Number(
            low=0,
            high=5,
            default=(0, 0.8),
            neutral=0,
            unit="%",
            step=0.05,
            help="Standard deviation, in percent of the shorter side.",
        ),
    ],
) -> Pixels:
    """Smooth the picture with a bell-shaped kernel, as a lens out of focus roughly does."""
    deviation = sigma / 100 * frame.shorter_side
    if deviation == 0:
        return image
    if deviation < _SHRINKS_FROM:
        return cv2.GaussianBlur(image, (0, 0), deviation, dst=image)
    # A wide kernel costs its width on every pixel; the same blur of a smaller copy does not, and
    # what the copy leaves out is finer than what the blur lets through.
    height, width = image.shape[:2]
    shrink = 2 ** int(log2(deviation))
    size = (max(1, round(width / shrink)), max(1, round(height / shrink)))
    small = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
    # The mean of shrink × shrink pixels is a blur of variance (shrink² - 1) / 12 already, and
    # linear interpolation between such means is one of (shrink² - 1) / 6.
    rest = sqrt(deviation**2 - (shrink**2 - 1) / 4) / shrink
    # The direct blur mirrors at the middle of the outer pixels: in the copy, nearly their edge.
    small = cv2.GaussianBlur(small, (0, 0), rest, borderType=cv2.BORDER_REFLECT)
    return cv2.resize(small, (width, height), dst=image, interpolation=cv2.INTER_LINEAR)
