"""What fills may borrow from an image's class while some of its own pixels are hidden."""

from functools import lru_cache

import numpy as np

from studio.augment.engine import Partner
from studio.augment.image import Image
from studio.augment.missing.rules import MissingRule
from studio.augment.plan import CLASS_MEAN
from studio.dataset.library import Library
from studio.dataset.missing.class_mean import class_mean
from studio.dataset.reading.image_file import ImageError

_MOST_KEPT = 8


def borrow_from_classes(library: Library, rules: tuple[MissingRule, ...]) -> Partner:
    """Return what gives the mean of the other images of an image's class and split.

    The image itself is left out: its hidden pixels would be known from the mean. One that is alone
    in its class borrows an even picture, as it does in an export.
    """
    homes = {image.key: (image.split, image.class_name) for image in library.images}
    members: dict[tuple[str, str], list[str]] = {}
    for key, home in homes.items():
        members.setdefault(home, []).append(key)

    @lru_cache(_MOST_KEPT)
    def lend(key: str) -> Image:
        own = key.removeprefix(CLASS_MEAN)
        others = [other for other in members[homes[own]] if other != own]
        try:
            return class_mean(library.store, others, rules)
        except ImageError:
            return np.zeros((1, 1), np.uint8)

    return lend
