"""Apply a plan to pixels. Neighbours of one kind fuse: one warp, one lookup."""

from collections.abc import Iterable
from functools import reduce
from itertools import groupby
from typing import Any, cast

import cv2
import numpy as np

from studio.augment import ops  # noqa: F401 (registers the operations)
from studio.augment.image import Image
from studio.augment.operation import Frame, Kind, get
from studio.augment.plan import Plan, PlannedStep
from studio.augment.warp import warp


def apply(plan: Plan, image: Image, *, scale: float = 1.0) -> Image:
    """Return the image as the plan says; the input is left as it is.

    Shape and dtype are kept. Nothing is random here: the same plan and pixels give the same
    bytes, in any thread. `scale` is the image's size relative to the full one, for previews on
    a proxy. Alpha moves with geometry and is otherwise kept.
    """
    result = image
    for kind, steps in groupby(plan.steps, key=lambda step: get(step.op).kind):
        if kind is Kind.MATRIX:
            result = _apply_matrices(result, steps, plan, scale)
        elif kind is Kind.TABLE:
            result = _apply_tables(result, steps, owned=result is not image)
        else:
            result = _apply_pixels(result, steps, scale, owned=result is not image)
    return result.copy() if result is image else result


def _frame(image: Image, step: PlannedStep, scale: float) -> Frame:
    height, width = image.shape[:2]
    return Frame(width, height, scale, step.seed)


def _apply_matrices(image: Image, steps: Iterable[PlannedStep], plan: Plan, scale: float) -> Image:
    matrices = (get(step.op).function(_frame(image, step, scale), **step.values) for step in steps)
    centred = reduce(lambda done, matrix: matrix @ done, matrices, np.eye(3))
    return warp(image, centred, plan.border, plan.fill)


def _apply_tables(image: Image, steps: Iterable[PlannedStep], *, owned: bool) -> Image:
    entries = 256 if image.dtype == np.uint8 else 65_536
    identity = np.linspace(0, 1, entries)
    levels = identity
    for step in steps:
        levels = get(step.op).function(levels, **step.values).clip(0, 1)
    table = np.rint(levels * (entries - 1)).astype(image.dtype)
    if image.ndim == 3 and image.shape[2] == 4:
        kept = np.arange(entries, dtype=image.dtype)
        table = np.stack([table, table, table, kept], axis=-1).reshape(1, entries, 4)
    return cast(Image, cv2.LUT(image, table, dst=image if owned else None))


def _apply_pixels(
    image: Image, steps: Iterable[PlannedStep], scale: float, *, owned: bool
) -> Image:
    alpha = image[..., 3] if image.ndim == 3 and image.shape[2] == 4 else None
    pixels: Any = image
    if alpha is not None:
        # Not ascontiguousarray, which takes a single pixel for contiguous and would not copy it.
        pixels = image[..., :3].copy()
    elif not owned:
        pixels = image.copy()
    for step in steps:
        pixels = get(step.op).function(pixels, _frame(image, step, scale), **step.values)
    return pixels if alpha is None else np.dstack([pixels, alpha])
