"""Threads and processes that work on images."""

import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import lru_cache
from multiprocessing import reduction
from typing import Any

import cv2


def thread_workers(count: int) -> AbstractContextManager[Executor]:
    """Return threads: the fastest where OpenCV does most of the work, as it lets go of Python."""
    return nullcontext(_threads(count))


@lru_cache
def _threads(count: int) -> ThreadPoolExecutor:
    # Kept for the program's life: threads that call OpenCV and end leave memory behind.
    return ThreadPoolExecutor(count, thread_name_prefix="export")


def process_workers(count: int, lock: int) -> AbstractContextManager[Executor]:
    """Return processes, which end with the context, and soon after this process if that dies.

    For small images Python itself does most of the work, and threads get in each other's way: two
    of them did less than one. Processes take about a second to start. Each holds `lock`, an open
    file, so that a lock on it lasts as long as anybody can write.
    """
    # Spawned, because a fork of a program with threads may inherit a lock that nobody opens.
    return ProcessPoolExecutor(
        count,
        mp_context=multiprocessing.get_context("spawn"),
        initializer=_begin_worker,
        initargs=(_Inherited(lock),),
    )


class _Inherited:
    """An open file that a spawned process gets along, where the system has such a thing."""

    def __init__(self, handle: Any) -> None:
        self._handle = handle

    def __reduce__(self) -> tuple[type["_Inherited"], tuple[Any]]:
        # Windows lets go of a lock with the process that took it.
        handle = None if sys.platform == "win32" else reduction.DupFd(self._handle)
        return (_Inherited, (handle,))


def _begin_worker(lock: _Inherited) -> None:
    cv2.setNumThreads(1)
    # Ctrl-C reaches every process of a terminal; the first one sees to the end of the others.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, name="parent watch", daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


class _OneThread:
    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.users = 0
        self.threads = 0


_ONE_THREAD = _OneThread()


@contextmanager
def one_opencv_thread() -> Iterator[None]:
    """Keep OpenCV from using threads of its own, which would only compete with the workers.

    The setting is the whole process's: the first to come sets it, the last to leave restores it.
    """
    with _ONE_THREAD.lock:
        if _ONE_THREAD.users == 0:
            _ONE_THREAD.threads = cv2.getNumThreads()
            cv2.setNumThreads(1)
        _ONE_THREAD.users += 1
    try:
        yield
    finally:
        with _ONE_THREAD.lock:
            _ONE_THREAD.users -= 1
            if _ONE_THREAD.users == 0:
                cv2.setNumThreads(_ONE_THREAD.threads)
