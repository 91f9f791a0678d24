"""An operation that puts drops onto the lens."""

from typing import Annotated

import cv2
import numpy as np

from studio.augment.layers import (
    DEPTHS,
    Layer,
    brightness,
    cells_of,
    cover,
    draw_places,
    layer_size,
    scatter,
)
from studio.augment.operation import Choice, Frame, Number, Pixels, operation

# For large, middling and small drops: the share of those that are drawn, and their size.
_DROPS = ((1 / 32, 1.0), (1 / 4, 0.55), (1 / 2, 0.3))
# A drop is a bell of this standard deviation, in cells, cut where it is _BASE high; then it is at
# most _CELLS wide, and its area _AREA of its size's square on average.
_SIGMA = 1.4
_CELLS = 3.3
_AREA = 0.535
_BASE = np.float32(0.37)
_EDGE = 0.24
# The shorter side of the grid that drops are drawn on.
_FINEST = 360
_COARSEST = 200
_BROWN = (0.45, 0.75, 1.0)


@operation("Occlusion and weather")
def spatter(
    image: Pixels,
    frame: Frame,
    *,
    amount: Annotated[
        float,
        Number(
            low=0,
            high=60,
            default=(5, 25),
            neutral=0,
            unit="%",
            step=1,
            help="How much of the lens is covered, in percent.",
        ),
    ],
    size: Annotated[
        float,
        Number(
            low=2,
            high=20,
            default=(3, 8),
            unit="%",
            step=0.5,
            help="Size of the largest drops, in percent of the shorter side.",
        ),
    ],
    kind: Annotated[
        str,
        Choice(options=("water", "mud"), default=("water", "mud"), help="What is on the lens."),
    ],
) -> Pixels:
    """Put drops of water or mud onto the lens.

    After the spatter of ImageNet-C, Hendrycks and Dietterich 2019, arXiv 1903.12261.
    """
    if amount == 0:
        return image
    field = _relief(frame, amount / 100, size)
    opacity = cv2.convertScaleAbs(np.maximum(field - _BASE, 0), alpha=255 / _EDGE)
    inside = _water(image, field) if kind == "water" else _mud(image, field)
    shown = opacity if image.ndim == 2 else cv2.cvtColor(opacity, cv2.COLOR_GRAY2BGR)
    return cover(image, cv2.bitwise_not(opacity), cv2.multiply(inside, shown, scale=1 / 255))


def _relief(frame: Frame, amount: float, size: float) -> Layer:
    """Return how high the drops stand: each a bell, neighbours run together."""
    finest = min(_FINEST, 4 * frame.shorter_side)
    areas = (share * _AREA * (size * reach / 100) ** 2 for share, reach in _DROPS)
    # Where bells meet they cover more than each alone, but also each other.
    places = draw_places(frame, 0.9 * amount / sum(areas))
    bell = np.exp(-((np.arange(-3, 4) / _SIGMA) ** 2) / 2)
    field: Layer = np.zeros((1, 1), np.float32)
    # From the largest to the smallest, each on a finer grid.
    for depth, (_, reach) in zip(DEPTHS, _DROPS, strict=True):
        needed = 100 * _CELLS / (size * reach)
        grid_size = layer_size(frame, min(needed, finest))
        heights = (0.6 + 0.4 * places[depth, 2]) * min(1, finest / needed) ** 2
        grid = scatter(cells_of(places[depth], grid_size), heights, grid_size)
        grid = cv2.sepFilter2D(grid, -1, bell, bell)
        field = cv2.max(cv2.resize(field, grid_size), grid)
    coarsest = layer_size(frame, min(_COARSEST, finest))
    return cv2.resize(field, coarsest) if coarsest > field.shape[::-1] else field


def _water(image: Pixels, field: Layer) -> Pixels:
    """Return the scene out of focus, upside down in each drop: lit from below."""
    height, width = field.shape
    few = (max(1, width // 10), max(1, height // 10))
    small = cv2.resize(image, few, interpolation=cv2.INTER_AREA)
    if small.dtype != np.uint8:
        small = cv2.convertScaleAbs(small, alpha=1 / 257)
    return _lit(cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC), field, 70)


def _mud(image: Pixels, field: Layer) -> Pixels:
    level = 25 + 115 * brightness(image)
    if image.ndim == 2:
        return _lit(np.full(field.shape, round(0.7 * level), np.uint8), field, 25)
    colour = np.rint(np.multiply(_BROWN, level)).astype(np.uint8)
    return _lit(np.broadcast_to(colour, (*field.shape, 3)), field, 30)


def _lit(inside: Pixels, field: Layer, strength: float) -> Pixels:
    slope = cv2.Sobel(np.minimum(field, 1.3), cv2.CV_32F, 0, 1, ksize=3, scale=strength)
    light, dark = (cv2.convertScaleAbs(np.maximum(side * slope, 0)) for side in (-1, 1))
    if inside.ndim == 3:
        light, dark = (cv2.cvtColor(part, cv2.COLOR_GRAY2BGR) for part in (light, dark))
    return cv2.subtract(cv2.add(inside, light), dark)
