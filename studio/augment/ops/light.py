"""Operations that put light and shade into the scene."""

from math import cos, pi, sin
from typing import Annotated

import cv2
import numpy as np
from numpy.typing import NDArray

from studio.augment.layers import Layer, Mask, dim, layer_size, screen
from studio.augment.operation import Frame, Number, Pixels, operation

_FRACTION = 4  # of a pixel, in bits, in which OpenCV draws
_CORNERS = 6
# How far down the highest middle of a shadow is, as a share of the height.
_HIGHEST = 0.45
# The shorter side of the layer that a flare is drawn on.
_FLARE = 144
_GHOSTS = 6
# Of blue, green and red: the halo's share, and the ring's.
_WARM = ((0.72, 0.02), (0.9, 0.04), (1.0, 0.06))
_TURNS = (0.0, 2 * pi / 3, 4 * pi / 3)


@operation("Occlusion and weather")
def shadow(
    image: Pixels,
    frame: Frame,
    *,
    strength: Annotated[
        float,
        Number(
            low=0,
            high=100,
            default=(30, 60),
            neutral=0,
            unit="%",
            step=1,
            help="How much light is lost in the shadow.",
        ),
    ],
    size: Annotated[
        float,
        Number(
            low=5,
            high=200,
            default=(30, 80),
            unit="%",
            step=5,
            help="Across a shadow, in percent of the shorter side.",
        ),
    ],
    softness: Annotated[
        float,
        Number(
            low=0.2,
            high=20,
            default=(0.5, 4),
            unit="%",
            step=0.1,
            help="Width of the soft edge, in percent of the shorter side.",
        ),
    ],
    count: Annotated[int, Number(low=1, high=8, default=(1, 2), step=1, help="How many shadows.")],
) -> Pixels:
    """Darken areas with soft edges, as things outside the picture do.

    They lie flat in the lower part, where photos have their ground.
    """
    if strength == 0:
        return image
    # As many pixels as the soft edge needs to be smooth.
    width, height = layer_size(frame, min(frame.shorter_side, max(48, 250 / softness)))
    mask: Mask = np.zeros((height, width), np.uint8)
    radius = min(width, height) * size / 200
    for x, y, *shape in frame.random().random((count, 4 + 2 * _CORNERS)).tolist():
        corners = radius * _outline(shape) + (x * width, (_HIGHEST + (1 - _HIGHEST) * y) * height)
        fixed = np.rint(corners * (1 << _FRACTION)).astype(np.int32)
        cv2.fillPoly(mask, [fixed], 255, cv2.LINE_AA, _FRACTION)
    mask = cv2.GaussianBlur(mask, (0, 0), max(0.3, softness / 200 * min(width, height)))
    return dim(image, cv2.convertScaleAbs(mask, alpha=-strength / 100, beta=255))


def _outline(draws: list[float]) -> NDArray[np.float64]:
    """Return the corners around (0, 0) of a shape about 1 in radius that lies rather flat."""
    turn, flatness, *each = draws
    angles = (np.arange(_CORNERS) + 0.7 * np.array(each[:_CORNERS])) * (2 * pi / _CORNERS)
    radii = 0.6 + 0.8 * np.array(each[_CORNERS:])
    stretch = 1.1 + 0.6 * flatness
    across, down = stretch * radii * np.cos(angles), radii * np.sin(angles) / stretch
    c, s = cos(turn - 0.5), sin(turn - 0.5)
    return np.stack([c * across - s * down, s * across + c * down], axis=1)


