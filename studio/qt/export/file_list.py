"""A list of files and what is to be said of each."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QTreeWidget, QTreeWidgetItem, QWidget

_MOST_ROWS = 1_000
_ROW_HEIGHT = 28
_FRAME = 6
_GAP = 16
_MOST_NAME_WIDTH = 320


class FileList(QTreeWidget):
    """As high as its rows, hidden without any; of very many it shows the first thousand."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setColumnCount(2)
        self.setHeaderHidden(True)
        self.setRootIsDecorated(False)
        self.setProperty("role", "card")
        self.setUniformRowHeights(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.header().setStretchLastSection(True)
        self.hide()

    def show_files(self, files: Sequence[tuple[str, str]]) -> None:
        """Show these names and texts."""
        self.clear()
        rows = [QTreeWidgetItem(list(file)) for file in files[:_MOST_ROWS]]
        if len(files) > _MOST_ROWS:
            more = self.tr("and {count} more").format(count=f"{len(files) - _MOST_ROWS:,}")
            rows.append(QTreeWidgetItem([more, ""]))
        for row in rows:
            row.setToolTip(0, row.text(0))
            row.setToolTip(1, row.text(1))
        self.addTopLevelItems(rows)
        self.setColumnWidth(0, min(_MOST_NAME_WIDTH, self.sizeHintForColumn(0) + _GAP))
        self.setMaximumHeight(len(rows) * _ROW_HEIGHT + 2 * _FRAME)
        self.setVisible(bool(rows))
