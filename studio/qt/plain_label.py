"""A label for names of files and what people typed, on one line."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QWidget
from superqt import QElidingLabel


class PlainLabel(QElidingLabel):
    """Shows text as it is, never as markup, and shortens it instead of asking for room."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self.setTextFormat(Qt.TextFormat.PlainText)

    def minimumSizeHint(self) -> QSize:
        return QSize(24, super().minimumSizeHint().height())
