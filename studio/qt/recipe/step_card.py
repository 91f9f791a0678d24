"""The card of one step: its switch, its parameters, and where it can be moved by."""

from functools import partial

from msgspec.structs import replace
from PySide6.QtCore import QEvent, QMimeData, QPoint, Qt, Signal
from PySide6.QtGui import (
    QAction,
    QContextMenuEvent,
    QDrag,
    QEnterEvent,
    QKeySequence,
)
from PySide6.QtWidgets import QApplication, QFrame, QMenu, QVBoxLayout, QWidget

from studio.augment.operation import Setting
from studio.augment.plan import Held, Plan
from studio.augment.recipe import PROBABILITY, Recipe, Step
from studio.qt.recipe.card_head import CardHead
from studio.qt.recipe.drawn import describe_draw
from studio.qt.recipe.form import ParamField, ProbabilityField, build_field, title_of, translated
from studio.qt.recipe.group_inside import GroupInside
from studio.qt.recipe.places import has_room, place_beside
from studio.qt.session import Session

STEP_MIME = "application/x-augmentation-studio-step"
_PROBABILITY = PROBABILITY.name


class StepCard(QFrame):
    """Shows one step of the session's recipe, and edits it through the session.

    A group's card has `inside` for the cards of its steps.
    """

    move_requested = Signal(str, int)
    """The step's id, and -1 to move it up or 1 to move it down."""

    remove_requested = Signal(str)
    duplicate_requested = Signal(str)

    add_requested = Signal(str)
    """A step is to be added to the group of this id."""

    def __init__(self, session: Session, step: Step, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._step = step
        self._title = translated(step.operation.title)
        path = f"step.{step.id}"
        self.setObjectName(path)
        self.setAccessibleName(self._title)
        self.setProperty("role", "card")
        # Without the cards inside a group, for which the shortcuts of the group's are not.
        self._own = QWidget(self)
        self._head = CardHead(path, self._title, translated(step.operation.help), self._own)
        self._body = QWidget(self._own)
        self._fields = self._build_fields()
        self.inside = GroupInside(path, self._title, self) if step.is_group else None
        self._connect_head()
        self._lay_out()
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
        self._head.show_state(is_enabled=step.enabled)
        self._body.setEnabled(step.enabled)
        if self.inside is not None:
            self.inside.show_count(len(step.steps))
        if not step.enabled:
            self._clear_drawn()
            self._head.show_note("")

    def show_plan(self, plan: Plan | None) -> None:
        """Show what the current draw took, or that the step does not happen in it."""
        is_shown = plan is not None and self._step.enabled
        self._head.show_note(describe_draw(self._step, plan) if plan and is_shown else "")
        planned = plan.step(self._step.id) if plan else None
        if planned is None or planned.op != self._step.op or not is_shown:
            self._clear_drawn()
            return
        for name, field in self._fields.items():
            field.show_drawn(planned.values.get(name))

    def show_place(self, recipe: Recipe) -> None:
        """Offer the moves that the step has in this recipe, and the weight it has in a group."""
        self._up.setEnabled(place_beside(recipe, self._step.id, -1) is not None)
        self._down.setEnabled(place_beside(recipe, self._step.id, 1) is not None)
        self._probability.show_as_weight(recipe.place(self._step.id).group is not None)
        if self.inside is not None:
            self.inside.add.setEnabled(has_room(recipe))

    def focus_chain(self) -> list[QWidget]:
        """Return the controls that Tab goes through, in order, without those inside a group."""
        return [
            child
            for child in self._own.findChildren(QWidget)
            if child.focusPolicy() & Qt.FocusPolicy.TabFocus and child.focusProxy() is None
        ]

    def take_focus(self) -> None:
        """Give the focus to the card's grip."""
        self._head.grip.setFocus(Qt.FocusReason.OtherFocusReason)

    def is_open(self) -> bool:
        """Whether the parameters are seen, and what is inside a group."""
        return not self._body.isHidden()

    def unfold(self, is_open: bool = True) -> None:
        """Show or hide the parameters, and what is inside a group."""
        self._head.show_open(is_open)
        self._body.setVisible(is_open)
        if self.inside is not None:
            self.inside.setVisible(is_open)

    # Building

    def _connect_head(self) -> None:
        self._head.grip.dragged.connect(self._drag)
        self._head.remove.clicked.connect(self._ask_removal)
        self._head.switch.clicked.connect(self._set_enabled)
        self._head.chevron.clicked.connect(self._fold)
        if self.inside is not None:
            self.inside.add.clicked.connect(self._ask_addition)

    def _build_fields(self) -> dict[str, ParamField]:
        fields: dict[str, ParamField] = {}
        for param in self._step.operation.params:
            path = f"{self.objectName()}.{param.name}"
            spoken = f"{self._title}: {title_of(param).lower()}"
            fields[param.name] = build_field(param, path, spoken, self._body)
        path = f"{self.objectName()}.{_PROBABILITY}"
        self._probability = ProbabilityField(path, self._title, self._body)
        fields[_PROBABILITY] = self._probability
        for name, field in fields.items():
            field.changed.connect(partial(self._set, name))
            field.held.connect(partial(self._hold, name))
            field.finished.connect(self._session.end_merge)
        return fields

    def _lay_out(self) -> None:
        body = QVBoxLayout(self._body)
        body.setContentsMargins(6, 0, 6, 4)
        body.setSpacing(6)
        for field in self._fields.values():
            body.addWidget(field)
        own = QVBoxLayout(self._own)
        own.setContentsMargins(0, 0, 0, 0)
        own.setSpacing(4)
        own.addWidget(self._head)
        own.addWidget(self._body)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(4, 4, 4, 4)
        layout.setSpacing(4)
        layout.addWidget(self._own)
        if self.inside is not None:
            layout.addWidget(self.inside)
        self.unfold()

    def _build_actions(self) -> None:
        self._up = self._action(self.tr("Move up"), partial(self._move, -1), "Alt+Up")
        self._down = self._action(self.tr("Move down"), partial(self._move, 1), "Alt+Down")
        self._copy = self._action(self.tr("Duplicate"), self._ask_duplicate)
        self._reset = self._action(self.tr("Reset to defaults"), self._reset_all)
        self._removal = QAction(self.tr("Remove"), self)
        self._removal.setShortcut(QKeySequence(Qt.Key.Key_Delete))
        self._removal.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        self._removal.triggered.connect(self._ask_removal)
        self._head.grip.addAction(self._removal)

    def _action(self, text: str, slot: object, keys: str = "") -> QAction:
        action = QAction(text, self)
        action.setShortcut(QKeySequence(keys))
        action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        action.triggered.connect(slot)
        self._own.addAction(action)
        return action

    # Edits

    def _edit(self, step: Step, text: str, merge: str = "") -> None:
        self._session.edit(self._session.recipe.with_step(step), text, merge=merge)

    def _set(self, name: str, setting: Setting) -> None:
        merge = f"{self._step.id}.{name}"
        parameter = self._fields[name].title.lower()
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

    def _move(self, direction: int) -> None:
        self.move_requested.emit(self._step.id, direction)

    def _ask_removal(self) -> None:
        self.remove_requested.emit(self._step.id)

    def _ask_duplicate(self) -> None:
        self.duplicate_requested.emit(self._step.id)

    def _ask_addition(self) -> None:
        self.add_requested.emit(self._step.id)

    # Showing

    def _clear_drawn(self) -> None:
        for field in self._fields.values():
            field.show_drawn(None)

    def _fold(self) -> None:
        self.unfold(not self.is_open())

    def _drag(self, spot: QPoint) -> None:
        data = QMimeData()
        data.setData(STEP_MIME, self._step.id.encode())
        drag = QDrag(self)
        drag.setMimeData(data)
        drag.setPixmap(self.grab())
        drag.setHotSpot(self._head.grip.mapTo(self, spot))
        drag.exec(Qt.DropAction.MoveAction)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        field = self._field_at(event)
        if field is not None and field.isEnabled():
            text = self.tr("Reset {parameter}").format(parameter=field.title.lower())
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
        self._head.remove.reveal(True)
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        self._head.remove.reveal(False)
        super().leaveEvent(event)
