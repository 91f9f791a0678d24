"""Tells what comes over and over from what is new, so that a flood leaves only a few lines."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import NamedTuple

QUIET = 5.0
"""Seconds without a thing after which it is news again."""
_MOST_KEYS = 500


class Repeat(NamedTuple):
    """How many times a thing came by now, and whether people should hear of it this time."""

    times: int
    is_news: bool

    @property
    def is_worth_a_line(self) -> bool:
        """Whether the log should say so: at 1, 10, 100, 1,000 times, and whenever it is news."""
        return self.is_news or str(self.times).strip("0") == "1"


class Repeats:
    """Counts things by their keys, on any thread; of all keys it knows the newest 500."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._seen: OrderedDict[Hashable, tuple[int, float]] = OrderedDict()
        # What is collected while this is held may have something to report itself.
        self._lock = threading.RLock()

    def note(self, key: Hashable) -> Repeat:
        """Count a thing once more."""
        now = self._clock()
        with self._lock:
            count, last = self._seen.pop(key, (0, now - QUIET))
            self._seen[key] = (count + 1, now)
            if len(self._seen) > _MOST_KEYS:
                self._seen.popitem(last=False)
        return Repeat(count + 1, now - last >= QUIET)
