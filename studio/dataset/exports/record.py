"""What an export has done so far: counted for people, and written to the manifest."""

import time
from collections.abc import Sequence
from pathlib import Path

from msgspec import Struct

from studio.dataset.exports.copies import COPIES_AN_ITEM
from studio.dataset.exports.journal import Journal
from studio.dataset.exports.making import Done
from studio.dataset.exports.manifest import End
from studio.dataset.library import Problem

_SECONDS_A_JOB = 0.1
_MOST_ITEMS = 32


class ExportReport(Struct, frozen=True):
    """How far an export is: files, bytes, seconds; `latest` is the file written last.

    `kept` counts those among `done` that were there already, from before the export was resumed.
    """

    done: int
    total: int
    bytes: int
    seconds: float
    skipped: tuple[Problem, ...]
    latest: Path | None
    kept: int = 0

    @property
    def files_per_second(self) -> float:
        return (self.done - self.kept) / self.seconds if self.seconds else 0.0

    @property
    def seconds_left(self) -> float | None:
        """Return an estimate, None while there is nothing to estimate from."""
        rate = self.files_per_second
        return (self.total - self.done) / rate if rate else None


class Progress:
    """Counts what an export has done."""

    def __init__(self, total: int) -> None:
        self.total = total
        self.done = 0
        self.kept = 0
        self.latest: Path | None = None
        self._bytes = 0
        self._skipped: dict[str, Problem] = {}
        self._start = time.perf_counter()

    def keep(self, files: int, size: int) -> None:
        """Count files that are there already; the clock starts anew."""
        self.done += files
        self.kept += files
        self._bytes += size
        self._start = time.perf_counter()

    def add(self, done: Done) -> None:
        """Count what became of an item."""
        self.done += done.files
        self._bytes += done.size
        if done.reason:
            self.total -= done.item.count_files() - done.files
            self._skipped[done.item.key] = Problem(done.item.key, done.reason)

    def report(self) -> ExportReport:
        """Return how far the export is."""
        return ExportReport(
            done=self.done,
            total=self.total,
            bytes=self._bytes,
            seconds=time.perf_counter() - self._start,
            skipped=tuple(self._skipped.values()),
            latest=self.latest,
            kept=self.kept,
        )

    def end(self) -> End:
        """Return what the manifest says last."""
        skipped = {
            key: problem.reason.encode(errors="backslashreplace").decode()
            for key, problem in self._skipped.items()
        }
        return End(finished=True, files=self.done, bytes=self._bytes, skipped=skipped)


class Record:
    """Writes what was done to the manifest."""

    def __init__(self, journal: Journal, progress: Progress, out: Path) -> None:
        self._journal = journal
        self._progress = progress
        self._out = out

    def add(self, jobs_done: Sequence[Done]) -> ExportReport:
        """Write a job's lines; OSError where the manifest or the job's files cannot be written."""
        # One at a time costs a call for every image, and of a whole job no line would be lost
        # that could have been kept.
        self._journal.add(b"".join(done.lines for done in jobs_done))
        for done in jobs_done:
            self._progress.add(done)
            if done.latest:
                self._progress.latest = self._out / done.latest
            if done.fault:
                raise done.fault
        return self._progress.report()

    def items_a_job(self) -> int:
        """Return how many items to do at a stretch: few enough to stop soon after being told."""
        report = self._progress.report()
        rate = report.files_per_second * _SECONDS_A_JOB / COPIES_AN_ITEM
        return max(1, min(_MOST_ITEMS, int(rate)))
