"""The grid of thumbnails, and how its tiles are painted."""

from collections.abc import Sequence

from PySide6.QtCore import (
    QEvent,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QFont, QPainter, QPaintEvent, QPen, QPixmap, QResizeEvent
from PySide6.QtWidgets import (
    QListView,
    QScrollBar,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from studio.qt.library.badge import BADGE_ROLE, paint_badge
from studio.qt.theme import icon, mix, tokens

REASON_ROLE = int(Qt.ItemDataRole.UserRole) + 1
"""Why an image cannot be read; empty for the others."""
NOTICES_ROLE = int(Qt.ItemDataRole.UserRole) + 4
"""What is to be told of an image, on one line; empty for most."""

Index = QModelIndex | QPersistentModelIndex

_TILE_WIDTH = 112
_GAP = 4
_NAME_HEIGHT = 20
_RADIUS = 6
_SIGN = 16


class TileDelegate(QStyledItemDelegate):
    """A tile of the grid: the thumbnail, and below it the elided name in small muted text."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        cell = option.rect.adjusted(1, 1, -1, -1)
        _paint_state(painter, cell, option)
        side = option.rect.width() - 2 * _GAP
        box = QRect(option.rect.left() + _GAP, option.rect.top() + _GAP, side, side)
        _paint_thumbnail(painter, box, index)
        _paint_name(painter, box, option, str(index.data()))
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        grid = option.widget
        return grid.gridSize() if isinstance(grid, QListView) else QSize()


def _paint_state(painter: QPainter, cell: QRect, option: QStyleOptionViewItem) -> None:
    selected = option.state & QStyle.StateFlag.State_Selected
    if not selected and not option.state & QStyle.StateFlag.State_MouseOver:
        return
    over = tokens().accent if selected else tokens().text
    focused = selected and option.state & QStyle.StateFlag.State_HasFocus
    painter.setPen(QPen(tokens().accent, 1.5) if focused else Qt.PenStyle.NoPen)
    painter.setBrush(mix(tokens().panel, over, 0.16 if selected else 0.05))
    painter.drawRoundedRect(cell, _RADIUS, _RADIUS)


def _paint_thumbnail(painter: QPainter, box: QRect, index: Index) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(tokens().canvas)
    painter.drawRoundedRect(box, _GAP, _GAP)
    if index.data(REASON_ROLE):
        sign = QRect(0, 0, 24, 24)
        sign.moveCenter(box.center())
        icon("warning", "warning").paint(painter, sign)
        return
    pixmap = index.data(Qt.ItemDataRole.DecorationRole)
    if pixmap is not None:
        _paint_pixmap(painter, box, pixmap)
    if index.data(NOTICES_ROLE):
        _paint_sign(painter, box)
    if (badge := index.data(BADGE_ROLE)) is not None:
        paint_badge(painter, box, badge)


def _paint_pixmap(painter: QPainter, box: QRect, pixmap: QPixmap) -> None:
    size = pixmap.size().scaled(box.size(), Qt.AspectRatioMode.KeepAspectRatio)
    target = QRect(box.topLeft(), size.expandedTo(QSize(1, 1)))
    target.moveCenter(box.center())
    # A picture of few pixels is shown as such.
    enlarged = size.width() >= 2 * pixmap.width()
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, not enlarged)
    painter.drawPixmap(target, pixmap)


def _paint_sign(painter: QPainter, box: QRect) -> None:
    sign = QRect(0, 0, _SIGN, _SIGN)
    sign.moveBottomRight(box.bottomRight() - QPoint(_GAP, _GAP))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(tokens().panel)
    painter.drawEllipse(sign.adjusted(-2, -2, 2, 2))
    icon("info", "accent").paint(painter, sign)


def _paint_name(painter: QPainter, box: QRect, option: QStyleOptionViewItem, name: str) -> None:
    painter.setFont(small_font(option.font))
    selected = option.state & QStyle.StateFlag.State_Selected
    painter.setPen(tokens().text if selected else tokens().muted)
    line = QRect(box.left(), box.bottom() + 1, box.width(), _NAME_HEIGHT)
    elided = painter.fontMetrics().elidedText(name, Qt.TextElideMode.ElideMiddle, line.width())
    painter.drawText(line, Qt.AlignmentFlag.AlignCenter, elided)


def small_font(font: QFont) -> QFont:
    """Return the font of secondary text beside text in `font`."""
    small = QFont(font)
    small.setPixelSize(12)
    return small


def select_one(index: Index) -> QItemSelectionModel.SelectionFlag:
    """Return what a click or a key does at `index`, so that one row is always selected."""
    flags = QItemSelectionModel.SelectionFlag
    return flags.ClearAndSelect if index.isValid() else flags.NoUpdate


class _QuietScrollBar(QScrollBar):
    """Keeps its place but shows nothing where there is nothing to scroll."""

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.maximum() > self.minimum():
            super().paintEvent(event)


class ThumbnailGrid(QListView):
    """Tiles in as many columns as fit, spread over the whole width."""

    rows_in_view = Signal(int, int)
    """The first and the last row in view, after the grid scrolled."""
    pixel_ratio_changed = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setItemDelegate(TileDelegate(self))
        self.setFlow(QListView.Flow.LeftToRight)
        self.setWrapping(True)
        self.setUniformItemSizes(True)
        self.setResizeMode(QListView.ResizeMode.Fixed)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        # A bar that comes and goes would lay out all the tiles twice.
        self.setVerticalScrollBar(_QuietScrollBar(Qt.Orientation.Vertical, self))
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMouseTracking(True)
        self.setViewportMargins(8, 8, 0, 0)
        self.verticalScrollBar().valueChanged.connect(self._report_rows)

    def columns(self) -> int:
        return max(1, round(self.viewport().width() / _TILE_WIDTH))

    def keyboardSearch(self, search: str) -> None:
        """Do nothing: Qt would look at every name for each key, and there is a search field."""

    def dataChanged(self, first: Index, last: Index, roles: Sequence[int] = ()) -> None:
        """Repaint the tiles; QListView itself would lay out the whole list anew for each."""
        seen = self.find_rows_in_view()
        for row in range(max(first.row(), seen.start), min(last.row() + 1, seen.stop)):
            self.update(self.model().index(row, 0))

    def selectionCommand(
        self, index: Index, event: QEvent | None = None
    ) -> QItemSelectionModel.SelectionFlag:
        return select_one(index)

    def resizeEvent(self, event: QResizeEvent) -> None:
        # Qt wraps a row that fills the viewport to the last pixel.
        side = (self.viewport().width() - 1) // self.columns()
        tile = QSize(side, side + _NAME_HEIGHT)
        if tile != self.gridSize():
            self.setGridSize(tile)
            self.verticalScrollBar().setSingleStep(tile.height() // 3)
        super().resizeEvent(event)

    def event(self, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Show, QEvent.Type.DevicePixelRatioChange):
            self.pixel_ratio_changed.emit(self.devicePixelRatioF())
        return super().event(event)

    def find_rows_in_view(self) -> range:
        """Return the rows that are in view, wholly or in part; some may be past the last image."""
        tile = self.gridSize().height()
        if tile <= 0:
            return range(0)
        top = self.verticalScrollBar().value()
        last = (top + self.viewport().height()) // tile
        return range(top // tile * self.columns(), (last + 1) * self.columns())

    @Slot()
    def _report_rows(self) -> None:
        if rows := self.find_rows_in_view():
            self.rows_in_view.emit(rows[0], rows[-1])
