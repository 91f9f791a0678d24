"""A widget's look at a picture: fit, zoom and pan by wheel, pinch, pointer and keyboard."""

from dataclasses import replace

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

from studio.qt.compare.shared_view import SharedView
from studio.qt.compare.view_transform import Viewport, ViewTransform, next_zoom, stop_at_actual_size

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

    A subclass tells the panes and the size of the picture in each, and paints. Panes are in device
    pixels and all of one size; `zoom` is device pixels per image pixel.
    """

    zoom_changed = Signal(float)
    proxy_scale_changed = Signal(float)
    """The pictures should be rendered at other scales, the first one at this one.

    While the widget is being resized it is told only once it rests.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shared = SharedView(Viewport(QSize(1, 1)))
        self._announced = self._shared.viewport
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

    def _pictures(self) -> tuple[QSize, ...]:
        """Return the size of the picture in each pane, nothing while there is none."""
        raise NotImplementedError

    def _overlays(self) -> bool:
        """Return whether the panes are the same place."""
        return False

    # View

    @property
    def zoom(self) -> float:
        """Device pixels per pixel of the first picture."""
        views = self._shared.views
        return views[0].zoom if views else self._shared.viewport.zoom or 1.0

    @property
    def is_fit(self) -> bool:
        """Whether the whole pictures are kept in view when the widget changes its size."""
        return self._shared.viewport.zoom is None

    def viewport(self) -> Viewport:
        """Return how large pictures are shown."""
        return replace(self._shared.viewport, pane=self._panes()[0].size(), margin=self._margin())

    def fit(self) -> None:
        """Show the whole pictures, also after the widget has another size."""
        self._set_view(self._shared.fitted())
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
        if not self._pictures():
            return
        pane = self._shared.viewport.pane
        index, at = 0, QPointF(pane.width() / 2, pane.height() / 2)
        if anchor is not None:
            index, at = self._index_at(anchor), self._in_pane(anchor)
        self._set_view(self._shared.zoomed(zoom, at, index))
        self._announce_scale()

    def toggle_fit(self, anchor: QPointF | None = None) -> None:
        """Switch between the whole pictures and 100 %."""
        if self.is_fit:
            self.set_zoom(1.0, anchor)
        else:
            self.fit()

    def pan(self, right: float, down: float, at: QPointF | None = None) -> None:
        """Move the pictures by device pixels, as far as there is more of them to see.

        `at` (widget coordinates) tells which one is moved by just that much.
        """
        if self._pictures():
            index = 0 if at is None else self._index_at(at)
            self._set_view(self._shared.panned(QPointF(right, down), index))

    def needed_scale(self, full_size: QSize | None = None) -> float:
        """Return how large a proxy must be for the view, as a share (≤ 1) of the full picture.

        It is that of the first picture, unless another one's size is given.
        """
        if full_size is None:
            full_size = next(iter(self._pictures()), QSize())
        return 1.0 if full_size.isEmpty() else self.viewport().needed_scale(full_size)

    def to_picture(self, point: QPointF) -> QPointF:
        """Map a point of the widget to pixels of the full picture that is there."""
        return self._view_at(point).to_picture(self._in_pane(point))

    # Layout

    def _margin(self) -> int:
        return round(_FIT_MARGIN * self.devicePixelRatioF())

    def _lay_out(self) -> None:
        self._set_view(
            replace(
                self._shared,
                viewport=self.viewport(),
                pictures=self._pictures(),
                overlaid=self._overlays(),
            )
        )
        self.update()

    def _set_view(self, view: SharedView) -> None:
        zoom, before = self.zoom, self._shared
        self._shared = view
        self._show_cursor()
        if view != before:
            self.update()
        if self.zoom != zoom and view.pictures:
            self.zoom_changed.emit(self.zoom)

    def _announce_scale(self) -> None:
        self._rest.stop()
        pictures = self._pictures()
        if not pictures:
            return
        before, self._announced = self._announced, self.viewport()
        if any(before.needed_scale(p) != self._announced.needed_scale(p) for p in pictures):
            self.proxy_scale_changed.emit(self.needed_scale())

    def _logical(self, pane: QRect) -> QRectF:
        ratio = self.devicePixelRatioF()
        corner = QPointF(pane.topLeft()) / ratio
        return QRectF(corner.x(), corner.y(), pane.width() / ratio, pane.height() / ratio)

    def _index_at(self, point: QPointF) -> int:
        x = point.x() * self.devicePixelRatioF()
        lefts = [pane.left() for pane in self._panes()]
        return max((index for index, left in enumerate(lefts) if x >= left), default=0)

    def _in_pane(self, point: QPointF) -> QPointF:
        pane = self._panes()[self._index_at(point)]
        return point * self.devicePixelRatioF() - QPointF(pane.topLeft())

    def _view_at(self, point: QPointF) -> ViewTransform:
        return self._shared.views[self._index_at(point)]

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
        zoom = self._view_at(anchor).zoom if self._pictures() else self.zoom
        self.set_zoom(stop_at_actual_size(zoom, zoom * max(0.1, factor)), anchor)

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
            self.pan(move.x(), move.y(), event.position())

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
        if not self._shared.can_pan:
            return Qt.CursorShape.ArrowCursor
        if self._pan_point is not None:
            return Qt.CursorShape.ClosedHandCursor
        return Qt.CursorShape.OpenHandCursor

    def _show_cursor(self) -> None:
        if self.cursor().shape() != self._cursor_shape():
            self.setCursor(self._cursor_shape())
