"""Every grid of a run can be seen, played and saved, and the newest one is followed."""

from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageSequence
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QFileDialog, QLabel, QSlider
from pytestqt.qtbot import QtBot

from studio.errors import UserError
from studio.qt.recipe.number_field import NumberField
from studio.qt.theme import apply_theme
from studio.qt.train.film import FilmView
from studio.qt.train.film_export import write_film
from studio.qt.train.film_strip import Frame, choose, film_strip, read_frame
from studio.qt.train.history import RunHistory
from tests.qt.run_reports import began, grid_pixels, history_of, write_grid

MakeView = Callable[[RunHistory], FilmView]
COUNT = 8


@pytest.fixture
def make_view(qtbot: QtBot, qapp: QApplication) -> Iterator[MakeView]:
    apply_theme(qapp, "light")
    views = []

    def make(history: RunHistory) -> FilmView:
        view = FilmView(history)
        views.append(view)
        qtbot.addWidget(view)
        view.resize(520, 480)
        with qtbot.waitExposed(view):
            view.show()
        return view

    yield make
    for view in views:
        view.stop_and_wait()


@pytest.fixture
def run(tmp_path: Path) -> Path:
    return tmp_path / "run"


def make_history(run: Path, count: int = COUNT, real: str = "") -> RunHistory:
    return history_of(began(real), *(write_grid(run, n) for n in range(count)), folder=run)


def slider(view: FilmView) -> QSlider:
    found = view.findChild(QSlider, "train.film.time")
    assert isinstance(found, QSlider)
    return found


