"""Fields of the export's options: a number with a slider beside it, and a choice of a few."""

import os
from collections.abc import Mapping

from PySide6.QtCore import QCoreApplication, Signal, Slot
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QHBoxLayout, QToolButton, QWidget

from studio.augment.operation import Number
from studio.dataset.exports.options import FORMATS, MOST_COPIES, ExportOptions
from studio.qt.export.parts import name_control
from studio.qt.recipe.form import help_of
from studio.qt.recipe.number_field import NumberField, ShareSlider

_FIELD_WIDTH = 56
_USUAL = ExportOptions()
COPIES = Number(
    name="copies",
    low=1,
    high=MOST_COPIES,
    default=(_USUAL.copies, _USUAL.copies),
    integer=True,
    help="How many augmented copies of each image.",
)
QUALITY = Number(
    name="quality",
    low=1,
    high=100,
    default=(_USUAL.quality, _USUAL.quality),
    integer=True,
    help="Quality of JPEG and WebP files.",
)
WORKERS = Number(
    name="workers",
    low=1,
    high=os.cpu_count() or 1,
    default=(_USUAL.workers, _USUAL.workers),
    integer=True,
    help="How many images are worked on at once. The files do not depend on it.",
)


translate = QCoreApplication.translate


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


class ChoiceField(QWidget):
    """One of a few values, each a button of its own."""

    changed = Signal()

    def __init__(
        self,
        name: str,
        choices: Mapping[str, tuple[str, str]],
        parent: QWidget | None = None,
        *,
        page: str = "export",
    ) -> None:
        """`choices` holds text and tooltip by value; buttons are called `<page>.<name>.<value>`."""
        super().__init__(parent)
        self._page = page
        self._group = QButtonGroup(self)
        self._buttons = {
            value: self._build_button(f"{name}.{value}", text, tip)
            for value, (text, tip) in choices.items()
        }
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        for button in self._buttons.values():
            row.addWidget(button)
        row.addStretch(1)
        self.buttons()[0].setChecked(True)
        self._group.buttonToggled.connect(self._note_toggle)

    def value(self) -> str:
        return next(value for value, button in self._buttons.items() if button.isChecked())

    def set_value(self, value: str) -> None:
        """Choose a value; an unknown one changes nothing."""
        if value in self._buttons:
            self._buttons[value].setChecked(True)

    def buttons(self) -> list[QToolButton]:
        return list(self._buttons.values())

    def _build_button(self, name: str, text: str, tip: str) -> QToolButton:
        button = QToolButton(self)
        button.setText(text)
        button.setCheckable(True)
        button.setProperty("role", "segment")
        name_control(button, name, text, tip, page=self._page)
        self._group.addButton(button)
        return button

    @Slot(QAbstractButton, bool)
    def _note_toggle(self, _button: QAbstractButton, is_checked: bool) -> None:
        if is_checked:
            self.changed.emit()


def build_format_field(parent: QWidget) -> ChoiceField:
    """Return the choice among the file formats that an export can write."""
    choices = {
        "same": (
            translate("Export", "As source"),
            translate("Export", "Each copy in the format of its original"),
        ),
        "jpg": ("JPEG", translate("Export", "Small files with a slight loss, no transparency")),
        "png": ("PNG", translate("Export", "Larger files without any loss")),
        "webp": ("WebP", translate("Export", "Smaller than JPEG at the same quality")),
    }
    return ChoiceField("format", {name: choices[name] for name in FORMATS}, parent)
