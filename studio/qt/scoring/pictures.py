"""The pictures of one fill for the screen, made on a worker's thread."""

from math import ceil
from typing import Any, NamedTuple, cast

import cv2
import numpy as np
from msgspec import Struct
from numpy.typing import NDArray
from PySide6.QtCore import QSize
from PySide6.QtGui import QImage

from studio.augment.engine import Partner
from studio.augment.image import Image
from studio.dataset.library import Library
from studio.dataset.scoring.methods import Method
from studio.dataset.scoring.record import Scores
from studio.dataset.scoring.render import RenderedFill, render_fill
from studio.qt.compare.sources import scaled
from studio.qt.pixels import to_qimage

LEVELS = (8, 16, 32, 64, 128, 255)
"""What the end of the difference map's scale may be, in levels of 255."""

_MOST_BEYOND = 0.02
_DIMMED = (0.3, 24)
_USUAL_SIDE = 1024


class Wanted(Struct, frozen=True):
    """Which pictures are asked for: of one image and method, at a share of their size.

    A scale of 0 stands for one that suits most screens. `levels` is the end of the difference
    map's scale, 0 for one that suits the picture. `partner` gives what a method borrows.
    """

    library: Library
    scores: Scores
    key: str
    method: Method
    scale: float
    levels: int = 0
    partner: Partner | None = None


class Pictures(NamedTuple):
    """The pictures in the order in which they are shown, and what is to be said of them.

    `size` is that of the full picture, `scale` their share of it. `levels` is the end of the
    difference map's scale, `worst` the largest difference, both in levels of 255.
    """

    images: tuple[QImage, QImage, QImage, QImage]
    size: QSize
    scale: float
    levels: int
    worst: int


class PictureMaker:
    """Fills an image again and makes its pictures; the last one is kept for other scales."""

    def __init__(self) -> None:
        self._asked: tuple[Scores, str, Method] | None = None
        self._fill: RenderedFill | None = None

    def make(self, wanted: Wanted | None) -> Pictures | None:
        """Return the pictures; `ImageError` where the image can no longer be read.

        None forgets the last ones.
        """
        if wanted is None:
            self._asked = self._fill = None
            return None
        fill = self._render(wanted)
        difference = fill.difference
        levels = wanted.levels or choose_levels(difference[fill.hidden != 0])
        height, width = fill.hidden.shape
        scale = wanted.scale or min(1.0, _USUAL_SIDE / max(width, height))
        images = (
            to_qimage(scaled(fill.original, scale)),
            _paint_hidden(fill, scale),
            to_qimage(scaled(fill.filled, scale)),
            to_qimage(paint_difference(fill.original, difference, fill.hidden, levels, scale)),
        )
        return Pictures(images, QSize(width, height), scale, levels, int(difference.max()))

    def _render(self, wanted: Wanted) -> RenderedFill:
        asked = (wanted.scores, wanted.key, wanted.method)
        if self._fill is not None and self._asked is not None:
            scores, *rest = self._asked
            if scores is wanted.scores and rest == [wanted.key, wanted.method]:
                return self._fill
        # Two of them at a time would be too much for pictures of many megapixels.
        self._fill = None
        self._fill = render_fill(
            wanted.library, wanted.scores, wanted.key, wanted.method, partner=wanted.partner
        )
        self._asked = asked
        return self._fill


def choose_levels(differences: NDArray[np.uint8]) -> int:
    """Return the first of `LEVELS` that all but a few of the differences are within."""
    for levels in LEVELS:
        if np.count_nonzero(differences > levels) <= _MOST_BEYOND * differences.size:
            return levels
    return LEVELS[-1]


def paint_difference(
    original: Image,
    difference: NDArray[np.uint8],
    hidden: NDArray[np.uint8],
    levels: int,
    scale: float = 1.0,
) -> Image:
    """Return the difference as colours, (H, W, 3) uint8 BGR, over the dimmed grey picture.

    At less than full size each pixel shows the largest difference of those that it stands for.
    """
    backdrop = _dim(scaled(original, scale))
    size = (backdrop.shape[1], backdrop.shape[0])
    if scale < 1:
        side = ceil(1 / scale)
        difference, hidden = (_shrink_to_most(each, side, size) for each in (difference, hidden))
    return np.where((hidden != 0)[..., None], colour_levels(difference, levels), backdrop)


def colour_levels(difference: NDArray[np.uint8], levels: int) -> NDArray[np.uint8]:
    """Return differences, (H, W), as colours from dark to bright, (H, W, 3) BGR."""
    shares = cv2.convertScaleAbs(difference, alpha=255 / levels)
    return cast(NDArray[np.uint8], cv2.applyColorMap(shares, cv2.COLORMAP_INFERNO))


def _shrink_to_most(
    values: NDArray[np.uint8], side: int, size: tuple[int, int]
) -> NDArray[np.uint8]:
    most = cv2.dilate(values, np.ones((side, side), np.uint8))
    small = cv2.resize(most, size, interpolation=cv2.INTER_NEAREST_EXACT)
    return cast(NDArray[np.uint8], small)


def _dim(image: Image) -> NDArray[np.uint8]:
    grey: Any = image
    if image.ndim == 3:
        code = cv2.COLOR_BGRA2GRAY if image.shape[2] == 4 else cv2.COLOR_BGR2GRAY
        grey = cv2.cvtColor(image, code)
    if grey.dtype == np.uint16:
        grey = cv2.convertScaleAbs(grey, alpha=1 / 257)
    factor, shift = _DIMMED
    dimmed = cv2.convertScaleAbs(grey, alpha=factor, beta=shift)
    return cast(NDArray[np.uint8], cv2.cvtColor(dimmed, cv2.COLOR_GRAY2BGR))


def _paint_hidden(fill: RenderedFill, scale: float) -> QImage:
    """Return the picture with holes, clear where pixels are hidden."""
    image: Any = fill.holed
    if image.dtype == np.uint16:
        image = cv2.convertScaleAbs(image, alpha=1 / 257)
    known = cv2.bitwise_not(fill.hidden)
    if image.ndim == 3 and image.shape[2] == 4:
        known = cv2.min(known, np.ascontiguousarray(image[..., 3]))
        weights = cv2.cvtColor(known, cv2.COLOR_GRAY2BGR)
        colours = cv2.multiply(image[..., :3], weights, scale=1 / 255)
    else:
        colours = cv2.cvtColor(image, cv2.COLOR_GRAY2BGR) if image.ndim == 2 else image
    # Holes are 0 in all channels, so that shrinking mixes nothing of them into the rest.
    pixels = scaled(cast(Image, cv2.merge([*cv2.split(colours), known])), scale)
    height, width = pixels.shape[:2]
    form = QImage.Format.Format_ARGB32_Premultiplied
    return QImage(pixels.data, width, height, pixels.strides[0], form).copy()
