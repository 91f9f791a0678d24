"""Show again what a method made of one image's hidden pixels."""

from typing import Any, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from studio.augment.engine import Partner
from studio.augment.image import Image, Mask
from studio.dataset.library import Library
from studio.dataset.scoring.donors import find_pattern
from studio.dataset.scoring.methods import Method, fill
from studio.dataset.scoring.record import Scores
from studio.dataset.scoring.trial import prepare_trial


class RenderedFill(NamedTuple):
    """The pictures of one fill, all of one size; the first three of one shape and dtype.

    `holed` has 0 in every channel of what is hidden or missing. `difference` is (H, W) uint8: how
    far off the worst channel of a hidden pixel is, in levels of 255, and 0 elsewhere.
    """

    original: Image
    holed: Image
    filled: Image
    hidden: Mask
    difference: NDArray[np.uint8]


def render_fill(
    library: Library, scores: Scores, key: str, method: Method, *, partner: Partner | None = None
) -> RenderedFill:
    """Return the very pictures that were scored.

    KeyError for an image without scores; `ImageError` where it can no longer be read.
    """
    like = scores.row(key).like
    mask = find_pattern(library.store, like, scores.rules) if like not in ("", key) else None
    trial = prepare_trial(library.store, key, scores.rules, scores.pattern, scores.seed, mask)
    filled = fill(trial.holed, trial.unknown, method, key, scores.seed, partner)
    difference = _differ(trial.original, filled)
    difference[trial.hidden == 0] = 0
    return RenderedFill(trial.original, trial.holed, filled, trial.hidden, difference)


def _differ(original: Image, filled: Image) -> NDArray[np.uint8]:
    difference: Any = cv2.absdiff(original, filled)
    if difference.ndim == 3:
        difference = difference[:, :, :3].max(axis=2)
    if difference.dtype == np.uint16:
        difference = np.rint(difference / 257)
    worst: NDArray[np.uint8] = difference.astype(np.uint8)
    return worst
