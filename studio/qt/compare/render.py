"""What the preview's threads do: draw, apply, bring to the screen's size. No widgets here."""

import time
from collections.abc import Hashable
from dataclasses import dataclass
from math import ceil, log2, sqrt
from typing import cast

import cv2
from PySide6.QtCore import QSize
from PySide6.QtGui import QImage

from studio.augment.engine import apply, result_size
from studio.augment.image import Image
from studio.augment.plan import Held, Plan, draw
from studio.augment.recipe import Recipe
from studio.errors import UserError
from studio.qt.compare.pace import reduced_scale
from studio.qt.compare.sources import Loaded, Source, Sources, scaled
from studio.qt.compare.view_transform import Viewport
from studio.qt.pixels import to_qimage

__all__ = ["RenderRequest", "Rendered", "Renderer", "Source", "StripRequest"]

_MOST_TILE_PIXELS = 3_000_000


@dataclass(frozen=True)
class RenderRequest:
    """One draw for a viewport, worked on with no more than about `most_pixels` of the source.

    None sets no limit.
    """

    source: Source
    recipe: Recipe
    variant: int
    held: Held | None
    viewport: Viewport
    most_pixels: float | None
    generation: int


@dataclass(frozen=True)
class Rendered:
    """The answer; `original` is the same object as before while nothing about it changed.

    `full_size` and `augmented_size` are those of the full pictures, of which the images may be
    proxies. `scale` is the share of the source's sides that was worked on; `is_coarse` says that
    it was less than the viewport needs. `seconds` is what drawing and applying took. `notices`
    are the source's, `stamp` is that of its file.
    """

    full_size: QSize
    augmented_size: QSize
    original: QImage
    augmented: QImage
    plan: Plan
    scale: float
    is_coarse: bool
    seconds: float
    notices: tuple[str, ...]
    stamp: Hashable

    @property
    def pixels(self) -> int:
        """How many pixels of the source were worked on."""
        return round(self.full_size.width() * self.full_size.height() * self.scale**2)


@dataclass(frozen=True)
class StripRequest:
    """The draws 1 to `count`, each to fit `tile` (device pixels)."""

    source: Source
    recipe: Recipe
    count: int
    tile: QSize
    generation: int


class Renderer:
    """Renders on any thread."""

    def __init__(self) -> None:
        self._sources = Sources()

    def render(self, request: RenderRequest) -> Rendered:
        """Return what a request asks for.

        UnreadableError where a file cannot be read, UserError where the plan is too much.
        """
        source, loaded = request.source, self._sources.load(request.source)
        height, width = loaded.image.shape[:2]
        full_size = QSize(width, height)
        original = self._sources.picture(loaded, request.viewport.needed_scale(full_size))
        pool = self._sources.pool(source, request.recipe)
        plan = draw(request.recipe, source.key, request.variant, held=request.held, pool=pool)
        augmented_size = QSize(*result_size(plan, width, height))
        wanted = request.viewport.needed_scale(augmented_size)
        scale = wanted
        if request.most_pixels is not None:
            scale = reduced_scale(wanted, width * height, request.most_pixels)
        proxy = self._sources.proxy(loaded, scale)
        partners = self._sources.partners(source, loaded, scale)
        # Loaded before the clock starts: the next request of a drag finds them in memory.
        for key in {key for step in plan.steps for key in step.partners} - {source.key}:
            partners(key)
        start = time.perf_counter()
        augmented = apply(plan, proxy, scale=scale, partner=partners)
        seconds = time.perf_counter() - start
        if scale < wanted < 1:
            augmented = _enlarge(augmented, augmented_size * wanted)
        return Rendered(
            full_size=full_size,
            augmented_size=augmented_size,
            original=original,
            augmented=to_qimage(augmented),
            plan=plan,
            scale=scale,
            is_coarse=scale < wanted,
            seconds=seconds,
            notices=loaded.notices,
            stamp=loaded.stamp,
        )

    def render_strip(self, request: StripRequest) -> list[QImage | None]:
        """Return small pictures of the first draws, None where there can be none.

        UnreadableError where the source itself cannot be read.
        """
        loaded = self._sources.load(request.source)
        pool = self._sources.pool(request.source, request.recipe)
        plans = (
            draw(request.recipe, request.source.key, variant, pool=pool)
            for variant in range(1, request.count + 1)
        )
        return [self._render_tile(request, loaded, plan) for plan in plans]

    def _render_tile(self, request: StripRequest, loaded: Loaded, plan: Plan) -> QImage | None:
        try:
            scale = _tile_scale(loaded.image, plan, request.tile)
            tile = self._sources.tile(loaded, scale)
            partners = self._sources.partners(request.source, loaded, scale)
            augmented = apply(plan, tile, scale=scale, partner=partners)
        except UserError:
            return None
        fit = _fit(augmented.shape[1], augmented.shape[0], request.tile)
        # A little too large is left to the painting, rather than resampled twice.
        return to_qimage(scaled(augmented, fit) if fit < 0.9 else augmented)


def _enlarge(image: Image, size: QSize) -> Image:
    # Here, as the window would do it more slowly, and with less of it to show.
    sides = (max(1, size.width()), max(1, size.height()))
    return cast(Image, cv2.resize(image, sides, interpolation=cv2.INTER_LINEAR))


def _fit(width: int, height: int, tile: QSize) -> float:
    return min(1.0, max(tile.width(), 1) / width, max(tile.height(), 1) / height)


def _tile_scale(image: Image, plan: Plan, tile: QSize) -> float:
    height, width = image.shape[:2]
    scale = _fit(width, height, tile)
    result = result_size(plan, width, height)
    if result == (width, height):
        return scale
    # In steps of half the pixels, so that there are few proxies to make.
    steps = ceil(2 * log2(_fit(*result, tile) / scale) - 1e-9)
    most = sqrt(_MOST_TILE_PIXELS / (width * height))
    return min(1.0, max(scale, most), scale * 2 ** (steps / 2))
