"""The fill that suits the picture: several are tried on pixels of it that are known."""

from collections.abc import Mapping
from typing import Any, cast

import cv2
import numpy as np

from studio.augment.image import Mask
from studio.augment.missing.likeness import hide_alike
from studio.augment.missing.methods import list_methods
from studio.augment.operation import Filled, Frame, Kind, Value, all_operations, get, operation

_LEFT_OUT = ("fill_random", "fill_constant", "fill_patches", "fill_best")
"""What nobody would call a guess at the lost values, and what takes seconds."""


@operation("Missing values", title="Fill: chosen by trial")
def fill_best(image: Filled, missing: Mask, frame: Frame) -> Filled:
    """Fill by the method that does best on known pixels of the same picture.

    For data sets whose images lack different things: these are hidden in the pattern and size of
    the missing ones, filled by every method that is no chance and takes no seconds, and the one
    with the least squared error is taken.
    """
    hidden = hide_alike(missing, missing.shape, frame.random(), missing=missing)
    unknown = cast(Mask, cv2.bitwise_or(missing, hidden))
    methods = _methods()
    if hidden.any() and not unknown.all():
        errors = [_error(_run(method, image, unknown, frame), image, hidden) for method in methods]
        method = methods[int(np.argmin(errors))]
    else:
        method = methods[0]
    return cast(Filled, _run(method, image, missing, frame))


_Method = tuple[str, Mapping[str, Value]]


def _methods() -> list[_Method]:
    return [
        (fill.name, values)
        for fill in all_operations()
        if fill.kind is Kind.FILL and not fill.borrows and fill.name not in _LEFT_OUT
        for values in list_methods(fill)
    ]


def _run(method: _Method, image: Any, missing: Mask, frame: Frame) -> Any:
    name, values = method
    work = image.copy()
    filled = get(name).function(work, missing, frame, **values)
    if filled is not work:
        cv2.copyTo(filled, missing, work)
    return work


def _error(filled: Any, image: Any, hidden: Mask) -> float:
    return float(cv2.norm(filled, image, cv2.NORM_L2SQR, hidden))
