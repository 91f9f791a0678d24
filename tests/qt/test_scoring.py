"""The window of "Score fills" scores a real data set and puts what is best into the recipe."""

import csv
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from msgspec.structs import replace
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QFont
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QFileDialog, QMainWindow, QPushButton, QTableView
from pytestqt.qtbot import QtBot

from studio.augment.missing.rules import default_rule
from studio.augment.operation import Kind
from studio.augment.recipe import Recipe
from studio.dataset.library import Library, open_library
from studio.dataset.scoring.methods import all_methods
from studio.dataset.scoring.record import Scores
from studio.qt.export.file_list import FileList
from studio.qt.recipe.number_field import NumberField
from studio.qt.scoring.dialog import ScoreDialog
from studio.qt.scoring.into_recipe import with_fill
from studio.qt.scoring.picture_view import PictureView
from studio.qt.scoring.pictures import LEVELS, choose_levels, colour_levels, paint_difference
from studio.qt.scoring.score_fills import ScoreFills
from studio.qt.scoring.score_model import METHOD, PSNR, TIME, WINS
from studio.qt.session import Session
from tests.qt.conftest import write_photo
from tests.qt.exporting import busy_threads, find, press, put, text

TIMEOUT = 30_000
LEFT = Qt.MouseButton.LeftButton
BEST_PER_IMAGE = "Best per image"

MakeDialog = Callable[[Library | None], ScoreDialog]


@pytest.fixture
def session() -> Session:
    return Session()


@pytest.fixture
def make_dialog(qtbot: QtBot, session: Session) -> Iterator[MakeDialog]:
    made: list[ScoreDialog] = []

    def make(library: Library | None) -> ScoreDialog:
        dialog = ScoreDialog(session, library)
        qtbot.addWidget(dialog)
        made.append(dialog)
        dialog.resize(1000, 700)
        dialog.open()
        return dialog

    yield make
    for dialog in made:
        dialog.stop_and_wait()
    assert not busy_threads()


@pytest.fixture
def library(photos: Path) -> Library:
    return open_library(photos)


def score(qtbot: QtBot, dialog: ScoreDialog, pattern: str = "rows") -> Scores:
    press(dialog, f"scoring.pattern.{pattern}")
    press(dialog, "scoring.start")
    assert dialog.is_running()
    qtbot.waitUntil(lambda: not dialog.is_running(), timeout=TIMEOUT)
    scores = dialog.scores()
    assert scores is not None
    return scores


def table(dialog: ScoreDialog) -> QTableView:
    return find(dialog, QTableView, "scoring.table")


def column(dialog: ScoreDialog, number: int, role: int = Qt.ItemDataRole.DisplayRole) -> list[Any]:
    model = table(dialog).model()
    return [model.index(row, number).data(role) for row in range(model.rowCount())]


def is_bold(font: QFont | None) -> bool:
    return font is not None and font.bold()


def choose_row(dialog: ScoreDialog, row: int) -> None:
    view = table(dialog)
    spot = view.visualRect(view.model().index(row, METHOD)).center()
    QTest.mouseClick(view.viewport(), LEFT, pos=spot)


