"""Missing pixels between the known ones at the ends of their row's and their column's gap."""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from studio.augment.image import Image, Mask
from studio.augment.missing.bands import bands


def interpolate(image: Image, missing: Mask) -> None:
    """Fill the missing pixels in place by the nearest known ones left, right, above and below.

    Each of these counts by the inverse of its distance, so that a gap whose two ends are known is
    crossed in a straight line. Past the picture's edge there is no end, and the other one is taken.
    """
    pixels = image.reshape(*missing.shape, -1)
    total = np.zeros(pixels.shape, np.float32)
    weight = np.zeros(missing.shape, np.float32)
    arrays: list[NDArray[Any]] = [pixels, missing, total, weight]
    for lines in (arrays, [array.swapaxes(0, 1) for array in arrays]):
        for rows in bands(*lines[1].shape):
            _add_ends(*(array[rows] for array in lines))
    for rows in bands(*missing.shape):
        found = weight[rows] > 0
        mean = total[rows][found] / weight[rows][found][:, np.newaxis]
        pixels[rows][found] = np.rint(mean)
    rest = np.where(weight > 0, np.uint8(0), missing)
    if cv2.countNonZero(rest):
        # Neither in its row nor in its column was a pixel known; by now there is in each.
        interpolate(image, rest)


def _add_ends(
    pixels: NDArray[Any],
    missing: NDArray[np.uint8],
    total: NDArray[np.float32],
    weight: NDArray[np.float32],
) -> None:
    """Add to the missing pixels' totals and weights what the ends of their rows' gaps give."""
    row, column = missing.nonzero()
    if not row.size:
        return
    begins = np.ones(row.size, bool)
    np.logical_or(np.diff(row) != 0, np.diff(column) != 1, out=begins[1:])
    first = begins.nonzero()[0]
    lengths = np.diff(first, append=row.size)
    width = missing.shape[1]
    weights, sums = np.float32(0), np.float32(0)
    for ends in (column[first] - 1, column[first] + lengths):
        end = np.repeat(ends, lengths)
        share = ((end >= 0) & (end < width)) / np.abs(column - end).astype(np.float32)
        weights = weights + share
        sums = sums + share[:, np.newaxis] * pixels[row, end.clip(0, width - 1)]
    weight[row, column] += weights
    total[row, column] += sums
