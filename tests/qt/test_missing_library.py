"""The library tells what share of each image is missing, sorts by it, and filters by it."""

import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QLabel, QLineEdit, QListView, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from studio.augment.missing.rules import MissingRule, default_rule
from studio.augment.recipe import starting_recipe
from studio.qt.library.badge import BADGE_ROLE, Badge
from studio.qt.library.thumbnails import REASON_ROLE
from studio.qt.theme import tokens
from studio.qt.window import Window
from tests.qt.conftest import write_photo

Open = Callable[[Path], Window]
TIMEOUT = 20_000
TRANSPARENT = default_rule("transparent")


def write_holey(path: Path, missing: int, *, of: int = 10_000) -> None:
    """Write a picture of so many pixels of which the first ones are transparent and black."""
    side = round(of**0.5)
    pixels = np.full((side * side, 4), 255, np.uint8)
    pixels[:missing] = 0
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(cv2.imencode(".png", pixels.reshape(side, side, 4))[1].tobytes())


@pytest.fixture
def holey(tmp_path: Path) -> Path:
    """Two classes; nothing, a pixel, some and all of their images' 10,000 pixels are missing."""
    folder = tmp_path / "holey"
    write_holey(folder / "cats" / "a.png", 0)
    write_holey(folder / "cats" / "b.png", 1_234)
    write_holey(folder / "cats" / "c.png", 10_000)
    write_holey(folder / "dogs" / "d.png", 1)
    write_holey(folder / "dogs" / "e.png", 9_999)
    write_holey(folder / "dogs" / "f.png", 312)
    return folder


@pytest.fixture
def open_clean(open_window: Open) -> Iterator[Open]:
    """Opens the window with a new recipe, and leaves none that looks for pixels to other tests."""
    windows: list[Window] = []

    def open_on(folder: Path) -> Window:
        window = open_window(folder)
        windows.append(window)
        window.session.restore(starting_recipe())
        return window

    yield open_on
    for window in windows:
        window.session.restore(starting_recipe())


def look_for(window: Window, *rules: MissingRule) -> None:
    session = window.session
    session.edit(replace(session.recipe, missing=rules), "Missing pixels")


def keys_of(window: Window) -> list[str]:
    return [image.key for image in window.augment_page.library_view.visible_images()]


def current_key(window: Window) -> str:
    image = window.augment_page.library_view.current()
    return image.key if image else ""


def grid_of(window: Window) -> QListView:
    grid = window.findChild(QListView, "library.thumbnails")
    assert grid is not None
    return grid


def tile(window: Window, key: str, role: int) -> object:
    return grid_of(window).model().index(keys_of(window).index(key), 0).data(role)


def badge(window: Window, key: str) -> str:
    found = tile(window, key, BADGE_ROLE)
    return found.text if isinstance(found, Badge) else ""


def badges(window: Window) -> dict[str, str]:
    return {key: badge(window, key) for key in keys_of(window)}


def box(window: Window, name: str) -> QComboBox:
    found = window.findChild(QComboBox, f"library.missing.{name}")
    assert found is not None
    return found


def choose(window: Window, name: str, text: str) -> None:
    found = box(window, name)
    found.setCurrentIndex(found.findText(text))


def label(window: Window, name: str) -> str:
    found = window.findChild(QLabel, name)
    assert found is not None
    return found.text()


def bar(window: Window) -> QWidget:
    found = window.findChild(QWidget, "library.measure")
    assert found is not None
    return found


def button(window: Window) -> QToolButton:
    found = window.findChild(QToolButton, "library.measure.stop")
    assert found is not None
    return found


def measure(qtbot: QtBot, window: Window, key: str, expected: str) -> None:
    qtbot.waitUntil(lambda: badge(window, key) == expected, timeout=TIMEOUT)


def open_measured(qtbot: QtBot, open_clean: Open, folder: Path) -> Window:
    window = open_clean(folder)
    look_for(window, TRANSPARENT)
    measure(qtbot, window, "dogs/f.png", "3.1 %")
    return window


def test_each_tile_tells_what_share_is_missing(qtbot: QtBot, open_clean: Open, holey: Path) -> None:
    window = open_measured(qtbot, open_clean, holey)
    assert badges(window) == {
        "cats/a.png": "",
        "cats/b.png": "12 %",
        "cats/c.png": "100 %",
        "dogs/d.png": "<0.1 %",
        "dogs/e.png": "99.9 %",
        "dogs/f.png": "3.1 %",
    }
    tip = Qt.ItemDataRole.ToolTipRole
    assert tile(window, "cats/a.png", tip) == "cats/a.png"
    assert tile(window, "cats/b.png", tip) == "cats/b.png\n12 % of it is missing"
    spoken = Qt.ItemDataRole.AccessibleDescriptionRole
    assert tile(window, "dogs/f.png", spoken) == "3.1 % of it is missing"
    whole = "is missing wholly; nothing is known to fill it from"
    assert tile(window, "cats/c.png", spoken) == whole


