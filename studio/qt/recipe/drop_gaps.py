"""Between which cards a dragged one can be dropped, and the line that shows it."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from studio.augment.recipe import Place, Recipe
from studio.qt.recipe.step_card import StepCard
from studio.qt.theme import tokens

_ABOVE = 5
_BELOW = 3
_THICKNESS = 2


class Gap(NamedTuple):
    """A place that a card can be put to, before what is there now, and its line on the list."""

    place: Place
    line: QRect


def nearest_gap(
    recipe: Recipe, cards: Mapping[str, StepCard], dragged: str, y: int, surface: QWidget
) -> Gap:
    """Return the gap nearest to a height on `surface`, of those where the dragged step may be."""
    gaps = _gaps(recipe, cards, recipe.step(dragged).is_group, surface)
    return min(gaps, key=lambda gap: abs(gap.line.center().y() - y))


def _gaps(
    recipe: Recipe, cards: Mapping[str, StepCard], is_group: bool, surface: QWidget
) -> Iterator[Gap]:
    ids = [step.id for step in recipe.steps]
    yield from _gaps_of([cards[id] for id in ids], None, surface)
    for step in recipe.steps:
        inside = cards[step.id].inside
        if inside is None or is_group or not cards[step.id].is_open():
            continue
        yield from _gaps_of([cards[child.id] for child in step.steps], step.id, surface)
        if not step.steps:
            empty = inside.empty_place()
            corner = inside.mapTo(surface, empty.center())
            left = inside.mapTo(surface, empty.topLeft()).x()
            line = QRect(left, corner.y(), inside.width() - empty.left(), _THICKNESS)
            yield Gap(Place(step.id, 0), line)


def _gaps_of(cards: list[StepCard], group: str | None, surface: QWidget) -> Iterator[Gap]:
    for index, card in enumerate(cards):
        corner = card.mapTo(surface, QPoint(0, -_ABOVE))
        yield Gap(Place(group, index), _line(corner, card))
    if cards:
        corner = cards[-1].mapTo(surface, QPoint(0, cards[-1].height() + _BELOW))
        yield Gap(Place(group, len(cards)), _line(corner, cards[-1]))


def _line(corner: QPoint, card: StepCard) -> QRect:
    return QRect(corner.x(), max(0, corner.y()), card.width(), _THICKNESS)


class DropLine(QWidget):
    """Shows over the cards where a dragged one would go."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("recipe.list.gap")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def show_at(self, line: QRect) -> None:
        """Show the line at a place of the parent."""
        self.setGeometry(line)
        self.raise_()
        self.show()

    def paintEvent(self, event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), tokens().accent)
