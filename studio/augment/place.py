"""Where a run of geometric steps takes each pixel: one matrix, or one map, however many steps."""

from collections.abc import Callable
from typing import Any

import cv2

from studio.augment.detail import without_detail
from studio.augment.frame import Frame
from studio.augment.homography import IDENTITY, Homography, from_array, invert, multiply
from studio.augment.image import Image
from studio.augment.kinds import Kind, Reframed
from studio.augment.lattice import Floats, lattice, project
from studio.augment.operation import get
from studio.augment.plan import PlannedStep
from studio.augment.source import Border, Size, Source
from studio.augment.warp import warp_map, warp_matrix
from studio.errors import UserError

MOST_PIXELS = 250_000_000
LONGEST_SIDE = 32_766
_BORDERS = {
    "reflect": cv2.BORDER_REFLECT_101,
    "replicate": cv2.BORDER_REPLICATE,
    "constant": cv2.BORDER_CONSTANT,
    "wrap": cv2.BORDER_WRAP,
}

_Bend = Callable[[Floats, Floats], tuple[Floats, Floats]]


class Placement:
    """Gathers the matrices and fields of a run."""

    def __init__(self, size: Size, scale: float) -> None:
        self.size = size
        self._scale = scale
        self._matrix = IDENTITY
        self._parts: list[Homography | _Bend] = []
        self._has_field = False

    def add(self, step: PlannedStep) -> None:
        """Add the next step; UserError where the picture would be too large."""
        operation = get(step.op)
        frame = Frame(*self.size, self._scale, step.seed)
        if operation.kind is Kind.FIELD:
            self._has_field = True
            self._parts.append(lambda x, y: operation.function(x, y, frame, **step.values))
            return
        moved = operation.function(frame, **step.values)
        if isinstance(moved, Reframed):
            _check_size(moved)
            self.size = (moved.width, moved.height)
            moved = moved.matrix
        matrix = from_array(moved)
        self._matrix = multiply(matrix, self._matrix) if self._parts else matrix
        self._parts.append(matrix)

    def apply(self, source: Source, border: str, fill: float, result: Any) -> Image:
        """Return the picture resampled once, written into `result` where that helps."""
        outside = Border(_BORDERS[border], fill)
        if not self._has_field:
            return warp_matrix(source, self._matrix, self.size, outside, result)
        source, ratio = without_detail(source, self._matrix)
        x, y = lattice(self.size)
        for part in (ratio, *self._parts)[::-1]:
            x, y = part(x, y) if callable(part) else project(invert(part), x, y)
        return warp_map(source, x, y, self.size, outside, result)


def _check_size(moved: Reframed) -> None:
    width, height = moved.width, moved.height
    if max(width, height) > LONGEST_SIDE or width * height > MOST_PIXELS:
        raise UserError(
            f"the recipe makes a picture of {width} × {height} pixels, which is too large",
            "Pad or resize to less.",
        )
