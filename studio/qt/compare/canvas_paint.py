"""What the canvas paints over and instead of pictures: captions, the wipe's divider, messages."""

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import (
    QBrush,
    QColor,
    QFont,
    QFontInfo,
    QFontMetricsF,
    QImage,
    QPainter,
    QPen,
)

from studio.qt.compare.view_transform import ViewTransform
from studio.qt.pixels import paint_image
from studio.qt.theme import Tokens, icon

HANDLE_RADIUS = 13
_PADDING = 8.0
_TEXT_WIDTH = 420
_SIGN = 40


@dataclass(frozen=True)
class Message:
    """Text that takes the picture's place; a problem is marked as such."""

    text: str
    detail: str = ""
    is_problem: bool = False


@dataclass(frozen=True)
class Layer:
    """An image and the size of the picture it stands for, which is larger for a proxy."""

    image: QImage
    full_size: QSize


def paint_layer(
    painter: QPainter, layer: Layer, view: ViewTransform, pane: QRect, clip: QRect, board: QBrush
) -> None:
    """Paint a picture in its pane, in device pixels, over a checkerboard where it is clear."""
    if clip.isEmpty():
        return
    painter.save()
    painter.setClipRect(clip)
    painter.translate(pane.topLeft())
    is_proxy = layer.image.width() < layer.full_size.width()
    backing = board if layer.image.hasAlphaChannel() else None
    target = view.target(layer.full_size)
    paint_image(painter, layer.image, target, pane.size(), is_proxy=is_proxy, backing=backing)
    painter.restore()


def resized_font(font: QFont, change: int, weight: QFont.Weight | None = None) -> QFont:
    """Return `font` larger or smaller by a number of pixels."""
    other = QFont(font)
    other.setPixelSize(max(8, QFontInfo(font).pixelSize() + change))
    if weight is not None:
        other.setWeight(weight)
    return other


def with_alpha(colour: QColor, alpha: float) -> QColor:
    """Return `colour`, translucent: 0 is clear and 1 opaque."""
    other = QColor(colour)
    other.setAlphaF(alpha)
    return other


def paint_caption(
    painter: QPainter,
    area: QRectF,
    corner: Qt.AlignmentFlag,
    colours: Tokens,
    title: str,
    detail: str = "",
) -> None:
    """Paint a title and a muted detail on a pill in a corner of `area`, shortened to fit it."""
    font = resized_font(painter.font(), -1)
    metrics = QFontMetricsF(font)
    height = metrics.height() + 6
    room = area.width() - 2 * _PADDING
    title = metrics.elidedText(title, Qt.TextElideMode.ElideRight, room)
    title_width = metrics.horizontalAdvance(title)
    gap = 6.0 if title and detail else 0.0
    detail = metrics.elidedText(detail, Qt.TextElideMode.ElideRight, room - title_width - gap)
    width = title_width + gap + metrics.horizontalAdvance(detail) + 2 * _PADDING
    if room < 2 * _PADDING or height > area.height():
        return
    pill = QRectF(area.left(), area.top(), width, height)
    if corner & Qt.AlignmentFlag.AlignRight:
        pill.moveRight(area.right())
    if corner & Qt.AlignmentFlag.AlignBottom:
        pill.moveBottom(area.bottom())
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setFont(font)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(with_alpha(colours.panel, 0.86))
    painter.drawRoundedRect(pill, 6, 6)
    baseline = pill.top() + 3 + metrics.ascent()
    painter.setPen(colours.text)
    painter.drawText(QPointF(pill.left() + _PADDING, baseline), title)
    painter.setPen(colours.muted)
    painter.drawText(QPointF(pill.left() + _PADDING + title_width + gap, baseline), detail)
    painter.restore()


def paint_divider(painter: QPainter, x: float, pane: QRectF, colours: Tokens, lit: bool) -> None:
    """Paint the wipe's line at `x` and its round handle in the middle of the pane's height."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(with_alpha(colours.text, 0.35), 4))
    painter.drawLine(QPointF(x, pane.top()), QPointF(x, pane.bottom()))
    line = colours.accent if lit else colours.panel
    painter.setPen(QPen(line, 2))
    painter.drawLine(QPointF(x, pane.top()), QPointF(x, pane.bottom()))
    middle = QPointF(x, pane.center().y())
    painter.setPen(QPen(with_alpha(colours.text, 0.35), 1))
    painter.setBrush(line)
    painter.drawEllipse(middle, HANDLE_RADIUS + 0.5, HANDLE_RADIUS + 0.5)
    ink = QPen(colours.accent_text if lit else colours.text, 1.8)
    ink.setCapStyle(Qt.PenCapStyle.RoundCap)
    ink.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.setPen(ink)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for side in (-1, 1):
        tip = middle + QPointF(side * 7.5, 0)
        painter.drawPolyline([tip + QPointF(-side * 4, -4), tip, tip + QPointF(-side * 4, 4)])
    painter.restore()


def paint_focus_ring(painter: QPainter, area: QRect, colours: Tokens) -> None:
    """Paint the outline of a widget that has the keyboard's attention."""
    painter.save()
    painter.setPen(QPen(colours.accent, 2))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(QRectF(area).adjusted(1, 1, -1, -1))
    painter.restore()


def paint_message(painter: QPainter, area: QRectF, message: Message, colours: Tokens) -> None:
    """Paint a sign, the text on one line and its detail, wrapped, in the middle of `area`."""
    width = min(_TEXT_WIDTH, area.width() - 32)
    title_font = resized_font(painter.font(), 2, QFont.Weight.DemiBold)
    metrics = QFontMetricsF(title_font)
    title = metrics.elidedText(message.text, Qt.TextElideMode.ElideMiddle, width)
    wrap = Qt.AlignmentFlag.AlignHCenter | Qt.TextFlag.TextWordWrap
    detail_area = QRectF(0, 0, width, area.height())
    detail = QFontMetricsF(painter.font()).boundingRect(detail_area, wrap, message.detail)
    height = _SIGN + 12 + metrics.height() + 4 + detail.height()
    top = max(area.top() + 8, area.center().y() - height / 2)
    line = QRectF(area.center().x() - width / 2, top, width, _SIGN)
    symbol = icon("warning", "danger") if message.is_problem else icon("images", "muted")
    symbol.paint(painter, line.toRect())
    painter.save()
    painter.setPen(colours.muted)
    line.setRect(line.left(), line.bottom() + 12 + metrics.height() + 4, width, detail.height())
    painter.drawText(line, wrap, message.detail)
    painter.setPen(colours.text)
    painter.setFont(title_font)
    line.setRect(line.left(), line.top() - 4 - metrics.height(), width, metrics.height())
    painter.drawText(line, Qt.AlignmentFlag.AlignCenter, title)
    painter.restore()
