"""The cards of the steps, in order, which can be dragged into another one."""

from msgspec.structs import replace
from PySide6.QtCore import QMimeData, QRect, Signal
from PySide6.QtGui import (
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import (
    QVBoxLayout,
    QWidget,
)

from studio.augment.plan import Plan
from studio.augment.recipe import MOST_STEPS, Recipe
from studio.qt.recipe.form import translated
from studio.qt.recipe.step_card import STEP_MIME, StepCard
from studio.qt.session import Session
from studio.qt.theme import tokens

_PADDING = 12
_GAP = 8


class StepList(QWidget):
    """The cards in the recipe's order; a card that is dropped between others moves its step.

    `before` is the control after which Tab comes to the cards.
    """

    moved_near = Signal(int)
    """A card is dragged over this y."""

    card_moved = Signal(str)
    """The step of this id has another place now."""

    emptied = Signal()
    """The last card is gone, and the focus with it."""

    def __init__(self, session: Session, before: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._before = before
        self._cards: dict[str, StepCard] = {}
        self._gap: int | None = None
        self.setObjectName("recipe.list")
        self.setAcceptDrops(True)
        self._column = QVBoxLayout(self)
        self._column.setSpacing(_GAP)
        self._column.addStretch(1)
        self.make_room(0)
        session.recipe_changed.connect(self.show_recipe)

    def make_room(self, width: int) -> None:
        """Let a scroll bar of this width take a part of the right padding."""
        self._column.setContentsMargins(_PADDING, 4, _PADDING - width, _PADDING)

    def ids(self) -> list[str]:
        """Return the ids of the steps that have a card, in the recipe's order."""
        return list(self._cards)

    def card(self, id: str) -> StepCard:
        """Return the card of a step; KeyError if there is none."""
        return self._cards[id]

    def show_recipe(self, recipe: Recipe) -> None:
        """Give every step its card, in order; a step keeps the card that it has."""
        before, focused = self.ids(), self._focused_card()
        for id, card in list(self._cards.items()):
            if not any(step.id == id and step.op == card.step.op for step in recipe.steps):
                self._drop_card(id)
        cards: dict[str, StepCard] = {}
        for index, step in enumerate(recipe.steps):
            card = self._cards.get(step.id) or self._build_card(recipe, step.id)
            if card.step is not step:
                card.show_step(step)
            card.show_place(index, len(recipe.steps))
            cards[step.id] = card
        self._cards = cards
        if self.ids() != before:
            self._order()
        if focused is not None and focused not in cards:
            self._pass_focus(before.index(focused))

    def show_plan(self, plan: Plan | None) -> None:
        """Show the plan on every card."""
        for card in self._cards.values():
            card.show_plan(plan)

    def _build_card(self, recipe: Recipe, id: str) -> StepCard:
        card = StepCard(self._session, recipe.step(id), self)
        card.move_requested.connect(self._move)
        card.remove_requested.connect(self._remove)
        card.duplicate_requested.connect(self._duplicate)
        return card

    def _focused_card(self) -> str | None:
        focus = self.window().focusWidget()
        has_focus = (id for id, card in self._cards.items() if focus and card.isAncestorOf(focus))
        return next(has_focus, None)

    def _pass_focus(self, index: int) -> None:
        # Qt would give it to whatever is first in the window.
        if cards := list(self._cards.values()):
            cards[min(index, len(cards) - 1)].take_focus()
        else:
            self.emptied.emit()

    def _drop_card(self, id: str) -> None:
        card = self._cards.pop(id)
        card.hide()
        card.setParent(None)
        card.deleteLater()

    def _order(self) -> None:
        last = self._before
        for index, card in enumerate(self._cards.values()):
            if self._column.indexOf(card) != index:
                self._column.removeWidget(card)
                self._column.insertWidget(index, card)
            for control in card.focus_chain():
                QWidget.setTabOrder(last, control)
                last = control

    # Edits

    def _move(self, id: str, places: int) -> None:
        recipe = self._session.recipe
        to = recipe.place(id).position + places
        if 0 <= to < len(recipe.steps):
            self._edit(recipe.with_moved(id, to), self.tr("Move {step}"), id)
            self.card_moved.emit(id)

    def _remove(self, id: str) -> None:
        self._edit(self._session.recipe.without(id), self.tr("Remove {step}"), id)

    def _duplicate(self, id: str) -> None:
        recipe = self._session.recipe
        if len(recipe.steps) >= MOST_STEPS:
            return
        step = recipe.step(id)
        recipe = recipe.with_added(step.op)
        copy = replace(step, id=recipe.steps[-1].id)
        recipe = recipe.with_step(copy).with_moved(copy.id, recipe.place(id).position + 1)
        self._edit(recipe, self.tr("Duplicate {step}"), id)
        self.card_moved.emit(copy.id)

    def _edit(self, recipe: Recipe, text: str, id: str) -> None:
        title = translated(self._cards[id].step.operation.title).lower()
        self._session.edit(recipe, text.format(step=title))

    # Drag and drop

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if self._dragged(event.mimeData()) is not None:
            event.acceptProposedAction()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        y = event.position().toPoint().y()
        self._show_gap(self._gap_at(y))
        self.moved_near.emit(y)
        event.acceptProposedAction()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self._show_gap(None)

    def dropEvent(self, event: QDropEvent) -> None:
        id = self._dragged(event.mimeData())
        gap = self._gap_at(event.position().toPoint().y())
        self._show_gap(None)
        if id is not None:
            index = self.ids().index(id)
            self._move(id, gap - index - (gap > index))
            event.acceptProposedAction()

    def _dragged(self, data: QMimeData) -> str | None:
        id = bytes(data.data(STEP_MIME).data()).decode("utf-8", "replace")
        return id if id in self._cards else None

    def _gap_at(self, y: int) -> int:
        return sum(y > card.geometry().center().y() for card in self._cards.values())

    def _show_gap(self, gap: int | None) -> None:
        if gap != self._gap:
            self._gap = gap
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._gap is None or not self._cards:
            return
        cards = list(self._cards.values())
        below = self._gap < len(cards)
        y = cards[self._gap].y() - 5 if below else cards[-1].geometry().bottom() + 4
        line = QRect(cards[0].x(), max(0, y), cards[0].width(), 2)
        QPainter(self).fillRect(line, tokens().accent)
