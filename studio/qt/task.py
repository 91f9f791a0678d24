"""The one door to threads for long work: a generator of reports on a thread of its own."""

import atexit
import contextlib
import threading
import time
from collections.abc import Generator
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import Any, Literal

from PySide6.QtCore import QMetaMethod, QObject, QTimer, Signal, Slot
from shiboken6 import Shiboken

from studio.qt.errors import report

_TICK = 50
_SLICE = 0.008

_jobs: set["_Job"] = set()


class Task(QObject):
    """Runs a generator on a worker thread and delivers what it yields on the GUI thread.

    Exactly one of `finished`, `failed` and `stopped` is emitted, last, after every report. After
    `stop` the generator is closed on the worker at its next yield, so that its `finally` runs
    there. A task that is deleted, or whose program ends, stops its generator too. An error that
    nobody is there for ends in `studio.qt.errors`.
    """

    reported = Signal(object)
    finished = Signal(object)
    failed = Signal(object)
    stopped = Signal()

    def __init__(self, generator: Generator[Any, None, Any], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._job = _Job(generator)
        self._ended = False
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._deliver_some)
        # The job knows nothing of Qt, so it may outlive this object until its next yield.
        self.destroyed.connect(self._job.abandon)

    def start(self) -> None:
        """Start the worker. A task runs once."""
        self._job.start()
        self._timer.start(_TICK)

    @Slot()
    def stop(self) -> None:
        """Ask the worker to close the generator at its next yield; returns at once."""
        self._job.stop()

    def pause(self) -> None:
        """Ask the worker to wait before it goes on to the next report; returns at once."""
        self._job.pause()

    def resume(self) -> None:
        """Let a worker that was paused go on."""
        self._job.go_on.set()

    def is_paused(self) -> bool:
        return not self._job.go_on.is_set()

    def drop(self, receiver: QObject, *, wait: bool = False) -> None:
        """Stop without a word to `receiver`, and go; with `wait`, after the worker has ended."""
        self.disconnect(receiver)
        self.stop()
        if wait:
            self.wait()
        self.deleteLater()

    def is_running(self) -> bool:
        """Whether the task was started and its last signal is still to come."""
        return self._job.started and not self._ended

    def wait(self) -> None:
        """Stop, join the worker, and deliver what is left before returning. For shutdown."""
        if not self.is_running():
            return
        self._job.stop()
        self._job.join()
        self._deliver(float("inf"))

    @Slot()
    def _deliver_some(self) -> None:
        # Slow receivers get their reports in slices, with room for other events in between.
        self._deliver(time.perf_counter() + _SLICE)

    def _deliver(self, deadline: float) -> None:
        while not self._ended:
            try:
                report = self._job.reports.get_nowait()
            except Empty:
                self._timer.setInterval(_TICK)
                return
            if isinstance(report, _End):
                self._end(report)
                return
            self.reported.emit(report)
            if not Shiboken.isValid(self):
                return
            if time.perf_counter() > deadline:
                self._timer.setInterval(0)
                return

    def _end(self, end: "_End") -> None:
        self._ended = True
        self._timer.stop()
        self._job.join()
        if end.signal == "finished":
            self.finished.emit(end.value)
        elif end.signal == "failed":
            if self.isSignalConnected(QMetaMethod.fromSignal(self.failed)):
                self.failed.emit(end.value)
            else:
                report(end.value)
        else:
            self.stopped.emit()


@atexit.register
def stop_all() -> None:
    """Stop every running generator and join its worker: what a program does before it ends."""
    for job in list(_jobs):
        job.stop()
    for job in list(_jobs):
        job.join()


@dataclass(frozen=True)
class _End:
    signal: Literal["finished", "failed", "stopped"]
    value: Any = None


class _Job:
    """The worker's half: a plain thread that touches no Qt object, only the queue."""

    def __init__(self, generator: Generator[Any, None, Any]) -> None:
        self.reports: SimpleQueue[Any] = SimpleQueue()
        self.started = False
        self._generator: Generator[Any, None, Any] | None = generator
        self.go_on = threading.Event()
        self.go_on.set()
        self._stop = threading.Event()
        self._abandoned = False
        self._thread = threading.Thread(target=self._run, name="task", daemon=True)

    def start(self) -> None:
        self.started = True
        _jobs.add(self)
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        self.go_on.set()

    def pause(self) -> None:
        if not self._stop.is_set():
            self.go_on.clear()

    def abandon(self) -> None:
        """Stop, as nobody will take the reports any more."""
        self._abandoned = True
        self.stop()
        self._tell_lost()

    def join(self) -> None:
        self._thread.join()

    def _run(self) -> None:
        self.reports.put(self._exhaust())
        _jobs.discard(self)
        if self._abandoned:
            self._tell_lost()

    def _tell_lost(self) -> None:
        with contextlib.suppress(Empty):
            while True:
                lost = self.reports.get_nowait()
                if isinstance(lost, _End) and lost.signal == "failed":
                    report(lost.value)

    def _exhaust(self) -> _End:
        generator, self._generator = self._generator, None
        assert generator is not None
        try:
            with contextlib.closing(generator):
                while not self._stop.is_set():
                    try:
                        report = next(generator)
                    except StopIteration as end:
                        return _End("finished", end.value)
                    self.reports.put(report)
                    self.go_on.wait()
        except KeyboardInterrupt:
            return _End("stopped")
        except BaseException as error:
            return _End("failed", error)
        return _End("stopped")
