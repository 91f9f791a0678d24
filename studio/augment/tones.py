"""Runs of steps on levels and colours: one lookup, one transform."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from studio.augment.image import Image
from studio.augment.operation import get
from studio.augment.plan import PlannedStep
from studio.augment.scratch import scratch


@lru_cache(maxsize=2)
def _identity(entries: int) -> NDArray[np.float64]:
    identity = np.linspace(0, 1, entries)
    identity.flags.writeable = False
    return identity


def apply_tables(image: Image, steps: Iterable[PlannedStep], result: Any) -> Image:
    """Return the image with every level looked up once, written into `result`; alpha is kept.

    Levels are clipped after each step and rounded at the end.
    """
    entries = 256 if image.dtype == np.uint8 else 65_536
    levels = _identity(entries)
    for step in steps:
        levels = get(step.op).function(levels, **step.values).clip(0, 1)
    table = np.rint(levels * (entries - 1)).astype(image.dtype)
    if image.ndim == 3 and image.shape[2] == 4:
        kept = np.arange(entries, dtype=image.dtype)
        table = np.stack([table, table, table, kept], axis=-1).reshape(1, entries, 4)
    return cast(Image, cv2.LUT(image, table, dst=result))


def apply_colours(image: Image, steps: Iterable[PlannedStep], result: Any) -> Image:
    """Return the image with every colour transformed once, written into `result`; alpha is kept.

    Colours are clipped and rounded at the end. Grey pictures have none, and stay.
    """
    if image.ndim == 2:
        return image
    matrix = np.eye(4)
    for step in steps:
        matrix = np.vstack([get(step.op).function(**step.values), [0, 0, 0, 1]]) @ matrix
    matrix[:3, 3] *= np.iinfo(image.dtype).max
    if np.array_equal(matrix, np.eye(4)):
        return image
    if image.shape[2] == 3:
        return cast(Image, cv2.transform(image, matrix[:3], dst=result))
    colours = scratch("colours", (*image.shape[:2], 3), image.dtype)
    cv2.cvtColor(image, cv2.COLOR_BGRA2BGR, dst=colours)
    # Four channels at once would take ten times as long.
    return with_alpha(cv2.transform(colours, matrix[:3], dst=colours), image, result)


def with_alpha(colours: Any, image: Image, result: Any) -> Image:
    """Write the colours (H, W, 3) and the alpha of a BGRA image into `result`, and return it."""
    cv2.mixChannels([colours, image], [result], [0, 0, 1, 1, 2, 2, 6, 3])
    return cast(Image, result)
