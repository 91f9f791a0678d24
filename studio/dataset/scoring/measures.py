"""How far filled pixels are from the hidden truth: RMSE, PSNR and SSIM."""

from math import log10

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from studio.augment.image import Image, Mask
from studio.dataset.scoring.similarity import FULL, Similarity

BEST_PSNR = 100.0
"""What counts for a fill without error, in dB: more than what rounding to 16 bit leaves."""


class Quality(Struct, frozen=True):
    """RMSE in levels of 255, PSNR in dB, both over the hidden pixels' colours, and SSIM to 1."""

    rmse: float
    psnr: float
    ssim: float


class Yardstick:
    """The original of a picture, to measure fills of the same hidden pixels with.

    `hidden` tells where the fill is compared; what is `missing`, of which no truth is known, counts
    nowhere. Alpha is not compared. SSIM is that of `Similarity`.
    """

    def __init__(self, original: Image, hidden: Mask, missing: Mask | None = None) -> None:
        self._places = np.flatnonzero(hidden)
        self._truth = self._hidden_colours(original)
        self._similarity = Similarity(original, hidden, missing)

    def measure(self, filled: Image) -> Quality:
        """Return how near a filled picture, of the original's shape and dtype, comes to it."""
        error = self._hidden_colours(filled) - self._truth
        mse = float(np.mean(error * error))
        psnr = 10 * log10(FULL**2 / mse) if mse > 0 else BEST_PSNR
        return Quality(mse**0.5, min(psnr, BEST_PSNR), self._similarity.compare(filled))

    def _hidden_colours(self, image: Image) -> NDArray[np.float64]:
        pixels = image.reshape(image.shape[0] * image.shape[1], -1)[:, :3]
        colours = pixels.take(self._places, axis=0).astype(np.float64)
        colours *= FULL / np.iinfo(image.dtype).max
        return colours
