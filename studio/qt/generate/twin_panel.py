"""A made image beside the training image it is nearest to, and their distance in words."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from studio.gan.samples import Made
from studio.qt.generate.parts import make_label
from studio.qt.generate.words import describe_distance, describe_sample
from studio.qt.pixels import device_pixels, paint_image, to_qimage
from studio.qt.plain_label import PlainLabel

_MARGIN = 4
_SIDE = 136


class PixelPicture(QFrame):
    """A small image in a square frame, enlarged so that its pixels are seen."""

    def __init__(self, side: int = _SIDE, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._image = QImage()
        self.setProperty("role", "picture")
        self.setFixedSize(side, side)

    def set_image(self, image: QImage) -> None:
        self._image = image
        self.update()

    def image(self) -> QImage:
        return self._image

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._image.isNull():
            return
        painter = QPainter(self)
        with device_pixels(painter) as ratio:
            room = self.size().toSizeF() * ratio
            most = min(room.width(), room.height()) - 2 * _MARGIN * ratio
            side = max(self._image.width(), self._image.height())
            scale = most / side
            width, height = self._image.width() * scale, self._image.height() * scale
            left, top = round((room.width() - width) / 2), round((room.height() - height) / 2)
            pane = QSize(int(room.width()), int(room.height()))
            paint_image(painter, self._image, QRectF(left, top, width, height), pane)
        painter.end()


class TwinPanel(QWidget):
    """Shows one made image, or says what can be done here."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._made = PixelPicture()
        self._twin = PixelPicture()
        self._title = make_label("title", "twin.title")
        self._sample = make_label("muted", "twin.sample", wraps=True)
        self._distance = make_label("muted", "twin.distance", wraps=True)
        self._key = PlainLabel()
        self._hint = make_label("muted", "twin.hint", wraps=True)
        self._build()
        self.show_made(None)

    def show_made(self, made: Made | None) -> None:
        """Show an image and its twin; without one, the frames are empty."""
        twin = made.twin if made else None
        self._made.set_image(to_qimage(made.image) if made else QImage())
        self._twin.set_image(to_qimage(twin.picture) if twin else QImage())
        name = made.class_name if made else ""
        self._title.setText(name or (self.tr("Image") if made else ""))
        self._sample.setText(describe_sample(made.sample) if made else "")
        self._distance.setProperty("role", "warning" if made and made.is_copy else "muted")
        self._distance.style().polish(self._distance)
        self._distance.setText(describe_distance(twin) if made else "")
        self._key.setText(twin.key if twin else "")
        self._key.setToolTip(twin.key if twin else "")
        hint = self.tr("Select an image to see the training image that it is nearest to.")
        if made:
            hint = self.tr("Select two images (with Ctrl) to see the steps between them.")
        self._hint.setText(hint)
        for label in (self._title, self._sample, self._distance, self._key):
            label.setVisible(bool(label.text()))

    def _build(self) -> None:
        self._key.setObjectName("generate.twin.key")
        self._key.setProperty("role", "muted")
        self._key.setElideMode(Qt.TextElideMode.ElideMiddle)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(16)
        captions = (self.tr("Made"), self.tr("Nearest training image"))
        for picture, name, caption in zip(
            (self._made, self._twin), ("made", "nearest"), captions, strict=True
        ):
            picture.setObjectName(f"generate.twin.{name}")
            picture.setAccessibleName(caption)
            picture.setToolTip(caption)
            column = QVBoxLayout()
            column.setSpacing(4)
            column.addWidget(picture)
            column.addWidget(make_label("muted", text=caption))
            column.addStretch(1)
            row.addLayout(column)
        words = QVBoxLayout()
        words.setSpacing(4)
        for label in (self._title, self._sample, self._distance, self._key):
            words.addWidget(label)
        words.addStretch(1)
        words.addWidget(self._hint)
        words.addSpacing(20)
        row.addLayout(words, 1)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
