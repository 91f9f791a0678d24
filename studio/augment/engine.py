"""Apply a plan to pixels. Neighbours of one kind fuse: one warp, one lookup."""

from collections.abc import Callable, Iterable
from functools import reduce
from itertools import groupby
from typing import Any, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from studio.augment import ops  # noqa: F401 (registers the operations)
from studio.augment.image import Image
from studio.augment.operation import Frame, Kind, get
from studio.augment.plan import Plan, PlannedStep

_BORDERS = {
    "reflect": cv2.BORDER_REFLECT_101,
    "replicate": cv2.BORDER_REPLICATE,
    "constant": cv2.BORDER_CONSTANT,
    "wrap": cv2.BORDER_WRAP,
}
_EXACT = 1e-9
_SMALLEST = 1 / 256


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
            result = _apply_tables(result, steps)
        else:
            result = _apply_pixels(result, steps, scale, owned=result is not image)
    return result.copy() if result is image else result


def _frame(image: Image, step: PlannedStep, scale: float) -> Frame:
    height, width = image.shape[:2]
    return Frame(width, height, scale, step.seed)


def _apply_matrices(image: Image, steps: Iterable[PlannedStep], plan: Plan, scale: float) -> Image:
    matrices = (get(step.op).function(_frame(image, step, scale), **step.values) for step in steps)
    centred = reduce(lambda done, matrix: matrix @ done, matrices, np.eye(3))
    flip = _as_flip(centred)
    if flip is not None:
        return flip(image)
    centred = _keep_visible(centred)
    height, width = image.shape[:2]
    x, y = (width - 1) / 2, (height - 1) / 2
    centre = np.array([[1, 0, x], [0, 1, y], [0, 0, 1]])
    uncentre = np.array([[1, 0, -x], [0, 1, -y], [0, 0, 1]])
    fill = plan.fill * (257 if image.dtype == np.uint16 else 1)
    # An outside that is made up must not count as picture: there a constant border is transparent.
    return cast(
        Image,
        cv2.warpAffine(
            image,
            (centre @ centred @ uncentre)[:2],
            (width, height),
            flags=cv2.INTER_LINEAR,
            borderMode=_BORDERS[plan.border],
            borderValue=(fill, fill, fill, 0),
        ),
    )


def _keep_visible(centred: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the matrix, enlarged where its steps together shrink the content to almost nothing.

    A reflecting border is found by going back and forth, once for every copy of the content that
    lies between: many steps that each shrink would take hours to draw a uniform grey.
    """
    smallest = np.linalg.svd(centred[:2, :2], compute_uv=False)[-1]
    if smallest >= _SMALLEST:
        return centred
    enlarge = _SMALLEST / smallest
    return np.diag([enlarge, enlarge, 1.0]) @ centred


def _as_flip(centred: NDArray[np.float64]) -> Callable[[Image], Image] | None:
    """Return a way that copies pixels instead of resampling them, where the matrix allows it."""
    mirror = np.sign(np.diag(centred))
    if np.abs(centred - np.diag(mirror)).max() > _EXACT:
        return None
    if mirror[0] > 0 and mirror[1] > 0:
        return lambda image: image
    code = {(-1, 1): 1, (1, -1): 0, (-1, -1): -1}[int(mirror[0]), int(mirror[1])]
    return lambda image: cast(Image, cv2.flip(image, code))


def _apply_tables(image: Image, steps: Iterable[PlannedStep]) -> Image:
    entries = 256 if image.dtype == np.uint8 else 65_536
    identity = np.linspace(0, 1, entries)
    levels = identity
    for step in steps:
        levels = get(step.op).function(levels, **step.values).clip(0, 1)
    table = np.rint(levels * (entries - 1)).astype(image.dtype)
    if image.ndim == 3 and image.shape[2] == 4:
        kept = np.arange(entries, dtype=image.dtype)
        table = np.stack([table, table, table, kept], axis=-1).reshape(1, entries, 4)
    return cast(Image, cv2.LUT(image, table))


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
