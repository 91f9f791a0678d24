"""Operations that smooth."""

from typing import Annotated

import cv2

from studio.augment.operation import Frame, Number, Pixels, operation

_LARGEST_DIRECT_SIGMA = 6.0


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
    pixels = sigma / 100 * frame.shorter_side
    if pixels == 0:
        return image
    if pixels <= _LARGEST_DIRECT_SIGMA:
        return cv2.GaussianBlur(image, (0, 0), pixels, dst=image)
    # A wide kernel costs its width on every pixel; the same blur on a smaller copy does not, and
    # what the copy leaves out is finer than what the blur lets through.
    height, width = image.shape[:2]
    shrink = pixels / (_LARGEST_DIRECT_SIGMA / 2)
    size = (max(1, round(width / shrink)), max(1, round(height / shrink)))
    small = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
    small = cv2.GaussianBlur(small, (0, 0), _LARGEST_DIRECT_SIGMA / 2)
    return cv2.resize(small, (width, height), dst=image, interpolation=cv2.INTER_CUBIC)
