"""The table of "Score fills": what each method achieved, and what the best one per image does."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from msgspec import Struct
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, Qt
from PySide6.QtGui import QFont

from studio.augment.operation import get
from studio.dataset.scoring.methods import Method
from studio.dataset.scoring.record import FillScore, Scores
from studio.qt.library.thumbnails import Index
from studio.qt.library.tips import plain_tip
from studio.qt.recipe.form import translated
from studio.qt.scoring.parts import name_method
from studio.qt.theme import tokens

METHOD, RMSE, PSNR, SSIM, TIME, WINS = range(6)
ROOT = QModelIndex()
SORT_ROLE = Qt.ItemDataRole.UserRole
SUM_ROLE = SORT_ROLE + 1
"""Whether the row is that of the best method per image."""

_DESCENDING = Qt.SortOrder.DescendingOrder
_FIGURES: dict[int, tuple[Callable[[FillScore], float], str]] = {
    RMSE: (lambda score: score.rmse, ".2f"),
    PSNR: (lambda score: score.psnr, ".2f"),
    SSIM: (lambda score: score.ssim, ".3f"),
    TIME: (lambda score: score.seconds * 1000, ",.1f"),
}
_LOW_IS_GOOD = (RMSE, TIME)
BETTER_FIRST: dict[int, Qt.SortOrder] = {
    column: _DESCENDING if column in (PSNR, SSIM, WINS) else Qt.SortOrder.AscendingOrder
    for column in range(WINS + 1)
}
"""How a column is sorted so that the best comes first."""


class Row(Struct, frozen=True):
    """A method, what it achieved, and on how many images it won.

    None stands for the method that is best on each image.
    """

    method: Method | None
    score: FillScore
    wins: int


class ScoreModel(QAbstractTableModel):
    """A row for each method, and last, however it is sorted, that of the best one per image."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: list[Row] = []
        self._images = 0
        self._order: tuple[int, Qt.SortOrder] = (PSNR, _DESCENDING)
        self._best: dict[int, float] = {}
        self._titles = (
            self.tr("Method"),
            self.tr("RMSE"),
            self.tr("PSNR, dB"),
            self.tr("SSIM"),
            self.tr("ms"),
            self.tr("Best on"),
        )
        self._tips = (
            self.tr("The way of filling, each with its usual settings"),
            self.tr("Root of the mean squared error, in levels of 255: lower is better"),
            self.tr("Peak signal-to-noise ratio, in decibels: higher is better"),
            self.tr("Structural similarity around the hidden pixels, up to 1: higher is better"),
            self.tr("Milliseconds that an image takes on average: lower is better"),
            self.tr("On how many of the images this method has the highest PSNR"),
        )

    def show_scores(
        self, scores: Scores | None, methods: Mapping[str, Method], key: str = ""
    ) -> None:
        """Show the means over all images, or what was achieved on one; None for an empty table."""
        rows, images = ([], 0) if scores is None else _rows_of(scores, methods, key)
        rows[:-1] = _sorted(rows[:-1], *self._order)
        self._images = images
        self._best = _find_best(rows)
        if [row.method for row in rows] != [row.method for row in self._rows]:
            self.beginResetModel()
            self._rows = rows
            self.endResetModel()
        elif rows:
            self._rows = rows
            last = self.index(len(rows) - 1, WINS)
            self.dataChanged.emit(self.index(0, 0), last)

    def row_at(self, row: int) -> Row:
        return self._rows[row]

    def row_of(self, name: str) -> int | None:
        """Return the row of the method of that name, of the best one per image for ""."""
        for index, row in enumerate(self._rows):
            if (row.method.name if row.method else "") == name:
                return index
        return None

    # Qt's questions

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        if column < 0:
            return
        self._order = (column, order)
        before = {id(row): index for index, row in enumerate(self._rows)}
        self.layoutAboutToBeChanged.emit()
        self._rows[:-1] = _sorted(self._rows[:-1], column, order)
        places = {before[id(row)]: index for index, row in enumerate(self._rows)}
        kept = self.persistentIndexList()
        moved = [self.index(places[index.row()], index.column()) for index in kept]
        self.changePersistentIndexList(kept, moved)
        self.layoutChanged.emit()

    def rowCount(self, parent: Index = ROOT) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = ROOT) -> int:
        return 0 if parent.isValid() else len(self._titles)

    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> Any:
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._titles[section]
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._tips[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(section)
        if role == Qt.ItemDataRole.InitialSortOrderRole:
            return BETTER_FIRST[section].value
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        row, column = self._rows[index.row()], index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(row, column)
        if role == SORT_ROLE:
            return _rank(row, column)
        if role == SUM_ROLE:
            return row.method is None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(column)
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tip(self._tip(row))
        if role == Qt.ItemDataRole.AccessibleTextRole and self._is_best(row, column):
            return self.tr("{figure}, the best").format(figure=self._text(row, column))
        return self._dress(row, column, role)

    def _dress(self, row: Row, column: int, role: int) -> Any:
        is_best = self._is_best(row, column)
        if role == Qt.ItemDataRole.FontRole and is_best:
            return bold(QFont())
        if role == Qt.ItemDataRole.ForegroundRole and is_best:
            return tokens().good
        return None

    def _is_best(self, row: Row, column: int) -> bool:
        return row.method is not None and _rank(row, column) == self._best.get(column)

    def _text(self, row: Row, column: int) -> str:
        if column == METHOD:
            return name_method(row.method) if row.method else self.tr("Best per image")
        if column == WINS:
            return f"{row.wins:,} / {self._images:,}" if row.method else "–"
        value, form = _FIGURES[column]
        figure = value(row.score)
        return format(figure, form if figure < 1000 else ",.0f")

    def _tip(self, row: Row) -> str:
        if row.method is None:
            return self.tr("What is reached if each image gets the method that proves best on it")
        operation = get(row.method.op)
        return "\n".join((translated(row.method.title), translated(operation.help)))


def bold(font: QFont) -> QFont:
    """Return the font, bold, as the best figures have it."""
    other = QFont(font)
    other.setBold(True)
    return other


def _rows_of(scores: Scores, methods: Mapping[str, Method], key: str) -> tuple[list[Row], int]:
    shown = [scores.row(key)] if key else scores.rows
    fills = shown[0].fills if key else scores.means
    wins = dict.fromkeys(fills, 0)
    for image in shown:
        wins[image.best] += 1
    rows = [Row(methods[name], fills[name], wins[name]) for name in fills if name in methods]
    best = fills[shown[0].best] if key else scores.best_per_image
    return [*rows, Row(None, best, 0)], len(shown)


def _sorted(rows: Sequence[Row], column: int, order: Qt.SortOrder) -> list[Row]:
    return sorted(rows, key=lambda row: _rank(row, column), reverse=order == _DESCENDING)


def _rank(row: Row, column: int) -> Any:
    if column == METHOD:
        return name_method(row.method).casefold() if row.method else ""
    return row.wins if column == WINS else _FIGURES[column][0](row.score)


def _find_best(rows: Sequence[Row]) -> dict[int, float]:
    best: dict[int, float] = {}
    for column in range(RMSE, WINS + 1):
        ranks = [_rank(row, column) for row in rows if row.method is not None]
        if ranks:
            best[column] = min(ranks) if column in _LOW_IS_GOOD else max(ranks)
    return best


def _alignment(column: int) -> Any:
    side = Qt.AlignmentFlag.AlignLeft if column == METHOD else Qt.AlignmentFlag.AlignRight
    return side | Qt.AlignmentFlag.AlignVCenter
