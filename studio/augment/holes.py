"""Missing pixels on their way through a plan: found, lost on purpose, moved, and filled."""

from collections.abc import Sequence
from typing import Any, cast

import cv2
import numpy as np

from studio.augment.image import Image, Mask


def join(masks: Sequence[Mask | None]) -> Mask | None:
    """Return a mask of what is missing in any of them, None where nothing is."""
    joined: Mask | None = None
    for mask in masks:
        if mask is not None:
            joined = mask if joined is None else cast(Mask, cv2.bitwise_or(joined, mask))
    return joined


def is_fillable(missing: Mask | None) -> bool:
    """Return whether something is missing, and something is known to fill it from."""
    return missing is not None and 0 < cv2.countNonZero(missing) < missing.size


def moved(missing: Any) -> Mask:
    """Return a mask that was resampled like a picture: missing is what has a share of missing."""
    return cast(Mask, cv2.threshold(missing, 0, 255, cv2.THRESH_BINARY)[1])


def lay_in(image: Image, filled: Any, missing: Mask) -> None:
    """Write filled colours, (H, W) or (H, W, 3), over an image's missing pixels, then opaque."""
    if image.ndim == 3 and image.shape[2] == 4:
        filled = cv2.cvtColor(filled, cv2.COLOR_BGR2BGRA)
    if filled is not image:
        cv2.copyTo(filled, missing, image)


def shrink_known(image: Image, missing: Mask, sides: tuple[int, int]) -> tuple[Image, Mask]:
    """Return image and mask at this width and height, known pixels not mixed with missing ones.

    A pixel is the mean of the known ones that it stands for, and missing where fewer than half of
    them are known; where that would be everywhere, where none are.
    """
    if (image.shape[1], image.shape[0]) == sides:
        return image, missing
    known = cv2.bitwise_not(missing)
    shares = cv2.resize(known, sides, interpolation=cv2.INTER_AREA)
    weights = cv2.resize(known.astype(np.float32), sides, interpolation=cv2.INTER_AREA)
    weights = np.maximum(weights, 1)
    layers = [image] if image.ndim == 2 else cv2.split(image)
    small = []
    for layer in layers:
        kept = np.where(missing, 0, layer).astype(np.float32)
        mean = cv2.resize(kept, sides, interpolation=cv2.INTER_AREA)
        small.append(np.rint(mean * 255 / weights).astype(image.dtype))
    result = small[0] if image.ndim == 2 else cv2.merge(small)
    gone: Any = cv2.threshold(shares, 127, 255, cv2.THRESH_BINARY_INV)[1]
    if not is_fillable(gone) and gone.any() and is_fillable(missing):
        gone = cv2.threshold(shares, 0, 255, cv2.THRESH_BINARY_INV)[1]
    return cast(Image, result), cast(Mask, gone)
