"""The controls of one number: a field to type into, and a slider for a share."""

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QKeySequence, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QDoubleSpinBox,
    QSlider,
    QStyle,
    QStyleOptionSlider,
    QWidget,
)

from studio.augment.operation import Number
from studio.qt.recipe.number_text import decimals, suffix

_FIELD_HEIGHT = 28
_FIELD_MARGIN = 14
_USUAL_TEXT = "-100.0%"


class ShareSlider(QSlider):
    """A slider that goes where it is clicked, and leaves the wheel to the pane around."""

    reset_requested = Signal()
    keys_rested = Signal()
    """A run of key presses is over: the mouse takes its turn, or the focus went elsewhere."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.keys_rested.emit()
        option = QStyleOptionSlider()
        self.initStyleOption(option)
        slider, part = QStyle.ComplexControl.CC_Slider, QStyle.SubControl
        handle = self.style().subControlRect(slider, option, part.SC_SliderHandle, self)
        spot = event.position().toPoint()
        if event.button() == Qt.MouseButton.LeftButton and not handle.contains(spot):
            groove = self.style().subControlRect(slider, option, part.SC_SliderGroove, self)
            span = groove.width() - handle.width()
            x = spot.x() - groove.x() - handle.width() // 2
            low, high = self.minimum(), self.maximum()
            self.setValue(QStyle.sliderValueFromPosition(low, high, x, span))
        super().mousePressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.reset_requested.emit()

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self.keys_rested.emit()
        super().focusOutEvent(event)


class NumberField(QDoubleSpinBox):
    """A field for one value of a parameter, without buttons.

    Undo and redo are left to the recipe, which has every edit, and the wheel to the pane around
    unless the field has the focus.
    """

    def __init__(self, number: Number, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setButtonSymbols(QAbstractSpinBox.ButtonSymbols.NoButtons)
        self.setCorrectionMode(QAbstractSpinBox.CorrectionMode.CorrectToNearestValue)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.setDecimals(decimals(number))
        self.setRange(number.low, number.high)
        self.setSingleStep(number.step)
        self.setSuffix(suffix(number))
        self.setFixedHeight(_FIELD_HEIGHT)

    def column_width(self) -> int:
        """Return the width that most fields need, so that they stand in columns."""
        longest = max(
            (self.textFromValue(end) for end in (self.minimum(), self.maximum())), key=len
        )
        texts = (_USUAL_TEXT, longest + self.suffix())
        return max(map(self.fontMetrics().horizontalAdvance, texts)) + _FIELD_MARGIN

    def show_value(self, value: float) -> None:
        """Show a value without a signal, and leave a text alone that already says it."""
        if round(value, self.decimals()) != round(self.value(), self.decimals()):
            was_blocked = self.blockSignals(True)
            self.setValue(value)
            self.blockSignals(was_blocked)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride:
            standard = QKeySequence.StandardKey
            if event.matches(standard.Undo) or event.matches(standard.Redo):
                event.ignore()
                return True
        return super().event(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()
