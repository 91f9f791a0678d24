"""Training and generating in the window: from one page to the next, and closing meanwhile."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtWidgets import QAbstractButton, QComboBox, QLabel, QMessageBox
from pytestqt.qtbot import QtBot

from studio.gan.runs import summarise_run
from studio.qt.window import Window
from tests.qt.conftest import write_photo
from tests.qt.exporting import find, press
from tests.qt.training import LONGEST, set_up, start, wait_for_look, wait_for_steps

pytestmark = pytest.mark.xdist_group("train_page")

Open = Callable[[Path], Window]


@pytest.fixture
def many_photos(tmp_path: Path) -> Path:
    for number in range(12):
        write_photo(tmp_path / "set" / ("cats", "dogs")[number % 2] / f"{number}.png", seed=number)
    return tmp_path / "set"


def test_a_window_that_closes_while_it_trains_asks_and_saves_first(
    qtbot: QtBot,
    open_window: Open,
    many_photos: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    window = open_window(many_photos)
    answers = [QMessageBox.StandardButton.No, QMessageBox.StandardButton.Yes]
    monkeypatch.setattr(QMessageBox, "question", lambda *_: answers.pop(0))
    find(window, QAbstractButton, "top_bar.show_train").click()
    page = window.gan.train
    wait_for_look(qtbot, page)
    set_up(page, preset="dcgan", minutes=5)
    start(page)
    wait_for_steps(qtbot, page)
    assert find(window, QAbstractButton, "top_bar.show_train").text().startswith("Train, running")
    assert not window.close()
    assert page.is_running()
    assert not window.close()
    qtbot.waitUntil(lambda: not window.isVisible(), timeout=LONGEST)
    assert not page.is_running()
    assert page.history.folder is not None
    run = summarise_run(page.history.folder)
    assert run.state == "stopped"
    assert run.images >= page.history.stats[-1].images > 0


def test_a_run_that_has_ended_leads_to_its_images(
    qtbot: QtBot, open_window: Open, many_photos: Path
) -> None:
    window = open_window(many_photos)
    window.show_train()
    page = window.gan.train
    wait_for_look(qtbot, page)
    set_up(page, preset="dcgan", kimg=0.008)
    with qtbot.waitSignal(page.run_finished, timeout=LONGEST) as finished:
        start(page)
    press(page, "train.generate")
    assert find(window, QAbstractButton, "top_bar.show_generate").isChecked()
    assert finished.args is not None
    runs, name = find(window.gan.generate, QComboBox, "generate.run"), finished.args[0].name
    qtbot.waitUntil(lambda: runs.currentText() == name, timeout=LONGEST)
    write, state = find(window, QAbstractButton, "generate.start"), "generate.state"
    qtbot.waitUntil(write.isEnabled, timeout=LONGEST)
    assert " ticked" in find(window, QLabel, state).text()


def test_a_page_in_the_making_gives_way_to_another(
    qtbot: QtBot, open_window: Open, many_photos: Path
) -> None:
    window = open_window(many_photos)
    with qtbot.waitSignal(window.gan.made) as made:
        window.show_train()
        window.show_augment()
    assert made.args == ["train"]
    assert window.augment_page.isVisible()
    window.show_train()
    assert window.gan.train.isVisible()
    with qtbot.waitSignal(window.gan.made):
        window.show_generate()
    assert window.gan.generate.isVisible()
