"""A slider for a range of numbers."""

from math import exp, log
from typing import Any

from PySide6.QtCore import QPointF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPolygonF,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QStyle, QStylePainter, QWidget
from superqt import QDoubleRangeSlider

from studio.augment.operation import Number, Range
from studio.qt.theme import tokens

_HANDLE = QStyle.SubControl.SC_SliderHandle
_BAR = QStyle.SubControl.SC_ScrollBarSubPage
_NOTHING = QStyle.SubControl.SC_None
_SLIDER = QStyle.ComplexControl.CC_Slider
_KEYS_REST = 600
_KEY_STEPS = {
    Qt.Key.Key_Right: 1,
    Qt.Key.Key_Up: 1,
    Qt.Key.Key_Left: -1,
    Qt.Key.Key_Down: -1,
    Qt.Key.Key_PageUp: 10,
    Qt.Key.Key_PageDown: -10,
}
_COMMAND_KEYS = (
    Qt.KeyboardModifier.AltModifier
    | Qt.KeyboardModifier.ControlModifier
    | Qt.KeyboardModifier.MetaModifier
)
_LEAST_RATIO = 9
_ORDERS_OF_MAGNITUDE = 1000


def is_logarithmic(number: Number) -> bool:
    """Return whether equal ways on a slider are equal factors: from 1/x to x, or over a long way.

    A long way is one over orders of magnitude.
    """
    if number.low <= 0 or number.high / number.low < _LEAST_RATIO:
        return False
    is_factor = abs(number.low * number.high - 1) < 1e-9
    return is_factor or number.high / number.low >= _ORDERS_OF_MAGNITUDE


