"""Small labels of the recipe pane."""

from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPolygonF
from PySide6.QtWidgets import (
    QLabel,
    QWidget,
)

from studio.qt.theme import tokens


class NoteLabel(QLabel):
    """A muted note on one line, the first thing to be cut short where the room is."""

    indent_width = 0

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "muted")

    def sizeHint(self) -> QSize:
        return super().sizeHint() + QSize(self.indent_width, 0)

    def minimumSizeHint(self) -> QSize:
        return QSize(0, super().minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        room = self.contentsRect().adjusted(self.indent_width, 0, 0, 0)
        elide = Qt.TextElideMode.ElideRight
        text = self.fontMetrics().elidedText(self.text(), elide, room.width())
        align = self.alignment() | Qt.AlignmentFlag.AlignVCenter
        self.style().drawItemText(
            QPainter(self),
            room,
            align,
            self.palette(),
            self.isEnabled(),
            text,
            self.foregroundRole(),
        )


class DrawnLabel(NoteLabel):
    """The value that the current draw took, beside the mark that stands for it on the slider."""

    indent_width = 12

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setToolTip(self.tr("The value that the current draw took"))
        self.hide()

    def show_value(self, text: str) -> None:
        """Show a value, nothing where the text is empty."""
        self.setText(text)
        self.setAccessibleName(self.tr("drawn {value}").format(value=text))
        self.setVisible(bool(text))

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        tip = QPointF(4.5, self.height() / 2 - 2)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(tokens().accent)
        painter.drawPolygon(QPolygonF([tip, tip + QPointF(-4.5, 5), tip + QPointF(4.5, 5)]))
