"""The recipe's pane by itself, driven as a person does."""

from typing import Any

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import QContextMenuEvent, QDropEvent, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QLabel,
    QMainWindow,
    QMenu,
    QSlider,
    QWidget,
)
from pytestqt.qtbot import QtBot

from studio.augment.recipe import Recipe
from studio.qt.recipe.group_inside import GroupInside
from studio.qt.recipe.number_field import NumberField
from studio.qt.recipe.range_field import RangeSlider
from studio.qt.recipe.step_card import STEP_MIME, StepCard
from studio.qt.recipe.step_list import StepList
from studio.qt.recipe.view import RecipeView
from studio.qt.session import Session

LEFT = Qt.MouseButton.LeftButton


class Pane:
    """The recipe's pane in a window that has the commands Undo and Redo."""

    def __init__(self, qtbot: QtBot) -> None:
        self.session = Session()
        self.view = RecipeView(self.session)
        self.window = QMainWindow()
        self.window.setCentralWidget(self.view)
        for name, key in (("undo", "Ctrl+Z"), ("redo", "Ctrl+Y")):
            action = getattr(self.session.history, f"create{name.capitalize()}Action")(self.window)
            action.setShortcut(QKeySequence(key))
            self.window.addAction(action)
        qtbot.addWidget(self.window)
        self.window.resize(340, 760)
        with qtbot.waitActive(self.window):
            self.window.show()

    @property
    def recipe(self) -> Recipe:
        return self.session.recipe

    def find(self, kind: type[QWidget], name: str) -> Any:
        found = self.view.findChild(kind, name)
        assert found is not None, name
        return found

    def card(self, id: str) -> StepCard:
        card = self.find(StepCard, f"step.{id}")
        assert isinstance(card, StepCard)
        return card

    def click(self, name: str) -> None:
        QTest.mouseClick(self.find(QAbstractButton, name), LEFT)

    def shown_ids(self) -> list[str]:
        """Return the ids of the cards from top to bottom, as they stand on the screen."""
        QApplication.sendPostedEvents()
        steps = self.find(StepList, "recipe.list")
        for widget in (steps, *steps.findChildren(GroupInside), *steps.findChildren(StepCard)):
            widget.layout().activate()
        cards = [card for card in steps.findChildren(StepCard) if not card.isHidden()]
        cards.sort(key=lambda card: card.mapTo(steps, QPoint()).y())
        return [card.step.id for card in cards]

    def ids(self) -> list[str]:
        return [step.id for step in self.recipe.all_steps()]

    def press_upper_handle(self, id: str, param: str) -> tuple[RangeSlider, QPoint]:
        slider = self.find(RangeSlider, f"step.{id}.{param}.slider")
        share = (slider.value()[1] - slider.minimum()) / (slider.maximum() - slider.minimum())
        spot = QPoint(round(7 + share * (slider.width() - 14)), slider.height() // 2)
        QTest.mousePress(slider, LEFT, pos=spot)
        return slider, spot

    def assert_cards_show_the_recipe(self) -> None:
        assert self.shown_ids() == self.ids()
        for step in self.recipe.all_steps():
            name = f"step.{step.id}"
            assert self.find(QAbstractButton, f"{name}.enabled").isChecked() == step.enabled
            share = self.find(QSlider, f"{name}.probability.slider").value() / 100
            assert share == pytest.approx(step.probability)
            for param, setting in step.params.items():
                if not isinstance(setting[0], str):
                    assert self.find(RangeSlider, f"{name}.{param}.slider").ends() == setting
                    ends = [
                        self.find(NumberField, f"{name}.{param}.{end}").value()
                        for end in ("low", "high")
                    ]
                    assert ends == pytest.approx(setting, abs=0.5)
                else:
                    chips = [
                        chip.objectName().rpartition(".")[2]
                        for chip in self.find(QWidget, f"{name}.{param}").findChildren(
                            QAbstractButton
                        )
                        if chip.isChecked()
                    ]
                    assert tuple(chips) == setting

    def open_menu(self, id: str, over: QWidget) -> QMenu:
        """Open the menu of a step's card with a right click over one of its controls."""
        card = self.card(id)
        spot = over.mapTo(card, over.rect().center())
        reason = QContextMenuEvent.Reason.Mouse
        QApplication.sendEvent(card, QContextMenuEvent(reason, spot, card.mapToGlobal(spot)))
        menu = QApplication.activePopupWidget()
        assert isinstance(menu, QMenu)
        return menu

    def drop(self, id: str, y: int) -> None:
        """Let go of a dragged card at a height of the list."""
        data = QMimeData()
        data.setData(STEP_MIME, id.encode())
        no_keys = Qt.KeyboardModifier.NoModifier
        event = QDropEvent(QPointF(50, y), Qt.DropAction.MoveAction, data, LEFT, no_keys)
        self.find(StepList, "recipe.list").dropEvent(event)

    def y_of(self, id: str) -> int:
        """Return where on the list a card begins."""
        self.shown_ids()
        return self.card(id).mapTo(self.find(StepList, "recipe.list"), QPoint()).y()


def choose(menu: QMenu, text: str) -> None:
    """Click on an entry of a menu."""
    action = next(action for action in menu.actions() if action.text() == text)
    QTest.mouseClick(menu, LEFT, pos=menu.actionGeometry(action).center())


def texts(widget: QWidget) -> list[str]:
    """Return what the visible labels say."""
    return [label.text() for label in widget.findChildren(QLabel) if label.isVisible()]
