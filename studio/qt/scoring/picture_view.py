"""The pictures of a fill beside and below one another, under one zoom and one pan."""

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, QSize, Qt, Slot
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from studio.qt.compare.canvas_paint import (
    Layer,
    Message,
    paint_caption,
    paint_focus_ring,
    paint_layer,
    paint_message,
)
from studio.qt.compare.view_transform import fit_zoom
from studio.qt.compare.zoom_view import ZoomView
from studio.qt.pixels import checkerboard, device_pixels
from studio.qt.scoring.parts import name_control
from studio.qt.scoring.pictures import Pictures
from studio.qt.theme import Tokens, tokens

_COUNT = 4
_FILLED = 2
_CAPTION_GAP = 6
_BOARD_CELL = 6


class PictureView(ZoomView):
    """Shows original, hidden, filled and difference in as many columns as makes them largest."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._layers: tuple[Layer, ...] = ()
        self._details: tuple[str, ...] = ("",) * _COUNT
        self._message = Message("")
        self._titles = (
            self.tr("Original"),
            self.tr("Hidden"),
            self.tr("Filled"),
            self.tr("Difference"),
        )
        spoken = self.tr("Original, hidden, filled, and their difference")
        tip = self.tr("The wheel zooms all four at the pointer, dragging pans")
        name_control(self, "pictures", spoken, tip)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(240, 180)

    def show_pictures(self, pictures: Pictures, details: tuple[str, ...]) -> None:
        """Show these, each with a detail in its caption, at the zoom that there is."""
        self._layers = tuple(Layer(image, pictures.size) for image in pictures.images)
        self._details = details
        spoken = zip(self._titles, details, strict=True)
        self.setAccessibleDescription(", ".join(" ".join(pair).strip() for pair in spoken))
        self._lay_out()

    @Slot()
    def show_waiting(self) -> None:
        """Say that other pictures come, until they do."""
        filled = self.tr("filling again …")
        self._details = (*self._details[:_FILLED], filled, *self._details[_FILLED + 1 :])
        self.update()

    def show_message(self, text: str, detail: str = "", *, is_problem: bool = False) -> None:
        """Show a text in place of the pictures."""
        self._layers = ()
        self._message = Message(text, detail, is_problem)
        self.setAccessibleDescription(" ".join((text, detail)).strip())
        self._lay_out()

    @property
    def has_pictures(self) -> bool:
        return bool(self._layers)

    def message(self) -> str:
        """Return the text that is shown in place of pictures, "" while there are some."""
        return "" if self._layers else self._message.text

    def needed_scale(self, full_size: QSize | None = None) -> float:
        # The panes depend on the picture, which may not be here yet.
        if full_size is None or full_size.isEmpty():
            return super().needed_scale(full_size)
        panes = self._panes_for(full_size)
        viewport = self.viewport()
        fit = fit_zoom(full_size, panes[0].size(), self._margin())
        shows_all = viewport.zoom is None or viewport.zoom <= fit
        return min(1.0, fit) if shows_all else 1.0

    # Layout

    def _margin(self) -> int:
        return round(_CAPTION_GAP * self.devicePixelRatioF())

    def _pictures(self) -> tuple[QSize, ...]:
        return tuple(layer.full_size for layer in self._layers)

    def _panes(self) -> tuple[QRect, ...]:
        return self._panes_for(self._layers[0].full_size if self._layers else QSize(4, 3))

    def _panes_for(self, picture: QSize) -> tuple[QRect, ...]:
        grids = [self._grid(columns) for columns in (2, 4, 1)]
        margin = self._margin()
        return max(grids, key=lambda panes: fit_zoom(picture, panes[0].size(), margin))

    def _grid(self, columns: int) -> tuple[QRect, ...]:
        ratio = self.devicePixelRatioF()
        line = max(1, round(ratio))
        rows = _COUNT // columns
        width = max(1, (round(self.width() * ratio) - (columns - 1) * line) // columns)
        height = max(1, (round(self.height() * ratio) - (rows - 1) * line) // rows)
        corners = (
            QPoint(index % columns * (width + line), index // columns * (height + line))
            for index in range(_COUNT)
        )
        return tuple(QRect(corner, QSize(width, height)) for corner in corners)

    def _index_at(self, point: QPointF) -> int:
        at = (point * self.devicePixelRatioF()).toPoint()
        under = [
            index
            for index, pane in enumerate(self._panes())
            if at.x() >= pane.left() and at.y() >= pane.top()
        ]
        return under[-1] if under else 0

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        colours = tokens()
        painter = QPainter(self)
        painter.fillRect(self.rect(), colours.canvas)
        if self._layers:
            self._paint_pictures(painter, colours)
            self._paint_captions(painter, colours)
        elif self._message.text:
            paint_message(painter, QRectF(self.rect()), self._message, colours)
        if self._shows_focus():
            paint_focus_ring(painter, self.rect(), colours)
        painter.end()

    def _paint_pictures(self, painter: QPainter, colours: Tokens) -> None:
        panes = self._panes()
        with device_pixels(painter) as ratio:
            board = checkerboard(colours.panel, colours.line, round(_BOARD_CELL * ratio))
            painter.fillRect(self._united(panes), colours.line)
            for layer, view, pane in zip(self._layers, self._shared.views, panes, strict=True):
                painter.fillRect(pane, colours.canvas)
                paint_layer(painter, layer, view, pane, pane, board)

    def _united(self, panes: tuple[QRect, ...]) -> QRect:
        whole = QRect()
        for pane in panes:
            whole = whole.united(pane)
        return whole

    def _paint_captions(self, painter: QPainter, colours: Tokens) -> None:
        left = Qt.AlignmentFlag.AlignLeft
        for pane, title, detail in zip(self._panes(), self._titles, self._details, strict=True):
            area = self._logical(pane).adjusted(*[_CAPTION_GAP] * 2, *[-_CAPTION_GAP] * 2)
            paint_caption(painter, area, left, colours, title, detail)
