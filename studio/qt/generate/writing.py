"""One writing of images in a child process, and how it ended, however it ended."""

from pathlib import Path
from typing import Any

from msgspec import Struct
from PySide6.QtCore import QObject, Signal, Slot

from studio.gan.apart import run_apart
from studio.gan.jobs import write_job
from studio.gan.reports import Waiting
from studio.gan.samples import Sample, Which, WriteReport
from studio.qt.generate.summary import Outcome
from studio.qt.task import Task


class Order(Struct, frozen=True):
    """What to write. With `draws_more` other images take the places of near copies."""

    run: Path
    which: Which
    samples: tuple[Sample, ...]
    target: Path
    format: str
    keep_near_copies: bool
    draws_more: bool


class WriteRun(QObject):
    """Writes an order. `ended` comes exactly once, last."""

    reported = Signal(object)
    """A WriteReport or a Waiting."""

    ended = Signal(object)
    """The Outcome."""

    def __init__(self, order: Order, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.order = order
        self._report = WriteReport(0, len(order.samples), 0, None, 0, 0.0)
        self._task = Task(_write(order), self)
        self._task.reported.connect(self._note)
        self._task.finished.connect(self._finish)
        self._task.stopped.connect(self._note_stop)
        self._task.failed.connect(self._fail)

    def start(self) -> None:
        self._task.start()

    def stop(self) -> None:
        """End after the images that are under way; returns at once."""
        self._task.stop()

    def wait(self) -> None:
        """Stop; return after `ended`."""
        self._task.wait()

    @Slot(object)
    def _note(self, report: WriteReport | Waiting) -> None:
        if isinstance(report, WriteReport):
            self._report = report
        self.reported.emit(report)

    @Slot(object)
    def _finish(self, report: WriteReport) -> None:
        self.ended.emit(Outcome(self.order.target, report))

    @Slot()
    def _note_stop(self) -> None:
        self.ended.emit(Outcome(self.order.target, self._report, is_cancelled=True))

    @Slot(object)
    def _fail(self, error: Exception) -> None:
        self.ended.emit(Outcome(self.order.target, self._report, error=error))


def _write(order: Order) -> Any:
    return run_apart(
        write_job,
        order.run,
        order.which,
        order.samples,
        order.target,
        format=order.format,
        keep_near_copies=order.keep_near_copies,
        draws_more=order.draws_more,
    )
