"""Operations that move pixels: each gives a matrix, and neighbours become one warp.

What comes in from outside the picture is the recipe's border, one for all steps.
"""

from math import cos, radians, sin, sqrt, tan
from typing import Annotated

import cv2
import numpy as np

from studio.augment.operation import (
    Choice,
    Frame,
    Matrix,
    Number,
    Reframe,
    Reframed,
    operation,
)

_TURNS = {"90": (0, 1, -1, 0), "180": (-1, 0, 0, -1), "270": (0, -1, 1, 0)}


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


@operation("Geometry", title="Turn by 90°")
def turn(
    frame: Frame,
    *,
    angle: Annotated[
        str,
        Choice(
            options=("90", "180", "270"),
            default=("90", "180", "270"),
            help="How many degrees to turn, anticlockwise.",
        ),
    ],
) -> Reframe:
    """Rotate by 90, 180 or 270 degrees, pixel for pixel.

    A quarter turn swaps width and height. Right for pictures without an up.
    """
    matrix = _matrix(*_TURNS[angle])
    if angle == "180":
        return Reframed(matrix, frame.width, frame.height)
    return Reframed(matrix, frame.height, frame.width)


@operation("Geometry")
def transpose(frame: Frame) -> Reframe:
    """Swap rows and columns, pixel for pixel.

    That mirrors the picture at its falling diagonal, and swaps width and height.
    """
    return Reframed(_matrix(0, 1, 1, 0), frame.height, frame.width)


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
    stretch: Annotated[
        float,
        Number(
            low=0.25,
            high=4,
            default=(1, 1),
            neutral=1,
            unit="×",
            step=0.01,
            help="Width against height: above 1 makes things wider, below 1 taller.",
        ),
    ] = 1,
) -> Matrix:
    """Make the content larger or smaller, the picture's size kept."""
    return _matrix(factor * sqrt(stretch), 0, 0, factor / sqrt(stretch))


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


@operation("Geometry")
def perspective(
    frame: Frame,
    *,
    strength: Annotated[
        float,
        Number(
            low=0,
            high=20,
            default=(4, 12),
            neutral=0,
            unit="%",
            step=0.5,
            help="How far a corner moves at most, sideways and up or down, "
            "in percent of the shorter side.",
        ),
    ],
) -> Matrix:
    """See the picture as a plane at a random tilt.

    Each corner moves by itself, at random; straight lines stay straight.
    """
    # From a quarter of the shorter side on, three corners could come to lie in a line.
    x, y = frame.width / 2, frame.height / 2
    corners = np.array([[-x, -y], [x, -y], [x, y], [-x, y]], dtype=np.float32)
    shifts = frame.pixels(strength) * (2 * frame.random().random((4, 2)) - 1)
    moved = (corners + shifts).astype(np.float32)
    return np.asarray(cv2.getPerspectiveTransform(corners, moved), dtype=np.float64)
