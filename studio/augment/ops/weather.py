"""Operations that put weather between the camera and the scene."""

from itertools import pairwise
from math import radians, tan
from typing import Annotated

import cv2
import numpy as np

from studio.augment.layers import (
    DEPTHS,
    Mask,
    brightness,
    cells_of,
    clouds,
    draw_places,
    layer_size,
    scatter,
    some_rows,
    veil,
)
from studio.augment.operation import Frame, Number, Pixels, operation
from studio.augment.scratch import scratch

# Of 480 pixels, the finest that is drawn is one wide; on a smaller picture it is fainter instead.
_FINEST = 480
# For each depth: how many rows long, how many columns wide, how opaque; and the shortest
# beside the longest.
_STREAKS = ((8, 2, 0.3), (4, 1, 0.45), (2, 1, 0.22))
_MOST_DROPS = 8000
_SHORTEST_STREAK = 0.25
# For each depth: the size beside the nearest, how opaque.
_FLAKES = ((1.0, 0.6), (0.5, 0.8), (0.25, 0.85))
_MOST_FLAKES = 5000
_FLAKE_CELLS = 3


@operation("Occlusion and weather")
def fog(
    image: Pixels,
    frame: Frame,
    *,
    density: Annotated[
        float,
        Number(
            low=0,
            high=95,
            default=(25, 65),
            neutral=0,
            unit="%",
            step=1,
            help="How much of the scene is lost in the fog, on average.",
        ),
    ],
    patchiness: Annotated[
        float,
        Number(
            low=0,
            high=100,
            default=(20, 60),
            unit="%",
            step=5,
            help="How uneven the fog is; 0 is without drifts.",
        ),
    ],
    distance: Annotated[
        float,
        Number(
            low=0,
            high=100,
            default=(20, 80),
            unit="%",
            step=5,
            help="How much denser it is towards the top, where photos show what is far.",
        ),
    ],
) -> Pixels:
    """Lay an uneven veil of fog over the scene.

    As light falls off through fog, exponentially with the way; the veil has the brightness and a
    little of the colour of the picture's lightest parts.
    """
    if density == 0:
        return image
    drifts = clouds(frame, frame.random(), cells=2) * 2 - 1
    far = np.linspace(1, -1, len(drifts), dtype=np.float32)[:, None]
    way = (1 + distance / 125 * far) * (1 + patchiness / 62 * drifts).clip(0.1)
    through = np.power(np.float32(1 - density / 100), way)
    return veil(image, 1 - through, _airlight(image))


def _airlight(image: Pixels) -> list[float]:
    small = cv2.resize(some_rows(image), (8, 8), interpolation=cv2.INTER_AREA)
    levels = small.reshape(64, -1) / np.iinfo(image.dtype).max
    brightest = np.sort(levels, axis=0)[-10:].mean(axis=0)
    grey = brightest.mean()
    colour: list[float] = (np.clip(1.05 * grey, 0.45, 0.92) + 0.3 * (brightest - grey)).tolist()
    return colour


@operation("Occlusion and weather")
def rain(
    image: Pixels,
    frame: Frame,
    *,
    density: Annotated[
        float,
        Number(
            low=0,
            high=100,
            default=(20, 60),
            neutral=0,
            unit="%",
            step=1,
            help="From dry to a cloudburst; the heavier, the duller the light.",
        ),
    ],
    length: Annotated[
        float,
        Number(
            low=1,
            high=30,
            default=(5, 12),
            unit="%",
            step=0.5,
            help="Length of the nearest streaks, in percent of the shorter side.",
        ),
    ],
    angle: Annotated[
        float,
        Number(
            low=-45,
            high=45,
            default=(-15, 15),
            unit="°",
            step=1,
            help="Slant of the streaks; positive falls to the right.",
        ),
    ],
) -> Pixels:
    """Draw the streaks of falling rain, under a duller light."""
    if density == 0:
        return image
    heavy = density / 100
    width, height = layer_size(frame, min(_FINEST, frame.shorter_side))
    # Enlarged, a row fades into the next, and a few rows into a streak with soft ends.
    rows = round(100 * height / (min(width, height) * length * _SHORTEST_STREAK) * 2)
    rows = min(max(1, rows), height)
    drops = draw_places(frame, _MOST_DROPS * heavy)
    firsts = cells_of(drops, (width, rows))
    levels = (0.5 + 0.5 * drops[:, 2]) * (255 * min(width, height) / _FINEST)
    cells, opacities = [], []
    for depth, (reach, breadth, opacity) in zip(DEPTHS, _STREAKS, strict=True):
        streak = (np.arange(reach)[:, None] * width + np.arange(breadth)).reshape(-1, 1)
        cells.append((firsts[depth] + streak).ravel())
        opacities.append(np.tile(levels[depth] * opacity, len(streak)))
    grid = scatter(np.concatenate(cells) % (rows * width), np.concatenate(opacities), (width, rows))
    fallen = _slant(cv2.convertScaleAbs(grid), frame, angle)
    light = min(0.95, 0.3 + 0.75 * brightness(image))
    return veil(image, fallen, [light], kept=1 - 0.3 * heavy, haze=0.05 * heavy)


