"""Tiles of made images, each with a box to tick: in the gallery, and in the strip of steps."""

from collections.abc import Sequence

from PySide6.QtCore import QAbstractItemModel, QEvent, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QImage, QKeyEvent, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionButton,
    QStyleOptionViewItem,
    QWidget,
)

from studio.qt.generate.gallery_model import Index, Role
from studio.qt.library.thumbnails import small_font
from studio.qt.theme import icon, mix, tokens

_GAP = 4
_NAME_HEIGHT = 20
_RADIUS = 6
_SIGN = 16
_BOX = 16
SIZES = range(48, 193)
"""Sides of a picture on the screen, in pixels."""
USUAL_SIZE = 88


class MadeDelegate(QStyledItemDelegate):
    """A made image in whole pixels, its box, its class, and a mark on a near copy."""

    def __init__(self, parent: QWidget, *, has_names: bool = True) -> None:
        super().__init__(parent)
        self.side = USUAL_SIZE
        self.has_names = has_names

    def cell_size(self) -> QSize:
        name = _NAME_HEIGHT if self.has_names else 0
        return QSize(self.side + 2 * _GAP, self.side + 2 * _GAP + name)

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return self.cell_size()

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        _paint_state(painter, option)
        place = self._place(option.rect)
        state = index.data(Qt.ItemDataRole.CheckStateRole)
        is_ticked = state is None or Qt.CheckState(state) == Qt.CheckState.Checked
        self._paint_image(painter, place, index.data(Qt.ItemDataRole.DecorationRole))
        if state is not None:
            _paint_box(painter, self.box(option.rect), option, is_ticked)
        if index.data(Role.IS_COPY):
            _paint_sign(painter, place)
        if self.has_names:
            _paint_name(painter, place, option, str(index.data() or ""))
        painter.restore()

    def box(self, cell: QRect) -> QRect:
        """Return where the box to tick is."""
        corner = self._place(cell).topLeft() + QPoint(_GAP, _GAP)
        return QRect(corner, QSize(_BOX, _BOX))

    def editorEvent(
        self,
        event: QEvent,
        model: QAbstractItemModel,
        option: QStyleOptionViewItem,
        index: Index,
    ) -> bool:
        # The view ticks, for all that is selected; a click into the box must not select.
        return False

    def _place(self, cell: QRect) -> QRect:
        left = cell.left() + (cell.width() - self.side) // 2
        return QRect(left, cell.top() + _GAP, self.side, self.side)

    def _paint_image(self, painter: QPainter, place: QRect, image: QImage | None) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(tokens().canvas)
        painter.drawRoundedRect(place, _GAP, _GAP)
        if image is None:
            return
        # Pixels are shown as pixels, except where there are more of them than on the screen.
        shrinks = image.width() > self.side
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, shrinks)
        painter.drawImage(place, image)


def _paint_state(painter: QPainter, option: QStyleOptionViewItem) -> None:
    selected = option.state & QStyle.StateFlag.State_Selected
    focused = option.state & QStyle.StateFlag.State_HasFocus
    over = option.state & QStyle.StateFlag.State_MouseOver
    if not (selected or focused or over):
        return
    shade = tokens().accent if selected else tokens().text
    painter.setPen(QPen(tokens().accent, 1.5) if focused else Qt.PenStyle.NoPen)
    painter.setBrush(mix(tokens().panel, shade, 0.3 if selected else 0.05))
    painter.drawRoundedRect(option.rect.adjusted(1, 1, -1, -1), _RADIUS, _RADIUS)


def _paint_box(
    painter: QPainter, place: QRect, option: QStyleOptionViewItem, is_ticked: bool
) -> None:
    # A check box's own look, as the stylesheet has it.
    box = QStyleOptionButton()
    box.rect = place
    on, off = QStyle.StateFlag.State_On, QStyle.StateFlag.State_Off
    box.state = QStyle.StateFlag.State_Enabled | (on if is_ticked else off)
    element = QStyle.PrimitiveElement.PE_IndicatorItemViewItemCheck
    option.widget.style().drawPrimitive(element, box, painter, option.widget)


