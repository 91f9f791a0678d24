"""Fields of the export's options: a number with a slider beside it, and the file format."""

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QHBoxLayout, QToolButton, QWidget

from studio.augment.operation import Number
from studio.dataset.order import FORMATS
from studio.qt.export.parts import name_control
from studio.qt.recipe.form import help_of
from studio.qt.recipe.number_field import NumberField, ShareSlider

_FIELD_WIDTH = 56


class SlidNumber(QWidget):
    """A whole number, typed or slid."""

    changed = Signal()

    def __init__(self, number: Number, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._number = number
        self._slider = ShareSlider(self)
        self._slider.setRange(int(number.low), int(number.high))
        self.field = NumberField(number, self)
        self.field.setFixedWidth(_FIELD_WIDTH)
        self.set_value(int(number.default[0]))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        row.addWidget(self._slider, 1)
        row.addWidget(self.field)
        self._slider.valueChanged.connect(self._follow)
        self._slider.reset_requested.connect(self._reset)
        self.field.valueChanged.connect(self._follow)

    def name(self, name: str, spoken: str) -> None:
        """Name both controls; the slider's object name ends in `.slider`."""
        name_control(self.field, name, spoken, help_of(self._number))
        name_control(self._slider, f"{name}.slider", spoken, help_of(self._number))

    def value(self) -> int:
        return int(self.field.value())

    def set_value(self, value: int) -> None:
        """Show a value, or the nearest one within the bounds, without a signal."""
        self.field.show_value(value)
        was_blocked = self._slider.blockSignals(True)
        self._slider.setValue(self.value())
        self._slider.blockSignals(was_blocked)

    def controls(self) -> list[QWidget]:
        return [self._slider, self.field]

    @Slot(int)
    @Slot(float)
    def _follow(self, value: float) -> None:
        self.set_value(int(value))
        self.changed.emit()

    @Slot()
    def _reset(self) -> None:
        self._follow(self._number.default[0])


class FormatField(QWidget):
    """One of the file formats that an export can write."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._group = QButtonGroup(self)
        self._buttons = {name: self._build_button(name) for name in FORMATS}
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        for button in self._buttons.values():
            row.addWidget(button)
        row.addStretch(1)
        self.set_value(FORMATS[0])
        self._group.buttonToggled.connect(self._note_toggle)

    def value(self) -> str:
        return next(name for name, button in self._buttons.items() if button.isChecked())

    def set_value(self, name: str) -> None:
        """Choose a format; an unknown name changes nothing."""
        if name in self._buttons:
            self._buttons[name].setChecked(True)

    def buttons(self) -> list[QToolButton]:
        return list(self._buttons.values())

    def _build_button(self, name: str) -> QToolButton:
        text, tip = {
            "same": (self.tr("As source"), self.tr("Each copy in the format of its original")),
            "jpg": ("JPEG", self.tr("Small files with a slight loss, no transparency")),
            "png": ("PNG", self.tr("Larger files without any loss")),
            "webp": ("WebP", self.tr("Smaller than JPEG at the same quality")),
        }[name]
        button = QToolButton(self)
        button.setText(text)
        button.setCheckable(True)
        button.setProperty("role", "segment")
        name_control(button, f"format.{name}", text, tip)
        self._group.addButton(button)
        return button

    @Slot(QAbstractButton, bool)
    def _note_toggle(self, _button: QAbstractButton, is_checked: bool) -> None:
        if is_checked:
            self.changed.emit()
