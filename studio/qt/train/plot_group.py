"""Plots that show the same part of one run, with one cursor through all of them."""

from collections.abc import Sequence
from functools import partial

import numpy as np
from PySide6.QtCore import QObject, Signal, Slot

from studio.qt.train.curve_data import Floats, nearest
from studio.qt.train.plot import Plot

_FAR = 0.1
_ZOOM = 1.6
_LEAST_SHARE = 1e-4
_ROOM = 0.015
"""Beyond the newest point, so that its dot is whole."""


class PlotGroup(QObject):
    """Keeps the range and the cursor of plots alike; follows a run's end until somebody zooms."""

    range_changed = Signal()
    """The lines have to be drawn for another part of x."""

    resized = Signal()
    """The lines have to be drawn for another number of pixels."""

    cursor_moved = Signal()

    def __init__(self, plots: Sequence[Plot], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._plots = tuple(plots)
        self._x: Floats = np.empty(0)
        self._end = 1.0
        self._range = (0.0, 1.0)
        self._is_following = True
        self._cursor: float | None = None
        for plot in self._plots:
            plot.canvas.hovered.connect(self.set_cursor)
            plot.canvas.left.connect(self.remove_cursor)
            plot.canvas.asked.connect(self._do)
            box = plot.canvas.getPlotItem().getViewBox()
            box.sigRangeChangedManually.connect(partial(self._take_range, plot))
            box.sigResized.connect(self.resized)

    def set_x(self, x: Floats, end: float = 0.0) -> None:
        """Take the places that the cursor stops at; the whole range ends at the last or `end`.

        What the plots show follows with `place`.
        """
        self._x = x
        known = max(float(x[-1]) if len(x) else 0.0, end)
        self._end = known * (1 + _ROOM) if known > 0 else 1.0
        low, high = self._range
        self._range = (0.0, self._end) if self._is_following else (low, min(high, self._end))

    def place(self, plot: Plot) -> None:
        """Have a plot show the range and the cursor."""
        plot.set_x_limits(0.0, self._end)
        plot.set_x_range(*self._range)
        plot.show_cursor(self.cursor())

    def shown_range(self) -> tuple[float, float]:
        """Return from where to where x is shown."""
        return self._range

    def is_whole(self) -> bool:
        """Tell whether all there is is shown, and will be as it grows."""
        return self._is_following

    @Slot()
    def show_all(self) -> None:
        """Show all there is, and what comes."""
        self._is_following = True
        self._show_range(0.0, self._end)
        self.range_changed.emit()

    def index(self) -> int | None:
        """Return which place the cursor is at; None without one."""
        return None if self._cursor is None else nearest(self._x, self._cursor)

    def cursor(self) -> float | None:
        """Return the x that the cursor is at; None without one."""
        index = self.index()
        return None if index is None else float(self._x[index])

    @Slot(float)
    def set_cursor(self, x: float) -> None:
        """Put the cursor at the place next to x."""
        self._cursor = x
        self.show_cursor()

    @Slot()
    def remove_cursor(self) -> None:
        """Show no cursor."""
        self._cursor = None
        self.show_cursor()

    def show_cursor(self) -> None:
        """Draw the cursor where it is now."""
        x = self.cursor()
        for plot in self._plots:
            plot.show_cursor(x)
        self.cursor_moved.emit()

    @Slot(str)
    def _do(self, wish: str) -> None:
        if wish == "all":
            self.show_all()
        elif wish in ("in", "out"):
            self._zoom(1 / _ZOOM if wish == "in" else _ZOOM)
        elif wish == "none":
            self.remove_cursor()
        elif len(self._x):
            self._step(wish)

    def _step(self, wish: str) -> None:
        last = len(self._x) - 1
        now = self.index()
        if now is None or wish in ("first", "last"):
            # The arrows begin where they lead away from.
            target = 0 if wish == "first" else last
        else:
            low, high = np.searchsorted(self._x, self._range)
            far = max(1, round((int(high) - int(low)) * _FAR))
            moves = {"back": -1, "on": 1, "far back": -far, "far on": far}
            target = now + moves[wish]
        x = float(self._x[min(last, max(0, target))])
        low_x, high_x = self._range
        if not low_x <= x <= high_x:
            width = high_x - low_x
            start = min(max(0.0, x - width / 2), self._end - width)
            self._show_range(start, start + width)
            self.range_changed.emit()
        self.set_cursor(x)

    def _zoom(self, factor: float) -> None:
        low, high = self._range
        cursor = self.cursor()
        middle = (low + high) / 2 if cursor is None else cursor
        width = max((high - low) * factor, self._end * _LEAST_SHARE)
        if width >= self._end:
            self.show_all()
            return
        start = min(max(0.0, middle - (middle - low) * factor), self._end - width)
        self._is_following = False
        self._show_range(start, start + width)
        self.range_changed.emit()

    def _show_range(self, low: float, high: float) -> None:
        self._range = (low, high)
        for plot in self._plots:
            plot.set_x_range(low, high)

    def _take_range(self, moved: Plot, _: object = None) -> None:
        """Follow the plot that was moved by hand."""
        low, high = moved.x_range()
        self._is_following = low <= 0 and high >= self._end
        self._show_range(low, high)
        self.range_changed.emit()
