"""Noise as cameras make it: of light's grains, of amplifiers, and of whole rows and columns.

Light is counted before a picture's levels are made of it, so counting noise is worked out in
linear light, by the transfer curve of sRGB (IEC 61966-2-1).
"""

from functools import lru_cache
from math import ceil, sqrt
from typing import Annotated, Any

import cv2
import numpy as np
from numpy.typing import NDArray

from studio.augment.operation import Choice, Frame, Number, Pixels, operation
from studio.augment.scratch import scratch
from studio.augment.words import (
    WORDS,
    add_signed,
    draw_words,
    in_bands,
    in_pieces,
    look_up,
    signed_type,
    standard_normal,
)

Floats = NDArray[np.float64]

# Shot noise: a table for 64 levels and 1,024 chances. Dark levels, where counts are few and the
# curve is steep, each have a row of their own; the rest share one by seven.
_CHANCES = 1024
_SINGLE = 32
_ROW_OF = np.concatenate([np.arange(_SINGLE), _SINGLE + np.arange(256 - _SINGLE) // 7])
_LEVEL_OF = np.concatenate([np.arange(_SINGLE), np.arange(_SINGLE + 3, 256, 7)])
_FEW = 6.0
_MOST_OF_FEW = 32

# ISO noise: what a sensor reads out in the dark, as a share of its variance at white, the level
# at which noise is told, the steps between black and white, and the size of a spot of colour.
_READ = 0.004
_MIDDLE = 0.5
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
            default=(4, 20),
            neutral=0,
            unit="%",
            step=0.5,
            help="Deviation of white, in percent of its light: 10 % is that of 100 photons.",
        ),
    ],
) -> Pixels:
    """Count photons, few of which make a picture grainy, as in dim light.

    Each value becomes a Poisson number of photons, whose mean is the value's linear light.
    """
    if strength == 0:
        return image
    table = _shot_changes((100 / strength) ** 2, frame.scale, image.dtype)
    rows = (_ROW_OF * _CHANCES).astype(np.uint16)
    for piece, words in in_pieces(image.reshape(-1), frame.bits()):
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
    """Add a high ISO's grain and spots of colour, strongest in the shadows.

    The variance of light is that of counted photons plus that of the read-out. Both are even in
    the root that Starck, Murtagh and Bijaoui 1998 take (generalised Anscombe transform), so noise
    is added there.
    """
    grain = strength * frame.scale * _root_slope()
    spots = colour * _root_slope() if image.ndim == 3 else 0.0
    if not (grain or spots):
        return image
    bits = frame.bits()
    for band in in_bands(image):
        noise = scratch("noise of all channels", band.shape, _SHORT)
        if spots:
            _draw_spots(noise, spots, frame.scale, bits)
        if grain:
            words = draw_words(band.shape[0] * band.shape[1], bits)
            drawn = look_up(words, standard_normal, grain, _SHORT, total=image.size)
            single = drawn.reshape(band.shape[:2])
            if not spots:
                noise[...] = 0
            cv2.add(noise, cv2.merge([single] * 3) if image.ndim == 3 else single, dst=noise)
        roots = scratch("roots", band.shape, _SHORT)
        cv2.LUT(band, _roots(image.dtype), dst=roots)
        cv2.add(roots, noise, dst=roots)
        cv2.LUT(roots.view(np.uint16), _levels_of_roots(image.dtype), dst=band)
    return image