def test_a_badge_is_painted_and_in_another_colour_where_nothing_is_left(
    qtbot: QtBot, open_clean: Open, holey: Path
) -> None:
    window = open_measured(qtbot, open_clean, holey)

    def corner(key: str) -> QColor:
        """The colour just inside the lower left of a tile's badge."""
        grid = grid_of(window)
        index = grid.model().index(keys_of(window).index(key), 0)
        shown: QImage = grid.viewport().grab().toImage()
        cell = grid.visualRect(index)
        side = cell.width() - 8
        return shown.pixelColor(cell.left() + 4 + 4 + 2, cell.top() + 4 + side - 4 - 8)

    assert corner("cats/b.png") == tokens().panel
    assert corner("cats/c.png") == tokens().danger


def test_sorting_by_share_keeps_the_selection_and_leads_through_the_images(
    qtbot: QtBot, open_clean: Open, holey: Path
) -> None:
    window = open_measured(qtbot, open_clean, holey)
    view = window.augment_page.library_view
    by_name = keys_of(window)
    view.select("cats/b.png")
    choose(window, "sort", "By share")
    names = ["c.png", "e.png", "b.png", "f.png", "d.png", "a.png"]
    assert [key.rpartition("/")[2] for key in keys_of(window)] == names
    assert current_key(window) == "cats/b.png"
    assert [index.row() for index in grid_of(window).selectedIndexes()] == [2]
    view.select_next()
    assert current_key(window) == "dogs/f.png"
    choose(window, "sort", "By name")
    assert keys_of(window) == by_name
    assert current_key(window) == "dogs/f.png"


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("With missing", "b c d e f"),
        ("Complete", "a"),
        ("Fully missing", "c"),
        ("All", "a b c d e f"),
    ],
)
def test_images_are_filtered_by_what_is_missing(
    qtbot: QtBot, open_clean: Open, holey: Path, text: str, names: str
) -> None:
    window = open_measured(qtbot, open_clean, holey)
    choose(window, "show", text)
    assert [Path(key).stem for key in keys_of(window)] == names.split()
    assert Path(current_key(window)).stem == names[0]
    count = len(names.split())
    counts = f"{count} of 6 images" if count < 6 else "6 images · 2 classes"
    assert label(window, "library.counts") == counts


def test_the_filter_goes_with_class_and_search_and_yields_to_a_chosen_image(
    qtbot: QtBot, open_clean: Open, holey: Path
) -> None:
    window = open_measured(qtbot, open_clean, holey)
    view = window.augment_page.library_view
    choose(window, "show", "With missing")
    search = window.findChild(QLineEdit, "library.search")
    assert search is not None
    QTest.keyClicks(search, "dogs")
    QTest.keyClick(search, Qt.Key.Key_Return)
    assert keys_of(window) == ["dogs/d.png", "dogs/e.png", "dogs/f.png"]
    assert view.selected_scope() == (None, None)
    choose(window, "show", "Complete")
    assert label(window, "library.message") == (
        "No image here is complete, of those with “dogs” in the name"
    )
    view.select("cats/a.png")
    assert current_key(window) == "cats/a.png"
    assert box(window, "show").currentText() == "All"
    assert len(keys_of(window)) == 6


def test_other_rules_measure_anew_and_none_leave_nothing_behind(
    qtbot: QtBot, open_clean: Open, holey: Path
) -> None:
    window = open_clean(holey)
    assert not box(window, "show").isVisible()
    assert not box(window, "sort").isVisible()
    disabled = replace(TRANSPARENT, enabled=False)
    look_for(window, disabled)
    assert not box(window, "show").isVisible()
    look_for(window, TRANSPARENT)
    assert box(window, "show").isVisible()
    measure(qtbot, window, "cats/b.png", "12 %")
    white = replace(default_rule("no_data_value"), params={"value": 255.0})
    look_for(window, white)
    assert badge(window, "cats/b.png") == ""
    measure(qtbot, window, "cats/b.png", "88 %")
    choose(window, "sort", "By share")
    choose(window, "show", "Fully missing")
    assert keys_of(window) == ["cats/a.png"]
    window.session.history.undo()
    qtbot.waitUntil(lambda: keys_of(window) == ["cats/c.png"], timeout=TIMEOUT)
    look_for(window)
    assert not box(window, "show").isVisible()
    assert len(keys_of(window)) == 6
    assert keys_of(window) == sorted(keys_of(window))
    assert set(badges(window).values()) == {""}


def test_a_file_that_changes_is_measured_again(qtbot: QtBot, open_clean: Open, holey: Path) -> None:
    window = open_measured(qtbot, open_clean, holey)
    write_holey(holey / "cats" / "b.png", 5_000)
    window.augment_page.library_view.recheck()
    measure(qtbot, window, "cats/b.png", "50 %")
    write_holey(holey / "dogs" / "new.png", 2_500)
    window.augment_page.library_view.rescan()
    qtbot.waitUntil(lambda: "dogs/new.png" in keys_of(window), timeout=TIMEOUT)
    assert badge(window, "cats/b.png") == "50 %"
    measure(qtbot, window, "dogs/new.png", "25 %")


def test_a_mask_of_another_size_is_told_and_followed(
    qtbot: QtBot, open_clean: Open, photos: Path
) -> None:
    mask = photos / "cats" / "2.mask.png"
    mask.write_bytes(cv2.imencode(".png", np.full((10, 10), 255, np.uint8))[1].tobytes())
    window = open_clean(photos)
    look_for(window, default_rule("mask_file"))
    measure(qtbot, window, "cats/2.png", "?")
    tip = str(tile(window, "cats/2.png", Qt.ItemDataRole.ToolTipRole))
    assert "missing pixels unknown: " in tip
    assert "10 × 10" in tip
    assert tile(window, "cats/2.png", REASON_ROLE) == ""
    half = np.zeros((48, 64), np.uint8)
    half[:24] = 255
    mask.write_bytes(cv2.imencode(".png", half)[1].tobytes())
    window.augment_page.library_view.recheck()
    measure(qtbot, window, "cats/2.png", "50 %")


def test_another_data_set_is_measured_too(
    qtbot: QtBot, open_clean: Open, holey: Path, tmp_path: Path
) -> None:
    window = open_measured(qtbot, open_clean, holey)
    choose(window, "show", "With missing")
    other = tmp_path / "other"
    write_holey(other / "cats" / "b.png", 7_000)
    window.open(other)
    qtbot.waitUntil(lambda: keys_of(window) == ["cats/b.png"], timeout=TIMEOUT)
    assert badge(window, "cats/b.png") == ""
    measure(qtbot, window, "cats/b.png", "70 %")


@pytest.fixture
def many(tmp_path: Path) -> Path:
    """Pictures that take seconds to measure."""
    first = tmp_path / "many" / "000.png"
    write_photo(first, (900, 700))
    for number in range(1, 150):
        os.link(first, first.with_name(f"{number:03}.png"))
    return first.parent


def test_measuring_tells_how_far_it_is_stops_and_goes_on(
    qtbot: QtBot, open_clean: Open, many: Path
) -> None:
    window = open_clean(many)
    assert not bar(window).isVisible()
    look_for(window, default_rule("stuck_pixels"))
    qtbot.waitUntil(lambda: bar(window).isVisible(), timeout=TIMEOUT)
    assert button(window).toolTip() == "Stop measuring"
    button(window).click()
    qtbot.waitUntil(lambda: button(window).toolTip() == "Measure the rest", timeout=TIMEOUT)
    told = label(window, "library.measure.text")
    assert told.startswith("Measured ")
    done = int(told.split()[1])
    assert 0 < done < 150
    button(window).click()
    qtbot.waitUntil(lambda: not bar(window).isVisible(), timeout=60_000)
    assert label(window, "library.measure.text") == "Measured 150 of 150"


def test_a_window_that_closes_ends_the_search(qtbot: QtBot, open_clean: Open, many: Path) -> None:
    window = open_clean(many)
    look_for(window, default_rule("stuck_pixels"))
    qtbot.waitUntil(lambda: bar(window).isVisible(), timeout=TIMEOUT)
    window.close()
    assert not [each for each in threading.enumerate() if each.name == "task"]


def test_an_image_not_measured_yet_stays_current_until_it_is(
    qtbot: QtBot, open_clean: Open, holey: Path
) -> None:
    window = open_measured(qtbot, open_clean, holey)
    window.augment_page.library_view.select("dogs/f.png")
    choose(window, "show", "With missing")
    look_for(window, replace(TRANSPARENT, params={"at_most": 1.0}))
    choose(window, "sort", "By share")
    assert keys_of(window) == []
    assert label(window, "library.message") == "Looking for missing pixels …"
    assert current_key(window) == "dogs/f.png"
    qtbot.waitUntil(lambda: len(keys_of(window)) == 5, timeout=TIMEOUT)
    assert current_key(window) == "dogs/f.png"
    assert [index.row() for index in grid_of(window).selectedIndexes()] == [3]
