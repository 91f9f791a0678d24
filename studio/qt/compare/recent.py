"""The results that were used last, from any thread."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

_Result = TypeVar("_Result")


class Recent(Generic[_Result]):
    """Keeps results while their costs are within `limit`, by default so many of them.

    The newest one is kept whatever it costs.
    """

    def __init__(self, limit: int, cost: Callable[[_Result], int] = lambda result: 1) -> None:
        self._limit = limit
        self._cost = cost
        self._total = 0
        self._lock = threading.RLock()
        self._results: OrderedDict[Hashable, _Result] = OrderedDict()

    def get(self, key: Hashable, make: Callable[[], _Result]) -> _Result:
        """Return a result, made now if it is not there; others wait for it meanwhile."""
        with self._lock:
            if key not in self._results:
                self._add(key, make())
            self._results.move_to_end(key)
            return self._results[key]

    def get_apart(self, key: Hashable, make: Callable[[], _Result]) -> _Result:
        """Return a result, made now if it is not there; others go on meanwhile."""
        with self._lock:
            if key in self._results:
                self._results.move_to_end(key)
                return self._results[key]
        result = make()
        with self._lock:
            if key not in self._results:
                self._add(key, result)
        return result

    def _add(self, key: Hashable, result: _Result) -> None:
        self._results[key] = result
        self._total += self._cost(result)
        while self._total > self._limit and len(self._results) > 1:
            self._total -= self._cost(self._results.popitem(last=False)[1])
