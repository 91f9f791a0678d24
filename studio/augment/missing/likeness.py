"""Known pixels hidden in the pattern of missing ones, so that fills can be tried on them."""

from typing import Any, cast

import cv2
import numpy as np

from studio.augment.image import Mask

_TRIES = 16


def hide_alike(
    like: Mask, size: tuple[int, int], random: np.random.Generator, *, missing: Mask | None = None
) -> Mask:
    """Return a mask of known pixels in the same pattern and size as those that `like` misses.

    It is moved, round the edges, and perhaps mirrored; brought to the picture's height and width
    if it has another. What falls on missing pixels is left out. Of some draws that one is taken
    which hides most, but of what is known about half at most where that can be.
    """
    height, width = size
    if like.shape != size:
        like = cast(Mask, cv2.resize(like, (width, height), interpolation=cv2.INTER_NEAREST_EXACT))
    whole = cv2.countNonZero(like)
    known = height * width - (0 if missing is None else cv2.countNonZero(missing))
    best: Mask = np.zeros(size, np.uint8)
    most = -1
    for _ in range(_TRIES):
        hidden = only_known(_move(like, random), missing)
        covered = cv2.countNonZero(hidden)
        worth = min(covered, known - covered)
        if worth > most:
            best, most = hidden, worth
        if covered == whole:
            break
    return best


def only_known(hidden: Mask, missing: Mask | None) -> Mask:
    """Return what of a mask is not missing anyway."""
    if missing is None:
        return hidden
    return cast(Mask, cv2.bitwise_and(hidden, cv2.bitwise_not(missing)))


def _move(mask: Mask, random: np.random.Generator) -> Mask:
    down, across = (int(random.integers(length)) for length in mask.shape)
    moved: Any = np.roll(mask, (down, across), (0, 1))
    flips = random.integers(2, size=2)
    if flips[0]:
        moved = moved[::-1]
    if flips[1]:
        moved = moved[:, ::-1]
    return np.ascontiguousarray(moved)