def press(view: FilmView, name: str) -> None:
    button = view.findChild(QAbstractButton, name)
    assert isinstance(button, QAbstractButton)
    QTest.mouseClick(button, Qt.MouseButton.LeftButton, pos=QPoint(8, button.height() // 2))


def trigger(view: FilmView, kind: str) -> None:
    action = view.findChild(QAction, f"train.film.save.{kind}")
    assert isinstance(action, QAction)
    action.trigger()


def place(view: FilmView) -> str:
    label = view.findChild(QLabel, "train.film.place")
    assert isinstance(label, QLabel)
    return label.text()


def pixels(image: QImage) -> NDArray[np.uint8]:
    if image.isNull():
        return np.empty((0, 0), np.uint8)
    grey = image.convertToFormat(QImage.Format.Format_Grayscale8)
    rows = np.frombuffer(grey.constBits(), np.uint8).reshape(grey.height(), grey.bytesPerLine())
    return rows[:, : grey.width()].copy()


def wait_for(qtbot: QtBot, view: FilmView, expected: NDArray[np.uint8]) -> None:
    qtbot.waitUntil(lambda: np.array_equal(pixels(view.pane.made()), expected))


def test_the_slider_goes_through_all_grids(qtbot: QtBot, make_view: MakeView, run: Path) -> None:
    view = make_view(make_history(run))
    wait_for(qtbot, view, grid_pixels(COUNT - 1))
    assert view.pane.accessibleDescription() == "448 images, 0:04"
    for key, number in ((Qt.Key.Key_Home, 0), (Qt.Key.Key_Right, 1), (Qt.Key.Key_End, 7)):
        QTest.keyClick(slider(view), key)
        wait_for(qtbot, view, grid_pixels(number))
        assert place(view) == f"{number + 1} of {COUNT}"
    middle = QPoint(slider(view).width() // 2, slider(view).height() // 2)
    QTest.mouseClick(slider(view), Qt.MouseButton.LeftButton, pos=middle)
    number = slider(view).value()
    assert 2 <= number <= 5
    wait_for(qtbot, view, grid_pixels(number))


def test_the_newest_is_followed_at_the_end_only(
    qtbot: QtBot, make_view: MakeView, run: Path
) -> None:
    history = RunHistory()
    view = make_view(history)
    assert view.pane.accessibleDescription().startswith("No samples yet")
    history.clear(run)
    for number in range(3):
        history.add(write_grid(run, number))
        wait_for(qtbot, view, grid_pixels(number))
    QTest.keyClick(slider(view), Qt.Key.Key_Left)
    wait_for(qtbot, view, grid_pixels(1))
    history.add(write_grid(run, 3))
    assert place(view) == "2 of 4"
    QTest.keyClick(slider(view), Qt.Key.Key_End)
    history.add(write_grid(run, 4))
    wait_for(qtbot, view, grid_pixels(4))
    history.clear()
    assert view.pane.made().isNull()


def test_raw_and_real_images(qtbot: QtBot, make_view: MakeView, run: Path) -> None:
    history = make_history(run, real="samples/real.png")
    real = np.full((58, 58), 99, np.uint8)
    (run / "samples/real.png").write_bytes(cv2.imencode(".png", real)[1].tobytes())
    view = make_view(history)
    press(view, "train.film.kind.raw")
    wait_for(qtbot, view, grid_pixels(COUNT - 1)[::-1])
    QTest.keyClick(slider(view), Qt.Key.Key_Home)
    wait_for(qtbot, view, grid_pixels(0)[::-1])
    whole = view.pane.zoom
    press(view, "train.film.real")
    qtbot.waitUntil(lambda: view.pane.real() is not None)
    beside = view.pane.real()
    assert beside is not None
    assert np.array_equal(pixels(beside), real)
    assert view.pane.zoom < whole
    shot = view.pane.grab().toImage()
    assert shot.pixelColor(shot.width() * 3 // 4, shot.height() // 2).red() == 99
    press(view, "train.film.real")
    assert view.pane.real() is None
    assert view.pane.zoom == whole


def test_a_run_without_a_picture_of_real_images_offers_none(make_view: MakeView, run: Path) -> None:
    view = make_view(make_history(run))
    button = view.findChild(QAbstractButton, "train.film.real")
    assert isinstance(button, QAbstractButton)
    assert not button.isEnabled()


def test_pixels_are_squares(qtbot: QtBot, make_view: MakeView, run: Path) -> None:
    view = make_view(make_history(run, 1))
    wait_for(qtbot, view, grid_pixels(0))
    assert view.pane.zoom >= 2
    assert view.pane.zoom == int(view.pane.zoom)
    for _ in range(3):
        QTest.keyClick(view.pane, Qt.Key.Key_Plus)
    shades = set(np.unique(pixels(view.pane.grab().toImage().copy(0, 0, 520, 200))).tolist())
    assert {20, 235} <= shades
    assert len(shades) <= 5
    press(view, "train.film.fit")
    assert view.pane.is_fit


def test_the_film_plays_to_its_end(qtbot: QtBot, make_view: MakeView, run: Path) -> None:
    view = make_view(make_history(run))
    wait_for(qtbot, view, grid_pixels(COUNT - 1))
    speed = view.findChild(NumberField, "train.film.speed")
    assert isinstance(speed, NumberField)
    speed.setValue(30)
    seen: list[int] = []
    view.shown.connect(seen.append)
    QTest.keyClick(view.pane, Qt.Key.Key_Space)
    assert view.is_playing()
    qtbot.waitUntil(lambda: not view.is_playing())
    wait_for(qtbot, view, grid_pixels(COUNT - 1))
    assert seen[0] == 0
    assert seen == sorted(seen)
    assert len(set(seen)) > 3
    press(view, "train.film.play")
    press(view, "train.film.play")
    assert not view.is_playing()


def test_a_grid_that_is_gone_is_named(qtbot: QtBot, make_view: MakeView, run: Path) -> None:
    history = make_history(run, 2)
    (run / history.grids[0].average).unlink()
    (run / history.grids[1].average).write_bytes(b"no picture")
    view = make_view(history)
    text = view.pane.accessibleDescription
    qtbot.waitUntil(lambda: text().startswith("0000000001-ema.png cannot be read"))
    QTest.keyClick(slider(view), Qt.Key.Key_Home)
    qtbot.waitUntil(lambda: text().startswith("0000000000-ema.png cannot be read"))
    press(view, "train.film.kind.raw")
    wait_for(qtbot, view, grid_pixels(0)[::-1])


@pytest.mark.parametrize("kind", ["gif", "mp4"])
def test_a_film_is_saved_frame_by_frame(
    qtbot: QtBot,
    make_view: MakeView,
    run: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    kind: str,
) -> None:
    view = make_view(make_history(run))
    speed = view.findChild(NumberField, "train.film.speed")
    assert isinstance(speed, NumberField)
    speed.setValue(5)
    target = tmp_path / f"film.{kind}"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(target), ""))
    with qtbot.waitSignal(view.message, timeout=20_000) as told:
        trigger(view, kind)
        assert view.is_saving()
    assert told.args[0] == f"Saved {target}"
    assert not view.is_saving()
    expected = [read_frame(frame) for frame in view.frames()]
    found = read_gif(target) if kind == "gif" else read_mp4(target)
    assert len(found) == COUNT
    for wanted, got in zip(expected, found, strict=True):
        height, width = wanted.shape
        difference = np.abs(got[:height, :width].astype(int) - wanted)
        assert difference.mean() < (0.01 if kind == "gif" else 4)
    assert sorted(path.name for path in tmp_path.iterdir()) == [target.name, "run"]


def read_gif(path: Path) -> list[NDArray[np.uint8]]:
    with Image.open(path) as film:
        assert film.info["loop"] == 0
        frames, times = [], []
        for frame in ImageSequence.Iterator(film):
            times.append(frame.info["duration"])
            frames.append(np.asarray(frame.convert("L")))
    assert times == [200] * (COUNT - 1) + [1500]
    return frames


def read_mp4(path: Path) -> list[NDArray[np.uint8]]:
    film = cv2.VideoCapture(str(path))
    assert film.get(cv2.CAP_PROP_FPS) == 5
    frames = []
    while (read := film.read())[0]:
        frames.append(np.asarray(cv2.cvtColor(read[1], cv2.COLOR_BGR2GRAY), np.uint8))
    film.release()
    return frames


def test_saving_that_is_stopped_or_fails_leaves_the_old_file(
    qtbot: QtBot, make_view: MakeView, run: Path, tmp_path: Path
) -> None:
    history = make_history(run, 30)
    view = make_view(history)
    for kind in ("gif", "mp4"):
        target = tmp_path / f"film.{kind}"
        target.write_bytes(b"old")
        steps = write_film(view.frames(), target, frames_per_second=10)
        assert next(steps).total == 30
        steps.close()
        view.save_film(target)
        view.stop_and_wait()
        assert not view.is_saving()
    (run / history.grids[7].average).unlink()
    for kind in ("gif", "mp4"):
        with qtbot.waitSignal(view.failed, timeout=20_000) as failed:
            view.save_film(tmp_path / f"film.{kind}")
        assert isinstance(failed.args[0], UserError)
        assert "0000000007-ema.png" in str(failed.args[0])
        assert (tmp_path / f"film.{kind}").read_bytes() == b"old"
        with qtbot.waitSignal(view.failed, timeout=20_000) as failed:
            view.save_film(tmp_path / "gone" / f"film.{kind}")
        assert isinstance(failed.args[0], UserError)
    with qtbot.waitSignal(view.failed):
        view.save_film(tmp_path / "film.avi")
    assert len(list(tmp_path.iterdir())) == 3


def test_a_machine_without_mp4_is_told_of_gif(
    run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # An unknown code is what a machine without the codec makes of any.
    monkeypatch.setattr(cv2.VideoWriter, "fourcc", lambda *_: -2)
    frames = [Frame(run / write_grid(run, n).average, "") for n in range(2)]
    with pytest.raises(UserError, match="cannot write MP4") as failed:
        list(write_film(frames, tmp_path / "film.mp4", frames_per_second=10))
    assert "GIF" in failed.value.hint
    assert [path.name for path in tmp_path.iterdir()] == ["run"]


def test_picture_and_strip(
    qtbot: QtBot,
    make_view: MakeView,
    run: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    history = make_history(run)
    view = make_view(history)
    QTest.keyClick(slider(view), Qt.Key.Key_Home)
    for kind in ("picture", "strip"):
        name = str(tmp_path / kind)
        monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_, name=name: (name, ""))
        with qtbot.waitSignal(view.message):
            trigger(view, kind)
    saved = (tmp_path / "picture.png").read_bytes()
    assert saved == (run / history.grids[0].average).read_bytes()
    strip = cv2.imread(str(tmp_path / "strip.png"), cv2.IMREAD_UNCHANGED)
    assert strip is not None
    assert np.array_equal(strip, film_strip(view.frames(), 5))


def test_a_strip_lays_chosen_grids_side_by_side(run: Path) -> None:
    frames = [Frame(run / write_grid(run, n, 60).average, f"0:0{n}") for n in range(COUNT)]
    assert [frame.caption for frame in choose(frames, 3)] == ["0:00", "0:04", "0:07"]
    assert choose(frames, 99) == frames
    strip = film_strip(frames, 3)
    side = 240
    assert strip.shape[1] == 3 * side + 2 * 16
    for place, number in enumerate((0, 4, 7)):
        part = strip[:side, place * (side + 16) :][:, :side]
        assert np.array_equal(part[::4, ::4], grid_pixels(number, 60))
    assert (strip[side:] < 100).any()
    assert (strip[:side, side : side + 16] == 255).all()
