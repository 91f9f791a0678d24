"""Operations that lose pixels on purpose: they stand for no data until a later step fills them.

Places are drawn as shares of the sides, so a proxy loses what the full image will. At least one
pixel stays known.
"""

from collections.abc import Sequence
from math import exp, log, sqrt
from typing import Annotated

import cv2
import numpy as np

from studio.augment.operation import Frame, Lost, Mask, Number, Pixels, operation
from studio.augment.ops.occlusion import fill_where

_WIDEST_ASPECT = 1 / 0.3
_WORDS = 65_536
_PIECE = 1 << 17
_LATTICE = 256

_LEVEL = Number(
    low=0,
    high=255,
    default=(0, 0),
    unit="levels",
    help="What lost pixels are overwritten with, 0 black to 255 white.",
)
_RUNS = Number(low=0, high=50, default=(1, 3), neutral=0, help="How many runs of neighbours.")


def _thickness(of: str) -> Number:
    help = f"Of each run, in percent of the picture's {of}"
    return Number(low=0, high=50, default=(0.5, 2), unit="%", step=0.1, help=help)


@operation("Missing values")
def lose_area(
    image: Pixels,
    frame: Frame,
    *,
    area: Annotated[
        float,
        Number(
            low=0,
            high=60,
            default=(2, 12),
            neutral=0,
            unit="%",
            step=0.5,
            help="Size of each rectangle, in percent of the picture's area.",
        ),
    ],
    count: Annotated[int, Number(low=1, high=20, default=(1, 3), help="How many rectangles.")],
    level: Annotated[int, _LEVEL],
) -> Lost:
    """Lose random rectangles, as if something were cut out.

    For networks that must do without a part of the object. Random Erasing, Zhong et al. 2017,
    arXiv 1708.04896: side ratios from 0.3 to 3.3, here relative to the picture's own.
    """
    lost = _nothing(frame)
    share = area / 100
    if share == 0:
        return lost
    random = frame.random()
    for ratio, left, top in random.random((count, 3)).tolist():
        aspect = exp((2 * ratio - 1) * log(_WIDEST_ASPECT))
        aspect = min(max(aspect, share), 1 / share)
        width, height = sqrt(share * aspect) * frame.width, sqrt(share / aspect) * frame.height
        _lose_box(lost, frame, (left, top), (width, height))
    return _overwrite(image, lost, level, random)


@operation("Missing values")
def lose_rows(
    image: Pixels,
    frame: Frame,
    *,
    count: Annotated[int, _RUNS],
    thickness: Annotated[float, _thickness("height; at least one row.")],
    level: Annotated[int, _LEVEL],
) -> Lost:
    """Lose rows from end to end.

    Dead rows of a sensor and dropped lines of a transfer look like this.
    """
    lost = _nothing(frame)
    random = frame.random()
    for top in random.random(count).tolist():
        _lose_box(lost, frame, (0, top), (frame.width, thickness / 100 * frame.height))
    return _overwrite(image, lost, level, random)


@operation("Missing values")
def lose_columns(
    image: Pixels,
    frame: Frame,
    *,
    count: Annotated[int, _RUNS],
    thickness: Annotated[float, _thickness("width; at least one column.")],
    level: Annotated[int, _LEVEL],
) -> Lost:
    """Lose columns from end to end.

    Dead columns of a sensor and gaps of a push-broom scanner look like this.
    """
    lost = _nothing(frame)
    random = frame.random()
    for left in random.random(count).tolist():
        _lose_box(lost, frame, (left, 0), (thickness / 100 * frame.width, frame.height))
    return _overwrite(image, lost, level, random)


