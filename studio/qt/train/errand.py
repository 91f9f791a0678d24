"""Small work off the GUI thread: runs are listed, read and removed, and data is looked at."""

from collections.abc import Generator, Iterable
from pathlib import Path
from typing import Any

from msgspec import Struct
from PySide6.QtCore import QObject, Signal, Slot

from studio.dataset.library import Library
from studio.errors import UserError
from studio.gan.condense import condense
from studio.gan.data_facts import Look, look_at
from studio.gan.reports import Report
from studio.gan.runs import RunSummary, list_runs, remove_run, replay, summarise_run
from studio.qt.task import Task


class Errand(QObject):
    """One generator at a time on a worker thread: a newer one takes the older one's place."""

    done = Signal(object)
    """What the generator returned."""

    failed = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._task: Task | None = None

    def run(self, work: Generator[Any, None, Any]) -> None:
        """Begin, and forget what was begun before."""
        self.cancel()
        self._task = Task(work, self)
        self._task.finished.connect(self._finish)
        self._task.failed.connect(self._fail)
        self._task.start()

    def is_running(self) -> bool:
        return self._task is not None

    def cancel(self, *, wait: bool = False) -> None:
        """Stop what runs, without a word; with `wait`, return when it has ended."""
        if self._task is not None:
            self._task.drop(self, wait=wait)
            self._task = None

    @Slot(object)
    def _finish(self, result: Any) -> None:
        self._end()
        self.done.emit(result)

    @Slot(object)
    def _fail(self, error: Exception) -> None:
        self._end()
        self.failed.emit(error)

    def _end(self) -> None:
        assert self._task is not None
        self._task.deleteLater()
        self._task = None


class Loaded(Struct, frozen=True):
    """A run as it is on the disk."""

    run: RunSummary
    reports: list[Report]


class Removed(Struct, frozen=True):
    """A run whose files are gone, and its folder too, unless others are in it."""

    path: Path
    is_gone: bool


def list_all(
    parents: Iterable[Path], others: Iterable[Path]
) -> Generator[None, None, list[RunSummary]]:
    """Return the runs below some folders, and those in some others; newest first."""
    found: dict[Path, RunSummary] = {}
    for parent in parents:
        yield
        found |= {run.path: run for run in list_runs(parent)}
    for path in others:
        yield
        if path not in found and path.is_dir():
            found[path] = summarise_run(path)
    return sorted(found.values(), key=_date, reverse=True)


def load(path: Path) -> Generator[float, None, Loaded]:
    """Read a run, a long one condensed; a damaged one has no reports."""
    run = summarise_run(path)
    yield 0.0
    reports = [] if run.state == "damaged" else (yield from replay(path))
    return Loaded(run, condense(reports))


def remove(path: Path) -> Generator[None, None, Removed]:
    """Remove a run's own files."""
    yield
    return Removed(path, remove_run(path))


def remove_unbegun(path: Path) -> Generator[None, None, Removed]:
    """Remove what a run has left that ended before its first step, if anything."""
    yield
    try:
        return Removed(path, remove_run(path))
    except UserError:
        return Removed(path, is_gone=True)


def look(library: Library) -> Generator[None, None, Look]:
    """Look at some of a data set's images."""
    yield
    return look_at(library)


def import_plots() -> Generator[None, None, None]:
    """Import what draws plots: on the window's own thread it is a stall of 0.2 s."""
    yield
    import studio.qt.train.plot
    import studio.qt.train.watch  # noqa: F401


def _date(run: RunSummary) -> tuple[object, str]:
    return run.date, run.path.name
