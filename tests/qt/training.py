"""Drives a train page as a person does."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import cv2
import numpy as np
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QAbstractButton, QComboBox, QLabel, QLineEdit, QMessageBox
from pytestqt.qtbot import QtBot

from studio.dataset.library import Library, open_library
from studio.errors import UserError
from studio.gan.runs import RunSummary
from studio.qt.recipe.number_field import NumberField
from studio.qt.settings import settings
from studio.qt.train.page import TrainPage
from studio.qt.train.run_list import RunList
from tests.qt.exporting import busy_threads, find, press

LONGEST = 60_000
MakePage = Callable[[Library | None], TrainPage]


@contextmanager
def train_pages(qtbot: QtBot, runs: Path) -> Iterator[MakePage]:
    """Give what makes pages that keep runs in a folder; at the end, stop them and what they do."""
    made: list[TrainPage] = []
    settings().clear()

    def make(library: Library | None) -> TrainPage:
        page = TrainPage()
        qtbot.addWidget(page)
        made.append(page)
        page.resize(1280, 650)
        page.set_library(library)
        find(page, QLineEdit, "train.folder").setText(str(runs))
        page.show()
        if library is not None:
            wait_for_look(qtbot, page)
        return page

    yield make
    for page in made:
        page.stop_and_wait()
    assert not busy_threads()


def make_images(root: Path, each: int = 6, side: int = 16) -> Library:
    rng = np.random.default_rng(0)
    for name, level in (("cat", 60), ("dog", 190)):
        for number in range(each):
            path = root / name / f"{number}.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            pixels = rng.normal(level, 20, (side, side, 3)).clip(0, 255).astype(np.uint8)
            path.write_bytes(cv2.imencode(".png", pixels)[1].tobytes())
    return open_library(root)


def set_up(page: TrainPage, *, preset: str = "fast", **length: float) -> None:
    """Ask for a small training of so many `minutes` or `kimg`."""
    choice = find(page, QComboBox, "train.preset")
    choice.setCurrentIndex(choice.findData(preset))
    size = find(page, QComboBox, "train.size")
    size.setCurrentIndex(size.findData(16))
    for unit, value in length.items():
        find(page, QAbstractButton, f"train.length.{unit}").click()
        find(page, NumberField, f"train.{unit}").setValue(value)
    find(page, NumberField, "train.batch").setValue(4)


def wait_for_look(qtbot: QtBot, page: TrainPage) -> None:
    """Return when the page knows how large the images are."""
    facts = find(page, QLabel, "train.data.facts")
    qtbot.waitUntil(lambda: "pixels" in facts.text(), timeout=LONGEST)


def start(page: TrainPage) -> None:
    press(page, "train.start")
    assert page.is_running()


def wait_for_steps(qtbot: QtBot, page: TrainPage) -> None:
    qtbot.waitUntil(lambda: bool(page.history.stats), timeout=LONGEST)


def wait_for_end(qtbot: QtBot, page: TrainPage) -> None:
    qtbot.waitUntil(lambda: not page.is_running(), timeout=LONGEST)


def listed(page: TrainPage) -> list[RunSummary]:
    return find(page, RunList, "train.run_list").model.runs()


def choose_run(page: TrainPage, path: Path) -> None:
    """Click on a run's row."""
    runs = find(page, RunList, "train.run_list")
    row = next(n for n in range(len(runs.model.runs())) if runs.model.run_at(n).path == path)
    shown = runs.view.model()
    title = runs.model.index(row, 1)
    index = next(
        shown.index(n, 1)
        for n in range(shown.rowCount())
        if shown.index(n, 0).data(0x0100) == title.siblingAtColumn(0).data(0x0100)
    )
    runs.view.setCurrentIndex(index)


def show_run(qtbot: QtBot, page: TrainPage, path: Path) -> None:
    """Choose a run, and wait until it is shown."""
    qtbot.waitUntil(lambda: any(run.path == path for run in listed(page)), timeout=LONGEST)
    choose_run(page, path)
    qtbot.waitUntil(lambda: page.history.folder == path, timeout=LONGEST)


def collect_errors(page: TrainPage) -> list[UserError]:
    """Return the list that errors of the page will come into."""
    errors: list[UserError] = []
    page.failed.connect(errors.append)
    return errors


def answer(page: TrainPage, button: QMessageBox.StandardButton) -> None:
    """Answer the question that is about to be asked."""

    def click() -> None:
        box = page.findChild(QMessageBox)
        assert isinstance(box, QMessageBox)
        box.button(button).click()

    QTimer.singleShot(200, page, click)
