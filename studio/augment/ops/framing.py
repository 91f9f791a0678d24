"""Operations that cut out, pad or resize: each gives a matrix and the new size.

Windows are whole pixels, so that cutting out and padding alone copy pixels.
"""

from math import sqrt
from typing import Annotated

import numpy as np

from studio.augment.operation import Choice, Frame, Number, Reframe, Reframed, operation

_PlaceX = Annotated[
    float,
    Number(
        low=0,
        high=100,
        default=(0, 100),
        unit="%",
        step=1,
        label="X",
        help="Where it is cut out: 0 at the left edge, 100 at the right edge.",
    ),
]
_PlaceY = Annotated[
    float,
    Number(
        low=0,
        high=100,
        default=(0, 100),
        unit="%",
        step=1,
        label="Y",
        help="Where it is cut out: 0 at the top, 100 at the bottom.",
    ),
]


@operation("Geometry")
def random_crop(
    frame: Frame,
    *,
    size: Annotated[
        float,
        Number(
            low=5,
            high=100,
            default=(70, 95),
            neutral=100,
            unit="%",
            step=1,
            help="How much is kept, in percent of the width and of the height.",
        ),
    ],
    x: _PlaceX,
    y: _PlaceY,
) -> Reframe:
    """Cut out a part at a random place.

    The result is as small as what was cut out; follow with a resize where all pictures are to be
    of one size.
    """
    width, height = _share(frame.width, size / 100), _share(frame.height, size / 100)
    return _window(frame, *_place(frame, width, height, x, y), width, height)


@operation("Geometry")
def random_resized_crop(
    frame: Frame,
    *,
    area: Annotated[
        float,
        Number(
            low=5,
            high=100,
            default=(40, 100),
            neutral=100,
            unit="%",
            step=1,
            help="How much is cut out, in percent of the picture's area.",
        ),
    ],
    aspect: Annotated[
        float,
        Number(
            low=0.5,
            high=2,
            default=(0.75, 1.33),
            neutral=1,
            unit="×",
            step=0.01,
            help="Its width against its height, relative to the picture's; above 1 it is wider.",
        ),
    ],
    x: _PlaceX,
    y: _PlaceY,
) -> Reframe:
    """Cut out a part and enlarge it to the old size.

    As for the Inception networks, Szegedy et al. 2014, arXiv 1409.4842, which took 8 to 100 % of
    the area and side ratios from 3/4 to 4/3.
    """
    share = area / 100
    aspect = min(max(aspect, share), 1 / share)
    width = _share(frame.width, sqrt(share * aspect))
    height = _share(frame.height, sqrt(share / aspect))
    window = _window(frame, *_place(frame, width, height, x, y), width, height)
    return _scaled(window, frame.width, frame.height)


@operation("Geometry")
def centre_crop(
    frame: Frame,
    *,
    size: Annotated[
        float,
        Number(
            low=5,
            high=100,
            default=(70, 95),
            unit="%",
            step=1,
            help="How much is kept, in percent of each side, or of the shorter one for a square.",
        ),
    ],
    shape: Annotated[
        str,
        Choice(
            options=("same", "square"),
            default=("same",),
            help="Sides in the same ratio as the picture's, or all equal.",
        ),
    ],
) -> Reframe:
    """Cut out the middle."""
    sides = (frame.width, frame.height)
    if shape == "square":
        sides = (frame.shorter_side, frame.shorter_side)
    width, height = (_share(side, size / 100) for side in sides)
    return _middle(frame, width, height)


@operation("Geometry")
def pad(
    frame: Frame,
    *,
    left: Annotated[
        float,
        Number(
            low=0,
            high=100,
            default=(0, 15),
            neutral=0,
            unit="%",
            step=0.5,
            help="How much is added at the left, in percent of the shorter side.",
        ),
    ],
    top: Annotated[
        float,
        Number(
            low=0,
            high=100,
            default=(0, 15),
            neutral=0,
            unit="%",
            step=0.5,
            help="How much is added at the top, in percent of the shorter side.",
        ),
    ],
    right: Annotated[
        float,
        Number(
            low=0,
            high=100,
            default=(0, 15),
            neutral=0,
            unit="%",
            step=0.5,
            help="How much is added at the right, in percent of the shorter side.",
        ),
    ],
    bottom: Annotated[
        float,
        Number(
            low=0,
            high=100,
            default=(0, 15),
            neutral=0,
            unit="%",
            step=0.5,
            help="How much is added at the bottom, in percent of the shorter side.",
        ),
    ],
) -> Reframe:
    """Add a margin, filled with the recipe's border."""
    before, above = round(frame.pixels(left)), round(frame.pixels(top))
    after, below = round(frame.pixels(right)), round(frame.pixels(bottom))
    width, height = before + frame.width + after, above + frame.height + below
    return _window(frame, -before, -above, width, height)


@operation("Geometry")
def resize(
    frame: Frame,
    *,
    width: Annotated[
        int,
        Number(low=1, high=4096, default=(256, 256), unit="px", step=1, help="The new width."),
    ],
    height: Annotated[
        int,
        Number(low=1, high=4096, default=(256, 256), unit="px", step=1, help="The new height."),
    ],
    fit: Annotated[
        str,
        Choice(
            options=("fill", "pad", "fit", "stretch"),
            default=("fill",),
            help="Fill cuts off what is too long, pad adds border where it is too short, "
            "fit gives at most this size, stretch squeezes.",
        ),
    ],
) -> Reframe:
    """Give all pictures a size in pixels.

    Fill, pad and stretch give exactly this size. Fit gives the largest picture inside it that
    keeps the sides' ratio.
    """
    new = _share(width, frame.scale), _share(height, frame.scale)
    whole = _window(frame, 0, 0, frame.width, frame.height)
    if fit == "stretch":
        return _scaled(whole, *new)
    across, down = new[0] / frame.width, new[1] / frame.height
    if fit == "fill":
        times = max(across, down)
        return _scaled(_middle(frame, _share(new[0], 1 / times), _share(new[1], 1 / times)), *new)
    times = min(across, down)
    scaled = _scaled(whole, _share(frame.width, times), _share(frame.height, times))
    if fit == "fit":
        return scaled
    padded = _middle(Frame(scaled.width, scaled.height), *new)
    return Reframed(padded.matrix @ scaled.matrix, *new)


def _share(pixels: int, share: float) -> int:
    return max(1, round(pixels * share))


def _place(frame: Frame, width: int, height: int, x: float, y: float) -> tuple[int, int]:
    """Return the left and top of a window from its place in percent of where it could be."""
    return round((frame.width - width) * x / 100), round((frame.height - height) * y / 100)


def _window(frame: Frame, left: int, top: int, width: int, height: int) -> Reframed:
    """Return what cuts out a window of whole pixels, which may reach outside."""
    x, y = (frame.width - width) / 2 - left, (frame.height - height) / 2 - top
    return Reframed(np.array([[1, 0, x], [0, 1, y], [0, 0, 1.0]]), width, height)


def _middle(frame: Frame, width: int, height: int) -> Reframed:
    return _window(frame, (frame.width - width) // 2, (frame.height - height) // 2, width, height)


def _scaled(window: Reframed, width: int, height: int) -> Reframed:
    """Return what cuts out a window and gives it another size."""
    scales = [width / window.width, height / window.height, 1.0]
    return Reframed(np.diag(scales) @ window.matrix, width, height)
