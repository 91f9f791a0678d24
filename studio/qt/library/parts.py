"""The library pane's tree, and the splitter between it and what is below."""

from PySide6.QtCore import QEvent, QItemSelectionModel, Qt, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSplitter, QTreeView, QVBoxLayout, QWidget

from studio.qt.library.rows import CountDelegate
from studio.qt.library.scopes import ScopeModel
from studio.qt.library.thumbnails import Index, select_one

_TREE_SHARE = 0.4
_GAP = 8


class ScopeTree(QTreeView):
    """The tree of splits and classes; one row is always selected."""

    def __init__(self, scopes: ScopeModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("library.tree")
        self.setAccessibleName(self.tr("Splits and classes"))
        self.setToolTip(self.tr("Show only the images of one split or class"))
        self.setModel(scopes)
        self.setItemDelegate(CountDelegate(self))
        self.setHeaderHidden(True)
        self.setRootIsDecorated(False)
        self.setUniformRowHeights(True)
        self.setIndentation(16)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMinimumHeight(32)

    def show_top(self) -> None:
        """Unfold the splits, and the classes where there are no splits or only one."""
        self.expandToDepth(0)
        top = self.model().index(0, 0)
        if self.model().rowCount(top) == 1:
            self.expand(self.model().index(0, 0, top))

    def wanted_height(self) -> int:
        """Return the height in which every unfolded row has room."""
        index, rows = self.model().index(0, 0), 0
        while index.isValid() and rows < 40:
            index, rows = self.indexBelow(index), rows + 1
        return rows * self.sizeHintForRow(0) + 2 * self.frameWidth() if rows else 0

    def selectionCommand(
        self, index: Index, event: QEvent | None = None
    ) -> QItemSelectionModel.SelectionFlag:
        return select_one(index)


class TreeSplitter(QSplitter):
    """The tree above the thumbnails: as high as its rows, at most 40 %, until the user moves it."""

    def __init__(self, tree: ScopeTree, pages: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Vertical, parent)
        self.setObjectName("library.splitter")
        self.setChildrenCollapsible(False)
        self._tree = tree
        self._moved = False
        # A box around the tree: QTreeView sets the margins of its viewport itself.
        box = QWidget(self)
        inside = QVBoxLayout(box)
        inside.setContentsMargins(4, 0, 2, _GAP)
        inside.addWidget(tree)
        self._box = box
        self.addWidget(box)
        self.addWidget(pages)
        self.setStretchFactor(1, 1)
        self.splitterMoved.connect(self._note_move)
        tree.expanded.connect(self.fit_tree)
        tree.collapsed.connect(self.fit_tree)

    @Slot()
    def fit_tree(self) -> None:
        most = round(self.height() * _TREE_SHARE)
        self._box.setMaximumHeight(most)
        if not self._moved:
            height = min(most, self._tree.wanted_height() + _GAP)
            self.setSizes([height, self.height() - height])

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fit_tree()

    @Slot()
    def _note_move(self) -> None:
        self._moved = True
