"""Choosing a pixel of the original on the canvas, with the next click."""

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, Signal, Slot
from PySide6.QtGui import QKeySequence, QMouseEvent, QShortcut

from studio.qt.compare.canvas import CompareCanvas


class PixelPick(QObject):
    """Lets a person click on a pixel; the wheel still zooms meanwhile. Esc ends it."""

    picked = Signal(QPoint)
    """A pixel of the full original."""

    ended = Signal()
    """No click is waited for any more, also after one."""

    def __init__(self, canvas: CompareCanvas) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self._is_waiting = False
        self._escape = QShortcut(QKeySequence(Qt.Key.Key_Escape), canvas)
        self._escape.setContext(Qt.ShortcutContext.WindowShortcut)
        self._escape.setEnabled(False)
        self._escape.activated.connect(self.stop)

    @Slot()
    def start(self) -> None:
        """Wait for a click on the original."""
        if not self._is_waiting:
            self._is_waiting = True
            self._canvas.installEventFilter(self)
        self._escape.setEnabled(True)
        self._canvas.set_picking(self.tr("Click on a missing pixel · Esc ends"))

    @Slot()
    def stop(self) -> None:
        """Wait no longer."""
        if self._is_waiting:
            self._is_waiting = False
            self._canvas.removeEventFilter(self)
            self._escape.setEnabled(False)
            self._canvas.set_picking("")
            self.ended.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        left = Qt.MouseButton.LeftButton
        if not isinstance(event, QMouseEvent) or left not in (event.button(), event.buttons()):
            return False
        # The whole click is taken, so that it neither pans nor, as a double one, zooms.
        if event.type() == QEvent.Type.MouseButtonPress:
            self._canvas.setFocus(Qt.FocusReason.MouseFocusReason)
            pixel = self._canvas.original_pixel(event.position())
            if pixel is not None:
                self.picked.emit(pixel)
                self.stop()
        return True
