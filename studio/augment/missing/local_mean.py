"""Missing pixels by the mean of the known ones around them."""

from typing import Any, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from studio.augment.image import Image, Mask
from studio.augment.missing.bands import bands

_Corners = tuple[NDArray[np.int64], ...]


def average_around(image: Image, missing: Mask, reach: int) -> None:
    """Fill each missing pixel in place by the mean of the known ones in a square window around it.

    The window reaches so many pixels to each side, and where it would hold no known one, as far
    as the first. Of what is outside the picture it holds nothing. (Sums by summed-area tables,
    Crow 1984.)
    """
    known: Any = cv2.bitwise_not(missing)
    away: Any = cv2.distanceTransform(missing, cv2.DIST_C, cv2.DIST_MASK_3)
    count = cv2.integral(known & 1)
    for layer in image.reshape(*missing.shape, -1).transpose(2, 0, 1):
        total = cv2.integral(cv2.copyTo(layer, known), sdepth=cv2.CV_64F)
        for rows in bands(*missing.shape):
            row, column = missing[rows].nonzero()
            row += rows.start
            reaches = np.maximum(away[row, column].astype(np.int64), reach)
            corners = _corners(row, column, reaches, missing.shape)
            layer[row, column] = np.rint(_sums(total, corners) / _sums(count, corners))


def _corners(
    row: NDArray[np.int64],
    column: NDArray[np.int64],
    reach: NDArray[np.int64],
    shape: tuple[int, ...],
) -> _Corners:
    """Return where the windows' corners are in a table of sums, counted row by row.

    First bottom right, then top right, bottom left and top left.
    """
    height, width = shape
    top, bottom = (line * (width + 1) for line in _ends(row, reach, height))
    left, right = _ends(column, reach, width)
    return bottom + right, top + right, bottom + left, top + left


def _ends(
    middle: NDArray[np.int64], reach: NDArray[np.int64], length: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    return np.maximum(middle - reach, 0), np.minimum(middle + reach + 1, length)


def _sums(table: Any, corners: _Corners) -> NDArray[np.float64]:
    first, second, third, fourth = (table.reshape(-1).take(corner) for corner in corners)
    return cast(NDArray[np.float64], first - second - third + fourth)
