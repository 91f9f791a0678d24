"""Maps from a result's places to a source's, worked out for every eighth pixel."""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from studio.augment.homography import Homography, is_affine
from studio.augment.scratch import scratch
from studio.augment.source import Size

Floats = NDArray[np.floating[Any]]
STEP = 8


def lattice(size: Size) -> tuple[Floats, Floats]:
    """Return the places x, y of a result, from its centre, for which a map is worked out.

    Enlarging by `_step` gives every pixel's place, behind a margin of one step.
    """
    step = _step(size)
    axes = []
    for length in size:
        if step == 1:
            axes.append(np.arange(length) - (length - 1) / 2)
        else:
            nodes = np.arange(-1, -(-length // step) + 1)
            axes.append(nodes * step + (step - 1) / 2 - (length - 1) / 2)
    shape = (len(axes[1]), len(axes[0]))
    return np.broadcast_to(axes[0], shape), np.broadcast_to(axes[1][:, np.newaxis], shape)


def every_place(places: Any, size: Size, top: int, rows: int) -> Any:
    """Return the places (rows, width, 2) of some rows of pixels, from those of the lattice.

    `top` is a multiple of `STEP`. The result is overwritten by the next call in the thread.
    """
    step = _step(size)
    if step == 1:
        return places[top : top + rows]
    some = places[top // step : -(-(top + rows) // step) + 2]
    shape = (some.shape[0] * step, some.shape[1] * step)
    full = scratch("map", (*shape, 2), np.float32)
    cv2.resize(some, shape[::-1], dst=full, interpolation=cv2.INTER_LINEAR)
    return full[step : step + rows, step : step + size[0]]


def project(matrix: Homography, x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """Return where a matrix leads from places x, y; behind the horizon, to far away."""
    a, b, c, d, e, f, g, h, i = matrix
    if is_affine(matrix):
        return a * x + b * y + c, d * x + e * y + f
    depth = g * x + h * y + i
    depth = np.where(np.abs(depth) < 1e-6, 1e-6, depth)
    return (a * x + b * y + c) / depth, (d * x + e * y + f) / depth


def _step(size: Size) -> int:
    """Return how many pixels apart the places are for which a map is worked out."""
    return STEP if min(size) >= 8 * STEP else 1
