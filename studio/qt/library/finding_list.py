"""A page of the library pane that lists files and what is to be said of them."""

from collections.abc import Collection
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, Qt, Signal, Slot
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QListView, QToolButton, QVBoxLayout, QWidget

from studio.dataset.library import Problem
from studio.qt.library.rows import FindingDelegate
from studio.qt.library.thumbnails import REASON_ROLE, Index
from studio.qt.library.tips import plain_tip
from studio.qt.plain_label import PlainLabel
from studio.qt.theme import icon

_ROOT = QModelIndex()
_GAP = 8
_MARGIN = 12


class FindingModel(QAbstractListModel):
    """Files, each with what is to be said of it."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._findings: list[Problem] = []

    def findings(self) -> list[Problem]:
        return self._findings

    def set_findings(self, findings: Collection[Problem]) -> None:
        self.beginResetModel()
        self._findings = list(findings)
        self.endResetModel()

    def rowCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self._findings)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        finding = self._findings[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return finding.key
        if role == REASON_ROLE:
            return finding.reason
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tip(f"{finding.key}\n{finding.reason}")
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{finding.key}\n{finding.reason}"
        return None


class FindingPage(QWidget):
    """The list below a line with its length and what can be done with it.

    `kind`, "problems" or "notes", names the controls: `library.problems` is the list.
    """

    folder_wanted = Signal(str)
    """The folder of the file with this key is to be shown."""
    image_wanted = Signal(str)
    """The image with this key is to be the current one."""
    path_wanted = Signal(str)
    """The path of the file with this key is to be copied."""
    list_wanted = Signal(object)
    """The whole list, of `Problem`, is to be copied."""
    check_wanted = Signal()

    def __init__(self, kind: str, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = FindingModel(self)
        self._name = f"library.{kind}"
        self._count = PlainLabel(self)
        self._count.setObjectName(f"{self._name}.count")
        self._count.setProperty("role", "muted")
        self._list = self._build_list(title)
        self._actions = self._build_actions()
        self._lay_out()
        self._list.activated.connect(self._show_folder)
        self._list.selectionModel().currentChanged.connect(self._follow_current)
        self._follow_current()

    def set_findings(self, findings: Collection[Problem], count: str) -> None:
        """List these, with a phrase for how many they are; place and selection stay."""
        self._count.setText(count)
        if list(findings) == self._model.findings():
            return
        key, top = self._current(), self._list.verticalScrollBar().value()
        self._model.set_findings(findings)
        rows = (row for row, each in enumerate(self._model.findings()) if each.key == key)
        row = next(rows, None) if key else None
        if row is not None:
            self._list.setCurrentIndex(self._model.index(row))
        self._list.doItemsLayout()
        self._list.verticalScrollBar().setValue(top)
        self._follow_current()

    def _current(self) -> str:
        index = self._list.currentIndex()
        return self._model.findings()[index.row()].key if index.isValid() else ""

    def _build_list(self, title: str) -> QListView:
        shown = QListView(self)
        shown.setObjectName(self._name)
        shown.setAccessibleName(title)
        shown.setToolTip(title)
        shown.setModel(self._model)
        shown.setUniformItemSizes(True)
        shown.setItemDelegate(FindingDelegate(shown))
        shown.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        return shown

    def _build_actions(self) -> dict[str, QAction]:
        actions: dict[str, QAction] = {}
        for name, text, sign, slot in (
            ("open_folder", self.tr("Open its folder"), "folder", self._show_folder),
            ("show_image", self.tr("Show the image"), "image", self._show_image),
            ("copy_path", self.tr("Copy its path"), "", self._copy_path),
            ("copy_list", self.tr("Copy the list"), "copy", self._copy_list),
            ("check", self.tr("Check every file"), "check", self.check_wanted),
        ):
            action = QAction(text, self)
            action.setObjectName(f"action.{self._name}.{name}")
            action.setToolTip(text)
            if sign:
                action.setIcon(icon(sign))
            action.triggered.connect(slot)
            actions[name] = action
            self._list.addAction(action)
        actions["copy_path"].setShortcut(QKeySequence(QKeySequence.StandardKey.Copy))
        actions["copy_path"].setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        return actions

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(_MARGIN, 0, _GAP, 0)
        head.setSpacing(0)
        head.addWidget(self._count, 1)
        for name in ("check", "copy_list", "open_folder"):
            button = QToolButton(self)
            button.setDefaultAction(self._actions[name])
            button.setObjectName(f"{self._name}.{name}")
            button.setAccessibleName(self._actions[name].text())
            button.setProperty("role", "flat")
            head.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 4, 0, 0)
        column.setSpacing(4)
        column.addLayout(head)
        inside = QVBoxLayout()
        inside.setContentsMargins(_GAP, 0, 4, 0)
        inside.addWidget(self._list)
        column.addLayout(inside, 1)

    @Slot()
    def _follow_current(self) -> None:
        for name in ("open_folder", "show_image", "copy_path"):
            self._actions[name].setEnabled(bool(self._current()))
        self._actions["copy_list"].setEnabled(bool(self._model.findings()))

    @Slot()
    def _show_folder(self) -> None:
        if key := self._current():
            self.folder_wanted.emit(key)

    @Slot()
    def _show_image(self) -> None:
        if key := self._current():
            self.image_wanted.emit(key)

    @Slot()
    def _copy_list(self) -> None:
        self.list_wanted.emit(self._model.findings())

    @Slot()
    def _copy_path(self) -> None:
        if key := self._current():
            self.path_wanted.emit(key)
