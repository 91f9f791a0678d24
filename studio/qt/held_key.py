"""A key that does something for as long as it is down."""

from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractSpinBox, QApplication, QLineEdit, QWidget


class HeldKey(QObject):
    """Tells when a letter is pressed and let go in a window, unless somebody is typing text."""

    held = Signal(bool)

    def __init__(self, letter: str, window: QWidget) -> None:
        super().__init__(window)
        self._letter = letter
        self._window = window
        app = QApplication.instance()
        assert app is not None
        app.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if not isinstance(event, QKeyEvent) or not isinstance(watched, QWidget):
            return False
        if _takes_text(watched) or not self._is_mine(event):
            return False
        if not event.isAutoRepeat():
            self.held.emit(event.type() == QEvent.Type.KeyPress)
        return True

    def _is_mine(self, event: QKeyEvent) -> bool:
        if event.type() not in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            return False
        is_letter = event.text().upper() == self._letter and self._window.isActiveWindow()
        return is_letter and not _takes_text(QApplication.focusWidget())


def _takes_text(widget: QWidget | None) -> bool:
    return isinstance(widget, QLineEdit | QAbstractSpinBox)
