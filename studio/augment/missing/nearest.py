"""Which known pixel is nearest to a missing one."""

from collections.abc import Iterator
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from studio.augment.image import Mask
from studio.augment.missing.bands import bands

Indices = NDArray[np.int64]
"""Pixels counted row by row from the top left one."""


def find_nearest(missing: Mask) -> Iterator[tuple[Indices, Indices]]:
    """Yield missing pixels, some at a time, and beside each the known one that is nearest.

    Distances are sums of steps in a 5 × 5 neighbourhood (Borgefors 1986). They are in the order of
    the true ones below 7 pixels; farther off, a pixel may be taken that is up to 4 % more distant
    than another.
    """
    labels: Any
    _, labels = cv2.distanceTransformWithLabels(
        missing, cv2.DIST_L2, cv2.DIST_MASK_5, labelType=cv2.DIST_LABEL_PIXEL
    )
    known = np.flatnonzero(missing == 0)
    for rows in bands(*missing.shape):
        holes = np.flatnonzero(missing[rows] != 0)
        # Known pixels are labelled in their order, from 1.
        nearest = known.take(labels[rows].reshape(-1).take(holes) - 1)
        yield holes + rows.start * missing.shape[1], nearest
