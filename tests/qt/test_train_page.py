"""The train page trains for real: each preset, paused, stopped, gone on with, thrown away."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtWidgets import QAbstractButton, QComboBox, QMessageBox, QPushButton
from pytestqt.qtbot import QtBot

from studio.dataset.library import open_library
from studio.gan.config import FEW_IMAGES, PRESETS
from studio.gan.reports import Ended
from studio.gan.runs import list_runs
from studio.qt.recipe.number_field import NumberField
from tests.gan.run_files import make_run, told
from tests.qt.exporting import find, press, text
from tests.qt.training import (
    LONGEST,
    MakePage,
    answer,
    collect_errors,
    listed,
    make_images,
    set_up,
    show_run,
    start,
    train_pages,
    wait_for_end,
    wait_for_steps,
)


@pytest.fixture
def make_page(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[MakePage]:
    monkeypatch.setenv("AUGSTUDIO_HOME", str(tmp_path / "home"))
    with train_pages(qtbot, tmp_path / "runs") as make:
        yield make


@pytest.mark.parametrize("preset", PRESETS)
def test_every_preset_trains_and_leaves_a_run(
    qtbot: QtBot, make_page: MakePage, tmp_path: Path, preset: str
) -> None:
    page = make_page(make_images(tmp_path / "set"))
    errors = collect_errors(page)
    set_up(page, preset=preset, kimg=0.008)
    with qtbot.waitSignal(page.run_finished, timeout=LONGEST) as finished:
        start(page)
    assert not errors
    history = page.history
    assert history.began is not None
    assert history.stats[-1].images == 8
    assert history.ended is not None
    assert history.ended == Ended(2, 8, history.ended.seconds, "done")
    # A slow machine has looked at the images after the last step, which counts.
    assert history.ended.seconds >= history.stats[-1].seconds
    (run,) = list_runs(tmp_path / "runs")
    assert finished.args == [run.path] == [history.folder]
    assert run.path.name.startswith(f"set-{preset}-")
    assert (run.state, run.preset, run.images) == ("done", preset, 8)
    assert (run.path / "generator.keras").is_file()
    assert [(each.path, each.state) for each in listed(page)] == [(run.path, "done")]
    assert find(page, QPushButton, "train.resume").text() == "Train longer"


def test_a_training_is_paused_stopped_and_gone_on_with(
    qtbot: QtBot, make_page: MakePage, tmp_path: Path
) -> None:
    page = make_page(make_images(tmp_path / "set"))
    errors = collect_errors(page)
    set_up(page, preset="dcgan", minutes=0.5)
    start(page)
    wait_for_steps(qtbot, page)
    press(page, "train.pause")
    # One more report may be on its way.
    qtbot.wait(700)
    steps = len(page.history.stats)
    qtbot.wait(1000)
    assert len(page.history.stats) == steps
    assert text(page, "train.state") == "Paused"
    assert page.is_running()
    press(page, "train.pause")
    qtbot.waitUntil(lambda: len(page.history.stats) > steps, timeout=LONGEST)
    press(page, "train.pause")
    press(page, "train.stop")
    wait_for_end(qtbot, page)
    (run,) = list_runs(tmp_path / "runs")
    assert (run.state, listed(page)[0].state) == ("stopped", "stopped")
    assert page.history.ended is not None
    # Half a second of reports may be younger than what was shown.
    seen = page.history.stats[-1].images
    assert seen <= run.images
    press(page, "train.resume")
    assert page.is_running()
    qtbot.waitUntil(lambda: page.history.stats[-1].images > seen, timeout=LONGEST)
    images = [each.images for each in page.history.stats]
    assert images == sorted(set(images))
    assert seen in images
    assert page.history.began is not None
    assert page.history.began.step >= seen // 4
    page.stop_and_wait()
    assert not page.is_running()
    assert listed(page)[0].state == "stopped"
    assert not errors


def test_an_old_run_can_be_looked_at_beside_a_training_that_is_then_discarded(
    qtbot: QtBot, make_page: MakePage, tmp_path: Path
) -> None:
    old = make_run(tmp_path / "runs" / "old", told(reason="done"))
    page = make_page(make_images(tmp_path / "set"))
    set_up(page, preset="dcgan", minutes=0.5)
    start(page)
    wait_for_steps(qtbot, page)
    live = page.history.folder
    show_run(qtbot, page, old)
    steps = len(page.history.stats)
    assert text(page, "train.other") == "looking at old"

    def seen() -> int:
        return next(run.images for run in listed(page) if run.path == live)

    before = seen()
    qtbot.waitUntil(lambda: seen() > before, timeout=LONGEST)
    assert len(page.history.stats) == steps
    press(page, "train.back")
    assert page.history.folder == live
    images = [each.images for each in page.history.stats]
    assert images == sorted(set(images))
    assert images[-1] > before
    assert not find(page, QPushButton, "train.back").isVisible()
    answer(page, QMessageBox.StandardButton.Cancel)
    press(page, "train.discard")
    assert page.is_running()
    answer(page, QMessageBox.StandardButton.Yes)
    press(page, "train.discard")
    wait_for_end(qtbot, page)
    qtbot.waitUntil(lambda: [run.path for run in listed(page)] == [old], timeout=LONGEST)
    assert list((tmp_path / "runs").iterdir()) == [old]
    assert page.history.folder is None
    assert find(page, QPushButton, "train.welcome.start").isEnabled()


def test_a_training_stopped_before_its_first_step_leaves_nothing(
    qtbot: QtBot, make_page: MakePage, tmp_path: Path
) -> None:
    page = make_page(make_images(tmp_path / "set"))
    errors = collect_errors(page)
    set_up(page, kimg=0.008)
    start(page)
    press(page, "train.stop")
    wait_for_end(qtbot, page)
    qtbot.waitUntil(lambda: not listed(page), timeout=LONGEST)
    assert list_runs(tmp_path / "runs") == []
    assert not errors


def test_too_few_images_are_told_beside_the_field(make_page: MakePage, tmp_path: Path) -> None:
    page = make_page(make_images(tmp_path / "set", each=2))
    problem = text(page, "train.data.problem")
    assert problem.startswith("4 images are too few to train on. Give at least 8")
    assert not find(page, QPushButton, "train.start").isEnabled()
    page.set_library(make_images(tmp_path / "more"))
    assert text(page, "train.data.problem") == ""
    assert find(page, QPushButton, "train.start").isEnabled()


def test_images_that_turn_out_unreadable_give_one_message(
    qtbot: QtBot, make_page: MakePage, tmp_path: Path
) -> None:
    library = make_images(tmp_path / "set")
    page = make_page(library)
    errors = collect_errors(page)
    set_up(page, kimg=0.008)
    for image in library.images[:7]:
        library.path(image).write_bytes(b"\x89PNG\r\n\x1a\n")
    start(page)
    wait_for_end(qtbot, page)
    (error,) = errors
    assert error.message.startswith("5 images are too few to train on (7 cannot be read)")
    qtbot.waitUntil(lambda: not listed(page), timeout=LONGEST)
    assert list_runs(tmp_path / "runs") == []
    page.set_library(make_images(tmp_path / "sound"))
    assert find(page, QPushButton, "train.start").isEnabled()


def test_size_and_colour_follow_the_images_and_a_size_too_large_is_told(
    make_page: MakePage, tmp_path: Path
) -> None:
    page = make_page(make_images(tmp_path / "photos", side=100))
    size = find(page, QComboBox, "train.size")
    assert size.currentData() == 32
    assert find(page, QAbstractButton, "train.colour.colour").isChecked()
    assert "12 images, 2 classes, 100 pixels, colour" in text(page, "train.data.facts")
    size.setCurrentIndex(size.findData(128))
    assert text(page, "train.size.problem").startswith("Larger than most of the images")
    assert not find(page, QPushButton, "train.start").isEnabled()
    size.setCurrentIndex(size.findData(64))
    assert find(page, QPushButton, "train.start").isEnabled()


def test_the_batch_follows_the_choices_until_a_person_says_else(
    make_page: MakePage, tmp_path: Path
) -> None:
    rng = np.random.default_rng(0)
    digits = rng.integers(0, 255, (FEW_IMAGES, 16, 16), np.uint8)
    np.savez(tmp_path / "set.npz", x_train=digits, y_train=np.arange(FEW_IMAGES) % 3)
    page = make_page(open_library(tmp_path / "set.npz"))
    batch, preset = find(page, NumberField, "train.batch"), find(page, QComboBox, "train.preset")
    suited = PRESETS["fast"].batch
    assert find(page, QAbstractButton, "train.colour.grey").isChecked()
    assert batch.value() == suited
    preset.setCurrentIndex(preset.findData("dcgan"))
    assert batch.value() == PRESETS["dcgan"].batch != suited
    preset.setCurrentIndex(preset.findData("fast"))
    assert batch.value() == suited
    batch.setValue(24)
    preset.setCurrentIndex(preset.findData("dcgan"))
    find(page, QAbstractButton, "train.colour.colour").click()
    assert batch.value() == 24


def test_the_device_is_named_before_training(
    qtbot: QtBot, make_page: MakePage, tmp_path: Path
) -> None:
    page = make_page(make_images(tmp_path / "set"))
    assert text(page, "train.device") == "Looking for the device …"
    qtbot.waitUntil(
        lambda: text(page, "train.device").startswith("Trains on: processor"), timeout=LONGEST
    )


def test_options_are_kept_and_classic_says_what_had_to_change(
    make_page: MakePage, tmp_path: Path
) -> None:
    library = make_images(tmp_path / "set")
    page = make_page(library)
    set_up(page, preset="classic", kimg=0.5)
    more = find(page, QAbstractButton, "train.preset.more")
    assert more.isVisible()
    more.click()
    assert "logits" in text(page, "train.preset.help")
    page._pane.form.remember()
    again = make_page(library)
    assert again._pane.form.config() == page._pane.form.config()
