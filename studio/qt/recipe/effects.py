"""Small pictures of what each operation does, made when they are looked at."""

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from PySide6.QtCore import QObject, QSize, Signal, Slot
from PySide6.QtGui import QImage

from studio.augment.engine import apply
from studio.augment.image import Image
from studio.augment.missing.example import example_mask
from studio.augment.operation import Kind, get
from studio.augment.plan import CLASS_MEAN, draw
from studio.augment.recipe import Recipe
from studio.dataset.reading.image_file import ImageError
from studio.dataset.sample import CLASSES
from studio.errors import UserError
from studio.qt.compare.sources import Source
from studio.qt.latest import Latest
from studio.qt.pixels import to_qimage

_BATCH = 6
_DRAWS = 6
_PARTNERS = 3
_KEPT = 4
_SAMPLES = ("mushroom", "sailboat", "fish", "house")


@dataclass(frozen=True)
class EffectRequest:
    """Pictures of some operations on an image, `size` in device pixels."""

    of: Hashable
    source: Source | None
    size: QSize
    ops: tuple[str, ...]


class EffectPictures(QObject):
    """Makes pictures off the GUI thread, those that were asked for last first, and keeps them."""

    changed = Signal()
    """There are more pictures than before."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._source: Source | None = None
        self._size = QSize()
        self._of: Hashable = None
        self._kept: OrderedDict[Hashable, dict[str, QImage | None]] = OrderedDict()
        self._latest = Latest(EffectRenderer().render, self)
        self._latest.ready.connect(self._keep)
        self._latest.failed.connect(self._give_up)

    def begin(self, source: Source | None, size: QSize) -> None:
        """Show operations on this image from now on, or on a sample where there is none."""
        self._source, self._size = source, size
        self._of = (_version(source), size.width(), size.height())
        self._kept.setdefault(self._of, {})
        self._kept.move_to_end(self._of)
        while len(self._kept) > _KEPT:
            self._kept.popitem(last=False)

    def picture(self, op: str) -> QImage | None:
        """Return the picture of an operation, None where there is none yet."""
        return self._kept.get(self._of, {}).get(op)

    def want(self, ops: Iterable[str]) -> None:
        """Ask for pictures; the ones that are there already cost nothing."""
        there = self._kept.get(self._of, {})
        missing = tuple(op for op in ops if op not in there)[:_BATCH]
        if missing:
            self._latest.request(EffectRequest(self._of, self._source, self._size, missing))

    def close(self) -> None:
        """End the thread."""
        self._latest.close()

    @Slot(object, object)
    def _keep(self, request: EffectRequest, pictures: dict[str, QImage | None]) -> None:
        if request.of in self._kept:
            self._kept[request.of].update(pictures)
            self.changed.emit()

    @Slot(object, object)
    def _give_up(self, request: EffectRequest, error: Exception) -> None:
        # The icon stays; the fault shows, with its details, once the operation is used.
        self._keep(request, dict.fromkeys(request.ops))


class EffectRenderer:
    """Draws the pictures, on any thread; keeps the image that it drew last."""

    def __init__(self) -> None:
        self._of: Hashable = None
        self._image: Any = None
        self._partners: dict[str, Image] = {}

    def render(self, request: EffectRequest) -> dict[str, QImage | None]:
        """Return the pictures asked for, None where an operation cannot be shown by itself."""
        if request.of != self._of:
            self._image, *partners = _load(request.source, request.size)
            self._partners = {str(number): image for number, image in enumerate(partners)}
            self._of = request.of
        return {op: self._picture(op) for op in request.ops}

    def _picture(self, op: str) -> QImage | None:
        recipe = Recipe().with_added(op)
        if recipe.steps[0].is_group:
            return None
        variants = range(1, 1 + (_DRAWS if get(op).kind is not Kind.FILL else 1))
        try:
            drawn = [self._apply(recipe, variant) for variant in variants]
        except (UserError, cv2.error):
            return None
        return to_qimage(max(drawn, key=self._change))

    def _apply(self, recipe: Recipe, variant: int) -> Image:
        plan = draw(recipe, "", variant, pool=("", *self._partners))
        missing = example_mask(*self._image.shape[:2]) if plan.fills else None
        return apply(plan, self._image, partner=self._partner, missing=missing)

    def _partner(self, key: str) -> Image:
        if key.startswith(CLASS_MEAN):
            return _mean([self._image, *self._partners.values()])
        return self._partners[key]

    def _change(self, picture: Image) -> float:
        if picture.shape != self._image.shape:
            return float(abs(self._image.size - picture.size))
        return float(cv2.norm(self._image, picture, cv2.NORM_L1))


def _version(source: Source | None) -> Hashable:
    if source is None:
        return None
    try:
        return (source.store, source.key, source.store.stamp(source.key))
    except ImageError:
        return (source.store, source.key)


def _load(source: Source | None, size: QSize) -> list[Image]:
    """Return the image and others to mix it with, all of one size."""
    if source is not None:
        read = _reader(max(size.width(), size.height()))
        try:
            images = [read(source), *map(read, _others(source))]
        except ImageError:
            pass
        else:
            while len(images) <= _PARTNERS:
                images.append(cv2.flip(images[-1], 1))  # type: ignore[arg-type]
            return [_cover(image, size) for image in images]
    drawn = (CLASSES[name](np.random.default_rng(1)).image() for name in _SAMPLES)
    return [_cover(image, size) for image in drawn]


def _mean(images: list[Image]) -> Image:
    mean: Image = np.mean(np.stack(images), axis=0).round().astype(np.uint8)
    return mean


def _reader(side: int) -> Callable[[Source], Image]:
    # Twice the size: what is cut off to cover the picture may be a half of it.
    return lambda source: source.store.thumbnail(source.key, 2 * side)


def _others(source: Source) -> list[Source]:
    images = source.library.images if source.library else ()
    step = max(1, len(images) // (_PARTNERS + 1))
    keys = [image.key for image in images[step::step] if image.key != source.key]
    return [Source(source.store, key) for key in keys[:_PARTNERS]]


def _cover(image: Image, size: QSize) -> Image:
    """Return the middle of an image as three channels of just this size."""
    pixels: Any = image if image.dtype == np.uint8 else cv2.convertScaleAbs(image, alpha=1 / 257)
    if pixels.ndim == 2:
        pixels = cv2.cvtColor(pixels, cv2.COLOR_GRAY2BGR)
    elif pixels.shape[2] == 4:
        pixels = cv2.cvtColor(pixels, cv2.COLOR_BGRA2BGR)
    height, width = pixels.shape[:2]
    share = min(width / size.width(), height / size.height())
    across, down = (
        max(1, round(size.width() * share)),
        max(1, round(size.height() * share)),
    )
    left, top = (width - across) // 2, (height - down) // 2
    cut = pixels[top : top + down, left : left + across]
    method = cv2.INTER_AREA if share > 1 else cv2.INTER_LINEAR
    covered: Image = cv2.resize(cut, (size.width(), size.height()), interpolation=method)
    return covered
