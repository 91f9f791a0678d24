"""How the rows of the library pane's tree and lists are painted."""

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QIcon, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from studio.qt.library.thumbnails import REASON_ROLE, Index, small_font
from studio.qt.theme import tokens

COUNT_ROLE = int(Qt.ItemDataRole.UserRole) + 3

_GAP = 8
_ROW_HEIGHT = 28
_TWO_LINES = 1.8


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


class FindingDelegate(QStyledItemDelegate):
    """A file's name above what is to be said of it, which has room for two lines."""

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
        # Lines break before their end: two of them hold less than twice the width.
        room = round(_TWO_LINES * line.width())
        right = Qt.TextElideMode.ElideRight
        text = painter.fontMetrics().elidedText(str(index.data(REASON_ROLE)), right, room)
        painter.drawText(line, wrap, text)
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
