"""Quality, health and figures say the newest of a run, beside what real images get."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QListView, QWidget
from pytestqt.qtbot import QtBot

from studio.gan.health import ADVICE, State
from studio.gan.reports import Condition, Ended, Report
from studio.qt.theme import apply_theme
from studio.qt.train.figures import FiguresRow
from studio.qt.train.health_light import HealthLight
from studio.qt.train.history import RunHistory
from studio.qt.train.quality import QualityView
from tests.qt.run_reports import began, history_of, move_mouse, quality, reference, stats

MakeView = Callable[[RunHistory], QualityView]
KIDS = (0.3, 0.1, 0.012, 0.02)


@pytest.fixture
def make_view(qtbot: QtBot, qapp: QApplication) -> Iterator[MakeView]:
    apply_theme(qapp, "light")

    def make(history: RunHistory) -> QualityView:
        view = QualityView(history)
        qtbot.addWidget(view)
        view.resize(900, 420)
        with qtbot.waitExposed(view):
            view.show()
        settle(qtbot, view)
        return view

    yield make
    apply_theme(qapp, "light")


def settle(qtbot: QtBot, view: QualityView) -> None:
    qtbot.waitUntil(view.is_drawn)


def looks(agreement: float | None = 0.5) -> list[Report]:
    return [quality(10 * n, kid, agreement) for n, kid in enumerate(KIDS, 1)]


def text(widget: QWidget, name: str) -> str:
    label = widget.findChild(QLabel, name)
    assert isinstance(label, QLabel)
    return label.text()


def test_the_newest_look_in_words_and_lines(make_view: MakeView) -> None:
    view = make_view(history_of(began(), reference(), *looks()))
    assert view.words() == (
        "KID 0.02 ± 0.002; held-out real images get 0.001. "
        "50 % of the generated images are taken for their class; of real ones 90 %."
    )
    assert view.plots["kid"].legend.text() == (
        "generated 0.02 ± 0.002, held-out real 0.001, best 0.012"
    )
    kid = view.plots["kid"]
    assert kid.is_log
    x, y = kid.curve("kid")
    assert x.tolist() == [640, 1280, 1920, 2560]
    assert [round(10**power, 4) for power in y.tolist()] == list(KIDS)
    star = kid.mark("best")
    assert star is not None
    assert (star[0], round(10 ** star[1], 4)) == (1920, 0.012)
    assert view.plots["agreement"].level("reference") == 0.9
    assert view.plots["coverage"].curve("coverage")[1].tolist() == [0.6] * 4
    move_mouse(kid.canvas.viewport(), kid.point_of(1300))
    assert kid.legend.text().startswith("generated 0.1 ± 0.01")
    assert {plot.cursor_x() for plot in view.plots.values()} == {1280}


def test_each_class_has_its_bar(make_view: MakeView) -> None:
    names = tuple(f"class {number}" for number in range(100))
    many = quality(5, 0.1)
    shares = tuple(number / 100 for number in range(100))
    many = type(many)(320, 2.5, 0.1, 0.01, 0.8, 0.6, 0.5, shares)
    view = make_view(history_of(began(classes=names), reference(), many))
    bars = view.findChild(QListView, "train.quality.classes")
    assert isinstance(bars, QListView)
    model = bars.model()
    assert model.rowCount() == 100
    role = Qt.ItemDataRole.AccessibleTextRole
    assert model.index(37, 0).data(role) == "class 37 37 %"
    assert bars.verticalScrollBar().maximum() > 0
    for _ in range(20):
        QTest.keyClick(bars, Qt.Key.Key_PageDown)
    assert bars.currentIndex().row() == 99
    assert bars.visualRect(bars.currentIndex()).top() < bars.viewport().height()


def test_without_classes_there_is_no_agreement(qtbot: QtBot, make_view: MakeView) -> None:
    view = make_view(history_of(began(classes=()), reference(None), *looks(None)))
    assert not view.plots["agreement"].isVisible()
    assert not view.bars.isVisible()
    assert view.words() == "KID 0.02 ± 0.002; held-out real images get 0.001."
    assert view.plots["density"].curve("density")[1].tolist() == [0.8] * 4


def test_a_live_run_and_another_laid_over(qtbot: QtBot, make_view: MakeView) -> None:
    history = RunHistory()
    view = make_view(history)
    assert view.words() == "The first look is taken after a few seconds."
    history.clear(Path("run"))
    history.add(began())
    for number, kid in enumerate((0.02, -0.0001), 1):
        history.add(quality(number, kid))
    settle(qtbot, view)
    assert view.words() == "KID -0.0001 ± -1.00e-05."
    assert not view.plots["kid"].is_log
    assert view.plots["kid"].level("reference") is None
    view.set_overlay(history_of(began(), reference(), *looks(), folder=Path("run-b")))
    settle(qtbot, view)
    assert len(view.plots["kid"].curve("kid", run=1)[0]) == 4
    assert "run-b 0.02" in view.plots["kid"].legend.text()
    view.set_overlay(None)
    settle(qtbot, view)
    assert not len(view.plots["kid"].curve("kid", run=1)[0])


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_each_state_has_its_own_light(qtbot: QtBot, qapp: QApplication, scheme: str) -> None:
    apply_theme(qapp, scheme)  # type: ignore[arg-type]
    history = RunHistory()
    light = HealthLight(history)
    qtbot.addWidget(light)
    light.resize(400, 48)
    light.show()
    assert text(light, "train.health.state") == "Not yet known"
    shapes = [light.grab().toImage().copy(0, 0, 30, 48)]
    for number, state in enumerate(State):
        history.add(Condition(64 * number, state, ADVICE[state]))
        assert light.state() == state
        assert text(light, "train.health.advice") == ADVICE[state]
        assert ADVICE[state] in light.accessibleName()
        shapes.append(light.grab().toImage().copy(0, 0, 30, 48))
    # Two states ask for care and two for an end; their words tell them apart.
    assert len({bytes(shape.constBits()) for shape in shapes}) == 4
    history.clear()
    assert text(light, "train.health.state") == "Not yet known"
    history.add(Condition(64, State.HEALTHY, ADVICE[State.HEALTHY]))
    history.add(Ended(2, 128, 1.0, "not finite"))
    assert text(light, "train.health.state") == "Not finite"
    assert "resume" in text(light, "train.health.advice")
    apply_theme(qapp, "light")


def test_the_figures_of_a_run(qtbot: QtBot) -> None:
    history = RunHistory()
    row = FiguresRow(history)
    qtbot.addWidget(row)
    names = ("rate", "images", "elapsed", "left", "device")

    def shown() -> list[str]:
        return [text(row, f"train.figures.{name}") for name in names]

    assert shown() == ["–"] * 5
    history.clear(Path("run"))
    history.add(began())
    history.add(stats(50))
    assert shown() == ["128", "3,200", "0:25", "1 min 15 s", "processor, 2 cores"]
    history.add(Ended(60, 3840, 4000.0, "done"))
    assert shown() == ["128", "3,840", "1:06:40", "–", "processor, 2 cores"]
    history.clear()
    assert shown() == ["–"] * 5
