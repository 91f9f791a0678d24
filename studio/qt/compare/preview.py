"""Keeps canvas and strip showing the session's recipe on the chosen image."""

from collections.abc import Hashable

from PySide6.QtCore import QObject, QPoint, QSize, QTimer, Signal, Slot
from PySide6.QtGui import QImage

from studio.augment.plan import Plan
from studio.dataset.check import Verdict
from studio.dataset.missing.finding import reads_mask_file
from studio.errors import UserError
from studio.qt.compare.canvas import CompareCanvas
from studio.qt.compare.pace import Pace
from studio.qt.compare.render import Rendered, Renderer, RenderRequest, Source, StripRequest
from studio.qt.compare.sources import UnreadableError
from studio.qt.compare.strip import DrawStrip
from studio.qt.compare.watch import Watch
from studio.qt.latest import Latest
from studio.qt.missing.finder import Shown
from studio.qt.missing.pixel import Pixel, PixelRequest
from studio.qt.session import Session

_REST = 120
_STRIP_PAUSE = 150


class Preview(QObject):
    """Renders off the GUI thread, newest first.

    A view of the whole image is rendered on a proxy of just that size, a closer one at full size.
    Where that would be too slow for a slider, a smaller proxy stands in until the recipe rests.
    """

    plan_changed = Signal(object)
    """The Plan that is on the canvas, None while there is no picture."""

    unreadable = Signal(object)
    """The UnreadableError of the chosen image, or of one that was to be mixed with it."""

    judged = Signal(object)
    """The Verdict on an image that was read, or could not be."""

    folder_changed = Signal()
    """Files came to the chosen image's folder or went from it."""

    root_changed = Signal(str)
    """What became of the place of all images: "there", "gone" or "replaced"."""

    missing_changed = Signal(object)
    """The Shown missing pixels of the chosen image, None where no rule looks for any."""

    pixel_read = Signal(object)
    """The Pixel that was asked for."""

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
        self._variant = 1
        self._generation = 0
        self._shown: QImage | None = None
        self._plan: Plan | None = None
        self._stamp: Hashable = None
        self._missing: Shown | None = None
        self._mask_stamp: Hashable = None
        self._has_problem = False
        self._pace = Pace()
        self._scale = 1.0
        renderer = Renderer()
        self._quick = self._run(Latest(renderer.render, self), self._show_quick)
        self._full = self._run(Latest(renderer.render, self), self._show_full)
        self._tiles = self._run(Latest(renderer.render_strip, self), self._show_tiles)
        self._pixels = self._run(Latest(renderer.read_pixel, self), self._show_pixel)
        self._rest = _single_shot(self, _REST, self._refine)
        self._strip_pause = _single_shot(self, _STRIP_PAUSE, self._request_tiles)
        session.recipe_changed.connect(self.refresh)
        session.held_changed.connect(self._request)
        canvas.proxy_scale_changed.connect(self._request)
        canvas.painted.connect(self._tell_plan)
        strip.tile_size_changed.connect(self._queue_tiles)
        strip.selected.connect(self._choose_tile)
        self._watch = Watch(self)
        self._watch.image_seen.connect(self._follow_file)
        self._watch.mask_seen.connect(self._follow_mask)
        self._watch.folder_changed.connect(self.folder_changed)
        self._watch.root_changed.connect(self.root_changed)

    @property
    def variant(self) -> int:
        """Which draw is on the canvas, counted from 1 as an export does."""
        return self._variant

    @property
    def generation(self) -> int:
        """The number of the newest request; the canvas tells it when it is painted."""
        return self._generation

    @property
    def scale(self) -> float:
        """At which share of the full size the picture on the canvas was rendered."""
        return self._scale

    def show_image(self, source: Source | None) -> None:
        """Show another image, or none."""
        self._source = source
        self._shown = self._stamp = None
        self._has_problem = False
        self._watch.set_source(source)
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
        self._watch.set_at_mask(reads_mask_file(self._session.recipe.missing))

    @Slot(QPoint)
    def read_pixel(self, at: QPoint) -> None:
        """Read a pixel of the chosen image's file; `pixel_read` tells it."""
        if self._source is not None:
            self._pixels.request(PixelRequest(self._source, (at.x(), at.y())))

    def set_active(self, active: bool) -> None:
        """Follow changes of files, or not while nobody sees them."""
        self._watch.set_active(active)

    def retry(self) -> None:
        """Look anew at files on which the picture failed."""
        self._watch.look()
        if self._has_problem:
            self._request()

    def close(self) -> None:
        """End the threads."""
        self._watch.close()
        for latest in (self._quick, self._full, self._tiles, self._pixels):
            latest.close()

    def _run(self, latest: Latest, show: object) -> Latest:
        latest.ready.connect(show)
        latest.failed.connect(self._fail)
        return latest

    @Slot()
    def _request(self) -> None:
        if self._source is not None:
            self._rest.stop()
            self._generation += 1
            self._quick.request(self._build_request(self._source, self._pace.most_pixels()))

    def _build_request(self, source: Source, most_pixels: float | None) -> RenderRequest:
        return RenderRequest(
            source=source,
            recipe=self._session.recipe,
            variant=self._variant,
            held=self._session.held,
            viewport=self._canvas.viewport(),
            most_pixels=most_pixels,
            generation=self._generation,
        )

    @Slot(object, object)
    def _show_quick(self, request: RenderRequest, rendered: Rendered) -> None:
        if request.source != self._source:
            return
        self._pace.note(rendered.pixels, rendered.seconds)
        self._show(request, rendered)
        self._canvas.set_detail(self.tr("rendering in full …") if rendered.is_coarse else "")
        if rendered.is_coarse and request.generation == self._generation:
            self._rest.start()

    @Slot(object, object)
    def _show_full(self, request: RenderRequest, rendered: Rendered) -> None:
        if request.source == self._source and request.generation == self._generation:
            self._show(request, rendered)
            self._canvas.set_detail("")

    def _show(self, request: RenderRequest, rendered: Rendered) -> None:
        is_new = rendered.original is not self._shown
        if is_new:
            self._shown = rendered.original
            self._canvas.set_original(rendered.original, rendered.full_size)
        self._canvas.set_draw_caption(self.tr("draw {number}").format(number=request.variant))
        self._plan = rendered.plan
        self._scale = rendered.scale
        self._stamp = rendered.stamp
        self._has_problem = rendered.problem is not None
        if rendered.problem is None:
            self._canvas.set_augmented(
                rendered.augmented, rendered.augmented_size, generation=request.generation
            )
        else:
            self._canvas.show_no_result(rendered.problem.path.name, rendered.problem.reason)
            self._tell_plan()
        self._show_missing(rendered.missing)
        if is_new:
            key = request.source.key
            self.judged.emit(Verdict(key, "", rendered.notices, rendered.stamp))

    def _show_missing(self, missing: Shown | None) -> None:
        self._canvas.set_missing(missing.mask if missing else None)
        if missing is not self._missing:
            self._missing = missing
            self._mask_stamp = missing.mask_stamp if missing else None
            self.missing_changed.emit(missing)

    @Slot(object, object)
    def _show_pixel(self, request: PixelRequest, pixel: Pixel) -> None:
        if request.source is self._source:
            self.pixel_read.emit(pixel)

    @Slot(object, object)
    def _follow_mask(self, source: Source, stamp: Hashable) -> None:
        if source is self._source and self._missing is not None and stamp != self._mask_stamp:
            self._mask_stamp = stamp
            self.refresh()

    @Slot(object, object)
    def _follow_file(self, source: Source, stamp: Hashable) -> None:
        is_seen = self._shown is not None or self._has_problem
        if source is self._source and is_seen and stamp != self._stamp:
            # Noted before it is read, so that a file that cannot be is not tried all the time.
            self._stamp = stamp
            self.refresh()

    @Slot()
    def _tell_plan(self) -> None:
        # After the picture is on the screen: nothing else may come between it and a slider.
        self.plan_changed.emit(self._plan)

    @Slot()
    def _refine(self) -> None:
        if self._source is not None:
            self._full.request(self._build_request(self._source, None))

    @Slot()
    def _queue_tiles(self) -> None:
        # Once the recipe rests: until then the picture needs the processor for itself.
        self._strip_pause.start()

    @Slot()
    def _request_tiles(self) -> None:
        if self._source is not None:
            count, tile = self._strip.count(), self._strip.tile_size()
            self._tiles.request(
                StripRequest(self._source, self._session.recipe, count, tile, self._generation)
            )

    @Slot(object, object)
    def _show_tiles(self, request: StripRequest, tiles: list[QImage | None]) -> None:
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
    def _fail(self, request: RenderRequest | StripRequest | PixelRequest, error: Exception) -> None:
        if request.source != self._source:
            return
        if not isinstance(error, UserError):
            self.failed.emit(error)
        elif isinstance(request, RenderRequest):
            self._show_problem(request.source, error)

    def _show_problem(self, source: Source, error: UserError) -> None:
        self._clear_canvas()
        self._has_problem = True
        if not isinstance(error, UnreadableError):
            self._canvas.show_problem(error.message, error.hint)
            return
        reason = error.reason
        if error.key == source.key:
            self._strip.clear()
            self._stamp = error.stamp
        else:
            reason = self.tr("{reason}; it was to be mixed in here").format(reason=reason)
        self._canvas.show_problem(error.path.name, reason)
        self.unreadable.emit(error)
        self.judged.emit(Verdict(error.key, error.reason, None, error.stamp))

    def _clear(self) -> None:
        self._clear_canvas()
        self._strip.clear()

    def _clear_canvas(self) -> None:
        self._shown = None
        self._rest.stop()
        self._canvas.set_original(None, QSize())
        self._canvas.set_augmented(None)
        self._show_missing(None)
        self.plan_changed.emit(None)


def _single_shot(parent: QObject, interval: int, slot: object) -> QTimer:
    timer = QTimer(parent, interval=interval, singleShot=True)
    timer.timeout.connect(slot)
    return timer
