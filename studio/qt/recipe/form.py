"""One row of controls for each parameter, built from its declaration alone."""

import typing
from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication, QSignalBlocker, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QToolButton,
    QWidget,
)
from superqt.utils import QFlowLayout

from studio.augment.operation import Choice, Number, Param, Range, Setting, Value
from studio.augment.recipe import PROBABILITY
from studio.qt.recipe.labels import DrawnLabel, NoteLabel
from studio.qt.recipe.number_field import NumberField, ShareSlider
from studio.qt.recipe.number_text import format_value, suffix, with_unit
from studio.qt.recipe.range_field import RangeSlider

_GAP = 6
_PERCENT = Number(low=0, high=100, default=(100, 100), step=1, unit="%", help=PROBABILITY.help)


def translated(text: str) -> str:
    """Return a text of the operations' declarations in the user's language."""
    return QCoreApplication.translate("Operation", text)


def title_of(param: Param) -> str:
    """Return what people read for a parameter."""
    return translated(param.label or param.name.replace("_", " ").capitalize())


class ParamField(QWidget):
    """The controls of one parameter of a step. It shows a setting and tells of changes to it.

    `path` begins the object names of the controls, `spoken` their names for assistive technology.
    """

    changed = Signal(object)
    """The new setting, at once while a handle moves or a text is typed."""

    held = Signal(object)
    """The value of the handle that is held, before the change it makes; None once let go."""

    finished = Signal()
    """The changes so far belong together; the next one is another edit."""

    def __init__(self, param: Param, path: str, spoken: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.param = param
        self.setObjectName(path)
        self._spoken = spoken
        self._label = QLabel(title_of(param), self)
        self._label.setToolTip(help_of(param))

    @property
    def title(self) -> str:
        """What people read for the parameter."""
        return self._label.text()

    def show_setting(self, setting: Setting) -> None:
        """Show a setting without a signal."""
        raise NotImplementedError

    def show_drawn(self, value: Value | None) -> None:
        """Show the value that the current draw took, None where there is none."""

    def reset(self) -> None:
        """Go back to the default as an edit of its own."""
        self.finished.emit()
        self.changed.emit(self.param.default)
        self.finished.emit()

    def _name(self, control: QWidget, name: str, spoken: str) -> None:
        control.setObjectName(f"{self.objectName()}.{name}")
        control.setAccessibleName(f"{self._spoken}, {spoken}" if spoken else self._spoken)
        control.setToolTip(help_of(self.param))


def help_of(param: Param) -> str:
    """Return a parameter's tooltip: its help, then its bounds with the unit."""
    if isinstance(param, Choice):
        return translated(param.help)
    low, high = (with_unit(param, f"{end:.10g}") for end in (param.low, param.high))
    bounds = QCoreApplication.translate("ParamField", "From {low} to {high}")
    return f"{translated(param.help)}\n{bounds.format(low=low, high=high)}"


def build_field(param: Param, path: str, spoken: str, parent: QWidget | None = None) -> ParamField:
    """Return the controls that a parameter's declaration calls for."""
    if isinstance(param, Choice):
        return ChoiceField(param, path, spoken, parent)
    return RangeField(param, path, spoken, parent)


class RangeField(ParamField):
    """A range of numbers: a field for each end over a slider with two handles."""

    def __init__(
        self, number: Number, path: str, spoken: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(number, path, spoken, parent)
        self._number = number
        self._range: Range = number.default
        self._typed_from: Range | None = None
        self._drawn = DrawnLabel(self)
        self._unit = NoteLabel(self)
        self._unit.setText("" if suffix(number) else translated(number.unit))
        self._low = NumberField(number, self)
        self._high = NumberField(number, self)
        self._slider = RangeSlider(number, self)
        self._name(self._low, "low", self.tr("lowest"))
        self._name(self._high, "high", self.tr("highest"))
        self._name(self._slider, "slider", self.tr("range"))
        self._lay_out()
        self.show_setting(number.default)
        self.show_drawn(None)
        self._slider.valueChanged.connect(self._follow_slider)
        self._slider.sliderPressed.connect(self._hold)
        self._slider.sliderReleased.connect(self._let_go)
        self._slider.reset_requested.connect(self.reset)
        self._low.valueChanged.connect(self._follow_low)
        self._high.valueChanged.connect(self._follow_high)
        for field in (self._low, self._high):
            field.editingFinished.connect(self._finish_typing)

    def show_setting(self, setting: Setting) -> None:
        wanted = typing.cast(Range, setting)
        if wanted != self._range:
            self._typed_from = None
        self._show(wanted)

    def show_drawn(self, value: Value | None) -> None:
        number = None if value is None else float(value)
        self._slider.show_drawn(number)
        self._drawn.show_value("" if number is None else format_value(self._number, number))
        self._unit.setVisible(number is None)

    def _lay_out(self) -> None:
        heading = QHBoxLayout()
        heading.setSpacing(_GAP)
        heading.addWidget(self._label)
        heading.addWidget(self._drawn)
        heading.addWidget(self._unit)
        heading.addStretch(1)
        for field in (self._low, self._high):
            field.setFixedWidth(field.column_width())
            heading.addWidget(field)
        layout = QGridLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(heading, 0, 0)
        layout.addWidget(self._slider, 1, 0)

    def _show(self, wanted: Range) -> None:
        self._range = wanted
        low, high = wanted
        self._low.show_value(low)
        self._high.show_value(high)
        blocker = QSignalBlocker(self._slider)
        self._slider.show_ends(wanted)
        blocker.unblock()

    def _change(self, low: float, high: float) -> None:
        self._show((low, high))
        self.changed.emit((low, high))

    def _hold(self) -> None:
        value = self._slider.held_value()
        if value is not None:
            self.held.emit(int(value) if self._number.integer else value)

    def _let_go(self) -> None:
        self.held.emit(None)
        self.finished.emit()

    def _follow_slider(self) -> None:
        self._typed_from = None
        self._hold()
        self._change(*self._slider.ends())

    def _follow_low(self, value: float) -> None:
        _, high = self._begin_typing()
        self._change(value, max(value, high))

    def _follow_high(self, value: float) -> None:
        low, _ = self._begin_typing()
        self._change(min(low, value), value)

    def _begin_typing(self) -> Range:
        # The way to 30 leads over 3, which pushes the other end aside only while it stands there.
        if self._typed_from is None:
            self._typed_from = self._range
        return self._typed_from

    def _finish_typing(self) -> None:
        self._typed_from = None
        self.finished.emit()


class ChoiceField(ParamField):
    """Named values, of which at least one stays allowed."""

    def __init__(
        self, choice: Choice, path: str, spoken: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(choice, path, spoken, parent)
        self._drawn = DrawnLabel(self)
        self._group = QButtonGroup(self, exclusive=False)
        heading = QHBoxLayout()
        heading.setSpacing(_GAP)
        heading.addWidget(self._label)
        heading.addWidget(self._drawn)
        heading.addStretch(1)
        chips = QFlowLayout()
        chips.setHorizontalSpacing(2)
        chips.setVerticalSpacing(2)
        self._chips = {option: self._build_chip(option) for option in choice.options}
        for chip in self._chips.values():
            chips.addWidget(chip)
        layout = QGridLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addLayout(heading, 0, 0)
        layout.addLayout(chips, 1, 0)
        self.show_setting(choice.default)
        self._group.buttonClicked.connect(self._follow_chip)

    def show_setting(self, setting: Setting) -> None:
        for option, chip in self._chips.items():
            chip.setChecked(option in typing.cast(Sequence[str], setting))

    def show_drawn(self, value: Value | None) -> None:
        self._drawn.show_value("" if value is None else translated(str(value)))

    def _build_chip(self, option: str) -> QToolButton:
        chip = QToolButton(self)
        chip.setText(translated(option))
        chip.setCheckable(True)
        chip.setProperty("role", "segment")
        self._name(chip, option, translated(option))
        self._group.addButton(chip)
        return chip

    def _follow_chip(self, clicked: QToolButton) -> None:
        allowed = tuple(option for option, chip in self._chips.items() if chip.isChecked())
        if allowed:
            self.changed.emit(allowed)
            self.finished.emit()
        else:
            clicked.setChecked(True)


class ProbabilityField(ParamField):
    """How often a step happens, in percent; the setting is a range with equal ends, 0 to 1.

    In a group it is a weight. `step` is the step's name for assistive technology.
    """

    def __init__(self, path: str, step: str, parent: QWidget | None = None) -> None:
        super().__init__(PROBABILITY, path, step, parent)
        self._step = step
        self._slider = ShareSlider(self)
        self._slider.setRange(0, 100)
        self._slider.setSingleStep(round(PROBABILITY.step * 100))
        self._field = NumberField(_PERCENT, self)
        self._field.setFixedWidth(self._field.column_width())
        self.show_as_weight(False)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(_GAP + 2)
        layout.addWidget(self._label)
        layout.addWidget(self._slider, 1)
        layout.addWidget(self._field)
        self.show_setting(PROBABILITY.default)
        self._slider.valueChanged.connect(self._change)
        self._slider.sliderReleased.connect(self.finished)
        self._slider.reset_requested.connect(self.reset)
        self._slider.keys_rested.connect(self.finished)
        self._field.valueChanged.connect(self._change)
        self._field.editingFinished.connect(self.finished)

    def show_as_weight(self, is_weight: bool) -> None:
        """Call it what it is: a step's weight in its group, or else its probability."""
        title, help = title_of(PROBABILITY), translated(PROBABILITY.help)
        if is_weight:
            title = self.tr("Weight")
            help = self.tr("How often this step is taken, compared with the others of its group.")
        self._label.setText(title)
        self._spoken = f"{self._step}: {title.lower()}"
        self._field.setSuffix("" if is_weight else suffix(_PERCENT))
        self._name(self._slider, "slider", "")
        self._name(self._field, "field", "")
        for control in (self._label, self._slider, self._field):
            control.setToolTip(help)

    def show_setting(self, setting: Setting) -> None:
        percent = float(setting[0]) * 100
        self._field.show_value(percent)
        blocker = QSignalBlocker(self._slider)
        self._slider.setValue(round(percent))
        blocker.unblock()

    def _change(self, percent: float) -> None:
        share = round(percent) / 100
        self.show_setting((share, share))
        self.changed.emit((share, share))
