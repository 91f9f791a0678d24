"""The generate page shows what a real generator makes, and writes what is ticked."""

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QComboBox,
    QLineEdit,
    QListWidget,
    QSlider,
    QTreeView,
)
from pytestqt.qtbot import QtBot

from studio.dataset.library import Library, open_library
from studio.dataset.reading.image_file import read_image
from studio.gan.apart import run_apart
from studio.gan.jobs import make_job
from studio.gan.samples import Made, Sample
from studio.gan.signatures import SIGNATURES, write_signatures
from studio.qt.generate.gallery import MadeView
from studio.qt.generate.gallery_model import Role
from studio.qt.generate.page import GeneratePage
from studio.qt.settings import settings
from tests.gan.tiny_run import copy_run
from tests.qt.exporting import busy_threads, find, press, put, text

TIMEOUT = 30_000
COUNT = 12

MakePage = Callable[[Path | None], GeneratePage]


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a data set of two classes, `set`, and a run of two steps, `run`."""
    place = tmp_path_factory.mktemp("trained")
    rng = np.random.default_rng(0)
    for name, count in (("cat", 8), ("dog", 5)):
        for number in range(count):
            path = place / "set" / name / f"{number}.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            coarse = rng.integers(0, 256, (4, 4, 3), np.uint8)
            pixels = cv2.resize(coarse, (16, 16), interpolation=cv2.INTER_CUBIC)
            path.write_bytes(cv2.imencode(".png", pixels)[1].tobytes())
    copy_run(place / "run", source=place / "set")
    return place


@pytest.fixture
def run(trained: Path) -> Path:
    return trained / "run"


@pytest.fixture
def library(trained: Path) -> Library:
    return open_library(trained / "set")


@pytest.fixture
def make_page(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, library: Library
) -> Iterator[MakePage]:
    monkeypatch.setenv("AUGSTUDIO_HOME", str(tmp_path / "home"))
    settings().clear()
    pages: list[GeneratePage] = []

    def make(run: Path | None) -> GeneratePage:
        page = GeneratePage()
        qtbot.addWidget(page)
        pages.append(page)
        page.resize(1280, 900)
        page.set_library(library)
        put(page, "generate.count", COUNT)
        page.set_run(run)
        page.show()
        if run is not None:
            wait_for(qtbot, page)
        return page

    yield make
    for page in pages:
        page.stop_and_wait()
    assert not busy_threads()


def gallery(page: GeneratePage) -> MadeView:
    return find(page, MadeView, "generate.gallery")


def rows(view: MadeView) -> list[Any]:
    return [view.model().index(row, 0) for row in range(view.model().rowCount())]


def images(view: MadeView) -> list[Made | None]:
    return [index.data(Role.MADE) for index in rows(view)]


def ticks(view: MadeView) -> list[bool]:
    role = Qt.ItemDataRole.CheckStateRole
    return [Qt.CheckState(index.data(role)) == Qt.CheckState.Checked for index in rows(view)]


def wait_for(qtbot: QtBot, page: GeneratePage, count: int = COUNT) -> None:
    """Wait until the gallery has so many images, as they are wanted."""

    def is_done() -> bool:
        found = images(gallery(page))
        wanted = [index.data(Role.SAMPLE) for index in rows(gallery(page))]
        return len(found) == count and [made and made.sample for made in found] == wanted

    qtbot.waitUntil(is_done, timeout=TIMEOUT)
    qtbot.waitUntil(lambda: text(page, "generate.state").startswith(f"{count} images"))


def click(view: MadeView, row: int, *, is_box: bool = False, with_control: bool = False) -> None:
    index = view.model().index(row, 0)
    view.scrollTo(index)
    spot: QPoint = view.box(index).center() if is_box else view.visualRect(index).center()
    held = Qt.KeyboardModifier.ControlModifier if with_control else Qt.KeyboardModifier.NoModifier
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, held, spot)


def is_same(made: Made | None, other: Made) -> bool:
    return made is not None and made.sample == other.sample and (made.image == other.image).all()


def write(qtbot: QtBot, page: GeneratePage, out: Path) -> None:
    field = find(page, QLineEdit, "generate.target")
    field.selectAll()
    field.insert(str(out))
    start = find(page, QAbstractButton, "generate.start")
    qtbot.waitUntil(start.isEnabled, timeout=TIMEOUT)
    press(page, "generate.start")
    qtbot.waitUntil(lambda: bool(text(page, "generate.summary")), timeout=TIMEOUT)
    qtbot.waitUntil(lambda: not page.is_running(), timeout=TIMEOUT)


def lines(out: Path) -> list[dict[str, Any]]:
    """Return the entries of `generated.jsonl`, without its head."""
    return [json.loads(line) for line in (out / "generated.jsonl").read_text().splitlines()][1:]


def test_the_gallery_fills_and_what_is_ticked_is_written(
    qtbot: QtBot, make_page: MakePage, run: Path, tmp_path: Path
) -> None:
    page = make_page(run)
    view = gallery(page)
    assert [made.class_name for made in images(view) if made] == ["cat"] * 6 + ["dog"] * 6
    assert find(page, QComboBox, "generate.run").currentText() == "run"
    press(page, "generate.tick.none")
    assert not any(ticks(view))
    assert not find(page, QAbstractButton, "generate.start").isEnabled()
    click(view, 1, is_box=True)
    click(view, 7)
    QTest.keyClick(view, Qt.Key.Key_Right)
    QTest.keyClick(view, Qt.Key.Key_Space)
    assert [row for row, ticked in enumerate(ticks(view)) if ticked] == [1, 8]
    assert find(page, QAbstractButton, "generate.start").text() == "Write 2 images"
    press(page, "generate.show.ticked")
    assert view.model().rowCount() == 2
    wanted = [made for made in images(view) if made]
    out = tmp_path / "out"
    write(qtbot, page, out)
    assert text(page, "generate.summary") == "Images written"
    written = {entry["output"]: entry for entry in lines(out)}
    assert len(written) == 2
    for made in wanted:
        path, entry = next((k, e) for k, e in written.items() if e["seed"] == made.sample.seed)
        assert path.startswith(f"{made.class_name}/")
        assert entry["label"] == made.sample.label
        assert np.array_equal(read_image(out / path), made.image)
    opened: list[Path] = []
    page.open_requested.connect(opened.append)
    press(page, "generate.open")
    assert opened == [out]
    assert open_library(out).counts() == {("", "cat"): 1, ("", "dog"): 1}


def test_other_images_leave_what_was_picked(qtbot: QtBot, make_page: MakePage, run: Path) -> None:
    page = make_page(run)
    view = gallery(page)
    press(page, "generate.tick.none")
    click(view, 2, is_box=True)
    picked = images(view)[2]
    assert picked is not None
    press(page, "generate.others")
    wait_for(qtbot, page, COUNT + 1)
    assert is_same(images(view)[0], picked)
    assert ticks(view) == [True] + [False] * COUNT
    press(page, "generate.tick.invert")
    assert ticks(view) == [False] + [True] * COUNT
    press(page, "generate.tick.all")
    assert all(ticks(view))


def test_dragging_variety_makes_the_images_again(
    qtbot: QtBot, make_page: MakePage, run: Path
) -> None:
    page = make_page(run)
    view = gallery(page)
    before = [made.image for made in images(view) if made]
    slider = find(page, QSlider, "generate.truncation")
    rect = slider.rect()
    start, end = QPoint(rect.right() - 7, rect.center().y()), QPoint(12, rect.center().y())
    QTest.mousePress(slider, Qt.MouseButton.LeftButton, pos=start)
    for step in range(1, 9):
        QTest.mouseMove(slider, start + (end - start) * step / 8)
        slider.setSliderPosition(slider.maximum() - step * 4)
        qtbot.wait(20)
    QTest.mouseRelease(slider, Qt.MouseButton.LeftButton, pos=end)
    assert slider.value() < 12
    wait_for(qtbot, page)
    after = [made for made in images(view) if made]
    assert {made.sample.truncation for made in after} == {slider.value() / 20}
    assert not any(np.array_equal(old, new.image) for old, new in zip(before, after, strict=True))
    spread = np.std([made.image for made in after[:6]], axis=0).mean()
    assert spread < np.std(before[:6], axis=0).mean()


def test_steps_between_two_images_can_be_kept(
    qtbot: QtBot, make_page: MakePage, run: Path, tmp_path: Path
) -> None:
    page = make_page(run)
    view = gallery(page)
    click(view, 0)
    click(view, 3, with_control=True)
    put(page, "generate.steps", 3)
    strip = find(page, MadeView, "generate.strip")
    qtbot.waitUntil(lambda: len(images(strip)) == 5 and all(images(strip)), timeout=TIMEOUT)
    ends = images(view)[0], images(view)[3]
    steps = [made for made in images(strip) if made]
    assert is_same(ends[0], steps[0])
    assert is_same(ends[1], steps[-1])
    distances = [np.abs(step.image.astype(int) - steps[-1].image).sum() for step in steps]
    assert distances == sorted(distances, reverse=True)
    assert ticks(strip) == [True, False, False, False, True]
    press(page, "generate.tick.none")
    click(strip, 2, is_box=True)
    assert ticks(view) == [True] + [False] * COUNT
    write(qtbot, page, tmp_path / "out")
    (entry,) = lines(tmp_path / "out")
    first, last = steps[0].sample.seed, steps[-1].sample.seed
    assert (entry["seed"], entry["toward"], entry["share"]) == (first, last, 0.5)


def test_classes_are_filled_up_and_writing_can_be_cancelled(
    qtbot: QtBot, make_page: MakePage, run: Path, tmp_path: Path
) -> None:
    page = make_page(run)
    press(page, "generate.what.fill")
    put(page, "generate.fill", 9)
    model = find(page, QTreeView, "generate.classes").model()
    wanted = ["8 → 9", "5 → 9"]
    qtbot.waitUntil(lambda: [model.index(row, 1).data() for row in range(2)] == wanted)
    write(qtbot, page, tmp_path / "filled")
    assert open_library(tmp_path / "filled").counts() == {("", "cat"): 1, ("", "dog"): 4}
    press(page, "generate.what.each")
    put(page, "generate.each", 5000)
    field = find(page, QLineEdit, "generate.target")
    field.selectAll()
    field.insert(str(tmp_path / "many"))
    press(page, "generate.start")
    qtbot.waitUntil(lambda: (tmp_path / "many/generated.jsonl").exists(), timeout=TIMEOUT)
    press(page, "generate.cancel")
    qtbot.waitUntil(lambda: not page.is_running(), timeout=TIMEOUT)
    assert text(page, "generate.summary") == "Writing cancelled"
    found = {
        path.relative_to(tmp_path / "many").as_posix() for path in tmp_path.rglob("many/**/*.png")
    }
    assert {entry["output"] for entry in lines(tmp_path / "many")} == found
    assert len(found) < 10_000


def test_near_copies_are_shown_beside_their_twins_and_left_out(
    qtbot: QtBot, make_page: MakePage, run: Path, tmp_path: Path
) -> None:
    # A run that was trained on what its own generator makes of seed 4.
    copied = tmp_path / "copied"
    shutil.copytree(run, copied)
    (made,) = [m for m in run_apart(make_job, run, "best", (Sample(4, 0),)) if isinstance(m, Made)]
    rng = np.random.default_rng(1)
    others = rng.integers(0, 256, (20, 16, 16, 3), np.uint8)
    trained_on = np.concatenate([made.image[None, :, :, ::-1], others])
    labels = np.zeros(len(trained_on), np.int32)
    keys = [f"cat/{number}.png" for number in range(len(trained_on))]
    write_signatures(copied / SIGNATURES, trained_on, labels, keys)
    page = make_page(copied)
    view = gallery(page)
    copies = [m.sample.seed for m in images(view) if m and m.is_copy]
    assert 4 in copies
    assert [
        m.sample.seed
        for m, ticked in zip(images(view), ticks(view), strict=True)
        if m and not ticked
    ] == copies
    press(page, "generate.show.copies")
    assert view.model().rowCount() == len(copies)
    click(view, copies.index(4))
    assert text(page, "generate.twin.distance").startswith("Near copy")
    press(page, "generate.what.each")
    put(page, "generate.each", 6)
    write(qtbot, page, tmp_path / "out")
    assert int(text(page, "generate.summary.copies")) >= len(copies)
    shown = find(page, QListWidget, "generate.copies")
    assert shown.isVisible()
    assert "cat/0.png" in [shown.item(row).text() for row in range(shown.count())]
    assert 4 not in [entry["seed"] for entry in lines(tmp_path / "out")]


def test_images_go_beside_an_export_into_its_train_split(
    qtbot: QtBot, make_page: MakePage, run: Path, trained: Path, tmp_path: Path
) -> None:
    from studio.augment.recipe import Recipe
    from studio.dataset.exports.export import export
    from studio.dataset.exports.options import ExportOptions

    split = tmp_path / "split"
    shutil.copytree(trained / "set", split / "train")
    shutil.copytree(trained / "set", split / "valid")
    out = tmp_path / "export"
    for _ in export(open_library(split), Recipe(), out, ExportOptions(copies=1)):
        pass
    before = open_library(out).counts()
    page = make_page(run)
    press(page, "generate.what.fill")
    put(page, "generate.fill", 10)
    field = find(page, QLineEdit, "generate.target")
    field.selectAll()
    field.insert(str(out))
    start = find(page, QAbstractButton, "generate.start")
    qtbot.waitUntil(lambda: start.text() == "Write 7 images", timeout=TIMEOUT)
    write(qtbot, page, out)
    after = open_library(out).counts()
    assert {key: after[key] - before[key] for key in after if after[key] != before[key]} == {
        ("train", "cat"): 10 - before["train", "cat"],
        ("train", "dog"): 10 - before["train", "dog"],
    }


@pytest.mark.parametrize("fault", ["damaged", "removed"])
def test_a_run_that_cannot_be_used_is_told_and_the_page_lives(
    qtbot: QtBot, make_page: MakePage, run: Path, tmp_path: Path, fault: str
) -> None:
    page = make_page(run)
    bad = tmp_path / "bad"
    shutil.copytree(run, bad)
    if fault == "damaged":
        for path in (bad / "checkpoints").glob("*.npz"):
            path.write_bytes(path.read_bytes()[:-100])
    page.set_run(bad)
    combo = find(page, QComboBox, "generate.run")
    qtbot.waitUntil(lambda: combo.currentText() == "bad", timeout=TIMEOUT)
    if fault == "removed":
        wait_for(qtbot, page)
        shutil.rmtree(bad)
        press(page, "generate.others")
    qtbot.waitUntil(lambda: bool(text(page, "generate.fault")), timeout=TIMEOUT)
    assert str(bad) in text(page, "generate.fault")
    page.set_run(run)
    qtbot.waitUntil(lambda: combo.currentText() == "run", timeout=TIMEOUT)
    wait_for(qtbot, page)
    assert not text(page, "generate.fault")


def test_without_a_run_the_page_says_how_to_get_one(qtbot: QtBot, make_page: MakePage) -> None:
    page = make_page(None)
    train = find(page, QAbstractButton, "generate.train")
    qtbot.waitUntil(train.isVisible, timeout=TIMEOUT)
    assert not find(page, QAbstractButton, "generate.start").isEnabled()
    with qtbot.waitSignal(page.train_requested):
        press(page, "generate.train")
