"""The export page's choices about splits and the balance of classes, and what they add up to."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QAbstractButton, QCheckBox, QLabel, QScrollArea, QTreeView, QWidget
from pytestqt.qtbot import QtBot

from studio.dataset.library import open_library
from studio.qt.export.form import ExportForm
from studio.qt.export.page import ExportPage
from tests.qt.exporting import (
    MakePage,
    export,
    files_below,
    find,
    make_set,
    pages,
    press,
    put,
    text,
    tick,
    write_image,
)


@pytest.fixture
def make_page(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[MakePage]:
    monkeypatch.setenv("AUGSTUDIO_HOME", str(tmp_path / "home"))
    with pages(qtbot) as make:
        yield make


@pytest.fixture
def page(make_page: MakePage, tmp_path: Path) -> ExportPage:
    """A data set with 4 + 2 images for training and 1 + 1 for testing."""
    for number in range(2):
        write_image(tmp_path / f"set/train/cat/more{number}.png", number)
    make_set(tmp_path / "set", "train/cat", "train/dog")
    return make_page(make_set(tmp_path / "set", "test/cat", "test/dog", each=1))


def shown_files(page: QWidget) -> str:
    return find(page, QAbstractButton, "export.start").text().removeprefix("Export ")


def shown_numbers(page: QWidget) -> list[str]:
    model = find(page, QTreeView, "export.class_list").model()
    return [model.index(row, 1).data() for row in range(model.rowCount())]


def count_folders(out: Path) -> dict[str, int]:
    return Counter(name.rpartition("/")[0] for name in files_below(out))


def test_test_images_are_copied_unless_something_else_is_chosen(
    qtbot: QtBot, page: ExportPage, tmp_path: Path
) -> None:
    assert shown_files(page) == "26 files"
    export(qtbot, page, tmp_path / "copied")
    assert text(page, "export.summary.files") == "26"
    assert {"test/cat/0.png", "test/dog/0.png"} <= files_below(tmp_path / "copied")
    press(page, "export.held_out.omit")
    assert shown_files(page) == "24 files"
    export(qtbot, page, tmp_path / "omitted")
    assert count_folders(tmp_path / "omitted") == {"train/cat": 16, "train/dog": 8}
    press(page, "export.held_out.augment")
    assert shown_files(page) == "32 files"
    export(qtbot, page, tmp_path / "augmented")
    assert count_folders(tmp_path / "augmented")["test/cat"] == 4


def test_the_dry_run_counts_as_the_form_does(qtbot: QtBot, page: ExportPage) -> None:
    press(page, "export.originals")
    press(page, "export.balance")
    qtbot.waitUntil(lambda: text(page, "export.estimate.bytes") != "–")
    assert text(page, "export.estimate.files") == "42"
    assert shown_files(page) == "42 files"
    assert text(page, "export.estimate.note").startswith("Files of each class: train 20. ")


def test_the_score_that_augmented_test_images_give_is_warned_of(page: ExportPage) -> None:
    warning = find(page, QLabel, "export.held_out.warning")
    assert not warning.isVisible()
    press(page, "export.held_out.augment")
    assert warning.isVisible()
    assert "say little about real ones" in warning.text()
    press(page, "export.held_out.copy")
    assert not warning.isVisible()


@pytest.mark.parametrize("choice", ["copy", "omit"])
def test_that_nothing_would_be_augmented_is_said_where_it_can_be_mended(
    page: ExportPage, choice: str
) -> None:
    press(page, f"export.held_out.{choice}")
    press(page, "export.split.train")
    assert "nothing to augment" in text(page, "export.held_out.warning")
    assert not find(page, QAbstractButton, "export.start").isEnabled()
    press(page, "export.held_out.augment")
    assert shown_files(page) == "8 files"
    assert find(page, QAbstractButton, "export.start").isEnabled()


def test_the_choice_is_there_only_where_it_matters(page: ExportPage, tmp_path: Path) -> None:
    held_out = find(page, QAbstractButton, "export.held_out.copy")
    balance = find(page, QCheckBox, "export.balance")
    assert held_out.isVisible()
    assert balance.isVisible()
    press(page, "export.balance")
    press(page, "export.held_out.augment")
    page.set_library(make_set(tmp_path / "plain", "cat"))
    assert not held_out.isVisible()
    assert not balance.isVisible()
    assert shown_files(page) == "8 files"
    # Another data set's test images are not augmented because this one's were.
    page.set_library(open_library(tmp_path / "set"))
    assert held_out.isChecked()


def test_balanced_classes_show_what_they_become_and_become_it(
    qtbot: QtBot, page: ExportPage, tmp_path: Path
) -> None:
    assert shown_numbers(page) == ["5", "3"]
    press(page, "export.balance")
    assert shown_numbers(page) == ["5 → 17", "3 → 17"]
    put(page, "export.copies", 2)
    assert shown_numbers(page) == ["5 → 9", "3 → 9"]
    tick(page, "cat")
    assert shown_numbers(page) == ["5", "3 → 5"]
    tick(page, "cat")
    export(qtbot, page, tmp_path / "out")
    assert count_folders(tmp_path / "out") == {
        "train/cat": 8,
        "train/dog": 8,
        "test/cat": 1,
        "test/dog": 1,
    }


def test_a_class_too_small_to_be_balanced_is_named(make_page: MakePage, tmp_path: Path) -> None:
    make_set(tmp_path / "set", "common", each=21)
    page = make_page(make_set(tmp_path / "set", "rare", each=1))
    put(page, "export.copies", 50)
    press(page, "export.balance")
    warning = find(page, QLabel, "export.balance.warning")
    assert "Class 'rare' would need 1,050 copies" in warning.text()
    assert warning.isVisible()
    assert shown_numbers(page) == ["21", "1"]
    assert not find(page, QAbstractButton, "export.start").isEnabled()
    tick(page, "rare")
    assert not warning.isVisible()
    assert shown_files(page) == "1,050 files"


def test_balance_is_remembered_and_the_way_with_test_images_is_not(
    qtbot: QtBot, page: ExportPage, make_page: MakePage, tmp_path: Path
) -> None:
    press(page, "export.balance")
    press(page, "export.held_out.augment")
    export(qtbot, page, tmp_path / "out")
    later = make_page(open_library(tmp_path / "set"))
    assert find(later, QCheckBox, "export.balance").isChecked()
    assert find(later, QAbstractButton, "export.held_out.copy").isChecked()


def test_no_option_is_cut_off(page: ExportPage) -> None:
    press(page, "export.balance")
    press(page, "export.held_out.augment")
    form = page.findChild(ExportForm)
    scroll = find(page, QScrollArea, "export.scroll")
    assert form is not None
    assert form.minimumSizeHint().width() <= scroll.viewport().width()
    assert scroll.horizontalScrollBar().maximum() == 0
    assert scroll.verticalScrollBar().maximum() == 0
