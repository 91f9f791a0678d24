"""What the export page's panels are made of: labels, large figures, pictures, and how sizes and
times are written."""

from PySide6.QtCore import QCoreApplication, QLocale, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QLayout,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

_MOST_ENLARGED = 8
_PICTURE_MARGIN = 4
_FIGURE_WIDTH = 104


def format_bytes(count: float) -> str:
    """Return a size as people read it, such as `96.2 MB`."""
    return QLocale().formattedDataSize(int(count), 1, QLocale.DataSizeFormat.DataSizeSIFormat)


def format_seconds(seconds: float) -> str:
    """Return a time as people read it: `12 s`, `3 min 20 s`, `2 h 5 min`; a second at least."""
    whole = max(1, round(seconds))
    if whole < 60:
        return QCoreApplication.translate("Export", "{s} s").format(s=whole)
    if whole < 3600:
        text = QCoreApplication.translate("Export", "{min} min {s} s")
        return text.format(min=whole // 60, s=whole % 60)
    text = QCoreApplication.translate("Export", "{h} h {min} min")
    return text.format(h=f"{whole // 3600:,}", min=whole % 3600 // 60)


def make_label(
    role: str, name: str = "", text: str = "", *, wraps: bool = False, page: str = "export"
) -> QLabel:
    """Return a label of plain text in one of the stylesheet's roles."""
    label = QLabel(text, wordWrap=wraps)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setProperty("role", role)
    if name:
        label.setObjectName(f"{page}.{name}")
    return label


def name_control(
    widget: QWidget, name: str, spoken: str, tip: str, *, page: str = "export"
) -> None:
    """Give a control its object name, its name for assistive technology, and its tooltip."""
    widget.setObjectName(f"{page}.{name}")
    widget.setAccessibleName(spoken)
    widget.setToolTip(tip)


def lay_beside(page: QWidget, pane: QWidget, rest: QWidget | QLayout) -> QFrame:
    """Lay a page out as a pane, a line and the rest, which gets the room; return the line."""
    line = QFrame()
    line.setProperty("role", "line")
    line.setFixedWidth(1)
    row = QHBoxLayout(page)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(0)
    row.addWidget(pane)
    row.addWidget(line)
    if isinstance(rest, QWidget):
        row.addWidget(rest, 1)
    else:
        row.addLayout(rest, 1)
    return line


def lay_out_section(title: str, field: QWidget, *, buddy: QWidget) -> QVBoxLayout:
    """Return a field below its title; the title's shortcut is the buddy's."""
    label = make_label("title", text=title)
    label.setBuddy(buddy)
    column = QVBoxLayout()
    column.setSpacing(8)
    column.addWidget(label)
    column.addWidget(field)
    return column


def make_buddy(text: str, field: QWidget) -> QLabel:
    """Return a label for a field."""
    label = QLabel(text)
    label.setBuddy(field)
    return label


class Figures(QWidget):
    """A row of large numbers, each over the words that say what it is."""

    def __init__(
        self, captions: dict[str, str], parent: QWidget | None = None, *, page: str = "export"
    ) -> None:
        super().__init__(parent)
        self._values: dict[str, QLabel] = {}
        self._captions: dict[str, QLabel] = {}
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(24)
        for name, caption in captions.items():
            value, below = make_label("figure", name, page=page), make_label("muted", text=caption)
            value.setMinimumWidth(_FIGURE_WIDTH)
            value.setText("–")
            value.setAccessibleDescription(caption)
            self._values[name], self._captions[name] = value, below
            cell = QVBoxLayout()
            cell.setSpacing(0)
            cell.addWidget(value)
            cell.addWidget(below)
            row.addLayout(cell)
        row.addStretch(1)

    def show_texts(self, texts: dict[str, str]) -> None:
        """Show these texts, by name. Columns never get narrower, so that nothing jumps."""
        for name, text in texts.items():
            value = self._values[name]
            value.setText(text)
            value.setAccessibleName(f"{text} {self._captions[name].text()}")
            value.setMinimumWidth(max(value.minimumWidth(), value.sizeHint().width()))


class Picture(QFrame):
    """An image in a frame, as large as its place allows and at most eight times its size.

    With an `aspect` (height by width) the frame keeps it; without, it takes the place it gets.
    """

    def __init__(self, aspect: float | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._image = QImage()
        self._scaled = QImage()
        self._aspect = aspect
        self.setProperty("role", "picture")
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        if aspect is not None:
            policy.setVerticalPolicy(QSizePolicy.Policy.Preferred)
            policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setMinimumSize(72, 54)

    def set_image(self, image: QImage) -> None:
        """Show an image; a null one leaves the frame empty."""
        self._image = image
        self._scaled = QImage()
        self.update()

    def image(self) -> QImage:
        return self._image

    def sizeHint(self) -> QSize:
        return QSize(240, round(240 * (self._aspect or 0.75)))

    def heightForWidth(self, width: int) -> int:
        return -1 if self._aspect is None else round(width * self._aspect)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._image.isNull():
            return
        room = self.contentsRect().adjusted(*[_PICTURE_MARGIN] * 2, *[-_PICTURE_MARGIN] * 2)
        ratio = self.devicePixelRatioF()
        most = room.size().toSizeF() * ratio
        size = self._image.size().toSizeF()
        scale = min(
            most.width() / size.width(), most.height() / size.height(), float(_MOST_ENLARGED)
        )
        pixels = (size * scale).toSize().expandedTo(QSize(1, 1))
        if self._scaled.size() != pixels:
            smooth = Qt.TransformationMode.SmoothTransformation
            self._scaled = self._image.scaled(pixels, mode=smooth)
        shown = QRect(0, 0, round(pixels.width() / ratio), round(pixels.height() / ratio))
        shown.moveCenter(room.center())
        painter = QPainter(self)
        painter.drawImage(QRectF(shown), self._scaled)
        painter.end()
