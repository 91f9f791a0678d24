"""What the preview's threads read: images, proxies of them, and the partners of a mix."""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from PySide6.QtGui import QImage

from studio.augment.image import Image
from studio.augment.missing.rules import MissingRule
from studio.augment.plan import CLASS_MEAN
from studio.augment.recipe import Recipe
from studio.dataset.exports.mixing import mixes, mixing_pools
from studio.dataset.library import Library
from studio.dataset.missing.class_mean import ClassMeans
from studio.dataset.reading.image_file import ImageError, Picture
from studio.dataset.reading.pixels import shrink
from studio.dataset.store import Store
from studio.errors import UserError
from studio.qt.compare.recent import Recent
from studio.qt.pixels import to_qimage

_PARTNER_BYTES = 96 * 2**20
_SMALL_PARTNER_BYTES = 48 * 2**20


@dataclass(frozen=True)
class Source:
    """An image to render: where it is, its key in plans, and what it may be mixed with."""

    store: Store
    key: str
    split: str = ""
    library: Library | None = field(default=None, compare=False)


class UnreadableError(ImageError):
    """An image of a store that cannot be read, by its key; `stamp` is None for one that is gone."""

    def __init__(self, store: Store, key: str, reason: str, stamp: Hashable) -> None:
        super().__init__(store.place(key), reason)
        self.key = key
        self.stamp = stamp


@dataclass(frozen=True)
class Loaded:
    """A source's picture, and a name for just this version of it."""

    version: Hashable
    picture: Picture
    stamp: Hashable

    @property
    def image(self) -> Image:
        return self.picture.pixels

    @property
    def notices(self) -> tuple[str, ...]:
        return self.picture.notices


class Sources:
    """Reads on any thread; keeps what was used last, so that a drag loads nothing."""

    def __init__(self) -> None:
        self._images: Recent[Picture] = Recent(2)
        self._proxies: Recent[Image] = Recent(4)
        self._tiles: Recent[Image] = Recent(8)
        self._shown: Recent[QImage] = Recent(2)
        self._partners: Recent[Image] = Recent(_PARTNER_BYTES, _bytes_of)
        self._small_partners: Recent[Image] = Recent(_SMALL_PARTNER_BYTES, _bytes_of)
        self._pools: Recent[tuple[Library, dict[str, tuple[str, ...]]]] = Recent(1)
        self._means: Recent[tuple[Library, ClassMeans]] = Recent(1)

    def load(self, source: Source) -> Loaded:
        """Return a source's pixels; UnreadableError where the file cannot be read."""
        store, key = source.store, source.key
        # A file that was replaced is another version, and never shown from memory.
        stamp = _find_stamp(store, key)
        version = (store, key, stamp)
        picture = self._images.get(version, lambda: _read(store, key, stamp))
        return Loaded(version, picture, stamp)

    def proxy(self, loaded: Loaded, scale: float) -> Image:
        """Return the pixels at a share of their size."""
        key = (loaded.version, scale)
        return self._proxies.get(key, lambda: scaled(loaded.image, scale))

    def tile(self, loaded: Loaded, scale: float) -> Image:
        """Return the pixels at the small scale of a tile."""
        key = (loaded.version, scale)
        return self._tiles.get(key, lambda: scaled(loaded.image, scale))

    def picture(self, loaded: Loaded, scale: float) -> QImage:
        """Return the image to be shown at a share of its size; the same object every time."""
        key = (loaded.version, scale)
        return self._shown.get(key, lambda: to_qimage(self.proxy(loaded, scale)))

    def pool(self, source: Source, recipe: Recipe) -> tuple[str, ...]:
        """Return the keys of the images that a recipe may mix in: those of the source's split."""
        library = source.library
        if library is None or not mixes(recipe):
            return ()
        # The library is kept along, so that no other one gets its number.
        _, pools = self._pools.get(id(library), lambda: (library, mixing_pools(library.images)))
        return pools.get(source.split, ())

    def partners(
        self, source: Source, loaded: Loaded, scale: float, rules: Sequence[MissingRule]
    ) -> Callable[[str], Image]:
        """Return what loads partners by key for an image at `scale`, no larger than it needs.

        What the rules find is not in the mean of a class. It raises UnreadableError for a partner
        that cannot be read.
        """
        height, width = loaded.image.shape[:2]

        def load(key: str) -> Image:
            if key.startswith(CLASS_MEAN):
                return self._class_mean(source.library, key.removeprefix(CLASS_MEAN), rules)
            stamp = _find_stamp(source.store, key)
            version = (source.store, key, stamp)
            partner = partial(self._load_partner, version, source.store, key, stamp)
            if scale >= 1:
                return partner()
            return self._small_partners.get_apart(
                (version, width, height, scale),
                lambda: _cover(partner(), width * scale, height * scale),
            )

        return load

    def _class_mean(self, library: Library | None, key: str, rules: Sequence[MissingRule]) -> Image:
        if library is None:
            raise UserError("There is no data set whose classes have means")
        # The library is kept along, so that no other one gets its number.
        make = partial(_gather_means, library)
        return self._means.get(id(library), make)[1].of(key, rules).image

    def _load_partner(self, version: Hashable, store: Store, key: str, stamp: Hashable) -> Image:
        return self._partners.get_apart(version, lambda: _read(store, key, stamp).pixels)


def scaled(image: Image, scale: float) -> Image:
    """Return an image at a share of its size."""
    return image if scale >= 1 else shrink(image, sides_at(image, scale))


def sides_at(image: Image, scale: float) -> tuple[int, int]:
    """Return the width and height of an image at a share (≤ 1) of its size."""
    height, width = image.shape[:2]
    return max(1, round(width * scale)), max(1, round(height * scale))


def _cover(image: Image, width: float, height: float) -> Image:
    return scaled(image, max(width / image.shape[1], height / image.shape[0]))


def _gather_means(library: Library) -> tuple[Library, ClassMeans]:
    return library, ClassMeans(library.store, library.images)


def _find_stamp(store: Store, key: str) -> Hashable:
    try:
        return store.stamp(key)
    except ImageError as error:
        raise UnreadableError(store, key, error.reason, None) from error


def _read(store: Store, key: str, stamp: Hashable) -> Picture:
    try:
        return store.read(key)
    except ImageError as error:
        raise UnreadableError(store, key, error.reason, stamp) from error


def _bytes_of(image: Any) -> int:
    return int(image.nbytes)
