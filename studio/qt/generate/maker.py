"""Has images made in a child process: the newest request wins, and none is cut off before it has
shown something."""

from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import QObject, Signal, Slot

from studio.gan.apart import run_apart
from studio.gan.jobs import make_job
from studio.gan.reports import Waiting
from studio.gan.samples import Made, Sample, Which
from studio.qt.task import Task


class Wanted(NamedTuple):
    """Images of a run's checkpoint; drafts of them are made sooner, without their twins."""

    run: Path
    which: Which
    samples: tuple[Sample, ...]
    are_drafts: bool = False


class Maker(QObject):
    """Makes what was asked for last. Of an older request the rest is left out."""

    made = Signal(object, object)
    """The Wanted, and a Made of it; of an older request while that is still under way."""

    waiting = Signal(str)
    """What goes on while there is nothing to show yet."""

    ended = Signal()
    """All that was asked for was made, or has failed."""

    failed = Signal(object)
    """What kept the newest request's images from being made."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._task: Task | None = None
        self._now: Wanted | None = None
        self._next: Wanted | None = None
        self._has_shown = False
        self._is_stale = False

    def is_running(self) -> bool:
        return self._task is not None

    def request(self, wanted: Wanted | None) -> None:
        """Make these images next; with None, none at all."""
        self._next = wanted if wanted and wanted.samples else None
        self._is_stale = True
        if self._task is None:
            self._begin()
        # While a slider is dragged, one request after the other would be stopped with nothing
        # shown; and a child that is stopped while it starts has to start again.
        elif self._has_shown:
            self._task.stop()

    def wait(self) -> None:
        """Stop; return when nothing runs any more."""
        self._next = None
        if self._task is not None:
            self._task.drop(self, wait=True)
            self._task = None

    def _begin(self) -> None:
        wanted, self._next = self._next, None
        if wanted is None:
            self.ended.emit()
            return
        self._has_shown = self._is_stale = False
        self._now = wanted
        run, which, samples, are_drafts = wanted
        work = run_apart(make_job, run, which, samples, check=not are_drafts)
        self._task = Task(work, self)
        self._task.reported.connect(self._note)
        self._task.finished.connect(self._end)
        self._task.stopped.connect(self._end)
        self._task.failed.connect(self._fail)
        self._task.start()

    @Slot(object)
    def _note(self, report: Made | Waiting) -> None:
        if isinstance(report, Waiting):
            self.waiting.emit(report.what)
            return
        self._has_shown = True
        self.made.emit(self._now, report)
        if self._is_stale and self._task is not None:
            self._task.stop()

    @Slot()
    @Slot(object)
    def _end(self, _result: object = None) -> None:
        assert self._task is not None
        self._task.deleteLater()
        self._task = None
        self._begin()

    @Slot(object)
    def _fail(self, error: Exception) -> None:
        is_newest = not self._is_stale
        self._end()
        if is_newest:
            self.failed.emit(error)
