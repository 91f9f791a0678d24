"""The mask of missing pixels over a picture: a tint with stripes and an edge that shows on any."""

from collections.abc import Hashable

import cv2
import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRect, QRectF, QSize
from PySide6.QtGui import QColor, QImage, QPainter

from studio.qt.pixels import paint_image
from studio.qt.theme import Tokens

_PERIOD = 9
_STRIPE = 3
_AROUND, _EDGE, _TINT, _LIGHT = 1, 2, 3, 4
_VISIBLE = 31


class MaskLayer:
    """Paints one mask, and keeps how it looked until something about it changes."""

    def __init__(self) -> None:
        self._of: Hashable = None
        self._look = QImage()

    def paint(
        self,
        painter: QPainter,
        mask: QImage,
        target: QRectF,
        pane: QRect,
        clip: QRect,
        colours: Tokens,
        ratio: float,
    ) -> None:
        """Paint a grey mask stretched over `target`, a part of the pane; all in device pixels."""
        if clip.isEmpty():
            return
        place = (target.x(), target.y(), target.width(), target.height())
        shades = (colours.danger.rgb(), colours.panel.rgb())
        of = (mask.cacheKey(), place, pane.width(), pane.height(), shades, ratio)
        if of != self._of:
            self._look = _draw(mask, target, pane.size(), colours, ratio)
            self._of = of
        painter.save()
        painter.setClipRect(clip)
        painter.drawImage(pane.topLeft(), self._look)
        painter.restore()


def _draw(mask: QImage, target: QRectF, pane: QSize, colours: Tokens, ratio: float) -> QImage:
    inside = _stretched(mask, target, pane)
    thick = max(1, round(ratio))
    around = cv2.getStructuringElement(cv2.MORPH_RECT, (2 * thick + 1, 2 * thick + 1))
    deep = cv2.erode(inside, around).astype(np.uint8)
    # Counted up: around it, at its edge, deep inside, and there on a stripe.
    marks = cv2.dilate(inside, around) + inside + deep + (deep & _stripes(target, pane, ratio))
    look = np.take(_palette(colours), marks)
    height, width = look.shape
    form = QImage.Format.Format_ARGB32_Premultiplied
    return QImage(look.data, width, height, look.strides[0], form)


def _stretched(mask: QImage, target: QRectF, pane: QSize) -> NDArray[np.uint8]:
    """Return 1 where the pane shows what is missing."""
    plane = QImage(pane, QImage.Format.Format_Grayscale8)
    plane.fill(0)
    painter = QPainter(plane)
    paint_image(painter, mask, target, pane)
    painter.end()
    rows = np.frombuffer(plane.constBits(), np.uint8).reshape(pane.height(), -1)
    return cv2.threshold(rows[:, : pane.width()], _VISIBLE, 1, cv2.THRESH_BINARY)[1].astype(
        np.uint8
    )


def _stripes(target: QRectF, pane: QSize, ratio: float) -> NDArray[np.uint8]:
    """Return 1 on a stripe. They begin at the picture's corner, so that they move with it."""
    period, stripe = round(_PERIOD * ratio), round(_STRIPE * ratio)
    start = round(target.x()) + round(target.y())
    row = ((np.arange(pane.width() + period) - start) % period < stripe).astype(np.uint8)
    rows = np.stack([row[down : down + pane.width()] for down in range(period)])
    return np.tile(rows, (pane.height() // period + 1, 1))[: pane.height()]


def _palette(colours: Tokens) -> NDArray[np.uint32]:
    shades = {
        _TINT: (colours.danger, 0.5),
        _LIGHT: (colours.panel, 0.5),
        _EDGE: (colours.panel, 0.9),
        _AROUND: (colours.danger, 1.0),
    }
    palette = np.zeros(1 + max(shades), np.uint32)
    for index, (colour, opacity) in shades.items():
        palette[index] = _premultiplied(colour, opacity)
    return palette


def _premultiplied(colour: QColor, opacity: float) -> int:
    parts = (
        opacity,
        *(opacity * part for part in (colour.redF(), colour.greenF(), colour.blueF())),
    )
    return int.from_bytes(bytes(round(255 * part) for part in parts), "big")
