"""Which pixels of the shown image are missing, found on any thread and kept. No widgets here."""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field
from math import sqrt
from pathlib import Path

import cv2
import numpy as np
from msgspec.structs import replace
from PySide6.QtCore import QSize
from PySide6.QtGui import QImage

from studio.augment.holes import shrink_known
from studio.augment.image import Image, Mask
from studio.augment.missing.rules import MissingRule
from studio.dataset.missing.finding import find_in, reads_mask_file, require_known
from studio.dataset.reading.image_file import ImageError, Picture
from studio.dataset.store import Store
from studio.qt.compare.recent import Recent
from studio.qt.pixels import to_qimage

_BASE_PIXELS = 1_500_000


@dataclass(frozen=True)
class Found:
    """What the rules found in an image: `share` of its pixels, 0 to 1.

    `picture` is the image, scaled without what stands for no data where it had to be scaled.
    `version` names the image's version with that of the rules. `fault` says why it cannot be told,
    such as a mask file of another size; there is no mask then.
    """

    version: Hashable
    picture: Picture = field(repr=False)
    mask: Mask | None = field(repr=False)
    share: float
    fault: ImageError | None
    mask_stamp: Hashable


@dataclass(frozen=True)
class Shown:
    """What the window shows of it: a grey mask of the size of the shown original, None for none.

    `mask_stamp` is that of the mask file, None where there is none or no rule reads it.
    """

    mask: QImage | None
    share: float
    fault: str
    mask_stamp: Hashable


class MissingFinder:
    """Keeps what was found last, so that a drag of other steps finds nothing anew."""

    def __init__(self) -> None:
        self._found: Recent[Found] = Recent(3)
        self._shown: Recent[Shown] = Recent(2)
        self._known: Recent[tuple[Image, Mask]] = Recent(4)
        self._bases: Recent[tuple[Image, Mask]] = Recent(2)
        self._tiles: Recent[tuple[Image, Mask]] = Recent(8)

    def find(
        self,
        store: Store,
        key: str,
        version: Hashable,
        picture: Picture,
        rules: Iterable[MissingRule],
    ) -> Found | None:
        """Return what the enabled rules find in this version of an image, None without any."""
        enabled = tuple(rule for rule in rules if rule.enabled)
        if not enabled:
            return None
        names = tuple((rule.rule, *sorted(rule.params.items())) for rule in enabled)
        stamp = find_mask_stamp(store, key) if reads_mask_file(enabled) else None

        def make() -> Found:
            try:
                found = find_in(store, key, picture, enabled)
            except ImageError as error:
                return Found(whole, picture, None, 0.0, error, stamp)
            mask, scaled = found.missing, replace(picture, pixels=found.image)
            share = 0.0 if mask is None else cv2.countNonZero(mask) / mask.size
            return Found(whole, scaled, mask, share, None, stamp)

        whole = (version, names, stamp)
        return self._found.get(whole, make)

    def shown(self, found: Found, size: QSize) -> Shown:
        """Return what to show over an original of that size; the same object every time."""

        def make() -> Shown:
            fault = found.fault.message if found.fault else ""
            return Shown(_cover(found.mask, size), found.share, fault, found.mask_stamp)

        return self._shown.get((found.version, size.width(), size.height()), make)

    def known(
        self, image: Image, found: Found | None, sides: tuple[int, int], *, tile: bool = False
    ) -> tuple[Image, Mask] | None:
        """Return image and mask at a width and height, None where nothing is missing.

        What is known is not mixed there with what is missing.
        """
        if found is None or found.mask is None:
            return None
        mask, kept = found.mask, self._tiles if tile else self._known
        return kept.get(
            (found.version, sides),
            lambda: shrink_known(*self._base(image, mask, found, sides), sides),
        )

    def _base(
        self, image: Image, mask: Mask, found: Found, sides: tuple[int, int]
    ) -> tuple[Image, Mask]:
        """Return what a proxy is made from: all of the image only where less would not do.

        So a proxy of another size during a drag takes no time to speak of.
        """
        height, width = mask.shape
        scale = sqrt(_BASE_PIXELS / mask.size)
        base = (round(width * scale), round(height * scale))
        if scale >= 1 or sides[0] > base[0] or sides[1] > base[1]:
            return image, mask
        return self._bases.get(found.version, lambda: shrink_known(image, mask, base))


def find_mask_stamp(store: Store, key: str) -> Hashable:
    """Return what differs as soon as an image's mask file does, None where there is none."""
    try:
        mask = store.mask_key(key)
        return (mask, store.stamp(mask)) if mask else None
    except ImageError:
        return None


def why_not_filled(place: Path, found: Found | None) -> ImageError | None:
    """Return why an image's missing pixels cannot be filled, None where they can."""
    if found is None or found.fault is not None:
        return found.fault if found else None
    try:
        require_known(place, found.mask)
    except ImageError as error:
        return error
    return None


def _cover(mask: Mask | None, size: QSize) -> QImage | None:
    if mask is None:
        return None
    sides = (size.width(), size.height())
    if sides != (mask.shape[1], mask.shape[0]):
        # Whatever has a share of what is missing, so that single pixels and rows are seen.
        shares = cv2.resize(mask.astype(np.float32), sides, interpolation=cv2.INTER_AREA)
        mask = np.where(shares > 0, 255, 0).astype(np.uint8)
    return to_qimage(mask)
