"""Opens data sets off the GUI thread, one at a time: the newest choice wins."""

from collections.abc import Generator
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from studio.dataset.check import CheckReport, check_headers
from studio.dataset.library import Library, scan
from studio.dataset.sample import draw_sample, sample_home
from studio.qt.preferences import max_pixels
from studio.qt.task import Task

_Report = int | float | Library | CheckReport


class Opener(QObject):
    """Scans a folder or an archive, or draws the sample first where it is not there yet."""

    counted = Signal(int)
    """How many images were found so far."""

    drawing = Signal(float)
    """The share of the sample that is drawn."""

    opened = Signal(object)
    """The Library."""

    checked = Signal(object)
    """A CheckReport on the headers of files in the library, as the look into them comes along."""

    failed = Signal(object)
    """The exception; whatever was open before stays open."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._task: Task | None = None

    def open(self, folder: Path | None) -> None:
        """Open a data set, or the sample with None; one that is being opened is given up."""
        self.close()
        self._task = Task(_open(folder, max_pixels()), self)
        self._task.reported.connect(self._report)
        self._task.failed.connect(self.failed)
        self._task.start()

    def close(self) -> None:
        """Stop what is running, without a word."""
        if self._task is not None:
            self._task.drop(self)
            self._task = None

    @Slot(object)
    def _report(self, report: _Report) -> None:
        if isinstance(report, Library):
            self.opened.emit(report)
        elif isinstance(report, CheckReport):
            self.checked.emit(report)
        elif isinstance(report, float):
            self.drawing.emit(report)
        else:
            self.counted.emit(report)


def _open(folder: Path | None, most: int) -> Generator[_Report, None, None]:
    if folder is None:
        folder = yield from draw_sample(sample_home())
    library = yield from scan(folder, max_pixels=most)
    # What the window asks first takes a moment the first time: here it keeps nobody waiting.
    library.counts()
    library.select(text=" ")
    yield library
    for report in check_headers(library):
        if report.verdicts:
            yield report
