"""One image with some of its known pixels hidden: the same ones whenever it is prepared."""

from collections.abc import Iterable
from typing import NamedTuple, cast

import cv2

from studio.augment.dice import Dice
from studio.augment.frame import Frame
from studio.augment.holes import join
from studio.augment.image import Image, Mask
from studio.augment.missing.rules import MissingRule
from studio.dataset.missing.finding import is_wholly_missing, load_missing
from studio.dataset.reading.image_file import ImageError
from studio.dataset.scoring.hiding import Pattern, hide
from studio.dataset.store import Store

_LEAST_KNOWN = 0.01


class Trial(NamedTuple):
    """What is compared: `original`, of which `missing` was never known and `hidden` is hidden."""

    key: str
    original: Image
    missing: Mask | None
    hidden: Mask

    @property
    def unknown(self) -> Mask:
        """Which pixels a fill does not know: the missing and the hidden ones."""
        return cast(Mask, join((self.missing, self.hidden)))

    @property
    def holed(self) -> Image:
        """Return the picture that is to be filled: 0 in every channel of what is not known."""
        known = cv2.bitwise_not(self.unknown)
        return cast(Image, cv2.copyTo(self.original, known))

    @property
    def share(self) -> float:
        """Return how much of the picture is hidden, in percent."""
        return 100 * cv2.countNonZero(self.hidden) / self.hidden.size


def prepare_trial(
    store: Store,
    key: str,
    rules: Iterable[MissingRule],
    pattern: Pattern,
    seed: int,
    like: Mask | None = None,
) -> Trial:
    """Return an image with pixels hidden as the pattern says and the seed draws.

    `like` is what a pattern "missing" copies for an image that misses nothing. `ImageError` for
    an image that cannot be read, is missing wholly, or is too little known to hide more of it.
    """
    found = load_missing(store, key, rules)
    image, missing = found.image, found.missing
    if is_wholly_missing(missing):
        raise ImageError(store.place(key), "is missing wholly; there is nothing to compare with")
    height, width = image.shape[:2]
    frame = Frame(width, height, seed=Dice(f"{seed}\0{key}\0hidden").word())
    copied = like if missing is None else missing
    hidden = hide(pattern, (height, width), frame.random(), missing=missing, like=copied)
    trial = Trial(key, image, missing, hidden)
    left = trial.unknown.size - cv2.countNonZero(trial.unknown)
    if not hidden.any() or left < max(1, _LEAST_KNOWN * hidden.size):
        raise ImageError(store.place(key), "has too few known pixels to hide some of them")
    return trial
