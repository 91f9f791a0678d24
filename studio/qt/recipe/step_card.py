"""The card of one step: its switch, its parameters, and where it can be moved by."""

from functools import partial

from msgspec.structs import replace
from PySide6.QtCore import QEvent, QMimeData, QPoint, QSize, Qt, Signal
from PySide6.QtGui import (
    QAction,
    QContextMenuEvent,
    QDrag,
    QEnterEvent,
    QKeySequence,
)
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QFrame,
    QHBoxLayout,
    QLabel,
    QMenu,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from studio.augment.operation import Setting
from studio.augment.plan import Held, Plan
from studio.augment.recipe import PROBABILITY, Step
from studio.qt.recipe.card_controls import Grip, RevealedButton, Switch
from studio.qt.recipe.form import (
    ParamField,
    ProbabilityField,
    build_field,
    title_of,
    translated,
)
from studio.qt.recipe.labels import NoteLabel
from studio.qt.session import Session
from studio.qt.theme import icon

STEP_MIME = "application/x-augmentation-studio-step"
_PROBABILITY = PROBABILITY.name


class StepCard(QFrame):
    """Shows one step of the session's recipe, and edits it through the session."""

    move_requested = Signal(str, int)
    """The step's id, and by how many places it is to move."""

    remove_requested = Signal(str)
    duplicate_requested = Signal(str)

    def __init__(self, session: Session, step: Step, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._step = step
        self._title = translated(step.operation.title)
        self.setObjectName(f"step.{step.id}")
        self.setAccessibleName(self._title)
        self.setProperty("role", "card")
        header = self._build_header()
        self._body = QWidget(self)
        self._fields = self._build_fields()
        self._lay_out(header)
        self._build_actions()
        self.show_step(step)

    @property
    def step(self) -> Step:
        return self._step

    def show_step(self, step: Step) -> None:
        """Show the step's settings, without a signal."""
        self._step = step
        for name, field in self._fields.items():
            is_probability = name == _PROBABILITY
            field.show_setting((step.probability,) * 2 if is_probability else step.params[name])
        self._switch.setChecked(step.enabled)
        self._name.setEnabled(step.enabled)
        self._body.setEnabled(step.enabled)
        if not step.enabled:
            self._clear_drawn()
            self._show_state("")

    def show_plan(self, plan: Plan | None) -> None:
        """Show what the current draw took, or that the step does not happen in it."""
        planned = plan.step(self._step.id) if plan else None
        is_left_out = plan is not None and planned is None and self._step.enabled
        self._show_state(self.tr("not in this draw") if is_left_out else "")
        if planned is None or planned.op != self._step.op or not self._step.enabled:
            self._clear_drawn()
            return
        for name, field in self._fields.items():
            field.show_drawn(planned.values.get(name))

    def show_place(self, index: int, count: int) -> None:
        """Offer the moves that a step at this place of the recipe has."""
        self._up.setEnabled(index > 0)
        self._down.setEnabled(index < count - 1)

    def focus_chain(self) -> list[QWidget]:
        """Return the controls that Tab goes through, in order."""
        return [
            child
            for child in self.findChildren(QWidget)
            if child.focusPolicy() & Qt.FocusPolicy.TabFocus and child.focusProxy() is None
        ]

    def take_focus(self) -> None:
        """Give the focus to the card's grip."""
        self._grip.setFocus(Qt.FocusReason.OtherFocusReason)

    # Building

    def _build_header(self) -> QHBoxLayout:
        path = self.objectName()
        self._grip = Grip(self)
        self._grip.dragged.connect(self._drag)
        _set_up(self._grip, f"{path}.grip", self.tr("Drag to reorder, or press Alt+Up, Alt+Down"))
        self._grip.setAccessibleName(self.tr("{step}: move").format(step=self._title))
        self._name = QLabel(self._title, self)
        self._name.setProperty("role", "title")
        self._name.setToolTip(translated(self._step.operation.help))
        self._state = NoteLabel(self)
        self._state.setObjectName(f"{path}.state")
        self._remove = RevealedButton(self)
        self._remove.setIcon(icon("remove"))
        _set_up(self._remove, f"{path}.remove", self.tr("Remove this step"))
        self._remove.setAccessibleName(self.tr("{step}: remove").format(step=self._title))
        self._remove.clicked.connect(self._ask_removal)
        self._switch = Switch(self)
        _set_up(self._switch, f"{path}.enabled", self.tr("Switch this step on or off"))
        self._switch.setAccessibleName(self.tr("{step}: on").format(step=self._title))
        self._switch.clicked.connect(self._set_enabled)
        self._chevron = QToolButton(self)
        _set_up(self._chevron, f"{path}.open", self.tr("Show or hide the parameters"))
        self._chevron.setAccessibleName(self.tr("{step}: parameters").format(step=self._title))
        self._chevron.clicked.connect(self._fold)
        return self._lay_out_header()

    def _lay_out_header(self) -> QHBoxLayout:
        header = QHBoxLayout()
        header.setContentsMargins(0, 0, 0, 0)
        header.setSpacing(2)
        header.addWidget(self._grip)
        header.addWidget(self._name)
        header.addSpacing(2)
        header.addWidget(self._state)
        header.addStretch(1)
        for control in (self._remove, self._switch, self._chevron):
            header.addWidget(control)
        return header

    def _build_fields(self) -> dict[str, ParamField]:
        fields: dict[str, ParamField] = {}
        for param in self._step.operation.params:
            path = f"{self.objectName()}.{param.name}"
            spoken = f"{self._title}: {title_of(param).lower()}"
            fields[param.name] = build_field(param, path, spoken, self._body)
        spoken = f"{self._title}: {title_of(PROBABILITY).lower()}"
        path = f"{self.objectName()}.{_PROBABILITY}"
        fields[_PROBABILITY] = ProbabilityField(path, spoken, self._body)
        for name, field in fields.items():
            field.changed.connect(partial(self._set, name))
            field.held.connect(partial(self._hold, name))
            field.finished.connect(self._session.end_merge)
        return fields

    def _lay_out(self, header: QHBoxLayout) -> None:
        body = QVBoxLayout(self._body)
        body.setContentsMargins(6, 0, 6, 4)
        body.setSpacing(6)
        for field in self._fields.values():
            body.addWidget(field)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(4, 4, 4, 4)
        layout.setSpacing(4)
        layout.addLayout(header)
        layout.addWidget(self._body)
        self._unfold(True)

    def _build_actions(self) -> None:
        self._up = self._action(self.tr("Move up"), partial(self._move, -1), "Alt+Up")
        self._down = self._action(self.tr("Move down"), partial(self._move, 1), "Alt+Down")
        self._copy = self._action(self.tr("Duplicate"), self._ask_duplicate)
        self._reset = self._action(self.tr("Reset to defaults"), self._reset_all)
        self._removal = QAction(self.tr("Remove"), self)
        self._removal.setShortcut(QKeySequence(Qt.Key.Key_Delete))
        self._removal.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        self._removal.triggered.connect(self._ask_removal)
        self._grip.addAction(self._removal)

    def _action(self, text: str, slot: object, keys: str = "") -> QAction:
        action = QAction(text, self)
        action.setShortcut(QKeySequence(keys))
        action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        action.triggered.connect(slot)
        self.addAction(action)
        return action

    # Edits

    def _edit(self, step: Step, text: str, merge: str = "") -> None:
        self._session.edit(self._session.recipe.with_step(step), text, merge=merge)

    def _set(self, name: str, setting: Setting) -> None:
        merge = f"{self._step.id}.{name}"
        parameter = title_of(self._fields[name].param).lower()
        text = self._text(self.tr("Change {step} {parameter}"), parameter)
        if name == _PROBABILITY:
            self._edit(replace(self._step, probability=float(setting[0])), text, merge)
        else:
            self._edit(self._step.with_param(name, setting), text, merge)

    def _hold(self, name: str, value: float | None) -> None:
        self._session.hold(None if value is None else Held(self._step.id, name, value))

    def _set_enabled(self, enabled: bool) -> None:
        text = self.tr("Switch on {step}") if enabled else self.tr("Switch off {step}")
        self._edit(replace(self._step, enabled=enabled), self._text(text))

    def _reset_all(self) -> None:
        defaults = self._step.operation.defaults()
        step = replace(self._step, params=defaults, probability=float(PROBABILITY.default[0]))
        self._edit(step, self._text(self.tr("Reset {step}")))

    def _text(self, text: str, parameter: str = "") -> str:
        return text.format(step=self._title.lower(), parameter=parameter)

    def _move(self, places: int) -> None:
        self.move_requested.emit(self._step.id, places)

    def _ask_removal(self) -> None:
        self.remove_requested.emit(self._step.id)

    def _ask_duplicate(self) -> None:
        self.duplicate_requested.emit(self._step.id)

    # Showing

    def _show_state(self, text: str) -> None:
        self._state.setText(text)
        self._state.setToolTip(text)

    def _clear_drawn(self) -> None:
        for field in self._fields.values():
            field.show_drawn(None)

    def _fold(self) -> None:
        self._unfold(self._body.isHidden())

    def _unfold(self, is_open: bool) -> None:
        self._chevron.setIcon(icon("chevron-down" if is_open else "chevron-right", "muted"))
        self._body.setVisible(is_open)

    def _drag(self, spot: QPoint) -> None:
        data = QMimeData()
        data.setData(STEP_MIME, self._step.id.encode())
        drag = QDrag(self)
        drag.setMimeData(data)
        drag.setPixmap(self.grab())
        drag.setHotSpot(self._grip.mapTo(self, spot))
        drag.exec(Qt.DropAction.MoveAction)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        field = self._field_at(event)
        if field is not None and field.isEnabled():
            text = self.tr("Reset {parameter}").format(parameter=title_of(field.param).lower())
            menu.addAction(text).triggered.connect(field.reset)
            menu.addSeparator()
        menu.addActions([self._up, self._down, self._copy, self._reset])
        menu.addSeparator()
        menu.addAction(self._removal)
        menu.popup(event.globalPos())

    def _field_at(self, event: QContextMenuEvent) -> ParamField | None:
        by_key = event.reason() == QContextMenuEvent.Reason.Keyboard
        widget = QApplication.focusWidget() if by_key else self.childAt(event.pos())
        while widget is not None and not isinstance(widget, ParamField):
            widget = widget.parentWidget()
        return widget

    def enterEvent(self, event: QEnterEvent) -> None:
        self._remove.reveal(True)
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        self._remove.reveal(False)
        super().leaveEvent(event)


def _set_up(control: QAbstractButton, name: str, tooltip: str) -> None:
    control.setObjectName(name)
    control.setToolTip(tooltip)
    control.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    if isinstance(control, QToolButton):
        control.setProperty("role", "flat")
        control.setIconSize(QSize(12, 12))
        control.setFixedSize(22, 22)
