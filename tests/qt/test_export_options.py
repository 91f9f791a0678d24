"""The export page's options are checked and tried before anything is written."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QLabel,
    QLineEdit,
    QProgressBar,
    QScrollArea,
    QScrollBar,
    QTreeView,
    QWidget,
)
from pytestqt.qtbot import QtBot

from studio.dataset.library import open_library
from studio.qt.export.dry_run import DryRun
from studio.qt.export.pane import ExportPane
from studio.qt.export.parts import Picture, format_seconds
from studio.qt.recipe.number_field import NumberField
from studio.qt.session import Session
from tests.qt.exporting import (
    MakePage,
    aim,
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


def test_the_dry_run_shows_figures_and_samples_and_writes_nothing(
    qtbot: QtBot, make_page: MakePage, tmp_path: Path
) -> None:
    page = make_page(make_set(tmp_path / "set", "cat", "dog", each=3))
    qtbot.waitUntil(lambda: text(page, "export.estimate.bytes") != "–")
    assert text(page, "export.estimate.files") == "24"
    assert text(page, "export.estimate.seconds") == "1 s"
    samples = [find(page, Picture, f"export.sample.{number}").image() for number in range(3)]
    assert [(image.width(), image.height()) for image in samples] == [(32, 24)] * 3
    assert {path.name for path in tmp_path.iterdir()} <= {"set", "home"}
    assert len(files_below(tmp_path / "set")) == 6


def test_a_run_of_edits_gives_one_forecast_of_the_last(
    qtbot: QtBot, make_page: MakePage, tmp_path: Path
) -> None:
    page = make_page(make_set(tmp_path / "set", "cat", each=4))
    dry_run = page.findChild(DryRun)
    assert dry_run is not None
    arrived: list[int] = []
    dry_run.ready.connect(lambda forecast: arrived.append(forecast.estimate.files))
    slider = find(page, QAbstractSlider, "export.copies.slider")
    for copies in range(5, 31):
        slider.setValue(copies)
    qtbot.waitUntil(lambda: bool(arrived))
    assert arrived == [120]
    assert find(page, NumberField, "export.copies").value() == 30


def test_edits_of_the_recipe_are_forecast_while_the_page_is_seen(
    qtbot: QtBot, make_page: MakePage, tmp_path: Path
) -> None:
    page = make_page(make_set(tmp_path / "set", "cat"))
    session = page.findChild(Session)
    assert session is not None
    dry_run = page.findChild(DryRun)
    assert dry_run is not None
    qtbot.waitUntil(lambda: text(page, "export.estimate.bytes") != "–")
    with qtbot.waitSignal(dry_run.ready):
        session.edit(replace(session.recipe, steps=()), "Clear")
    page.hide()
    with qtbot.assertNotEmitted(dry_run.ready, wait=600):
        session.history.undo()
    with qtbot.waitSignal(dry_run.ready):
        page.show()
    page.hide()
    page.show()
    assert text(page, "export.estimate.bytes") != "–"


def test_images_that_cannot_be_read_are_told_beforehand(
    qtbot: QtBot, make_page: MakePage, tmp_path: Path
) -> None:
    make_set(tmp_path / "set", "cat")
    (tmp_path / "set/cat/broken.png").write_bytes(b"no image at all")
    page = make_page(open_library(tmp_path / "set"))
    qtbot.waitUntil(lambda: "cat/broken.png" in text(page, "export.estimate.warning"))
    for number in range(2):
        (tmp_path / f"set/cat/{number}.png").write_bytes(b"not this either")
    put(page, "export.copies", 2)
    qtbot.waitUntil(lambda: "none of the images" in text(page, "export.estimate.warning"))


@pytest.mark.parametrize(
    ("place", "reason"),
    [
        ("data/set", "data set's own folder"),
        ("data/set/cat/new", "inside the data set"),
        ("data", "holds the data set"),
        ("full", "not empty"),
        ("full/file", "a file, not a folder"),
        ("", "Choose a folder"),
    ],
)
def test_a_folder_that_cannot_take_an_export_is_refused_in_place(
    make_page: MakePage, tmp_path: Path, place: str, reason: str
) -> None:
    page = make_page(make_set(tmp_path / "data/set", "cat"))
    (tmp_path / "full").mkdir()
    (tmp_path / "full/file").touch()
    problem = find(page, QLabel, "export.target.problem")
    start = find(page, QAbstractButton, "export.start")
    assert not problem.isVisible()
    aim(page, tmp_path / place if place else "")
    assert problem.isVisible()
    assert reason in problem.text()
    assert str(tmp_path) not in problem.text()
    assert not start.isEnabled()
    page.start()
    assert not page.is_running()
    aim(page, tmp_path / "new")
    assert not problem.isVisible()
    assert start.isEnabled()


@pytest.mark.parametrize("typed", ["pictures", "~nobody-of-that-name/x", "/" + "x" * 5000, "a\0b"])
def test_whatever_is_typed_as_a_folder_gives_a_sentence(
    make_page: MakePage, tmp_path: Path, typed: str
) -> None:
    page = make_page(make_set(tmp_path / "set", "cat"))
    aim(page, typed)
    assert text(page, "export.target.problem").endswith(".")
    assert not find(page, QAbstractButton, "export.start").isEnabled()


def test_a_folder_that_only_the_export_finds_unwritable_is_refused_in_place(
    qtbot: QtBot, make_page: MakePage, tmp_path: Path
) -> None:
    page = make_page(make_set(tmp_path / "set", "cat"))
    (tmp_path / "file").touch()
    export(qtbot, page, tmp_path / "file/below")
    assert "cannot be written" in text(page, "export.target.problem")
    assert not find(page, QAbstractButton, "export.start").isEnabled()
    assert find(page, QLabel, "export.estimate.files").isVisible()


def test_the_folder_is_looked_at_again_when_the_page_is_shown(
    make_page: MakePage, tmp_path: Path
) -> None:
    page = make_page(make_set(tmp_path / "set", "cat"))
    aim(page, tmp_path / "out")
    page.hide()
    write_image(tmp_path / "out/other.png", 1)
    page.show()
    assert "not empty" in text(page, "export.target.problem")


def test_the_seed_is_the_recipes_and_can_be_undone(make_page: MakePage, tmp_path: Path) -> None:
    page = make_page(make_set(tmp_path / "set", "cat"))
    session = page.findChild(Session)
    assert session is not None
    put(page, "export.seed", 123)
    assert session.recipe.seed == 123
    put(page, "export.seed", 4)
    session.history.undo()
    assert session.recipe.seed == 123
    assert find(page, NumberField, "export.seed").value() == 123
    session.history.undo()
    assert session.recipe.seed == 0
    assert not session.history.canUndo()


def test_a_scope_is_one_change_and_the_same_one_again_is_none(
    make_page: MakePage, tmp_path: Path
) -> None:
    folders = [f"{split}/{name}" for split in ("train", "test") for name in "abcdefgh"]
    page = make_page(make_set(tmp_path / "set", *folders, each=1))
    pane = page.findChild(ExportPane)
    assert pane is not None
    changes: list[str] = []
    pane.changed.connect(lambda: changes.append(text(page, "export.scope")))
    page.set_scope("train", "c")
    page.set_scope("train", None)
    tick(page, "h")
    page.set_scope("train", None)
    page.set_scope(None, None)
    assert changes == ["1 of 16", "8 of 16", "7 of 16", "16"]


def test_what_is_chosen_stays_when_the_same_folder_is_looked_through_again(
    make_page: MakePage, tmp_path: Path
) -> None:
    folders = [f"{split}/{name}" for split in ("train", "test") for name in "ab"]
    page = make_page(make_set(tmp_path / "set", *folders))
    aim(page, tmp_path / "elsewhere")
    press(page, "export.held_out.omit")
    tick(page, "a")
    page.set_library(make_set(tmp_path / "set", *folders, each=3))
    assert text(page, "export.scope") == "6 of 12"
    assert find(page, QAbstractButton, "export.held_out.omit").isChecked()
    assert find(page, QLineEdit, "export.target").text() == str(tmp_path / "elsewhere")
    page.set_library(make_set(tmp_path / "other", *folders))
    assert text(page, "export.scope") == "8"
    assert find(page, QLineEdit, "export.target").text() == str(tmp_path / "other-augmented")


def test_the_model_of_the_classes_keeps_its_rules(make_page: MakePage, tmp_path: Path) -> None:
    page = make_page(make_set(tmp_path / "set", "train/a", "train/b", "test/b"))
    model = find(page, QTreeView, "export.class_list").model()
    tester = QAbstractItemModelTester(model)
    press(page, "export.split.train")
    press(page, "export.class_list.none")
    page.set_library(make_set(tmp_path / "other", "x", "y", "z"))
    assert [model.index(row, 0).data() for row in range(model.rowCount())] == ["x", "y", "z"]
    assert text(page, "export.scope") == "6"
    del tester


def test_a_class_is_ticked_by_its_box_its_count_and_the_space_bar(
    make_page: MakePage, tmp_path: Path
) -> None:
    page = make_page(make_set(tmp_path / "set", "cat", "dog"))
    view = find(page, QTreeView, "export.class_list")
    row = view.visualRect(view.model().index(0, 0))
    box = QPoint(row.left() + 10, row.center().y())
    count = view.visualRect(view.model().index(0, 1)).center()
    for spot, left in ((box, "2 of 4"), (count, "4"), (row.center(), "2 of 4")):
        QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=spot)
        assert text(page, "export.scope") == left
    QTest.keyClick(view, Qt.Key.Key_Space)
    assert text(page, "export.scope") == "4"


# Controls


def test_without_a_data_set_the_page_says_what_to_do(make_page: MakePage) -> None:
    page = make_page(None)
    assert text(page, "export.estimate.note") == "Open a folder of images first."
    assert not find(page, QAbstractButton, "export.start").isEnabled()
    page.start()
    assert not page.is_running()


def test_every_control_has_its_names(make_page: MakePage, tmp_path: Path) -> None:
    page = make_page(make_set(tmp_path / "set", "train/a", "train/b", "test/b"))
    kinds = (QAbstractButton, QLineEdit, QAbstractSpinBox, QAbstractSlider, QTreeView, QProgressBar)
    controls = [
        control
        for kind in kinds
        for control in page.findChildren(kind)
        if not isinstance(control, QScrollBar) and control.objectName() != "qt_spinbox_lineedit"
    ]
    names = [control.objectName() for control in controls]
    assert len(set(names)) == len(names)
    assert all(name.startswith("export.") for name in names)
    nameless = [c.objectName() for c in controls if not (c.accessibleName() and c.toolTip())]
    assert nameless == []
    buddies = {label.buddy().objectName() for label in page.findChildren(QLabel) if label.buddy()}
    fields = "target copies class_list held_out.copy format.same quality seed workers"
    assert buddies == {f"export.{name}" for name in fields.split()}
    wanted = "browse originals start cancel progress open_folder format.jpg format.png format.webp"
    assert {f"export.{name}" for name in wanted.split()} <= set(names)


def test_the_tab_key_goes_down_the_options(
    qtbot: QtBot, make_page: MakePage, tmp_path: Path
) -> None:
    page = make_page(make_set(tmp_path / "set", "train/a", "train/b", "test/b"))
    with qtbot.waitActive(page):
        page.activateWindow()
    find(page, QWidget, "export.target").setFocus()
    visited = []
    for _ in range(18):
        focus = QApplication.focusWidget()
        assert focus is not None
        visited.append(focus.objectName().removeprefix("export."))
        QTest.keyClick(focus, Qt.Key.Key_Tab)
    above = ["target", "browse", "copies.slider", "copies", "originals", "balance"]
    images = ["class_list.all", "class_list.none", "split.train", "split.test", "class_list"]
    below = [
        "held_out.copy",
        "format.same",
        "quality.slider",
        "quality",
        "seed",
        "workers",
        "start",
    ]
    assert visited == [*above, *images, *below]


def test_the_button_stays_in_sight_in_a_small_window(make_page: MakePage, tmp_path: Path) -> None:
    page = make_page(make_set(tmp_path / "set", "train/a", "train/b", "test/b"))
    bar = find(page, QScrollArea, "export.scroll").verticalScrollBar()
    assert bar.maximum() == 0
    page.resize(1000, 480)
    QApplication.processEvents()
    assert bar.maximum() > 0
    start = find(page, QWidget, "export.start")
    placed = QRect(start.mapTo(page, QPoint()), start.size())
    assert page.rect().contains(placed)


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0.01, "1 s"), (59.4, "59 s"), (200, "3 min 20 s"), (7500, "2 h 5 min")],
)
def test_times_are_said_as_people_say_them(seconds: float, said: str) -> None:
    assert format_seconds(seconds) == said
