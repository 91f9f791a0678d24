"""The grid of the moment and, beside it, one of real images, under one zoom and one pan."""

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QImage, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from studio.qt.compare.canvas_paint import (
    Layer,
    Message,
    paint_caption,
    paint_focus_ring,
    paint_layer,
    paint_message,
)
from studio.qt.compare.zoom_view import ZoomView
from studio.qt.pixels import checkerboard, device_pixels
from studio.qt.theme import tokens

_GAP = 8
_CAPTION = 30
_TOP_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop


class FilmPane(ZoomView):
    """Shows enlarged pixels as squares; both pictures show the same part of their grids."""

    play_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._made = QImage()
        self._real: QImage | None = None
        self._caption = ("", "")
        self._message: Message | None = None
        self.setObjectName("train.film.pane")
        self.setAccessibleName(self.tr("Generated images"))
        self.setToolTip(
            self.tr(
                "The same latents at every look, one row a class. The wheel zooms, dragging "
                "moves, a double click shows all; the space bar plays."
            )
        )
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(160, 120)

    def show_made(self, image: QImage, title: str, detail: str) -> None:
        """Show a grid with its caption."""
        self._made, self._caption, self._message = image, (title, detail), None
        self.setAccessibleDescription(f"{title}, {detail}")
        self._lay_out()

    def show_message(self, text: str, detail: str = "", *, is_problem: bool = False) -> None:
        """Show why there is no grid in its place."""
        self._made, self._caption = QImage(), ("", "")
        self._message = Message(text, detail, is_problem)
        self.setAccessibleDescription(f"{text} {detail}".strip())
        self._lay_out()

    def show_real(self, image: QImage | None) -> None:
        """Show real images beside the grid; None leaves all the room to the grid."""
        self._real = image
        self._lay_out()

    def made(self) -> QImage:
        """Return the grid that is shown; null where there is none."""
        return self._made

    def real(self) -> QImage | None:
        """Return the real images that are shown beside it, if they are."""
        return self._real

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space:
            self.play_wanted.emit()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        colours = tokens()
        painter = QPainter(self)
        painter.fillRect(self.rect(), colours.canvas)
        images = [self._made] if self._real is None else [self._made, self._real]
        shown = [image for image in images if not image.isNull()]
        board = checkerboard(colours.panel, colours.canvas, 8)
        with device_pixels(painter):
            for image, view, pane in zip(shown, self._shared.views, self._panes(), strict=False):
                paint_layer(painter, Layer(image, image.size()), view, pane, pane, board)
        areas = [self._logical(pane) for pane in self._panes()]
        if self._message is not None:
            paint_message(painter, areas[0], self._message, colours)
        captions = [self._caption, (self.tr("Real images"), "")]
        for area, image, (title, detail) in zip(areas, images, captions, strict=False):
            if not image.isNull() and title:
                below = QRectF(area.left() + 8, area.bottom(), area.width() - 16, _CAPTION - 4)
                paint_caption(painter, below, _TOP_LEFT, colours, title, detail)
        if self._shows_focus():
            paint_focus_ring(painter, self.rect(), colours)
        painter.end()

    def _panes(self) -> tuple[QRect, ...]:
        ratio = self.devicePixelRatioF()
        width, height = round(self.width() * ratio), round(self.height() * ratio)
        height = max(1, height - round(_CAPTION * ratio))
        if self._real is None:
            return (QRect(0, 0, width, height),)
        gap = round(_GAP * ratio)
        half = (width - gap) // 2
        return (QRect(0, 0, half, height), QRect(half + gap, 0, half, height))

    def _pictures(self) -> tuple[QSize, ...]:
        images = [self._made] if self._real is None else [self._made, self._real]
        sizes = [image.size() for image in images if not image.isNull()]
        return tuple(sizes) if not self._made.isNull() else ()
