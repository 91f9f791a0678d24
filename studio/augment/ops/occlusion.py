"""Operations that hide parts of the picture."""

from collections.abc import Sequence
from math import ceil, cos, exp, hypot, log, radians, sin, sqrt
from typing import Annotated, Any

import cv2
import numpy as np
from numpy.typing import NDArray

from studio.augment.operation import Choice, Frame, Number, Pixels, operation
from studio.augment.scratch import scratch

FILLS = ("noise", "mean", "black", "grey", "white")
_WIDEST_ASPECT = 1 / 0.3
_Box = tuple[int, int, int, int]

Filling = NDArray[Any]
"""What hides a pixel: (256,) levels of the picture's dtype for random bytes, or a colour."""


@operation("Occlusion and weather")
def erase(
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
    count: Annotated[
        int, Number(low=1, high=20, default=(1, 3), step=1, help="How many rectangles.")
    ],
    fill: Annotated[
        str,
        Choice(options=FILLS, default=("noise",), help="What the rectangles are filled with."),
    ],
) -> Pixels:
    """Cover random rectangles, so that a network learns not to lean on one detail.

    Random Erasing, Zhong et al. 2017, arXiv 1708.04896: side ratios from 0.3 to 3.3, here
    relative to the picture's own.
    """
    share = area / 100
    if share == 0:
        return image
    random = frame.random()
    boxes = []
    for ratio, left, top in random.random((count, 3)).tolist():
        aspect = exp((2 * ratio - 1) * log(_WIDEST_ASPECT))
        aspect = min(max(aspect, share), 1 / share)
        width = max(1, round(sqrt(share * aspect) * frame.width))
        height = max(1, round(sqrt(share / aspect) * frame.height))
        x, y = round(left * (frame.width - width)), round(top * (frame.height - height))
        boxes.append((x, y, x + width, y + height))
    return _fill_boxes(image, boxes, filling(fill, image, frame), random)


@operation("Occlusion and weather")
def cutout_grid(
    image: Pixels,
    frame: Frame,
    *,
    share: Annotated[
        float,
        Number(
            low=0,
            high=90,
            default=(10, 40),
            neutral=0,
            unit="%",
            step=1,
            help="How many of the cells are hidden, in percent.",
        ),
    ],
    cells: Annotated[
        int,
        Number(
            low=2,
            high=24,
            default=(4, 8),
            step=1,
            help="How many cells the shorter side is divided into.",
        ),
    ],
    fill: Annotated[
        str,
        Choice(options=FILLS, default=("mean",), help="What the hidden cells are filled with."),
    ],
) -> Pixels:
    """Divide into square cells and hide some of them.

    Hide-and-Seek, Singh and Lee 2017, arXiv 1704.04232: it makes a network look for every part
    of an object. Unlike a grid mask's squares, the hidden cells are drawn at random.
    """
    if share == 0:
        return image
    random = frame.random()
    side = frame.shorter_side / cells
    columns, rows = round(frame.width / side), round(frame.height / side)
    order = np.argsort(random.random(columns * rows))
    boxes = []
    for cell in order[: max(1, round(share / 100 * len(order)))].tolist():
        row, column = divmod(cell, columns)
        left, right = (round(at * frame.width / columns) for at in (column, column + 1))
        top, bottom = (round(at * frame.height / rows) for at in (row, row + 1))
        boxes.append((left, top, right, bottom))
    return _fill_boxes(image, boxes, filling(fill, image, frame), random)


