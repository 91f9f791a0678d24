"""What the preview's threads do: draw, apply, bring to the screen's size. No widgets here."""

import time
from collections.abc import Hashable
from dataclasses import dataclass, replace
from math import ceil, log2, sqrt
from typing import cast

import cv2
import msgspec
from PySide6.QtCore import QSize
from PySide6.QtGui import QImage

from studio.augment.engine import apply, result_size
from studio.augment.image import Image, Mask
from studio.augment.plan import Held, Plan, draw
from studio.augment.recipe import Recipe
from studio.dataset.reading.image_file import ImageError
from studio.errors import UserError
from studio.qt.compare.pace import reduced_scale
from studio.qt.compare.recent import Recent
from studio.qt.compare.sources import Loaded, Source, Sources, scaled, sides_at
from studio.qt.compare.view_transform import Viewport
from studio.qt.missing.finder import Found, MissingFinder, Shown, why_not_filled
from studio.qt.missing.pixel import Pixel, PixelRequest, read_pixel
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

    `missing` is what the recipe's rules found, None where it has none. `problem` says why there is
    nothing to show beside the original: `augmented` is empty then.
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
    missing: Shown | None = None
    problem: ImageError | None = None

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
        self._finder = MissingFinder()
        self._filled: Recent[Image] = Recent(4)

    def render(self, request: RenderRequest) -> Rendered:
        """Return what a request asks for.

        UnreadableError where a file cannot be read, UserError where the plan is too much.
        """
        source = request.source
        loaded, found = self._load(source, request.recipe)
        height, width = loaded.image.shape[:2]
        full_size = QSize(width, height)
        original = self._sources.picture(loaded, request.viewport.needed_scale(full_size))
        pool = self._sources.pool(source, request.recipe)
        plan = draw(request.recipe, source.key, request.variant, held=request.held, pool=pool)
        problem = why_not_filled(source.store.place(source.key), found) if plan.fills else None
        augmented_size = QSize(*result_size(plan, width, height))
        wanted = request.viewport.needed_scale(augmented_size)
        scale = wanted
        if request.most_pixels is not None:
            scale = reduced_scale(wanted, width * height, request.most_pixels)
        augmented, seconds = QImage(), 0.0
        if problem is None:
            pixels, seconds = self._augment(request, loaded, found, plan, scale)
            if scale < wanted < 1:
                pixels = _enlarge(pixels, augmented_size * wanted)
            augmented = to_qimage(pixels)
        return Rendered(
            full_size=full_size,
            augmented_size=augmented_size,
            original=original,
            augmented=augmented,
            plan=plan,
            scale=scale,
            is_coarse=problem is None and scale < wanted,
            seconds=seconds,
            notices=loaded.notices,
            stamp=loaded.stamp,
            missing=self._finder.shown(found, original.size()) if found else None,
            problem=problem,
        )

    def render_strip(self, request: StripRequest) -> list[QImage | None]:
        """Return small pictures of the first draws, None where there can be none.

        UnreadableError where the source itself cannot be read.
        """
        source = request.source
        loaded, found = self._load(source, request.recipe)
        pool = self._sources.pool(source, request.recipe)
        plans = (
            draw(request.recipe, source.key, variant, pool=pool)
            for variant in range(1, request.count + 1)
        )
        return [self._render_tile(request, loaded, found, plan) for plan in plans]

    def read_pixel(self, request: PixelRequest) -> Pixel:
        """Return what a source's file has at one of its pixels."""
        picture = self._sources.load(request.source).picture
        values = picture.pixels if picture.values is None else picture.values
        return read_pixel(values, request.at)

    def _load(self, source: Source, recipe: Recipe) -> tuple[Loaded, Found | None]:
        """Return a source, and what the recipe's rules find in it, None where it has none."""
        loaded = self._sources.load(source)
        found = self._finder.find(
            source.store, source.key, loaded.version, loaded.picture, recipe.missing
        )
        if found is not None and found.picture.pixels is not loaded.image:
            # Scaled otherwise, it is another picture to everything that is kept of it.
            loaded = replace(loaded, version=found.version, picture=found.picture)
        return loaded, found

    def _augment(
        self, request: RenderRequest, loaded: Loaded, found: Found | None, plan: Plan, scale: float
    ) -> tuple[Image, float]:
        """Return the picture, and the seconds that it takes while the same handle is dragged."""
        source, held = request.source, request.held
        proxy, missing = self._shrink(loaded, found, plan, scale)
        partners = self._sources.partners(source, loaded, scale, plan.missing)
        # Loaded before the clock starts: the next request of a drag finds them in memory.
        for key in {key for step in plan.steps for key in step.partners} - {source.key}:
            partners(key)
        start = time.perf_counter()
        parts = plan.split_after_fills()
        if parts:
            fills, plan = parts
            version = found.version if found else loaded.version
            made_by = (version, scale, msgspec.json.encode(fills))
            image, holes = proxy, missing
            proxy = self._filled.get_apart(
                made_by, lambda: apply(fills, image, scale=scale, partner=partners, missing=holes)
            )
            missing = None
            if held is None or fills.step(held.step) is None:
                # From here on it is there, whatever is done to the steps behind.
                start = time.perf_counter()
        augmented = apply(plan, proxy, scale=scale, partner=partners, missing=missing)
        return augmented, time.perf_counter() - start

    def _shrink(
        self, loaded: Loaded, found: Found | None, plan: Plan, scale: float, *, tile: bool = False
    ) -> tuple[Image, Mask | None]:
        """Return the pixels at a share of their size, and which of them the plan is to fill."""
        sides = sides_at(loaded.image, scale)
        known = self._finder.known(loaded.image, found, sides, tile=tile) if plan.fills else None
        if known is not None:
            return known
        shrink = self._sources.tile if tile else self._sources.proxy
        return shrink(loaded, scale), None

    def _render_tile(
        self, request: StripRequest, loaded: Loaded, found: Found | None, plan: Plan
    ) -> QImage | None:
        source = request.source
        if plan.fills and why_not_filled(source.store.place(source.key), found):
            return None
        try:
            scale = _tile_scale(loaded.image, plan, request.tile)
            tile, missing = self._shrink(loaded, found, plan, scale, tile=True)
            partners = self._sources.partners(source, loaded, scale, plan.missing)
            augmented = apply(plan, tile, scale=scale, partner=partners, missing=missing)
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
