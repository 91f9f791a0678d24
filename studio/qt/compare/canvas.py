"""The canvas: an original and its augmented picture under one zoom and one pan."""

import math
from typing import Literal

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from studio.qt.compare.canvas_paint import (
    HANDLE_RADIUS,
    Layer,
    Message,
    paint_caption,
    paint_divider,
    paint_focus_ring,
    paint_layer,
    paint_message,
)
from studio.qt.compare.zoom_view import ZoomView
from studio.qt.missing.mask_layer import MaskLayer
from studio.qt.pixels import checkerboard, device_pixels
from studio.qt.theme import Tokens, tokens

Mode = Literal["side_by_side", "wipe"]

_KEY_DIVIDER = 0.02
_DIVIDER_REACH = 6


class CompareCanvas(ZoomView):
    """Shows two pictures side by side, or one over the other with a divider between them.

    Both share one view, so they cannot get out of step, also where they differ in size. An image
    may be a smaller proxy of the picture it stands for: all geometry is in pixels of the full one.
    """

    painted = Signal(int)
    """The augmented image with this generation has been painted for the first time."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._original: Layer | None = None
        self._augmented: Layer | None = None
        self._unpainted: int | None = None
        self._mode: Mode = "side_by_side"
        self._divider = 0.5
        self._drags_divider = False
        self._hovers_divider = False
        self._shows_original = False
        self._draw_caption = ""
        self._detail = ""
        self._empty = Message(self.tr("No picture"))
        self._problem: Message | None = None
        self._no_result: Message | None = None
        self._missing: QImage | None = None
        self._shows_missing = False
        self._mask_layer = MaskLayer()
        self._picking = ""
        self.setObjectName("canvas")
        self.setAccessibleName(self.tr("Original and augmented picture"))
        self.setWhatsThis(
            self.tr(
                "The wheel zooms at the pointer and dragging pans. A double click switches "
                "between the whole picture and 100 %."
            )
        )
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(160, 120)

    # Content

    def set_original(self, image: QImage | None, full_size: QSize) -> None:
        """Show another original, which stands for a picture of `full_size`; ends a problem."""
        self._problem = self._no_result = None
        self._original = None if image is None or image.isNull() else Layer(image, full_size)
        self._lay_out()
        self._announce_scale()

    def set_augmented(
        self, image: QImage | None, full_size: QSize | None = None, generation: int = 0
    ) -> None:
        """Show another augmented picture, as large as the original unless `full_size` is given.

        `painted` tells when it is first on the screen, with `generation`.
        """
        if image is None or image.isNull():
            self._augmented = self._unpainted = None
        else:
            self._no_result = None
            if full_size is None:
                full_size = self._original.full_size if self._original else image.size()
            self._augmented = Layer(image, full_size)
            self._unpainted = generation
        if self._pictures() != self._shared.pictures:
            self._lay_out()
        self._update_augmented()

    def set_draw_caption(self, text: str) -> None:
        """Set what the augmented picture's caption adds to its title, such as "draw 3"."""
        self._draw_caption = text
        self._update_augmented()

    def set_detail(self, text: str) -> None:
        """Set a note in the corner of the augmented picture, such as that a better one comes."""
        if text != self._detail:
            self._detail = text
            self._update_augmented()

    def set_empty_text(self, text: str, detail: str = "") -> None:
        """Set what is shown while there is no picture."""
        self._empty = Message(text, detail)
        self.update()

    def show_problem(self, text: str, reason: str) -> None:
        """Show why there is no picture, in place of both, until `set_original`."""
        self._problem = Message(text, reason, is_problem=True)
        self._original = self._augmented = self._unpainted = None
        self._lay_out()

    def show_no_result(self, text: str, reason: str) -> None:
        """Show why there is no augmented picture, in its place, beside the original."""
        self._no_result = Message(text, reason, is_problem=True)
        self.set_augmented(None)

    # Missing pixels

    def set_missing(self, mask: QImage | None) -> None:
        """Set where the original misses pixels: a grey image that covers it, None for nowhere."""
        if mask is not self._missing:
            self._missing = mask
            self.update()

    @property
    def shows_missing(self) -> bool:
        """Whether missing pixels are marked on the original."""
        return self._shows_missing

    def set_shows_missing(self, shown: bool) -> None:
        """Mark missing pixels on the original, or no longer."""
        self._shows_missing = shown
        self.update()

    def set_picking(self, hint: str) -> None:
        """Let the pointer choose pixels of the bare original, with a hint; none with ""."""
        self._picking = hint
        self._show_cursor()
        self.update()

    def original_pixel(self, point: QPointF) -> QPoint | None:
        """Return the full original's pixel that is shown at a point of the widget."""
        if self._original is None or self._index_at(point) != 0:
            return None
        at = self.to_picture(point)
        pixel = QPoint(math.floor(at.x()), math.floor(at.y()))
        return pixel if QRect(QPoint(), self._original.full_size).contains(pixel) else None

    # Comparison

    @property
    def mode(self) -> Mode:
        """How the two pictures are compared."""
        return self._mode

    def set_mode(self, mode: Mode) -> None:
        """Compare side by side, or by wiping over one place."""
        self._mode = mode
        self._drags_divider = self._hovers_divider = False
        self._describe_divider()
        self._lay_out()
        self._announce_scale()

    @property
    def divider(self) -> float:
        """Where the wipe's divider is: 0 at the left edge, 1 at the right."""
        return self._divider

    def set_divider(self, position: float) -> None:
        """Move the wipe's divider, within the canvas."""
        self._divider = min(1.0, max(0.0, position))
        self._describe_divider()
        self.update()

    @property
    def show_original(self) -> bool:
        """Whether the original is shown in the augmented picture's place too."""
        return self._shows_original

    def set_show_original(self, shown: bool) -> None:
        """Show the original in the augmented picture's place, or no longer."""
        self._shows_original = shown
        self._update_augmented()

    def _describe_divider(self) -> None:
        text = ""
        if self._mode == "wipe":
            text = self.tr("Divider at {percent} %").format(percent=round(100 * self._divider))
        self.setAccessibleDescription(text)

    # Layout

    def _panes(self) -> tuple[QRect, QRect]:
        ratio = self.devicePixelRatioF()
        width, height = round(self.width() * ratio), round(self.height() * ratio)
        if self._mode == "wipe":
            whole = QRect(0, 0, width, height)
            return whole, whole
        half = (width - max(1, round(ratio))) // 2
        return QRect(0, 0, half, height), QRect(width - half, 0, half, height)

    def _pictures(self) -> tuple[QSize, ...]:
        if self._original is None:
            return ()
        size = self._original.full_size
        return size, self._augmented.full_size if self._augmented else size

    def _overlays(self) -> bool:
        return self._mode == "wipe"

    def _index_at(self, point: QPointF) -> int:
        if self._mode == "wipe":
            return int(point.x() > self._divider_x())
        return super()._index_at(point)

    def _update_augmented(self) -> None:
        self.update(self._logical(self._panes()[1]).toAlignedRect())

    def _split(self) -> int:
        return round(self._divider * self._panes()[0].width())

    def _divider_x(self) -> float:
        return self._split() / self.devicePixelRatioF()

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        colours = tokens()
        painter = QPainter(self)
        painter.fillRect(self.rect(), colours.canvas)
        message = self._problem or (None if self._original else self._empty)
        if message:
            paint_message(painter, QRectF(self.rect()), message, colours)
        else:
            self._paint_pictures(painter, colours, event.rect())
            if self._no_result and not self._augmented and not self._shows_original:
                paint_message(painter, self._result_area(), self._no_result, colours)
            self._paint_captions(painter, colours)
            if self._mode == "wipe":
                lit = self._drags_divider or self._hovers_divider or self._shows_focus()
                paint_divider(painter, self._divider_x(), QRectF(self.rect()), colours, lit)
        if self._shows_focus():
            paint_focus_ring(painter, self.rect(), colours)
        painter.end()
        if not message and self._unpainted is not None and not self._shows_original:
            generation, self._unpainted = self._unpainted, None
            self.painted.emit(generation)

    def _paint_pictures(self, painter: QPainter, colours: Tokens, dirty: QRect) -> None:
        left, right = self._panes()
        left_clip, right_clip = QRect(left), QRect(right)
        view, second_view = self._shared.views
        second = self._augmented
        if self._shows_original:
            second, second_view = self._original, view
        with device_pixels(painter) as ratio:
            if self._mode == "wipe":
                left_clip.setWidth(self._split())
                right_clip.setLeft(self._split())
            else:
                gap = right.left() - left.width()
                painter.fillRect(left.width(), 0, gap, left.height(), colours.line)
            board = checkerboard(colours.panel, colours.line, round(8 * ratio))
            if self._original and dirty.intersects(self._logical(left_clip).toAlignedRect()):
                paint_layer(painter, self._original, view, left, left_clip, board)
                if self._missing and self._shows_missing and not self._picking:
                    target = view.target(self._original.full_size)
                    layer = self._mask_layer
                    layer.paint(painter, self._missing, target, left, left_clip, colours, ratio)
            if second:
                paint_layer(painter, second, second_view, right, right_clip, board)

    def _result_area(self) -> QRectF:
        area = self._logical(self._panes()[1])
        if self._mode == "wipe":
            area.setLeft(self._divider_x())
        return area

    def _paint_captions(self, painter: QPainter, colours: Tokens) -> None:
        assert self._original is not None
        left, right = self._logical(self._panes()[0]), self._result_area()
        corner = Qt.AlignmentFlag.AlignLeft
        if self._mode == "wipe":
            left.setRight(self._divider_x())
            corner = Qt.AlignmentFlag.AlignRight
        left, right = (area.adjusted(8, 8, -8, -8) for area in (left, right))
        size, other = self._pictures()
        title, detail = self.tr("Original"), _describe_size(size)
        paint_caption(painter, left, Qt.AlignmentFlag.AlignLeft, colours, title, detail)
        if not self._shows_original:
            title, detail = self.tr("Augmented"), self._draw_caption
            if other != size:
                detail = " · ".join(filter(None, (_describe_size(other), detail)))
        paint_caption(painter, right, corner, colours, title, detail)
        if self._detail:
            corner |= Qt.AlignmentFlag.AlignBottom
            paint_caption(painter, right, corner, colours, "", self._detail)
        if self._picking:
            corner = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom
            paint_caption(painter, left, corner, colours, self._picking)

    # Pointer and keyboard

    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        if self._is_on_divider(event.position()) and self._pan_point is not None:
            self._pan_point = None
            self._drags_divider = True
            self._show_cursor()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._drags_divider:
            self.set_divider(event.position().x() / max(1, self.width()))
            return
        super().mouseMoveEvent(event)
        self._hover_divider(self._is_on_divider(event.position()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._drags_divider = False
        self._hover_divider(self._is_on_divider(event.position()))
        super().mouseReleaseEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if self._is_on_divider(event.position()):
            self.set_divider(0.5)
        else:
            super().mouseDoubleClickEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        self._hover_divider(False)
        super().leaveEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Left: -_KEY_DIVIDER, Qt.Key.Key_Right: _KEY_DIVIDER}
        shifted = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
        if self._mode == "wipe" and event.key() in steps and not shifted:
            self.set_divider(self._divider + steps[Qt.Key(event.key())])
        else:
            super().keyPressEvent(event)

    def _is_on_divider(self, point: QPointF) -> bool:
        if self._mode != "wipe" or self._original is None:
            return False
        away = abs(point.x() - self._divider_x())
        at_handle = abs(point.y() - self.height() / 2) <= HANDLE_RADIUS
        return away <= (HANDLE_RADIUS if at_handle else _DIVIDER_REACH)

    def _hover_divider(self, hovers: bool) -> None:
        if hovers != self._hovers_divider:
            self._hovers_divider = hovers
            self._show_cursor()
            self.update()

    def _cursor_shape(self) -> Qt.CursorShape:
        if self._drags_divider or (self._hovers_divider and self._pan_point is None):
            return Qt.CursorShape.SplitHCursor
        if self._picking and self._pan_point is None:
            return Qt.CursorShape.CrossCursor
        return super()._cursor_shape()


def _describe_size(size: QSize) -> str:
    return f"{size.width()} × {size.height()}"
