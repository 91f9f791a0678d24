"""The mean image of a class, from which missing pixels of its images may be filled."""

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import NamedTuple, cast

import msgspec
import numpy as np
from numpy.typing import NDArray

from studio.augment.cover import cover
from studio.augment.holes import shrink_known
from studio.augment.image import Image, Mask
from studio.augment.missing.rules import MissingRule
from studio.dataset.hashes import hash_bytes
from studio.dataset.library import ImageRef
from studio.dataset.missing.finding import load_missing
from studio.dataset.reading.image_file import ImageError
from studio.dataset.reading.pixels import fit_inside, shrink, to_8_bit
from studio.dataset.store import Store

SIDE = 256
MOST_IMAGES = 200
_FEWEST_IMAGES = 32
_MOST_PIXELS = 250_000_000
_MOST_KEPT = 256


class ClassMean(NamedTuple):
    """A mean image, uint8, grey or BGR, and the hash of its pixels."""

    image: Image
    hash: str


@dataclass
class _Place:
    lock: Lock = field(default_factory=Lock)
    mean: ClassMean | None = None


class ClassMeans:
    """The means of the classes of some images, each made when it is first asked for.

    Images of one split and one class make up a mean. Any thread may ask. What changes on the disk
    later is not seen.
    """

    def __init__(self, store: Store, images: Iterable[ImageRef]) -> None:
        self._store = store
        self._classes: dict[str, tuple[str, str]] = {}
        self._members: dict[tuple[str, str], list[str]] = {}
        for image in sorted(images, key=lambda image: image.key):
            home = (image.split, image.class_name)
            self._classes[image.key] = home
            self._members.setdefault(home, []).append(image.key)
        self._places: OrderedDict[tuple[tuple[str, str], bytes], _Place] = OrderedDict()
        self._lock = Lock()

    def of(self, key: str, rules: Sequence[MissingRule]) -> ClassMean:
        """Return the mean of an image's class, without what is missing by these rules.

        `ImageError` where nothing is known to make it from.
        """
        home = self._classes.get(key)
        if home is None:
            raise ImageError(self._store.place(key), "is none of the images that have classes")
        place = self._place(home, rules)
        with place.lock:
            if place.mean is None:
                image = class_mean(self._store, self._members[home], rules)
                place.mean = ClassMean(image, _hash(image))
            return place.mean

    def _place(self, home: tuple[str, str], rules: Sequence[MissingRule]) -> _Place:
        known = (home, msgspec.json.encode(rules))
        with self._lock:
            place = self._places.setdefault(known, _Place())
            self._places.move_to_end(known)
            if len(self._places) > _MOST_KEPT:
                self._places.popitem(last=False)
        return place

    def __reduce__(self) -> tuple[type["ClassMeans"], tuple[Store, list[ImageRef]]]:
        images = [ImageRef(key, *home) for key, home in self._classes.items()]
        return ClassMeans, (self._store, images)


def class_mean(store: Store, keys: Sequence[str], rules: Sequence[MissingRule] = ()) -> Image:
    """Return the mean of images, each fitted to cover the one whose proportions are the median.

    uint8, grey where all are, otherwise BGR; at most `SIDE` a side. Of more than `MOST_IMAGES`, or
    fewer large ones, some are taken at equal distances. What the rules find in an image is not in
    the mean; where a pixel is missing in all, it has the mean colour. Images that cannot be read
    are left out. `ImageError` where nothing is left.
    """
    small = list(_load_small(store, _choose(store, keys), rules))
    if not small:
        place = store.place(keys[0]) if keys else Path()
        raise ImageError(place, "is of a class of which no image can be read")
    like = _make_like([image for image, _ in small])
    total = np.zeros((*like.shape[:2], like.size // (like.shape[0] * like.shape[1])), np.uint32)
    count = np.zeros((*like.shape[:2], 1), np.uint32)
    for image, missing in small:
        fitted = cover(image, like).reshape(total.shape)
        known = _find_known(missing, like)
        total += fitted * known
        count += known
    if not count.any():
        raise ImageError(store.place(keys[0]), "is of a class of which no pixel is known")
    level = total.sum(axis=(0, 1)) / count.sum()
    mean = np.where(count > 0, total / np.maximum(count, 1), level)
    return cast(Image, np.rint(mean).astype(np.uint8).reshape(like.shape))


def _hash(image: Image) -> str:
    return hash_bytes(repr(image.shape).encode() + image.tobytes())


def _choose(store: Store, keys: Sequence[str]) -> list[str]:
    most = MOST_IMAGES
    try:
        header = store.header(keys[0])
        most = max(_FEWEST_IMAGES, min(most, _MOST_PIXELS // (header.width * header.height)))
    except (ImageError, IndexError):
        pass
    count = min(most, len(keys))
    return [keys[number * len(keys) // count] for number in range(count)]


def _load_small(
    store: Store, keys: Iterable[str], rules: Sequence[MissingRule]
) -> Iterable[tuple[Image, Mask | None]]:
    looks = any(rule.enabled for rule in rules)
    for key in keys:
        try:
            yield _load_known(store, key, rules) if looks else (store.thumbnail(key, SIDE), None)
        except ImageError:
            continue


def _load_known(store: Store, key: str, rules: Sequence[MissingRule]) -> tuple[Image, Mask | None]:
    found = load_missing(store, key, rules)
    image = to_8_bit(found.image)
    height, width = image.shape[:2]
    sides = fit_inside(width, height, SIDE)
    if found.missing is None:
        return shrink(image, sides), None
    return shrink_known(image, found.missing, sides)


def _make_like(images: Sequence[Image]) -> Image:
    """Return pixels without meaning, of the shape that the mean is to have."""
    by_aspect = sorted(images, key=lambda image: image.shape[1] / image.shape[0])
    height, width = by_aspect[len(images) // 2].shape[:2]
    scale = max(max(image.shape[:2]) for image in images) / max(height, width)
    sides = max(1, round(height * scale)), max(1, round(width * scale))
    is_colour = any(image.ndim == 3 for image in images)
    return np.empty((*sides, 3) if is_colour else sides, np.uint8)


def _find_known(missing: Mask | None, like: Image) -> NDArray[np.bool_]:
    if missing is None:
        return np.ones((*like.shape[:2], 1), np.bool_)
    share = cover(missing, np.empty(like.shape[:2], np.uint8))
    known: NDArray[np.bool_] = (share == 0)[..., np.newaxis]
    return known
