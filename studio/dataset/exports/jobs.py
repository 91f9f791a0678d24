"""Spreading work over workers, with results in the order of the work."""

from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import Executor, Future, wait
from contextlib import AbstractContextManager, suppress
from itertools import islice
from typing import TypeVar

from studio.dataset.exports.copies import Item, Order
from studio.dataset.exports.making import Done, Job, make_copies
from studio.dataset.exports.record import ExportReport, Record
from studio.dataset.exports.workers import process_workers, thread_workers
from studio.dataset.reading.image_file import ImageError
from studio.dataset.store import Store

_JOBS_AHEAD = 32
_MANY_FILES = 4000
_SMALL = 128 * 128
_LOOKED_AT = 16
_Work = TypeVar("_Work")
_Result = TypeVar("_Result")


def choose_workers(
    order: Order, items: Sequence[Item], count: int, lock: int
) -> AbstractContextManager[Executor]:
    """Return the kind of workers that is fastest for these items; processes hold the lock, too."""
    # Every job takes its order along, which is long where the keys of all partners are in it, and
    # the means of classes are best made once.
    wants_processes = (
        count > 1
        and not order.pools
        and order.means is None
        and sum(len(item.variants) for item in items) >= _MANY_FILES
        and _are_small(order.store, items)
    )
    return process_workers(count, lock) if wants_processes else thread_workers(count)


def _are_small(store: Store, items: Sequence[Item]) -> bool:
    for item in items[:: max(1, len(items) // _LOOKED_AT)]:
        with suppress(ImageError):
            header = store.header(item.key)
            if header.width * header.height > _SMALL:
                return False
    return True


def run_jobs(
    order: Order, items: Iterable[Item], executor: Executor, record: Record
) -> Generator[ExportReport, None, None]:
    """Make the items' files and record them; yield progress.

    OSError where the target takes no more, BrokenExecutor where a worker died.
    """
    # Results are taken in the order of the jobs, so that the manifest's order is always the same.
    rest = iter(items)
    waiting: deque[Future[list[Done]]] = deque()
    try:
        while chunk := tuple(islice(rest, record.items_a_job())):
            waiting.append(executor.submit(make_copies, Job(order, chunk)))
            if len(waiting) > _JOBS_AHEAD:
                yield record.add(_next_done(waiting))
        while waiting:
            yield record.add(_next_done(waiting))
    finally:
        # After a stop or a fault, files of jobs that had begun are there and get their lines.
        begun = [future for future in waiting if not future.cancel()]
        for future in begun:
            if future.exception() is None:
                with suppress(OSError):
                    record.add(future.result())


def _next_done(waiting: deque[Future[list[Done]]]) -> list[Done]:
    done = waiting[0].result()
    waiting.popleft()
    return done


def map_ahead(
    executor: Executor, work: Callable[[_Work], _Result], jobs: Iterable[_Work]
) -> Iterator[_Result]:
    """Yield the results of jobs in their order, some jobs ahead; nothing runs after the end."""
    waiting: deque[Future[_Result]] = deque()
    try:
        for job in jobs:
            waiting.append(executor.submit(work, job))
            if len(waiting) > _JOBS_AHEAD:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        wait([future for future in waiting if not future.cancel()])


def in_batches(things: Sequence[_Work], size: int) -> Iterator[Sequence[_Work]]:
    """Yield a sequence piece by piece."""
    for start in range(0, len(things), size):
        yield things[start : start + size]
