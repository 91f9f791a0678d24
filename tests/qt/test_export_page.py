"""The export page writes what it announced, and leaves nothing running."""

import gc
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, Qt, QUrl
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QLabel,
    QLineEdit,
    QTreeWidget,
    QWidget,
)
from pytestqt.qtbot import QtBot

from studio.dataset.library import open_library
from studio.dataset.reading.image_file import read_image
from studio.qt.export.page import ExportPage
from studio.qt.export.parts import Picture
from studio.qt.recipe.number_field import NumberField
from studio.qt.session import Session
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
    tick,
)


@pytest.fixture
def make_page(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[MakePage]:
    monkeypatch.setenv("AUGSTUDIO_HOME", str(tmp_path / "home"))
    with pages(qtbot) as make:
        yield make


def test_the_button_writes_as_many_files_as_it_says(
    qtbot: QtBot, make_page: MakePage, tmp_path: Path
) -> None:
    source, out = tmp_path / "set", tmp_path / "out"
    page = make_page(make_set(source, "cat", "dog"))
    before = {path: path.read_bytes() for path in source.rglob("*.png")}
    put(page, "export.copies", 3)
    press(page, "export.originals")
    assert find(page, QAbstractButton, "export.start").text() == "Export 16 files"
    export(qtbot, page, out)
    assert len(files_below(out)) == 16
    assert sorted(outputs(out)) == sorted(files_below(out))
    assert {path: path.read_bytes() for path in source.rglob("*.png")} == before
    assert text(page, "export.summary") == "Export done"
    assert text(page, "export.summary.files") == "16"
    assert find(page, QLabel, "export.summary.folder").text() == str(out)


def test_the_next_export_gets_a_fresh_folder(
    qtbot: QtBot, make_page: MakePage, tmp_path: Path
) -> None:
    page = make_page(make_set(tmp_path / "set", "cat"))
    target = find(page, QLineEdit, "export.target")
    assert target.text() == str(tmp_path / "set-augmented")
    for number in ("", "-2", "-3"):
        out = tmp_path / f"out{number}"
        export(qtbot, page, out)
        assert len(files_below(out)) == 8
    assert target.text() == str(tmp_path / "out-4")
    assert find(page, QAbstractButton, "export.start").isEnabled()


def test_format_and_quality_reach_the_files(
    qtbot: QtBot, make_page: MakePage, tmp_path: Path
) -> None:
    page = make_page(make_set(tmp_path / "set", "cat"))
    press(page, "export.format.jpg")
    put(page, "export.quality", 30)
    export(qtbot, page, tmp_path / "rough")
    put(page, "export.quality", 100)
    export(qtbot, page, tmp_path / "fine")
    names = files_below(tmp_path / "rough")
    assert names == files_below(tmp_path / "fine")
    assert all(name.endswith(".jpg") for name in names)
    sizes = [
        sum((tmp_path / run / name).stat().st_size for name in names) for run in ("rough", "fine")
    ]
    assert sizes[0] < sizes[1]
    press(page, "export.format.png")
    assert not find(page, NumberField, "export.quality").isEnabled()
    export(qtbot, page, tmp_path / "png")
    assert all(name.endswith(".png") for name in files_below(tmp_path / "png"))


def test_an_unreadable_file_is_listed_with_its_reason(
    qtbot: QtBot, make_page: MakePage, tmp_path: Path
) -> None:
    make_set(tmp_path / "set", "cat")
    (tmp_path / "set/cat/broken.png").write_bytes(b"no image at all")
    page = make_page(open_library(tmp_path / "set"))
    export(qtbot, page, tmp_path / "out")
    skipped = find(page, QTreeWidget, "export.skipped").topLevelItem(0)
    assert skipped is not None
    assert skipped.text(0) == "cat/broken.png"
    assert "not an image" in skipped.text(1)
    assert text(page, "export.summary") == "Export done"
    assert text(page, "export.summary.files") == "8"


def test_an_export_that_wrote_nothing_says_so(
    qtbot: QtBot, make_page: MakePage, tmp_path: Path
) -> None:
    (tmp_path / "set/cat").mkdir(parents=True)
    (tmp_path / "set/cat/broken.png").write_bytes(b"no image at all")
    page = make_page(open_library(tmp_path / "set"))
    export(qtbot, page, tmp_path / "out")
    assert text(page, "export.summary") == "Nothing was written"
    assert text(page, "export.summary.fault")
    assert not files_below(tmp_path / "out")


def test_classes_and_splits_limit_the_files(
    qtbot: QtBot, make_page: MakePage, tmp_path: Path
) -> None:
    folders = ("test/cat", "test/dog", "train/cat", "train/dog", "train/owl")
    page = make_page(make_set(tmp_path / "set", *folders))
    assert text(page, "export.scope") == "10"
    tick(page, "cat")
    press(page, "export.split.test")
    assert text(page, "export.scope") == "4 of 10"
    put(page, "export.copies", 1)
    export(qtbot, page, tmp_path / "out")
    names = files_below(tmp_path / "out")
    assert {name.rpartition("/")[0] for name in names} == {"train/dog", "train/owl"}
    assert len(names) == 4
    press(page, "export.split.test")
    assert text(page, "export.scope") == "6 of 10"


def test_nothing_chosen_cannot_be_exported(make_page: MakePage, tmp_path: Path) -> None:
    page = make_page(make_set(tmp_path / "set", "cat", "dog"))
    press(page, "export.class_list.none")
    assert not find(page, QAbstractButton, "export.start").isEnabled()
    assert text(page, "export.estimate.note") == "No image is chosen."
    press(page, "export.class_list.all")
    assert find(page, QAbstractButton, "export.start").isEnabled()


def test_the_folder_button_opens_the_folder_that_was_written(
    qtbot: QtBot, make_page: MakePage, tmp_path: Path
) -> None:
    page = make_page(make_set(tmp_path / "set", "cat"))
    opened: list[QUrl] = []
    page.open_folder = opened.append
    export(qtbot, page, tmp_path / "out")
    press(page, "export.open_folder")
    assert [url.toLocalFile() for url in opened] == [str(tmp_path / "out")]


def test_options_are_remembered(make_page: MakePage, qtbot: QtBot, tmp_path: Path) -> None:
    library = make_set(tmp_path / "set", "cat")
    page = make_page(library)
    put(page, "export.copies", 7)
    press(page, "export.format.webp")
    export(qtbot, page, tmp_path / "out")
    later = make_page(library)
    assert find(later, NumberField, "export.copies").value() == 7
    assert find(later, QAbstractButton, "export.format.webp").isChecked()


# While it runs


def test_cancelling_leaves_whole_files_and_a_manifest_of_them(
    qtbot: QtBot, make_page: MakePage, tmp_path: Path
) -> None:
    page, out = make_page(make_long_set(tmp_path / "set")), tmp_path / "out"
    begin_long(qtbot, page, out)
    press(page, "export.cancel")
    qtbot.waitUntil(lambda: not page.is_running())
    names = files_below(out)
    assert 0 < len(names) < 800
    assert sorted(outputs(out)) == sorted(names)
    assert all(read_image(out / name).shape == (120, 160, 3) for name in names)
    assert text(page, "export.summary") == "Export cancelled"
    assert text(page, "export.summary.files") == f"{len(names):,} / 800"


def test_cancelling_by_keyboard_ends_on_the_button_of_the_summary(
    qtbot: QtBot, make_page: MakePage, tmp_path: Path
) -> None:
    page, out = make_page(make_long_set(tmp_path / "set")), tmp_path / "out"
    page.activateWindow()
    begin_long(qtbot, page, out)
    cancel = find(page, QAbstractButton, "export.cancel")
    cancel.setFocus()
    QTest.keyClick(cancel, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: not page.is_running())
    focused = page.focusWidget()
    assert focused is not None
    assert focused.objectName() == "export.open_folder"


def test_the_options_can_be_seen_but_not_changed_while_it_runs(
    qtbot: QtBot, make_page: MakePage, tmp_path: Path
) -> None:
    page = make_page(make_long_set(tmp_path / "set"))
    running: list[bool] = []
    page.running_changed.connect(running.append)
    begin_long(qtbot, page, tmp_path / "out")
    for name in ("target", "copies", "format.same", "originals", "seed", "workers", "start"):
        control = find(page, QWidget, f"export.{name}")
        assert control.isVisible()
        assert not control.isEnabled()
    page.set_scope(None, "dog")
    page.start()
    page.cancel()
    qtbot.waitUntil(lambda: not page.is_running())
    assert running == [True, False]
    assert find(page, QWidget, "export.copies").isEnabled()
    assert text(page, "export.scope") == "8"


def test_a_picture_of_what_is_written_is_shown(
    qtbot: QtBot, make_page: MakePage, tmp_path: Path
) -> None:
    page = make_page(make_long_set(tmp_path / "set"))
    begin_long(qtbot, page, tmp_path / "out")
    picture = find(page, Picture, "export.live")
    qtbot.waitUntil(lambda: not picture.image().isNull())
    assert picture.image().size().toTuple() == (160, 120)
    assert text(page, "export.run.name").startswith("cat/")


def test_the_window_can_close_while_it_runs(
    qtbot: QtBot, make_page: MakePage, tmp_path: Path
) -> None:
    page, out = make_page(make_long_set(tmp_path / "set")), tmp_path / "out"
    begin_long(qtbot, page, out)
    page.stop_and_wait()
    assert not page.is_running()
    assert not busy_threads()
    assert sorted(outputs(out)) == sorted(files_below(out))
    put(page, "export.copies", 1)
    export(qtbot, page, tmp_path / "again")
    assert len(files_below(tmp_path / "again")) == 8


def test_another_data_set_does_not_touch_the_run(
    qtbot: QtBot, make_page: MakePage, tmp_path: Path
) -> None:
    page = make_page(make_long_set(tmp_path / "set"))
    begin_long(qtbot, page, tmp_path / "out")
    page.set_library(make_set(tmp_path / "other", "owl"))
    assert page.is_running()
    qtbot.waitUntil(lambda: not page.is_running(), timeout=20_000)
    assert len(files_below(tmp_path / "out")) == 800
    assert find(page, QLabel, "export.summary.folder").text() == str(tmp_path / "out")
    assert find(page, QLineEdit, "export.target").text() == str(tmp_path / "other-augmented")
    press(page, "export.again")
    put(page, "export.copies", 1)
    export(qtbot, page, tmp_path / "owls")
    assert files_below(tmp_path / "owls") == {"owl/0_aug_1.png", "owl/1_aug_1.png"}


def test_an_export_that_ends_out_of_sight_is_told(
    qtbot: QtBot, make_page: MakePage, tmp_path: Path
) -> None:
    page = make_page(make_set(tmp_path / "set", "cat"))
    aim(page, tmp_path / "out")
    press(page, "export.start")
    with qtbot.waitSignal(page.message) as told:
        page.hide()
    assert told.args == ["Export done", f"8 of 8 files are in {tmp_path / 'out'}"]


def test_a_page_that_dies_leaves_nothing_running(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AUGSTUDIO_HOME", str(tmp_path / "home"))
    session = Session()
    page = ExportPage(session)
    page.set_library(make_long_set(tmp_path / "set"))
    page.show()
    begin_long(qtbot, page, tmp_path / "out")
    page.deleteLater()
    del page
    gc.collect()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    qtbot.waitUntil(lambda: not busy_threads())
    assert sorted(outputs(tmp_path / "out")) == sorted(files_below(tmp_path / "out"))
    session.reseed(5, "Re-roll")
