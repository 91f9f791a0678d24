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
from studio.dataset.export import export
from studio.dataset.library import Library
from studio.dataset.manifest import MANIFEST
from studio.dataset.order import ExportOptions
from studio.dataset.record import ExportReport
from studio.qt.task import Task


class Outcome(Struct, frozen=True):
    """How an export ended. `has_begun` tells whether anything was put into the target."""

    target: Path
    report: ExportReport
    has_begun: bool
    is_cancelled: bool = False
    error: Exception | None = None


class ExportRun(QObject):
    """Writes one export. `ended` comes exactly once, last."""

    reported = Signal(object)
    """An ExportReport."""

    ended = Signal(object)
    """The Outcome; its report counts every file that is there."""

    def __init__(
        self,
        library: Library,
        recipe: Recipe,
        target: Path,
        options: ExportOptions,
        *,
        total: int,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._ledger = _Ledger(target, ExportReport(0, total, 0, 0.0, (), None))
        self._task = Task(_write(self._ledger, library, recipe, options), self)
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

    target: Path
    report: ExportReport
    has_begun: bool = False

    def outcome(self, *, is_cancelled: bool = False, error: Exception | None = None) -> Outcome:
        return Outcome(self.target, self.report, self.has_begun, is_cancelled, error)

    def add_late_files(self, seconds: float) -> None:
        """Count the files that were under way at the end; their lines in the manifest are last."""
        report = self.report
        with (self.target / MANIFEST).open("rb") as lines:
            self.has_begun = True
            late = [_path(line) for line in islice(lines, 1 + report.done, None)]
        paths = [self.target / path for path in late if path]
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


def _write(
    ledger: _Ledger, library: Library, recipe: Recipe, options: ExportOptions
) -> Generator[ExportReport, None, None]:
    start = perf_counter()
    is_ours = not (ledger.target / MANIFEST).exists()
    try:
        with closing(export(library, recipe, ledger.target, options)) as reports:
            for report in reports:
                ledger.report = report
                yield report
    finally:
        if is_ours:
            with suppress(OSError):
                ledger.add_late_files(perf_counter() - start)
