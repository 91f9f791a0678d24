"""The controls of one value of a rule, built from its parameter's declaration alone."""

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QValidator
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QLabel, QToolButton, QWidget

from studio.augment.param import Choice, Number, Param, Value
from studio.qt.recipe.form import help_of, title_of, translated
from studio.qt.recipe.number_field import NumberField

_GAP = 6
_WIDE = 1e6
_MOST_DECIMALS = 40


class ValueField(QWidget):
    """The label and the control of one value; `path` names it, `spoken` is what it is read as."""

    changed = Signal(object)
    """The new value, at once while it is typed."""

    finished = Signal()
    """The changes so far belong together; the next one is another edit."""

    is_wide = False
    """Whether it takes the width of two others."""

    def __init__(self, param: Param, path: str, spoken: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.param = param
        self.label = QLabel(title_of(param), self)
        self.label.setToolTip(help_of(param))
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(_GAP)
        self._row.addWidget(self.label)
        self._row.addStretch(1)

    def show_value(self, value: Value) -> None:
        """Show a value without a signal."""
        raise NotImplementedError

    def _add(self, control: QWidget, path: str, spoken: str) -> None:
        control.setObjectName(path)
        control.setAccessibleName(spoken)
        control.setToolTip(help_of(self.param))
        self._row.addWidget(control)


class NumberValueField(ValueField):
    """A number to type."""

    def __init__(
        self, number: Number, path: str, spoken: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(number, path, spoken, parent)
        self._number = number
        self.is_wide = number.high - number.low > _WIDE
        self._field = WideNumberField(number, self) if self.is_wide else NumberField(number, self)
        self._field.setFixedWidth(150 if self.is_wide else self._field.column_width())
        self._add(self._field, path, spoken)
        self._field.valueChanged.connect(self._tell)
        self._field.editingFinished.connect(self.finished)

    def show_value(self, value: Value) -> None:
        self._field.show_value(float(value))

    def _tell(self, value: float) -> None:
        self.changed.emit(int(value) if self._number.integer else value)


class ChoiceValueField(ValueField):
    """One of a few names."""

    def __init__(
        self, choice: Choice, path: str, spoken: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(choice, path, spoken, parent)
        self.is_wide = True
        self._group = QButtonGroup(self, exclusive=True)
        self._chips = {option: QToolButton(self) for option in choice.options}
        for option, chip in self._chips.items():
            chip.setText(translated(option))
            chip.setCheckable(True)
            chip.setProperty("role", "segment")
            self._group.addButton(chip)
            self._add(chip, f"{path}.{option}", f"{spoken}, {translated(option)}")
        self._group.buttonClicked.connect(self._follow)

    def show_value(self, value: Value) -> None:
        self._chips[str(value)].setChecked(True)

    def _follow(self, clicked: QToolButton) -> None:
        chosen = next(option for option, chip in self._chips.items() if chip is clicked)
        self.changed.emit(chosen)
        self.finished.emit()


class WideNumberField(NumberField):
    """A field for numbers of any size, written as they are typed: -9999 or 3.4e+38."""

    def __init__(self, number: Number, parent: QWidget | None = None) -> None:
        super().__init__(number, parent)
        self.setDecimals(_MOST_DECIMALS)

    def sizeHint(self) -> QSize:
        return QSize(self.column_width(), super().sizeHint().height())

    def show_value(self, value: float) -> None:
        if value != self.value():
            super().show_value(value)

    def textFromValue(self, value: float) -> str:
        return repr(float(value)).removesuffix(".0")

    def valueFromText(self, text: str) -> float:
        number = _parse(text)
        return self.value() if number is None else number

    def validate(self, text: str, position: int) -> tuple[QValidator.State, str, int]:
        number = _parse(text)
        if number is not None and self.minimum() <= number <= self.maximum():
            state = QValidator.State.Acceptable
        elif set(text.lower()) <= set("+-0123456789.,e "):
            state = QValidator.State.Intermediate
        else:
            state = QValidator.State.Invalid
        return state, text, position


def build_value_field(
    param: Param, path: str, spoken: str, parent: QWidget | None = None
) -> ValueField:
    """Return the controls that a parameter's declaration calls for."""
    if isinstance(param, Choice):
        return ChoiceValueField(param, path, spoken, parent)
    return NumberValueField(param, path, spoken, parent)


def _parse(text: str) -> float | None:
    try:
        return float(text.strip().replace(",", "."))
    except ValueError:
        return None
