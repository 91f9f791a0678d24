"""The runs that are known, as a table."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QDateTime, QLocale, QModelIndex, QObject, Qt

from studio.gan.config import PRESETS
from studio.gan.runs import RunSummary
from studio.qt.library.thumbnails import Index
from studio.qt.library.tips import plain_tip
from studio.qt.train.parts import describe_state, format_images

ROOT = QModelIndex()
SORT_ROLE = Qt.ItemDataRole.UserRole
DATE, SOURCE, PRESET, SIZE, IMAGES, KID, STATE = range(7)
_NUMBERS = (SIZE, IMAGES, KID)


class RunModel(QAbstractTableModel):
    """A row for each run: when it began, on what, how, how far it got, and how good it is."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._runs: list[RunSummary] = []
        self._titles = (
            self.tr("Began"),
            self.tr("Data set"),
            self.tr("Preset"),
            self.tr("Size"),
            self.tr("Images seen"),
            self.tr("Best KID"),
            self.tr("State"),
        )
        self._tips = {
            IMAGES: self.tr("How many images the discriminator has seen"),
            KID: self.tr("Kernel inception distance at its best: the nearer to 0, the better"),
        }

    def runs(self) -> list[RunSummary]:
        return list(self._runs)

    def set_runs(self, runs: Iterable[RunSummary]) -> None:
        """Show these runs. Rows of runs that are the same as before stay what they are."""
        runs = list(runs)
        if [run.path for run in runs] != [run.path for run in self._runs]:
            self.beginResetModel()
            self._runs = runs
            self.endResetModel()
            return
        for row, run in enumerate(runs):
            self._put(row, run)

    def note(self, run: RunSummary) -> None:
        """Show what is new of a run; one that is not known yet comes on top."""
        row = self.row_of(run.path)
        if row is not None:
            self._put(row, run)
            return
        self.beginInsertRows(ROOT, 0, 0)
        self._runs.insert(0, run)
        self.endInsertRows()

    def row_of(self, path: Path) -> int | None:
        """Return the row that shows the run in a folder."""
        return next((row for row, run in enumerate(self._runs) if run.path == path), None)

    def run_at(self, row: int) -> RunSummary:
        return self._runs[row]

    def _put(self, row: int, run: RunSummary) -> None:
        if self._runs[row] != run:
            self._runs[row] = run
            self.dataChanged.emit(self.index(row, 0), self.index(row, len(self._titles) - 1))

    # Qt's questions

    def rowCount(self, parent: Index = ROOT) -> int:
        return 0 if parent.isValid() else len(self._runs)

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
            return self._tips.get(section)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(section)
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        run, column = self._runs[index.row()], index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(run, column)
        if role == SORT_ROLE:
            return self._rank(run, column)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(column)
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tip("\n".join(filter(None, (str(run.path), run.source, run.problem))))
        return None

    def _text(self, run: RunSummary, column: int) -> str:
        if column == DATE:
            date = QDateTime.fromSecsSinceEpoch(int(run.date.timestamp()))
            return QLocale().toString(date, QLocale.FormatType.ShortFormat)
        if column == STATE:
            return describe_state(run.state)
        if column == SOURCE:
            return Path(run.source).name or run.path.name
        if run.state == "damaged":
            return ""
        if column == PRESET:
            return PRESETS[run.preset].title if run.preset in PRESETS else run.preset
        if column == SIZE:
            grey = run.config is not None and run.config.grey
            text = self.tr("{size} grey") if grey else self.tr("{size}")
            return text.format(size=run.size)
        if column == IMAGES:
            return format_images(run.images)
        return "–" if run.best_kid is None else f"{run.best_kid:.3g}"

    def _rank(self, run: RunSummary, column: int) -> Any:
        if column == DATE:
            return run.date.timestamp()
        if column == SIZE:
            return run.size
        if column == IMAGES:
            return run.images
        if column == KID:
            return float("inf") if run.best_kid is None else run.best_kid
        return self._text(run, column).casefold()


def _alignment(column: int) -> Any:
    side = Qt.AlignmentFlag.AlignRight if column in _NUMBERS else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter
