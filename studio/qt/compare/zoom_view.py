"""A widget's look at a picture: fit, zoom and pan by wheel, pinch, pointer and keyboard."""

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from studio.qt.compare.view_transform import ViewTransform, fit_zoom, next_zoom, stop_at_actual_size

_FIT_MARGIN = 12
_RESIZE_REST = 150
_KEY_PAN = 48
_NOTCH = 1.25
_PIXELS_PER_NOTCH = 60
_KEYBOARD_REASONS = (
    Qt.FocusReason.TabFocusReason,
    Qt.FocusReason.BacktabFocusReason,
    Qt.FocusReason.ShortcutFocusReason,
)
_WINDOW_REASONS = (
    Qt.FocusReason.ActiveWindowFocusReason,
    Qt.FocusReason.PopupFocusReason,
    Qt.FocusReason.MenuBarFocusReason,
)
_ARROWS = {
    Qt.Key.Key_Left: QPointF(1, 0),
    Qt.Key.Key_Right: QPointF(-1, 0),
    Qt.Key.Key_Up: QPointF(0, 1),
    Qt.Key.Key_Down: QPointF(0, -1),
}


class ZoomView(QWidget):
    """Keeps the one view that all panes of the widget share.

    A subclass tells the panes and the picture's size, and paints. Panes are in device pixels and
    all of one size; `zoom` is device pixels per image pixel.
    """

    zoom_changed = Signal(float)
    proxy_scale_changed = Signal(float)
    """`needed_scale()` is another one; while the widget is being resized, only once it rests."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._view = ViewTransform(QSize(1, 1), QSize(0, 0), 1.0, QPointF())
        self._fits = True
        self._announced_scale = 1.0
        self._pan_point: QPointF | None = None
        self._focus_by_key = False
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(_RESIZE_REST)
        self._rest.timeout.connect(self._announce_scale)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)

    def _panes(self) -> tuple[QRect, ...]:
        raise NotImplementedError

    def _picture_size(self) -> QSize:
        raise NotImplementedError

    # View

    @property
    def zoom(self) -> float:
        """Device pixels per pixel of the full picture."""
        return self._view.zoom

    @property
    def is_fit(self) -> bool:
        """Whether the whole picture is kept in view when the widget changes its size."""
        return self._fits

    def fit(self) -> None:
        """Show the whole picture, also after the widget has another size."""
        self._fits = True
        self._lay_out()
        self._announce_scale()

    def actual_size(self) -> None:
        """Show one image pixel on one device pixel."""
        self.set_zoom(1.0)

    def zoom_in(self) -> None:
        """Zoom to the next round number."""
        self.set_zoom(next_zoom(self.zoom, 1))

    def zoom_out(self) -> None:
        """Zoom to the round number before."""
        self.set_zoom(next_zoom(self.zoom, -1))

    def set_zoom(self, zoom: float, anchor: QPointF | None = None) -> None:
        """Zoom, within 2 % to 3200 %, about `anchor` (widget coordinates) or the middle."""
        if self._picture_size().isEmpty():
            return
        self._fits = False
        pane = self._view.pane
        middle = QPointF(pane.width() / 2, pane.height() / 2)
        at = middle if anchor is None else self._in_pane(anchor)
        self._set_view(self._view.zoomed(zoom, at))
        self._announce_scale()

    def toggle_fit(self, anchor: QPointF | None = None) -> None:
        """Switch between the whole picture and 100 %."""
        if self._fits:
            self.set_zoom(1.0, anchor)
        else:
            self.fit()

    def pan(self, right: float, down: float) -> None:
        """Move the picture by device pixels, as far as there is more of it to see."""
        self._set_view(self._view.panned(QPointF(right, down)))

    def needed_scale(self, full_size: QSize | None = None) -> float:
        """Return how large a proxy must be for the view, as a share (≤ 1) of the full picture.

        `full_size` asks for a picture that is not shown yet.
        """
        picture = self._picture_size() if full_size is None else full_size
        if picture.isEmpty():
            return 1.0
        fit = fit_zoom(picture, self._panes()[0].size(), self._margin())
        return min(1.0, fit) if self._fits or self.zoom <= fit * 1.000001 else 1.0

    def to_picture(self, point: QPointF) -> QPointF:
        """Map a point of the widget to pixels of the full picture."""
        return self._view.to_picture(self._in_pane(point))

    # Layout

    def _margin(self) -> int:
        return round(_FIT_MARGIN * self.devicePixelRatioF())

    def _lay_out(self) -> None:
        pane, picture = self._panes()[0].size(), self._picture_size()
        if picture.isEmpty():
            self._show_cursor()
        elif self._fits:
            self._set_view(ViewTransform.fitted(pane, picture, self._margin()))
        else:
            self._set_view(self._view.resized(pane, picture))
        self.update()

    def _set_view(self, view: ViewTransform) -> None:
        before, self._view = self._view, view
        self._show_cursor()
        if view != before:
            self.update()
        if view.zoom != before.zoom:
            self.zoom_changed.emit(view.zoom)

    def _announce_scale(self) -> None:
        self._rest.stop()
        scale = self.needed_scale()
        if scale != self._announced_scale and not self._picture_size().isEmpty():
            self._announced_scale = scale
            self.proxy_scale_changed.emit(scale)

    def _logical(self, pane: QRect) -> QRectF:
        ratio = self.devicePixelRatioF()
        corner = QPointF(pane.topLeft()) / ratio
        return QRectF(corner.x(), corner.y(), pane.width() / ratio, pane.height() / ratio)

    def _in_pane(self, point: QPointF) -> QPointF:
        place = point * self.devicePixelRatioF()
        pane = next(p for p in reversed(self._panes()) if place.x() >= p.left() or p.left() == 0)
        return place - QPointF(pane.topLeft())

    # Pointer and keyboard

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QNativeGestureEvent):
            if event.gestureType() == Qt.NativeGestureType.ZoomNativeGesture:
                self._zoom_by(1 + event.value(), event.position())
                return True
            if event.gestureType() == Qt.NativeGestureType.SmartZoomNativeGesture:
                self.toggle_fit(event.position())
                return True
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self._lay_out()
            self._rest.start()
        return super().event(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._lay_out()
        self._rest.start()

    def wheelEvent(self, event: QWheelEvent) -> None:
        notches = event.angleDelta().y() / 120
        if event.phase() != Qt.ScrollPhase.NoScrollPhase and not event.pixelDelta().isNull():
            notches = event.pixelDelta().y() / _PIXELS_PER_NOTCH
        if notches == 0:
            event.ignore()
            return
        self._zoom_by(_NOTCH**notches, event.position())

    def _zoom_by(self, factor: float, anchor: QPointF) -> None:
        self.set_zoom(stop_at_actual_size(self.zoom, self.zoom * max(0.1, factor)), anchor)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._focus_by_key = False
        self.update()
        if event.button() in (Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton):
            self._pan_point = event.position()
            self._show_cursor()
        else:
            event.ignore()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._pan_point is not None:
            move = (event.position() - self._pan_point) * self.devicePixelRatioF()
            self._pan_point = event.position()
            self.pan(move.x(), move.y())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._pan_point = None
        self._show_cursor()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.toggle_fit(event.position())
        else:
            event.ignore()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        shortcuts = {
            Qt.Key.Key_Plus: self.zoom_in,
            Qt.Key.Key_Equal: self.zoom_in,
            Qt.Key.Key_Minus: self.zoom_out,
            Qt.Key.Key_0: self.fit,
            Qt.Key.Key_1: self.actual_size,
        }
        if event.key() in _ARROWS:
            step = _ARROWS[Qt.Key(event.key())] * _KEY_PAN * self.devicePixelRatioF()
            self.pan(step.x(), step.y())
        elif event.key() in shortcuts:
            shortcuts[Qt.Key(event.key())]()
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        if event.reason() not in _WINDOW_REASONS:
            self._focus_by_key = event.reason() in _KEYBOARD_REASONS
        super().focusInEvent(event)

    def _shows_focus(self) -> bool:
        return self._focus_by_key and self.hasFocus()

    def _cursor_shape(self) -> Qt.CursorShape:
        if self._picture_size().isEmpty() or not self._view.is_larger_than_pane:
            return Qt.CursorShape.ArrowCursor
        if self._pan_point is not None:
            return Qt.CursorShape.ClosedHandCursor
        return Qt.CursorShape.OpenHandCursor

    def _show_cursor(self) -> None:
        if self.cursor().shape() != self._cursor_shape():
            self.setCursor(self._cursor_shape())