class RangeSlider(QDoubleRangeSlider):
    """Two handles on a groove, which may meet. The mouse moves a handle, or both by the bar.

    Tab goes from the lower handle to the upper one; arrow keys move the one that has the focus,
    and count as holding it until they rest. What is moved lands on multiples of `number.step`;
    what is set keeps its value. The wheel is left to the pane around.

    Of a factor the slider has the logarithm, so that 1 is in the middle of a fifth to five times.
    """

    reset_requested = Signal()

    def __init__(self, number: Number, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._number = number
        self._is_logarithmic = is_logarithmic(number)
        self._ends: Range = number.default
        self._drawn: float | None = None
        self._press_x: int | None = None
        self._rest = QTimer(self, singleShot=True, interval=_KEYS_REST)
        self._rest.timeout.connect(self.let_go)
        self.setOrientation(Qt.Orientation.Horizontal)
        self.setRange(self._position_of(number.low), self._position_of(number.high))
        self.setSingleStep(number.step)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(100, 26)

    def ends(self) -> Range:
        """Return the values that the handles stand for."""
        positions: tuple[float, ...] = self.value()
        low, high = map(self._exact, positions, self._ends)
        return low, high

    def show_ends(self, ends: Range) -> None:
        """Put the handles at these values."""
        self._ends = ends
        positions = tuple(map(self._position_of, ends))
        if self.value() != positions:
            self.setValue(positions)

    def held_value(self) -> float | None:
        """Return the value of the handle that is held, None when none is or the bar is."""
        if self.isSliderDown() and self._pressedControl == _HANDLE:
            return self.ends()[self._pressedIndex]
        return None

    def show_drawn(self, value: float | None) -> None:
        """Mark the value that the current draw took."""
        if value != self._drawn:
            self._drawn = value
            self.update()

    def let_go(self) -> None:
        """End a drag or a run of key presses, if there is one."""
        self._rest.stop()
        self._pressedControl = _NOTHING
        self._press_x = None
        self.setSliderDown(False)
        self.update()

    def setSliderPosition(
        self, pos: Any, index: int | None = None, *, reversed: bool = False
    ) -> None:
        snapped = [self._snap(one) for one in pos] if isinstance(pos, list) else self._snap(pos)
        super().setSliderPosition(snapped, index, reversed=reversed)

    def _snap(self, position: float) -> float:
        step = self._number.step
        value = round(round(self._value_at(position) / step) * step, 9)
        return self._position_of(min(max(value, self._number.low), self._number.high))

    def _exact(self, position: float, shown: float) -> float:
        return shown if self._position_of(shown) == position else self._value_at(position)

    def _position_of(self, value: float) -> float:
        return log(value) if self._is_logarithmic else float(value)

    def _value_at(self, position: float) -> float:
        return round(exp(position), 9) if self._is_logarithmic else float(position)

    def _neighbor_bound(self, value: float, index: int) -> float:
        low, high = self._position
        return float(max(value, low) if index else min(value, high))

    # Mouse

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            event.ignore()
            return
        self.let_go()
        spot = event.position().toPoint()
        self._pressedControl, self._pressedIndex = self._getControlAtPos(spot)
        self.setSliderDown(True)
        handle = self._handleRect(self._pressedIndex)
        if self._pressedControl == _HANDLE and not handle.contains(spot):
            self.setSliderPosition(self._pixelPosToRangeValue(spot.x() - handle.width() // 2))
        elif self._pressedControl == _HANDLE and self._handles_meet():
            self._press_x = spot.x()
        self._setClickOffset(spot)
        self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        # Of two handles in one place, the direction of the drag says which one is meant.
        x = event.position().toPoint().x()
        if self._press_x is not None and x != self._press_x:
            self._pressedIndex = int(x > self._press_x)
            self._press_x = None
        if self._press_x is None:
            super().mouseMoveEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.let_go()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.reset_requested.emit()

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()

    def _handles_meet(self) -> bool:
        return bool(self._handleRect(0).center() == self._handleRect(1).center())

    def _getControlAtPos(self, pos: Any, opt: Any = None) -> tuple[QStyle.SubControl, int]:
        x = pos.x()
        low, high = self._handleRect(0), self._handleRect(1)
        if low.right() < x < high.left():
            return _BAR, 1
        nearness = abs(x - low.center().x()) - abs(x - high.center().x())
        return _HANDLE, int(nearness > 0 or (nearness == 0 and x >= high.center().x()))

    # Keyboard

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.modifiers() & _COMMAND_KEYS:
            event.ignore()
        elif (steps := _KEY_STEPS.get(Qt.Key(event.key()))) is not None:
            self._move_by_key(self.ends()[self._pressedIndex] + steps * self._number.step)
        elif event.key() == Qt.Key.Key_Home:
            self._move_by_key(self._number.low)
        elif event.key() == Qt.Key.Key_End:
            self._move_by_key(self._number.high)
        else:
            event.ignore()

    def _move_by_key(self, value: float) -> None:
        self._pressedControl = _HANDLE
        self.setSliderDown(True)
        value = min(max(value, self._number.low), self._number.high)
        self.setSliderPosition(self._position_of(value))
        self._rest.start()

    def focusNextPrevChild(self, next: bool) -> bool:
        if self._pressedIndex == int(next):
            return bool(super().focusNextPrevChild(next))
        self.let_go()
        self._pressedIndex = int(next)
        return True

    def focusInEvent(self, event: QFocusEvent) -> None:
        if event.reason() == Qt.FocusReason.TabFocusReason:
            self._pressedIndex = 0
        elif event.reason() == Qt.FocusReason.BacktabFocusReason:
            self._pressedIndex = 1
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        # Also when it is hidden or disabled under the mouse, so that no value stays held.
        self.let_go()
        super().focusOutEvent(event)

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QStylePainter(self)
        option = self._styleOption
        self._draw_groove_and_ticks(painter, option, False)
        if self._drawn is not None:
            self._paint_drawn(painter, self._drawn)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        self._drawBar(painter, option)
        option.subControls = _HANDLE
        state = option.state
        for index, position in enumerate(self._optSliderPositions):
            is_active = index == self._pressedIndex
            option.sliderPosition = position
            option.state = state if is_active else state & ~QStyle.StateFlag.State_HasFocus
            if is_active and self._pressedControl == _HANDLE:
                option.state |= QStyle.StateFlag.State_Sunken
            is_hovered = self._hoverControl == _HANDLE and index == self._hoverIndex
            option.activeSubControls = _HANDLE if is_hovered else _NOTHING
            painter.drawComplexControl(_SLIDER, option)

    def _paint_drawn(self, painter: QPainter, value: float) -> None:
        option = self._styleOption
        offset = self._position_of(value) - self._position_of(self._number.low)
        option.sliderPosition = self._to_qinteger_space(offset)
        handle = self.style().subControlRect(_SLIDER, option, _HANDLE, self)
        tip = QPointF(handle.center().x() + 0.5, handle.bottom() + 1)
        triangle = [tip, tip + QPointF(-4.5, 5), tip + QPointF(4.5, 5)]
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(tokens().accent)
        painter.drawPolygon(QPolygonF(triangle))
