"""The settings dialog, made from the declarations in `preferences`."""

from functools import singledispatch
from typing import cast

from PySide6.QtCore import QCoreApplication, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from studio.augment.operation import Number
from studio.qt.preferences import (
    PREFERENCES,
    OneOf,
    Preference,
    Switch,
    Value,
    WholeNumber,
    read,
    write,
)
from studio.qt.recipe.number_field import NumberField

_WIDTH = 480
_FIELD_WIDTH = 72
_CHOICE_WIDTH = 144
_StandardButton = QDialogButtonBox.StandardButton


class PreferencesDialog(QDialog):
    """Shows every setting, and keeps those that were changed when it is accepted."""

    changed = Signal(object)
    """The set of preferences that have another value now."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("preferences")
        self.setWindowTitle(self.tr("Preferences"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._fields: dict[str, _Field] = {each.key: build_field(each) for each in PREFERENCES}
        self._buttons = QDialogButtonBox(
            _StandardButton.RestoreDefaults | _StandardButton.Cancel | _StandardButton.Ok
        )
        self._lay_out()
        self._name_buttons()
        self._buttons.accepted.connect(self.accept)
        self._buttons.rejected.connect(self.reject)
        defaults = self._buttons.button(_StandardButton.RestoreDefaults)
        defaults.clicked.connect(self._show_defaults)
        for each in PREFERENCES:
            self._fields[each.key].show_value(cast(Value, read(each)))

    @Slot()
    def accept(self) -> None:
        """Keep what was changed, tell it, and close."""
        changed: set[Preference] = set()
        for each in PREFERENCES:
            value = self._fields[each.key].value()
            if value != read(each):
                write(each, value)
                changed.add(each)
        super().accept()
        if changed:
            self.changed.emit(changed)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(16)
        for index, field in enumerate(self._fields.values()):
            if index:
                line = QFrame()
                line.setProperty("role", "line")
                line.setFixedHeight(1)
                column.addWidget(line)
            column.addWidget(field)
        column.addStretch(1)
        column.addWidget(self._buttons)
        self.setFixedSize(_WIDTH, column.totalHeightForWidth(_WIDTH))

    def _name_buttons(self) -> None:
        for button, name in (
            (_StandardButton.RestoreDefaults, "defaults"),
            (_StandardButton.Cancel, "cancel"),
            (_StandardButton.Ok, "ok"),
        ):
            control = self._buttons.button(button)
            control.setObjectName(f"preferences.{name}")
            control.setToolTip(control.text().replace("&", ""))
            control.setAccessibleName(control.toolTip())
        ok = self._buttons.button(_StandardButton.Ok)
        ok.setProperty("role", "primary")
        ok.style().polish(ok)

    @Slot()
    def _show_defaults(self) -> None:
        for each in PREFERENCES:
            self._fields[each.key].show_value(each.default)


class _Field(QWidget):
    """A setting's control, and below it what the setting does."""

    def __init__(self, preference: Preference) -> None:
        super().__init__()
        self._help = QLabel(_translated(preference.help))
        self._help.setProperty("role", "muted")
        self._help.setWordWrap(True)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(4)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)

    def value(self) -> Value:
        raise NotImplementedError

    def show_value(self, value: Value) -> None:
        raise NotImplementedError

    def _finish(self, preference: Preference, control: QWidget, *after: QWidget) -> None:
        title = _translated(preference.title)
        control.setObjectName(f"preferences.{preference.key.replace('/', '.')}")
        control.setAccessibleName(title)
        control.setAccessibleDescription(self._help.text())
        control.setToolTip(self._help.text())
        row = QHBoxLayout()
        row.setSpacing(8)
        if not isinstance(control, QCheckBox):
            label = QLabel(title)
            label.setBuddy(control)
            row.addWidget(label, 1)
        row.addWidget(control)
        for widget in after:
            row.addWidget(widget)
        self._column.addLayout(row)
        self._column.addWidget(self._help)


class _NumberSetting(_Field):
    def __init__(self, preference: WholeNumber) -> None:
        super().__init__(preference)
        bounds = (float(preference.default), float(preference.default))
        number = Number(
            low=preference.low,
            high=preference.high,
            default=bounds,
            integer=True,
            help=preference.help,
        )
        self._field = NumberField(number)
        self._field.setFixedWidth(_FIELD_WIDTH)
        unit = QLabel(_translated(preference.unit))
        unit.setVisible(bool(preference.unit))
        self._finish(preference, self._field, *([unit] if preference.unit else []))

    def value(self) -> int:
        return int(self._field.value())

    def show_value(self, value: Value) -> None:
        self._field.setValue(int(value))


class _SwitchSetting(_Field):
    def __init__(self, preference: Switch) -> None:
        super().__init__(preference)
        self._box = QCheckBox(_translated(preference.title))
        self._finish(preference, self._box)

    def value(self) -> bool:
        return self._box.isChecked()

    def show_value(self, value: Value) -> None:
        self._box.setChecked(bool(value))


class _ChoiceSetting(_Field):
    def __init__(self, preference: OneOf) -> None:
        super().__init__(preference)
        self._box = QComboBox()
        self._box.setFixedWidth(_CHOICE_WIDTH)
        for value, text in preference.options:
            self._box.addItem(_translated(text), value)
        self._finish(preference, self._box)

    def value(self) -> str:
        return str(self._box.currentData())

    def show_value(self, value: Value) -> None:
        self._box.setCurrentIndex(self._box.findData(value))


@singledispatch
def build_field(preference: Preference) -> _Field:
    """Return the control for a setting of this kind."""
    raise NotImplementedError(type(preference))


build_field.register(WholeNumber, _NumberSetting)
build_field.register(Switch, _SwitchSetting)
build_field.register(OneOf, _ChoiceSetting)


def _translated(text: str) -> str:
    return QCoreApplication.translate("Preferences", text)
