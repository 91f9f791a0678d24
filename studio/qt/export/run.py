"""One export on a thread of its own, and what there is to tell when it ends, however it ends."""

from collections.abc import Generator
from contextlib import closing, suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from time import perf_counter

import msgspec
from msgspec import Struct
from msgspec.structs import replace
from PySide6.QtCore import QObject, Signal, Slot

from studio.augment.recipe import Recipe
from studio.dataset.exports.export import export
from studio.dataset.exports.manifest import MANIFEST
from studio.dataset.exports.options import ExportOptions
from studio.dataset.exports.record import ExportReport
from studio.dataset.library import Library
from studio.qt.task import Task


class Work(Struct, frozen=True):
    """What an export was asked for; with `resume` it goes on with what the target holds of it."""

    library: Library
    recipe: Recipe
    target: Path
    options: ExportOptions
    total: int
    resume: bool = False


class Outcome(Struct, frozen=True):
    """How an export ended. `has_begun` tells whether anything in the target is another now."""

    work: Work
    report: ExportReport
    has_begun: bool
    is_cancelled: bool = False
    error: Exception | None = None

    @property
    def target(self) -> Path:
        return self.work.target

    @property
    def can_resume(self) -> bool:
        """Tell whether there are files, and others that are still to be written."""
        is_done = self.error is None and not self.is_cancelled
        return not is_done and self.report.done > 0


class ExportRun(QObject):
    """Writes one export. `ended` comes exactly once, last."""

    reported = Signal(object)
    """An ExportReport."""

    ended = Signal(object)
    """The Outcome; its report counts every file that is there."""

    def __init__(self, work: Work, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._ledger = _Ledger(work, ExportReport(0, work.total, 0, 0.0, (), None))
        self._task = Task(_write(self._ledger), self)
        self._task.reported.connect(self.reported)
        self._task.finished.connect(self._finish)
        self._task.stopped.connect(self._note_stop)
        self._task.failed.connect(self._fail)

    def start(self) -> None:
        self._task.start()

    def stop(self) -> None:
        """End after the files that are under way; returns at once."""
        self._task.stop()

    def wait(self) -> None:
        """Stop; return after `ended`."""
        self._task.wait()

    @Slot()
    def _finish(self) -> None:
        self.ended.emit(self._ledger.outcome())

    @Slot()
    def _note_stop(self) -> None:
        self.ended.emit(self._ledger.outcome(is_cancelled=True))

    @Slot(object)
    def _fail(self, error: Exception) -> None:
        self.ended.emit(self._ledger.outcome(error=error))


@dataclass
class _Ledger:
    """What the worker leaves for the end; it is read only after the worker has ended."""

    work: Work
    report: ExportReport
    has_begun: bool = False

    def outcome(self, *, is_cancelled: bool = False, error: Exception | None = None) -> Outcome:
        return Outcome(self.work, self.report, self.has_begun, is_cancelled, error)

    def add_late_files(self, seconds: float) -> None:
        """Count the files that were under way at the end; their lines in the manifest are last."""
        report, target = self.report, self.work.target
        with (target / MANIFEST).open("rb") as lines:
            late = [_path(line) for line in islice(lines, 1 + report.done, None)]
        paths = [target / path for path in late if path]
        self.report = replace(
            report,
            done=report.done + len(paths),
            bytes=report.bytes + sum(path.stat().st_size for path in paths),
            seconds=seconds,
        )


class _Line(Struct):
    output: str


def _path(line: bytes) -> str:
    # On a full disk the last line may be half a line.
    with suppress(msgspec.DecodeError):
        return msgspec.json.decode(line, type=_Line).output
    return ""


def _write(ledger: _Ledger) -> Generator[ExportReport, None, None]:
    work, start = ledger.work, perf_counter()
    before = _stamp(work.target)
    steps = export(work.library, work.recipe, work.target, work.options, resume=work.resume)
    try:
        with closing(steps) as reports:
            for report in reports:
                ledger.report = report
                yield report
    finally:
        ledger.has_begun = _stamp(work.target) != before
        if ledger.has_begun or work.resume:
            with suppress(OSError):
                ledger.add_late_files(perf_counter() - start)


def _stamp(target: Path) -> tuple[int, int, int] | None:
    """Return what differs when a folder has another manifest, None where it has none."""
    try:
        stat = (target / MANIFEST).stat()
    except (OSError, ValueError):
        return None
    return (stat.st_ino, stat.st_mtime_ns, stat.st_size)
