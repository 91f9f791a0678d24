"""Operations on brightness levels: each gives a table, and neighbours become one lookup."""

from typing import Annotated

import numpy as np
from numpy.typing import NDArray

from studio.augment.operation import Number, Table, operation

Levels = NDArray[np.float64]

_ENCODING = 2.2
_DEEPEST = 8
_THIRD = 1 / 3


@operation("Colour and tone")
def brightness(
    levels: Levels,
    *,
    change: Annotated[
        float,
        Number(
            low=-100,
            high=100,
            default=(-20, 20),
            neutral=0,
            unit="%",
            step=1,
            help="Added to every level, in percent of full scale.",
        ),
    ],
) -> Table:
    """Make the picture lighter or darker by the same amount everywhere."""
    return levels + change / 100


@operation("Colour and tone")
def contrast(
    levels: Levels,
    *,
    factor: Annotated[
        float,
        Number(
            low=0,
            high=3,
            default=(0.75, 1.3),
            neutral=1,
            unit="×",
            step=0.01,
            help="Distance from mid-grey is multiplied by this; 0 leaves plain grey.",
        ),
    ],
) -> Table:
    """Spread levels away from mid-grey, or draw them towards it."""
    return (levels - 0.5) * factor + 0.5


@operation("Colour and tone")
def gamma(
    levels: Levels,
    *,
    gamma: Annotated[
        float,
        Number(
            low=0.2,
            high=5,
            default=(0.7, 1.5),
            neutral=1,
            step=0.01,
            help="The power that levels are raised to: above 1 darker, below 1 lighter.",
        ),
    ],
) -> Table:
    """Make mid-tones lighter or darker; black and white stay."""
    return np.power(levels, gamma)


@operation("Colour and tone")
def exposure(
    levels: Levels,
    *,
    stops: Annotated[
        float,
        Number(
            low=-4,
            high=4,
            default=(-1, 0.8),
            neutral=0,
            unit="stops",
            step=0.05,
            help="Each stop up is twice the light, each stop down half of it.",
        ),
    ],
) -> Table:
    """Take the picture with more light or less.

    Levels are taken for light to the power of 1 / 2.2, which is sRGB but for the deepest shadows;
    so a stop multiplies them by 1.37. What gets lighter than white is lost, as on a sensor.
    """
    return levels * 2 ** (stops / _ENCODING)


@operation("Colour and tone")
def tone_curve(
    levels: Levels,
    *,
    shadows: Annotated[
        float,
        Number(
            low=-33,
            high=33,
            default=(-20, 20),
            neutral=0,
            unit="%",
            step=1,
            help="How far the curve's lower point moves up, in percent of full scale.",
        ),
    ],
    highlights: Annotated[
        float,
        Number(
            low=-33,
            high=33,
            default=(-20, 20),
            neutral=0,
            unit="%",
            step=1,
            help="How far the curve's upper point moves up, in percent of full scale.",
        ),
    ],
) -> Table:
    """Bend dark and light tones along a smooth curve.

    A cubic Bézier curve from black to white with its control points at a third and two thirds. It
    rises everywhere, so no two tones change places. With opposite signs the points make an S:
    more contrast, or less.
    """
    rest = 1 - levels
    lower, upper = _THIRD + shadows / 100, 2 * _THIRD + highlights / 100
    return 3 * rest * levels * (rest * lower + levels * upper) + levels**3


@operation("Colour and tone")
def invert(levels: Levels) -> Table:
    """Turn the picture into its negative."""
    return 1 - levels


@operation("Colour and tone")
def posterise(
    levels: Levels,
    *,
    bits: Annotated[
        int,
        Number(
            low=1,
            high=_DEEPEST,
            default=(3, 5),
            neutral=_DEEPEST,
            unit="bits",
            help="Bits that are left of a channel's 8, so 3 leave 8 levels.",
        ),
    ],
) -> Table:
    """Leave only a few levels in each channel.

    The lower bits become 0, as in Pillow, so white gets a little darker too.
    """
    if bits == _DEEPEST:
        return levels
    step = 2 ** (_DEEPEST - bits)
    # A level that a rounding error has put just below a whole one counts as that one.
    kept: Levels = np.floor(levels * 255 / step + 1e-6) * step / 255
    return kept


@operation("Colour and tone")
def solarise(
    levels: Levels,
    *,
    threshold: Annotated[
        float,
        Number(
            low=0,
            high=100,
            default=(60, 95),
            neutral=100,
            unit="%",
            step=1,
            help="Levels from here up are inverted, in percent of full scale.",
        ),
    ],
) -> Table:
    """Invert the light tones only, as light that falls on a print in the making does."""
    if threshold == 100:
        return levels
    return np.where(levels >= threshold / 100, 1 - levels, levels)
