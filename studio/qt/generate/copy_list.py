"""Near copies, each beside the training image that it is too near to."""

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QIcon, QImage, QPainter, QPixmap
from PySide6.QtWidgets import QListView, QListWidget, QListWidgetItem, QWidget

from studio.gan.samples import Made
from studio.qt.generate.words import describe_sample
from studio.qt.library.tips import plain_tip
from studio.qt.pixels import to_qimage

_SIDE = 80
_GAP = 4


class CopyList(QListWidget):
    """Pairs of pictures, hidden without any: on the left what was made, on the right its twin."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setMovement(QListView.Movement.Static)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setIconSize(QSize(2 * _SIDE + _GAP, _SIDE))
        self.setSpacing(8)
        self.setUniformItemSizes(True)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.setProperty("role", "card")
        self.hide()

    def show_copies(self, copies: Sequence[Made]) -> None:
        """Show these."""
        self.clear()
        for made in copies:
            assert made.twin is not None
            item = QListWidgetItem(QIcon(QPixmap.fromImage(_pair(made))), made.twin.key)
            item.setSizeHint(QSize(2 * _SIDE + _GAP + 12, _SIDE + 32))
            lines = (made.class_name, describe_sample(made.sample), made.twin.key)
            item.setToolTip(plain_tip("\n".join(filter(None, lines))))
            self.addItem(item)
        self.setVisible(bool(copies))


def _pair(made: Made) -> QImage:
    assert made.twin is not None
    pair = QImage(2 * _SIDE + _GAP, _SIDE, QImage.Format.Format_ARGB32)
    pair.fill(QColor(Qt.GlobalColor.transparent))
    painter = QPainter(pair)
    for place, picture in enumerate((made.image, made.twin.picture)):
        image = to_qimage(picture)
        size = image.size().scaled(_SIDE, _SIDE, Qt.AspectRatioMode.KeepAspectRatio)
        painter.drawImage(place * (_SIDE + _GAP), 0, image.scaled(size))
    painter.end()
    return pair
