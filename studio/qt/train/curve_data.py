"""The numbers behind the curves: columns that grow, smoothed as they do, thinned for the screen."""

import csv
import io
from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from studio.gan.reports import Stats

Floats = NDArray[np.float64]

COLUMNS = Stats.__struct_fields__
_FORGOTTEN = 1e-9
_FIRST_ROOM = 1024
_POINTS_A_BIN = 2
_LOOKED_AT = 4000


class Smoother:
    """An exponential mean that is fair to the first points and leaves out what is not finite.

    `points` is the time constant: after so many points, one counts 1/e of the newest. 0 leaves all
    as it is. The bias at the beginning is divided out (Kingma and Ba 2015, section 3).
    """

    def __init__(self, points: float) -> None:
        self._keep = float(np.exp(-1 / points)) if points > 0 else 0.0
        self._sum = self._weight = 0.0

    def extend(self, values: Floats) -> Floats:
        """Return the means of further values, (N,)."""
        if not len(values):
            return values
        known = np.isfinite(values)
        sums = self._scan(np.where(known, values, 0.0), self._sum)
        weights = self._scan(known.astype(np.float64), self._weight)
        self._sum, self._weight = float(sums[-1]), float(weights[-1])
        means = np.full(len(values), np.nan)
        np.divide(sums, weights, out=means, where=known & (weights > 0))
        return means

    def _scan(self, values: Floats, before: float) -> Floats:
        """Return y where y[t] = keep · y[t − 1] + values[t], in a number of passes, not of points.

        Each pass adds what lies twice as far back, until that counts for nothing.
        """
        total = values.copy()
        total[0] += self._keep * before
        share, back = self._keep, 1
        while share > _FORGOTTEN and back < len(total):
            total[back:] = total[back:] + share * total[:-back]
            share, back = share * share, back * 2
        return total


class CurveData:
    """The stats of one run as columns, with a smoothed one beside each that is asked for."""

    def __init__(self, smoothed: Iterable[str], points: float = 0.0) -> None:
        self._smoothed = tuple(smoothed)
        self._points = points
        self._count = 0
        self._room = np.empty((len(COLUMNS), _FIRST_ROOM))
        self._means = np.empty((len(self._smoothed), _FIRST_ROOM))
        self._smooth_again()

    def __len__(self) -> int:
        return self._count

    def column(self, name: str) -> Floats:
        """Return what was reported, a view of (N,)."""
        return self._room[COLUMNS.index(name), : self._count]

    def smooth(self, name: str) -> Floats:
        """Return the smoothed column, a view of (N,)."""
        return self._means[self._smoothed.index(name), : self._count]

    def set_smoothing(self, points: float) -> None:
        """Smooth with another time constant."""
        self._points = points
        self._smooth_again()

    def replace(self, stats: list[Stats]) -> None:
        """Take these and nothing else."""
        self._count = 0
        self._append(stats)
        self._smooth_again()

    def add(self, report: Stats) -> None:
        """Take one more. A run that goes on from a checkpoint tells again what came after it."""
        # Stats come in the order of their images.
        before = int(np.searchsorted(self.column("images"), report.images))
        self._count, has_gone_back = before, before < self._count
        self._append([report])
        if has_gone_back:
            self._smooth_again()
        else:
            self._extend(self._count - 1)

    def _append(self, stats: list[Stats]) -> None:
        end = self._count + len(stats)
        if end > self._room.shape[1]:
            more = max(end + end // 4, 2 * self._room.shape[1])
            self._room, self._means = _grown(self._room, more), _grown(self._means, more)
        for row, name in enumerate(COLUMNS):
            self._room[row, self._count : end] = [getattr(one, name) for one in stats]
        self._count = end

    def _smooth_again(self) -> None:
        self._smoothers = [Smoother(self._points) for _ in self._smoothed]
        self._extend(0)

    def _extend(self, first: int) -> None:
        for row, name in enumerate(self._smoothed):
            new = self._smoothers[row].extend(self.column(name)[first:])
            self._means[row, first : self._count] = new


def _grown(room: Floats, columns: int) -> Floats:
    larger = np.empty((len(room), columns))
    larger[:, : room.shape[1]] = room
    return larger


def thin(x: Floats, y: Floats, low: float, high: float, columns: int) -> tuple[Floats, Floats]:
    """Return as much of a curve as so many columns can show of low..high; x must rise.

    Each column keeps its lowest and its highest point, so no spike is lost; one point beyond
    either end stays, so that the line leaves the picture.
    """
    first = max(0, int(np.searchsorted(x, low)) - 1)
    last = min(len(x), int(np.searchsorted(x, high, "right")) + 1)
    x, y = x[first:last], y[first:last]
    bins = max(1, columns)
    if len(x) <= _POINTS_A_BIN * bins:
        return x, y
    each = -(-len(x) // bins)
    whole = len(x) // each
    parts = y[: whole * each].reshape(whole, each)
    unknown = ~np.isfinite(parts)
    lowest = np.where(unknown, np.inf, parts).argmin(1)
    highest = np.where(unknown, -np.inf, parts).argmax(1)
    pairs = np.sort(np.stack([lowest, highest], 1), axis=1)
    kept = (pairs + np.arange(whole)[:, None] * each).ravel()
    rest = np.arange(whole * each, len(x))
    kept = np.concatenate([[0], kept, rest, [len(x) - 1]])
    return x[kept], y[kept]


def usual_range(curves: Iterable[Floats], share: float = 0.005) -> tuple[float, float] | None:
    """Return from where to where nearly all finite values lie; None where there are none."""
    ends: list[Floats] = []
    for values in curves:
        some = values[:: max(1, len(values) // _LOOKED_AT)]
        some = some[np.isfinite(some)]
        if len(some):
            ends.append(np.quantile(some, (share, 1 - share)))
    if not ends:
        return None
    return float(min(low for low, _ in ends)), float(max(high for _, high in ends))


def nearest(x: Floats, at: float) -> int | None:
    """Return the number of the value next to `at`, None where there is none; x must rise."""
    if not len(x):
        return None
    after = int(np.searchsorted(x, at))
    if after == len(x) or (after > 0 and at - x[after - 1] < x[after] - at):
        return after - 1
    return after


def write_csv(stats: Iterable[Stats]) -> bytes:
    """Return the reports as a table: raw values, each as short as reads back the same."""
    text = io.StringIO()
    table: Any = csv.writer(text, lineterminator="\n")
    table.writerow(COLUMNS)
    for report in stats:
        table.writerow([repr(getattr(report, name)) for name in COLUMNS])
    return text.getvalue().encode()
