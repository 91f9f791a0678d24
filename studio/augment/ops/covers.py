"""Operations that hide many small parts of the picture, or melt them together."""

from math import ceil, sqrt
from typing import Annotated, Any

import cv2
import numpy as np
from numpy.typing import NDArray

from studio.augment.operation import Choice, Frame, Number, Pixels, operation
from studio.augment.ops.occlusion import FILLS, fill_where, filling
from studio.augment.scratch import scratch

_WORDS = 65_536
_PIECE = 1 << 17
_CELL = 10
_ROUNDS = 3
_MOST_CELLS = 256
# The distance in 8-bit Lab that counts as much as one of a whole cell sideways: SLIC's m.
_COMPACTNESS = 24.0

Labels = NDArray[Any]
"""(h, w) uint8, which segment a pixel belongs to."""


@operation("Occlusion and weather")
def pixel_dropout(
    image: Pixels,
    frame: Frame,
    *,
    share: Annotated[
        float,
        Number(
            low=0,
            high=80,
            default=(1, 10),
            neutral=0,
            unit="%",
            step=0.5,
            help="How many of the pixels are lost, in percent.",
        ),
    ],
    fill: Annotated[
        str,
        Choice(options=FILLS, default=("black",), help="What is in their place."),
    ],
) -> Pixels:
    """Lose single pixels all over the picture, each independently of the others."""
    if share == 0:
        return image
    hidden = filling(fill, image, frame)
    before = image.copy() if frame.scale < 1 else image
    random = frame.random()
    limit = round(share / 100 * _WORDS)
    rows = max(1, _PIECE // frame.width)
    for top in range(0, frame.height, rows):
        strip = image[top : top + rows]
        count = len(strip) * frame.width
        words = random.bit_generator.random_raw(-(-count // 4)).view(np.uint16)[:count]
        lost = (words < limit).view(np.uint8).reshape(strip.shape[:2])
        fill_where(strip, lost, hidden, random)
    if before is image:
        return image
    # A proxy's pixel is the mean of several: it varies less, but is drawn to what is in place.
    mean = filling("grey", image, frame) if fill == "noise" else hidden
    expected = scratch("expected", image.shape, image.dtype)
    fill_where(expected, np.ones(image.shape[:2], np.uint8), mean, random)
    cv2.addWeighted(before, 1 - share / 100, expected, share / 100, 0, dst=expected)
    return cv2.addWeighted(image, frame.scale, expected, 1 - frame.scale, 0, dst=image)


@operation("Occlusion and weather")
def superpixels(
    image: Pixels,
    frame: Frame,
    *,
    share: Annotated[
        float,
        Number(
            low=0,
            high=100,
            default=(25, 100),
            neutral=0,
            unit="%",
            step=5,
            help="How many of the segments become one colour, in percent.",
        ),
    ],
    segments: Annotated[
        int,
        Number(low=10, high=240, default=(80, 200), step=10, help="How many segments, roughly."),
    ],
) -> Pixels:
    """Melt areas of similar colour into one, as if painted.

    The segments follow the picture's edges, found on a small copy: SLIC, Achanta et al. 2012,
    doi 10.1109/TPAMI.2012.120.
    """
    if share == 0:
        return image
    rows = max(1, min(segments, round(sqrt(segments * frame.height / frame.width))))
    columns = max(1, min(segments, round(segments / rows)))
    rows = min(rows, _MOST_CELLS // columns)
    side = min(_CELL, max(2, ceil(max(frame.height / rows, frame.width / columns))))
    small = cv2.resize(
        image if image.dtype == np.uint8 else cv2.convertScaleAbs(image, alpha=1 / 257),
        (columns * side, rows * side),
        interpolation=cv2.INTER_AREA,
    )
    random = frame.random()
    chosen = random.permutation(rows * columns)[: max(1, round(share / 100 * rows * columns))]
    labels = _segment(small, (rows, columns), random)
    means = _mean_colours(small, labels).reshape(_MOST_CELLS, 1, -1)
    means = np.rint(means * (np.iinfo(image.dtype).max / 255)).astype(image.dtype)
    labels = _enlarge(labels, (frame.width, frame.height))
    is_chosen = np.zeros(_MOST_CELLS, np.uint8)
    is_chosen[chosen] = 1
    index = labels if image.ndim == 2 else cv2.cvtColor(labels, cv2.COLOR_GRAY2BGR)
    melted = cv2.LUT(index, means, dst=scratch("layer", image.shape, image.dtype))
    cv2.copyTo(melted, cv2.LUT(labels, is_chosen), image)
    return image


def _segment(small: Any, grid: tuple[int, int], random: np.random.Generator) -> Labels:
    """Return which of rows × columns segments each pixel belongs to.

    k-means over colour and place, where a pixel may go to the segment of its own cell or to one of
    the eight around.
    """
    rows, columns = grid
    pixels = _pixels_of_cells(small, grid)
    around = _around(rows, columns)
    centres = pixels.mean(axis=2)
    # Off the regular grid, or even areas would be cut into squares.
    centres[:, :2] += (random.random((len(centres), 2)) - 0.5) * (0.9 * _COMPACTNESS)
    features = pixels.transpose(1, 0, 2).reshape(pixels.shape[1], -1)
    for _ in range(_ROUNDS):
        near = centres[around].astype(np.float32)
        # |p - c|² without the |p|² that all candidates have in common.
        distance = np.matmul(near, pixels)
        distance *= -2
        distance += (near**2).sum(axis=2)[..., None]
        labels = np.take_along_axis(around, distance.argmin(axis=1), axis=1).ravel()
        sizes = np.bincount(labels, minlength=len(centres))
        sums = [np.bincount(labels, feature, len(centres)) for feature in features]
        is_left = sizes > 0
        centres[is_left] = (np.stack(sums, axis=1)[is_left]) / sizes[is_left, None]
    side = small.shape[0] // rows
    picture = labels.astype(np.uint8).reshape(rows, columns, side, side).transpose(0, 2, 1, 3)
    return np.ascontiguousarray(picture).reshape(small.shape[:2])


def _pixels_of_cells(small: Any, grid: tuple[int, int]) -> NDArray[np.float32]:
    """Return, for each cell, y, x and the colours of its pixels, in units that compare."""
    rows, columns = grid
    height, width = small.shape[:2]
    colours = cv2.cvtColor(small, cv2.COLOR_BGR2Lab) if small.ndim == 3 else small
    y, x = np.mgrid[0:height, 0:width].astype(np.float32) * (_COMPACTNESS * rows / height)
    features = np.dstack([y, x, colours.astype(np.float32)])
    cells = features.reshape(rows, height // rows, columns, width // columns, -1)
    cells = np.ascontiguousarray(cells.transpose(0, 2, 4, 1, 3))
    return cells.reshape(rows * columns, features.shape[2], -1)


def _around(rows: int, columns: int) -> NDArray[np.intp]:
    """Return, for each cell, its own index and its neighbours'; the edge's stand in for none."""
    row, column = np.divmod(np.arange(rows * columns), columns)
    step = np.array([0, -1, 1])
    near_rows = (row[:, None, None] + step[:, None]).clip(0, rows - 1)
    near_columns = (column[:, None, None] + step).clip(0, columns - 1)
    around: NDArray[np.intp] = (near_rows * columns + near_columns).reshape(-1, 9)
    return around


def _mean_colours(small: Any, labels: Labels) -> NDArray[np.float64]:
    places = labels.ravel()
    sizes = np.bincount(places, minlength=_MOST_CELLS).clip(1)
    sums = [np.bincount(places, part.ravel(), _MOST_CELLS) for part in cv2.split(small)]
    means: NDArray[np.float64] = np.stack(sums, axis=1) / sizes[:, None]
    return means


def _enlarge(labels: Labels, size: tuple[int, int]) -> Labels:
    """Return the labels in a width and height, with smooth borders instead of steps."""
    labels = cv2.medianBlur(labels, 3)
    while labels.shape[0] < size[1] or labels.shape[1] < size[0]:
        twice = min(size[0], 2 * labels.shape[1]), min(size[1], 2 * labels.shape[0])
        labels = cv2.resize(labels, twice, interpolation=cv2.INTER_NEAREST)
        # Of two labels the median is that of the majority.
        labels = cv2.medianBlur(labels, 5)
    return cv2.resize(labels, size, interpolation=cv2.INTER_NEAREST)
