"""Floats, signed and long integers brought to 16 bit by one rule."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from studio.augment.image import Image, Mask

_MOST = 65_535
_VALUES_AT_ONCE = 2**20


def scale_to_16_bit(values: NDArray[Any], missing: Mask | None = None) -> tuple[Image, str]:
    """Return numbers of any real type as uint16 of the same shape, and a phrase that says how.

    Floats whose finite values all lie within 0..1 are multiplied by 65535. Everything else is
    stretched from its lowest finite value, which becomes 0, to its highest, which becomes 65535; a
    flat image becomes 0. Not-a-number and infinities become 0. A fourth channel is alpha: floats
    are multiplied by 65535, integers divided by their type's maximum, and cut off at both ends.
    What `missing` tells has no say in the range: a level such as -9999 that stands for no data
    would leave the others next to no contrast.
    """
    colours = values[..., :3] if values.ndim == 3 else values
    low, high, lost = _find_range(colours, missing)
    is_float = values.dtype.kind == "f"
    is_unit = is_float and low >= 0 and high <= 1
    first, last = (0.0, 1.0) if is_unit else (low, high)
    result = np.empty(values.shape, np.uint16)
    for rows in _find_blocks(values):
        result[rows] = _stretch(values[rows], first, last)
        if values.ndim == 3 and values.shape[2] == 4:
            most = 1.0 if is_float else float(np.iinfo(values.dtype).max)
            result[rows][..., 3] = _stretch(values[rows][..., 3], 0.0, most)
    return result, _describe(values.dtype, low, high, is_unit, lost)


def _find_blocks(values: NDArray[Any]) -> Iterator[slice]:
    step = max(1, _VALUES_AT_ONCE // max(1, values[0].size))
    for start in range(0, len(values), step):
        yield slice(start, start + step)


def _find_range(values: NDArray[Any], missing: Mask | None) -> tuple[float, float, int]:
    low, high, lost = np.inf, -np.inf, 0
    for rows in _find_blocks(values):
        block = values[rows]
        is_finite = np.isfinite(block)
        lost += block.size - int(np.count_nonzero(is_finite))
        if missing is not None:
            is_known = missing[rows] == 0
            is_finite &= is_known if values.ndim == 2 else is_known[..., np.newaxis]
        finite = block[is_finite]
        if finite.size:
            low, high = min(low, float(finite.min())), max(high, float(finite.max()))
    return (low, high, lost) if low <= high else (0.0, 0.0, lost)


def _stretch(values: NDArray[Any], low: float, high: float) -> NDArray[np.uint16]:
    # Some of the numbers that stand for none are reported as soon as they are touched.
    with np.errstate(invalid="ignore"):
        exact = values.astype(np.float64)
    exact[~np.isfinite(exact)] = low
    # Halved, so that the span of the widest floats is finite.
    span = high / 2 - low / 2
    share = (exact / 2 - low / 2) / span if span > 0 else np.zeros(exact.shape)
    return np.rint(np.clip(share, 0, 1) * _MOST).astype(np.uint16)


def _describe(dtype: Any, low: float, high: float, is_unit: bool, lost: int) -> str:
    signed = "signed " if dtype.kind == "i" else ""
    what = "float pixels" if dtype.kind == "f" else f"{signed}{dtype.itemsize * 8}-bit pixels"
    if is_unit:
        how = "; 0 … 1 became 0 … 65535 of 16 bit"
    elif low == high:
        how = f" that are all {low:.6g}; they became 0"
    else:
        how = f"; {low:.6g} … {high:.6g} became 0 … 65535 of 16 bit"
    return f"has {what}{how}" + (f", and {lost} that are not finite became 0" if lost else "")
