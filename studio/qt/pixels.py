"""Pixels on the screen: arrays as QImage, and pictures painted on device pixels."""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import cv2
import numpy as np
from PySide6.QtCore import QPoint, QRect, QRectF, QSize
from PySide6.QtGui import QBrush, QColor, QImage, QPainter, QPixmap

from studio.augment.image import Image
from studio.qt.compare.view_transform import covers_one_to_one, visible_part

_FORMATS = {
    ("uint8", 1): QImage.Format.Format_Grayscale8,
    ("uint8", 3): QImage.Format.Format_RGB32,
    ("uint8", 4): QImage.Format.Format_ARGB32,
    ("uint16", 1): QImage.Format.Format_Grayscale16,
}


def to_qimage(image: Image) -> QImage:
    """Return a QImage of the same pixels; safe on any thread.

    Grey and BGRA share the array's memory and keep it alive, so the array must not be written to
    afterwards. BGR becomes the format that Qt paints three times as fast; 16-bit colour is shown
    with 8 bits.
    """
    channels = 1 if image.ndim == 2 else image.shape[2]
    shown: Any = np.ascontiguousarray(image)
    if image.dtype == np.uint16 and channels > 1:
        shown = cv2.convertScaleAbs(shown, alpha=1 / 257)
    if channels == 3:
        shown = cv2.cvtColor(shown, cv2.COLOR_BGR2BGRA)
    height, width = shown.shape[:2]
    form = _FORMATS[shown.dtype.name, channels]
    return QImage(shown.data, width, height, shown.strides[0], form)


@contextmanager
def device_pixels(painter: QPainter) -> Iterator[float]:
    """Paint in whole device pixels from the widget's top left corner; gives the pixel ratio.

    With a fractional pixel ratio a widget may begin between two device pixels: the nearest
    one is taken.
    """
    to_device = painter.deviceTransform()
    ratio = to_device.m11()
    left, top = to_device.dx(), to_device.dy()
    painter.save()
    painter.translate((round(left) - left) / ratio, (round(top) - top) / ratio)
    painter.scale(1 / ratio, 1 / ratio)
    yield ratio
    painter.restore()


def paint_image(
    painter: QPainter,
    image: QImage,
    target: QRectF,
    pane: QSize,
    *,
    is_proxy: bool = False,
    backing: QBrush | None = None,
) -> None:
    """Paint `image` over `target`, of which the part inside a pane at (0, 0) is needed.

    At its own size it is copied. Enlarged to a whole multiple, or to 200 % and more, each pixel
    is a block; at other sizes, or if it stands for a larger picture, it is interpolated.
    `backing` is painted under it.
    """
    source, shown = visible_part(target, image.size(), pane)
    copied = covers_one_to_one(target, image.size(), slack=2 if is_proxy else 1)
    if copied:
        shown = QRect(
            QPoint(math.floor(target.x() + 0.5), math.floor(target.y() + 0.5)), image.size()
        )
    if shown.isEmpty():
        return
    if backing is not None:
        painter.setBrushOrigin(shown.topLeft())
        painter.fillRect(shown, backing)
    if copied:
        painter.drawImage(shown.topLeft(), image)
        return
    scale = target.width() / image.width()
    smooth = is_proxy or scale < 2
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, smooth)
    painter.drawImage(shown, image, source)


def checkerboard(light: QColor, dark: QColor, cell: int) -> QBrush:
    """Return the pattern of squares, `cell` pixels wide, that is shown behind transparency."""
    tile = QPixmap(2 * cell, 2 * cell)
    tile.fill(light)
    painter = QPainter(tile)
    painter.fillRect(0, 0, cell, cell, dark)
    painter.fillRect(cell, cell, cell, cell, dark)
    painter.end()
    return QBrush(tile)
