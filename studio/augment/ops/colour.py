"""Operations on colours: each gives a matrix, and neighbours become one transform.

Luma, the brightness that colours have here, is that of ITU-R BT.601, as in Pillow, torchvision and
OpenCV. Grey pictures have no colours and stay as they are.
"""

from math import cos, radians, sin, sqrt
from typing import Annotated, Any

import cv2
import numpy as np
from numpy.typing import NDArray

from studio.augment.operation import Choice, ColourMatrix, Frame, Number, Pixels, operation
from studio.augment.scratch import scratch

_LUMA = np.array([0.114, 0.587, 0.299])
_GREY = np.tile(_LUMA, (3, 1))
_SAME = np.eye(3)
# A turn by 90° about the grey axis, which takes red towards green.
_QUARTER = np.array([[0, 1, -1], [-1, 0, 1], [1, -1, 0]]) / sqrt(3)
# Microsoft's matrix, which all the others use, in the order blue, green, red.
_SEPIA = np.array([[0.131, 0.534, 0.272], [0.168, 0.686, 0.349], [0.189, 0.769, 0.393]])

_ENCODING = 2.2
_DAYLIGHT = 6500.0
_LIGHT_FROM_XYZ = np.array(
    [
        [0.0556434, -0.2040259, 1.0572252],
        [-0.9692660, 1.8760108, 0.0415560],
        [3.2404542, -1.5371385, -0.4985314],
    ]
)

_PIECE = 1 << 17
_ONE = 1 << 13


@operation("Colour and tone")
def hue(
    *,
    degrees: Annotated[
        float,
        Number(
            low=-180,
            high=180,
            default=(-20, 20),
            neutral=0,
            unit="°",
            step=1,
            help="How far every colour moves round the wheel; up is red to yellow to green.",
        ),
    ],
) -> ColourMatrix:
    """Turn all colours round the colour wheel.

    A rotation about the grey axis, sheared along it so that every colour's luma stays: yellow
    turned to blue is a light blue. Angles are those of HSV to within about a degree, but unlike
    there, dull and dark colours do not jump. Greys stay exactly. (P. Haeberli, "Matrix Operations
    for Image Processing", 1993.)
    """
    angle = radians(degrees)
    turn = cos(angle) * _SAME + sin(angle) * _QUARTER + (1 - cos(angle)) / 3
    return _linear(turn + (_LUMA - _LUMA @ turn))


@operation("Colour and tone")
def saturation(
    *,
    factor: Annotated[
        float,
        Number(
            low=0,
            high=3,
            default=(0.5, 1.6),
            neutral=1,
            unit="×",
            step=0.01,
            help="Distance from grey is multiplied by this; 0 leaves grey.",
        ),
    ],
) -> ColourMatrix:
    """Make colours stronger or duller; their luma stays."""
    return _linear(_mixed(_GREY, _SAME, factor))


@operation("Colour and tone")
def vibrance(
    image: Pixels,
    frame: Frame,
    *,
    amount: Annotated[
        float,
        Number(
            low=-100,
            high=100,
            default=(-60, 80),
            neutral=0,
            unit="%",
            step=1,
            help="How much the dullest colours gain; at -100 they turn grey.",
        ),
    ],
) -> Pixels:
    """Make dull colours stronger, and vivid ones less so.

    Chroma c, the largest channel less the smallest as a share of full scale, is multiplied by
    1 + amount · (1 - c), and luma stays. So the purest colours stay as they are instead of
    clipping as with saturation.
    """
    if image.ndim == 2 or amount == 0:
        return image
    gains = _gains(amount / 100, image.dtype)
    colours = image.reshape(1, -1, 3)
    for start in range(0, colours.shape[1], _PIECE):
        _enliven(colours[:, start : start + _PIECE], gains)
    return image


@operation("Colour and tone")
def temperature(
    *,
    warmth: Annotated[
        float,
        Number(
            low=-100,
            high=150,
            default=(-40, 50),
            neutral=0,
            unit="mired",
            step=1,
            help="Above 0 amber, below 0 blue; 100 makes daylight of 6,500 K one of 3,940 K.",
        ),
    ],
) -> ColourMatrix:
    """Change the light from cold to warm.

    Light of 6,500 K is replaced by that of a black body so many mired (1,000,000 / K) away, the
    unit of colour filters, in which equal steps look equal. Red, green and blue are multiplied by
    the ratio of the two lights, encoded by the power of 1 / 2.2; the luma of white stays.
    (Colours of black bodies: M. Krystek, Color Research & Application 10, 1985.)
    """
    light = _black_body(1e6 / (1e6 / _DAYLIGHT + warmth)) / _black_body(_DAYLIGHT)
    gains = light ** (1 / _ENCODING)
    return _linear(np.diag(gains / (gains @ _LUMA)))


@operation("Colour and tone")
def tint(
    *,
    hue: Annotated[
        float,
        Number(
            low=0,
            high=360,
            default=(0, 360),
            unit="°",
            step=1,
            help="Colour of the light: 0 is red, 120 green, 240 blue.",
        ),
    ],
    amount: Annotated[
        float,
        Number(
            low=0,
            high=100,
            default=(10, 35),
            neutral=0,
            unit="%",
            step=1,
            help="How strongly the light is coloured.",
        ),
    ],
) -> ColourMatrix:
    """Shine coloured light on the scene.

    Red, green and blue are multiplied by the light's; the luma of white stays.
    """
    colour = np.clip(np.abs((hue / 60 + np.array([2, 4, 0])) % 6 - 3) - 1, 0, 1)
    return _linear(np.diag(1 + amount / 100 * (colour - colour @ _LUMA)))


