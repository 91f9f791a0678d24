"""Operations that bend the picture: each tells where the places of the result come from."""

from math import pi, sqrt
from operator import mul
from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray

from studio.augment.operation import Field, Frame, Number, operation

Floats = NDArray[np.float64]

_KNOTS = 32
_FARTHEST = 1e6


@operation("Geometry", title="Elastic distortion")
def elastic(
    x: Floats,
    y: Floats,
    frame: Frame,
    *,
    amplitude: Annotated[
        float,
        Number(
            low=0,
            high=20,
            default=(3, 8),
            neutral=0,
            unit="%",
            step=0.5,
            help="How far pixels move at most, in percent of the shorter side.",
        ),
    ],
    smoothness: Annotated[
        float,
        Number(
            low=5,
            high=30,
            default=(10, 15),
            unit="%",
            step=0.5,
            help="How wide the waves are (the Gaussian's σ), in percent of the shorter side.",
        ),
    ],
) -> Field:
    """Bend the picture smoothly, as if it were on rubber.

    For handwriting and tissue, where shapes vary like that. An amplitude beyond the smoothness
    folds the picture over itself. Simard et al. 2003, "Best Practices for Convolutional Neural
    Networks"; a cubic B-spline through coarse noise takes the place of the Gaussian filter over
    each pixel's noise.
    """
    # A cubic B-spline's variance is a third of its knots' distance squared.
    distance = sqrt(3) * frame.pixels(smoothness)
    moved_x, moved_y = _waves(x / distance, y / distance, frame.random())
    most = frame.pixels(amplitude)
    return x + most * moved_x, y + most * moved_y


def _waves(x: Floats, y: Floats, random: np.random.Generator) -> tuple[Any, Any]:
    """Return vectors no longer than 1 that change smoothly and at random over x and y.

    They lie at knots 1 apart, row by row in one line that starts again at its end: so how many
    there are, and which random number belongs to which, does not depend on the picture.
    """
    angles = 2 * pi * random.random(_KNOTS * _KNOTS)
    column, across = _spline(x)
    row, down = _spline(y)
    first = row * _KNOTS + column
    knots = [[(first + (i * _KNOTS + j)) & (_KNOTS**2 - 1) for j in range(4)] for i in range(4)]

    def blend(values: Floats) -> Any:
        total: Any = 0
        for line, weight in zip(knots, down, strict=True):
            # In range already; clipping is the mode that does not check.
            parts = (values.take(knot, mode="clip") for knot in line)
            total = total + weight * sum(map(mul, across, parts))
        return total

    return blend(np.cos(angles)), blend(np.sin(angles))


def _spline(places: Floats) -> tuple[Any, list[Floats]]:
    """Return the first of four knots around each place, and their weights in a cubic B-spline."""
    near = np.minimum(np.maximum(places, -_FARTHEST), _FARTHEST)
    first = np.floor(near)
    t = near - first
    rest = 1 - t
    weights = [
        rest * rest * rest / 6,
        (4 - 3 * t * t * (1 + rest)) / 6,
        (4 - 3 * rest * rest * (1 + t)) / 6,
        t * t * t / 6,
    ]
    return first.astype(np.intp), weights


@operation("Geometry")
def grid_distortion(
    x: Floats,
    y: Floats,
    frame: Frame,
    *,
    cells: Annotated[
        int,
        Number(
            low=2,
            high=20,
            default=(4, 8),
            step=1,
            help="How many columns and rows the picture is divided into.",
        ),
    ],
    strength: Annotated[
        float,
        Number(
            low=0,
            high=90,
            default=(20, 50),
            neutral=0,
            unit="%",
            step=1,
            help="By how much columns and rows become wider or narrower at most.",
        ),
    ],
) -> Field:
    """Stretch and squeeze columns and rows at random.

    The picture's edges stay where they are.
    """
    widths = 1 + strength / 100 * (2 * frame.random().random((2, cells)) - 1)
    return _stretch(x, frame.width, widths[0]), _stretch(y, frame.height, widths[1])


def _stretch(places: Floats, length: int, widths: Floats) -> Floats:
    """Return where places come from that lie in even cells, which had other widths."""
    cells = len(widths)
    lines = np.arange(1, cells) / cells
    shifts = widths.cumsum()[:-1] / widths.sum() - lines
    # Nothing moves at the edges nor outside of them.
    lines = np.concatenate([[0], lines, [1]]) - 0.5
    shifts = np.concatenate([[0], shifts, [0]])
    moved: Floats = np.interp(places, lines * length, shifts * length)
    return places + moved


@operation("Geometry")
def lens_distortion(
    x: Floats,
    y: Floats,
    frame: Frame,
    *,
    strength: Annotated[
        float,
        Number(
            low=-30,
            high=60,
            default=(-20, 20),
            neutral=0,
            unit="%",
            step=0.5,
            help="Above 0 bulges like a barrel (wide angle), below 0 pinches like a pincushion.",
        ),
    ],
) -> Field:
    """Bulge or pinch the picture like a lens.

    A place at r, the distance from the centre as a share of the corner's, comes from 1 + k·r²
    times as far out (Brown 1966); then enlarged just so that no border shows.
    """
    k = strength / 100
    diagonal = (frame.width**2 + frame.height**2) / 4
    # The nearest edge, or the corners, stay where they are.
    edge = 1.0 if k > 0 else frame.shorter_side**2 / 4 / diagonal
    # Further out than the corners, nothing bends: a pincushion would turn back.
    square = np.minimum((x * x + y * y) / diagonal, 1)
    factor = (1 + k * square) / (1 + k * edge)
    return x * factor, y * factor
