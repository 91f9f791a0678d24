"""One level for all missing pixels, by the levels of the known ones."""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from studio.augment.image import Image, Mask

Levels = NDArray[np.float64]
"""A level for each channel of a picture, not rounded."""


def mean_levels(image: Image, missing: Mask) -> Levels:
    """Return each channel's mean over the known pixels."""
    channels = 1 if image.ndim == 2 else image.shape[2]
    return np.array(cv2.mean(image, cv2.bitwise_not(missing))[:channels])


def median_levels(image: Image, missing: Mask, *, together: bool) -> Levels:
    """Return each channel's median over the known pixels, or that of all channels' levels.

    Between the two middle ones where their number is even.
    """
    counts = _counts(image, cv2.bitwise_not(missing))
    if together:
        counts[:] = counts.sum(axis=0)
    return np.array([_middle(row) for row in counts])


def _counts(image: Image, known: Any) -> NDArray[np.int64]:
    """Return how many known pixels have each level, for each channel."""
    levels = np.iinfo(image.dtype).max + 1
    channels = 1 if image.ndim == 2 else image.shape[2]
    counts = [
        cv2.calcHist([image], [channel], known, [levels], [0, levels]).ravel()
        for channel in range(channels)
    ]
    return np.array(counts).astype(np.int64)


def _middle(counts: NDArray[np.int64]) -> float:
    below = counts.cumsum()
    middles = (below[-1] - 1) // 2, below[-1] // 2
    return float(np.searchsorted(below, middles, side="right").mean())
