"""The cards of the steps, in order, which can be dragged into another one."""

from itertools import pairwise

from PySide6.QtCore import QMimeData, Signal
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from studio.augment.plan import Plan
from studio.augment.recipe import MOST_STEPS, Place, Recipe
from studio.qt.recipe.drop_gaps import DropLine, nearest_gap
from studio.qt.recipe.form import translated
from studio.qt.recipe.group_inside import GroupInside
from studio.qt.recipe.places import all_places, place_beside, place_of_gap, with_duplicate
from studio.qt.recipe.step_card import STEP_MIME, StepCard
from studio.qt.session import Session

_PADDING = 12
_GAP = 8


class StepList(QWidget):
    """The cards in the recipe's order, those of a group's steps inside the group's card.

    A card that is dropped between others moves its step. `before` is the control after which Tab
    comes to the cards.
    """

    moved_near = Signal(int)
    """A card is dragged over this y."""

    card_moved = Signal(str)
    """The step of this id has another place now."""

    add_requested = Signal(str)
    """A step is to be added to the group of this id."""

    emptied = Signal()
    """The last card is gone, and the focus with it."""

    def __init__(self, session: Session, before: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._before = before
        self._cards: dict[str, StepCard] = {}
        self._places: dict[str, Place] = {}
        self.setObjectName("recipe.list")
        self.setAcceptDrops(True)
        self._column = QVBoxLayout(self)
        self._column.setSpacing(_GAP)
        self._column.addStretch(1)
        self._drop_line = DropLine(self)
        self.make_room(0)
        session.recipe_changed.connect(self.show_recipe)

    def make_room(self, width: int) -> None:
        """Let a scroll bar of this width take a part of the right padding."""
        self._column.setContentsMargins(_PADDING, 4, _PADDING - width, _PADDING)

    def ids(self) -> list[str]:
        """Return the ids of the steps that have a card, each group before the steps inside it."""
        return list(self._cards)

    def card(self, id: str) -> StepCard:
        """Return the card of a step; KeyError if there is none."""
        return self._cards[id]

    def show_recipe(self, recipe: Recipe) -> None:
        """Give every step its card, in order; a step keeps the card that it has."""
        before, focused, focus = self.ids(), self._focused_card(), self.window().focusWidget()
        cards: dict[str, StepCard] = {}
        for step in recipe.all_steps():
            card = self._cards.get(step.id)
            if card is None or card.step.op != step.op:
                card = self._build_card(recipe, step.id)
            elif card.step is not step:
                card.show_step(step)
            cards[step.id] = card
        gone = [card for id, card in self._cards.items() if cards.get(id) is not card]
        is_new = len(gone) > 0 or len(cards) != len(before)
        self._cards = cards
        places = all_places(recipe)
        if is_new or places != self._places:
            self._arrange(recipe, places)
        for card in gone:
            _drop(card)
        self._keep_focus(before, focused, focus)

    def show_plan(self, plan: Plan | None) -> None:
        """Show the plan on every card."""
        for card in self._cards.values():
            card.show_plan(plan)

    def _build_card(self, recipe: Recipe, id: str) -> StepCard:
        card = StepCard(self._session, recipe.step(id), self)
        card.move_requested.connect(self._move)
        card.remove_requested.connect(self._remove)
        card.duplicate_requested.connect(self._duplicate)
        card.add_requested.connect(self.add_requested)
        return card

    def _arrange(self, recipe: Recipe, places: dict[str, Place]) -> None:
        for id, card in self._cards.items():
            group, position = places[id]
            column = self._column if group is None else self._inside_column(group)
            if column.indexOf(card) != position:
                self._column_around(card).removeWidget(card)
                column.insertWidget(position, card)
                card.show()
            if group is not None and self._places.get(id, places[id]).group != group:
                self._cards[group].unfold()
            card.show_place(recipe)
        self._places = places
        self._order_tabs(recipe)

    def _inside_column(self, group: str) -> QVBoxLayout:
        inside = self._cards[group].inside
        assert inside is not None
        return inside.column

    def _column_around(self, card: StepCard) -> QVBoxLayout:
        parent = card.parentWidget()
        return parent.column if isinstance(parent, GroupInside) else self._column

    def _order_tabs(self, recipe: Recipe) -> None:
        chain: list[QWidget] = [self._before]
        for step in recipe.steps:
            card = self._cards[step.id]
            chain += card.focus_chain()
            for child in step.steps:
                chain += self._cards[child.id].focus_chain()
            if card.inside is not None:
                chain.append(card.inside.add)
        for earlier, later in pairwise(chain):
            QWidget.setTabOrder(earlier, later)

    # Focus

    def _focused_card(self) -> str | None:
        focus = self.window().focusWidget()
        # The last one: a group's card comes before those inside it.
        has_focus = (id for id, card in self._cards.items() if focus and card.isAncestorOf(focus))
        return next(reversed([*has_focus]), None)

    def _keep_focus(self, before: list[str], focused: str | None, focus: QWidget | None) -> None:
        if focused is None:
            return
        if focused not in self._cards:
            self._pass_focus(before.index(focused))
        elif focus is not None and focus is not self.window().focusWidget():
            # A card that goes into a group or out of it has another parent, and Qt lets go of it.
            focus.setFocus()

    def _pass_focus(self, index: int) -> None:
        # Qt would give it to whatever is first in the window.
        if cards := list(self._cards.values()):
            cards[min(index, len(cards) - 1)].take_focus()
        else:
            self.emptied.emit()

    # Edits

    def _move(self, id: str, direction: int) -> None:
        place = place_beside(self._session.recipe, id, direction)
        if place is not None:
            self._move_to(id, place)

    def _move_to(self, id: str, place: Place) -> None:
        recipe = self._session.recipe
        if place != recipe.place(id):
            moved = recipe.with_moved(id, place.position, place.group)
            self._edit(moved, self.tr("Move {step}"), id)
            self.card_moved.emit(id)

    def _remove(self, id: str) -> None:
        self._edit(self._session.recipe.without(id), self.tr("Remove {step}"), id)

    def _duplicate(self, id: str) -> None:
        recipe, copy = with_duplicate(self._session.recipe, id)
        if sum(1 for _ in recipe.all_steps()) <= MOST_STEPS:
            self._edit(recipe, self.tr("Duplicate {step}"), id)
            self.card_moved.emit(copy)

    def _edit(self, recipe: Recipe, text: str, id: str) -> None:
        title = translated(self._cards[id].step.operation.title).lower()
        self._session.edit(recipe, text.format(step=title))

    # Drag and drop

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if self._dragged(event.mimeData()) is not None:
            event.acceptProposedAction()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        id, y = self._dragged(event.mimeData()), event.position().toPoint().y()
        if id is not None:
            self._drop_line.show_at(
                nearest_gap(self._session.recipe, self._cards, id, y, self).line
            )
        self.moved_near.emit(y)
        event.acceptProposedAction()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self._drop_line.hide()

    def dropEvent(self, event: QDropEvent) -> None:
        self._drop_line.hide()
        id, y = self._dragged(event.mimeData()), event.position().toPoint().y()
        if id is not None:
            recipe = self._session.recipe
            gap = nearest_gap(recipe, self._cards, id, y, self)
            self._move_to(id, place_of_gap(recipe, id, gap.place))
            event.acceptProposedAction()

    def _dragged(self, data: QMimeData) -> str | None:
        id = bytes(data.data(STEP_MIME).data()).decode("utf-8", "replace")
        return id if id in self._cards else None


def _drop(card: StepCard) -> None:
    card.hide()
    card.setParent(None)
    card.deleteLater()