@operation("Occlusion and weather")
def sun_flare(
    image: Pixels,
    frame: Frame,
    *,
    strength: Annotated[
        float,
        Number(
            low=0,
            high=100,
            default=(30, 80),
            neutral=0,
            unit="%",
            step=1,
            help="How bright the light is.",
        ),
    ],
    size: Annotated[
        float,
        Number(
            low=5,
            high=150,
            default=(20, 60),
            unit="%",
            step=1,
            help="How far the glow reaches, in percent of the shorter side.",
        ),
    ],
    x: Annotated[
        float,
        Number(
            low=0,
            high=100,
            default=(0, 100),
            unit="%",
            step=1,
            label="X",
            help="Where the light is: 0 at the left edge, 100 at the right.",
        ),
    ],
    y: Annotated[
        float,
        Number(
            low=0,
            high=100,
            default=(0, 50),
            unit="%",
            step=1,
            label="Y",
            help="Where the light is: 0 at the top, 100 at the bottom.",
        ),
    ],
) -> Pixels:
    """Let the sun, or a lamp, shine into the lens.

    A glow with rays around the light, and its reflections inside the lens: coloured discs on the
    line from the light through the middle of the picture.
    """
    if strength == 0:
        return image
    random = frame.random()
    width, height = layer_size(frame, min(_FLARE, 2 * frame.shorter_side))
    place = (x / 100 * width, y / 100 * height)
    reach = min(width, height) * size / 100
    light = _glow(random, (width, height), place, reach)
    light += _ghosts(random, (width, height), place)
    light *= strength / 100
    # Light adds up without end; the sensor does not.
    return screen(image, 1 - np.exp(-1.6 * light))


def _glow(
    random: np.random.Generator,
    size: tuple[int, int],
    place: tuple[float, float],
    reach: float,
) -> Layer:
    """Return the light itself with its halo, ring and rays."""
    across, down = (
        np.arange(length, dtype=np.float32) + np.float32(0.5 - at)
        for length, at in zip(size, place, strict=True)
    )
    polar: tuple[Layer, Layer] = cv2.cartToPolar(*np.meshgrid(across, down))
    distance, angle = polar
    distance /= reach
    rays = _rays(angle, random) * np.exp(distance / -0.45)
    core = 1.6 * np.exp(-((distance / 0.16) ** 2))
    halo = 0.75 * np.exp(distance / -0.35) + 0.22 * np.exp(distance / -1.1) + 0.55 * rays
    ring = np.exp(-(((distance - 0.95) / 0.09) ** 2))
    light: Layer = cv2.merge([core + halo * glow + ring * rim for glow, rim in _WARM])
    return light


def _rays(angle: Layer, random: np.random.Generator) -> Layer:
    blades = int(random.integers(4, 8)) * 2
    phases = random.random(2) * (2 * np.pi)
    rays: Layer = np.cos(angle * np.float32(blades) + np.float32(phases[0])) * 0.5 + 0.5
    for _ in range(3):
        rays *= rays
    rays *= np.cos(angle * 3 + np.float32(phases[1])) * 0.4 + 0.6
    return rays


def _ghosts(
    random: np.random.Generator, size: tuple[int, int], place: tuple[float, float]
) -> Layer:
    """Return discs on the line from the light through the middle."""
    width, height = size
    discs = np.zeros((height, width, 3), np.uint8)
    for along, large, hue, bright, rim in random.random((_GHOSTS, 5)).tolist():
        position = 0.25 + 1.9 * along
        radius = min(size) * (0.015 + 0.07 * large**2) * (0.6 + position / 2)
        centre = [at + (length / 2 - at) * position for at, length in zip(place, size, strict=True)]
        colour = [(18 + 40 * bright) * (0.65 + 0.35 * cos(2 * pi * hue + turn)) for turn in _TURNS]
        where = [round(value * (1 << _FRACTION)) for value in (*centre, radius)]
        cv2.circle(discs, where[:2], where[2], colour, cv2.FILLED, cv2.LINE_AA, _FRACTION)
        if rim < 0.4:
            colour = [1.6 * value for value in colour]
            cv2.circle(discs, where[:2], where[2], colour, 1, cv2.LINE_AA, _FRACTION)
    blurred: Layer = cv2.GaussianBlur(discs, (3, 3), 0) * np.float32(1 / 255)
    return blurred
