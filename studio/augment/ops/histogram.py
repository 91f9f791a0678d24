"""Operations that look at the picture's own levels before they change them.

Levels are counted one by one, also the 65,536 of a 16-bit picture: with fewer bins a picture that
uses a small part of its range, as those of 12-bit sensors do, would lose its tones.
"""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Annotated, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from studio.augment.look_up import look_up
from studio.augment.operation import Choice, Frame, Number, Pixels, operation
from studio.augment.scratch import scratch

_NewLevels = Callable[[NDArray[np.float64]], NDArray[np.float64]]

_PIECE = 1 << 17


@operation("Colour and tone")
def auto_contrast(
    image: Pixels,
    frame: Frame,
    *,
    cutoff: Annotated[
        float,
        Number(
            low=0,
            high=25,
            default=(0, 2),
            unit="%",
            step=0.1,
            help="Share of the darkest and of the lightest pixels that may become black or white.",
        ),
    ],
    channels: Annotated[
        str,
        Choice(
            options=("separate", "together"),
            default=("separate",),
            help="Separate takes colour casts away; together keeps them.",
        ),
    ],
) -> Pixels:
    """Stretch the levels over the whole range.

    By itself in each channel, as in Pillow, torchvision and albumentations; or all channels alike
    by the luma's levels, as Pillow does to preserve the tone.
    """
    return _change_channels(image, partial(_stretched, cutoff=cutoff / 100), channels)


@operation("Colour and tone")
def equalise(
    image: Pixels,
    frame: Frame,
    *,
    channels: Annotated[
        str,
        Choice(
            options=("separate", "together"),
            default=("separate",),
            help="Separate takes colour casts away; together keeps the colours.",
        ),
    ],
) -> Pixels:
    """Spread the levels until all are about equally frequent.

    By itself in each channel, as in Pillow, torchvision and albumentations; or the luma alone,
    which leaves the colours what they are.
    """
    if channels == "together":
        return _change_luma(image, partial(_change_levels, new_levels=_equalised))
    return _change_channels(image, _equalised, channels)


@operation("Colour and tone", title="CLAHE")
def clahe(
    image: Pixels,
    frame: Frame,
    *,
    clip_limit: Annotated[
        float,
        Number(
            low=1,
            high=10,
            default=(1.5, 3),
            neutral=1,
            unit="×",
            step=0.1,
            help="The most that contrast may grow anywhere; 1 changes nothing.",
        ),
    ],
    tiles: Annotated[
        int,
        Number(
            low=1,
            high=16,
            default=(8, 8),
            help="Tiles across the picture, and as many down it.",
        ),
    ],
) -> Pixels:
    """Bring out local contrast: dark corners and bright skies alike.

    Contrast-limited adaptive histogram equalisation of the luma; the colours stay. (K. Zuiderveld,
    Graphics Gems IV, 1994.) The limit is not rounded to whole pixels, so small pictures, and those
    of 16 bits, come out like large ones of 8.
    """
    if clip_limit == 1:
        return image
    return _change_luma(image, partial(_adapt, limit=clip_limit, tiles=tiles))


def _stretched(counts: NDArray[np.float64], cutoff: float) -> NDArray[np.float64]:
    """Return new levels, of which the share `cutoff` at most is below black and above white."""
    levels: NDArray[np.float64] = np.arange(len(counts), dtype=np.float64)
    below = counts.cumsum()
    cut = cutoff * below[-1]
    low = np.searchsorted(below, cut, side="right")
    high = np.searchsorted(below, below[-1] - cut)
    if high > low:
        levels = (levels - low) * (levels[-1] / (high - low))
    return levels


