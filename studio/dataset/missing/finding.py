"""Which pixels of a data set's image are missing, by rules that look at it as its file holds it."""

from collections.abc import Hashable, Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

import cv2

from studio.augment.holes import is_fillable
from studio.augment.image import Image, Mask
from studio.augment.missing.rules import MissingRule, find_missing, get_rule
from studio.dataset.hashes import hash_bytes
from studio.dataset.reading.depth import scale_to_16_bit
from studio.dataset.reading.image_file import ImageError, Picture
from studio.dataset.store import Store


class FoundImage(NamedTuple):
    """An image, and the mask of its missing pixels, None where there are none.

    Where the file's numbers had to be scaled, the missing ones have no say in how.

    `mask_key` and `mask_hash` are those of the mask file that was read, "" where none was.
    """

    image: Image
    missing: Mask | None
    mask_hash: str = ""
    mask_key: str = ""


class _MaskFile(NamedTuple):
    key: str
    image: Image
    hash: str


def load_missing(store: Store, key: str, rules: Iterable[MissingRule]) -> FoundImage:
    """Return an image of the store and what of it the enabled rules find.

    `ImageError` names the image, or the mask file beside it, that cannot be read.
    """
    return find_in(store, key, store.read(key), rules)


def find_in(store: Store, key: str, picture: Picture, rules: Iterable[MissingRule]) -> FoundImage:
    """Return the same for an image that was decoded already; without enabled rules at no cost."""
    enabled = [rule for rule in rules if rule.enabled]
    if not enabled:
        return FoundImage(picture.pixels, None)
    mask = _read_mask(store, key, picture.pixels) if reads_mask_file(enabled) else None
    values = picture.pixels if picture.values is None else picture.values
    missing = find_missing(values, enabled, mask.image if mask else None)
    image = picture.pixels
    if picture.values is not None and is_fillable(missing):
        image, _ = scale_to_16_bit(picture.values, missing)
    return FoundImage(image, missing, mask.hash if mask else "", mask.key if mask else "")


def reads_mask_file(rules: Iterable[MissingRule]) -> bool:
    """Return whether an enabled rule looks at the mask file beside an image."""
    return any(rule.enabled and get_rule(rule.rule).reads_mask_file for rule in rules)


def find_stamp(store: Store, key: str, rules: Sequence[MissingRule]) -> Hashable:
    """Return what differs as soon as the image, or a mask file that is read, may be another one.

    `ImageError` where the image is gone.
    """
    stamp = store.stamp(key)
    if not reads_mask_file(rules):
        return stamp
    mask = store.mask_key(key)
    try:
        return stamp, mask, store.stamp(mask) if mask else None
    except ImageError:
        return stamp, "", None


def is_wholly_missing(missing: Mask | None) -> bool:
    """Return whether no pixel is known."""
    return missing is not None and cv2.countNonZero(missing) == missing.size


def require_known(place: Path, missing: Mask | None) -> None:
    """Raise `ImageError`, which names `place`, where every pixel is missing."""
    if is_wholly_missing(missing):
        raise ImageError(place, "is missing wholly; nothing is known to fill it from")


def describe_fault(store: Store, key: str, error: ImageError) -> str:
    """Return why an image cannot be used, as a phrase about it: its mask file may be to blame."""
    if error.path == store.place(key):
        return error.reason
    return f"has a mask file, {error.path.name}, which {error.reason}"


def _read_mask(store: Store, key: str, image: Image) -> _MaskFile | None:
    mask_key = store.mask_key(key)
    if not mask_key:
        return None
    content = store.content(mask_key)
    mask = store.decode(mask_key, content).pixels
    if mask.shape[:2] != image.shape[:2]:
        sizes = f"is {_size(mask)} pixels, its image {_size(image)}"
        raise ImageError(store.place(mask_key), f"{sizes}; make them the same size")
    return _MaskFile(mask_key, mask, hash_bytes(content))


def _size(image: Image) -> str:
    return f"{image.shape[1]} × {image.shape[0]}"
