"""An export with albumentations as its users write it: a script around a pool of workers.

It has no manifest, and leaves half a file where it is stopped.
"""

import multiprocessing
import tempfile
import threading
import time
from collections.abc import Sequence
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from functools import lru_cache
from itertools import repeat
from pathlib import Path
from typing import Any

import albumentations as A
import cv2

from tests.benchmarks.export import COPIES, QUALITY, WORKERS
from tests.benchmarks.peers.recipes import CONTESTS

_CHUNKS_A_WORKER = 16
_WORKER = threading.local()


def open_threads() -> ThreadPoolExecutor:
    """Return a pool of threads."""
    cv2.setNumThreads(1)
    return ThreadPoolExecutor(WORKERS)


def open_processes() -> Executor:
    """Return a pool of processes."""
    # A process forked from one with threads may wait for their locks for ever.
    context = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(WORKERS, context, initializer=cv2.setNumThreads, initargs=(1,))


def time_script(contest: str, sources: Sequence[Path], pool: Executor) -> float:
    """Return how many files a second the script writes."""
    size = max(1, len(sources) // (WORKERS * _CHUNKS_A_WORKER))
    chunks = [sources[start : start + size] for start in range(0, len(sources), size)]
    with tempfile.TemporaryDirectory() as out:
        start = time.perf_counter()
        written = sum(pool.map(_make_copies, repeat(contest), chunks, repeat(Path(out))))
        return written / (time.perf_counter() - start)


def _make_copies(contest: str, sources: Sequence[Path], out: Path) -> int:
    compose = _compose(contest)
    for source in sources:
        image = cv2.imread(str(source))
        for copy in range(COPIES):
            result = compose(image=image)["image"]
            # The folder's name too: files of different classes may have the same name.
            target = out / f"{source.parent.name}_{source.stem}_{copy}.jpg"
            cv2.imwrite(str(target), result, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
    return COPIES * len(sources)


def _compose(contest: str) -> Any:
    """Return this worker's own pipeline, with random numbers of its own."""
    if not hasattr(_WORKER, "compose"):
        _WORKER.compose = lru_cache(_make_compose)
    return _WORKER.compose(contest)


def _make_compose(contest: str) -> Any:
    # A thread's native number is unique among all threads of all processes.
    return A.Compose(CONTESTS[contest].transforms(), seed=threading.get_native_id())
