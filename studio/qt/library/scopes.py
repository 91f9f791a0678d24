"""The library pane's tree: splits and classes with their counts, problems and notes."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QCoreApplication, QModelIndex, Qt
from PySide6.QtGui import QStandardItem, QStandardItemModel

from studio.qt.library.rows import COUNT_ROLE
from studio.qt.theme import icon

SCOPE_ROLE = int(Qt.ItemDataRole.UserRole) + 2

FindingKind = Literal["problems", "notes"]

_SPLITS = ("", "train", "valid", "test")


@dataclass(frozen=True)
class Scope:
    """What a row of the tree stands for; None means every split or every class."""

    split: str | None = None
    class_name: str | None = None
    findings: FindingKind | None = None


class ScopeModel(QStandardItemModel):
    """All images, below them splits and classes; the problems and the notes; with their counts."""

    def set_counts(self, counts: dict[tuple[str, str], int]) -> None:
        """Show the splits and classes of a library by its `counts`; nothing when it has none."""
        # Not `clear`, which leaves an object of Python behind for every row.
        self.removeRows(0, self.rowCount())
        if not counts:
            return
        everything = self.tr("All images")
        root = _add_row(self.invisibleRootItem(), everything, sum(counts.values()), Scope())
        splits: dict[str, dict[str, int]] = {}
        for (split, class_name), count in sorted(counts.items(), key=_reading_order):
            splits.setdefault(split, {})[class_name] = count
        for split, classes in splits.items():
            _add_split(root, split, classes, is_only=list(splits) == [""])

    def set_finding_counts(self, problems: int, notes: int) -> None:
        """Show how many problems and notes there are, each in a row that is there while any are."""
        if self.rowCount():
            self._set_findings(1, self.tr("Problems"), problems, "problems")
            self._set_findings(1 + bool(problems), self.tr("Notes"), notes, "notes")

    def find(self, scope: Scope) -> QModelIndex:
        """Return the index of the row that stands for a scope, an invalid one without it."""
        for row in _rows_below(self.invisibleRootItem()):
            if row.data(SCOPE_ROLE) == scope:
                return row.index()
        return QModelIndex()

    def _set_findings(self, row: int, name: str, count: int, kind: FindingKind) -> None:
        item = self.item(row)
        is_there = item is not None and item.data(SCOPE_ROLE).findings == kind
        if is_there and count:
            _set_count(item, count)
        elif is_there:
            self.removeRow(row)
        elif count:
            item = _make_row(name, count, Scope(findings=kind))
            item.setIcon(
                icon("warning", "warning") if kind == "problems" else icon("info", "accent")
            )
            self.insertRow(row, item)


def _rows_below(parent: QStandardItem) -> Iterator[QStandardItem]:
    for number in range(parent.rowCount()):
        row = parent.child(number)
        yield row
        yield from _rows_below(row)


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
    item = _make_row(name, count, scope)
    parent.appendRow(item)
    return item


def _make_row(name: str, count: int, scope: Scope) -> QStandardItem:
    item = QStandardItem(name)
    item.setEditable(False)
    item.setData(scope, SCOPE_ROLE)
    _set_count(item, count)
    return item


def _set_count(item: QStandardItem, count: int) -> None:
    item.setData(f"{count:,}", COUNT_ROLE)
    item.setToolTip(f"{item.text()}: {count:,}")
    item.setAccessibleText(item.toolTip())
