"""Runs of steps on levels and colours: one lookup, one transform."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from studio.augment.image import Image
from studio.augment.look_up import look_up
from studio.augment.operation import get
from studio.augment.plan import PlannedStep
from studio.augment.scratch import scratch

_SAME = np.eye(3, 4)


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
    return look_up(image, np.rint(levels * (entries - 1)).astype(image.dtype), result)


def apply_colours(image: Image, steps: Iterable[PlannedStep], result: Any) -> Image:
    """Return the image with every colour transformed once, written into `result`; alpha is kept.

    Colours are clipped and rounded at the end. Grey pictures have none, and stay.
    """
    if image.ndim == 2:
        return image
    matrix = _compose([get(step.op).function(**step.values) for step in steps])
    matrix[:, 3] *= np.iinfo(image.dtype).max
    if (matrix == _SAME).all():
        return image
    if image.shape[2] == 3:
        return cast(Image, cv2.transform(image, matrix, dst=result))
    colours = scratch("colours", (*image.shape[:2], 3), image.dtype)
    cv2.cvtColor(image, cv2.COLOR_BGRA2BGR, dst=colours)
    # Four channels at once would take ten times as long.
    return with_alpha(cv2.transform(colours, matrix, dst=colours), image, result)


def _compose(matrices: list[NDArray[np.float64]]) -> NDArray[np.float64]:
    composed = matrices[0].copy()
    for matrix in matrices[1:]:
        composed = matrix[:, :3] @ composed
        composed[:, 3] += matrix[:, 3]
    return composed


def with_alpha(colours: Any, image: Image, result: Any) -> Image:
    """Write the colours (H, W, 3) and the alpha of a BGRA image into `result`, and return it."""
    cv2.mixChannels([colours, image], [result], [0, 0, 1, 1, 2, 2, 6, 3])
    return cast(Image, result)
