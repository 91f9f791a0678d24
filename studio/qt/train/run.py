"""One training in a process of its own, followed from a thread, and how it ended."""

from pathlib import Path
from typing import Literal

from msgspec import Struct
from PySide6.QtCore import QObject, Signal, Slot

from studio.gan.apart import run_apart
from studio.gan.config import TrainConfig
from studio.gan.jobs import train_job
from studio.gan.reports import Began, Ended, Report
from studio.qt.preferences import max_pixels
from studio.qt.task import Task

Reason = Literal["done", "stopped", "not finite", "failed"]


class Asked(Struct, frozen=True):
    """What a training was asked for: on the data set at `source`, into the folder `run`."""

    config: TrainConfig
    source: Path
    run: Path
    resume: bool = False


class Outcome(Struct, frozen=True):
    """How a training ended. One that never `began` has nothing that could be gone on with."""

    asked: Asked
    reason: Reason
    began: bool
    error: Exception | None = None


class TrainingRun(QObject):
    """Trains. `ended` comes exactly once, last."""

    reported = Signal(object)
    """A report of `studio.gan.reports`."""

    ended = Signal(object)
    """The Outcome; all is saved by then."""

    def __init__(self, asked: Asked, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.asked = asked
        self._has_started = False
        self._is_stopping = False
        self._began = False
        self._reason: Reason = "done"
        work = run_apart(
            train_job,
            asked.config,
            asked.source,
            asked.run,
            resume=asked.resume,
            max_pixels=max_pixels(),
        )
        self._task = Task(work, self)
        self._task.reported.connect(self._note)
        self._task.finished.connect(self._finish)
        self._task.stopped.connect(self._note_stop)
        self._task.failed.connect(self._fail)

    @Slot()
    def start(self) -> None:
        """Begin, unless it was stopped before."""
        if not self._has_started and not self._is_stopping:
            self._has_started = True
            self._task.start()

    def stop(self) -> None:
        """Ask it to save and end; returns at once."""
        if self._is_stopping:
            return
        self._is_stopping = True
        if self._has_started:
            self._task.stop()
        else:
            self._note_stop()

    def wait(self) -> None:
        """Stop; return after `ended`."""
        self.stop()
        self._task.wait()

    def set_paused(self, is_paused: bool) -> None:
        """Hold it before its next step, or let it go on; memory stays taken."""
        if is_paused:
            self._task.pause()
        else:
            self._task.resume()

    def is_paused(self) -> bool:
        return self._task.is_paused()

    @Slot(object)
    def _note(self, report: Report) -> None:
        if isinstance(report, Began):
            self._began = True
        elif isinstance(report, Ended) and report.reason == "not finite":
            self._reason = "not finite"
        self.reported.emit(report)

    @Slot()
    def _finish(self) -> None:
        self.ended.emit(Outcome(self.asked, self._reason, self._began))

    @Slot()
    def _note_stop(self) -> None:
        self.ended.emit(Outcome(self.asked, "stopped", self._began))

    @Slot(object)
    def _fail(self, error: Exception) -> None:
        self.ended.emit(Outcome(self.asked, "failed", self._began, error))
