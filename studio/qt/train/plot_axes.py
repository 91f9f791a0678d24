"""The axes of a plot: images seen or time across, plain numbers up."""

import math
from collections.abc import Sequence
from typing import Any

import pyqtgraph as pg

from studio.qt.train.amounts import clock, short_count

_TIMES = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 21600, 43200, 86400)
_FONT = 11
_LINE = 26


class CountAxis(pg.AxisItem):  # type: ignore[misc]
    """Images seen, such as 20k, or times, such as 1:30."""

    def __init__(self) -> None:
        super().__init__("bottom")
        self._is_time = False
        _plain(self)

    def set_time(self, is_time: bool) -> None:
        """Write times, or counts."""
        self._is_time = is_time
        self.picture = None
        self.update()

    def tickSpacing(self, low: float, high: float, size: float) -> Any:
        if not self._is_time:
            return super().tickSpacing(low, high, size)
        wanted = (high - low) / max(2.0, size / 90)
        return [(next((time for time in _TIMES if time >= wanted), 86400.0), 0)]

    def tickStrings(self, values: Any, scale: float, spacing: float) -> list[str]:
        return [clock(value) if self._is_time else short_count(value) for value in values]


class ValueAxis(pg.AxisItem):  # type: ignore[misc]
    """Numbers as they are, on a log axis too."""

    def __init__(self) -> None:
        super().__init__("left")
        _plain(self)

    def tickSpacing(self, low: float, high: float, size: float) -> Any:
        # The library's own ticks meet in a low plot.
        wanted = max((high - low) / max(2.0, size / _LINE), 1e-12)
        power = 10.0 ** math.floor(math.log10(wanted))
        return [(next(step * power for step in (1, 2, 5, 10) if step * power >= wanted), 0)]

    def logTickValues(self, low: float, high: float, size: float, levels: Any) -> Any:
        # Whole powers of ten, and where there is room between them 2 and 5 times as much.
        room = size / max(high - low, 1e-9)
        between: Sequence[int] = (1,) if room < 40 else (1, 3) if room < 80 else (1, 2, 5)
        if room > 400:
            between = range(10, 100, 5)
        start = math.floor(low) - 1
        ticks = [
            power + math.log10(factor)
            for power in range(start, math.ceil(high) + 1)
            for factor in between
        ]
        every = max(1, math.ceil(_LINE / room)) if room < 40 else 1
        return [(None, [tick for tick in ticks[::every] if low <= tick <= high])]

    def logTickStrings(self, values: Any, scale: float, spacing: float) -> list[str]:
        return [f"{10**value:.3g}" for value in values]


def _plain(axis: Any) -> None:
    font = pg.QtGui.QFont(pg.QtWidgets.QApplication.font())
    font.setPixelSize(_FONT)
    axis.setTickFont(font)
    axis.enableAutoSIPrefix(False)
    axis.setStyle(tickLength=4, tickTextOffset=4, maxTickLevel=0)
