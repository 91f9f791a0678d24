"""The curves say what the training said: smoothed, thinned, at the pointer, and in files."""

import csv
import io
import math
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QAction, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QFileDialog, QLabel, QSlider, QWidget
from pytestqt.qtbot import QtBot

from studio.errors import UserError
from studio.gan.reports import Stats
from studio.qt.theme import apply_theme, tokens
from studio.qt.train.curve_data import COLUMNS, CurveData, Smoother, nearest, thin, write_csv
from studio.qt.train.curves import CurvesView
from studio.qt.train.history import RunHistory
from tests.qt.run_reports import began, history_of, move_mouse, stats

MakeView = Callable[[RunHistory], CurvesView]


@pytest.fixture
def make_view(qtbot: QtBot, qapp: QApplication) -> Iterator[MakeView]:
    apply_theme(qapp, "light")

    def make(history: RunHistory) -> CurvesView:
        view = CurvesView(history)
        qtbot.addWidget(view)
        view.resize(900, 600)
        with qtbot.waitExposed(view):
            view.show()
        settle(qtbot, view)
        return view

    yield make
    apply_theme(qapp, "light")


def settle(qtbot: QtBot, view: CurvesView) -> None:
    """Wait until all reports are drawn."""
    qtbot.waitUntil(view.is_drawn)


def put_smoothing(view: CurvesView, step: int) -> None:
    slider = view.findChild(QSlider, "train.curves.smoothing")
    assert isinstance(slider, QSlider)
    QTest.keyClick(slider, Qt.Key.Key_Home)
    for _ in range(step):
        QTest.keyClick(slider, Qt.Key.Key_Right)


