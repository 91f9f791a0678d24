"""Missing pixels in the window: rules, the mask on the picture, a pick from it, and fills."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from msgspec.structs import replace
from PySide6.QtCore import QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QDoubleSpinBox, QLabel, QMenu, QWidget
from pytestqt.qtbot import QtBot

from studio.augment.missing.rules import MissingRule, default_rule
from studio.augment.recipe import Recipe
from studio.augment.recipe_file import dump_recipe, parse_recipe
from studio.qt.missing.edits import fill_operations
from studio.qt.missing.rule_row import RuleRow
from studio.qt.settings import settings
from studio.qt.theme import Scheme, apply_theme, tokens
from studio.qt.window import Window
from tests.qt.conftest import write_photo
from tests.qt.recipe_pane import LEFT, Pane

# The offscreen platform says of each popup that it cannot raise it or grab the keyboard.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")

Open = Callable[[Path], Window]
HOLE = (slice(12, 36), slice(16, 48))
"""A quarter of a picture of 64 × 48."""


@pytest.fixture
def holed(tmp_path: Path) -> Path:
    """A data set of a picture with a green hole, a whole one, and one that is only green."""
    folder = tmp_path / "set"
    for number, name in enumerate(("holed", "whole")):
        write_photo(folder / f"{name}.png", seed=number)
    pixels: Any = cv2.imread(str(folder / "holed.png"))
    pixels[HOLE] = (20, 200, 30)
    cv2.imwrite(str(folder / "holed.png"), pixels)
    cv2.imwrite(str(folder / "nothing.png"), np.full((48, 64, 3), (20, 200, 30), np.uint8))
    return folder


GREEN = MissingRule("no_data_colour", {"red": 30, "green": 200, "blue": 20, "tolerance": 0})


@pytest.fixture
def open_new(open_window: Open, qtbot: QtBot) -> Iterator[Open]:
    """Opens the window with a new recipe, and leaves none behind for the next one."""
    windows: list[Window] = []

    def open_on(folder: Path) -> Window:
        window = open_window(folder)
        windows.append(window)
        window.session.new("new")
        qtbot.waitUntil(lambda: share(window) == "")
        return window

    yield open_on
    for window in windows:
        window.session.new("new")


def find(window: QWidget, kind: type[Any], name: str) -> Any:
    found = window.findChild(kind, name)
    assert found is not None, name
    return found


def share(window: QWidget) -> str:
    return str(find(window, QLabel, "missing.share").text())


def painted(window: Window, x: float, y: float) -> tuple[int, ...]:
    """Return the colour on the screen at a pixel of the original."""
    canvas = window.augment_page.canvas
    spot = point_of(window, x, y)
    colour = canvas.grab(QRect(spot, spot)).toImage().pixelColor(0, 0)
    return colour.red(), colour.green(), colour.blue()


def point_of(window: Window, x: float, y: float) -> QPoint:
    """Return where on the canvas a pixel of the original is shown."""
    canvas = window.augment_page.canvas
    start = canvas.to_picture(QPointF(0, 0))
    per_pixel = 1 / (canvas.to_picture(QPointF(1, 1)) - start).x()
    return ((QPointF(x + 0.5, y + 0.5) - start) * per_pixel).toPoint()


def add_rule(window: QWidget, name: str) -> None:
    menu = find(window, QMenu, "missing.look_for.menu")
    action = next(each for each in menu.actions() if each.data() == name)
    menu.popup(window.mapToGlobal(QPoint(10, 10)))
    QTest.mouseClick(menu, LEFT, pos=menu.actionGeometry(action).center())


def test_a_rule_from_the_menu_shows_mask_and_share_until_it_is_undone(
    open_new: Open, holed: Path, qtbot: QtBot
) -> None:
    window = open_new(holed)
    bare = painted(window, 20, 15)
    add_rule(window, "no_data_colour")
    qtbot.waitUntil(lambda: share(window) == "Nothing is missing here")
    for name, value in (("red", 30), ("green", 200), ("blue", 20)):
        field = find(window, QDoubleSpinBox, f"missing.0.{name}")
        field.selectAll()
        QTest.keyClicks(field, str(value))
        QTest.keyClick(field, Qt.Key.Key_Return)
    assert window.session.recipe.missing == (GREEN,)
    qtbot.waitUntil(lambda: share(window) == "25.0 % of this picture is missing")
    qtbot.waitUntil(lambda: painted(window, 20, 15) != bare)
    for _ in range(3):
        window.actions_by_name["undo"].trigger()
    assert window.session.recipe.missing == (default_rule("no_data_colour"),)
    assert find(window, QDoubleSpinBox, "missing.0.green").value() == 0
    qtbot.waitUntil(lambda: painted(window, 20, 15) == bare)
    window.actions_by_name["undo"].trigger()
    assert not window.session.recipe.missing
    qtbot.waitUntil(lambda: share(window) == "")


def test_the_mask_can_be_hidden_and_stays_so(open_new: Open, holed: Path, qtbot: QtBot) -> None:
    window = open_new(holed)
    bare = painted(window, 20, 15)
    window.session.edit(replace(window.session.recipe, missing=(GREEN,)), "look")
    qtbot.waitUntil(lambda: painted(window, 20, 15) != bare)
    QTest.mouseClick(find(window, QAbstractButton, "missing.show_mask"), LEFT)
    assert painted(window, 20, 15) == bare
    again = open_new(holed)
    again.session.edit(replace(again.session.recipe, missing=(GREEN,)), "look")
    qtbot.waitUntil(lambda: share(again).startswith("25.0 %"))
    assert painted(again, 20, 15) == bare
    settings().setValue("window/show_mask", True)


def test_a_click_on_the_original_gives_a_rule_its_colour(
    open_new: Open, holed: Path, qtbot: QtBot
) -> None:
    window = open_new(holed)
    canvas = window.augment_page.canvas
    add_rule(window, "no_data_colour")
    pick = find(window, QAbstractButton, "missing.0.pick")
    QTest.mouseClick(pick, LEFT)
    assert canvas.cursor().shape() == Qt.CursorShape.CrossCursor
    QTest.mouseClick(canvas, LEFT, pos=point_of(window, 30, 20))
    qtbot.waitUntil(lambda: window.session.recipe.missing == (GREEN,))
    assert not pick.isChecked()
    assert canvas.cursor().shape() == Qt.CursorShape.ArrowCursor
    qtbot.waitUntil(lambda: share(window).startswith("25.0 %"))
    assert window.session.history.undoText() == "Pick no-data colour"


def test_esc_ends_a_pick(open_new: Open, holed: Path) -> None:
    window = open_new(holed)
    canvas = window.augment_page.canvas
    add_rule(window, "no_data_colour")
    pick = find(window, QAbstractButton, "missing.0.pick")
    QTest.mouseClick(pick, LEFT)
    QTest.keyClick(pick, Qt.Key.Key_Escape)
    assert not pick.isChecked()
    assert canvas.cursor().shape() == Qt.CursorShape.ArrowCursor
    QTest.mouseClick(canvas, LEFT, pos=point_of(window, 30, 20))
    assert window.session.recipe.missing == (default_rule("no_data_colour"),)


def test_a_pick_is_over_when_its_rule_goes(open_new: Open, holed: Path) -> None:
    window = open_new(holed)
    add_rule(window, "no_data_colour")
    QTest.mouseClick(find(window, QAbstractButton, "missing.0.pick"), LEFT)
    window.actions_by_name["undo"].trigger()
    assert window.augment_page.canvas.cursor().shape() == Qt.CursorShape.ArrowCursor


def write_depth(path: Path) -> None:
    """Write a float TIFF of 64 × 48 with -9999 in an eighth of it and NaN in another."""
    depth = np.linspace(1, 90, 48 * 64, dtype=np.float32).reshape(48, 64)
    depth[:6], depth[-6:] = -9999.5, np.nan
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(cv2.imencode(".tiff", depth)[1].tobytes())


def test_a_float_tiff_shows_what_is_not_a_number_and_gives_its_own_values(
    open_new: Open, tmp_path: Path, qtbot: QtBot
) -> None:
    write_depth(tmp_path / "set" / "depth.tif")
    window = open_new(tmp_path / "set")
    bare = painted(window, 20, 46)
    add_rule(window, "not_finite")
    qtbot.waitUntil(lambda: share(window).startswith("12.5 %"))
    qtbot.waitUntil(lambda: painted(window, 20, 46) != bare)
    add_rule(window, "no_data_value")
    QTest.mouseClick(find(window, QAbstractButton, "missing.1.pick"), LEFT)
    QTest.mouseClick(window.augment_page.canvas, LEFT, pos=point_of(window, 30, 2))
    qtbot.waitUntil(lambda: window.session.recipe.missing[1].params == {"value": -9999.5})
    qtbot.waitUntil(lambda: share(window).startswith("25.0 %"))
    field = find(window, QDoubleSpinBox, "missing.1.value")
    assert field.text() == "-9999.5"
    QTest.mouseClick(find(window, QAbstractButton, "missing.1.pick"), LEFT)
    with qtbot.waitSignal(window.augment_page.message) as told:
        QTest.mouseClick(window.augment_page.canvas, LEFT, pos=point_of(window, 30, 45))
    assert told.args[0] == "That pixel holds no finite number"
    field.selectAll()
    QTest.keyClicks(field, "-3.4028234663852886e38")
    assert window.session.recipe.missing[1].params == {"value": -3.4028234663852886e38}
    assert parse_recipe(dump_recipe(window.session.recipe)) == window.session.recipe


def test_an_image_without_any_known_pixel_says_so_and_stays_visible(
    open_new: Open, holed: Path, qtbot: QtBot
) -> None:
    window = open_new(holed)
    page = window.augment_page
    recipe = replace(Recipe(), missing=(GREEN,)).with_added(fill_operations()[0].name)
    window.session.edit(recipe, "fill")
    qtbot.waitUntil(lambda: share(window).startswith("25.0 %"))
    page.library_view.select("nothing.png")
    qtbot.waitUntil(lambda: share(window) == "All of this picture is missing")
    said = page.canvas.grab().toImage()
    assert page.canvas.original_pixel(QPointF(point_of(window, 30, 20))) == QPoint(30, 20)
    page.library_view.select("whole.png")
    qtbot.waitUntil(lambda: share(window) == "Nothing is missing here")
    with qtbot.waitSignal(page.canvas.painted):
        page.library_view.select("holed.png")
    qtbot.waitUntil(lambda: share(window).startswith("25.0 %"))
    assert page.canvas.grab().toImage() != said


def test_a_mask_file_is_followed_while_it_is_shown(
    open_new: Open, holed: Path, qtbot: QtBot
) -> None:
    window = open_new(holed)
    mask = np.zeros((48, 64), np.uint8)
    mask[:12] = 255
    window.session.edit(
        replace(window.session.recipe, missing=(default_rule("mask_file"),)), "look"
    )
    qtbot.waitUntil(lambda: share(window) == "Nothing is missing here")
    cv2.imwrite(str(holed / "holed.mask.png"), mask)
    qtbot.waitUntil(lambda: share(window).startswith("25.0 %"))
    cv2.imwrite(str(holed / "holed.mask.png"), mask[:, :32])
    qtbot.waitUntil(lambda: "holed.mask.png" in share(window) and "32 × 48" in share(window))
    (holed / "holed.mask.png").unlink()
    qtbot.waitUntil(lambda: share(window) == "Nothing is missing here")


def test_fills_go_to_the_front_but_after_what_loses_pixels(pane: Pane) -> None:
    op = fill_operations()[0].name
    pane.session.edit(replace(pane.recipe, missing=(GREEN,)), "look")
    assert pane.find(QLabel, "missing.hint").text() == "No step fills them yet."
    before = pane.ids()
    choose_fill(pane, op)
    assert pane.ids() == [op, *before]
    assert pane.shown_ids() == pane.ids()
    assert pane.find(QLabel, "missing.hint").isHidden()
    pane.session.history.undo()
    pane.session.edit(pane.recipe.with_added("lose_rows").with_moved("lose_rows", 1), "lose")
    choose_fill(pane, op)
    assert pane.ids() == [before[0], "lose_rows", op, *before[1:]]
    pane.session.edit(replace(pane.recipe, missing=()).without("lose_rows"), "look no more")
    assert "nothing is looked for" in pane.find(QLabel, "missing.hint").text()


def choose_fill(pane: Pane, op: str) -> None:
    menu = pane.find(QMenu, "missing.fill.menu")
    action = next(each for each in menu.actions() if each.data() == op)
    menu.popup(pane.window.mapToGlobal(QPoint(10, 10)))
    QTest.keyClick(menu, Qt.Key.Key_Down)
    menu.setActiveAction(action)
    QTest.keyClick(menu, Qt.Key.Key_Return)


def test_every_rule_gets_a_row_that_can_be_typed_into_switched_and_removed(pane: Pane) -> None:
    menu = pane.find(QMenu, "missing.look_for.menu")
    names = [action.data() for action in menu.actions()]
    assert all(action.toolTip() for action in menu.actions())
    for name in names:
        add_rule(pane.view, name)
    assert [rule.rule for rule in pane.recipe.missing] == names
    for index, name in enumerate(names):
        assert pane.recipe.missing[index] == default_rule(name)
        pane.click(f"missing.{index}.enabled")
        assert not pane.recipe.missing[index].enabled
    for control in pane.find(QWidget, "missing").findChildren(QAbstractButton):
        assert control.objectName(), control
        assert control.accessibleName(), control.objectName()
        assert control.toolTip(), control.objectName()
    pane.click("missing.3.remove")
    assert [rule.rule for rule in pane.recipe.missing] == names[:3] + names[4:]
    shown = [row.rule.rule for row in sorted_rows(pane)]
    assert shown == names[:3] + names[4:]
    pane.session.history.undo()
    assert [row.rule.rule for row in sorted_rows(pane)] == names


def sorted_rows(pane: Pane) -> list[RuleRow]:
    QApplication.sendPostedEvents()
    pane.find(QWidget, "missing").layout().activate()
    rows = pane.find(QWidget, "missing").findChildren(RuleRow)
    return sorted(rows, key=lambda row: row.y())


def test_typing_a_value_is_one_step_of_the_history(pane: Pane) -> None:
    pane.session.edit(replace(pane.recipe, missing=(default_rule("constant_blocks"),)), "look")
    count = pane.session.history.count()
    field = pane.find(QDoubleSpinBox, "missing.0.side")
    field.selectAll()
    QTest.keyClicks(field, "128")
    assert pane.recipe.missing[0].params == {"side": 128}
    assert isinstance(pane.recipe.missing[0].params["side"], int)
    assert pane.session.history.count() == count + 1
    assert pane.session.history.undoText() == "Change constant blocks side"


def test_tab_goes_from_the_settings_through_the_rules_to_the_steps(pane: Pane) -> None:
    pane.session.edit(replace(pane.recipe, missing=(default_rule("transparent"),)), "look")
    pane.find(QAbstractButton, "recipe.reroll").setFocus()
    passed: list[str] = []
    while not passed or not passed[-1].startswith("step."):
        QTest.keyClick(pane.window.focusWidget(), Qt.Key.Key_Tab)
        passed.append(pane.window.focusWidget().objectName())
    assert passed[:-1] == [
        "missing.look_for",
        "missing.0.remove",
        "missing.0.enabled",
        "missing.0.at_most",
        "missing.show_mask",
        "missing.fill",
        "missing.score",
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_mask_is_seen_on_any_picture(
    open_new: Open, qapp: QApplication, tmp_path: Path, qtbot: QtBot, scheme: Scheme
) -> None:
    """Also where the picture has the very colours that the mask is drawn in."""
    settings().setValue("window/theme", scheme)
    apply_theme(qapp, scheme)
    colours = tokens()
    for name, colour in (("danger", colours.danger), ("panel", colours.panel)):
        shade = (colour.blue(), colour.green(), colour.red())
        pixels = np.full((96, 128, 3), shade, np.uint8)
        folder = tmp_path / name
        folder.mkdir()
        cv2.imwrite(str(folder / "0.png"), pixels)
        mask = np.zeros((96, 128), np.uint8)
        mask[24:72, 32:96] = 255
        cv2.imwrite(str(folder / "0.mask.png"), mask)
        window = open_new(folder)
        hole = QRect(point_of(window, 33, 25), point_of(window, 94, 70))
        before = window.augment_page.canvas.grab(hole).toImage()
        recipe = replace(Recipe(), missing=(default_rule("mask_file"),))
        window.session.edit(recipe, "look")
        qtbot.waitUntil(lambda window=window: share(window).startswith("25.0 %"))  # type: ignore[misc]
        after = window.augment_page.canvas.grab(hole).toImage()
        assert differing(before, after) > 0.2


def differing(one: QImage, other: QImage) -> float:
    """Return the share of pixels that differ clearly."""
    pair = [
        np.frombuffer(image.convertToFormat(QImage.Format.Format_RGB32).constBits(), np.uint8)
        .reshape(image.height(), image.width(), 4)
        .astype(int)
        for image in (one, other)
    ]
    return float((np.abs(pair[0] - pair[1]).max(axis=2) > 40).mean())
