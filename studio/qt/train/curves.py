"""The curves of a training: losses, scores and gradient penalties over what was seen."""

from collections.abc import Generator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget
from shiboken6 import Shiboken

from studio.dataset.atomic_file import write_atomic
from studio.gan.reports import Report, Stats
from studio.qt.train.amounts import clock, figure
from studio.qt.train.curve_data import CurveData, Floats, thin, usual_range, write_csv
from studio.qt.train.curves_bar import CurvesBar
from studio.qt.train.history import RunHistory
from studio.qt.train.legend import Entry
from studio.qt.train.picture_file import ask_path, encode_grab, try_to_write
from studio.qt.train.redrawing import Redrawing

if TYPE_CHECKING:
    from studio.qt.train.plot import Plot

_CURVES = ("loss_d", "loss_g", "score_real", "score_made", "penalty_real", "penalty_made")


class CurvesView(QFrame):
    """Three plots of one run, the same part of it in each; another run can be laid over."""

    failed = Signal(object)
    """A UserError: a file could not be written."""

    message = Signal(str)

    def __init__(
        self,
        history: RunHistory,
        parent: QWidget | None = None,
        plots: "dict[str, Plot] | None" = None,
    ) -> None:
        """`plots` are those of `curve_plots`, where they were built before."""
        super().__init__(parent)
        # These import pyqtgraph, which a program that shows no curves shall not wait for.
        from studio.qt.train.curve_plots import build_each
        from studio.qt.train.plot_group import PlotGroup

        self._history = history
        self._overlay: RunHistory | None = None
        self.bar = CurvesBar(self)
        self.plots = plots or dict(build_each())
        self.group = PlotGroup(list(self.plots.values()), self)
        self._data = [CurveData(_CURVES, self.bar.smoothing()) for _ in range(2)]
        self._drawing = Redrawing(self, self._set_range, self._draw_each)
        self.setObjectName("train.curves")
        self.setProperty("role", "card")
        self._lay_out()
        self._connect()
        self._take_all()

    def set_overlay(self, history: RunHistory | None) -> None:
        """Lay another run's curves over these, dashed; None takes them away."""
        if self._overlay is not None and Shiboken.isValid(self._overlay):
            self._overlay.disconnect(self)
        self._overlay = history
        if history is not None:
            history.reset.connect(self._take_overlay)
            history.added.connect(self._take_overlay)
        self._take_overlay()

    def save_csv(self, path: Path) -> None:
        """Write this run's stats, as they were reported, whole or not at all; OSError goes up."""
        write_atomic(path, write_csv(self._history.stats), sync=True)

    def save_picture(self, path: Path) -> None:
        """Write the plots as they are shown, as PNG, whole or not at all; OSError goes up."""
        write_atomic(path, encode_grab(self._plots_widget), sync=True)

    def is_drawn(self) -> bool:
        """Tell whether the plots show all that was told."""
        return self._drawing.is_done()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._drawing.if_seen()

    # What is shown

    def x_of(self, run: int = 0) -> Floats:
        """Return the places of a run's points on the axis across."""
        return self._data[run].column("seconds" if self.bar.is_time() else "images")

    @Slot()
    def _take_all(self) -> None:
        self._data[0].replace(self._history.stats)
        self.bar.set_has_points(bool(self._history.stats))
        self.group.remove_cursor()
        self._drawing.soon()

    @Slot(object)
    def _take_one(self, report: Report) -> None:
        if isinstance(report, Stats):
            self._data[0].add(report)
            self.bar.set_has_points(True)
        self._drawing.soon()

    @Slot()
    def _take_overlay(self) -> None:
        overlay = self._overlay
        self._data[1].replace(overlay.stats if overlay is not None else [])
        self._drawing.soon()

    def _set_range(self) -> None:
        ends = [float(x[-1]) for x in map(self.x_of, (0, 1)) if len(x)]
        self.group.set_x(self.x_of(), max(ends, default=0.0))

    def _draw_each(self) -> Generator[None, None, None]:
        for plot in self.plots.values():
            self._draw_plot(plot)
            yield
        self._show_values()

    def _draw_plot(self, plot: "Plot") -> None:
        self.group.place(plot)
        low, high = self.group.shown_range()
        for one in plot.series:
            for run in (0, 1):
                self._draw_curve(plot, one.key, run, low, high)
        self._draw_balance(plot)
        self._fit_height(plot, low, high)

    def _draw_curve(self, plot: "Plot", key: str, run: int, low: float, high: float) -> None:
        data, x, columns = self._data[run], self.x_of(run), plot.columns()
        smoothing = self.bar.smoothing()
        if run == 0:
            raw = data.column(key) if smoothing else data.column(key)[:0]
            plot.set_curve(key, *thin(x[: len(raw)], raw, low, high, columns), is_faint=True)
        plot.set_curve(key, *thin(x, data.smooth(key), low, high, columns), run=run)

    def _draw_balance(self, plot: "Plot") -> None:
        began = self._history.began
        for key, number in (("loss_d", 0), ("loss_g", 1)):
            if key in {one.key for one in plot.series}:
                plot.set_level(key, None if began is None else began.balance[number])

    def _fit_height(self, plot: "Plot", low: float, high: float) -> None:
        shown = []
        for run in (0, 1):
            first, last = np.searchsorted(self.x_of(run), (low, high))
            for one in plot.series:
                shown.append(self._data[run].smooth(one.key)[first : int(last) + 1])
                shown.append(self._data[run].column(one.key)[first : int(last) + 1])
        # The first few steps are often far off and would press the rest to the ground.
        if plot.is_log:
            shown = [values[values > 0] for values in shown]
        found = usual_range(shown, share=0.01)
        began = self._history.began
        if found is None:
            plot.set_y_range(0.0 if not plot.is_log else 0.01, 1.0)
            return
        if began is not None and plot is self.plots["losses"]:
            found = (min(found[0], *began.balance), max(found[1], *began.balance))
        plot.set_y_range(*found)

    # Values

    @Slot()
    def _show_values(self) -> None:
        x = self.x_of()
        index = self.group.index()
        newest = len(x) - 1
        at = newest if index is None else index
        for plot in self.plots.values():
            plot.legend.show_entries(self._entries(plot, at))
        data = self._data[0]
        if at < 0 or at > newest:
            self.bar.show_place("")
            return
        images, seconds = data.column("images")[at], data.column("seconds")[at]
        place = self.tr("{images} images, {time}").format(
            images=f"{images:,.0f}", time=clock(seconds)
        )
        self.bar.show_place(place if index is not None else self.tr("newest: ") + place)

    def _entries(self, plot: "Plot", at: int) -> tuple[Entry, ...]:
        data, entries = self._data[0], []
        for one in plot.series:
            known = 0 <= at < len(data)
            value = figure(float(data.column(one.key)[at])) if known else ""
            entries.append(Entry(one.title, value, one.colour))
        began = self._history.began
        if began is not None and plot is self.plots["losses"]:
            first, second = map(figure, began.balance)
            text = first if first == second else f"{first} · {second}"
            entries.append(Entry(self.tr("balance"), text, "muted", True))
        if len(self._data[1]) and self._overlay is not None:
            folder = self._overlay.folder
            name = folder.name if folder is not None else self.tr("other run")
            entries.append(Entry(name, self._overlaid_values(plot, at), "muted", True))
        return tuple(entries)

    def _overlaid_values(self, plot: "Plot", at: int) -> str:
        """Return what the other run had at the same place, in the order of the plot's lines."""
        data, x = self._data[1], self.x_of()
        there = len(data) - 1
        if 0 <= at < len(x):
            there = min(int(np.searchsorted(self.x_of(1), x[at])), there)
        return " · ".join(figure(float(data.column(one.key)[there])) for one in plot.series)

    # Controls

    @Slot()
    def _smooth_again(self) -> None:
        for data in self._data:
            data.set_smoothing(self.bar.smoothing())
        self._drawing.at_once()

    @Slot()
    def _change_axes(self) -> None:
        for name, plot in self.plots.items():
            plot.set_time_axis(self.bar.is_time())
            # Scores are as often below zero as above.
            plot.set_log(self.bar.is_log() and name != "scores")
        self.group.remove_cursor()
        self.group.show_all()
        self._drawing.from_scratch()

    @Slot()
    def _ask_for_csv(self) -> None:
        path = ask_path(self, self.tr("Save the numbers"), self._file("curves.csv"), "CSV (*.csv)")
        try_to_write(self, self.save_csv, path)

    @Slot()
    def _ask_for_picture(self) -> None:
        path = ask_path(self, self.tr("Save the plots"), self._file("curves.png"), "PNG (*.png)")
        try_to_write(self, self.save_picture, path)

    def _file(self, name: str) -> Path:
        folder = self._history.folder
        return Path(name) if folder is None else folder / name

    def _connect(self) -> None:
        self._history.reset.connect(self._take_all)
        self._history.added.connect(self._take_one)
        self.bar.smoothing_changed.connect(self._smooth_again)
        self.bar.axes_changed.connect(self._change_axes)
        self.bar.whole_wanted.connect(self.group.show_all)
        self.bar.csv_wanted.connect(self._ask_for_csv)
        self.bar.picture_wanted.connect(self._ask_for_picture)
        self.group.range_changed.connect(self._drawing.at_once)
        self.group.resized.connect(self._drawing.soon)
        self.group.cursor_moved.connect(self._show_values)

    def _lay_out(self) -> None:
        self._plots_widget = QWidget(self)
        stack = QVBoxLayout(self._plots_widget)
        stack.setContentsMargins(12, 6, 12, 8)
        stack.setSpacing(6)
        shares = {"losses": 5, "scores": 4, "penalties": 4}
        for name, plot in self.plots.items():
            stack.addWidget(plot, shares[name])
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.bar)
        column.addWidget(self._plots_widget, 1)
