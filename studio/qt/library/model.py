"""What the library pane lists (tree, images, problems), and how the rows are painted."""

from bisect import bisect_left
from collections.abc import Collection
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QCoreApplication,
    QModelIndex,
    QObject,
    QRect,
    QSize,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QFontMetrics, QIcon, QPainter, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from studio.dataset.library import ImageRef, Problem
from studio.qt.library.thumbnails import REASON_ROLE, Index, ThumbnailLoader, small_font
from studio.qt.theme import icon, tokens

ROOT = QModelIndex()
SCOPE_ROLE = int(Qt.ItemDataRole.UserRole) + 2
COUNT_ROLE = int(Qt.ItemDataRole.UserRole) + 3

_GAP = 8
_ROW_HEIGHT = 28
_SPLITS = ("", "train", "valid", "test")


@dataclass(frozen=True)
class Scope:
    """What a row of the tree stands for; None means every split or every class."""

    split: str | None = None
    class_name: str | None = None
    problems: bool = False


class ImageModel(QAbstractListModel):
    """The images shown, in the order of their keys; a thumbnail is asked for when it is painted."""

    problem_found = Signal(object)
    """A `Problem`, the first time an image turns out to be unreadable."""

    def __init__(self, loader: ThumbnailLoader, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._loader = loader
        self._images: tuple[ImageRef, ...] = ()
        self._reasons: dict[str, str] = {}
        loader.loaded.connect(self._refresh)
        loader.failed.connect(self._note_failure)

    def images(self) -> tuple[ImageRef, ...]:
        return self._images

    def set_images(self, images: tuple[ImageRef, ...]) -> None:
        """Show these images, sorted by key."""
        self.beginResetModel()
        self._images = images
        self._loader.keep(())
        self.endResetModel()

    def forget_problems(self) -> None:
        self._reasons.clear()

    def row_of(self, key: str) -> int | None:
        """Return the row that shows the image with this key."""
        row = bisect_left(self._images, key, key=attrgetter("key"))
        if row < len(self._images) and self._images[row].key == key:
            return row
        return None

    def keep_requests(self, first: int, last: int) -> None:
        """Drop what was asked for rows outside `first` to `last`."""
        self._loader.keep({image.key for image in self._images[first : last + 1]})

    def rowCount(self, parent: Index = ROOT) -> int:
        return 0 if parent.isValid() else len(self._images)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        image = self._images[index.row()]
        reason = self._reasons.get(image.key, "")
        if role == Qt.ItemDataRole.DecorationRole:
            return None if reason else self._loader.pixmap(image)
        if role == Qt.ItemDataRole.DisplayRole:
            return image.key.rpartition("/")[2]
        if role == Qt.ItemDataRole.ToolTipRole:
            return f"{image.key}\n{reason}".rstrip()
        if role in (REASON_ROLE, Qt.ItemDataRole.AccessibleDescriptionRole):
            return reason
        return None

    @Slot(str)
    def _refresh(self, key: str) -> None:
        row = self.row_of(key)
        if row is not None:
            index = self.index(row)
            self.dataChanged.emit(index, index)

    @Slot(str, str)
    def _note_failure(self, key: str, reason: str) -> None:
        if key in self._reasons:
            return
        self._reasons[key] = reason
        self._refresh(key)
        self.problem_found.emit(Problem(key=key, reason=reason))


class ProblemModel(QAbstractListModel):
    """The files that cannot be read, each with its reason."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._problems: list[Problem] = []

    def set_problems(self, problems: Collection[Problem]) -> None:
        self.beginResetModel()
        self._problems = list(problems)
        self.endResetModel()

    def rowCount(self, parent: Index = ROOT) -> int:
        return 0 if parent.isValid() else len(self._problems)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        problem = self._problems[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return problem.key
        if role == REASON_ROLE:
            return problem.reason
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            return f"{problem.key}\n{problem.reason}"
        return None


class ScopeModel(QStandardItemModel):
    """The tree: all images, below them splits and classes, and the problems; with their counts."""

    def set_counts(self, counts: dict[tuple[str, str], int]) -> None:
        """Show the splits and classes of a library by its `counts`; nothing when it has none."""
        self.clear()
        if not counts:
            return
        everything = self.tr("All images")
        root = _add_row(self.invisibleRootItem(), everything, sum(counts.values()), Scope())
        splits: dict[str, dict[str, int]] = {}
        for (split, class_name), count in sorted(counts.items(), key=_reading_order):
            splits.setdefault(split, {})[class_name] = count
        for split, classes in splits.items():
            _add_split(root, split, classes, is_only=list(splits) == [""])

    def set_problem_count(self, count: int) -> None:
        """Show how many problems there are, in a row of their own from the first one on."""
        row = self.item(1)
        if row is not None:
            _set_count(row, count)
        elif count:
            root = self.invisibleRootItem()
            row = _add_row(root, self.tr("Problems"), count, Scope(problems=True))
            row.setIcon(icon("warning", "warning"))


def _reading_order(counted: tuple[tuple[str, str], int]) -> tuple[int, str, str]:
    (split, class_name), _ = counted
    return _SPLITS.index(split) if split in _SPLITS else len(_SPLITS), split, class_name


def _add_split(root: QStandardItem, split: str, classes: dict[str, int], *, is_only: bool) -> None:
    parent = root
    if split:
        parent = _add_row(root, split, sum(classes.values()), Scope(split))
    if list(classes) == [""] and (split or is_only):
        return
    for class_name, count in classes.items():
        name = class_name or QCoreApplication.translate("ScopeModel", "No class")
        _add_row(parent, name, count, Scope(None if is_only else split, class_name))


def _add_row(parent: QStandardItem, name: str, count: int, scope: Scope) -> QStandardItem:
    item = QStandardItem(name)
    item.setEditable(False)
    item.setData(scope, SCOPE_ROLE)
    _set_count(item, count)
    parent.appendRow(item)
    return item


def _set_count(item: QStandardItem, count: int) -> None:
    item.setData(f"{count:,}", COUNT_ROLE)
    item.setToolTip(f"{item.text()}: {count:,}")
    item.setAccessibleText(item.toolTip())


class CountDelegate(QStyledItemDelegate):
    """A row with its count at the right, muted."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        item = _paint_row(self, painter, option, index)
        count = str(index.data(COUNT_ROLE) or "")
        line = item.rect.adjusted(_GAP, 0, -_GAP, 0)
        painter.save()
        if not item.icon.isNull():
            item.icon.paint(painter, QRect(line.topLeft(), QSize(16, line.height())))
            line.setLeft(line.left() + 16 + _GAP)
        painter.setFont(small_font(option.font))
        painter.setPen(tokens().muted)
        painter.drawText(line, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, count)
        line.setRight(line.right() - painter.fontMetrics().horizontalAdvance(count) - _GAP)
        painter.setFont(option.font)
        painter.setPen(tokens().text)
        _draw_elided(painter, line, item.text)
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(0, _ROW_HEIGHT)


class ProblemDelegate(QStyledItemDelegate):
    """A file's name above the reason why it cannot be read, which has room for two lines."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        item = _paint_row(self, painter, option, index)
        painter.save()
        line = item.rect.adjusted(_GAP, 6, -_GAP, -6)
        painter.setPen(tokens().text)
        name = QRect(line.topLeft(), QSize(line.width(), item.fontMetrics.height()))
        _draw_elided(painter, name, item.text)
        line.setTop(name.bottom() + 2)
        painter.setFont(small_font(option.font))
        painter.setPen(tokens().muted)
        wrap = Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap
        painter.drawText(line, wrap, str(index.data(REASON_ROLE)))
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        small = QFontMetrics(small_font(option.font))
        return QSize(0, option.fontMetrics.height() + 2 * small.lineSpacing() + 14)


def _paint_row(
    delegate: QStyledItemDelegate, painter: QPainter, option: QStyleOptionViewItem, index: Index
) -> QStyleOptionViewItem:
    """Paint the row's background and frame only; return what else is to be painted."""
    item = QStyleOptionViewItem(option)
    delegate.initStyleOption(item, index)
    empty = QStyleOptionViewItem(item)
    empty.text = ""
    empty.icon = QIcon()
    element = QStyle.ControlElement.CE_ItemViewItem
    option.widget.style().drawControl(element, empty, painter, option.widget)
    return item


def _draw_elided(painter: QPainter, line: QRect, text: str) -> None:
    middle = Qt.TextElideMode.ElideMiddle
    elided = painter.fontMetrics().elidedText(text, middle, line.width())
    painter.drawText(line, Qt.AlignmentFlag.AlignVCenter, elided)
