"""Noise as cameras make it: of light's grains, of amplifiers, and of whole rows and columns.

Light is counted before a picture's levels are made of it, so counting noise is worked out in
linear light.
"""

from functools import lru_cache
from math import ceil, hypot, sqrt
from typing import Annotated, Any

import cv2
import numpy as np
from numpy.typing import NDArray

from studio.augment.distributions import WORDS, chances, poisson, standard_normal
from studio.augment.light import level_of, levels_of_light, light_of
from studio.augment.operation import Choice, Frame, Number, Pixels, operation
from studio.augment.scratch import scratch
from studio.augment.word_stream import WordStream
from studio.augment.words import (
    add_signed,
    averaged_out,
    in_bands,
    in_pieces,
    keep_means,
    noise_for,
    signed_type,
)

# Shot noise: a table for 64 levels and 1,024 chances. Dark levels, where counts are few and the
# curve is steep, each have a row of their own; the rest share one by seven. Less than the least
# strength would change no level of 8 bits, and be a large number of photons.
_CHANCES = 1024
_LEAST = 0.03
_SINGLE = 32
_ROW_OF = np.concatenate([np.arange(_SINGLE), _SINGLE + np.arange(256 - _SINGLE) // 7])
_LEVEL_OF = np.concatenate([np.arange(_SINGLE), np.arange(_SINGLE + 3, 256, 7)])

# ISO noise: what a sensor reads out in the dark, as a share of its variance at white, the level
# at which noise is told, the steps between black and white, and the size of a spot of colour.
_READ = 0.004
_MIDDLE = 128
_STEPS = 16_384
_SPOT = 2
_SHORT = np.dtype(np.int16)


@operation("Noise", title="Shot noise (Poisson)")
def shot_noise(
    image: Pixels,
    frame: Frame,
    *,
    strength: Annotated[
        float,
        Number(
            low=0,
            high=50,
            default=(3, 15),
            neutral=0,
            unit="%",
            step=0.5,
            help="Deviation of white, in percent of its light: 10 % is that of 100 photons.",
        ),
    ],
) -> Pixels:
    """Count photons, as a camera does in dim light.

    Every value becomes a Poisson number of photons, whose mean is the value's linear light: the
    fewer, the grainier the picture.
    """
    if strength < _LEAST:
        return image
    table = _shot_changes((100 / strength) ** 2, frame.scale, image.dtype)
    rows = (_ROW_OF * _CHANCES).astype(np.uint16)
    for piece, words in in_pieces(image.reshape(-1), WordStream(frame.seed)):
        levels = piece if image.dtype == np.uint8 else (piece >> 8).astype(np.uint8)
        index = scratch("index", (1, len(piece)), np.uint16)
        cv2.LUT(levels.reshape(1, -1), rows, dst=index)
        np.right_shift(words, 6, out=words)
        np.bitwise_or(index, words, out=index)
        changes = scratch("noise", index.shape, table.dtype)
        cv2.LUT(index, table, dst=changes)
        add_signed(piece.reshape(1, -1), changes)
    return image


@operation("Noise", title="ISO noise")
def iso_noise(
    image: Pixels,
    frame: Frame,
    *,
    strength: Annotated[
        float,
        Number(
            low=0,
            high=40,
            default=(4, 14),
            neutral=0,
            unit="levels",
            step=0.5,
            help="Deviation of the brightness at mid-grey, in levels of an 8-bit picture.",
        ),
    ],
    colour: Annotated[
        float,
        Number(
            low=0,
            high=40,
            default=(2, 10),
            neutral=0,
            unit="levels",
            step=0.5,
            help="Deviation of each channel's own noise, in small spots, at mid-grey.",
        ),
    ],
) -> Pixels:
    """Add grain and spots of colour, most in shadows.

    A camera at a high ISO number does. The variance of light is that of counted photons plus that
    of the read-out, and is even in the root that Starck, Murtagh and Bijaoui 1998 take (generalised
    Anscombe transform), so noise is added there.
    """
    grain = strength * _root_slope()
    spots = colour * _root_slope() if image.ndim == 3 else 0.0
    if not (grain or spots):
        return image
    rest = hypot(grain, spots) * averaged_out(frame)
    keep_means(
        image,
        frame,
        lambda levels: _levels_of(_roots_of(levels) + rest * chances(standard_normal)),
    )
    words = WordStream(frame.seed)
    for band in in_bands(image):
        roots = scratch("roots", band.shape, _SHORT)
        cv2.LUT(band, _roots(image.dtype), dst=roots)
        if spots:
            cv2.add(roots, _draw_spots(band.shape, spots, frame.scale, words), dst=roots)
        if grain:
            cv2.add(roots, _draw_grain(band.shape, grain * frame.scale, words), dst=roots)
        cv2.LUT(roots.view(np.uint16), _levels_of_roots(image.dtype), dst=band)
    return image


def _draw_grain(shape: tuple[int, ...], deviation: float, words: WordStream) -> NDArray[np.int16]:
    """Return normal numbers that are the same in all channels, in scratch."""
    drawn = words.draw(shape[0] * shape[1])
    single = noise_for(drawn, standard_normal, deviation, _SHORT, total=len(drawn))
    return _in_all_channels(single.reshape(shape[:2]), shape)


def _draw_spots(
    shape: tuple[int, ...], deviation: float, scale: float, words: WordStream
) -> NDArray[np.int16]:
    """Return normal numbers that differ between channels and run into each other, in scratch."""
    height, width, channels = shape
    side = max(1.0, _SPOT * scale)
    # How much of a spot's deviation the mean over a proxy's pixel keeps, which is `across` spots
    # wide, and how much the interpolation between spots keeps.
    across = 1 / (_SPOT * scale)
    kept = 1.0 if across < 1 else (across - 0.42) / (0.625 * across**2)
    smooth = 1 - 0.375 * (side - 1)
    rows, columns = ceil(height / side), ceil(width / side)
    drawn = words.draw(rows * columns * channels)
    deviation *= kept / smooth
    spots = noise_for(drawn, standard_normal, deviation, _SHORT, total=len(drawn))
    result = scratch("noise of all channels", shape, _SHORT)
    spots = spots.reshape(rows, columns, channels)
    cv2.resize(spots, (width, height), dst=result, interpolation=cv2.INTER_LINEAR)
    return result


def _in_all_channels(single: NDArray[Any], shape: tuple[int, ...]) -> NDArray[Any]:
    """Return the same for each channel of a picture of that shape, in scratch where there are."""
    if len(shape) == 2:
        return single
    result = scratch("noise of all channels", shape, single.dtype)
    cv2.merge([single] * 3, dst=result)
    return result


@operation("Noise")
def structured_noise(
    image: Pixels,
    frame: Frame,
    *,
    sigma: Annotated[
        float,
        Number(
            low=0,
            high=40,
            default=(2, 10),
            neutral=0,
            unit="levels",
            step=0.5,
            help="Standard deviation, in levels of an 8-bit picture.",
        ),
    ],
    direction: Annotated[
        str,
        Choice(
            options=("rows", "columns", "both"),
            default=("rows", "columns", "both"),
            help="Which lines share a change.",
        ),
    ],
) -> Pixels:
    """Shift whole rows or columns of pixels.

    A sensor's read-out does in the dark. Row noise is normal, and independent from row to row: Wei
    et al. 2020, "A physics-based noise formation model for extreme low-light raw denoising", arXiv
    2003.12751.
    """
    # Lines next to each other average out by the root of how many they are.
    rest = sigma * sqrt(max(0.0, 1 - frame.scale))
    keep_means(image, frame, lambda levels: levels + rest * chances(standard_normal))
    deviation = sigma * (1 if image.dtype == np.uint8 else 257)
    rows, columns = _line_changes(image, frame.random(), frame.scale)
    rows *= deviation * (direction != "columns") * (sqrt(0.5) if direction == "both" else 1)
    columns *= deviation * (direction != "rows") * (sqrt(0.5) if direction == "both" else 1)
    dtype = signed_type(image.dtype, float(np.abs(rows).max() + np.abs(columns).max()) + 1)
    down, across = np.rint(rows).astype(dtype), np.rint(columns).astype(dtype)
    start = 0
    for band in in_bands(image):
        changes = scratch("noise", band.shape[:2], dtype)
        np.add(down[start : start + len(band)], across, out=changes)
        start += len(band)
        add_signed(band, _in_all_channels(changes, band.shape))
    return image


def _line_changes(
    image: Pixels, random: np.random.Generator, scale: float
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return normal numbers for each row and column, on a proxy the means of several lines."""
    sizes = image.shape[:2]
    sides = [round(size / scale) for size in sizes]
    # Pairs, so that columns stay the same where the number of rows is not quite.
    numbers = random.standard_normal((max(sides), 2), np.float32)
    down, across = (
        _shortened(numbers[:side, axis], size)
        for axis, (side, size) in enumerate(zip(sides, sizes, strict=True))
    )
    return down[:, np.newaxis], across[np.newaxis]


def _shortened(numbers: NDArray[np.float32], size: int) -> NDArray[np.float32]:
    means = np.empty(size, np.float32)
    row = numbers[np.newaxis].copy()
    cv2.resize(row, (size, 1), dst=means[np.newaxis], interpolation=cv2.INTER_AREA)
    return means


@lru_cache(maxsize=8)
def _shot_changes(photons: float, scale: float, dtype: np.dtype[Any]) -> NDArray[Any]:
    """Return the change of level for each row's level and each chance, as one table."""
    counts = poisson(light_of(_LEVEL_OF / 255) * photons, _CHANCES)
    light = np.minimum(counts * np.float32((WORDS - 1) / photons), WORDS - 1)
    levels = np.empty(light.shape, np.float32)
    cv2.LUT(np.rint(light).astype(np.uint16), levels_of_light(), dst=levels)
    levels -= _LEVEL_OF[:, np.newaxis].astype(np.float32)
    if scale < 1:
        # The mean of several pixels is normal, and keeps what black and white cut off.
        deviation = levels.std(axis=1, keepdims=True) * scale
        levels = levels.mean(axis=1, keepdims=True) + deviation * chances(standard_normal, _CHANCES)
    if dtype == np.uint16:
        levels *= 257
    np.rint(levels, out=levels)
    return levels.astype(signed_type(dtype, float(np.abs(levels).max()))).reshape(-1)


def _roots_of(levels: NDArray[Any]) -> NDArray[np.float64]:
    roots: NDArray[np.float64] = np.sqrt(light_of(levels / 255) + _READ) * _STEPS
    return roots


def _levels_of(roots: NDArray[Any]) -> NDArray[Any]:
    light = np.maximum(roots / _STEPS, 0) ** 2 - _READ
    return level_of(np.clip(light, 0, 1)) * 255


@lru_cache(maxsize=2)
def _roots(dtype: np.dtype[Any]) -> NDArray[np.int16]:
    unit = np.iinfo(dtype).max / 255
    return np.rint(_roots_of(np.arange(255 * unit + 1) / unit)).astype(np.int16)


@lru_cache(maxsize=2)
def _levels_of_roots(dtype: np.dtype[Any]) -> NDArray[Any]:
    """Return the level for each root, whose bits are taken for those of a word."""
    roots = np.arange(WORDS, dtype=np.uint16).view(np.int16)
    return np.rint(_levels_of(roots) * (np.iinfo(dtype).max / 255)).astype(dtype)


@lru_cache(maxsize=1)
def _root_slope() -> float:
    """Return how many steps of the root a level of 8 bits is at mid-grey."""
    roots = _roots(np.dtype(np.uint8)).astype(float)
    return float(roots[_MIDDLE + 8] - roots[_MIDDLE - 8]) / 16
