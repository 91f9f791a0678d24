"""The strip below the canvas: other draws of the same recipe as small tiles."""

from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QRectF,
    QSize,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QFontMetrics, QImage, QPainter, QPen, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QListView,
    QSizePolicy,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from studio.qt.compare.canvas_paint import resized_font, with_alpha
from studio.qt.compare.view_transform import ViewTransform
from studio.qt.pixels import device_pixels, paint_image
from studio.qt.theme import Tokens, tokens

DEFAULT_COUNT = 12
_PADDING = 8
_GAP = 4
_FRAME = 3
_SMALLEST = 40
_COMFORTABLE = 60
_LARGEST = QSize(96, 72)
_RESIZE_REST = 150
_IMAGE_ROLE = Qt.ItemDataRole.UserRole
_Index = QModelIndex | QPersistentModelIndex


class DrawStrip(QListView):
    """A row of tiles, numbered from 1, one of which is selected by pointer or arrow keys.

    All tiles share the width, in two rows where one would make them small; the strip's height
    follows. A tile keeps its image until it gets another.
    """

    selected = Signal(int)
    """The user chose the tile with this index (from 0)."""
    tile_size_changed = Signal(QSize)
    """Images should fit another size, in device pixels; told once the strip's width rests."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tiles = _TileModel(self)
        self._tile = QSize(_SMALLEST, _SMALLEST)
        self._announced = QSize()
        self._is_silent = False
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(_RESIZE_REST)
        self._rest.timeout.connect(self._announce_tile_size)
        self.setModel(self._tiles)
        self.setItemDelegate(_TileDelegate(self))
        self.setObjectName("draw_strip")
        self.setAccessibleName(self.tr("Other draws of this recipe"))
        self.setToolTip(self.tr("Other draws of this recipe: choose one to see it large"))
        self.setFlow(QListView.Flow.LeftToRight)
        self.setWrapping(False)
        self.setUniformItemSizes(True)
        self.setMovement(QListView.Movement.Static)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.viewport().setAutoFillBackground(False)
        self.setMouseTracking(True)
        self._lay_out()

    def set_count(self, count: int) -> None:
        """Show this many tiles; the ones that stay keep their images."""
        self._tiles.set_count(count)
        self._lay_out()

    def count(self) -> int:
        """Return the number of tiles."""
        return self._tiles.rowCount()

    def set_tile(self, index: int, image: QImage | None) -> None:
        """Show an image on the tile `index` (from 0), or none; one out of range is ignored."""
        self._tiles.set_image(index, image)

    def clear(self) -> None:
        """Take the images off all tiles, and the selection."""
        self._tiles.clear()
        self.select(-1)

    def select(self, index: int) -> None:
        """Mark a tile as selected, or none (-1), without `selected` being emitted."""
        self._is_silent = True
        if index < 0:
            self.clearSelection()
        else:
            self.setCurrentIndex(self._tiles.index(index))
        self._is_silent = False

    def selected_index(self) -> int:
        """Return the selected tile's index, -1 for none."""
        rows = self.selectedIndexes()
        return rows[0].row() if rows else -1

    def tile_size(self) -> QSize:
        """Return the size that images should fit, in device pixels."""
        inner = self._tile - QSize(2 * _FRAME, 2 * _FRAME)
        ratio = self.devicePixelRatioF()
        return QSize(round(inner.width() * ratio), round(inner.height() * ratio))

    def cell(self) -> QSize:
        """Return the size of a tile with its frame and its share of the gap."""
        return self._tile + QSize(_GAP, 2 * _PADDING)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self._rest.start()
        return super().event(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        if event.size().width() != event.oldSize().width():
            self._lay_out()
        super().resizeEvent(event)

    def selectionChanged(self, selected: QItemSelection, deselected: QItemSelection) -> None:
        super().selectionChanged(selected, deselected)
        if not self._is_silent and not selected.isEmpty():
            self.selected.emit(selected.indexes()[0].row())

    def selectionCommand(
        self, index: _Index, event: QEvent | None = None
    ) -> QItemSelectionModel.SelectionFlag:
        flag = QItemSelectionModel.SelectionFlag
        # Neither a click beside the tiles nor one with Ctrl may leave none selected.
        return flag.ClearAndSelect if index.isValid() else flag.NoUpdate

    def _lay_out(self) -> None:
        count = max(1, self.count())
        rows = 1 if self._tile_width(count) >= _COMFORTABLE else 2
        columns = -(-count // rows)
        width = min(_LARGEST.width(), max(_SMALLEST, self._tile_width(columns)))
        self._tile = QSize(width, min(_LARGEST.height(), width))
        side = max(_PADDING, (self.width() - columns * self.cell().width() + _GAP) // 2)
        self.setWrapping(rows > 1)
        self.setViewportMargins(side, 0, max(0, side - _GAP - 1), 0)
        self.setFixedHeight(rows * self.cell().height())
        self.scheduleDelayedItemsLayout()
        self._rest.start()

    def _tile_width(self, columns: int) -> int:
        return (self.width() - 2 * _PADDING + _GAP) // columns - _GAP

    def _announce_tile_size(self) -> None:
        if self.tile_size() != self._announced:
            self._announced = self.tile_size()
            self.tile_size_changed.emit(self._announced)


class _TileModel(QAbstractListModel):
    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._images: list[QImage | None] = [None] * DEFAULT_COUNT

    def rowCount(self, parent: _Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._images)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role == _IMAGE_ROLE:
            return self._images[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return str(index.row() + 1)
        if role in (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole):
            return self.tr("Draw {number}").format(number=index.row() + 1)
        return None

    def set_count(self, count: int) -> None:
        present = len(self._images)
        if count > present:
            self.beginInsertRows(QModelIndex(), present, count - 1)
            self._images += [None] * (count - present)
            self.endInsertRows()
        elif count < present:
            self.beginRemoveRows(QModelIndex(), count, present - 1)
            del self._images[count:]
            self.endRemoveRows()

    def set_image(self, row: int, image: QImage | None) -> None:
        if 0 <= row < len(self._images):
            self._images[row] = image
            self.dataChanged.emit(self.index(row), self.index(row), [_IMAGE_ROLE])

    def clear(self) -> None:
        self._images = [None] * len(self._images)
        if self._images:
            self.dataChanged.emit(self.index(0), self.index(len(self._images) - 1), [_IMAGE_ROLE])


class _TileDelegate(QStyledItemDelegate):
    def __init__(self, strip: DrawStrip) -> None:
        super().__init__(strip)
        self._strip = strip

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        return self._strip.cell()

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        colours = tokens()
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        inner = rect.adjusted(_FRAME, _PADDING + _FRAME, -_GAP - _FRAME, -_PADDING - _FRAME)
        image = index.data(_IMAGE_ROLE)
        painter.save()
        if image is None:
            painter.fillRect(inner, with_alpha(colours.line, 0.6))
            shown = QRectF(inner)
        else:
            shown = _paint_tile(painter, inner, image)
        _paint_frame(painter, shown, state, colours)
        if image is not None:
            is_selected = bool(state & QStyle.StateFlag.State_Selected)
            _paint_badge(painter, shown, str(index.row() + 1), colours, is_selected)
        painter.restore()


def _paint_tile(painter: QPainter, area: QRect, image: QImage) -> QRectF:
    with device_pixels(painter) as ratio:
        corner = QPoint(round(area.x() * ratio), round(area.y() * ratio))
        pane = QSize(round(area.width() * ratio), round(area.height() * ratio))
        target = ViewTransform.fitted(pane, image.size()).target(image.size())
        painter.translate(corner)
        paint_image(painter, image, target, pane)
    return QRectF(target.topLeft() / ratio, target.size() / ratio).translated(area.topLeft())


def _paint_frame(
    painter: QPainter, picture: QRectF, state: QStyle.StateFlag, colours: Tokens
) -> None:
    is_selected = bool(state & QStyle.StateFlag.State_Selected)
    has_focus = bool(state & QStyle.StateFlag.State_HasFocus)
    is_hovered = bool(state & QStyle.StateFlag.State_MouseOver)
    if not (is_selected or has_focus or is_hovered):
        return
    colour = colours.accent if is_selected else colours.muted
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(colour, 2, j=Qt.PenJoinStyle.MiterJoin))
    painter.drawRect(picture.adjusted(-1, -1, 1, 1))
    if has_focus:
        painter.setPen(QPen(colours.text, 1))
        painter.drawRect(picture.adjusted(-2.5, -2.5, 2.5, 2.5))


def _paint_badge(
    painter: QPainter, picture: QRectF, text: str, colours: Tokens, is_selected: bool
) -> None:
    font = resized_font(painter.font(), -3)
    metrics = QFontMetrics(font)
    width = max(metrics.height(), metrics.horizontalAdvance(text) + 6)
    badge = QRectF(0, 0, width, metrics.height())
    badge.moveBottomLeft(picture.bottomLeft())
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setFont(font)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colours.accent if is_selected else with_alpha(colours.panel, 0.82))
    painter.drawRoundedRect(badge, 3, 3)
    painter.setPen(colours.accent_text if is_selected else colours.text)
    painter.drawText(badge, Qt.AlignmentFlag.AlignCenter, text)
