"""What a training shows: health, figures, curves or quality, and beside them the film."""

from collections.abc import Generator

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from studio.qt.train.curves import CurvesView
from studio.qt.train.figures import FiguresRow
from studio.qt.train.film import FilmView
from studio.qt.train.health_light import HealthLight
from studio.qt.train.history import RunHistory
from studio.qt.train.parts import make_choice
from studio.qt.train.quality import QualityView


def build_watch(history: RunHistory) -> Generator[None, None, "WatchPanel"]:
    """Build it in pieces, as all of it is a stall of half a second."""
    # These import pyqtgraph.
    from studio.qt.train import curve_plots, quality_plots

    yield
    above = {}
    for name, plot in curve_plots.build_each():
        above[name] = plot
        yield
    curves = CurvesView(history, plots=above)
    yield
    below = {}
    for name, plot in quality_plots.build_each():
        below[name] = plot
        yield
    quality = QualityView(history, plots=below)
    yield
    film = FilmView(history)
    yield
    return WatchPanel(history, curves, quality, film)


class WatchPanel(QWidget):
    """Follows a RunHistory; a second one can be laid over its curves."""

    message = Signal(str)
    failed = Signal(object)

    def __init__(
        self,
        history: RunHistory,
        curves: CurvesView,
        quality: QualityView,
        film: FilmView,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._curves, self._quality, self._film = curves, quality, film
        self._split = QSplitter(Qt.Orientation.Horizontal)
        self._left = QWidget()
        self._charts = QStackedWidget()
        shown = (self.tr("Curves"), self.tr("Losses, scores and gradient penalties"))
        other = (self.tr("Quality"), self.tr("How good the images are, beside real ones"))
        self._choice = make_choice("watch", {"curves": shown, "quality": other})
        self._lay_out(history)
        self._choice.changed.connect(self._show_chosen)
        for view in (self._curves, self._film):
            view.message.connect(self.message)
            view.failed.connect(self.failed)

    def set_overlay(self, history: RunHistory | None) -> None:
        """Lay a second run over the first, or take it away."""
        self._curves.set_overlay(history)
        self._quality.set_overlay(history)

    def stop_and_wait(self) -> None:
        """Return when no picture is read and no film written any more."""
        self._film.stop_and_wait()

    def set_compact(self, is_compact: bool) -> None:
        """Where there is no room for both, show the film without the curves."""
        self._left.setHidden(is_compact)

    @Slot()
    def _show_chosen(self) -> None:
        shown = self._curves if self._choice.value() == "curves" else self._quality
        self._charts.setCurrentWidget(shown)

    def _lay_out(self, history: RunHistory) -> None:
        self._charts.addWidget(self._curves)
        self._charts.addWidget(self._quality)
        inner = QVBoxLayout(self._left)
        inner.setContentsMargins(0, 0, 8, 0)
        inner.setSpacing(4)
        inner.addWidget(self._choice)
        inner.addWidget(self._charts, 1)
        right = QWidget()
        outer = QHBoxLayout(right)
        outer.setContentsMargins(8, 0, 0, 0)
        outer.addWidget(self._film)
        for side in (self._left, right):
            self._split.addWidget(side)
        self._split.setChildrenCollapsible(False)
        self._split.setSizes([1000, 1000])
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        head = QHBoxLayout()
        head.setSpacing(24)
        head.addWidget(FiguresRow(history), 3)
        head.addWidget(HealthLight(history), 2)
        column.addLayout(head)
        column.addWidget(self._split, 1)
