from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import (
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QMouseEvent,
)
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QSlider,
    QWidget,
)
from pytestqt.qtbot import QtBot

from studio.augment.operation import Operation, all_operations
from studio.augment.plan import Held, draw
from studio.augment.recipe import MOST_STEPS, Recipe, starting_recipe
from studio.augment.recipe_file import dump_recipe, parse_recipe
from studio.qt.recipe.card_controls import Grip
from studio.qt.recipe.number_field import NumberField
from studio.qt.recipe.range_field import RangeSlider
from studio.qt.recipe.step_card import STEP_MIME
from studio.qt.recipe.step_list import StepList
from studio.qt.theme import tokens
from tests.qt.recipe_pane import LEFT, Pane, choose, texts

# The offscreen platform says of each popup that it cannot raise it or grab the keyboard.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


def test_it_starts_with_flip_rotate_scale_and_noise(pane: Pane) -> None:
    assert pane.shown_ids() == ["horizontal_flip", "rotate", "scale", "gaussian_noise"]
    pane.assert_cards_show_the_recipe()


@pytest.mark.parametrize("operation", all_operations(), ids=lambda operation: operation.name)
def test_every_operation_gets_a_card_that_can_be_reset_and_removed(
    pane: Pane, operation: Operation
) -> None:
    recipe = Recipe().with_added(operation.name)
    pane.session.edit(recipe, "add")
    pane.assert_cards_show_the_recipe()
    pane.click(f"step.{operation.name}.remove")
    assert pane.recipe.steps == ()
    pane.session.history.undo()
    pane.assert_cards_show_the_recipe()


def test_a_drag_edits_holds_and_is_undone_at_once(pane: Pane) -> None:
    before = pane.recipe
    held: list[Held | None] = []
    pane.session.held_changed.connect(held.append)
    slider, spot = pane.press_upper_handle("rotate", "angle")
    assert pane.session.held == Held("rotate", "angle", 20)
    for step in range(1, 9):
        QTest.mouseMove(slider, spot + QPoint(4 * step, 0))
        high: Any = slider.value()[1]
        assert pane.recipe.step("rotate").params["angle"] == (-20, high)
        assert pane.session.held == Held("rotate", "angle", high)
        plan = draw(pane.recipe, "a.jpg", 1, held=pane.session.held).step("rotate")
        assert plan is not None
        assert plan.values["angle"] == high
    QTest.mouseRelease(slider, LEFT)
    assert pane.session.held is None
    assert held[-1] is None
    assert pane.session.history.count() == 1
    assert pane.session.history.undoText() == "Change rotate angle"
    pane.session.history.undo()
    assert pane.recipe == before
    pane.assert_cards_show_the_recipe()


def test_two_drags_are_two_steps_of_the_history(pane: Pane) -> None:
    for _ in range(2):
        slider, spot = pane.press_upper_handle("rotate", "angle")
        QTest.mouseMove(slider, spot + QPoint(20, 0))
        QTest.mouseRelease(slider, LEFT)
    assert pane.session.history.count() == 2


def test_a_held_count_is_a_whole_number_in_the_plan(pane: Pane) -> None:
    pane.session.edit(Recipe().with_added("erase"), "add")
    slider, spot = pane.press_upper_handle("erase", "count")
    QTest.mouseMove(slider, spot + QPoint(50, 0))
    plan = draw(pane.recipe, "a.jpg", 1, held=pane.session.held).step("erase")
    assert plan is not None
    assert isinstance(plan.values["count"], int)
    QTest.mouseRelease(slider, LEFT)


def test_undo_in_the_middle_of_a_drag_leaves_card_and_recipe_alike(pane: Pane) -> None:
    slider, spot = pane.press_upper_handle("rotate", "angle")
    QTest.mouseMove(slider, spot + QPoint(30, 0))
    pane.session.history.undo()
    pane.assert_cards_show_the_recipe()
    QTest.mouseMove(slider, spot + QPoint(40, 0))
    pane.assert_cards_show_the_recipe()
    QTest.mouseRelease(slider, LEFT)
    pane.assert_cards_show_the_recipe()


def test_a_step_that_vanishes_under_the_mouse_is_let_go(pane: Pane) -> None:
    pane.session.edit(pane.recipe.with_added("shear"), "add")
    slider, spot = pane.press_upper_handle("shear", "x")
    QTest.mouseMove(slider, spot + QPoint(10, 0))
    assert pane.session.held is not None
    pane.session.history.setIndex(0)
    assert pane.session.held is None
    pane.assert_cards_show_the_recipe()


