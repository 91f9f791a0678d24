"""Working memory that is used again: fresh pages for every picture cost as much as the work."""

import threading
from math import prod
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

_MOST_SPARE = 4


class _Memory(threading.local):
    def __init__(self) -> None:
        self.named: dict[str, NDArray[np.uint8]] = {}
        self.spare: list[NDArray[np.uint8]] = []


_memory = _Memory()


def scratch(name: str, shape: tuple[int, ...], dtype: DTypeLike) -> NDArray[Any]:
    """Return this thread's array of that name, with whatever was in it.

    For what nobody keeps: the next call of the same name in the same thread overwrites it.
    """
    named = _memory.named
    size = prod(shape) * np.dtype(dtype).itemsize
    if name not in named or named[name].size < size:
        named[name] = np.empty(size, np.uint8)
    return named[name][:size].view(dtype).reshape(shape)


class Loan:
    """Arrays that are the holder's until it gives them back, to be lent again in that thread."""

    def __init__(self) -> None:
        self._lent: list[NDArray[np.uint8]] = []

    def borrow(self, shape: tuple[int, ...], dtype: DTypeLike) -> NDArray[Any]:
        """Return an array with whatever was in it."""
        size = prod(shape) * np.dtype(dtype).itemsize
        fitting = [array for array in _memory.spare if size <= array.size <= 4 * size]
        if fitting:
            memory = min(fitting, key=len)
            _memory.spare = [array for array in _memory.spare if array is not memory]
        else:
            memory = np.empty(size, np.uint8)
        self._lent.append(memory)
        return memory[:size].view(dtype).reshape(shape)

    def give_back(self) -> None:
        """Give all arrays back; nothing may use them from here on."""
        _memory.spare = [*self._lent, *_memory.spare][:_MOST_SPARE]
        self._lent = []
