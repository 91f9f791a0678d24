"""What share of each image of a data set is missing."""

import os
import time
from collections.abc import Generator, Iterable, Mapping, Sequence
from functools import partial

import cv2
from msgspec import Struct

from studio.augment.missing.rules import MissingRule
from studio.dataset.exports.jobs import map_ahead
from studio.dataset.exports.workers import thread_workers
from studio.dataset.library import Library
from studio.dataset.missing.finding import describe_fault, load_missing
from studio.dataset.reading.image_file import ImageError
from studio.dataset.store import Store

_REPORT_SECONDS = 0.05


class Shares(Struct, frozen=True):
    """The share missing of each image, 0 to 1, by its key, and why others could not be read.

    A share of 1 is an image that is missing wholly.
    """

    shares: Mapping[str, float]
    reasons: Mapping[str, str]


class SharesReport(Struct, frozen=True):
    """How many images were measured, and what was found since the report before."""

    done: int
    total: int
    shares: Mapping[str, float]
    reasons: Mapping[str, str]


def measure_shares(
    library: Library,
    rules: Iterable[MissingRule],
    *,
    keys: Sequence[str] | None = None,
    workers: int = max(1, (os.cpu_count() or 1) // 2),
) -> Generator[SharesReport, None, Shares]:
    """Measure every image, or those of these keys, in threads; report about twenty times a second.

    The last report comes when all are done. Closing the generator stops the threads.
    """
    wanted = [image.key for image in library.images] if keys is None else keys
    found = _Found(len(wanted))
    measure = partial(_measure, library.store, tuple(rules))
    due = time.perf_counter() + _REPORT_SECONDS
    with thread_workers(workers) as executor:
        for key, result in zip(wanted, map_ahead(executor, measure, wanted), strict=True):
            found.add(key, result)
            if time.perf_counter() >= due:
                yield found.report()
                due = time.perf_counter() + _REPORT_SECONDS
    yield found.report()
    return Shares(found.shares, found.reasons)


def measure_share(store: Store, key: str, rules: Iterable[MissingRule]) -> float:
    """Return the share missing of one image, 0 to 1; `ImageError` where it cannot be read."""
    missing = load_missing(store, key, rules).missing
    return 0.0 if missing is None else cv2.countNonZero(missing) / missing.size


def _measure(store: Store, rules: Sequence[MissingRule], key: str) -> float | str:
    try:
        return measure_share(store, key, rules)
    except ImageError as error:
        return describe_fault(store, key, error)
    except MemoryError:
        return "is too large for this machine's memory"


class _Found:
    """What was found so far, and which of it nobody was told yet."""

    def __init__(self, total: int) -> None:
        self.shares: dict[str, float] = {}
        self.reasons: dict[str, str] = {}
        self._total = total
        self._new_shares: dict[str, float] = {}
        self._new_reasons: dict[str, str] = {}

    def add(self, key: str, result: float | str) -> None:
        if isinstance(result, str):
            self.reasons[key] = self._new_reasons[key] = result
        else:
            self.shares[key] = self._new_shares[key] = result

    def report(self) -> SharesReport:
        done = len(self.shares) + len(self.reasons)
        report = SharesReport(done, self._total, self._new_shares, self._new_reasons)
        self._new_shares, self._new_reasons = {}, {}
        return report
