"""Picks the quickest of several functions that do the same, by trying each where it matters."""

import time
from collections.abc import Callable
from typing import Any

_TRIES = 2
"""The first call of a function compiles it; the last one is measured."""


class Fastest:
    """Calls the functions in turn at first, then only the one that took least."""

    def __init__(self, *functions: Callable[..., Any]) -> None:
        self._functions = functions
        self._seconds: list[float] = []

    def __call__(self, amount: int, *arguments: Any) -> Any:
        """Return what a function does with the arguments: an `amount` of work, done on return."""
        tried = len(self._seconds)
        if len(self._functions) == 1 or tried == _TRIES * len(self._functions):
            return self._functions[self.chosen](*arguments)
        start = time.perf_counter()
        result = self._functions[tried // _TRIES](*arguments)
        self._seconds.append((time.perf_counter() - start) / amount)
        return result

    @property
    def chosen(self) -> int:
        """The number of the quickest function, as far as is known."""
        measured = self._seconds[_TRIES - 1 :: _TRIES]
        return measured.index(min(measured)) if measured else 0
