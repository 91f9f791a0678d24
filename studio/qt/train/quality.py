"""How good made images are, over a training, beside what held-out real images get."""

from collections.abc import Generator
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import Slot
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget
from shiboken6 import Shiboken

from studio.gan.reports import Began, Quality, Reference, Report
from studio.qt.train.amounts import figure, percent
from studio.qt.train.class_bars import ClassBars
from studio.qt.train.curve_data import Floats
from studio.qt.train.history import RunHistory
from studio.qt.train.legend import Entry
from studio.qt.train.parts import make_label
from studio.qt.train.redrawing import Redrawing

if TYPE_CHECKING:
    from studio.qt.train.plot import Plot

_METRICS = ("kid", "agreement", "coverage", "density")
_MUCH = 30
_NARROW = 720


class QualityView(QFrame):
    """KID, agreement, coverage and density of one run, and agreement for each class."""

    def __init__(
        self,
        history: RunHistory,
        parent: QWidget | None = None,
        plots: "dict[str, Plot] | None" = None,
    ) -> None:
        """`plots` are those of `quality_plots`, where they were built before."""
        super().__init__(parent)
        # These import pyqtgraph, which a program that shows no plots shall not wait for.
        from studio.qt.train.plot_group import PlotGroup
        from studio.qt.train.quality_plots import build_each

        self._history = history
        self._overlay: RunHistory | None = None
        self.plots = plots or dict(build_each())
        self.group = PlotGroup(list(self.plots.values()), self)
        self.bars = ClassBars(self)
        self._words = make_label("muted", "quality.words", wraps=True)
        self._drawing = Redrawing(self, self._set_range, self._draw_each)
        self.setObjectName("train.quality")
        self.setProperty("role", "card")
        self._lay_out()
        history.reset.connect(self._take_all)
        history.added.connect(self._take_one)
        self.group.resized.connect(self._draw_soon)
        self.group.cursor_moved.connect(self._show_values)
        self._take_all()

    def set_overlay(self, history: RunHistory | None) -> None:
        """Lay another run's values over these, dashed; None takes them away."""
        if self._overlay is not None and Shiboken.isValid(self._overlay):
            self._overlay.disconnect(self)
        self._overlay = history
        if history is not None:
            history.reset.connect(self._draw_soon)
            history.added.connect(self._take_one)
        self._draw_soon()

    def words(self) -> str:
        """Return the newest numbers as they are said."""
        return self._words.text()

    def best(self) -> Quality | None:
        """Return the look with the smallest KID, whose checkpoint is kept."""
        return min(self._history.qualities, key=lambda one: one.kid, default=None)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        is_narrow = self.width() < _NARROW
        directions = QBoxLayout.Direction
        self._beside.setDirection(directions.TopToBottom if is_narrow else directions.LeftToRight)
        self.bars.set_wide(is_narrow)

    def is_drawn(self) -> bool:
        """Tell whether the plots show all that was told."""
        return self._drawing.is_done()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._drawing.if_seen()

    @Slot()
    def _take_all(self) -> None:
        self.group.remove_cursor()
        self._draw_soon()

    @Slot(object)
    def _take_one(self, report: Report) -> None:
        if isinstance(report, Quality | Began):
            self._draw_soon()

    @Slot()
    def _draw_soon(self) -> None:
        self._say()
        self._drawing.soon()

    def _set_range(self) -> None:
        x = _column(self._history, "images")
        other = _column(self._overlay, "images")
        ends = [float(one[-1]) for one in (x, other) if len(one)]
        self.group.set_x(x, max(ends, default=0.0))

    def _draw_each(self) -> Generator[None, None, None]:
        for name, plot in self.plots.items():
            self.group.place(plot)
            self._draw_plot(name, plot, self._history.reference)
            if name == "kid":
                self._draw_spread()
                best = self.best()
                plot.set_mark("best", best.images if best else None, best.kid if best else 0)
            yield
        self._show_values()

    def _draw_plot(self, name: str, plot: "Plot", reference: Reference | None) -> None:
        level = getattr(reference, name, None)
        values = _column(self._history, name)
        others = _column(self._overlay, name)
        every = np.concatenate([values, others, [] if level is None else [level]])
        every = every[np.isfinite(every)]
        if name == "kid":
            # The first looks are often worse by orders; KID of equals may fall below zero.
            plot.set_log(bool(len(every) and every.min() > 0 and every.max() > _MUCH * every.min()))
        plot.set_points(name, _column(self._history, "images"), values)
        plot.set_points(name, _column(self._overlay, "images"), others, run=1)
        plot.set_level("reference", level)
        if plot.is_log:
            plot.set_y_range(float(every.min()), float(every.max()))
        else:
            lowest = min(0.0, float(every.min(initial=0)))
            highest = float(every.max(initial=0))
            plot.set_y_range(lowest, max(highest, 0.0 if name == "kid" and highest else 1.0))

    def _draw_spread(self) -> None:
        kid, spread = (_column(self._history, name) for name in ("kid", "kid_spread"))
        x = _column(self._history, "images")
        self.plots["kid"].set_band("kid", x, kid - spread, kid + spread)

    @Slot()
    def _show_values(self) -> None:
        qualities = self._history.qualities
        index = self.group.index()
        shown = qualities[-1 if index is None else index] if qualities else None
        for name, plot in self.plots.items():
            plot.legend.show_entries(self._entries(name, shown))

    def _entries(self, name: str, shown: Quality | None) -> tuple[Entry, ...]:
        value = self._value(name, shown)
        if name == "kid" and shown is not None:
            value += f" ± {figure(shown.kid_spread)}"
        entries = [Entry(self.tr("generated"), value, "accent")]
        reference = self._history.reference
        if reference is not None:
            entries.append(
                Entry(self.tr("held-out real"), self._value(name, reference), "good", True)
            )
        best = self.best()
        if name == "kid" and best is not None:
            entries.append(Entry(self.tr("best"), figure(best.kid), "warning", sign="★"))
        if self._overlay is not None and self._overlay.qualities:
            folder = self._overlay.folder
            title = folder.name if folder is not None else self.tr("other run")
            entries.append(
                Entry(title, self._value(name, self._overlay.qualities[-1]), "accent", True)
            )
        return tuple(entries)

    def _value(self, name: str, quality: Quality | None) -> str:
        value = getattr(quality, name, None)
        if value is None:
            return "–"
        return percent(value) if name in ("agreement", "coverage") else figure(value)

    # In words

    def _say(self) -> None:
        qualities, began = self._history.qualities, self._history.began
        newest = qualities[-1] if qualities else None
        known = newest or self._history.reference
        has_classes = known is None or known.agreement is not None
        self.plots["agreement"].setVisible(has_classes)
        self._place_plots(has_classes)
        self.bars.setVisible(has_classes)
        if newest is None:
            self._words.setText(self.tr("The first look is taken after a few seconds."))
        else:
            self._words.setText(" ".join(self._sentences(newest)))
        reference = self._history.reference
        self.bars.show_shares(
            began.classes if began is not None else (),
            newest.agreements if newest is not None else (),
            reference.agreements if reference is not None else (),
        )

    def _sentences(self, newest: Quality) -> list[str]:
        reference = self._history.reference
        kid = f"KID {figure(newest.kid)} ± {figure(newest.kid_spread)}"
        if reference is None:
            return [f"{kid}."]
        text = self.tr("{kid}; held-out real images get {real}.")
        said = [text.format(kid=kid, real=figure(reference.kid))]
        if newest.agreement is not None and reference.agreement is not None:
            text = self.tr(
                "{made} of the generated images are taken for their class; of real ones {real}."
            )
            made, real = percent(newest.agreement), percent(reference.agreement)
            said.append(text.format(made=made, real=real))
        return said

    def _place_plots(self, has_classes: bool) -> None:
        """Two beside two with classes; without, KID alone above the others."""
        self._grid.addWidget(self.plots["kid"], 0, 0, 1, 1 if has_classes else 2)

    def _lay_out(self) -> None:
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(8)
        for number, name in enumerate(_METRICS):
            self._grid.addWidget(self.plots[name], number // 2, number % 2)
        for line in (0, 1):
            self._grid.setRowStretch(line, 1)
            self._grid.setColumnStretch(line, 1)
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(make_label("title", text=self.tr("Quality")))
        head.addWidget(self._words, 1)
        # The narrow one first: what it needs at least is what the view does.
        self._beside = QBoxLayout(QBoxLayout.Direction.TopToBottom)
        self._beside.setSpacing(16)
        self._beside.addLayout(self._grid, 3)
        self._beside.addWidget(self.bars, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 8)
        column.setSpacing(8)
        column.addLayout(head)
        column.addLayout(self._beside, 1)


def _column(history: RunHistory | None, name: str) -> Floats:
    """Return a value of all looks, NaN where there was none."""
    found = [getattr(one, name) for one in history.qualities] if history is not None else []
    return np.array([np.nan if value is None else value for value in found], np.float64)
