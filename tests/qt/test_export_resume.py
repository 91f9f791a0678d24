"""Exports that were interrupted are gone on with, and finished ones are checked or taken back."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QLineEdit, QMessageBox, QPushButton, QTreeWidget, QWidget
from pytestqt.qtbot import QtBot

from studio.dataset.exports.manifest import MANIFEST
from studio.dataset.reading.image_file import read_image
from studio.qt.export.page import ExportPage
from tests.qt.exporting import (
    MakePage,
    aim,
    begin_long,
    busy_threads,
    export,
    files_below,
    find,
    make_long_set,
    make_set,
    outputs,
    pages,
    press,
    put,
    text,
)

ALL = 800


@pytest.fixture
def make_page(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[MakePage]:
    monkeypatch.setenv("AUGSTUDIO_HOME", str(tmp_path / "home"))
    with pages(qtbot) as make:
        yield make


@pytest.fixture
def answer(monkeypatch: pytest.MonkeyPatch) -> Callable[[QMessageBox.StandardButton], None]:
    """Answers every question from now on."""

    def set_answer(button: QMessageBox.StandardButton) -> None:
        monkeypatch.setattr(QMessageBox, "question", lambda *_: button)

    return set_answer


def interrupt(qtbot: QtBot, page: ExportPage, out: Path) -> int:
    """Cancel a long export; return how many files there are."""
    begin_long(qtbot, page, out)
    press(page, "export.cancel")
    qtbot.waitUntil(lambda: not page.is_running())
    return len(files_below(out))


def tree(folder: Path) -> dict[str, bytes]:
    paths = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def is_shown(page: ExportPage, name: str) -> bool:
    return find(page, QWidget, name).isVisible()


def wait_for_aftercare(qtbot: QtBot, page: ExportPage) -> str:
    """Return the result, when there is one."""
    cancel = find(page, QPushButton, "export.aftercare.cancel")
    qtbot.waitUntil(lambda: not cancel.isVisible(), timeout=20_000)
    return text(page, "export.aftercare.result")


# Resuming


def test_a_cancelled_export_goes_on_from_its_summary_whatever_was_changed_meanwhile(
    qtbot: QtBot, make_page: MakePage, tmp_path: Path
) -> None:
    library = make_long_set(tmp_path / "set")
    page, out = make_page(library), tmp_path / "out"
    before = interrupt(qtbot, page, out)
    assert 0 < before < ALL
    page._session.reseed(5, "seed")
    assert not is_shown(page, "export.resume")
    # An edit of the recipe plans another export, in whose target this one still is.
    aim(page, out)
    assert f"{before:,} of {ALL} files" in text(page, "export.target.problem")
    page._session.history.undo()
    press(page, "export.target.resume")
    qtbot.waitUntil(lambda: not page.is_running(), timeout=30_000)
    assert text(page, "export.summary") == "Export done"
    assert text(page, "export.summary.files") == f"{ALL}"
    aim(page, tmp_path / "whole")
    put(page, "export.copies", 100)
    press(page, "export.start")
    qtbot.waitUntil(lambda: not page.is_running(), timeout=30_000)
    assert tree(out) == tree(tmp_path / "whole")


def test_the_summarys_button_goes_on_with_just_that_export(
    qtbot: QtBot, make_page: MakePage, tmp_path: Path
) -> None:
    page, out = make_page(make_long_set(tmp_path / "set")), tmp_path / "out"
    before = interrupt(qtbot, page, out)
    assert is_shown(page, "export.resume")
    assert not is_shown(page, "export.verify")
    press(page, "export.resume")
    qtbot.waitUntil(lambda: not page.is_running(), timeout=30_000)
    assert before < len(files_below(out)) == ALL
    assert sorted(outputs(out)) == sorted(files_below(out))
    assert text(page, "export.summary") == "Export done"
    assert not is_shown(page, "export.resume")
    assert is_shown(page, "export.verify")


def test_another_recipe_is_not_mixed_in_and_named(
    qtbot: QtBot, make_page: MakePage, tmp_path: Path
) -> None:
    page, out = make_page(make_long_set(tmp_path / "set")), tmp_path / "out"
    interrupt(qtbot, page, out)
    before = tree(out)
    page._session.reseed(77, "seed")
    aim(page, out)
    press(page, "export.target.resume")
    qtbot.waitUntil(lambda: not page.is_running(), timeout=20_000)
    problem = text(page, "export.target.problem")
    assert "seed" in problem
    assert "77" in problem
    assert not find(page, QPushButton, "export.start").isEnabled()
    assert is_shown(page, "export.target.renew")
    assert tree(out) == before


def test_a_new_folder_is_the_other_way_out(
    qtbot: QtBot, make_page: MakePage, tmp_path: Path
) -> None:
    page, out = make_page(make_long_set(tmp_path / "set")), tmp_path / "out"
    interrupt(qtbot, page, out)
    aim(page, out)
    assert is_shown(page, "export.target.resume")
    assert not find(page, QPushButton, "export.start").isEnabled()
    press(page, "export.target.renew")
    assert find(page, QLineEdit, "export.target").text() == str(tmp_path / "out-2")
    assert not is_shown(page, "export.target.resume")
    assert find(page, QPushButton, "export.start").isEnabled()


def test_a_folder_with_other_things_offers_no_resuming(make_page: MakePage, tmp_path: Path) -> None:
    page = make_page(make_set(tmp_path / "set", "cat"))
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "notes.txt").write_text("mine")
    (tmp_path / "odd").mkdir()
    (tmp_path / "odd" / MANIFEST).write_bytes(b"\0 not one of ours")
    for name in ("full", "odd"):
        aim(page, tmp_path / name)
        assert "not empty" in text(page, "export.target.problem")
        assert not is_shown(page, "export.target.resume")


def test_a_failed_export_can_be_gone_on_with(
    qtbot: QtBot, make_page: MakePage, tmp_path: Path
) -> None:
    page, out = make_page(make_long_set(tmp_path / "set")), tmp_path / "out"
    obstacle = out / "cat" / "7_aug_90.png"
    begin_long(qtbot, page, out)
    # A folder in a file's place stops an export, as a full disk does.
    obstacle.mkdir(parents=True)
    (obstacle / "inside").touch()
    qtbot.waitUntil(lambda: not page.is_running(), timeout=30_000)
    assert text(page, "export.summary") == "Export stopped"
    (obstacle / "inside").unlink()
    obstacle.rmdir()
    press(page, "export.resume")
    qtbot.waitUntil(lambda: not page.is_running(), timeout=30_000)
    assert text(page, "export.summary") == "Export done"
    assert len(files_below(out)) == ALL


def test_a_resumed_export_that_is_stopped_can_be_resumed(
    qtbot: QtBot, make_page: MakePage, tmp_path: Path
) -> None:
    page, out = make_page(make_long_set(tmp_path / "set")), tmp_path / "out"
    interrupt(qtbot, page, out)
    press(page, "export.resume")
    page.stop_and_wait()
    there = len(files_below(out))
    assert text(page, "export.summary.files") in (f"{there} / {ALL}", f"{ALL}")
    assert sorted(outputs(out)) == sorted(files_below(out))


# Verifying


def test_a_finished_export_is_as_it_was_written(
    qtbot: QtBot, make_page: MakePage, tmp_path: Path
) -> None:
    page, out = make_page(make_set(tmp_path / "set", "cat", "dog")), tmp_path / "out"
    export(qtbot, page, out)
    press(page, "export.verify")
    assert not find(page, QWidget, "export.copies").isEnabled()
    assert wait_for_aftercare(qtbot, page) == "All 16 files are as they were written."
    assert find(page, QWidget, "export.copies").isEnabled()
    assert not is_shown(page, "export.aftercare.files")


def test_files_that_changed_are_listed(qtbot: QtBot, make_page: MakePage, tmp_path: Path) -> None:
    page, out = make_page(make_set(tmp_path / "set", "cat", "dog")), tmp_path / "out"
    export(qtbot, page, out)
    (out / "cat/0_aug_1.png").write_bytes(b"changed")
    (out / "cat/0_aug_2.png").unlink()
    (out / "readme.txt").write_text("mine")
    press(page, "export.verify")
    assert "2 are not as they were written" in wait_for_aftercare(qtbot, page)
    assert "readme.txt" in text(page, "export.aftercare.note")
    rows = find(page, QTreeWidget, "export.aftercare.files")
    assert rows.topLevelItemCount() == 2
    listed = {rows.topLevelItem(row).text(0) for row in range(2)}  # type: ignore[union-attr]
    assert listed == {"cat/0_aug_1.png", "cat/0_aug_2.png"}


# Undoing


def test_undoing_asks_first(
    qtbot: QtBot,
    make_page: MakePage,
    tmp_path: Path,
    answer: Callable[[QMessageBox.StandardButton], None],
) -> None:
    page, out = make_page(make_set(tmp_path / "set", "cat")), tmp_path / "out"
    export(qtbot, page, out)
    before = tree(out)
    answer(QMessageBox.StandardButton.Cancel)
    press(page, "export.undo")
    assert tree(out) == before
    answer(QMessageBox.StandardButton.Yes)
    press(page, "export.undo")
    assert wait_for_aftercare(qtbot, page) == "8 files were removed."
    assert text(page, "export.summary") == "Export undone"
    assert not files_below(out)
    assert not (out / MANIFEST).exists()
    assert (tmp_path / "set/cat/0.png").exists()
    for name in ("export.undo", "export.verify"):
        assert not find(page, QPushButton, name).isEnabled()


def test_undoing_keeps_what_was_changed_and_says_so(
    qtbot: QtBot,
    make_page: MakePage,
    tmp_path: Path,
    answer: Callable[[QMessageBox.StandardButton], None],
) -> None:
    page, out = make_page(make_set(tmp_path / "set", "cat")), tmp_path / "out"
    export(qtbot, page, out)
    (out / "cat/0_aug_1.png").write_bytes(b"changed")
    (out / "cat/mine.txt").write_text("mine")
    answer(QMessageBox.StandardButton.Yes)
    press(page, "export.undo")
    assert wait_for_aftercare(qtbot, page) == "7 files were removed. 1 stays:"
    assert files_below(out) == {"cat/0_aug_1.png", "cat/mine.txt"}
    row = find(page, QTreeWidget, "export.aftercare.files").topLevelItem(0)
    assert row is not None
    assert row.text(0) == "cat/0_aug_1.png"
    assert row.text(1)
    assert "mine.txt" in text(page, "export.aftercare.note")


def test_a_cancelled_export_can_be_undone(
    qtbot: QtBot,
    make_page: MakePage,
    tmp_path: Path,
    answer: Callable[[QMessageBox.StandardButton], None],
) -> None:
    page, out = make_page(make_long_set(tmp_path / "set")), tmp_path / "out"
    there = interrupt(qtbot, page, out)
    answer(QMessageBox.StandardButton.Yes)
    press(page, "export.undo")
    assert wait_for_aftercare(qtbot, page).startswith(f"{there} files were removed")
    assert not files_below(out)
    assert not is_shown(page, "export.resume")


def test_the_window_can_close_while_an_export_is_looked_after(
    qtbot: QtBot,
    make_page: MakePage,
    tmp_path: Path,
    answer: Callable[[QMessageBox.StandardButton], None],
) -> None:
    page, out = make_page(make_long_set(tmp_path / "set")), tmp_path / "out"
    interrupt(qtbot, page, out)
    answer(QMessageBox.StandardButton.Yes)
    press(page, "export.undo")
    page.stop_and_wait()
    assert not busy_threads()
    assert all(read_image(out / name).shape == (120, 160, 3) for name in files_below(out))
    press(page, "export.undo")
    wait_for_aftercare(qtbot, page)
    assert not files_below(out)


def test_a_result_out_of_sight_is_told(qtbot: QtBot, make_page: MakePage, tmp_path: Path) -> None:
    page, out = make_page(make_set(tmp_path / "set", "cat")), tmp_path / "out"
    export(qtbot, page, out)
    press(page, "export.verify")
    with qtbot.waitSignal(page.message) as told:
        page.hide()
    assert told.args == ["All 8 files are as they were written.", str(out)]
