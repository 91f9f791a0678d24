"""The rows of the picker: a group's heading, or an operation with a picture of what it does."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QImage, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import (
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from studio.augment.operation import Operation
from studio.qt.recipe.effects import EffectPictures
from studio.qt.recipe.form import translated
from studio.qt.theme import icon, tokens

OPERATION = Qt.ItemDataRole.UserRole
GROUP = Qt.ItemDataRole.UserRole + 1
PICTURE = QSize(48, 36)
_ROW = 48
_HEADING = 30
_ICONS_BY_WORD = ("flip", "rotate", "scale", "shear", "translate", "noise", "blur", "erase")
_ICONS_BY_GROUP = {
    "Geometry": "fit",
    "Colour and tone": "sun-contrast",
    "Noise": "noise",
    "Blur and quality": "blur",
    "Occlusion and weather": "erase",
    "Missing values": "missing",
    "Mixing": "images",
    "Policies": "layers",
}


def icon_name(operation: Operation) -> str:
    """Return the name of the icon that stands for an operation, its group's if it has none."""
    for word in _ICONS_BY_WORD:
        if word in operation.name:
            return word
    return _ICONS_BY_GROUP.get(operation.group, "layers")


def heading(text: str, group: str = "") -> QListWidgetItem:
    """Return the row of a group's heading."""
    item = QListWidgetItem(text)
    item.setData(GROUP, group)
    item.setFlags(Qt.ItemFlag.NoItemFlags)
    item.setSizeHint(QSize(0, _HEADING))
    return item


def row(operation: Operation) -> QListWidgetItem:
    """Return the row of an operation."""
    item = QListWidgetItem(translated(operation.title))
    item.setData(OPERATION, operation)
    item.setData(GROUP, operation.group)
    item.setToolTip(translated(operation.help))
    item.setSizeHint(QSize(0, _ROW))
    return item


class RowDelegate(QStyledItemDelegate):
    """Paints the rows; an icon stands in for a picture that is not there yet."""

    def __init__(self, effects: EffectPictures, parent: QWidget) -> None:
        super().__init__(parent)
        self._effects = effects

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        operation = index.data(OPERATION)
        painter.save()
        if isinstance(operation, Operation):
            self._paint_operation(painter, option, operation)
        else:
            box = option.rect.adjusted(8, 6, -8, 0)
            _write(painter, box, index.data(), _font(option, 12, QFont.Weight.DemiBold), muted=True)
        painter.restore()

    def _paint_operation(
        self, painter: QPainter, option: QStyleOptionViewItem, operation: Operation
    ) -> None:
        # The keyboard is the search field's, but what it acts on is the list.
        option.state |= QStyle.StateFlag.State_Active
        panel = QStyle.PrimitiveElement.PE_PanelItemViewItem
        option.widget.style().drawPrimitive(panel, option, painter, option.widget)
        box = option.rect.adjusted(6, 5, -8, -5)
        tile = QRect(box.topLeft(), PICTURE)
        tile.moveTop(box.top() + (box.height() - tile.height()) // 2)
        picture = self._effects.picture(operation.name)
        if picture is None:
            _paint_icon(painter, tile, icon_name(operation))
        else:
            _paint_picture(painter, tile, picture)
        box.setLeft(tile.right() + 11)
        top, bottom = QRect(box), QRect(box)
        top.setHeight(box.height() // 2)
        bottom.setTop(top.bottom() + 1)
        _write(painter, top, translated(operation.title), option.font)
        summary = translated(operation.help).partition("\n")[0]
        _write(painter, bottom, summary, _font(option, 12), muted=True)


def _paint_icon(painter: QPainter, tile: QRect, name: str) -> None:
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(tokens().canvas)
    painter.drawRoundedRect(tile, 4, 4)
    square = QRect(0, 0, 18, 18)
    square.moveCenter(tile.center())
    icon(name, "muted").paint(painter, square)


def _paint_picture(painter: QPainter, tile: QRect, picture: QImage) -> None:
    size = picture.size().scaled(tile.size(), Qt.AspectRatioMode.KeepAspectRatio)
    place = QRect(tile.topLeft(), size)
    place.moveCenter(tile.center())
    path = QPainterPath()
    path.addRoundedRect(QRectF(place), 4, 4)
    painter.save()
    painter.setRenderHints(
        QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform
    )
    painter.setClipPath(path)
    painter.drawImage(place, picture)
    painter.restore()


def _font(
    option: QStyleOptionViewItem, pixels: int, weight: QFont.Weight = QFont.Weight.Normal
) -> QFont:
    font = QFont(option.font)
    font.setPixelSize(pixels)
    font.setWeight(weight)
    return font


def _write(painter: QPainter, box: QRect, text: str, font: QFont, *, muted: bool = False) -> None:
    painter.setFont(font)
    painter.setPen(QPen(tokens().muted if muted else tokens().text))
    elided = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, box.width())
    painter.drawText(box, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, elided)
