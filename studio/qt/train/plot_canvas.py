"""Where a plot's lines are drawn: tells what the pointer and the keys ask for."""

import pyqtgraph as pg
from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from studio.qt.theme import tokens
from studio.qt.train.plot_axes import CountAxis, ValueAxis

_AXIS_WIDTH = 46
_KEYS = {
    Qt.Key.Key_Left: "back",
    Qt.Key.Key_Right: "on",
    Qt.Key.Key_PageUp: "far back",
    Qt.Key.Key_PageDown: "far on",
    Qt.Key.Key_Home: "first",
    Qt.Key.Key_End: "last",
    Qt.Key.Key_Escape: "none",
    Qt.Key.Key_Plus: "in",
    Qt.Key.Key_Equal: "in",
    Qt.Key.Key_Minus: "out",
    Qt.Key.Key_0: "all",
}
_BY_KEY = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)


class PlotCanvas(pg.PlotWidget):  # type: ignore[misc]
    """The wheel zooms and dragging pans along x only; `asked` names what a key or a click wants."""

    hovered = Signal(float)
    left = Signal()
    asked = Signal(str)

    def __init__(self, axis: CountAxis, parent: QWidget | None = None) -> None:
        axes = {"bottom": axis, "left": ValueAxis()}
        super().__init__(parent, axisItems=axes, enableMenu=False)
        self._focus_by_key = False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        item = self.getPlotItem()
        item.hideButtons()
        for side in ("top", "right"):
            # Though hidden, they would lay all out anew at each change of the range.
            item.getAxis(side).enableAutoSIPrefix(False)
        item.setContentsMargins(0, 4, 8, 0)
        item.getAxis("left").setWidth(_AXIS_WIDTH)
        box = item.getViewBox()
        box.setMouseEnabled(x=True, y=False)
        box.disableAutoRange()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        box = self.getPlotItem().getViewBox()
        place = self.mapToScene(event.position().toPoint())
        if box.sceneBoundingRect().contains(place):
            self.hovered.emit(float(box.mapSceneToView(place).x()))
        else:
            self.left.emit()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.asked.emit("all")

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.left.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        try:
            wish = _KEYS[Qt.Key(event.key())]
        except (KeyError, ValueError):
            event.ignore()
            return
        self.asked.emit(wish)

    def focusInEvent(self, event: QFocusEvent) -> None:
        self._focus_by_key = event.reason() in _BY_KEY
        super().focusInEvent(event)
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.viewport().update()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._focus_by_key and self.hasFocus():
            painter = QPainter(self.viewport())
            painter.setPen(QPen(tokens().accent, 2))
            painter.drawRect(self.viewport().rect().adjusted(1, 1, -1, -1))
            painter.end()
