"""The small controls in a card's head."""

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import (
    QMouseEvent,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QToolButton,
    QWidget,
)

from studio.qt.theme import icon, mix, tokens


class Grip(QToolButton):
    """The handle that a card is dragged by."""

    dragged = Signal(QPoint)
    """The drag began, with the place on the grip where the mouse went down."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pressed_at: QPoint | None = None
        self.setIcon(icon("drag", "muted"))
        self.setCursor(Qt.CursorShape.OpenHandCursor)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._pressed_at = event.position().toPoint()
        super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        start, spot = self._pressed_at, event.position().toPoint()
        distance = QApplication.startDragDistance()
        if start is not None and (spot - start).manhattanLength() >= distance:
            self._pressed_at = None
            self.setDown(False)
            self.dragged.emit(start)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._pressed_at = None
        super().mouseReleaseEvent(event)


class RevealedButton(QToolButton):
    """A button that is always there for the keyboard, but seen only when revealed or focused."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._is_revealed = False

    def reveal(self, is_revealed: bool) -> None:
        """Show or hide the button's face."""
        self._is_revealed = is_revealed
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._is_revealed or self.hasFocus():
            super().paintEvent(event)


class Switch(QAbstractButton):
    """A small on/off switch."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setCheckable(True)
        self.setFixedSize(30, 22)

    def paintEvent(self, event: QPaintEvent) -> None:
        colours = tokens()
        off = mix(colours.line, colours.muted, 0.35)
        track = self.rect().toRectF().adjusted(3, 4.5, -3, -4.5)
        knob = track.adjusted(2, 2, -2, -2)
        knob.setWidth(knob.height())
        if self.isChecked():
            knob.moveRight(track.right() - 2)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.hasFocus():
            painter.setPen(colours.accent)
            ring = track.adjusted(-2.5, -2.5, 2.5, 2.5)
            painter.drawRoundedRect(ring, ring.height() / 2, ring.height() / 2)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colours.accent if self.isChecked() else off)
        painter.drawRoundedRect(track, track.height() / 2, track.height() / 2)
        painter.setBrush(colours.panel)
        painter.drawEllipse(knob)