def _slant(grid: Mask, frame: Frame, angle: float) -> Mask:
    """Return a grid in the picture's size, sheared: what leaves at one side is back at the other.

    Shifts by whole and half pixels are copies, a third of a warp's time.
    """
    width, height = frame.width, frame.height
    twice = scratch("twice", (height, 2 * width), np.uint8)
    cv2.resize(grid, (width, height), dst=twice[:, :width], interpolation=cv2.INTER_LINEAR)
    if angle == 0:
        return twice[:, :width]
    twice[:, width:] = twice[:, :width]
    between = scratch("between", (height, 2 * width), np.uint8)
    cv2.addWeighted(twice[:, :-1], 0.5, twice[:, 1:], 0.5, 0, dst=between[:, :-1])
    rise = np.arange(height) - height / 2
    halves = np.rint(-2 * tan(radians(angle)) * rise).astype(np.intp) % (2 * width)
    sheared = scratch("layer", (height, width), np.uint8)
    # Many rows in turn are shifted alike.
    turns = [0, *(np.flatnonzero(np.diff(halves)) + 1).tolist(), height]
    for top, bottom in pairwise(turns):
        start, odd = divmod(int(halves[top]), 2)
        source = between if odd else twice
        sheared[top:bottom] = source[top:bottom, start : start + width]
    return sheared


@operation("Occlusion and weather")
def snow(
    image: Pixels,
    frame: Frame,
    *,
    density: Annotated[
        float,
        Number(
            low=0,
            high=100,
            default=(20, 60),
            neutral=0,
            unit="%",
            step=1,
            help="How thickly the flakes fall.",
        ),
    ],
    cover: Annotated[
        float,
        Number(
            low=0,
            high=100,
            default=(10, 50),
            neutral=0,
            unit="%",
            step=1,
            help="How much snow lies, first on what is lighter than the rest.",
        ),
    ],
    size: Annotated[
        float,
        Number(
            low=0.5,
            high=10,
            default=(1.5, 4),
            unit="%",
            step=0.1,
            help="Size of the nearest flakes, in percent of the shorter side.",
        ),
    ],
) -> Pixels:
    """Let flakes fall, far and near, on a whitened scene."""
    if density == 0 and cover == 0:
        return image
    white = _flakes(frame, density / 100, size)
    if cover > 0:
        cv2.max(white, _lying_snow(image, cover / 100), dst=white)
    haze = 0.2 * density / 100
    return veil(image, white, [0.95], kept=1 - haze, haze=0.7 * haze)


def _flakes(frame: Frame, density: float, size: float) -> Mask:
    draws = draw_places(frame, _MOST_FLAKES * density)
    flakes: Mask = np.zeros((1, 1), np.uint8)
    # From the nearest to the farthest, each on a finer grid.
    for depth, (reach, opacity) in zip(DEPTHS, _FLAKES, strict=True):
        cell = frame.pixels(size * reach) / _FLAKE_CELLS
        seen = max(1.0, cell)
        columns, rows = (max(1, round(side / seen)) for side in (frame.width, frame.height))
        levels = (0.5 + 0.5 * draws[depth, 2]) * (255 * (cell / seen) ** 2)
        grid = scatter(cells_of(draws[depth], (columns, rows)), levels, (columns, rows))
        grid = cv2.GaussianBlur(cv2.convertScaleAbs(grid), (3, 3), 0)
        grid = cv2.convertScaleAbs(grid, alpha=3.4 * opacity)
        flakes = cv2.max(cv2.resize(flakes, (columns, rows)), grid)
    return cv2.resize(flakes, (frame.width, frame.height))


def _lying_snow(image: Pixels, cover: float) -> Mask:
    grey = image if image.ndim == 2 else cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
    if grey.dtype != np.uint8:
        grey = cv2.convertScaleAbs(grey, alpha=1 / 257)
    mean = cv2.mean(grey)[0] / 255
    lowest = 1.3 * mean * (1 - cover)
    step = ((np.arange(256) / 255 - lowest) / (0.25 + mean / 2)).clip(0, 1)
    smooth = step * step * (3 - 2 * step)
    return cv2.LUT(grey, np.rint(255 * min(1, 0.2 + cover) * smooth).astype(np.uint8))
