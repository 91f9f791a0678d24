"""Keeps canvas and strip showing the session's recipe on the chosen image."""

from math import sqrt

from PySide6.QtCore import QObject, QSize, QTimer, Signal, Slot
from PySide6.QtGui import QImage

from studio.dataset.image_file import ImageError
from studio.qt.canvas import CompareCanvas
from studio.qt.latest import Latest
from studio.qt.render import Rendered, Renderer, RenderRequest, Source, StripRequest
from studio.qt.session import Session
from studio.qt.strip import DrawStrip

_QUICK_PIXELS = 800_000
"""What renders well within a frame; a larger view is first shown from a proxy of this size."""
_REST = 120
_STRIP_PAUSE = 80


class Preview(QObject):
    """Renders off the GUI thread, newest first.

    A view of the whole image is rendered on a proxy of just that size. Zoomed in, a large image
    is rendered quickly on a proxy, and at full size as soon as the recipe rests.
    """

    plan_changed = Signal(object)
    """The Plan that is on the canvas, None while there is no picture."""

    unreadable = Signal(object)
    """The ImageError of the chosen image."""

    failed = Signal(object)
    """An exception that is nobody's fault but ours."""

    def __init__(
        self, session: Session, canvas: CompareCanvas, strip: DrawStrip, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._canvas = canvas
        self._strip = strip
        self._source: Source | None = None
        self._full_size: QSize | None = None
        self._variant = 1
        self._generation = 0
        self._shown: QImage | None = None
        renderer = Renderer()
        self._quick = self._run(Latest(renderer.render, self), self._show)
        self._full = self._run(Latest(renderer.render, self), self._show)
        self._tiles = self._run(Latest(renderer.render_strip, self), self._show_tiles)
        self._rest = _single_shot(self, _REST, self._refine)
        self._strip_pause = _single_shot(self, _STRIP_PAUSE, self._request_tiles)
        session.recipe_changed.connect(self.refresh)
        session.held_changed.connect(self._request)
        canvas.proxy_scale_changed.connect(self._request)
        strip.tile_size_changed.connect(self._queue_tiles)
        strip.selected.connect(self._choose_tile)

    @property
    def variant(self) -> int:
        """Which draw is on the canvas, counted from 1 as an export does."""
        return self._variant

    @property
    def generation(self) -> int:
        """The number of the newest request; the canvas tells it when it is painted."""
        return self._generation

    def show_image(self, source: Source | None) -> None:
        """Show another image, or none."""
        self._source = source
        self._full_size = None
        self._shown = None
        if source is None:
            self._clear()
        self.refresh()

    @Slot(int)
    def set_variant(self, variant: int) -> None:
        """Show another draw of the same recipe."""
        self._variant = max(1, variant)
        self._select_tile()
        self._request()

    @Slot()
    def previous_draw(self) -> None:
        """Show the draw before."""
        self.set_variant(self._variant - 1)

    @Slot()
    def next_draw(self) -> None:
        """Show the draw after."""
        self.set_variant(self._variant + 1)

    @Slot()
    def refresh(self) -> None:
        """Render canvas and strip anew."""
        self._request()
        self._queue_tiles()

    def close(self) -> None:
        """End the threads."""
        for latest in (self._quick, self._full, self._tiles):
            latest.close()

    def _run(self, latest: Latest, show: object) -> Latest:
        latest.ready.connect(show)
        latest.failed.connect(self._fail)
        return latest

    @Slot()
    def _request(self) -> None:
        if self._source is None:
            return
        self._rest.stop()
        self._generation += 1
        self._quick.request(self._render_request(self._quick_scale()))

    def _render_request(self, scale: float | None) -> RenderRequest:
        assert self._source is not None
        session = self._session
        return RenderRequest(
            self._source, session.recipe, self._variant, session.held, scale, self._generation
        )

    def _quick_scale(self) -> float | None:
        if self._full_size is None:
            return None
        needed = self._canvas.needed_scale(self._full_size)
        pixels = self._full_size.width() * self._full_size.height()
        return needed if needed < 1 or pixels <= 2 * _QUICK_PIXELS else sqrt(_QUICK_PIXELS / pixels)

    @Slot(object, object)
    def _show(self, request: RenderRequest, rendered: Rendered) -> None:
        if request.source != self._source:
            return
        if request.scale is None:
            self._full_size = rendered.full_size
            self._request()
            return
        is_last = request.generation == self._generation
        if request.scale == 1 and not is_last:
            return
        if rendered.original is not self._shown:
            self._shown = rendered.original
            self._canvas.set_original(rendered.original, rendered.full_size)
        self._canvas.set_draw_caption(self.tr("draw {number}").format(number=request.variant))
        self._canvas.set_augmented(
            rendered.augmented, rendered.full_size, generation=request.generation
        )
        self.plan_changed.emit(rendered.plan)
        is_coarse = request.scale < self._canvas.needed_scale(rendered.full_size)
        self._canvas.set_detail(self.tr("rendering at full size …") if is_coarse else "")
        if is_coarse and is_last:
            self._rest.start()

    @Slot()
    def _refine(self) -> None:
        if self._source is not None:
            self._full.request(self._render_request(1.0))

    @Slot()
    def _queue_tiles(self) -> None:
        # A pause that is not begun anew: during a drag the strip follows, but at a slower pace.
        if not self._strip_pause.isActive():
            self._strip_pause.start()

    @Slot()
    def _request_tiles(self) -> None:
        if self._source is not None:
            count, tile = self._strip.count(), self._strip.tile_size()
            self._tiles.request(
                StripRequest(self._source, self._session.recipe, count, tile, self._generation)
            )

    @Slot(object, object)
    def _show_tiles(self, request: StripRequest, tiles: list[QImage]) -> None:
        if request.source == self._source:
            for index, tile in enumerate(tiles):
                self._strip.set_tile(index, tile)
            self._select_tile()

    def _select_tile(self) -> None:
        self._strip.select(self._variant - 1 if self._variant <= self._strip.count() else -1)

    @Slot(int)
    def _choose_tile(self, index: int) -> None:
        self.set_variant(index + 1)

    @Slot(object, object)
    def _fail(self, request: RenderRequest | StripRequest, error: Exception) -> None:
        if request.source != self._source:
            return
        if not isinstance(error, ImageError):
            self.failed.emit(error)
        elif isinstance(request, RenderRequest):
            self._clear()
            self._canvas.show_problem(request.source.path.name, error.reason)
            self.unreadable.emit(error)

    def _clear(self) -> None:
        self._shown = None
        self._full_size = None
        self._rest.stop()
        self._canvas.set_original(None, QSize())
        self._canvas.set_augmented(None)
        self._strip.clear()
        self.plan_changed.emit(None)


def _single_shot(parent: QObject, interval: int, slot: object) -> QTimer:
    timer = QTimer(parent, interval=interval, singleShot=True)
    timer.timeout.connect(slot)
    return timer
