"""Operations that move pixels: each gives a matrix, and neighbours become one warp.

What comes in from outside the picture is the recipe's border, one for all steps.
"""

from math import cos, radians, sin, tan
from typing import Annotated

import numpy as np

from studio.augment.operation import Frame, Matrix, Number, operation


def _matrix(xx: float, xy: float, yx: float, yy: float, x: float = 0, y: float = 0) -> Matrix:
    return np.array([[xx, xy, x], [yx, yy, y], [0, 0, 1]], dtype=np.float64)


@operation("Geometry")
def horizontal_flip(frame: Frame) -> Matrix:
    """Mirror left and right.

    Right for most photos; wrong where left and right mean something, as in text and digits.
    """
    return _matrix(-1, 0, 0, 1)


@operation("Geometry")
def vertical_flip(frame: Frame) -> Matrix:
    """Mirror top and bottom.

    Right for pictures without an up, such as microscopy and aerial photos.
    """
    return _matrix(1, 0, 0, -1)


@operation("Geometry")
def rotate(
    frame: Frame,
    *,
    angle: Annotated[
        float,
        Number(
            low=-180,
            high=180,
            default=(-20, 20),
            neutral=0,
            unit="°",
            step=0.5,
            help="How far to turn; positive is anticlockwise.",
        ),
    ],
) -> Matrix:
    """Turn the picture about its centre, its size kept."""
    turn = radians(angle)
    return _matrix(cos(turn), sin(turn), -sin(turn), cos(turn))


@operation("Geometry")
def scale(
    frame: Frame,
    *,
    factor: Annotated[
        float,
        Number(
            low=0.2,
            high=5,
            default=(0.8, 1.2),
            neutral=1,
            unit="×",
            step=0.01,
            help="Above 1 enlarges about the centre, below 1 shrinks.",
        ),
    ],
) -> Matrix:
    """Make the content larger or smaller, the picture's size kept."""
    return _matrix(factor, 0, 0, factor)


@operation("Geometry")
def translate(
    frame: Frame,
    *,
    x: Annotated[
        float,
        Number(
            low=-100,
            high=100,
            default=(-10, 10),
            neutral=0,
            unit="%",
            step=0.5,
            help="Shift to the right, in percent of the width.",
        ),
    ],
    y: Annotated[
        float,
        Number(
            low=-100,
            high=100,
            default=(-10, 10),
            neutral=0,
            unit="%",
            step=0.5,
            help="Shift downwards, in percent of the height.",
        ),
    ],
) -> Matrix:
    """Shift the content."""
    return _matrix(1, 0, 0, 1, frame.width * x / 100, frame.height * y / 100)


@operation("Geometry")
def shear(
    frame: Frame,
    *,
    x: Annotated[
        float,
        Number(
            low=-60,
            high=60,
            default=(-10, 10),
            neutral=0,
            unit="°",
            step=0.5,
            help="Lean of vertical lines; positive leans the top to the right.",
        ),
    ],
    y: Annotated[
        float,
        Number(
            low=-60,
            high=60,
            default=(0, 0),
            neutral=0,
            unit="°",
            step=0.5,
            help="Slope of horizontal lines; positive lifts the right side.",
        ),
    ],
) -> Matrix:
    """Slant the picture about its centre, first sideways, then up or down."""
    across, down = -tan(radians(x)), -tan(radians(y))
    # One after the other keeps the area; both at once would fold 45° and 45° into a line.
    return _matrix(1, across, down, 1 + across * down)
