"""Noise that is the same wherever it falls: independent numbers for every pixel, by words.

On a proxy a pixel stands for 1 / scale² pixels of the full image, whose independent noise averages
out by the factor `scale`; so does the noise here, and the preview looks like the export shrunk.
"""

from typing import Annotated

import cv2
import numpy as np
from numpy.typing import NDArray

from studio.augment.distributions import WORDS, chances, standard_normal, standard_uniform
from studio.augment.operation import Frame, Number, Pixels, operation
from studio.augment.scratch import scratch
from studio.augment.word_stream import WordStream
from studio.augment.words import (
    FLOAT,
    add_noise,
    averaged_out,
    in_pieces,
    keep_means,
    noise_for,
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
    """Add normal noise to every pixel and channel.

    Its numbers are independent, like those of a sensor's amplifier.
    """
    return add_noise(image, frame, standard_normal, sigma)


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
    """Add noise with all changes as likely.

    Rounding to few levels leaves such noise, and dithering adds it.
    """
    return add_noise(image, frame, standard_uniform, spread)


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
    """Multiply every pixel by a number around one.

    Strong in light parts and none in black, as in radar and ultrasound.
    """
    depth = cv2.CV_8U if image.dtype == np.uint8 else cv2.CV_16U
    rest = sigma / 100 * averaged_out(frame)
    keep_means(image, frame, lambda levels: levels * (1 + rest * chances(standard_normal)))
    factor = sigma / 100 * frame.scale
    for piece, words in in_pieces(image.reshape(-1), WordStream(frame.seed)):
        factors = noise_for(words, standard_normal, factor, FLOAT, mean=1, total=image.size)
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
    """Turn single pixels white or black.

    Dead cells of a sensor and errors of transmission look like this.
    """
    before = image.copy() if frame.scale < 1 else image
    hit = round(amount / 200 * WORDS)
    for piece, words in in_pieces(image.reshape(-1, *image.shape[2:]), WordStream(frame.seed)):
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
