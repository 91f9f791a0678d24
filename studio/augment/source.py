"""A picture that is to be resampled, in the forms that OpenCV samples fastest."""

from typing import Any, NamedTuple

import cv2
import numpy as np

from studio.augment.image import Image
from studio.augment.scratch import Loan

Size = tuple[int, int]
"""Width and height, as OpenCV orders them."""


class Border(NamedTuple):
    """What lies outside of a picture: OpenCV's code, and the 8-bit level of a constant one.

    A constant border is transparent where there is alpha.
    """

    code: int
    fill: float

    def value(self, image: Image) -> tuple[float, float, float, float]:
        """Return the border's value in the picture's depth."""
        level = self.fill * (257 if image.dtype == np.uint16 else 1)
        return (level, level, level, 0)


class Source:
    """A picture to resample, perhaps many times over. `close` when done with it."""

    def __init__(self, image: Image) -> None:
        self.image = image
        self._loan = Loan()
        self._four: Any = None
        self._padded: dict[tuple[int, int, int], Any] = {}
        self._is_opaque: bool | None = None

    @property
    def size(self) -> Size:
        return self.image.shape[1], self.image.shape[0]

    @property
    def is_opaque(self) -> bool:
        """Whether no pixel is transparent."""
        if self._is_opaque is None:
            has_alpha = self.image.ndim == 3 and self.image.shape[2] == 4
            top = np.iinfo(self.image.dtype).max
            self._is_opaque = not has_alpha or bool(self.image[..., 3].min() == top)
        return self._is_opaque

    @property
    def is_colour(self) -> bool:
        """Whether there are three channels."""
        return self.image.ndim == 3 and self.image.shape[2] == 3

    def picture(self) -> Any:
        """Return the picture as OpenCV samples it best: with four channels instead of three."""
        if not self.is_colour:
            return self.image
        if self._four is None:
            four = self._loan.borrow((*self.image.shape[:2], 4), self.image.dtype)
            self._four = cv2.cvtColor(self.image, cv2.COLOR_BGR2BGRA, dst=four)
        return self._four

    def padded(self, across: int, down: int, code: int) -> Any:
        """Return `picture` with a border of so many pixels at both sides, and above and below."""
        key = (across, down, code)
        if key not in self._padded:
            picture = self.picture()
            shape = (picture.shape[0] + 2 * down, picture.shape[1] + 2 * across)
            padded = self._loan.borrow((*shape, *picture.shape[2:]), picture.dtype)
            cv2.copyMakeBorder(picture, down, down, across, across, code, dst=padded)
            self._padded[key] = padded
        return self._padded[key]

    def close(self) -> None:
        """Give back working memory."""
        self._four = None
        self._padded = {}
        self._loan.give_back()
