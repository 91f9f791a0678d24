"""Pictures and masks of half the size, for work that goes from coarse to fine."""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from studio.augment.image import Mask

Plane = NDArray[Any]
"""(H, W) or (H, W, 3)."""


def halve(levels: NDArray[np.float32], missing: Mask) -> NDArray[np.float32]:
    """Return means of the known among each four pixels, 0 where none is."""
    known = cv2.bitwise_not(missing)
    kept = np.zeros_like(levels)
    cv2.copyTo(levels, known, kept)
    share = mean_of_four(known.astype(np.float32))
    weight = 255 / np.maximum(share, 1)
    half = mean_of_four(kept)
    half *= weight if half.ndim == 2 else weight[..., np.newaxis]
    return half


def halve_mask(missing: Mask) -> Mask:
    """Return where all of each four pixels are missing."""
    even = _even(missing)
    rows = np.minimum(even[::2], even[1::2])
    return np.minimum(rows[:, ::2], rows[:, 1::2])


def mean_of_four(plane: Plane) -> Plane:
    """Return the picture at half the size; an odd side is one longer, the last pixel twice."""
    even = _even(plane)
    size = (even.shape[1] // 2, even.shape[0] // 2)
    return np.asarray(cv2.resize(even, size, interpolation=cv2.INTER_AREA))


def double(half: Plane, like: Plane, way: int = cv2.INTER_LINEAR) -> Plane:
    """Return a picture of half the size of `like` at the size of that."""
    height, width = half.shape[:2]
    twice: Any = cv2.resize(half, (2 * width, 2 * height), interpolation=way)
    return np.ascontiguousarray(twice[: like.shape[0], : like.shape[1]])


def _even(plane: Plane) -> Plane:
    down, right = plane.shape[0] % 2, plane.shape[1] % 2
    if not (down or right):
        return plane
    return np.asarray(cv2.copyMakeBorder(plane, 0, down, 0, right, cv2.BORDER_REPLICATE))
