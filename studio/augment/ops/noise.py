"""Noise: one uniform 16-bit word a value, turned into what is wanted by a table of 65,536 entries.

On a proxy a pixel stands for 1 / scale² pixels of the full image, whose independent noise averages
out by the factor `scale`; so does the noise here, and the preview looks like the export shrunk.
"""

from functools import lru_cache
from statistics import NormalDist
from typing import Annotated, Any

import cv2
import numpy as np
from numpy.typing import NDArray

from studio.augment.operation import Frame, Number, Pixels, operation

_WORDS = 65_536


@lru_cache(maxsize=1)
def _standard_normal() -> NDArray[np.float32]:
    # The inverse distribution at the middle of each word's interval: mean 0 exactly, by symmetry.
    normal = NormalDist()
    upper = [normal.inv_cdf((word + 0.5) / _WORDS) for word in range(_WORDS // 2, _WORDS)]
    half = np.array(upper, dtype=np.float32)
    return np.concatenate([-half[::-1], half])


def _normal(image: Pixels, frame: Frame, sigma: float, dtype: type) -> NDArray[Any]:
    """Return normal noise of the image's shape: deviation `sigma`, rounded if dtype is whole."""
    table = _standard_normal() * np.float32(sigma)
    table = np.rint(table).astype(dtype) if np.issubdtype(dtype, np.integer) else table
    words = frame.words(image.size).reshape(image.shape[0], -1)
    return cv2.LUT(words, table).reshape(image.shape)


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
    sigma *= frame.scale
    if image.dtype == np.uint8:
        noise = _normal(image, frame, sigma, np.int16)
        return cv2.add(image, noise, dst=image, dtype=cv2.CV_8U)
    noise = _normal(image, frame, sigma * 257, np.float32)
    return cv2.add(image, noise, dst=image, dtype=cv2.CV_16U)


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
    field = _normal(image, frame, sigma / 100 * frame.scale, np.float32)
    depth = cv2.CV_8U if image.dtype == np.uint8 else cv2.CV_16U
    return cv2.multiply(image, field + np.float32(1), dst=image, dtype=depth)


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
    height, width = image.shape[:2]
    words = frame.words(height * width).reshape(height, width)
    hit = round(amount / 200 * _WORDS)
    full = np.iinfo(image.dtype).max
    noisy = image.copy() if frame.scale < 1 else image
    noisy[words < hit] = full
    noisy[words >= _WORDS - hit] = 0
    if noisy is image:
        return image
    # A mean of several pixels varies less, but is drawn to mid-grey by the whole share.
    rest, share = 1 - frame.scale, amount / 100
    return cv2.addWeighted(
        noisy, frame.scale, image, rest * (1 - share), rest * share * full / 2, dst=image
    )