@operation("Occlusion and weather")
def grid_mask(
    image: Pixels,
    frame: Frame,
    *,
    ratio: Annotated[
        float,
        Number(
            low=0,
            high=90,
            default=(30, 50),
            neutral=0,
            unit="%",
            step=1,
            help="Side of each square, in percent of the distance from one to the next.",
        ),
    ],
    unit: Annotated[
        float,
        Number(
            low=5,
            high=100,
            default=(20, 50),
            unit="%",
            step=1,
            label="Distance",
            help="From one square to the next, in percent of the shorter side.",
        ),
    ],
    angle: Annotated[
        float,
        Number(
            low=-45,
            high=45,
            default=(0, 0),
            unit="°",
            step=1,
            help="How far the lattice is turned; positive is anticlockwise.",
        ),
    ],
    fill: Annotated[
        str,
        Choice(options=FILLS, default=("mean",), help="What the squares are filled with."),
    ],
) -> Pixels:
    """Hide squares that stand on a regular lattice.

    GridMask, Chen et al. 2020, arXiv 2001.04086: it seldom hides all of an object or nothing of
    it. Where the lattice begins is random. The paper's r is 1 minus this ratio.
    """
    if ratio == 0:
        return image
    random = frame.random()
    starts = random.random(2)
    distance = max(1.0, frame.pixels(unit))
    size = (frame.width, frame.height)
    if angle:
        # A turned lattice is cut out of an upright one that reaches to the corners.
        size = (ceil(hypot(*size)),) * 2
    across, down = (
        # Counted from the centre, which is where the lattice is turned.
        ((np.arange(length) - (length - 1) / 2) / distance + start) % 1 < ratio / 100
        for length, start in zip(size, starts, strict=True)
    )
    mask = np.logical_and.outer(down, across).view(np.uint8)
    if angle:
        mask = _turn(mask, radians(angle), frame)
    return fill_where(image, mask, filling(fill, image, frame), random)


def filling(fill: str, image: Pixels, frame: Frame) -> Filling:
    """Return what stands for one of `FILLS` in this picture."""
    full = np.iinfo(image.dtype).max
    if fill == "noise":
        # On a proxy a pixel is the mean of several of the full image's.
        levels = 0.5 + (np.arange(256) / 255 - 0.5) * frame.scale
        return np.rint(full * levels).astype(image.dtype)
    channels = 1 if image.ndim == 2 else image.shape[2]
    if fill == "mean":
        return np.rint(cv2.mean(image)[:channels])
    level = {"black": 0, "grey": round(full / 2), "white": full}[fill]
    return np.full(channels, level, dtype=np.float64)


def fill_where(
    image: Pixels, mask: NDArray[Any], hidden: Filling, random: np.random.Generator
) -> Pixels:
    """Overwrite the pixels where the mask, of the picture's height and width, is not 0."""
    layer = scratch("layer", image.shape, image.dtype)
    height, width = image.shape[:2]
    _fill_boxes(layer, [(0, 0, width, height)], hidden, random)
    cv2.copyTo(layer, mask, image)
    return image


def _fill_boxes(
    image: Pixels, boxes: Sequence[_Box], hidden: Filling, random: np.random.Generator
) -> Pixels:
    for left, top, right, bottom in boxes:
        if left >= right or top >= bottom:
            continue
        if hidden.dtype == image.dtype:
            box = image[top:bottom, left:right]
            words = random.bit_generator.random_raw(-(-box.size // 8)).view(np.uint8)
            cv2.LUT(words[: box.size].reshape(box.shape), hidden, dst=box)
        else:
            corners = (left, top), (right - 1, bottom - 1)
            cv2.rectangle(image, *corners, hidden.tolist(), cv2.FILLED)
    return image


def _turn(mask: NDArray[Any], angle: float, frame: Frame) -> NDArray[Any]:
    """Return the middle of the mask, turned, in the frame's size."""
    across, down = (frame.width - 1) / 2, (frame.height - 1) / 2
    middle = (len(mask) - 1) / 2
    c, s = cos(angle), sin(angle)
    to_mask = np.array(
        [[c, -s, middle - c * across + s * down], [s, c, middle - s * across - c * down]]
    )
    flags = cv2.INTER_NEAREST | cv2.WARP_INVERSE_MAP
    return cv2.warpAffine(mask, to_mask, (frame.width, frame.height), flags=flags)
