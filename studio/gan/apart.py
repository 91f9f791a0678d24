"""Runs what needs TensorFlow in a process of its own, one report after another.

Inside a window's process the import of TensorFlow stands still for up to a second and the tracing
of a network for a quarter, and a system that is out of memory, or a graphics card that goes, would
take the window along. So the window asks a child for each report, and a child is used again.
"""

import atexit
import contextlib
import gc
import multiprocessing
import os
import pickle
import signal
import sys
import threading
import time
from collections.abc import Callable, Generator, Iterator
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any, ParamSpec, TypeVar

from studio.errors import UserError
from studio.gan.reports import Waiting
from studio.paths import log_folder

_P = ParamSpec("_P")
_R = TypeVar("_R")
_T = TypeVar("_T")

_POLL = 0.2
_LONGEST_GOODBYE = 120.0
_NICE = 5
_READY, _REPORT, _RESULT, _ERROR, _CLOSED = range(5)
_GONE = (EOFError, ConnectionError, BrokenPipeError)

_idle: list["_Child"] = []
_lock = threading.Lock()


def run_apart(
    job: Callable[_P, Generator[_R, None, _T]], *args: _P.args, **kwargs: _P.kwargs
) -> Generator[_R | Waiting, None, _T]:
    """Run a generator function of `studio.gan.jobs` in a child; yield its reports, return its end.

    While the child has nothing to say, a `Waiting` comes a few times a second. Closing this closes
    the job's generator in the child, whose `finally` is waited for. What the job raises is raised
    here; UserError where the child dies.
    """
    child = _take()
    try:
        result: _T = yield from child.follow(job, args, kwargs)
    finally:
        _give_back(child)
    return result


def warm_up() -> None:
    """Have a child that has imported TensorFlow, or is about to; returns at once."""
    with _lock:
        if not _idle:
            _idle.append(_Child())


@atexit.register
def close_idle() -> None:
    """End the children that have nothing to do."""
    with _lock:
        while _idle:
            _idle.pop().end()


def _take() -> "_Child":
    with _lock:
        while _idle:
            child = _idle.pop()
            if child.is_alive():
                return child
    return _Child()


def _give_back(child: "_Child") -> None:
    with _lock:
        # One that waits is enough; another is as big as a program.
        if child.is_idle and child.is_alive() and not _idle:
            _idle.append(child)
            return
    child.end()


class _Child:
    """The parent's half of a child: it answers each message with one of its own."""

    def __init__(self) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process: BaseProcess = context.Process(
            target=_serve, args=(theirs,), name="tensorflow", daemon=True
        )
        self._process.start()
        theirs.close()
        self._is_ready = False
        self.is_idle = True

    def is_alive(self) -> bool:
        return self._process.is_alive()

    def end(self) -> None:
        """End it at once: nothing of a job is lost, as none is left."""
        self._pipe.close()
        self._process.kill()
        self._process.join()

    def follow(
        self, job: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> Generator[Any, None, Any]:
        self.is_idle = False
        try:
            self._pipe.send((job, args, kwargs))
            while True:
                self._pipe.send(True)
                kind, value = yield from self._answer()
                if kind != _REPORT:
                    break
                yield value
        except GeneratorExit:
            self._say_goodbye()
            raise
        except _GONE:
            raise self._fault() from None
        self.is_idle = True
        if kind == _ERROR:
            raise value
        return value

    def _answer(self) -> Generator[Waiting, None, tuple[int, Any]]:
        start = time.monotonic()
        while True:
            while not self._pipe.poll(_POLL):
                what = "computing" if self._is_ready else "starting TensorFlow"
                yield Waiting(what, time.monotonic() - start)
            kind, value = self._pipe.recv()
            if kind != _READY:
                return kind, value
            self._is_ready = True

    def _say_goodbye(self) -> None:
        """Have the job's generator closed, which may save; without a job yet there is none."""
        with contextlib.suppress(*_GONE):
            while not self._is_ready and self._pipe.poll():
                self._is_ready = self._pipe.recv()[0] == _READY
            if not self._is_ready:
                return
            self._pipe.send(False)
            end = time.monotonic() + _LONGEST_GOODBYE
            while self._pipe.poll(max(0.0, end - time.monotonic())):
                kind, value = self._pipe.recv()
                if kind == _ERROR:
                    raise value
                if kind != _REPORT:
                    self.is_idle = kind == _CLOSED
                    return

    def _fault(self) -> UserError:
        self._process.join(_POLL)
        code = self._process.exitcode
        hint = "A smaller batch or size needs less. What was saved can be resumed."
        if code == -signal.SIGKILL:
            return UserError("The computer ran out of memory: it ended the training process", hint)
        text = f"The process that runs TensorFlow ended unexpectedly (code {code})"
        return UserError(text, f"{hint} Its last words are in {_log_path()}.")


# The child's half


def _serve(pipe: Connection) -> None:
    """Do jobs until the parent closes the pipe, or dies."""
    # Ctrl-C reaches every process of a terminal; the first one sees to the end of the others.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _keep_quiet()
    if hasattr(os, "nice"):
        os.nice(_NICE)  # The window goes first.
    with contextlib.suppress(*_GONE):
        import tensorflow  # noqa: F401

        pipe.send((_READY, None))
        while True:
            job, args, kwargs = pipe.recv()
            with contextlib.closing(job(*args, **kwargs)) as generator:
                for answer in _answers(pipe, generator):
                    _send(pipe, answer)
            gc.collect()


def _answers(pipe: Connection, generator: Generator[Any, None, Any]) -> Iterator[tuple[int, Any]]:
    """Yield an answer to each question, until the generator has come to its end."""
    try:
        while pipe.recv():
            yield _REPORT, next(generator)
        generator.close()
        yield _CLOSED, None
    except StopIteration as end:
        yield _RESULT, end.value
    except _GONE:
        raise
    except Exception as error:
        yield _ERROR, error


def _send(pipe: Connection, answer: tuple[int, Any]) -> None:
    try:
        pipe.send(answer)
    except (pickle.PicklingError, TypeError, AttributeError):
        pipe.send((_ERROR, RuntimeError(repr(answer[1]))))


def _keep_quiet() -> None:
    """Have what TensorFlow says of itself in a file: it is for its developers."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    with contextlib.suppress(OSError):
        handle = os.open(_log_path(), os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND)
        for stream in (1, 2):
            os.dup2(handle, stream)
        os.close(handle)
        sys.stdout = sys.stderr = open(2, "w", closefd=False)  # noqa: SIM115


def _log_path() -> str:
    return str(log_folder() / "tensorflow.log")