def click_header(dialog: ScoreDialog, number: int) -> None:
    header = table(dialog).horizontalHeader()
    spot = QPoint(header.sectionViewportPosition(number) + 20, header.height() // 2)
    QTest.mouseClick(header.viewport(), LEFT, pos=spot)


def left_out(dialog: ScoreDialog) -> list[tuple[str, str]]:
    files = find(dialog, FileList, "scoring.left_out")
    rows = [files.topLevelItem(row) for row in range(files.topLevelItemCount())]
    return [(row.text(0), row.text(1)) for row in rows if row is not None]


def pictures(dialog: ScoreDialog) -> PictureView:
    return find(dialog, PictureView, "scoring.pictures")


def make_long_set(root: Path) -> Library:
    """Return a set that takes seconds to score."""
    for number in range(40):
        write_photo(root / f"{number:02}.png", (320, 240), seed=number)
    return open_library(root)


def begin_long(qtbot: QtBot, dialog: ScoreDialog) -> None:
    """Start scoring all images, and wait until the first ones are in the table."""
    put(dialog, "scoring.images", 40)
    press(dialog, "scoring.start")
    qtbot.waitUntil(lambda: table(dialog).model().rowCount() > 0, timeout=TIMEOUT)
    assert dialog.is_running()


def test_every_method_is_in_the_table_the_best_first(
    qtbot: QtBot, make_dialog: MakeDialog, library: Library
) -> None:
    dialog = make_dialog(library)
    scores = score(qtbot, dialog)
    assert len(scores.rows) == 6
    names = column(dialog, METHOD)
    assert len(names) == len(set(names)) == len(all_methods()) + 1
    assert names[-1] == BEST_PER_IMAGE
    psnr = [float(figure) for figure in column(dialog, PSNR)]
    assert psnr[:-1] == sorted(psnr[:-1], reverse=True)
    assert psnr[-1] >= psnr[0] == pytest.approx(scores.means[scores.best].psnr, abs=0.01)
    best = sum(each.psnr == scores.means[scores.best].psnr for each in scores.means.values())
    fonts = column(dialog, PSNR, Qt.ItemDataRole.FontRole)
    assert [is_bold(font) for font in fonts] == [row < best for row in range(len(fonts))]
    wins = [int(figure.partition(" / ")[0]) for figure in column(dialog, WINS)[:-1]]
    assert sum(wins) == 6
    right = column(dialog, TIME, Qt.ItemDataRole.TextAlignmentRole)
    assert all(alignment & Qt.AlignmentFlag.AlignRight for alignment in right)


def test_headers_sort_and_leave_the_best_per_image_last(
    qtbot: QtBot, make_dialog: MakeDialog, library: Library
) -> None:
    dialog = make_dialog(library)
    scores = score(qtbot, dialog)
    chosen = table(dialog).currentIndex().siblingAtColumn(METHOD).data()
    click_header(dialog, METHOD)
    names = column(dialog, METHOD)
    assert names[:-1] == sorted(names[:-1], key=str.casefold)
    click_header(dialog, METHOD)
    assert column(dialog, METHOD) == [*names[-2::-1], BEST_PER_IMAGE]
    click_header(dialog, TIME)
    fastest = min(each.seconds for each in scores.means.values())
    assert float(column(dialog, TIME)[0]) == pytest.approx(1000 * fastest, abs=0.051)
    assert column(dialog, METHOD)[-1] == BEST_PER_IMAGE
    assert table(dialog).currentIndex().siblingAtColumn(METHOD).data() == chosen


def test_one_image_is_shown_in_place_of_all(
    qtbot: QtBot, make_dialog: MakeDialog, library: Library
) -> None:
    dialog = make_dialog(library)
    scores = score(qtbot, dialog)
    press(dialog, "scoring.scope.image")
    press(dialog, "scoring.next")
    row = scores.rows[1]
    assert find(dialog, QComboBox, "scoring.image").currentText() == row.key
    assert float(column(dialog, PSNR)[0]) == pytest.approx(row.fills[row.best].psnr, abs=0.01)
    press(dialog, "scoring.scope.all")
    best = scores.means[scores.best].psnr
    assert float(column(dialog, PSNR)[0]) == pytest.approx(best, abs=0.01)


def test_cancelling_keeps_what_was_scored(
    qtbot: QtBot, make_dialog: MakeDialog, tmp_path: Path
) -> None:
    dialog = make_dialog(make_long_set(tmp_path / "set"))
    begin_long(qtbot, dialog)
    press(dialog, "scoring.cancel")
    qtbot.waitUntil(lambda: not dialog.is_running(), timeout=TIMEOUT)
    scores = dialog.scores()
    assert scores is not None
    assert 0 < len(scores.rows) < 40
    assert len(column(dialog, METHOD)) == len(all_methods()) + 1
    assert f"Stopped after {len(scores.rows)} of 40" in text(dialog, "scoring.state")
    assert "task" not in busy_threads()
    qtbot.waitUntil(lambda: pictures(dialog).has_pictures, timeout=TIMEOUT)


def test_closing_the_window_or_another_library_ends_a_scoring(
    qtbot: QtBot, make_dialog: MakeDialog, tmp_path: Path, library: Library
) -> None:
    dialog = make_dialog(make_long_set(tmp_path / "set"))
    begin_long(qtbot, dialog)
    dialog.close()
    assert not dialog.is_running()
    qtbot.waitUntil(lambda: "task" not in busy_threads(), timeout=TIMEOUT)
    dialog.open()
    begin_long(qtbot, dialog)
    dialog.set_library(library)
    assert not dialog.is_running()
    assert dialog.scores() is None
    assert table(dialog).model().rowCount() == 0
    assert find(dialog, NumberField, "scoring.images").value() == 6
    qtbot.waitUntil(lambda: "task" not in busy_threads(), timeout=TIMEOUT)
    assert not pictures(dialog).has_pictures


def test_the_best_goes_into_the_recipe_and_undo_takes_it_out(
    qtbot: QtBot, make_dialog: MakeDialog, library: Library, session: Session
) -> None:
    dialog = make_dialog(library)
    before = session.recipe
    scores = score(qtbot, dialog)
    press(dialog, "scoring.use_best")
    method = next(each for each in all_methods() if each.name == scores.best)
    step = session.recipe.steps[0]
    assert (step.op, step.params) == (method.op, method.settings())
    assert session.recipe.steps[1:] == before.steps
    assert "In the recipe" in text(dialog, "scoring.state")
    session.history.undo()
    assert session.recipe == before


def test_the_selected_method_replaces_the_fill_that_is_there(
    qtbot: QtBot, make_dialog: MakeDialog, library: Library, session: Session
) -> None:
    dialog = make_dialog(library)
    score(qtbot, dialog)
    press(dialog, "scoring.use_best")
    count = len(session.recipe.steps)
    choose_row(dialog, 2)
    name = column(dialog, METHOD)[2]
    press(dialog, "scoring.use_selected")
    fills = [step for step in session.recipe.steps if step.operation.kind is Kind.FILL]
    assert len(session.recipe.steps) == count
    assert [step.operation.title.casefold() for step in fills] == [
        f"fill: {name.partition(' (')[0]}".casefold()
    ]
    choose_row(dialog, table(dialog).model().rowCount() - 1)
    assert not find(dialog, QPushButton, "scoring.use_selected").isEnabled()


def test_the_best_per_image_goes_into_the_recipe(
    qtbot: QtBot, make_dialog: MakeDialog, library: Library, session: Session
) -> None:
    dialog = make_dialog(library)
    score(qtbot, dialog)
    press(dialog, "scoring.use_best_per_image")
    assert session.recipe.steps[0].op == "fill_best"


def test_a_fill_goes_behind_the_steps_that_lose_pixels() -> None:
    recipe = Recipe()
    for op in ("rotate", "lose_rows", "gaussian_noise"):
        recipe = recipe.with_added(op)
    filled = with_fill(recipe, "fill_mean", {"of": ("image",)})
    ops = [step.op for step in filled.steps]
    assert ops == ["rotate", "lose_rows", "fill_mean", "gaussian_noise"]
    off = recipe.with_step(replace(recipe.step("lose_rows"), enabled=False))
    assert with_fill(off, "fill_mean", {}).steps[0].op == "fill_mean"
    moved = filled.with_moved("fill_mean", 3)
    other = with_fill(moved, "fill_nearest", {})
    assert [step.op for step in other.steps] == [*ops[:2], "gaussian_noise", "fill_nearest"]


def test_pictures_are_of_the_chosen_method_and_image(
    qtbot: QtBot, make_dialog: MakeDialog, library: Library
) -> None:
    dialog = make_dialog(library)
    scores = score(qtbot, dialog)
    view = pictures(dialog)
    shown = view.accessibleDescription

    def shows(name: str, key: str) -> bool:
        figure = f"{scores.row(key).fills[name].psnr:.2f} dB"
        return view.has_pictures and figure in shown()

    first, second = scores.rows[0].key, scores.rows[1].key
    qtbot.waitUntil(lambda: shows(scores.best, first), timeout=TIMEOUT)
    assert "64 × 48" in shown()
    table(dialog).setFocus()
    choose_row(dialog, 3)
    worse = sorted(scores.means, key=lambda name: -scores.means[name].psnr)[3]
    qtbot.waitUntil(lambda: shows(worse, first), timeout=TIMEOUT)
    press(dialog, "scoring.next")
    qtbot.waitUntil(lambda: shows(worse, second), timeout=TIMEOUT)
    assert not view.grab().toImage().isNull()


def test_all_pictures_are_zoomed_alike(
    qtbot: QtBot, make_dialog: MakeDialog, tmp_path: Path
) -> None:
    write_photo(tmp_path / "set" / "large.png", (640, 480))
    dialog = make_dialog(open_library(tmp_path / "set"))
    score(qtbot, dialog, "blocks")
    view = pictures(dialog)
    qtbot.waitUntil(lambda: view.has_pictures, timeout=TIMEOUT)
    panes = view._panes()
    point = view._logical(panes[3]).center()
    view.set_zoom(2.0, point)
    views = view._shared.views
    assert {each.zoom for each in views} == {2.0}
    assert len({(each.centre.x(), each.centre.y()) for each in views}) == 1
    # What is enlarged is the full picture, not the small one that fitted before.
    qtbot.waitUntil(lambda: view._layers[3].image.width() == 640, timeout=TIMEOUT)
    press(dialog, "scoring.fit")
    assert view.is_fit


def test_files_that_cannot_be_scored_are_listed(
    qtbot: QtBot, make_dialog: MakeDialog, photos: Path, session: Session
) -> None:
    (photos / "cats" / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\nno picture")
    write_photo(photos / "dogs" / "nothing.png")
    rule = default_rule("no_data_range")
    everything = replace(rule, params={"lowest": 0.0, "highest": 255.0})
    session.edit(replace(session.recipe, missing=(replace(rule, enabled=False),)), "")
    dialog = make_dialog(open_library(photos))
    scores = score(qtbot, dialog)
    assert [problem.key for problem in scores.problems] == ["cats/broken.png"]
    assert find(dialog, FileList, "scoring.left_out").isVisible()
    assert left_out(dialog) == [("cats/broken.png", scores.problems[0].reason)]
    assert text(dialog, "scoring.left_out.title") == "1 image left out"
    session.edit(replace(session.recipe, missing=(everything,)), "")
    assert "changed since" in text(dialog, "scoring.state")
    press(dialog, "scoring.start")
    qtbot.waitUntil(lambda: not dialog.is_running(), timeout=TIMEOUT)
    assert dialog.scores() is None
    assert "no image could be scored" in text(dialog, "scoring.fault")
    assert table(dialog).model().rowCount() == 0


def test_an_image_that_is_missing_wholly_is_listed(
    qtbot: QtBot, make_dialog: MakeDialog, photos: Path, session: Session
) -> None:
    black = np.zeros((48, 64, 3), np.uint8)
    (photos / "dogs" / "black.png").write_bytes(cv2.imencode(".png", black)[1].tobytes())
    session.edit(replace(session.recipe, missing=(default_rule("no_data_value"),)), "")
    dialog = make_dialog(open_library(photos))
    scores = score(qtbot, dialog, "missing")
    assert [problem.key for problem in scores.problems] == ["dogs/black.png"]
    assert "missing wholly" in left_out(dialog)[0][1]


def test_the_figures_are_written_to_a_table(
    qtbot: QtBot,
    make_dialog: MakeDialog,
    library: Library,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    dialog = make_dialog(library)
    scores = score(qtbot, dialog)
    targets = [str(tmp_path / "absent" / "fills.csv"), str(tmp_path / "fills.csv")]
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (targets.pop(0), ""))
    press(dialog, "scoring.export_table")
    assert "cannot be written" in text(dialog, "scoring.fault")
    press(dialog, "scoring.export_table")
    assert text(dialog, "scoring.fault") == ""
    with (tmp_path / "fills.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 7 * len(all_methods()) + 1
    first = rows[0]
    row = scores.row(first["image"])
    assert float(first["psnr_db"]) == pytest.approx(row.fills[first["method"]].psnr, abs=1e-3)
    assert (rows[-1]["image"], rows[-1]["method"]) == ("", "best per image")


def test_the_command_follows_the_data_set_that_is_open(
    qtbot: QtBot, library: Library, session: Session
) -> None:
    window = QMainWindow()
    qtbot.addWidget(window)
    window.show()
    command = ScoreFills(session, window)
    command.set_library(library)
    command.score_fills()
    dialog = window.findChild(ScoreDialog)
    assert dialog is not None
    score(qtbot, dialog)
    command.set_library(None)
    assert table(dialog).model().rowCount() == 0
    command.stop_and_wait()
    assert not dialog.isVisible()
    assert not busy_threads()


def test_nothing_can_be_started_without_a_data_set(make_dialog: MakeDialog) -> None:
    dialog = make_dialog(None)
    press(dialog, "scoring.start")
    assert not dialog.is_running()
    assert pictures(dialog).message() == "No data set is open"


def test_the_difference_shows_where_and_how_much() -> None:
    original = np.full((64, 64, 3), 200, np.uint8)
    hidden = np.zeros((64, 64), np.uint8)
    hidden[10, 20] = hidden[40, 40] = 255
    difference = np.zeros((64, 64), np.uint8)
    difference[10, 20] = 64
    full = paint_difference(original, difference, hidden, 64)
    none, most = colour_levels(np.array([[0, 64]], np.uint8), 64)[0]
    assert np.array_equal(full[10, 20], most)
    assert np.array_equal(full[40, 40], none)
    assert full[0, 0, 0] == full[0, 0, 1] == full[0, 0, 2]
    # A single pixel does not fade where the picture is shown small.
    small = paint_difference(original, difference, hidden, 64, 0.25)
    assert small.shape == (16, 16, 3)
    assert (small == most).all(axis=2).any()


def test_the_scale_of_the_difference_suits_most_pixels() -> None:
    assert choose_levels(np.full(1000, 7, np.uint8)) == LEVELS[0]
    few = np.concatenate([np.full(990, 30), np.full(10, 250)]).astype(np.uint8)
    assert choose_levels(few) == 32
    assert choose_levels(np.full(10, 250, np.uint8)) == 255
