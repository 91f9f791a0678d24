"""Noise that is the same wherever it falls: independent numbers for every pixel, by words.

On a proxy a pixel stands for 1 / scale² pixels of the full image, whose independent noise averages
out by the factor `scale`; so does the noise here, and the preview looks like the export shrunk.
"""

from typing import Annotated

import cv2
import numpy as np
from numpy.typing import NDArray

from studio.augment.operation import Frame, Number, Pixels, operation
from studio.augment.scratch import scratch
from studio.augment.words import (
    FLOAT,
    WORDS,
    add_noise,
    in_pieces,
    look_up,
    standard_normal,
    standard_uniform,
)


@operation("Noise")
def gaussian_noise(
    image: Pixels,
    frame: Frame,
    *,
    sigma: Annotated[
        float,
        Number(
            low=0,
            high=64,
            default=(0, 15),
            neutral=0,
            unit="levels",
            step=0.5,
            help="Standard deviation, in levels of an 8-bit picture.",
        ),
    ],
) -> Pixels:
    """Add independent normal noise to every pixel and channel, as a sensor's amplifier does."""
    return add_noise(image, frame, standard_normal, sigma * frame.scale)


@operation("Noise")
def uniform_noise(
    image: Pixels,
    frame: Frame,
    *,
    spread: Annotated[
        float,
        Number(
            low=0,
            high=100,
            default=(5, 25),
            neutral=0,
            unit="levels",
            step=1,
            help="Largest change up or down, in levels of an 8-bit picture.",
        ),
    ],
) -> Pixels:
    """Add noise in which all changes are as likely, as rounding and dithering do."""
    return add_noise(image, frame, standard_uniform, spread * frame.scale)


@operation("Noise")
def speckle(
    image: Pixels,
    frame: Frame,
    *,
    sigma: Annotated[
        float,
        Number(
            low=0,
            high=60,
            default=(5, 20),
            neutral=0,
            unit="%",
            step=0.5,
            help="Standard deviation, in percent of each pixel's own level.",
        ),
    ],
) -> Pixels:
    """Multiply every pixel by random numbers around one: strong in light parts, as in radar."""
    depth = cv2.CV_8U if image.dtype == np.uint8 else cv2.CV_16U
    factor = sigma / 100 * frame.scale
    for piece, words in in_pieces(image.reshape(-1), frame.bits()):
        factors = look_up(words, standard_normal, factor, FLOAT, mean=1, total=image.size)
        row = piece.reshape(1, -1)
        cv2.multiply(row, factors, dst=row, dtype=depth)
    return image


@operation("Noise")
def salt_and_pepper(
    image: Pixels,
    frame: Frame,
    *,
    amount: Annotated[
        float,
        Number(
            low=0,
            high=30,
            default=(0.5, 4),
            neutral=0,
            unit="%",
            step=0.1,
            help="Share of the pixels that turn white or black, half each.",
        ),
    ],
) -> Pixels:
    """Turn single pixels white or black, as dead sensor cells and bit errors do."""
    before = image.copy() if frame.scale < 1 else image
    hit = round(amount / 200 * WORDS)
    for piece, words in in_pieces(image.reshape(-1, *image.shape[2:]), frame.bits()):
        # Bits all set for true: full levels for salt, and those that pepper leaves alone.
        np.bitwise_or(piece, _where_below(hit, words, piece), out=piece)
        np.bitwise_and(piece, _where_below(WORDS - hit, words, piece), out=piece)
    if before is image:
        return image
    # A mean of several pixels varies less, but is drawn to mid-grey by the whole share.
    rest, share, full = 1 - frame.scale, amount / 100, np.iinfo(image.dtype).max
    return cv2.addWeighted(
        image, frame.scale, before, rest * (1 - share), rest * share * full / 2, dst=image
    )


def _where_below(limit: int, words: NDArray[np.uint16], like: Pixels) -> Pixels:
    """Return all bits set where a word is below the limit, else none, in scratch like a row."""
    mask: Pixels = scratch("mask", (len(words),), like.dtype)
    np.less(words, limit, out=mask)
    np.negative(mask, out=mask)
    if like.ndim == 1:
        return mask
    wide: Pixels = scratch("mask of all channels", like.shape, like.dtype)
    cv2.cvtColor(mask[np.newaxis], cv2.COLOR_GRAY2BGR, dst=wide[np.newaxis])
    return wide
