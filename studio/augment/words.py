"""Noise for whole pictures: one uniform 16-bit word a value, turned into what is wanted by a table.

A table of a standard distribution holds its inverse at the middle of each word's interval. Scaled
and rounded once for all 65,536 words, it turns a word into noise by a lookup; for a picture of
fewer values the lookup comes first and the scaling after, which gives the same numbers.
"""

from collections.abc import Callable, Iterator
from functools import lru_cache
from math import sqrt
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from studio.augment.distributions import WORDS, Standard, chances
from studio.augment.look_up import look_up
from studio.augment.operation import Frame, Pixels
from studio.augment.scratch import scratch
from studio.augment.word_stream import WINDOW, WordStream

FLOAT = np.dtype(np.float32)
"""For noise that multiplies."""

_SIGNED: dict[int, np.dtype[Any]] = {size: np.dtype(f"i{size}") for size in (1, 2, 4)}

Levels = NDArray[np.float32]


def in_pieces(
    values: NDArray[Any], words: WordStream
) -> Iterator[tuple[NDArray[Any], NDArray[np.uint16]]]:
    """Yield views of `values`, in pieces, each with a word for every row."""
    # Few pieces: with several threads, every call in a piece may have to wait for its turn.
    for start in range(0, len(values), WINDOW):
        piece = values[start : start + WINDOW]
        yield piece, words.draw(len(piece))


def in_bands(image: Pixels) -> Iterator[Pixels]:
    """Yield views of an even number of the image's rows each, that stay in the cache."""
    rows = max(1, WINDOW // image[0].size // 2) * 2
    for start in range(0, len(image), rows):
        yield image[start : start + rows]


def noise_for(
    words: NDArray[np.uint16],
    standard: Standard,
    factor: float,
    dtype: np.dtype[Any],
    *,
    mean: float = 0.0,
    total: int,
) -> NDArray[Any]:
    """Return `mean` plus `factor` times a standard number for each word, as a row to use at once.

    Rounded where the dtype is of integers, which must hold the largest. `total` is how many
    values the picture has.
    """
    row = words.reshape(1, -1)
    asked = (standard, factor, mean, dtype)
    # A table for all words pays for few values where it is there already, or soon asked for again.
    if total < WORDS and _last_asked[0] != asked:
        _last_asked[0] = asked
        numbers = cv2.LUT(row, standard())
        return _scale(numbers, factor, mean, dtype, numbers)
    result = scratch("noise", row.shape, dtype)
    cv2.LUT(row, _scaled(standard, factor, mean, dtype), dst=result)
    return result


_last_asked: list[object] = [None]


@lru_cache(maxsize=4)
def _scaled(standard: Standard, factor: float, mean: float, dtype: np.dtype[Any]) -> NDArray[Any]:
    work = scratch("standard numbers", (WORDS,), np.float32)
    return _scale(standard(), factor, mean, dtype, work)


def _scale(
    numbers: NDArray[Any], factor: float, mean: float, dtype: np.dtype[Any], work: NDArray[Any]
) -> NDArray[Any]:
    np.multiply(numbers, np.float32(factor), out=work)
    if mean:
        np.add(work, np.float32(mean), out=work)
    if dtype.kind == "i":
        np.rint(work, out=work)
    return work.astype(dtype)


def signed_type(levels: np.dtype[Any], largest: float) -> np.dtype[Any]:
    """Return the narrowest type for changes of levels of a type up to `largest`."""
    size = levels.itemsize
    return _SIGNED[size if largest <= (1 << (8 * size - 1)) - 1 else 2 * size]


def add_signed(pixels: Pixels, changes: NDArray[Any]) -> None:
    """Add changes of a `signed_type` and the same shape to the pixels, which stop at the ends."""
    if changes.itemsize > pixels.itemsize:
        depth = cv2.CV_8U if pixels.dtype == np.uint8 else cv2.CV_16U
        cv2.add(pixels, changes, dst=pixels, dtype=depth)
        return
    # Levels less half of full scale are signed numbers whose ends are black and white: a sum of
    # one type, several times as fast as one of two.
    half = 1 << (8 * pixels.itemsize - 1)
    levels = pixels.view(changes.dtype)
    np.bitwise_xor(pixels, half, out=pixels)
    cv2.add(levels, changes, dst=levels)
    np.bitwise_xor(pixels, half, out=pixels)


def averaged_out(frame: Frame) -> float:
    """Return the share of independent noise's deviation that averages out in a proxy's pixel."""
    return sqrt(max(0.0, 1 - frame.scale**2))


def keep_means(image: Pixels, frame: Frame, noisy: Callable[[Levels], Levels]) -> None:
    """On a proxy, replace every level by the mean of what noise makes of it in the full image.

    That is another one where black and white cut noise off. `noisy` takes a column of levels, 0
    to 255, and returns rows of equally likely ones.
    """
    if frame.scale >= 1:
        return
    column = np.arange(256, dtype=np.float32)[:, np.newaxis]
    means = np.clip(noisy(column), 0, 255).mean(axis=1, dtype=np.float64)
    unit = 1 if image.dtype == np.uint8 else 257
    levels = np.interp(np.arange(255 * unit + 1) / unit, np.arange(256), means)
    look_up(image, np.rint(levels * unit).astype(image.dtype), image)


def add_noise(image: Pixels, frame: Frame, standard: Standard, deviation: float) -> Pixels:
    """Add `deviation` levels of an 8-bit picture times a standard number to every value.

    On a proxy, as much of it as does not average out.
    """
    rest = deviation * averaged_out(frame)
    keep_means(image, frame, lambda levels: levels + rest * chances(standard))
    factor = deviation * frame.scale * (1 if image.dtype == np.uint8 else 257)
    dtype = signed_type(image.dtype, factor * float(standard()[-1]))
    for piece, words in in_pieces(image.reshape(-1), WordStream(frame.seed)):
        noise = noise_for(words, standard, factor, dtype, total=image.size)
        add_signed(piece.reshape(1, -1), noise)
    return image
