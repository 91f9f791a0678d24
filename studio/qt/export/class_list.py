"""A list of classes, each with a box to tick and its number of images."""

from collections.abc import Iterable, Mapping
from typing import Any

from PySide6.QtCore import (
    QAbstractItemModel,
    QAbstractTableModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QSize,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPalette
from PySide6.QtWidgets import (
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeView,
    QWidget,
)

from studio.qt.theme import tokens

_ROOT = QModelIndex()
_ROWS_AT_LEAST = 3
_MARGIN = 4
_COUNT_PADDING = 12

Index = QModelIndex | QPersistentModelIndex


class ClassModel(QAbstractTableModel):
    """Classes with their counts; all of them are ticked until they are unticked.

    A class that is not listed for a while keeps its tick.
    """

    ticked_by_user = Signal()
    widest_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: list[tuple[str, int]] = []
        self._files: dict[str, int] = {}
        self._unticked: set[str] = set()

    def set_counts(self, counts: dict[str, int]) -> None:
        """List these classes with their numbers of images."""
        rows = sorted(counts.items())
        if rows != self._rows:
            self.beginResetModel()
            self._rows = rows
            self.endResetModel()

    def set_files(self, files: Mapping[str, int]) -> None:
        """Show how many files become of these classes, beside their numbers of images."""
        if files != self._files:
            self._files = dict(files)
            self._note_change(column=1)
            self.widest_changed.emit()

    def tick(self, names: Iterable[str] | None) -> None:
        """Tick these of all classes, or every one with None."""
        listed = {name for name, _ in self._rows}
        self._set_unticked(set() if names is None else listed - set(names))

    def ticked(self) -> list[str]:
        """Return the names of the listed classes that are ticked."""
        return [name for name, _ in self._rows if name not in self._unticked]

    def widest(self) -> str:
        """Return a text that no number in the second column is longer than."""
        most = max((count for _, count in self._rows), default=0)
        return _phrase(most, max(self._files.values(), default=None))

    def rowCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = _ROOT) -> int:
        return 2

    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        return flags | Qt.ItemFlag.ItemIsUserCheckable if index.column() == 0 else flags

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        name, count = self._rows[index.row()]
        text = name or self.tr("No class")
        if role == Qt.ItemDataRole.ToolTipRole:
            return f"{text}: {self._describe(name, count)}"
        if index.column() == 1:
            return _count_data(_phrase(count, self._files.get(name)), role)
        if role == Qt.ItemDataRole.DisplayRole:
            return text
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{text}, {self._describe(name, count)}"
        if role == Qt.ItemDataRole.CheckStateRole:
            return Qt.CheckState.Unchecked if name in self._unticked else Qt.CheckState.Checked
        return None

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        if role != Qt.ItemDataRole.CheckStateRole:
            return False
        name = {self._rows[index.row()][0]}
        is_ticked = Qt.CheckState(value) == Qt.CheckState.Checked
        self._set_unticked(self._unticked - name if is_ticked else self._unticked | name)
        self.ticked_by_user.emit()
        return True

    def _set_unticked(self, names: set[str]) -> None:
        self._unticked = names
        self._note_change(column=0)

    def _describe(self, name: str, count: int) -> str:
        files = self._files.get(name)
        if files is None:
            return f"{count:,}"
        text = self.tr("{images} images become {files} files")
        return text.format(images=f"{count:,}", files=f"{files:,}")

    def _note_change(self, *, column: int) -> None:
        if self._rows:
            self.dataChanged.emit(self.index(0, column), self.index(len(self._rows) - 1, column))


def _phrase(images: int, files: int | None) -> str:
    return f"{images:,}" if files is None else f"{images:,} → {files:,}"


def _count_data(text: str, role: int) -> Any:
    if role == Qt.ItemDataRole.DisplayRole:
        return text
    if role == Qt.ItemDataRole.TextAlignmentRole:
        return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
    return None


class _RowDelegate(QStyledItemDelegate):
    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:
        super().initStyleOption(option, index)
        if index.column() == 1 and option.widget.isEnabled():
            option.palette.setColor(QPalette.ColorRole.Text, tokens().muted)

    def editorEvent(
        self,
        event: QEvent,
        model: QAbstractItemModel,
        option: QStyleOptionViewItem,
        index: Index,
    ) -> bool:
        if not _is_tick(event):
            return event.type() == QEvent.Type.MouseButtonDblClick
        row, role = model.index(index.row(), 0), Qt.ItemDataRole.CheckStateRole
        is_ticked = Qt.CheckState(row.data(role)) == Qt.CheckState.Checked
        model.setData(row, Qt.CheckState.Unchecked if is_ticked else Qt.CheckState.Checked, role)
        return True


def _is_tick(event: QEvent) -> bool:
    if isinstance(event, QMouseEvent):
        is_release = event.type() == QEvent.Type.MouseButtonRelease
        return is_release and event.button() == Qt.MouseButton.LeftButton
    return isinstance(event, QKeyEvent) and event.key() in (Qt.Key.Key_Space, Qt.Key.Key_Select)


class ClassList(QTreeView):
    """Shows a ClassModel; a click anywhere on a row, or the space bar, ticks and unticks it."""

    def __init__(self, model: ClassModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._classes = model
        self.setModel(model)
        self.setItemDelegate(_RowDelegate(self))
        self.setHeaderHidden(True)
        self.setRootIsDecorated(False)
        self.setUniformRowHeights(True)
        self.setAllColumnsShowFocus(True)
        self.setSelectionMode(QTreeView.SelectionMode.NoSelection)
        self.setEditTriggers(QTreeView.EditTrigger.NoEditTriggers)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        header = self.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.Fixed)
        model.modelReset.connect(self._fit_counts)
        model.widest_changed.connect(self._fit_counts)
        self.setMinimumHeight(_ROWS_AT_LEAST * 26 + 2 * _MARGIN)

    def sizeHint(self) -> QSize:
        # Of the height it takes what the others leave, and asks for no more than it needs.
        return QSize(super().sizeHint().width(), self.minimumHeight())

    @Slot()
    def _fit_counts(self) -> None:
        # The header's own way would ask for each of thousands of rows.
        width = self.fontMetrics().horizontalAdvance(self._classes.widest()) + _COUNT_PADDING
        self.header().resizeSection(1, width)
