"""What cannot be read is listed with its reason, whoever found it; what is special is told."""

import os
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QLabel,
    QLineEdit,
    QListView,
    QProgressBar,
    QPushButton,
    QToolButton,
    QTreeView,
)
from pytestqt.qtbot import QtBot

from studio.dataset.check import CheckReport, Verdict
from studio.dataset.library import Problem
from studio.dataset.reading.image_file import ImageError
from studio.qt.library.thumbnails import NOTICES_ROLE, REASON_ROLE
from studio.qt.window import Window
from tests.qt.conftest import write_photo

Open = Callable[[Path], Window]

NOTICE = "was converted from “Display P3” to sRGB"


def cut(path: Path) -> None:
    data = path.read_bytes()
    path.write_bytes(data[: len(data) * 2 // 3])


def reason_of(window: Window, key: str) -> str:
    """What the loader says of an image."""
    assert window.library is not None
    try:
        window.library.store.read(key)
    except ImageError as error:
        return error.reason
    return ""


def tree_rows(window: Window) -> list[str]:
    tree = window.findChild(QTreeView, "library.tree")
    assert tree is not None
    return [tree.model().index(row, 0).data() for row in range(tree.model().rowCount())]


def list_of(window: Window, kind: str = "problems") -> QListView:
    found = window.findChild(QListView, f"library.{kind}")
    assert found is not None
    return found


def listed(window: Window, kind: str = "problems") -> list[tuple[str, str]]:
    model = list_of(window, kind).model()
    rows = (model.index(row, 0) for row in range(model.rowCount()))
    return [(index.data(), index.data(REASON_ROLE)) for index in rows]


def tile(window: Window, key: str, role: int) -> object:
    grid = window.findChild(QListView, "library.thumbnails")
    assert grid is not None
    keys = [image.key for image in window.augment_page.library_view.visible_images()]
    return grid.model().index(keys.index(key), 0).data(role)


def button(window: Window, name: str) -> QToolButton:
    found = window.findChild(QToolButton, name)
    assert found is not None, name
    return found


def message(window: Window) -> str:
    label = window.message_bar.findChild(QLabel, "message_bar.text")
    assert label is not None
    return label.text() if window.message_bar.isVisible() else ""


@pytest.fixture
def spoilt(photos: Path) -> Path:
    """Photos of which headers show that one is empty; another is damaged inside."""
    (photos / "cats" / "2.png").write_bytes(b"")
    cut(photos / "dogs" / "3.png")
    return photos


def open_problems(qtbot: QtBot, window: Window) -> None:
    qtbot.waitUntil(lambda: "Problems" in tree_rows(window), timeout=20_000)
    window.augment_page.library_view.show_problems()


@pytest.mark.parametrize("way", ["button", "double_click", "enter", "menu"])
def test_the_folder_of_a_problem_is_opened(
    qtbot: QtBot, open_window: Open, spoilt: Path, way: str
) -> None:
    window = open_window(spoilt)
    opened: list[QUrl] = []
    window.augment_page.library_view.places.open_url = opened.append
    open_problems(qtbot, window)
    shown = list_of(window)
    index = shown.model().index(0, 0)
    shown.setCurrentIndex(index)
    if way == "button":
        button(window, "library.problems.open_folder").click()
    elif way == "double_click":
        place = shown.visualRect(index).center()
        QTest.mouseClick(shown.viewport(), Qt.MouseButton.LeftButton, pos=place)
        QTest.mouseDClick(shown.viewport(), Qt.MouseButton.LeftButton, pos=place)
    elif way == "enter":
        QTest.keyClick(shown, Qt.Key.Key_Return)
    else:
        next(each for each in shown.actions() if each.text() == "Open its folder").trigger()
    qtbot.waitUntil(lambda: bool(opened))
    assert [url.toLocalFile() for url in opened] == [str(spoilt / "cats")]


def test_of_a_folder_that_is_gone_what_is_left_of_its_path_is_opened(
    qtbot: QtBot, open_window: Open, spoilt: Path
) -> None:
    window = open_window(spoilt)
    opened: list[QUrl] = []
    library_view = window.augment_page.library_view
    library_view.places.open_url = opened.append
    open_problems(qtbot, window)
    (spoilt / "cats").rename(spoilt.parent / "elsewhere")
    list_of(window).setCurrentIndex(list_of(window).model().index(0, 0))
    button(window, "library.problems.open_folder").click()
    qtbot.waitUntil(lambda: bool(opened))
    assert opened[0].toLocalFile() == str(spoilt)


def test_the_list_is_copied_as_a_table(qtbot: QtBot, open_window: Open, spoilt: Path) -> None:
    (spoilt / "cats" / "a\tb.png").write_bytes(b"")
    window = open_window(spoilt)
    qtbot.waitUntil(
        lambda: (
            window.augment_page.library_view.findChild(QListView, "library.problems") is not None
        )
    )
    open_problems(qtbot, window)
    qtbot.waitUntil(lambda: len(listed(window)) >= 2)
    button(window, "library.problems.copy_list").click()
    rows = [line.split("\t") for line in QGuiApplication.clipboard().text().splitlines()]
    assert [str(spoilt / "cats" / "2.png"), "is empty"] in rows
    assert [f"{spoilt}/cats/a\\tb.png", "is empty"] in rows
    assert {len(row) for row in rows} == {2}


def test_a_check_finds_what_headers_cannot_tell(
    qtbot: QtBot, open_window: Open, spoilt: Path
) -> None:
    cut(spoilt / "dogs" / "5.png")
    window = open_window(spoilt)
    window.actions_by_name["check_files"].trigger()
    qtbot.waitUntil(lambda: message(window) == "3 of 6 files cannot be read", timeout=20_000)
    action = window.message_bar.findChild(QPushButton, "message_bar.action")
    assert action is not None
    action.click()
    bad = ("cats/2.png", "dogs/3.png", "dogs/5.png")
    assert listed(window) == [(key, reason_of(window, key)) for key in bad]
    assert list_of(window).isVisible()


def test_a_check_of_sound_files_says_so(qtbot: QtBot, open_window: Open, photos: Path) -> None:
    window = open_window(photos)
    assert "Problems" not in tree_rows(window)
    window.actions_by_name["check_files"].trigger()
    qtbot.waitUntil(lambda: message(window) == "All 6 files are sound", timeout=20_000)
    assert "Problems" not in tree_rows(window)


def test_a_check_tells_how_far_it_is_and_can_be_stopped(
    qtbot: QtBot, open_window: Open, photos: Path
) -> None:
    large = np.random.default_rng(0).integers(0, 255, (1500, 2000, 3), np.uint8)
    first = photos / "dogs" / "large.png"
    Image.fromarray(large).save(first, compress_level=0)
    for number in range(99):
        os.link(first, first.with_name(f"large{number}.png"))
    window = open_window(photos)
    window.actions_by_name["check_files"].trigger()
    progress = window.findChild(QProgressBar, "library.check.progress")
    assert progress is not None
    qtbot.waitUntil(lambda: progress.value() > 0, timeout=20_000)
    assert (progress.isVisible(), progress.maximum()) == (True, 106)
    button(window, "library.check.stop").click()
    qtbot.waitUntil(lambda: not progress.isVisible(), timeout=20_000)
    assert re.fullmatch(r"The check was stopped after \d+ of 106 files: all sound", message(window))


def test_another_data_set_ends_the_check_of_the_one_before(
    qtbot: QtBot, open_window: Open, spoilt: Path, tmp_path: Path
) -> None:
    write_photo(tmp_path / "other" / "0.png")
    window = open_window(spoilt)
    window.actions_by_name["check_files"].trigger()
    window.open(tmp_path / "other")
    qtbot.waitUntil(lambda: window.library is not None and window.library.root.name == "other")
    window.actions_by_name["check_files"].trigger()
    qtbot.waitUntil(lambda: message(window) == "The one file is sound", timeout=20_000)
    assert tree_rows(window) == ["All images"]


def test_what_the_preview_cannot_read_is_listed_with_the_same_reason(
    qtbot: QtBot, open_window: Open, spoilt: Path
) -> None:
    window = open_window(spoilt)
    page = window.augment_page
    with qtbot.waitSignal(page.preview.unreadable, timeout=20_000) as told:
        page.library_view.select("dogs/3.png")
    assert told.args is not None
    reason = reason_of(window, "dogs/3.png")
    assert told.args[0].reason == reason != ""
    qtbot.waitUntil(lambda: tile(window, "dogs/3.png", REASON_ROLE) == reason)
    open_problems(qtbot, window)
    assert ("dogs/3.png", reason) in listed(window)


def test_images_an_export_skipped_are_judged_by_the_same_loader(
    qtbot: QtBot, open_window: Open, spoilt: Path
) -> None:
    """An image that was skipped for its partner's sake is sound by itself."""
    window = open_window(spoilt)
    library_view = window.augment_page.library_view
    skipped = ("cats/0.png", "dogs/3.png")
    library_view.note_skipped(tuple(Problem(key, "was skipped") for key in skipped))
    open_problems(qtbot, window)
    expected = ("dogs/3.png", reason_of(window, "dogs/3.png"))
    qtbot.waitUntil(lambda: expected in listed(window), timeout=20_000)
    assert "cats/0.png" not in dict(listed(window))


def test_what_an_export_skips_is_listed_in_the_library(
    qtbot: QtBot, open_window: Open, photos: Path, tmp_path: Path
) -> None:
    cut(photos / "dogs" / "5.png")
    window = open_window(photos)
    window.actions_by_name["show_export"].trigger()
    target = window.findChild(QLineEdit, "export.target")
    start = window.findChild(QPushButton, "export.start")
    assert target is not None
    assert start is not None
    target.setText(str(tmp_path / "out"))
    with qtbot.waitSignal(window.export_page.skipped, timeout=20_000):
        start.click()
    qtbot.waitUntil(lambda: "Problems" in tree_rows(window), timeout=20_000)
    window.actions_by_name["show_augment"].trigger()
    window.augment_page.library_view.show_problems()
    assert listed(window) == [("dogs/5.png", reason_of(window, "dogs/5.png"))]


def test_a_mended_file_loses_its_problem_and_the_row_goes_with_the_last(
    qtbot: QtBot, open_window: Open, photos: Path
) -> None:
    (photos / "cats" / "2.png").write_bytes(b"")
    window = open_window(photos)
    open_problems(qtbot, window)
    write_photo(photos / "cats" / "2.png", seed=7)
    window.augment_page.library_view.recheck()
    qtbot.waitUntil(lambda: "Problems" not in tree_rows(window), timeout=20_000)
    assert tile(window, "cats/2.png", REASON_ROLE) == ""
    decoration = Qt.ItemDataRole.DecorationRole
    qtbot.waitUntil(lambda: tile(window, "cats/2.png", decoration) is not None)
    assert not list_of(window).isVisible()


def test_ten_thousand_problems_keep_their_place_while_more_come(
    qtbot: QtBot, open_window: Open, photos: Path
) -> None:
    window = open_window(photos)
    library_view = window.augment_page.library_view
    verdicts = tuple(Verdict(f"cats/{n:05}.png", "is empty") for n in range(0, 20_000, 2))
    library_view.note_report(CheckReport(1, 1, verdicts))
    library_view.show_problems()
    shown = list_of(window)
    assert shown.model().rowCount() == 10_000
    shown.setCurrentIndex(shown.model().index(5_000, 0))
    top = shown.verticalScrollBar().value()
    assert top > 0
    library_view.note_report(CheckReport(1, 1, (Verdict("dogs/new.png", "is empty"),)))
    assert shown.model().rowCount() == 10_001
    assert shown.currentIndex().data() == "cats/10000.png"
    assert shown.verticalScrollBar().value() == top
    sign = button(window, "library.problems_sign")
    assert (sign.text(), sign.toolTip()) == ("10,001", "10,001 problems")


def test_notices_are_told_on_the_tile_in_the_bar_and_in_a_list(
    qtbot: QtBot, open_window: Open, photos: Path
) -> None:
    frames = [Image.new("RGB", (40, 30), colour) for colour in ("red", "blue")]
    frames[0].save(photos / "cats" / "0.gif", save_all=True, append_images=frames[1:])
    window = open_window(photos)
    assert window.library is not None
    [notice] = window.library.store.read("cats/0.gif").notices
    qtbot.waitUntil(lambda: tile(window, "cats/0.gif", NOTICES_ROLE) == notice, timeout=20_000)
    description = Qt.ItemDataRole.AccessibleDescriptionRole
    assert tile(window, "cats/0.gif", description) == notice
    assert tile(window, "cats/0.gif", Qt.ItemDataRole.ToolTipRole) == f"cats/0.gif\n{notice}"
    assert tile(window, "cats/0.png", NOTICES_ROLE) == ""
    label = window.findChild(QLabel, "canvas_bar.notices")
    assert label is not None
    window.augment_page.library_view.select("cats/0.png")
    assert not label.isVisible()
    window.augment_page.library_view.select("cats/0.gif")
    assert label.isVisible()
    assert (label.text(), label.toolTip()) == (notice, notice)
    button(window, "canvas_bar.notes").click()
    assert listed(window, "notes") == [("cats/0.gif", notice)]


def test_a_tile_with_a_notice_shows_a_sign(qtbot: QtBot, open_window: Open, photos: Path) -> None:
    window = open_window(photos)
    decoration = Qt.ItemDataRole.DecorationRole
    qtbot.waitUntil(lambda: tile(window, "cats/2.png", decoration) is not None, timeout=20_000)
    grid = window.findChild(QListView, "library.thumbnails")
    assert grid is not None
    before = grid.viewport().grab().toImage()
    verdict = Verdict("cats/2.png", "", (NOTICE,), None, is_whole=False)
    window.augment_page.library_view.note_verdict(verdict)
    assert grid.viewport().grab().toImage() != before


def test_names_and_reasons_are_never_taken_for_markup(
    qtbot: QtBot, open_window: Open, photos: Path
) -> None:
    write_photo(photos / "cats" / "<b>bold.png")
    window = open_window(photos)
    window.augment_page.library_view.note_verdict(
        Verdict("cats/<b>bold.png", "", ("has <img src=x>",), None, is_whole=False)
    )
    tip = str(tile(window, "cats/<b>bold.png", Qt.ItemDataRole.ToolTipRole))
    assert "&lt;b&gt;bold" in tip
    assert "<img" not in tip


def test_image_menus_open_the_folder_and_copy_the_path(
    qtbot: QtBot, open_window: Open, photos: Path
) -> None:
    window = open_window(photos)
    opened: list[QUrl] = []
    page = window.augment_page
    page.library_view.places.open_url = opened.append
    page.library_view.select("dogs/3.png")
    grid = window.findChild(QListView, "library.thumbnails")
    assert grid is not None
    for widget in (grid, page.canvas):
        actions: dict[str, QAction] = {each.text(): each for each in widget.actions()}
        assert widget.contextMenuPolicy() == Qt.ContextMenuPolicy.ActionsContextMenu
        opened.clear()
        actions["Open its folder"].trigger()
        qtbot.waitUntil(lambda: bool(opened))
        assert opened[0].toLocalFile() == str(photos / "dogs")
        QGuiApplication.clipboard().clear()
        actions["Copy its path"].trigger()
        assert QGuiApplication.clipboard().text() == str(photos / "dogs" / "3.png")


def test_a_right_click_makes_the_tile_current_that_its_menu_is_for(
    qtbot: QtBot, open_window: Open, photos: Path
) -> None:
    window = open_window(photos)
    grid = window.findChild(QListView, "library.thumbnails")
    assert grid is not None
    place = grid.visualRect(grid.model().index(1, 0)).center()
    QTest.mouseClick(grid.viewport(), Qt.MouseButton.RightButton, pos=place)
    current = window.augment_page.library_view.current()
    assert current is not None
    assert current.key == "cats/2.png"