def _equalised(counts: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return new levels by how many pixels are as dark, those of the darkest level not counted."""
    below = counts.cumsum()
    darkest = counts[counts.nonzero()[0][0]]
    rest = below[-1] - darkest
    if rest == 0:
        return np.arange(len(counts), dtype=np.float64)
    levels: NDArray[np.float64] = (below - darkest) * ((len(counts) - 1) / rest)
    return levels


def _change_levels(plane: Pixels, new_levels: _NewLevels, counted: Pixels | None = None) -> None:
    """Give a picture new levels by the counts of its own, or of another's, in place."""
    counted = plane if counted is None else counted
    most = np.iinfo(plane.dtype).max
    counts = cv2.calcHist([counted], [0], None, [most + 1], [0, most + 1]).ravel()
    table = np.rint(new_levels(counts.astype(np.float64)).clip(0, most)).astype(plane.dtype)
    look_up(plane, table, plane)


def _change_channels(image: Pixels, new_levels: _NewLevels, channels: str) -> Pixels:
    """Give each channel new levels by its own counts, or all of them by those of the luma."""
    if image.ndim == 2:
        _change_levels(image, new_levels)
    elif channels == "together":
        luma = scratch("plane 0", image.shape[:2], image.dtype)
        cv2.cvtColor(image, cv2.COLOR_BGR2GRAY, dst=luma)
        _change_levels(image, new_levels, luma)
    else:
        planes = [scratch(f"plane {index}", image.shape[:2], image.dtype) for index in range(3)]
        cv2.split(image, planes)
        for plane in planes:
            _change_levels(plane, new_levels)
        cv2.merge(planes, dst=image)
    return image


def _change_luma(image: Pixels, change: Callable[[Pixels], object]) -> Pixels:
    """Change the luma, and by as much each channel, which leaves their differences, in place."""
    if image.ndim == 2:
        change(image)
        return image
    old, new = (scratch(f"plane {index}", image.shape[:2], image.dtype) for index in range(2))
    cv2.cvtColor(image, cv2.COLOR_BGR2GRAY, dst=old)
    np.copyto(new, old)
    change(new)
    for rows in _bands(image):
        colours = image[rows]
        more = scratch("more", colours.shape[:2], image.dtype)
        all_more = scratch("all more", colours.shape, image.dtype)
        # Up, then down: the differences have no sign then, and need no wider type.
        for greater, less, move in ((new, old, cv2.add), (old, new, cv2.subtract)):
            cv2.subtract(greater[rows], less[rows], dst=more)
            cv2.cvtColor(more, cv2.COLOR_GRAY2BGR, dst=all_more)
            move(colours, all_more, dst=colours)
    return image


def _bands(image: Pixels) -> Iterator[slice]:
    """Yield the rows of the picture in pieces that stay in the cache."""
    rows = max(1, _PIECE // image.shape[1])
    for start in range(0, len(image), rows):
        yield slice(start, start + rows)


def _adapt(luma: Pixels, limit: float, tiles: int) -> None:
    """Equalise each tile by itself, and between the tiles' middles what is between, in place."""
    height, width = luma.shape
    down, across = min(tiles, height), min(tiles, width)
    mosaic = _mosaic(_tile_tables(luma, limit, down, across))
    mosaic *= np.iinfo(luma.dtype).max // 255
    y, x = _tile_places(down, height)[:, np.newaxis], _tile_places(across, width)
    for rows in _bands(luma):
        band, places = luma[rows], _Places(mosaic, x, y[rows])
        found = _at(band, places) if luma.dtype == np.uint8 else _between(band, places)
        np.copyto(band, np.rint(found, out=found), casting="unsafe")


def _tile_tables(luma: Pixels, limit: float, down: int, across: int) -> NDArray[np.float32]:
    """Return the new level, 0 to 255, of each of 256 levels in each tile: (256, down, across).

    What is above the limit goes to the levels in proportion to how far below it they are, so it
    is never exceeded, and at a limit of 1 all levels stay.
    """
    height, width = luma.shape
    if luma.dtype == np.uint16:
        luma = cv2.convertScaleAbs(luma, dst=scratch("levels", luma.shape, np.uint8), alpha=1 / 257)
    tile = scratch("plane 2", luma.shape, np.uint8)
    row = (np.arange(height) * down // height * across).astype(np.uint8)
    np.add(row[:, np.newaxis], (np.arange(width) * across // width).astype(np.uint8), out=tile)
    bins = [256, down * across]
    found = cv2.calcHist([luma, tile], [0, 1], None, bins, [0, 256, 0, down * across])
    counts = found.reshape(256, down, across).astype(np.float32, copy=False)
    counts *= 256 / counts.sum(axis=0)
    np.minimum(counts, limit, out=counts)
    room = limit - counts
    room *= (256 - counts.sum(axis=0)) / np.maximum(room.sum(axis=0), 1e-9)
    counts += room
    levels: NDArray[np.float32] = counts.cumsum(axis=0)
    # To the middle of each level's own count, so that even counts lead to the same levels.
    counts /= 2
    levels -= counts
    levels -= 0.5
    return levels.clip(0, 255, out=levels)


def _mosaic(tables: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return 16 × 16 little pictures, one for each level, whose pixels are the tiles.

    In it the values of four tiles for one level are neighbours, which `remap` interpolates.
    """
    _, down, across = tables.shape
    pictures = tables.reshape(16, 16, down, across).swapaxes(1, 2)
    return pictures.reshape(16 * down, 16 * across)


def _tile_places(tiles: int, size: int) -> NDArray[np.float32]:
    """Return where each pixel of a row is among the middles of that row's tiles."""
    places = (np.arange(size) + 0.5) * (tiles / size) - 0.5
    return places.clip(0, tiles - 1).astype(np.float32)


class _Places(NamedTuple):
    """Where the pixels of a band are in each little picture of the mosaic."""

    mosaic: NDArray[np.float32]
    x: NDArray[np.float32]
    y: NDArray[np.float32]


def _at(levels: NDArray[np.uint8], places: _Places, name: str = "at") -> NDArray[np.float32]:
    """Return the new levels for whole ones."""
    height, width = (side // 16 for side in places.mosaic.shape)
    x, y = scratch("x", levels.shape, np.float32), scratch("y", levels.shape, np.float32)
    found: NDArray[np.float32] = scratch(f"{name} found", levels.shape, np.float32)
    cv2.LUT(levels, (np.arange(256) % 16 * width).astype(np.float32), dst=x)
    cv2.LUT(levels, (np.arange(256) // 16 * height).astype(np.float32), dst=y)
    x += places.x
    y += places.y
    border = cv2.BORDER_REPLICATE
    cv2.remap(places.mosaic, x, y, cv2.INTER_LINEAR, dst=found, borderMode=border)
    return found


def _between(levels: NDArray[np.uint16], places: _Places) -> NDArray[np.float32]:
    """Return the new levels for 16-bit ones, between those of the 8-bit ones next to them."""
    share = scratch("share", levels.shape, np.float32)
    whole = scratch("whole", levels.shape, np.uint8)
    np.multiply(levels, np.float32(1 / 257), out=share)
    np.copyto(whole, share, casting="unsafe")
    share -= whole
    lower = _at(whole, places, "lower")
    np.minimum(whole, 254, out=whole)
    whole += 1
    upper = _at(whole, places, "upper")
    upper -= lower
    upper *= share
    upper += lower
    return upper
