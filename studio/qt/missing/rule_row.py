"""One rule in the card of missing pixels: its switch, its values, and a pick from the picture."""

from functools import partial

from msgspec.structs import replace
from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QEnterEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from studio.augment.missing.rules import MissingRule, get_rule
from studio.augment.param import Value
from studio.qt.missing.pixel import Pixel
from studio.qt.missing.value_field import ValueField, build_value_field
from studio.qt.recipe.card_controls import RevealedButton, Switch
from studio.qt.recipe.form import title_of, translated
from studio.qt.session import Session
from studio.qt.theme import icon, tokens

_SHADES = ("red", "green", "blue")
_VALUE = "value"


class RuleRow(QWidget):
    """Shows one rule of the session's recipe, by its place there, and edits it."""

    pick_toggled = Signal(bool)
    """A pixel of the picture is to give the values, or no longer."""

    remove_requested = Signal()

    def __init__(
        self, session: Session, index: int, rule: MissingRule, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._index = index
        self._rule = rule
        self._declared = get_rule(rule.rule)
        self._title = translated(self._declared.title)
        self._path = f"missing.{index}"
        self.setObjectName(self._path)
        self._name = QLabel(self._title, self)
        self._name.setToolTip(translated(self._declared.help))
        self._swatch = Swatch(self)
        self.pick = QToolButton(self)
        self.remove = RevealedButton(self)
        self.switch = Switch(self)
        self._values = QWidget(self)
        self._fields = self._build_fields()
        self._name_controls()
        self._lay_out()
        self.pick.toggled.connect(self.pick_toggled)
        self.remove.clicked.connect(self.remove_requested)
        self.switch.clicked.connect(self._set_enabled)
        self.show_rule(rule)

    @property
    def rule(self) -> MissingRule:
        return self._rule

    def show_rule(self, rule: MissingRule) -> None:
        """Show the rule's values, without a signal."""
        self._rule = rule
        for name, field in self._fields.items():
            field.show_value(rule.params[name])
        self.switch.setChecked(rule.enabled)
        for part in (self._name, self._values, self.pick):
            part.setEnabled(rule.enabled)
        if self._has_colour():
            self._swatch.show_colour(QColor(*(int(rule.params[shade]) for shade in _SHADES)))

    def take_pixel(self, pixel: Pixel) -> None:
        """Set the values from a pixel of the picture, which is a finite one."""
        taken: dict[str, Value] = {_VALUE: pixel.values[0]}
        if self._has_colour():
            taken = dict(zip(_SHADES, pixel.levels, strict=True))
        text = self.tr("Pick {rule}").format(rule=self._title.lower())
        self._session.end_merge()
        self._edit(replace(self._rule, params={**self._rule.params, **taken}), text)

    def end_pick(self) -> None:
        """Show that no pixel is waited for any more."""
        was_blocked = self.pick.blockSignals(True)
        self.pick.setChecked(False)
        self.pick.blockSignals(was_blocked)

    def focus_chain(self) -> list[QWidget]:
        """Return the controls that Tab goes through, in order."""
        return [
            child
            for child in (self.pick, self.remove, self.switch, *self._values.findChildren(QWidget))
            if child.focusPolicy() & Qt.FocusPolicy.TabFocus and child.focusProxy() is None
        ]

    def take_focus(self) -> None:
        """Give the focus to the rule's first value, or to its switch."""
        values = self.focus_chain()[3:]
        (values[0] if values else self.switch).setFocus(Qt.FocusReason.OtherFocusReason)

    # Building

    def _has_colour(self) -> bool:
        return all(shade in self._rule.params for shade in _SHADES)

    def _build_fields(self) -> dict[str, ValueField]:
        fields = {}
        for param in self._declared.params:
            spoken = f"{self._title}: {title_of(param).lower()}"
            path = f"{self._path}.{param.name}"
            field = build_value_field(param, path, spoken, self._values)
            field.changed.connect(partial(self._set, param.name))
            field.finished.connect(self._session.end_merge)
            fields[param.name] = field
        return fields

    def _name_controls(self) -> None:
        controls: tuple[tuple[QAbstractButton, str, str, str], ...] = (
            (
                self.pick,
                "pick",
                self.tr("Take the values from a pixel of the original"),
                self.tr("{rule}: pick from the picture"),
            ),
            (self.remove, "remove", self.tr("Remove this rule"), self.tr("{rule}: remove")),
            (self.switch, "enabled", self.tr("Switch this rule on or off"), self.tr("{rule}: on")),
        )
        for control, name, tooltip, spoken in controls:
            control.setObjectName(f"{self._path}.{name}")
            control.setToolTip(tooltip)
            control.setAccessibleName(spoken.format(rule=self._title))
            control.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        for button, size in ((self.pick, 14), (self.remove, 12)):
            button.setProperty("role", "flat")
            button.setIconSize(QSize(size, size))
            button.setFixedHeight(22)
        self.pick.setIcon(icon("pick"))
        self.pick.setText(self.tr("Pick"))
        self.pick.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.pick.setCheckable(True)
        self.pick.setVisible(self._has_colour() or _VALUE in self._rule.params)
        self._swatch.setVisible(self._has_colour())
        self.remove.setIcon(icon("remove"))
        self.remove.setFixedWidth(22)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(2)
        head.addWidget(self._name)
        head.addSpacing(4)
        head.addWidget(self._swatch)
        head.addStretch(1)
        for control in (self.pick, self.remove, self.switch):
            head.addWidget(control)
        grid = QGridLayout(self._values)
        grid.setContentsMargins(0, 0, 6, 2)
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(4)
        row, column = 0, 0
        for field in self._fields.values():
            span = 2 if field.is_wide or len(self._fields) == 1 else 1
            grid.addWidget(field, row, column, 1, span)
            column += span
            if column >= 2:
                row, column = row + 1, 0
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(1, 1)
        self._values.setVisible(bool(self._fields))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(6, 2, 0, 2)
        layout.setSpacing(2)
        layout.addLayout(head)
        layout.addWidget(self._values)

    # Edits

    def _edit(self, rule: MissingRule, text: str, merge: str = "") -> None:
        recipe = self._session.recipe
        rules = [*recipe.missing]
        rules[self._index] = rule
        self._session.edit(replace(recipe, missing=tuple(rules)), text, merge=merge)

    def _set(self, name: str, value: Value) -> None:
        text = self.tr("Change {rule} {parameter}")
        parameter = title_of(self._declared.param(name)).lower()
        rule = replace(self._rule, params={**self._rule.params, name: value})
        text = text.format(rule=self._title.lower(), parameter=parameter)
        self._edit(rule, text, f"missing.{self._index}.{name}")

    def _set_enabled(self, enabled: bool) -> None:
        text = self.tr("Switch on {rule}") if enabled else self.tr("Switch off {rule}")
        self._edit(replace(self._rule, enabled=enabled), text.format(rule=self._title.lower()))

    def enterEvent(self, event: QEnterEvent) -> None:
        self.remove.reveal(True)
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        self.remove.reveal(False)
        super().leaveEvent(event)


class Swatch(QWidget):
    """Shows the colour that a rule looks for."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._colour = QColor()
        self.setFixedSize(16, 16)

    def show_colour(self, colour: QColor) -> None:
        """Show another colour."""
        self._colour = colour
        self.setToolTip(colour.name())
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(tokens().muted)
        painter.setBrush(self._colour)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1.5, 1.5, -1.5, -1.5), 3, 3)
