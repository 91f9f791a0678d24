"""Structural similarity around hidden pixels."""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from studio.augment.image import Image, Mask

FULL = 255.0

_WINDOW = 11
_REACH = _WINDOW // 2
_SIGMA = 1.5
_STEADY_MEAN = (0.01 * FULL) ** 2
_STEADY_SPREAD = (0.03 * FULL) ** 2
_BAND_ROWS = 128
"""So that what is worked on stays in the processor's cache, also of large pictures."""


class Similarity:
    """The mean SSIM with an original over all windows that hold hidden pixels.

    It is that of Wang et al. 2004, doi 10.1109/TIP.2003.819861, of the luminance, in Gaussian
    windows of 11×11 pixels and a deviation of 1.5. Pixels that are `missing`, of which no truth is
    known, have no weight in any window. A picture too small for a window is mirrored at its edges.
    """

    def __init__(self, original: Image, hidden: Mask, missing: Mask | None) -> None:
        windows = _windows_with(hidden)
        self._count = int(np.count_nonzero(windows))
        self._bands = [
            _Band(original, missing, windows, top)
            for top in range(0, len(windows), _BAND_ROWS)
            if windows[top : top + _BAND_ROWS].any()
        ]

    def compare(self, filled: Image) -> float:
        """Return how similar a picture of the original's shape and dtype is, 1 for the same."""
        return sum(band.total(filled) for band in self._bands) / self._count


class _Band:
    """Some rows of the original, and those above and below them that windows reach to."""

    def __init__(
        self, original: Image, missing: Mask | None, windows: NDArray[np.bool_], top: int
    ) -> None:
        self._rows = slice(max(0, top - _REACH), top + _BAND_ROWS + _REACH)
        self._windows = windows[self._rows].copy()
        # The rows beyond are other bands' to count.
        self._windows[: top - self._rows.start] = False
        self._windows[top - self._rows.start + _BAND_ROWS :] = False
        self._known = None if missing is None else np.equal(missing[self._rows], 0)
        self._weight = None if self._known is None else np.maximum(_blur(self._known), 1e-12)
        self._light = _luminance(original[self._rows])
        self._mean = self._average(self._light)
        self._spread = self._average(self._light * self._light) - self._mean * self._mean

    def total(self, filled: Image) -> float:
        """Return the sum of the windows' similarities."""
        light = _luminance(filled[self._rows])
        mean = self._average(light)
        spread = self._average(light * light) - mean * mean
        shared = self._average(self._light * light) - self._mean * mean
        top = (2 * self._mean * mean + _STEADY_MEAN) * (2 * shared + _STEADY_SPREAD)
        bottom = self._mean * self._mean + mean * mean + _STEADY_MEAN
        bottom *= self._spread + spread + _STEADY_SPREAD
        return float(np.sum((top / bottom)[self._windows], dtype=np.float64))

    def _average(self, values: NDArray[np.float32]) -> Any:
        """Return the mean of the known values in the window around each pixel."""
        if self._known is None:
            return _blur(values)
        return _blur(values * self._known) / self._weight


def _luminance(image: Image) -> NDArray[np.float32]:
    pixels: Any = image
    if image.ndim == 3:
        code = cv2.COLOR_BGRA2GRAY if image.shape[2] == 4 else cv2.COLOR_BGR2GRAY
        pixels = cv2.cvtColor(image, code)
    levels: NDArray[np.float32] = pixels.astype(np.float32)
    levels *= FULL / np.iinfo(image.dtype).max
    return levels


def _blur(values: NDArray[Any]) -> Any:
    floats = values.astype(np.float32, copy=False)
    return cv2.GaussianBlur(floats, (_WINDOW, _WINDOW), _SIGMA, borderType=cv2.BORDER_REFLECT_101)


def _windows_with(hidden: Mask) -> NDArray[np.bool_]:
    """Return the middles of the windows that hold hidden pixels and lie inside the picture."""
    near = cv2.dilate(hidden, np.ones((_WINDOW, _WINDOW), np.uint8))
    chosen: NDArray[np.bool_] = np.not_equal(near, 0)
    height, width = hidden.shape
    if height >= _WINDOW:
        chosen[:_REACH] = chosen[-_REACH:] = False
    if width >= _WINDOW:
        chosen[:, :_REACH] = chosen[:, -_REACH:] = False
    return chosen