def press(view: QWidget, name: str) -> None:
    button = view.findChild(QAbstractButton, name)
    assert isinstance(button, QAbstractButton)
    QTest.mouseClick(button, Qt.MouseButton.LeftButton, pos=QPoint(8, button.height() // 2))


def place(view: CurvesView) -> str:
    label = view.findChild(QLabel, "train.curves.place")
    assert isinstance(label, QLabel)
    return label.text()


def slow_mean(values: list[float], points: float) -> list[float]:
    keep, total, weight, means = math.exp(-1 / points), 0.0, 0.0, []
    for value in values:
        total, weight = keep * total, keep * weight
        if math.isfinite(value):
            total, weight = total + value, weight + 1
        means.append(total / weight if math.isfinite(value) else math.nan)
    return means


@pytest.mark.parametrize("points", [1.0, 7.0, 300.0])
def test_smoothing_is_an_unbiased_running_mean(points: float) -> None:
    values = np.random.default_rng(0).normal(5, 1, 700)
    values[[3, 200]] = np.nan, np.inf
    expected = slow_mean(values.tolist(), points)
    np.testing.assert_allclose(Smoother(points).extend(values), expected, rtol=1e-7)
    bit_by_bit = Smoother(points)
    parts = [bit_by_bit.extend(part) for part in np.split(values, [1, 2, 50, 51, 500])]
    np.testing.assert_allclose(np.concatenate(parts), expected, rtol=1e-7)
    np.testing.assert_array_equal(Smoother(0).extend(values)[:3], values[:3])


def test_a_thinned_curve_keeps_every_spike() -> None:
    x = np.arange(200_000.0)
    y = np.sin(x / 1000)
    y[123_456], y[54_321], y[77] = 9, -9, np.nan
    few_x, few_y = thin(x, y, 0, 200_000, 400)
    assert len(few_x) < 1000
    assert (few_x[np.nanargmax(few_y)], few_x[np.nanargmin(few_y)]) == (123_456, 54_321)
    assert (np.diff(few_x) >= 0).all()
    assert (few_x[0], few_x[-1]) == (0, 199_999)
    part_x, part_y = thin(x, y, 1000.5, 1003.5, 400)
    assert part_x.tolist() == [1000, 1001, 1002, 1003, 1004]
    np.testing.assert_array_equal(part_y, y[1000:1005])
    assert len(thin(x[:0], y[:0], 0, 1, 400)[0]) == 0


def test_nearest_point() -> None:
    x = np.array([1.0, 2.0, 4.0])
    assert [nearest(x, at) for at in (-5, 1.4, 1.6, 3.5, 99)] == [0, 0, 1, 2, 2]
    assert nearest(x[:0], 1) is None


def test_a_run_that_goes_on_from_a_checkpoint_forgets_what_came_after_it() -> None:
    data = CurveData(("loss_d",), 5)
    data.replace([stats(number) for number in range(1, 2000)])
    for number in range(1000, 1500):
        data.add(stats(number))
    straight = CurveData(("loss_d",), 5)
    straight.replace([stats(number) for number in range(1, 1500)])
    np.testing.assert_array_equal(data.column("images"), straight.column("images"))
    np.testing.assert_allclose(data.smooth("loss_d"), straight.smooth("loss_d"))


def test_the_table_reads_back_as_it_was_reported(make_view: MakeView, tmp_path: Path) -> None:
    history = history_of(began(), *map(stats, range(1, 60)))
    view = make_view(history)
    view.save_csv(tmp_path / "curves.csv")
    rows = list(csv.DictReader(io.StringIO((tmp_path / "curves.csv").read_text("utf-8"))))
    assert tuple(rows[0]) == COLUMNS
    assert [msgspec.convert(row, Stats, strict=False) for row in rows] == history.stats
    assert [path.name for path in tmp_path.iterdir()] == ["curves.csv"]
    assert write_csv([]).decode() == ",".join(COLUMNS) + "\n"


def test_the_lines_are_the_reports(qtbot: QtBot, make_view: MakeView) -> None:
    view = make_view(history_of(began(), *map(stats, range(1, 30))))
    put_smoothing(view, 0)
    for name, key in (
        ("losses", "loss_g"),
        ("scores", "score_made"),
        ("penalties", "penalty_real"),
    ):
        x, y = view.plots[name].curve(key)
        assert x.tolist() == [64 * number for number in range(1, 30)]
        assert y.tolist() == [getattr(stats(number), key) for number in range(1, 30)]
        assert not len(view.plots[name].curve(key, is_faint=True)[0])
    assert [view.plots["losses"].level(key) for key in ("loss_d", "loss_g")] == [1.25, 0.5]
    assert view.plots["scores"].level("score_real") is None
    put_smoothing(view, 6)
    points = view.bar.smoothing()
    raw = [stats(number).loss_g for number in range(1, 30)]
    np.testing.assert_allclose(view.plots["losses"].curve("loss_g")[1], slow_mean(raw, points))
    assert view.plots["losses"].curve("loss_g", is_faint=True)[1].tolist() == raw


def test_a_live_run_grows(qtbot: QtBot, make_view: MakeView) -> None:
    history = RunHistory()
    view = make_view(history)
    save = view.findChild(QAbstractButton, "train.curves.save")
    assert isinstance(save, QAbstractButton)
    assert not save.isEnabled()
    history.clear(Path("run"))
    history.add(began())
    for number in range(1, 11):
        history.add(stats(number))
    settle(qtbot, view)
    x, _ = view.plots["losses"].curve("loss_d")
    assert x[-1] == 640
    assert view.group.shown_range()[1] >= 640
    assert place(view) == "newest: 640 images, 0:05"
    assert save.isEnabled()
    history.clear()
    settle(qtbot, view)
    assert not len(view.plots["losses"].curve("loss_d")[0])
    assert place(view) == ""


def test_pointer_and_keys_show_the_values_of_a_point(make_view: MakeView) -> None:
    view = make_view(history_of(began(), *map(stats, range(1, 30))))
    plot, legend = view.plots["scores"], view.plots["losses"].legend
    move_mouse(plot.canvas.viewport(), plot.point_of(64 * 12 + 20))
    assert [one.cursor_x() for one in view.plots.values()] == [64 * 12] * 3
    assert place(view) == "768 images, 0:06"
    assert legend.text() == (
        f"discriminator {stats(12).loss_d:.3g}, generator {stats(12).loss_g:.3g},"
        " balance 1.25 · 0.5"
    )
    QApplication.sendEvent(plot.canvas, QEvent(QEvent.Type.Leave))
    assert plot.cursor_x() is None
    assert place(view) == "newest: 1,856 images, 0:14"
    keys = Qt.Key
    for key, number in (
        (keys.Key_Home, 1), (keys.Key_Right, 2), (keys.Key_Right, 3), (keys.Key_Left, 2),
        (keys.Key_End, 29), (keys.Key_Right, 29), (keys.Key_PageUp, 26),
    ):  # fmt: skip
        QTest.keyClick(plot.canvas, key)
        assert plot.cursor_x() == 64 * number
    QTest.keyClick(plot.canvas, keys.Key_Plus)
    low, high = view.group.shown_range()
    assert high - low < 1300
    assert low < 64 * 26 < high
    assert all(one.x_range() == pytest.approx((low, high)) for one in view.plots.values())
    QTest.keyClick(plot.canvas, keys.Key_Home)
    assert view.group.shown_range()[0] == 0
    QTest.keyClick(plot.canvas, keys.Key_0)
    assert view.group.is_whole()
    QTest.keyClick(plot.canvas, keys.Key_Escape)
    assert plot.cursor_x() is None


def test_time_and_log_axes(make_view: MakeView) -> None:
    view = make_view(history_of(began(), *map(stats, range(1, 30))))
    press(view, "train.curves.across.time")
    x, _ = view.plots["losses"].curve("loss_d")
    assert (x[0], x[-1]) == (0.5, 14.5)
    put_smoothing(view, 0)
    press(view, "train.curves.log")
    losses, scores = view.plots["losses"], view.plots["scores"]
    np.testing.assert_allclose(losses.curve("loss_d")[1][4], math.log10(stats(5).loss_d))
    assert losses.level("loss_d") == pytest.approx(math.log10(1.25))
    assert scores.curve("score_made")[1][1] == stats(2).score_made
    assert stats(2).score_made < 0
    low, high = losses.y_range()
    assert low < math.log10(0.6)
    assert math.log10(1.8) < high < 1


def test_another_run_is_laid_over(qtbot: QtBot, make_view: MakeView) -> None:
    view = make_view(history_of(began(), *map(stats, range(1, 30))))
    put_smoothing(view, 0)
    other = history_of(began(), *map(stats, range(1, 60, 2)), folder=Path("run-b"))
    view.set_overlay(other)
    settle(qtbot, view)
    assert view.plots["losses"].curve("loss_g", run=1)[0].tolist() == list(range(64, 3840, 128))
    view.group.set_cursor(64 * 9)
    assert (
        f"run-b {stats(9).loss_d:.3g} · {stats(9).loss_g:.3g}" in view.plots["losses"].legend.text()
    )
    assert view.group.shown_range()[1] >= 64 * 59
    view.set_overlay(None)
    settle(qtbot, view)
    assert "run-b" not in view.plots["losses"].legend.text()
    assert not len(view.plots["losses"].curve("loss_g", run=1)[0])
    other.add(stats(61))
    assert view.is_drawn()


def test_files_are_asked_for_and_failures_told(
    qtbot: QtBot, make_view: MakeView, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    view = make_view(history_of(began(), *map(stats, range(1, 30))))
    answers = [str(tmp_path / "plots"), str(tmp_path / "gone" / "plots.png"), ""]
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (answers.pop(0), ""))
    save = view.findChild(QAction, "train.curves.save_picture")
    assert isinstance(save, QAction)
    with qtbot.waitSignal(view.message):
        save.trigger()
    picture = QImage(str(tmp_path / "plots.png"))
    assert picture.width() > 600
    with qtbot.waitSignal(view.failed) as failed:
        save.trigger()
    assert isinstance(failed.args[0], UserError)
    assert "gone" in str(failed.args[0])
    save.trigger()
    assert not answers
    assert [path.name for path in tmp_path.iterdir()] == ["plots.png"]


def test_the_plots_follow_the_theme(make_view: MakeView, qapp: QApplication) -> None:
    view = make_view(history_of(began(), *map(stats, range(1, 30))))
    corner = view.plots["losses"].canvas
    for scheme in ("dark", "light"):
        apply_theme(qapp, scheme)
        shade = corner.grab().toImage().pixelColor(corner.width() - 3, 3)
        assert shade == tokens().raised


def test_plots_are_imported_when_they_are_shown() -> None:
    modules = ("curves", "film", "quality", "health_light", "figures")
    names = ", ".join(f"studio.qt.train.{name}" for name in modules)
    code = f"import sys, {names}; assert not {{'pyqtgraph', 'tensorflow'}} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)
