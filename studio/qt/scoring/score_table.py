"""The view of the table of methods, the best one per image set apart below the others."""

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QFontMetrics, QPainter, QPalette
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from studio.qt.library.thumbnails import Index
from studio.qt.scoring.parts import name_control
from studio.qt.scoring.score_model import METHOD, PSNR, SUM_ROLE, WINS, Row, ScoreModel, bold
from studio.qt.theme import tokens

_ROW_HEIGHT = 24
_SUM_HEIGHT = 32
_USUAL_METHOD = "Navier–Stokes"
_USUAL_FIGURE = "100.00"
_PADDING = 16


class ScoreTable(QTableView):
    """Sorted by clicking its headers; one row is chosen by pointer or arrow keys."""

    chosen = Signal()
    """Another row is the current one."""

    def __init__(self, model: ScoreModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._name: str | None = None
        spoken = self.tr("Methods of filling, and how good they are")
        tip = self.tr("Choose a method to see what it made; click a header to sort")
        name_control(self, "table", spoken, tip)
        self.setModel(model)
        self.setItemDelegate(_Delegate(self))
        self.setProperty("role", "card")
        self.setShowGrid(False)
        self.setWordWrap(False)
        # What tells two methods of one operation apart is at the end.
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.setTabKeyNavigation(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._set_up_headers()
        model.modelReset.connect(self._follow_reset)
        model.layoutChanged.connect(self._set_heights)
        self.selectionModel().currentRowChanged.connect(self._note_choice)

    def current(self) -> Row | None:
        """Return the row that is chosen, None for none."""
        index = self.currentIndex()
        return self._model.row_at(index.row()) if index.isValid() else None

    def choose(self, name: str) -> None:
        """Choose the row of a method, of the best one per image for ""."""
        row = self._model.row_of(name)
        if row is not None:
            self.selectRow(row)

    def _set_up_headers(self) -> None:
        self.verticalHeader().hide()
        self.verticalHeader().setMinimumSectionSize(_ROW_HEIGHT)
        self.verticalHeader().setDefaultSectionSize(_ROW_HEIGHT)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header.setSectionResizeMode(METHOD, QHeaderView.ResizeMode.Stretch)
        header.setMinimumSectionSize(40)
        # Figures may be bold.
        width = QFontMetrics(bold(self.font())).horizontalAdvance
        least = width(_USUAL_METHOD) + _PADDING
        for column in range(METHOD + 1, WINS + 1):
            title = str(self._model.headerData(column, Qt.Orientation.Horizontal))
            self.setColumnWidth(column, max(width(title), width(_USUAL_FIGURE)) + _PADDING)
            least += self.columnWidth(column)
        self.setMinimumWidth(least)
        self.setSortingEnabled(True)
        self.sortByColumn(PSNR, Qt.SortOrder.DescendingOrder)

    @Slot()
    def _follow_reset(self) -> None:
        # A reset forgets what was chosen; the same method is chosen again.
        name = self._name
        self._set_heights()
        if name is not None:
            self.choose(name)

    @Slot()
    def _set_heights(self) -> None:
        last = self._model.rowCount() - 1
        for row in range(last + 1):
            self.setRowHeight(row, _SUM_HEIGHT if row == last else _ROW_HEIGHT)

    @Slot()
    def _note_choice(self) -> None:
        row = self.current()
        if row is None:
            return
        self._name = row.method.name if row.method else ""
        self.chosen.emit()


class _Delegate(QStyledItemDelegate):
    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:
        super().initStyleOption(option, index)
        # The colour of a figure tells more than that its row is chosen.
        colour = index.data(Qt.ItemDataRole.ForegroundRole)
        if colour is not None:
            option.palette.setColor(QPalette.ColorRole.HighlightedText, colour)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        if index.data(SUM_ROLE):
            colours, area = tokens(), option.rect
            painter.fillRect(area, colours.raised)
            painter.fillRect(area.left(), area.top(), area.width(), 1, colours.line)
        super().paint(painter, option, index)
