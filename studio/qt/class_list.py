"""A list of classes with counts, each with a box to tick."""

from PySide6.QtCore import QSignalBlocker, Qt, Signal, Slot
from PySide6.QtGui import QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QHBoxLayout, QListView, QToolButton, QVBoxLayout, QWidget

_ROWS_SHOWN = 7


class ClassList(QWidget):
    """Which classes an export takes; all of them at first."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = QStandardItemModel(self)
        self._list = QListView()
        self._list.setModel(self._model)
        self._list.setObjectName("export.class_list")
        self._list.setAccessibleName(self.tr("Classes to export"))
        self._list.setToolTip(self.tr("Tick the classes to export"))
        self._list.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self._list.setUniformItemSizes(True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self._list)
        layout.addLayout(self._build_buttons())
        self._model.itemChanged.connect(self._note_change)

    def set_counts(self, counts: dict[str, int]) -> None:
        """List these classes with their numbers of images, all ticked."""
        with QSignalBlocker(self._model):
            self._model.clear()
        for name, count in sorted(counts.items()):
            item = QStandardItem(f"{name or self.tr('(no class)')}   {count:,}")
            item.setData(name)
            item.setCheckable(True)
            item.setCheckState(Qt.CheckState.Checked)
            self._model.appendRow(item)
        rows = min(_ROWS_SHOWN, max(2, self._model.rowCount()))
        self._list.setFixedHeight(rows * max(22, self._list.sizeHintForRow(0)) + 8)

    def choose(self, names: tuple[str, ...] | None) -> None:
        """Tick these classes alone, or all of them with None."""
        for item in self._items():
            wanted = names is None or item.data() in names
            item.setCheckState(Qt.CheckState.Checked if wanted else Qt.CheckState.Unchecked)

    def chosen(self) -> tuple[str, ...] | None:
        """Return the ticked classes, None where that is all of them."""
        ticked = tuple(
            item.data() for item in self._items() if item.checkState() == Qt.CheckState.Checked
        )
        return None if len(ticked) == self._model.rowCount() else ticked

    def _items(self) -> list[QStandardItem]:
        return [self._model.item(row) for row in range(self._model.rowCount())]

    def _build_buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        for text, name, slot in (
            (self.tr("All"), "all", self._choose_all),
            (self.tr("None"), "none", self._choose_none),
        ):
            button = QToolButton()
            button.setText(text)
            button.setProperty("role", "flat")
            button.setObjectName(f"export.class_list.{name}")
            button.setAccessibleName(self.tr("Tick classes: {0}").format(text))
            button.setToolTip(button.accessibleName())
            button.clicked.connect(slot)
            row.addWidget(button)
        row.addStretch(1)
        return row

    @Slot()
    def _choose_all(self) -> None:
        self.choose(None)

    @Slot()
    def _choose_none(self) -> None:
        self.choose(())

    @Slot(QStandardItem)
    def _note_change(self, _item: QStandardItem) -> None:
        self.changed.emit()
