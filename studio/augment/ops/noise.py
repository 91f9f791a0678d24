"""Noise: one uniform 16-bit word a value, turned into what is wanted by a table of 65,536 entries.

On a proxy a pixel stands for 1 / scale² pixels of the full image, whose independent noise averages
out by the factor `scale`; so does the noise here, and the preview looks like the export shrunk.
"""

from collections.abc import Callable, Iterator
from functools import lru_cache
from statistics import NormalDist
from typing import Annotated, Any

import cv2
import numpy as np
from numpy.typing import NDArray

from studio.augment.operation import Frame, Number, Pixels, operation
from studio.augment.scratch import scratch

_WORDS = 65_536
_PIECE = 1 << 17
_Combine = Callable[..., Any]


@lru_cache(maxsize=1)
def _standard_normal() -> NDArray[np.float32]:
    # The inverse distribution at the middle of each word's interval: mean 0 exactly, by symmetry.
    normal = NormalDist()
    upper = [normal.inv_cdf((word + 0.5) / _WORDS) for word in range(_WORDS // 2, _WORDS)]
    half = np.array(upper, dtype=np.float32)
    return np.concatenate([-half[::-1], half])


def _with_words(
    values: NDArray[Any], frame: Frame
) -> Iterator[tuple[NDArray[Any], NDArray[np.uint16]]]:
    """Yield views of `values`, in pieces that stay in the cache, each with a word for every row."""
    bits = frame.bits()
    for start in range(0, len(values), _PIECE):
        piece = values[start : start + _PIECE]
        words = bits.random_raw(-(-len(piece) // 4)).view(np.uint16)
        yield piece, words[: len(piece)]


def _combine(image: Pixels, frame: Frame, table: NDArray[Any], combine: _Combine) -> Pixels:
    """Combine every value of the image, in place, with an entry of the table drawn at random."""
    depth = cv2.CV_8U if image.dtype == np.uint8 else cv2.CV_16U
    for piece, words in _with_words(image.reshape(-1), frame):
        noise = scratch("noise", (1, len(piece)), table.dtype)
        cv2.LUT(words.reshape(1, -1), table, dst=noise)
        row = piece.reshape(1, -1)
        combine(row, noise, dst=row, dtype=depth)
    return image


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
    deviation = sigma * frame.scale
    if image.dtype == np.uint8:
        table = np.rint(_standard_normal() * np.float32(deviation)).astype(np.int16)
    else:
        table = _standard_normal() * np.float32(deviation * 257)
    return _combine(image, frame, table, cv2.add)


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
    table = 1 + _standard_normal() * np.float32(sigma / 100 * frame.scale)
    return _combine(image, frame, table, cv2.multiply)


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
    hit = round(amount / 200 * _WORDS)
    full = np.iinfo(image.dtype).max
    noisy = image.copy() if frame.scale < 1 else image
    pixels = noisy.reshape(-1, 1 if image.ndim == 2 else image.shape[2])
    for piece, words in _with_words(pixels, frame):
        piece[words < hit] = full
        piece[words >= _WORDS - hit] = 0
    if noisy is image:
        return image
    # A mean of several pixels varies less, but is drawn to mid-grey by the whole share.
    rest, share = 1 - frame.scale, amount / 100
    return cv2.addWeighted(
        noisy, frame.scale, image, rest * (1 - share), rest * share * full / 2, dst=image
    )
