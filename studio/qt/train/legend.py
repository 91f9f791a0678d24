"""What the lines of a plot are, with the values that they have where somebody looks."""

from typing import NamedTuple

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from studio.qt.compare.canvas_paint import resized_font
from studio.qt.theme import tokens

_SWATCH = 16
_GAP = 6
_BETWEEN = 16
_WIDEST_VALUE = "-0.00000"


class Entry(NamedTuple):
    """A line's name and its value as text; `colour` is a field of `Tokens`.

    `sign` is drawn in place of a piece of the line.
    """

    title: str
    value: str
    colour: str
    is_dashed: bool = False
    sign: str = ""


class Legend(QWidget):
    """Entries beside one another, in as many lines as they need. Values do not move the rest."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._entries: tuple[Entry, ...] = ()
        self._places: list[QPointF] = []
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_entries(self, entries: tuple[Entry, ...]) -> None:
        """Show these in place of what there was."""
        if entries == self._entries:
            return
        has_other_room = len(entries) != len(self._entries) or any(
            len(new.value) != len(old.value) or new.title != old.title
            for new, old in zip(entries, self._entries, strict=True)
        )
        self._entries = entries
        self.setAccessibleDescription(self.text())
        if has_other_room:
            self._lay_out()
        self.update()

    def text(self) -> str:
        """Return what is shown, as one line."""
        return ", ".join(f"{entry.title} {entry.value}".strip() for entry in self._entries)

    def sizeHint(self) -> QSize:
        lines = 1 + round(max((place.y() for place in self._places), default=0) / self._line())
        return QSize(200, round(lines * self._line()))

    def minimumSizeHint(self) -> QSize:
        return QSize(60, self.sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._lay_out()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(resized_font(self.font(), -1))
        for entry, place in zip(self._entries, self._places, strict=True):
            self._paint_entry(painter, entry, place)

    def _paint_entry(self, painter: QPainter, entry: Entry, place: QPointF) -> None:
        colours, line, metrics = tokens(), self._line(), self._metrics()
        pen = QPen(getattr(colours, entry.colour), 2)
        if entry.is_dashed:
            pen.setDashPattern([2, 1.5])
        painter.setPen(pen)
        middle = place.y() + line / 2
        vertical = Qt.AlignmentFlag.AlignVCenter
        swatch = QRectF(place.x(), place.y(), _SWATCH, line)
        if entry.sign:
            painter.drawText(swatch, Qt.AlignmentFlag.AlignCenter, entry.sign)
        else:
            painter.drawLine(QPointF(swatch.left(), middle), QPointF(swatch.right(), middle))
        area = QRectF(place.x() + _SWATCH + _GAP, place.y(), self.width() - place.x(), line)
        room = self.width() - area.left()
        title = metrics.elidedText(entry.title, Qt.TextElideMode.ElideMiddle, max(20.0, room))
        painter.setPen(colours.muted)
        painter.drawText(area, vertical, title)
        painter.setPen(colours.text)
        area.setLeft(area.left() + metrics.horizontalAdvance(title) + _GAP)
        painter.drawText(area, vertical, entry.value)

    def _lay_out(self) -> None:
        metrics, line = self._metrics(), self._line()
        x = y = 0.0
        places = []
        for entry in self._entries:
            width = _SWATCH + _GAP + metrics.horizontalAdvance(entry.title)
            if entry.value:
                widest = _WIDEST_VALUE if len(entry.value) < len(_WIDEST_VALUE) else entry.value
                width += _GAP + metrics.horizontalAdvance(widest)
            if x > 0 and x + width > self.width():
                x, y = 0.0, y + line
            places.append(QPointF(x, y))
            x += width + _BETWEEN
        height_before = self.sizeHint().height()
        self._places = places
        if self.sizeHint().height() != height_before:
            self.updateGeometry()

    def _metrics(self) -> QFontMetricsF:
        return QFontMetricsF(resized_font(self.font(), -1))

    def _line(self) -> float:
        return self._metrics().height() + 3