def _draw_spots(
    noise: NDArray[np.int16], deviation: float, scale: float, bits: np.random.BitGenerator
) -> None:
    height, width, channels = noise.shape
    side = max(1.0, _SPOT * scale)
    # How much of a spot's deviation the mean over a proxy's pixel keeps, which is `across` spots
    # wide, and how much the interpolation between spots keeps.
    across = 1 / (_SPOT * scale)
    kept = min(1.0, (across - 0.42) / (0.6 * across**2))
    smooth = 1 - 0.375 * (side - 1)
    coarse = scratch("spots", (ceil(height / side), ceil(width / side), channels), _SHORT)
    for piece, words in in_pieces(coarse.reshape(-1), bits):
        factor = deviation * kept / smooth
        piece[...] = look_up(words, standard_normal, factor, _SHORT, total=noise.size)[0]
    cv2.resize(coarse, (width, height), dst=noise, interpolation=cv2.INTER_LINEAR)


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
    """Shift whole rows or columns of pixels, as a sensor's read-out does in the dark.

    Wei et al. 2020, "A physics-based noise formation model for extreme low-light raw denoising"
    (arXiv 2003.12751): row noise is normal, and independent from row to row.
    """
    height, width = image.shape[:2]
    sides = (round(height / frame.scale), round(width / frame.scale))
    deviation = sigma * (1 if image.dtype == np.uint8 else 257)
    numbers = frame.random().standard_normal((max(sides), 2), np.float32)
    numbers *= deviation * sqrt(0.5) if direction == "both" else deviation
    rows, columns = (
        np.rint(cv2.resize(numbers[:side, axis], (1, size), interpolation=cv2.INTER_AREA))
        for axis, (side, size) in enumerate(zip(sides, (height, width), strict=True))
    )
    ...


@lru_cache(maxsize=8)
def _shot_changes(photons: float, scale: float, dtype: np.dtype[Any]) -> NDArray[Any]:
    """Return the change of level for each row's level and each chance, as one table."""
    counts = _poisson(_light(_LEVEL_OF / 255) * photons)
    light = np.minimum(counts * np.float32((WORDS - 1) / photons), WORDS - 1)
    levels = np.empty((len(_LEVEL_OF), _CHANCES), np.float32)
    cv2.LUT(np.rint(light).astype(np.uint16), _levels_of_light(), dst=levels)
    levels -= _LEVEL_OF[:, np.newaxis].astype(np.float32)
    if scale < 1:
        # The mean of several pixels is normal, and keeps what black and white cut off.
        deviation = levels.std(axis=1, keepdims=True) * scale
        levels = levels.mean(axis=1, keepdims=True) + deviation * _few_normals()
    if dtype == np.uint16:
        levels *= 257
    np.rint(levels, out=levels)
    return levels.astype(signed_type(dtype, float(np.abs(levels).max()))).reshape(-1)


def _poisson(means: Floats) -> NDArray[np.float32]:
    """Return the inverse of the Poisson distribution, a row for each of the ascending means."""
    # Giles 2016 (ACM Transactions on Mathematical Software 42, algorithm 955), equation 8.
    wide = means.astype(np.float32)[:, np.newaxis]
    normals = _few_normals()
    counts = np.sqrt(wide) * normals
    counts += wide
    counts += normals * normals / 6 + np.float32(1 / 3)
    np.floor(counts, out=counts)
    few = int(np.searchsorted(means, _FEW))
    numbers = np.arange(_MOST_OF_FEW)
    ratios = means[:few, np.newaxis] / np.maximum(numbers, 1)
    ratios[:, 0] = np.exp(-means[:few])
    below = np.floor(np.cumprod(ratios, axis=1).cumsum(axis=1) * _CHANCES + 0.5).astype(np.int64)
    below[:, -1] = _CHANCES
    times = np.diff(below, axis=1, prepend=0)
    counts[:few] = np.repeat(np.tile(numbers, few), times.reshape(-1)).reshape(few, _CHANCES)
    return counts


@lru_cache(maxsize=1)
def _few_normals() -> NDArray[np.float32]:
    step = WORDS // _CHANCES
    return standard_normal().reshape(_CHANCES, step).mean(axis=1)


def _light(level: Floats) -> Floats:
    return np.where(level <= 0.04045, level / 12.92, ((level + 0.055) / 1.055) ** 2.4)


@lru_cache(maxsize=1)
def _levels_of_light() -> NDArray[np.float32]:
    """Return the level, 0 to 255, for each of as many steps of linear light as there are words."""
    light = np.arange(WORDS) / (WORDS - 1)
    level = np.where(light <= 0.0031308, light * 12.92, 1.055 * light ** (1 / 2.4) - 0.055)
    return (level * 255).astype(np.float32)


def _roots(dtype)
