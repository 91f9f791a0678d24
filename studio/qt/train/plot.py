"""One small plot in the program's own look: lines, levels, a band, a mark, and a cursor.

Importing this imports pyqtgraph, which takes a moment: it is done when a page first needs it.
"""

from typing import Any, NamedTuple

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import (
    QColor,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QBoxLayout, QLabel, QVBoxLayout, QWidget

from studio.qt.theme import mix, tokens
from studio.qt.train.curve_data import Floats
from studio.qt.train.legend import Legend
from studio.qt.train.plot_axes import CountAxis
from studio.qt.train.plot_canvas import PlotCanvas

_NARROW = 320
_FAINT = 0.3
_DENSE = 250
"""Above so many points lines are a pixel wide: where a wider one overlaps itself so often, Qt takes
half a second to paint it."""


class Series(NamedTuple):
    """A line of a plot: what it is called, and its colour, a field of `Tokens`."""

    key: str
    title: str
    colour: str


class Plot(QWidget):
    """A title, a legend with values, and the lines below. All x and y are in data units."""

    def __init__(
        self, name: str, title: str, series: tuple[Series, ...], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.series = series
        self.legend = Legend(self)
        self._colours = {one.key: one.colour for one in series}
        self._axis = CountAxis()
        self.canvas = PlotCanvas(self._axis, self)
        self.is_log = False
        self._pieces: dict[tuple[str, str, int], Any] = {}
        self._cursor = self._add("cursor", "", pg.InfiniteLine(angle=90))
        self._cursor.hide()
        self._name(name, title)
        self._lay_out(title)
        self._dress()

    def set_curve(
        self, key: str, x: Floats, y: Floats, *, run: int = 0, is_faint: bool = False
    ) -> None:
        """Draw a line; of `run` 1 it is dashed. A faint one lies behind."""
        kind = "faint" if is_faint else "curve"
        item = self._piece(kind, key, run, pg.PlotCurveItem)
        is_dense = len(x) > _DENSE
        if item.opts.get("dense", False) != is_dense:
            item.opts["dense"] = is_dense
            self._dress()
        heights = self._to_y(y)
        if not np.isfinite(heights).any():
            # pyqtgraph stumbles over a line of which nothing can be seen.
            x, heights = x[:0], heights[:0]
        item.setData(x, heights, connect="finite", antialias=True)

    def curve(self, key: str, *, run: int = 0, is_faint: bool = False) -> tuple[Floats, Floats]:
        """Return the points of a line as they are drawn: on a log axis y are powers of ten."""
        item = self._pieces.get(("faint" if is_faint else "curve", key, run))
        x, y = item.getData() if item is not None else (None, None)
        return (np.empty(0), np.empty(0)) if x is None or y is None else (x, y)

    def level(self, key: str) -> float | None:
        """Return where the dashed line across is drawn; None where there is none."""
        line = self._pieces.get(("level", key, 0))
        return float(line.value()) if line is not None and line.isVisible() else None

    def mark(self, key: str) -> tuple[float, float] | None:
        """Return where the star is drawn; None where there is none."""
        star = self._pieces.get(("mark", key, 0))
        x, y = star.getData() if star is not None else ([], [])
        return (float(x[0]), float(y[0])) if len(x) else None

    def set_points(self, key: str, x: Floats, y: Floats, *, run: int = 0) -> None:
        """Draw a line with a dot at each value."""
        self.set_curve(key, x, y, run=run)
        heights = self._to_y(y)
        known = np.isfinite(heights)
        dots = self._piece("dots", key, run, _make_scatter)
        dots.setData(x[known], heights[known], size=4)

    def set_level(self, key: str, value: float | None) -> None:
        """Draw a dashed line across at a value, or none."""
        line = self._piece("level", key, 0, _make_level)
        height = float("nan") if value is None else float(self._to_y(np.array([value]))[0])
        line.setVisible(bool(np.isfinite(height)))
        if line.isVisible():
            line.setPos(height)

    def set_band(self, key: str, x: Floats, low: Floats, high: Floats) -> None:
        """Fill what lies between two lines."""
        first, second = (self._piece(end, key, 0, pg.PlotCurveItem) for end in ("low", "high"))
        bottom = self._to_y(low)
        if self.is_log:
            # There is no room below zero: the band reaches as far down as the picture.
            bottom = np.where(np.isfinite(bottom), bottom, -12.0)
        first.setData(x, bottom)
        second.setData(x, self._to_y(high))
        if ("band", key, 0) not in self._pieces:
            self._add("band", key, pg.FillBetweenItem(first, second))
            self._dress()

    def set_mark(self, key: str, x: float | None, y: float = 0.0) -> None:
        """Put a star at a point, or none."""
        star = self._piece("mark", key, 0, _make_scatter)
        if x is None:
            star.clear()
        else:
            star.setData(np.array([x]), self._to_y(np.array([y])), symbol="star", size=15)

    def set_x_range(self, low: float, high: float) -> None:
        """Show so much of x."""
        self._box().setXRange(low, high, padding=0)

    def set_x_limits(self, low: float, high: float) -> None:
        """Let nobody look beyond these."""
        self._box().setLimits(xMin=low, xMax=high)

    def set_y_range(self, low: float, high: float) -> None:
        """Show so much of y, and a little more."""
        bottom, top = self._to_y(np.array([low, high]))
        if not np.isfinite(bottom):
            bottom = top - 3
        if np.isfinite(top):
            room = max(top - bottom, 1e-6 + abs(top) * 1e-3)
            self._box().setYRange(bottom - room * 0.06, top + room * 0.06, padding=0)

    def x_range(self) -> tuple[float, float]:
        """Return what of x is shown."""
        low, high = self._box().viewRange()[0]
        return float(low), float(high)

    def y_range(self) -> tuple[float, float]:
        """Return what of y is shown, in the axis' own units: powers of ten on a log axis."""
        low, high = self._box().viewRange()[1]
        return float(low), float(high)

    def columns(self) -> int:
        """Return how many columns the lines can tell apart, each of two pixels."""
        return max(50, round(float(self._box().width()) * self.devicePixelRatioF() / 2))

    def set_log(self, is_log: bool) -> None:
        """Give y a logarithmic axis or a linear one; the lines have to be set again."""
        self.is_log = is_log
        self.canvas.getPlotItem().getAxis("left").setLogMode(False, is_log)

    def set_time_axis(self, is_time: bool) -> None:
        """Write x as times, or as counts."""
        self._axis.set_time(is_time)

    def hide_x_labels(self) -> None:
        """Leave the labels to a plot below that shows the same."""
        self._axis.setStyle(showValues=False)
        self._axis.setHeight(4)

    def show_cursor(self, x: float | None) -> None:
        """Draw the upright line at x, or none."""
        self._cursor.setVisible(x is not None)
        if x is not None:
            self._cursor.setPos(x)

    def cursor_x(self) -> float | None:
        """Return where the upright line is, None where there is none."""
        return float(self._cursor.value()) if self._cursor.isVisible() else None

    def point_of(self, x: float) -> QPointF:
        """Return where x is in the canvas' coordinates, half way up."""
        middle = sum(self.y_range()) / 2
        place = self._box().mapViewToScene(QPointF(x, middle))
        return QPointF(self.canvas.mapFromScene(place))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        is_narrow = self.width() < _NARROW
        directions = QBoxLayout.Direction
        self._head.setDirection(directions.TopToBottom if is_narrow else directions.LeftToRight)
        self._head.setSpacing(0 if is_narrow else 16)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_cursor"):
            self._dress()
        super().changeEvent(event)

    def _box(self) -> Any:
        return self.canvas.getPlotItem().getViewBox()

    def _to_y(self, values: Floats) -> Floats:
        if not self.is_log:
            return values
        powers = np.full(len(values), np.nan)
        np.log10(values, out=powers, where=values > 0)
        return powers

    def _piece(self, kind: str, key: str, run: int, make: Any) -> Any:
        if (kind, key, run) not in self._pieces:
            self._add(kind, key, make(), run)
            self._dress()
        return self._pieces[kind, key, run]

    def _add(self, kind: str, key: str, item: Any, run: int = 0) -> Any:
        item.setZValue(_LAYERS[kind] - run)
        self.canvas.addItem(item, ignoreBounds=True)
        self._pieces[kind, key, run] = item
        return item

    def _name(self, name: str, title: str) -> None:
        self.setObjectName(name)
        self.canvas.setObjectName(f"{name}.canvas")
        self.canvas.setAccessibleName(title)
        self.legend.setObjectName(f"{name}.legend")
        self.legend.setAccessibleName(title)

    def _lay_out(self, title: str) -> None:
        heading = QLabel(title)
        heading.setProperty("role", "title")
        self._head = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._head.setSpacing(16)
        self._head.addWidget(heading, 0, Qt.AlignmentFlag.AlignTop)
        self._head.addWidget(self.legend, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addLayout(self._head)
        column.addWidget(self.canvas, 1)
        self.canvas.setMinimumSize(160, 56)

    def _dress(self) -> None:
        colours = tokens()
        self.canvas.setBackground(colours.raised)
        for side in ("left", "bottom"):
            axis = self.canvas.getPlotItem().getAxis(side)
            axis.setPen(QPen(colours.line, 1))
            axis.setTextPen(QPen(colours.muted))
        self._cursor.setPen(_pen(colours.muted, 1))
        for (kind, key, run), item in self._pieces.items():
            if key:
                # Levels of the same height show in turns.
                offset = 5.0 * (key != self.series[0].key)
                self._dress_piece(kind, run, item, getattr(colours, self._colours[key]), offset)

    def _dress_piece(self, kind: str, run: int, item: Any, colour: QColor, offset: float) -> None:
        ground = tokens().raised
        if kind == "curve":
            width = 1.0 if item.opts.get("dense", False) else 1.6
            item.setPen(_pen(colour if run == 0 else mix(ground, colour, 0.75), width, run > 0))
            item.setSegmentedLineMode("off")
        elif kind == "faint":
            item.setPen(_pen(mix(ground, colour, _FAINT), 1))
        elif kind in ("low", "high"):
            item.setPen(None)
        elif kind == "band":
            item.setBrush(mix(ground, colour, 0.16))
        elif kind == "level":
            pen = _pen(colour, 1.2, True)
            pen.setDashPattern([3, 7])
            pen.setDashOffset(offset)
            item.setPen(pen)
        else:
            item.setPen(_pen(ground, 1) if kind == "mark" else None)
            item.setBrush(colour)


_LAYERS = {
    "band": 0, "low": 0, "high": 0, "faint": 10, "level": 20, "curve": 30, "dots": 40,
    "mark": 50, "cursor": 60,
}  # fmt: skip


def _make_scatter() -> Any:
    # Its cache of pictures was once handed another object in place of its painter.
    return pg.ScatterPlotItem(useCache=False)


def _make_level() -> Any:
    return pg.InfiniteLine(angle=0)


def _pen(colour: QColor, width: float, is_dashed: bool = False) -> QPen:
    pen = QPen(colour, width)
    pen.setCosmetic(True)
    if is_dashed:
        pen.setDashPattern([4, 3])
    return pen
