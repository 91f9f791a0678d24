"""Old runs on the train page: listed, replayed from the disk, laid over each other, removed."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QUrl
from PySide6.QtWidgets import QAbstractButton, QFileDialog, QLabel, QMessageBox, QPushButton
from pytestqt.qtbot import QtBot

from studio.gan.config import TrainConfig
from studio.gan.reports import Quality, Reference, Report, Stats
from studio.gan.runs import summarise_run
from studio.qt.train.curves import CurvesView
from studio.qt.train.resuming import ways_to_resume
from studio.qt.train.run_list import RunList
from tests.gan.run_files import CONFIG, make_run, stats, told
from tests.qt.exporting import find, press, text
from tests.qt.training import (
    LONGEST,
    MakePage,
    answer,
    collect_errors,
    listed,
    show_run,
    train_pages,
)


@pytest.fixture
def make_page(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[MakePage]:
    monkeypatch.setenv("AUGSTUDIO_HOME", str(tmp_path / "home"))
    with train_pages(qtbot, tmp_path / "runs") as make:
        yield make


def test_an_old_run_is_replayed_from_the_disk(
    qtbot: QtBot, make_page: MakePage, tmp_path: Path
) -> None:
    reports = told(reason="done")
    run = make_run(tmp_path / "runs" / "pets-hinge-1", reports)
    make_run(tmp_path / "runs" / "pets-hinge-2", told())
    page = make_page(None)
    show_run(qtbot, page, run)
    history = page.history
    assert history.config == CONFIG
    assert history.stats == [each for each in reports if isinstance(each, Stats)]
    assert history.qualities == [
        each for each in reports if isinstance(each, Quality) and not isinstance(each, Reference)
    ]
    assert history.reference == reports[1]
    assert history.ended == reports[-1]
    assert find(page, QLabel, "train.run").text() == "pets-hinge-1"
    assert text(page, "train.state") == "done after 5 s, 640 images seen"
    model = find(page, RunList, "train.run_list").model
    row = model.row_of(run)
    assert row is not None
    cells = [model.index(row, column).data() for column in range(1, model.columnCount())]
    assert cells == ["pets", "Hinge", "28 grey", "640", "0.02", "done"]
    with qtbot.waitSignal(page.generate_requested) as wanted:
        press(page, "train.generate")
    assert wanted.args == [run]


def test_a_long_run_is_shown_while_the_window_lives(
    qtbot: QtBot, make_page: MakePage, tmp_path: Path
) -> None:
    reports: list[Report] = [*told(), *(stats(number) for number in range(11, 30_000))]
    run = make_run(tmp_path / "runs" / "long", reports)
    page = make_page(None)
    show_run(qtbot, page, run)
    shown = page.history.stats
    assert 5_000 < len(shown) <= 10_000 + 3
    assert shown[-1] == stats(29_999)
    assert len(page.history.qualities) == 3


def test_a_second_run_is_laid_over_the_first(
    qtbot: QtBot, make_page: MakePage, tmp_path: Path
) -> None:
    first = make_run(tmp_path / "runs" / "first", told())
    second = make_run(tmp_path / "runs" / "second", told(reason="done"))
    page = make_page(None)
    show_run(qtbot, page, first)
    over = find(page, QPushButton, "train.overlay")
    menu = over.menu()
    assert menu is not None
    menu.aboutToShow.emit()
    action = next(each for each in menu.actions() if each.data() == str(second))
    action.trigger()
    qtbot.waitUntil(lambda: over.text() == "Laid over: second", timeout=LONGEST)
    curves = find(page, CurvesView, "train.curves")
    assert curves._overlay is not None
    assert curves._overlay.folder == second
    assert page.history.folder == first
    show_run(qtbot, page, second)
    assert over.text() == "Lay over…"
    assert curves._overlay is None


def test_a_damaged_run_says_what_is_wrong_and_cannot_be_resumed(
    qtbot: QtBot, make_page: MakePage, tmp_path: Path
) -> None:
    run = make_run(tmp_path / "runs" / "broken", told())
    (run / "config.yaml").write_text("- nonsense")
    page = make_page(None)
    errors = collect_errors(page)
    show_run(qtbot, page, run)
    assert "config.yaml: cannot be read" in text(page, "train.state")
    assert not find(page, QPushButton, "train.resume").isVisible()
    assert not find(page, QPushButton, "train.generate").isVisible()
    assert not errors


def test_a_run_with_numbers_out_of_bounds_is_paused_with_advice(
    qtbot: QtBot, make_page: MakePage, tmp_path: Path
) -> None:
    run = make_run(tmp_path / "runs" / "wild", told(reason="not finite"))
    page = make_page(None)
    show_run(qtbot, page, run)
    assert text(page, "train.state").startswith("Paused: the numbers ran out of bounds.")
    assert text(page, "train.state").endswith("Try another seed.")
    resume = find(page, QPushButton, "train.resume")
    assert resume.text() == "Resume"
    menu = resume.menu()
    assert menu is not None
    configs = [action.data() for action in menu.actions()]
    assert configs == [replace(CONFIG, seed=1), replace(CONFIG, batch=32), CONFIG]


@pytest.mark.parametrize(
    ("config", "minutes"),
    [
        (TrainConfig(minutes=5.0), [7.0, 10.0, 20.0, 65.0]),
        (TrainConfig(minutes=None, kimg=1.0), [7.0, 10.0, 20.0, 65.0]),
        (TrainConfig(minutes=6.0), []),
    ],
)
def test_a_run_that_is_done_can_be_made_longer(
    tmp_path: Path, config: TrainConfig, minutes: list[float]
) -> None:
    run = summarise_run(make_run(tmp_path / "run", told(), config=config))
    run = replace(run, seconds=300.0, images=1000)
    assert [each.minutes for _, each in ways_to_resume(run)] == minutes
    assert all(each.kimg is None for _, each in ways_to_resume(run))


def test_a_run_is_removed_when_that_is_what_was_meant(
    qtbot: QtBot, make_page: MakePage, tmp_path: Path
) -> None:
    run = make_run(tmp_path / "runs" / "old", told())
    (run / "notes.txt").write_text("mine")
    page = make_page(None)
    messages: list[str] = []
    page.message.connect(messages.append)
    show_run(qtbot, page, run)
    answer(page, QMessageBox.StandardButton.Cancel)
    press(page, "train.remove")
    assert (run / "config.yaml").exists()
    answer(page, QMessageBox.StandardButton.Yes)
    press(page, "train.remove")
    qtbot.waitUntil(lambda: not listed(page), timeout=LONGEST)
    assert [path.name for path in run.iterdir()] == ["notes.txt"]
    assert messages == [f"Other files in {run} stay."]
    assert page.history.folder is None


def test_a_run_elsewhere_is_opened_and_listed_from_then_on(
    qtbot: QtBot, make_page: MakePage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = make_run(tmp_path / "stick" / "theirs", told())
    # The list, with the button, is there as soon as there is a run.
    make_run(tmp_path / "runs" / "ours", told())
    page = make_page(None)
    qtbot.waitUntil(lambda: len(listed(page)) == 1, timeout=LONGEST)
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(run))
    find(page, QAbstractButton, "train.open_run").click()
    qtbot.waitUntil(lambda: page.history.folder == run, timeout=LONGEST)
    opened: list[QUrl] = []
    page.set_folder_opener(opened.append)
    press(page, "train.folder_button")
    assert opened == [QUrl.fromLocalFile(str(run))]
    page.stop_and_wait()
    again = make_page(None)
    qtbot.waitUntil(lambda: len(listed(again)) == 2, timeout=LONGEST)
    assert {each.path for each in listed(again)} == {run, tmp_path / "runs" / "ours"}