@operation("Missing values")
def lose_blocks(
    image: Pixels,
    frame: Frame,
    *,
    share: Annotated[
        float,
        Number(
            low=0,
            high=80,
            default=(5, 15),
            neutral=0,
            unit="%",
            step=1,
            help="How much of the picture's area is lost, to the nearest block.",
        ),
    ],
    side: Annotated[
        float,
        Number(
            low=1,
            high=50,
            default=(4, 10),
            unit="%",
            step=0.5,
            help="Side of each block, in percent of the shorter side.",
        ),
    ],
    level: Annotated[int, _LEVEL],
) -> Lost:
    """Lose square blocks all over the picture, a share of its area.

    Lost packets of a transfer look like this, and small clouds that were masked out.
    """
    lost = _nothing(frame)
    if share == 0:
        return lost
    random = frame.random()
    # A pixel of the full image at the least.
    length = max(frame.pixels(side), frame.scale)
    sides = length / frame.width, length / frame.height
    for left, top in _draw_blocks(share / 100, sides, random):
        _lose_box(lost, frame, (left, top), (length, length))
    return _overwrite(image, lost, level, random)


@operation("Missing values")
def lose_pixels(
    image: Pixels,
    frame: Frame,
    *,
    share: Annotated[
        float,
        Number(
            low=0,
            high=95,
            default=(1, 5),
            neutral=0,
            unit="%",
            step=0.5,
            help="How many of the pixels are lost, in percent.",
        ),
    ],
    level: Annotated[int, _LEVEL],
) -> Lost:
    """Lose single pixels all over the picture, each independently of the others.

    Dead cells of a sensor and gaps of a depth camera look like this.
    """
    lost = _nothing(frame)
    if share == 0:
        return lost
    random = frame.random()
    limit = round(share / 100 * _WORDS)
    pixels = lost.reshape(-1)
    for start in range(0, pixels.size, _PIECE):
        piece = pixels[start : start + _PIECE]
        words = random.bit_generator.random_raw(-(-piece.size // 4)).view(np.uint16)
        # 0 - 1 is 255 in 8 bit.
        np.negative((words[: piece.size] < limit).view(np.uint8), out=piece)
    return _overwrite(image, lost, level, random)


def _nothing(frame: Frame) -> Mask:
    return np.zeros((frame.height, frame.width), np.uint8)


def _lose_box(
    lost: Mask, frame: Frame, place: tuple[float, float], size: tuple[float, float]
) -> None:
    """Lose a rectangle of a width and height in pixels, at least one of the full image's.

    `place` is where it begins, x and y, as shares of where it can. Its edges are rounded to pixels
    of the full image before those of a proxy, so the two differ by half a pixel at most.
    """
    edges = []
    for length, start, extent in zip((frame.width, frame.height), place, size, strict=True):
        full, whole = round(length / frame.scale), max(1, round(extent / frame.scale))
        first = round(start * (full - whole))
        near, far = (round(at * length / full) for at in (first, first + whole))
        if near == far:
            near = int((first + whole / 2) * length / full)
        edges.append(slice(near, max(near + 1, far)))
    lost[edges[1], edges[0]] = 255


def _overwrite(image: Pixels, lost: Mask, level: int, random: np.random.Generator) -> Lost:
    """Write the level over what is lost, and return that; one pixel stays if it is everything."""
    if cv2.countNonZero(lost) == lost.size:
        row, column = (random.random(2) * lost.shape).astype(np.intp)
        lost[row, column] = 0
    channels = 1 if image.ndim == 2 else image.shape[2]
    shade = np.full(channels, level * (np.iinfo(image.dtype).max / 255))
    fill_where(image, lost, shade, random)
    return lost


def _draw_blocks(
    share: float, sides: tuple[float, float], random: np.random.Generator
) -> Sequence[tuple[float, float]]:
    """Return where blocks begin that together cover a share of the area; at least one.

    Counted on a lattice that is the same for every picture, so a proxy has as many blocks as the
    full image. `sides` are a block's, as shares of width and height.
    """
    covered = np.zeros((_LATTICE, _LATTICE), np.bool_)
    blocks: list[tuple[float, float]] = []
    lacking = share * covered.size
    while lacking > 0:
        place = tuple(random.random(2).tolist())
        near = [start * (1 - side) for start, side in zip(place, sides, strict=True)]
        across, down = (
            slice(round(_LATTICE * at), round(_LATTICE * (at + side)))
            for at, side in zip(near, sides, strict=True)
        )
        block = covered[down, across]
        gain = block.size - np.count_nonzero(block)
        if blocks and gain > 2 * lacking:
            break
        block[...] = True
        lacking -= gain
        blocks.append(place)
    return blocks
