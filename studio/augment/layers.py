"""Layers over a picture: light, shade and what is in the air, blended in the picture's depth.

They are worked out small and enlarged, for most of them are smooth, and blended by OpenCV in whole
numbers. A grey layer becomes one of three channels only strip by strip, inside the cache.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from studio.augment.operation import Frame, Pixels
from studio.augment.scratch import scratch

Layer = NDArray[Any]
"""(h, w) or (h, w, 3) float32 shares of full scale; the picture's proportions, any size."""

Mask = NDArray[Any]
"""(h, w) or (h, w, 3) uint8, 0 where there is nothing to 255 where there is nothing else."""

Places = NDArray[np.float64]
"""(n, 3) random numbers: x and y as shares of the picture, and one more for each."""

DEPTHS = (slice(0, None, 32), slice(2, None, 4), slice(1, None, 2))
"""Which places are near, further and far; when there are more, those before stay as they are."""

_STRIP = 1 << 16
_OCTAVES = 4


def layer_size(frame: Frame, shorter_side: float) -> tuple[int, int]:
    """Return the width and height of a layer of the frame's proportions."""
    ratio = shorter_side / frame.shorter_side
    return max(1, round(frame.width * ratio)), max(1, round(frame.height * ratio))


def dim(image: Pixels, through: Layer | Mask) -> Pixels:
    """Multiply the picture, in place, with the layer's shares."""
    full = np.iinfo(image.dtype).max
    levels = _enlarge(through, image)
    for part in _parts(image):
        strip = image[part]
        cv2.multiply(strip, _in_channels(levels[part], strip), dst=strip, scale=1 / full)
    return image


def cover(image: Pixels, through: Layer | Mask, added: Layer | Mask) -> Pixels:
    """Dim the picture by one layer, and add the light of another, in place."""
    dim(image, through)
    levels = _enlarge(added, image)
    for part in _parts(image):
        strip = image[part]
        cv2.add(strip, _in_channels(levels[part], strip), dst=strip)
    return image


def screen(image: Pixels, layer: Layer) -> Pixels:
    """Add light, in place, so that nothing runs over: 1 - (1 - image) · (1 - layer)."""
    cv2.bitwise_not(image, dst=image)
    dim(image, 1 - layer)
    return cv2.bitwise_not(image, dst=image)


def veil(
    image: Pixels,
    opacity: Layer | Mask,
    light: Sequence[float],
    *,
    kept: float = 1,
    haze: float = 0,
) -> Pixels:
    """Blend a colour over the picture, in place, and dull what is still seen of it.

    As shares of full scale: the colour, one for all channels or one for each, how much of the
    picture is kept, and what is added to it instead.
    """
    full = np.iinfo(image.dtype).max
    whole = _enlarge(opacity, image)
    for part in _parts(image):
        strip, levels = image[part], whole[part]
        through = _in_channels(cv2.bitwise_not(levels), strip)
        cv2.multiply(strip, through, dst=strip, scale=kept / full)
        # Of the same levels, so that what one rounds off is not seen in the other.
        added = [cv2.addWeighted(levels, one - haze, levels, 0, haze * full) for one in light]
        colour = cv2.merge(added) if len(added) > 1 else _in_channels(added[0], strip)
        cv2.add(strip, colour, dst=strip)
    return image


def clouds(
    frame: Frame, random: np.random.Generator, *, cells: int, shorter_side: int = 48
) -> Layer:
    """Return a smooth random layer around 0.5, the shorter side `cells` of its largest shapes."""
    width, height = layer_size(frame, shorter_side)
    total = np.zeros((height, width), np.float32)
    for octave in range(_OCTAVES):
        count = cells << octave
        # Far more than enough for the longer side, and the same whatever it is rounded to.
        grid = random.random((4 * count + 4, count + 4), dtype=np.float32)
        step = shorter_side / count
        to_grid = np.array([[1 / step, 0, 1], [0, 1 / step, 1]])
        flags = cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
        border = cv2.BORDER_REFLECT_101
        layer = cv2.warpAffine(
            grid if height > width else grid.T, to_grid, (width, height), None, flags, border
        )
        cv2.scaleAdd(layer, 0.5 ** (octave + 1), total, total)
    return total


def brightness(image: Pixels) -> float:
    """Return the mean of some of the picture's rows, as a share of full scale."""
    levels = cv2.mean(some_rows(image))
    return float(sum(levels) / (1 if image.ndim == 2 else 3) / np.iinfo(image.dtype).max)


def some_rows(image: Pixels) -> Pixels:
    """Return enough of the picture for its mean colours; all would take as long as a layer."""
    return image[:: max(1, len(image) // 48)]


def draw_places(frame: Frame, per_square: float) -> Places:
    """Return where random things are, so many in a square of the shorter side."""
    squares = max(frame.width, frame.height) / frame.shorter_side
    return frame.random().random((round(per_square * squares), 3))


def cells_of(places: Places, size: tuple[int, int]) -> NDArray[np.intp]:
    """Return the indices of these places in a grid of a width and height."""
    width, height = size
    x, y = places[:, 0] * width, places[:, 1] * height
    return y.astype(np.intp) * width + x.astype(np.intp)


def scatter(cells: NDArray[np.intp], amounts: NDArray[Any], size: tuple[int, int]) -> Layer:
    """Return a grid, in scratch memory, with these amounts added up in its cells."""
    width, height = size
    grid = scratch("scatter", (height, width), np.float32)
    grid.fill(0)
    np.add.at(grid.reshape(-1), cells, amounts.astype(np.float32))
    return grid


def _deepen(layer: Layer | Mask, image: Pixels) -> NDArray[Any]:
    full = np.iinfo(image.dtype).max
    if layer.dtype != np.uint8:
        return (layer * np.float32(full) + np.float32(0.5)).clip(0, full).astype(image.dtype)
    return layer if full == 255 else layer * np.uint16(257)


def _enlarge(layer: Layer | Mask, image: Pixels) -> NDArray[Any]:
    """Return the layer in the picture's size and depth, for as long as no other is enlarged."""
    height, width = image.shape[:2]
    if layer.shape[:2] == (height, width):
        return _deepen(layer, image)
    inter = cv2.INTER_AREA if layer.shape[0] > height else cv2.INTER_LINEAR
    enlarged = scratch("layer", (height, width, *layer.shape[2:]), image.dtype)
    return cv2.resize(_deepen(layer, image), (width, height), dst=enlarged, interpolation=inter)


def _parts(image: Pixels) -> Iterator[slice]:
    """Yield which rows to do at a time, so that what is made for them stays in the cache."""
    rows = max(1, _STRIP // image.shape[1])
    return (slice(top, top + rows) for top in range(0, len(image), rows))


def _in_channels(levels: NDArray[Any], strip: Pixels) -> NDArray[Any]:
    if levels.ndim == strip.ndim:
        return levels
    code = cv2.COLOR_GRAY2BGR if strip.ndim == 3 else cv2.COLOR_BGR2GRAY
    return cv2.cvtColor(levels, code, dst=scratch("strip", strip.shape, strip.dtype))
