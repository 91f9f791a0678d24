"""A check of every file: the line of the library pane that runs it and tells how far it is."""

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from studio.dataset.check import CheckReport, check_files
from studio.dataset.library import Library
from studio.qt.errors import report as report_error
from studio.qt.library.head import flat_button
from studio.qt.library.words import LibraryWords
from studio.qt.plain_label import PlainLabel
from studio.qt.task import Task

_MARGIN = 12
_GAP = 8
# Half the time: a processor and Python's lock are free for the preview meanwhile.
_REST = 1.0


class CheckBar(QWidget):
    """Decodes every image of a library in the background; hidden while it does not.

    `ended` comes exactly once for each check that was not closed, last.
    """

    reported = Signal(object)
    """A CheckReport."""

    ended = Signal(str, int)
    """What the check came to, and how many images cannot be read; not all may have been checked."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = LibraryWords(self)
        self._task: Task | None = None
        self._newest = CheckReport(0, 0, ())
        self._bad = 0
        self.setObjectName("library.check")
        self._text = PlainLabel(self)
        self._text.setObjectName("library.check.text")
        self._text.setProperty("role", "muted")
        self._bar = QProgressBar(self)
        self._bar.setObjectName("library.check.progress")
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName(self.tr("Progress of the check"))
        self._bar.setToolTip(self._bar.accessibleName())
        self._stop = flat_button("stop", self.tr("Stop checking"), self)
        self._stop.setObjectName("library.check.stop")
        self._stop.clicked.connect(self.stop)
        self._lay_out()
        self.hide()

    def start(self, library: Library) -> None:
        """Begin with the first image; a check that runs goes on instead."""
        if self._task is not None:
            return
        self._bad = 0
        self._show(CheckReport(0, len(library.images), ()))
        self.show()
        self._task = Task(check_files(library, rest=_REST), self)
        self._task.reported.connect(self._take)
        self._task.finished.connect(self._end)
        self._task.stopped.connect(self._end)
        self._task.failed.connect(self._fail)
        self._task.start()

    @Slot()
    def stop(self) -> None:
        """End after the image that is being read."""
        if self._task is not None:
            self._task.stop()

    def close_check(self, *, wait: bool = False) -> None:
        """End without a word; with `wait`, return when nothing runs any more."""
        task, self._task = self._task, None
        if task is not None:
            task.drop(self, wait=wait)
        self.hide()

    def _show(self, report: CheckReport) -> None:
        self._newest = report
        text = self.tr("Checked {done} of {total}")
        self._text.setText(text.format(done=f"{report.done:,}", total=f"{report.total:,}"))
        self._bar.setRange(0, max(1, report.total))
        self._bar.setValue(report.done)

    @Slot(object)
    def _take(self, report: CheckReport) -> None:
        self._bad += len(report.problems)
        self._show(report)
        self.reported.emit(report)

    @Slot()
    def _end(self) -> None:
        self.close_check()
        done, total = self._newest.done, self._newest.total
        self.ended.emit(self._words.describe_check(done, total, self._bad), self._bad)

    @Slot(object)
    def _fail(self, error: Exception) -> None:
        self._end()
        report_error(error)

    def _lay_out(self) -> None:
        column = QVBoxLayout()
        column.setSpacing(4)
        column.addWidget(self._text)
        column.addWidget(self._bar)
        row = QHBoxLayout(self)
        row.setContentsMargins(_MARGIN, 0, _GAP, 0)
        row.addLayout(column, 1)
        row.addWidget(self._stop)
