"""A picture of any numbers looked at a few rows at a time, which stay in the processor's cache."""

from collections.abc import Callable, Iterator, Sequence
from math import ceil, floor
from typing import Any

import numpy as np
from numpy.typing import NDArray

_PIECE = 1 << 16

Values = NDArray[Any]
"""(H, W), (H, W, 3) BGR or (H, W, 4) BGRA of any dtype of numbers."""

Found = NDArray[np.bool_]
"""(H, W), true where a pixel is missing."""


def full_scale(values: Values) -> float:
    """Return what 255 in an 8-bit picture is in this one."""
    if values.dtype.kind != "f":
        return float(np.iinfo(values.dtype).max)
    is_beyond = (((part > 1) & (part < np.inf)).any() for _, part in pieces(values))
    return 255.0 if any(is_beyond) else 1.0


def as_bound(values: Values, whole: Callable[[float], int], bound: float) -> float:
    """Return a bound to compare values with, rounded as said where they are whole numbers."""
    return bound if values.dtype.kind == "f" else whole(bound)


def within(values: Values, ranges: Sequence[tuple[float, float]]) -> Found:
    """Return where blue, green and red are within their ranges; a grey level is all three."""
    ends = [_representable(values.dtype, low, high) for low, high in ranges]
    if values.ndim == 2:
        ends = [(max(low for low, _ in ends), min(high for _, high in ends))]
    if any(low > high for low, high in ends):
        return np.zeros(values.shape[:2], np.bool_)
    # As long as a row: comparing three numbers at a time takes ten times as long.
    row = values.shape[1:]
    lows, highs = (
        np.ascontiguousarray(np.broadcast_to(np.resize(bounds, row[1:]), row))
        for bounds in np.array(ends, values.dtype).T
    )
    return look(values, lambda part: every_channel((part >= lows) & (part <= highs)))


def _representable(dtype: np.dtype[Any], low: float, high: float) -> tuple[float, float]:
    """Return the ends of a range as finite values of the dtype, low above high if it has none."""
    if dtype.kind != "f":
        whole = np.iinfo(dtype)
        return max(ceil(low), int(whole.min)), min(floor(high), int(whole.max))
    limits = np.finfo(dtype)
    with np.errstate(over="ignore"):
        low, high = (float(dtype.type(end)) for end in (low, high))
    return max(low, float(limits.min)), min(high, float(limits.max))


def colours_of(values: Values) -> Values:
    return values[..., :3] if values.ndim == 3 else values


def look(values: Values, test: Callable[[Values], Found]) -> Found:
    """Return what a test of a few rows at a time tells of all."""
    found = np.empty(values.shape[:2], np.bool_)
    for top, part in pieces(values):
        found[top : top + len(part)] = test(part)
    return found


def pieces(values: Values) -> Iterator[tuple[int, Values]]:
    rows = max(1, _PIECE * len(values) // max(1, values.size))
    for top in range(0, len(values), rows):
        yield top, values[top : top + rows]


def every_channel(tests: NDArray[np.bool_]) -> Found:
    """Return where all colour channels pass."""
    if tests.ndim == 2:
        return tests
    found: Found = tests[..., 0] & tests[..., 1] & tests[..., 2]
    return found


def any_channel(tests: NDArray[np.bool_]) -> Found:
    """Return where any of the channels passes."""
    if tests.ndim == 2:
        return tests
    found = tests[..., 0].copy()
    for channel in range(1, tests.shape[2]):
        found |= tests[..., channel]
    return found
