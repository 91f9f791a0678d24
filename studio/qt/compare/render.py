"""What the preview's threads do: load, shrink, draw, apply. No widgets here."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar, cast

import cv2
from PySide6.QtCore import QSize
from PySide6.QtGui import QImage

from studio.augment.engine import apply
from studio.augment.image import Image
from studio.augment.plan import Held, Plan, draw
from studio.augment.recipe import Recipe
from studio.dataset.image_file import ImageError, read_image
from studio.qt.pixels import to_qimage

_Result = TypeVar("_Result")


@dataclass(frozen=True)
class Source:
    """An image to render: its file, and its key in plans."""

    path: Path
    key: str


@dataclass(frozen=True)
class RenderRequest:
    """One augmented picture, worked on at `scale` and returned at `shown_scale` of the full size.

    A `scale` of None asks for the full size alone, for those who must know it to say the scale.
    """

    source: Source
    recipe: Recipe
    variant: int
    held: Held | None
    scale: float | None
    shown_scale: float
    generation: int


@dataclass(frozen=True)
class Rendered:
    """The answer; `original` is the same object as before while nothing about it changed.

    `seconds` is what drawing and applying took.
    """

    full_size: QSize
    original: QImage | None = None
    augmented: QImage | None = None
    plan: Plan | None = None
    seconds: float = 0.0


@dataclass(frozen=True)
class StripRequest:
    """The draws 1 to `count`, each to fit `tile` (device pixels)."""

    source: Source
    recipe: Recipe
    count: int
    tile: QSize
    generation: int


class Renderer:
    """Renders on any thread; keeps the last sources and proxies, so that a drag loads nothing."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._sources = _Recent(2)
        self._proxies = _Recent(4)

    def render(self, request: RenderRequest) -> Rendered:
        """Return what a request asks for; ImageError where the file cannot be read."""
        version, image = self._load(request.source)
        full_size = QSize(image.shape[1], image.shape[0])
        if request.scale is None:
            return Rendered(full_size)
        _, original = self._proxy(version, image, request.shown_scale)
        proxy, _ = self._proxy(version, image, request.scale)
        start = time.perf_counter()
        plan = draw(request.recipe, request.source.key, request.variant, held=request.held)
        augmented = apply(plan, proxy, scale=request.scale)
        seconds = time.perf_counter() - start
        if request.scale < request.shown_scale < 1:
            # Enlarged here, as the window would do it more slowly, and with less of it to show.
            size = (original.width(), original.height())
            augmented = cast(Image, cv2.resize(augmented, size, interpolation=cv2.INTER_LINEAR))
        return Rendered(full_size, original, to_qimage(augmented), plan, seconds)

    def render_strip(self, request: StripRequest) -> list[QImage]:
        """Return small pictures of the first draws; ImageError where the file cannot be read."""
        version, image = self._load(request.source)
        height, width = image.shape[:2]
        tile = request.tile
        scale = min(1.0, max(tile.width(), 1) / width, max(tile.height(), 1) / height)
        proxy, _ = self._proxy(version, image, scale)
        plans = (
            draw(request.recipe, request.source.key, variant)
            for variant in range(1, request.count + 1)
        )
        return [to_qimage(apply(plan, proxy, scale=scale)) for plan in plans]

    def _load(self, source: Source) -> tuple[Hashable, Image]:
        try:
            stat = source.path.stat()
        except OSError:
            raise ImageError(source.path, "is no longer there") from None
        # A file that was replaced is another version, and never shown from memory.
        version = (source.path, stat.st_mtime_ns, stat.st_size)
        with self._lock:
            return version, self._sources.get(version, lambda: read_image(source.path))

    def _proxy(self, version: Hashable, image: Image, scale: float) -> tuple[Image, QImage]:
        with self._lock:
            return self._proxies.get((version, scale), lambda: _shrink(image, scale))


def _shrink(image: Image, scale: float) -> tuple[Image, QImage]:
    if scale < 1:
        height, width = image.shape[:2]
        size = (max(1, round(width * scale)), max(1, round(height * scale)))
        image = cast(Image, cv2.resize(image, size, interpolation=cv2.INTER_AREA))
    return image, to_qimage(image)


class _Recent:
    """The few results that were used last."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._results: OrderedDict[Hashable, Any] = OrderedDict()

    def get(self, key: Hashable, make: Callable[[], _Result]) -> _Result:
        if key not in self._results:
            self._results[key] = make()
            if len(self._results) > self._size:
                self._results.popitem(last=False)
        self._results.move_to_end(key)
        return cast(_Result, self._results[key])
