"""Agreement for each class, as a list of bars that scrolls."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPen, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from studio.qt.compare.canvas_paint import resized_font
from studio.qt.theme import mix, tokens
from studio.qt.train.amounts import percent
from studio.qt.train.parts import make_label, name_control

_WIDTH = 220
_ROW = 22
_NAME = 0.45
_NUMBER = 44
_BAR = 8
_SHARE = Qt.ItemDataRole.UserRole + 1
_REAL = Qt.ItemDataRole.UserRole + 2


class ClassBars(QWidget):
    """A bar for each class, with a mark where held-out real images are."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = QStandardItemModel(self)
        self._list = QListView(self)
        self._list.setModel(self._model)
        self._delegate = _BarDelegate(self._list)
        self._list.setItemDelegate(self._delegate)
        self._list.setProperty("role", "plain")
        self._list.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self._list.setUniformItemSizes(True)
        self._list.viewport().setAutoFillBackground(False)
        self._list.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        tip = self.tr(
            "The share of each class' generated images that a classifier takes for it; the mark "
            "is what real images get. A short bar is a class that does not come out yet."
        )
        name_control(self._list, "quality.classes", self.tr("Agreement by class"), tip)
        self.set_wide(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(make_label("title", text=self.tr("Agreement by class")))
        column.addWidget(self._list, 1)

    def set_wide(self, is_wide: bool) -> None:
        """Take all the width there is and little height, or the other way round."""
        self.setMaximumWidth(16_777_215 if is_wide else _WIDTH)
        self.setMinimumSize(120 if is_wide else _WIDTH, 90)

    def show_shares(
        self, names: tuple[str, ...], shares: tuple[float, ...], real: tuple[float, ...]
    ) -> None:
        """Show shares in 0..1 by the classes' order; those of real images may be missing."""
        metrics = self._list.fontMetrics()
        self._delegate.name_width = 10.0 + max(map(metrics.horizontalAdvance, names), default=0)
        self._model.setRowCount(len(names) if shares else 0)
        for row, name in enumerate(names if shares else ()):
            item = self._model.item(row) or QStandardItem()
            share = shares[row] if row < len(shares) else 0.0
            item.setData(share, _SHARE)
            item.setData(real[row] if row < len(real) else None, _REAL)
            item.setText(name)
            item.setAccessibleText(f"{name} {percent(share)}")
            self._model.setItem(row, item)


class _BarDelegate(QStyledItemDelegate):
    name_width = 0.0

    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        return QSize(_WIDTH // 2, _ROW)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        colours, area = tokens(), QRectF(option.rect)
        share, real = index.data(_SHARE), index.data(_REAL)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(resized_font(option.font, -1))
        name_width = min(self.name_width, area.width() * _NAME)
        name = QRectF(area.left(), area.top(), name_width, area.height())
        text = painter.fontMetrics().elidedText(
            index.data(), Qt.TextElideMode.ElideMiddle, int(name.width()) - 6
        )
        painter.setPen(colours.text)
        painter.drawText(name, Qt.AlignmentFlag.AlignVCenter, text)
        number = QRectF(area.right() - _NUMBER, area.top(), _NUMBER - 4, area.height())
        painter.setPen(colours.muted)
        right = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
        painter.drawText(number, right, percent(share))
        groove = QRectF(
            name.right(), area.center().y() - _BAR / 2, number.left() - name.right() - 4, _BAR
        )
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(mix(colours.line, colours.text, 0.06))
        painter.drawRoundedRect(groove, 3, 3)
        filled = QRectF(groove)
        filled.setWidth(max(2.0, groove.width() * share))
        painter.setBrush(colours.accent)
        painter.drawRoundedRect(filled, 3, 3)
        if real is not None:
            x = groove.left() + groove.width() * real
            painter.setPen(QPen(colours.good, 2))
            painter.drawLine(int(x), int(groove.top()) - 3, int(x), int(groove.bottom()) + 3)
        painter.restore()
