"""Working memory that is used again: fresh pages for every picture cost as much as the work."""

import threading
from math import prod
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

_local = threading.local()


def scratch(name: str, shape: tuple[int, ...], dtype: DTypeLike) -> NDArray[Any]:
    """Return this thread's array of that name, with whatever was in it.

    For what nobody keeps: the next call of the same name in the same thread overwrites it.
    """
    kept: dict[str, NDArray[np.uint8]] = _local.__dict__
    size = prod(shape) * np.dtype(dtype).itemsize
    if name not in kept or kept[name].size < size:
        kept[name] = np.empty(size, np.uint8)
    return kept[name][:size].view(dtype).reshape(shape)