def test_the_card_outlives_edits_and_moves(pane: Pane) -> None:
    card = pane.card("scale")
    pane.session.edit(pane.recipe.with_moved("scale", 0), "move")
    step = pane.recipe.step("scale").with_param("factor", (0.5, 2.0))
    pane.session.edit(pane.recipe.with_step(step), "change")
    assert pane.card("scale") is card
    pane.assert_cards_show_the_recipe()


def test_typing_edits_at_once_and_is_one_step_of_the_history(pane: Pane) -> None:
    field = pane.find(NumberField, "step.rotate.angle.high")
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, "45.5")
    assert pane.recipe.step("rotate").params["angle"] == (-20, 45.5)
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert pane.session.history.count() == 1
    field.selectAll()
    QTest.keyClicks(field, "50")
    assert pane.session.history.count() == 2


def test_ctrl_z_in_a_field_undoes_the_recipe_not_the_text(pane: Pane) -> None:
    before = pane.recipe
    field = pane.find(NumberField, "step.rotate.angle.high")
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, "45")
    QTest.keyClick(field, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert pane.recipe == before
    assert field.value() == 20
    assert pane.session.history.index() == 0
    QTest.keyClick(field, Qt.Key.Key_Y, Qt.KeyboardModifier.ControlModifier)
    assert pane.recipe.step("rotate").params["angle"] == (-20, 45)
    pane.assert_cards_show_the_recipe()


def test_the_probability_is_dragged_without_holding_a_value(pane: Pane) -> None:
    slider = pane.find(QSlider, "step.rotate.probability.slider")
    QTest.mousePress(slider, LEFT, pos=QPoint(slider.width() - 7, slider.height() // 2))
    for x in (slider.width() * 3 // 4, slider.width() // 2):
        # Straight to the slider: QTest moves the cursor, which a tooltip may be in the way of.
        spot = QPointF(x, slider.height() // 2)
        kind, button = QEvent.Type.MouseMove, Qt.MouseButton.NoButton
        over, keys = slider.mapToGlobal(spot), Qt.KeyboardModifier.NoModifier
        QApplication.sendEvent(slider, QMouseEvent(kind, spot, over, button, LEFT, keys))
    assert pane.session.held is None
    assert pane.recipe.step("rotate").probability == slider.value() / 100 < 0.6
    QTest.mouseRelease(slider, LEFT)
    assert pane.session.history.count() == 1
    assert pane.session.history.undoText() == "Change rotate probability"


def test_switching_off_dims_the_body_and_can_be_undone(pane: Pane) -> None:
    pane.click("step.rotate.enabled")
    assert not pane.recipe.step("rotate").enabled
    assert not pane.find(RangeSlider, "step.rotate.angle.slider").isEnabled()
    assert pane.session.history.undoText() == "Switch off rotate"
    pane.session.history.undo()
    assert pane.find(RangeSlider, "step.rotate.angle.slider").isEnabled()
    pane.assert_cards_show_the_recipe()


def test_a_choice_is_edited_value_by_value(pane: Pane) -> None:
    pane.session.edit(Recipe().with_added("erase"), "add")
    pane.click("step.erase.fill.white")
    assert pane.recipe.step("erase").params["fill"] == ("noise", "white")
    pane.click("step.erase.fill.noise")
    pane.click("step.erase.fill.white")
    assert pane.recipe.step("erase").params["fill"] == ("white",)
    pane.assert_cards_show_the_recipe()
    pane.session.history.undo()
    pane.assert_cards_show_the_recipe()


def test_alt_and_arrows_move_the_step_that_has_the_focus(pane: Pane) -> None:
    slider = pane.find(RangeSlider, "step.rotate.angle.slider")
    slider.setFocus()
    alt = Qt.KeyboardModifier.AltModifier
    QTest.keyClick(slider, Qt.Key.Key_Down, alt)
    assert pane.shown_ids() == ["horizontal_flip", "scale", "rotate", "gaussian_noise"]
    assert pane.view.focusWidget() is slider
    assert pane.session.history.undoText() == "Move rotate"
    for _ in range(3):
        QTest.keyClick(slider, Qt.Key.Key_Up, alt)
    assert pane.shown_ids()[0] == "rotate"
    assert pane.session.history.count() == 3
    assert pane.recipe.step("rotate").params["angle"] == (-20, 20)
    pane.session.history.setIndex(0)
    pane.assert_cards_show_the_recipe()


def test_delete_on_a_grip_removes_and_the_next_card_takes_the_focus(pane: Pane) -> None:
    grip = pane.find(QAbstractButton, "step.rotate.grip")
    grip.setFocus()
    QTest.keyClick(grip, Qt.Key.Key_Delete)
    assert pane.shown_ids() == ["horizontal_flip", "scale", "gaussian_noise"]
    assert pane.session.history.undoText() == "Remove rotate"
    focused = pane.view.focusWidget()
    assert focused is not None
    assert focused.objectName() == "step.scale.grip"
    pane.session.history.undo()
    pane.assert_cards_show_the_recipe()


def test_with_the_last_card_removed_the_focus_is_where_a_step_is_added(pane: Pane) -> None:
    for id in pane.ids():
        grip = pane.find(QAbstractButton, f"step.{id}.grip")
        grip.setFocus()
        QTest.keyClick(grip, Qt.Key.Key_Delete)
    focused = pane.view.focusWidget()
    assert focused is not None
    assert focused.objectName() == "recipe.add_first"


def test_a_card_that_undo_takes_away_leaves_the_focus_to_the_one_before_it(pane: Pane) -> None:
    pane.session.edit(pane.recipe.with_added("erase"), "add")
    pane.find(QAbstractButton, "step.erase.grip").setFocus()
    pane.session.history.undo()
    focused = pane.view.focusWidget()
    assert focused is not None
    assert focused.objectName() == "step.gaussian_noise.grip"


def test_tab_goes_through_the_cards_in_the_recipes_order(pane: Pane) -> None:
    pane.session.edit(pane.recipe.with_added("shear").with_moved("shear", 0), "add")
    assert pane.shown_ids() == pane.ids()
    start = pane.find(QAbstractButton, "recipe.reroll")
    start.setFocus()
    seen: list[str] = []
    for _ in range(60):
        QTest.keyClick(pane.window.focusWidget(), Qt.Key.Key_Tab)
        name = pane.window.focusWidget().objectName()
        if name == "recipe.reroll":
            break
        if name.endswith(".grip"):
            seen.append(name.split(".")[1])
    assert seen == pane.ids()


@pytest.mark.parametrize(
    ("dragged", "above", "expected"),
    [
        ("gaussian_noise", "horizontal_flip", "gaussian_noise horizontal_flip rotate scale"),
        ("gaussian_noise", "scale", "horizontal_flip rotate gaussian_noise scale"),
        ("horizontal_flip", "scale", "rotate horizontal_flip scale gaussian_noise"),
        ("horizontal_flip", "", "rotate scale gaussian_noise horizontal_flip"),
        ("rotate", "rotate", "horizontal_flip rotate scale gaussian_noise"),
        ("rotate", "scale", "horizontal_flip rotate scale gaussian_noise"),
    ],
)
def test_a_card_is_dropped_between_others(
    pane: Pane, dragged: str, above: str, expected: str
) -> None:
    steps = pane.find(StepList, "recipe.list")
    assert pane.shown_ids() == pane.ids()
    y = pane.card(above).y() + 2 if above else steps.height() - 2
    data = QMimeData()
    data.setData(STEP_MIME, dragged.encode())
    no_keys = Qt.KeyboardModifier.NoModifier
    event = QDropEvent(QPointF(50, y), Qt.DropAction.MoveAction, data, LEFT, no_keys)
    steps.dropEvent(event)
    assert pane.ids() == expected.split()
    pane.assert_cards_show_the_recipe()


def test_a_line_shows_where_a_dragged_card_will_go(pane: Pane) -> None:
    steps = pane.find(StepList, "recipe.list")
    assert pane.shown_ids() == pane.ids()
    before = steps.grab().toImage()
    data = QMimeData()
    data.setData(STEP_MIME, b"rotate")
    spot = QPoint(50, pane.card("gaussian_noise").y() + 2)
    no_keys = Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(spot, Qt.DropAction.MoveAction, data, LEFT, no_keys)
    steps.dragEnterEvent(enter)
    assert enter.isAccepted()
    steps.dragMoveEvent(QDragMoveEvent(spot, Qt.DropAction.MoveAction, data, LEFT, no_keys))
    during = steps.grab().toImage()
    changed = [y for y in range(before.height()) if before.pixel(50, y) != during.pixel(50, y)]
    assert changed
    assert pane.card("scale").geometry().bottom() < min(changed)
    assert max(changed) < pane.card("gaussian_noise").y()
    assert during.pixelColor(50, changed[0]) == tokens().accent
    steps.dragLeaveEvent(QDragLeaveEvent())
    assert steps.grab().toImage() == before


def test_the_grip_starts_a_drag_only_after_some_distance(qtbot: QtBot, pane: Pane) -> None:
    grip = pane.find(Grip, "step.rotate.grip")
    start = grip.rect().center()
    QTest.mousePress(grip, LEFT, pos=start)
    with qtbot.assertNotEmitted(grip.dragged):
        QTest.mouseMove(grip, start + QPoint(0, 2))
    with qtbot.waitSignal(grip.dragged):
        QTest.mouseMove(grip, start + QPoint(0, 30))
    QTest.mouseRelease(grip, LEFT)
    pane.assert_cards_show_the_recipe()


def test_something_else_that_is_dropped_changes_nothing(pane: Pane) -> None:
    before = pane.recipe
    data = QMimeData()
    data.setData(STEP_MIME, b"of another window")
    event = QDropEvent(
        QPointF(50, 2), Qt.DropAction.MoveAction, data, LEFT, Qt.KeyboardModifier.NoModifier
    )
    pane.find(StepList, "recipe.list").dropEvent(event)
    assert pane.recipe == before


def test_the_menu_resets_duplicates_and_removes(pane: Pane) -> None:
    step = pane.recipe.step("rotate").with_param("angle", (-90.0, 90.0))
    pane.session.edit(pane.recipe.with_step(replace(step, probability=0.5)), "change")
    slider = pane.find(RangeSlider, "step.rotate.angle.slider")
    choose(pane.open_menu("rotate", slider), "Reset angle")
    assert pane.recipe.step("rotate").params["angle"] == (-20, 20)
    assert pane.recipe.step("rotate").probability == 0.5
    choose(pane.open_menu("rotate", slider), "Duplicate")
    assert pane.shown_ids()[1:3] == ["rotate", "rotate-2"]
    assert pane.recipe.step("rotate-2").probability == 0.5
    choose(pane.open_menu("rotate", slider), "Reset to defaults")
    assert pane.recipe.step("rotate").probability == 1
    assert pane.recipe.step("rotate-2").probability == 0.5
    choose(pane.open_menu("rotate", slider), "Remove")
    assert "rotate" not in pane.ids()
    pane.assert_cards_show_the_recipe()


def test_a_card_folds(pane: Pane) -> None:
    slider = pane.find(RangeSlider, "step.rotate.angle.slider")
    pane.click("step.rotate.open")
    assert not slider.isVisible()
    pane.click("step.rotate.open")
    assert slider.isVisible()


def test_an_added_step_comes_into_view(qtbot: QtBot, pane: Pane) -> None:
    recipe = pane.recipe
    for _ in range(6):
        recipe = recipe.with_added("translate")
    pane.session.edit(recipe, "add")
    pane.view.open_picker()
    QTest.keyClicks(pane.find(QLineEdit, "picker.search"), "blur")
    QTest.keyClick(pane.find(QLineEdit, "picker.search"), Qt.Key.Key_Return)
    viewport = pane.find(QScrollArea, "recipe.steps").viewport()
    card = pane.card("gaussian_blur")
    qtbot.waitUntil(pane.find(QAbstractButton, "step.gaussian_blur.grip").hasFocus)
    qtbot.waitUntil(
        lambda: viewport.rect().contains(card.mapTo(viewport, card.rect().bottomLeft()))
    )


def test_a_recipe_without_steps_offers_to_add_one(pane: Pane) -> None:
    button = pane.find(QPushButton, "recipe.add_first")
    assert not button.isVisible()
    pane.session.edit(Recipe(), "clear")
    assert button.isVisible()
    QTest.mouseClick(button, LEFT)
    QTest.keyClicks(pane.find(QLineEdit, "picker.search"), "rotate")
    QTest.keyClick(pane.find(QLineEdit, "picker.search"), Qt.Key.Key_Return)
    assert pane.ids() == ["rotate"]
    assert not button.isVisible()


def test_re_roll_gives_another_seed_and_can_be_undone(pane: Pane) -> None:
    before = pane.recipe
    pane.click("recipe.reroll")
    assert pane.recipe.seed != before.seed
    assert pane.find(NumberField, "recipe.seed").value() == pane.recipe.seed
    pane.session.history.undo()
    assert pane.recipe == before
    assert pane.find(NumberField, "recipe.seed").value() == before.seed


def test_a_seed_can_be_typed_in_full(pane: Pane) -> None:
    field = pane.find(NumberField, "recipe.seed")
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, "2147483647")
    assert pane.recipe.seed == 2147483647
    assert isinstance(pane.recipe.seed, int)
    assert field.text() == "2147483647"


def test_borders_and_their_level(pane: Pane) -> None:
    border, level = pane.find(QComboBox, "recipe.border"), pane.find(NumberField, "recipe.fill")
    assert border.currentText() == "Reflect"
    assert not level.isVisible()
    border.setFocus()
    QTest.keyClicks(border, "c")
    assert pane.recipe.border == ("constant",)
    assert level.isVisible()
    level.setFocus()
    level.selectAll()
    QTest.keyClicks(level, "128")
    assert pane.recipe.fill == (128, 128)
    assert pane.session.history.undoText() == "Change border level"
    pane.session.history.setIndex(0)
    assert border.currentText() == "Reflect"
    assert not level.isVisible()


def test_a_recipe_with_several_borders_says_so_and_keeps_them(pane: Pane) -> None:
    recipe = replace(pane.recipe, border=("reflect", "wrap"))
    pane.session.edit(recipe, "open")
    border = pane.find(QComboBox, "recipe.border")
    assert border.placeholderText() == "Several (reflect, wrap)"
    assert border.currentIndex() == -1
    assert pane.recipe == recipe


def test_the_plan_is_shown_on_the_cards(pane: Pane) -> None:
    step = replace(pane.recipe.step("scale"), probability=0.0)
    pane.session.edit(pane.recipe.with_step(step), "never")
    plan = draw(pane.recipe, "a.jpg", 1)
    pane.view.show_plan(plan)
    drawn = plan.step("rotate")
    assert drawn is not None
    assert f"{drawn.values['angle']:.1f}°" in texts(pane.card("rotate"))
    assert "not in this draw" in texts(pane.card("scale"))
    assert "not in this draw" not in texts(pane.card("rotate"))
    pane.view.show_plan(None)
    assert "not in this draw" not in texts(pane.card("scale"))
    assert f"{drawn.values['angle']:.1f}°" not in texts(pane.card("rotate"))


def test_a_step_that_is_off_says_nothing_of_the_draw(pane: Pane) -> None:
    pane.click("step.rotate.enabled")
    pane.view.show_plan(draw(pane.recipe, "a.jpg", 1))
    assert "not in this draw" not in texts(pane.card("rotate"))


def test_the_title_tells_the_file_and_what_is_not_saved(pane: Pane, tmp_path: Path) -> None:
    name = pane.find(QLabel, "recipe.name")
    assert name.text() == "Untitled"
    pane.session.reseed(3, "seed")
    assert name.text() == "Untitled •"
    pane.session.save(tmp_path / "mine.yaml")
    assert name.text() == "mine"
    pane.session.reseed(4, "seed")
    assert name.text() == "mine •"


def test_an_opened_recipe_takes_the_place_of_all_cards(pane: Pane, tmp_path: Path) -> None:
    path = tmp_path / "other.yaml"
    path.write_text("version: 1\nsteps:\n- {op: shear, id: rotate}\n- {op: erase}\n")
    pane.session.open(path, "open")
    assert pane.card("rotate").step.op == "shear"
    pane.assert_cards_show_the_recipe()
    pane.session.history.undo()
    pane.assert_cards_show_the_recipe()


def test_every_control_has_a_name_to_be_spoken(pane: Pane) -> None:
    pane.session.edit(pane.recipe.with_added("erase"), "add")
    for control in pane.view.findChildren(QWidget):
        is_ours = control.objectName().startswith(("step.", "recipe."))
        if is_ours and control.focusPolicy() & Qt.FocusPolicy.TabFocus:
            assert control.accessibleName() or getattr(control, "text", str)(), control
            assert control.toolTip(), control.objectName()
    slider = pane.find(RangeSlider, "step.rotate.angle.slider")
    assert slider.accessibleName() == "Rotate: angle, range"


def test_no_more_steps_are_offered_than_a_recipe_file_may_hold(pane: Pane) -> None:
    steps = tuple(
        replace(starting_recipe().steps[0], id=f"flip {number}") for number in range(MOST_STEPS - 1)
    )
    pane.session.edit(Recipe(steps=steps), "many")
    assert pane.find(QPushButton, "recipe.add").isEnabled()
    pane.session.edit(pane.session.recipe.with_added("rotate"), "one more")
    assert not pane.find(QPushButton, "recipe.add").isEnabled()
    assert parse_recipe(dump_recipe(pane.session.recipe)) == pane.session.recipe