@operation("Colour and tone")
def grey(
    *,
    amount: Annotated[
        float,
        Number(
            low=0,
            high=100,
            default=(100, 100),
            neutral=0,
            unit="%",
            step=1,
            help="How much of the colour goes; 100 leaves none.",
        ),
    ],
) -> ColourMatrix:
    """Take the colours away, or some of them; luma stays."""
    return _linear(_mixed(_SAME, _GREY, amount / 100))


@operation("Colour and tone")
def sepia(
    *,
    amount: Annotated[
        float,
        Number(
            low=0,
            high=100,
            default=(40, 100),
            neutral=0,
            unit="%",
            step=1,
            help="How far colours go towards the brown of old prints.",
        ),
    ],
) -> ColourMatrix:
    """Tone the picture brown like an old print."""
    return _linear(_mixed(_SAME, _SEPIA, amount / 100))


def _offset(colour: str) -> Number:
    return Number(
        low=-100,
        high=100,
        default=(-10, 10),
        neutral=0,
        unit="%",
        step=1,
        help=f"Added to {colour}, in percent of full scale.",
    )


@operation("Colour and tone")
def channel_shift(
    *,
    red: Annotated[float, _offset("red")],
    green: Annotated[float, _offset("green")],
    blue: Annotated[float, _offset("blue")],
) -> ColourMatrix:
    """Add to red, green and blue separately."""
    matrix = _linear(_SAME)
    matrix[:, 3] = blue / 100, green / 100, red / 100
    return matrix


@operation("Colour and tone")
def channel_shuffle(
    *,
    order: Annotated[
        str,
        Choice(
            options=("RBG", "GRB", "GBR", "BRG", "BGR"),
            default=("RBG", "GRB", "GBR", "BRG", "BGR"),
            help="Where the new red, green and blue are taken from, in this order.",
        ),
    ],
) -> ColourMatrix:
    """Exchange red, green and blue with one another."""
    return _linear(_SAME[["BGR".index(channel) for channel in reversed(order)]])


def _linear(matrix: NDArray[np.float64]) -> NDArray[np.float64]:
    # Half the time of column_stack, which matters for small pictures.
    result = np.zeros((3, 4))
    result[:, :3] = matrix
    return result


def _mixed(
    start: NDArray[np.float64], end: NDArray[np.float64], share: float
) -> NDArray[np.float64]:
    return start * (1 - share) + end * share


def _black_body(kelvin: float) -> NDArray[np.float64]:
    """Return the light of a black body, as blue, green and red in proportion."""
    u = (0.860117757 + 1.54118254e-4 * kelvin + 1.28641212e-7 * kelvin**2) / (
        1 + 8.42420235e-4 * kelvin + 7.08145163e-7 * kelvin**2
    )
    v = (0.317398726 + 4.22806245e-5 * kelvin + 4.20481691e-8 * kelvin**2) / (
        1 - 2.89741816e-5 * kelvin + 1.61456053e-7 * kelvin**2
    )
    # That is y times XYZ: x = 3u / (2u - 8v + 4), y = 2v / (2u - 8v + 4).
    light: NDArray[np.float64] = _LIGHT_FROM_XYZ @ np.array([3 * u, 2 * v, 4 - u - 10 * v])
    return light


def _gains(amount: float, dtype: np.dtype[Any]) -> NDArray[Any]:
    """Return how much a colour of each chroma gains: for 8 bits in whole parts of `_ONE`."""
    if dtype == np.uint8:
        return np.rint(_ONE * amount * np.linspace(1, 0, 256)).astype(np.int16)
    return (amount * np.linspace(1, 0, 65_536)).astype(np.float32)


def _enliven(colours: Pixels, gains: NDArray[Any]) -> None:
    """Move a row of colours away from grey by the gain of each one's chroma, in place."""
    shape, depth = colours.shape[:2], colours.dtype
    is_wide = depth == np.uint16
    planes = [scratch(f"vibrance {index}", shape, depth) for index in range(3)]
    cv2.split(colours, planes)
    luma = cv2.cvtColor(colours, cv2.COLOR_BGR2GRAY, dst=scratch("luma", shape, depth))
    chroma = scratch("chroma", shape, depth)
    least = scratch("least", shape, depth)
    cv2.max(cv2.max(planes[0], planes[1], dst=chroma), planes[2], dst=chroma)
    cv2.min(cv2.min(planes[0], planes[1], dst=least), planes[2], dst=least)
    cv2.subtract(chroma, least, dst=chroma)
    gain = cv2.LUT(chroma, gains, dst=scratch("gain", shape, gains.dtype))
    change = scratch("change", shape, gains.dtype)
    for plane in planes:
        cv2.subtract(plane, luma, dst=change, dtype=cv2.CV_32F if is_wide else cv2.CV_16S)
        cv2.multiply(change, gain, dst=change, scale=1 if is_wide else 1 / _ONE)
        cv2.add(plane, change, dst=plane, dtype=cv2.CV_16U if is_wide else cv2.CV_8U)
    cv2.merge(planes, dst=colours)