def _paint_sign(painter: QPainter, place: QRect) -> None:
    sign = QRect(0, 0, _SIGN, _SIGN)
    sign.moveBottomRight(place.bottomRight() - QPoint(_GAP, _GAP))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(tokens().panel)
    painter.drawEllipse(sign.adjusted(-3, -3, 3, 3))
    icon("warning", "warning").paint(painter, sign)


def _paint_name(painter: QPainter, place: QRect, option: QStyleOptionViewItem, name: str) -> None:
    painter.setFont(small_font(option.font))
    selected = option.state & QStyle.StateFlag.State_Selected
    painter.setPen(tokens().text if selected else tokens().muted)
    line = QRect(place.left(), place.bottom() + 1, place.width(), _NAME_HEIGHT)
    elided = painter.fontMetrics().elidedText(name, Qt.TextElideMode.ElideMiddle, line.width())
    painter.drawText(line, Qt.AlignmentFlag.AlignCenter, elided)


class MadeView(QListView):
    """Shows made images. A click into a box, or the space bar, ticks; elsewhere a click selects.

    With `is_strip` they stand in one row, without names.
    """

    selection_changed = Signal()

    ticks_wanted = Signal(object, bool)
    """Samples, and whether they are to be ticked."""

    def __init__(self, parent: QWidget | None = None, *, is_strip: bool = False) -> None:
        super().__init__(parent)
        self._is_strip = is_strip
        self._delegate = MadeDelegate(self, has_names=not is_strip)
        self.setItemDelegate(self._delegate)
        self.setFlow(QListView.Flow.LeftToRight)
        self.setWrapping(not is_strip)
        self.setUniformItemSizes(True)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        for set_mode in (self.setVerticalScrollMode, self.setHorizontalScrollMode):
            set_mode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setMouseTracking(True)
        never = Qt.ScrollBarPolicy.ScrollBarAlwaysOff
        if is_strip:
            self.setVerticalScrollBarPolicy(never)
        else:
            self.setHorizontalScrollBarPolicy(never)
        self.setProperty("role", "card")
        self.set_side(USUAL_SIZE)

    def set_side(self, side: int) -> None:
        """Show pictures of this side, in pixels of the screen."""
        self._delegate.side = side
        self.setGridSize(self._delegate.cell_size())
        self.verticalScrollBar().setSingleStep(max(1, self.gridSize().height() // 3))
        self.scheduleDelayedItemsLayout()

    def box(self, index: Index) -> QRect:
        """Return where the box of an image is, in the viewport."""
        return self._delegate.box(self.visualRect(index))

    def dataChanged(self, first: Index, last: Index, roles: object = ()) -> None:
        """Repaint; QListView itself would lay out the whole list anew for each image."""
        self.viewport().update()

    def selectionChanged(self, selected: object, deselected: object) -> None:
        super().selectionChanged(selected, deselected)  # type: ignore[arg-type]
        self.selection_changed.emit()

    def keyboardSearch(self, search: str) -> None:
        """Do nothing: many images have the same name."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Space, Qt.Key.Key_Select) and self.currentIndex().isValid():
            self._toggle()
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if not self._tick_at(event):
            super().mousePressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if not self._tick_at(event):
            super().mouseDoubleClickEvent(event)

    def _tick_at(self, event: QMouseEvent) -> bool:
        spot = event.position().toPoint()
        index = self.indexAt(spot)
        is_box = index.isValid() and self.box(index).adjusted(-4, -4, 4, 4).contains(spot)
        if not is_box or event.button() != Qt.MouseButton.LeftButton:
            return False
        self._tick([index], not _is_ticked(index))
        return True

    def _toggle(self) -> None:
        chosen = self.selectionModel().selectedIndexes() or [self.currentIndex()]
        self._tick(chosen, not _is_ticked(self.currentIndex()))

    def _tick(self, chosen: Sequence[Index], is_ticked: bool) -> None:
        # All at once: in a filtered list the first tick may move the rows of the others.
        self.ticks_wanted.emit([index.data(Role.SAMPLE) for index in chosen], is_ticked)


def _is_ticked(index: Index) -> bool:
    state = index.data(Qt.ItemDataRole.CheckStateRole)
    return state is not None and Qt.CheckState(state) == Qt.CheckState.Checked
