"""The line above the canvas that names the image, and what is to be told of it."""

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QWidget

from studio.qt.compare.sources import Source
from studio.qt.library.findings import join_notices
from studio.qt.library.tips import plain_tip
from studio.qt.plain_label import PlainLabel
from studio.qt.theme import icon

_NAME_WIDTH = 140


class ImageLine(QWidget):
    """Shows the image's key, and its notices beside it; tool tips have the whole of both."""

    notes_wanted = Signal()
    """Somebody wants to see the images with notices."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = PlainLabel(self)
        self._name.setObjectName("canvas_bar.image")
        self._name.setProperty("role", "muted")
        self._name.setElideMode(Qt.TextElideMode.ElideMiddle)
        self._sign = QToolButton(self)
        self._sign.setObjectName("canvas_bar.notes")
        self._sign.setProperty("role", "flat")
        self._sign.setIcon(icon("info", "accent"))
        self._sign.setIconSize(QSize(16, 16))
        self._sign.clicked.connect(self.notes_wanted)
        self._notices = PlainLabel(self)
        self._notices.setObjectName("canvas_bar.notices")
        self._notices.setProperty("role", "muted")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(self._name)
        row.addWidget(self._sign)
        row.addWidget(self._notices, 1)
        self.show_source(None)

    def show_source(self, source: Source | None) -> None:
        """Name another image, of which nothing is to be told yet, or none."""
        self._name.setText(source.key if source else "")
        self._name.setToolTip(plain_tip(str(source.store.place(source.key))) if source else "")
        # A long notice must not push the name out.
        width = self._name.fontMetrics().horizontalAdvance(source.key) + 4 if source else 0
        self._name.setMinimumWidth(min(width, _NAME_WIDTH))
        self.show_notices(())

    def show_notices(self, notices: Sequence[str]) -> None:
        """Tell something of the image; nothing is shown without."""
        text = join_notices(notices)
        tip = plain_tip("\n".join(notices))
        self._notices.setText(text)
        self._sign.setAccessibleName(text)
        for widget in (self._sign, self._notices):
            widget.setToolTip(tip)
            widget.setVisible(bool(text))
