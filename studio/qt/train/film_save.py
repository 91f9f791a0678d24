"""Saving a film: one at a time, on a thread of its own, with progress and a way out."""

from collections.abc import Generator
from pathlib import Path

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QPushButton, QWidget

from studio.qt.task import Task
from studio.qt.train.film_export import FilmReport
from studio.qt.train.parts import make_label, name_control
from studio.qt.train.picture_file import cannot_write


class FilmSave(QWidget):
    """Is seen while a film is being saved. Exactly one of `saved`, `failed`, `stopped` ends it."""

    saved = Signal(object)
    """The Path."""

    failed = Signal(object)
    stopped = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._task: Task | None = None
        self._target = Path()
        self._label = make_label("muted", "film.saving")
        self._bar = QProgressBar()
        self._cancel = QPushButton(self.tr("Cancel"))
        self._cancel.clicked.connect(self.stop)
        self._lay_out()
        self.hide()

    def is_running(self) -> bool:
        return self._task is not None

    def start(self, work: Generator[FilmReport, None, Path], target: Path) -> None:
        """Save; another one must not be running."""
        assert self._task is None
        self._target = target
        self._label.setText(self.tr("Saving {name}").format(name=target.name))
        self._bar.setRange(0, 0)
        self._task = Task(work, self)
        self._task.reported.connect(self._show)
        self._task.finished.connect(self._finish)
        self._task.failed.connect(self._fail)
        self._task.stopped.connect(self._end)
        self.show()
        self._task.start()

    @Slot()
    def stop(self) -> None:
        """End it without a file; returns at once."""
        if self._task is not None:
            self._task.stop()

    def stop_and_wait(self) -> None:
        """End it without a file before returning."""
        if self._task is not None:
            self._task.wait()

    @Slot(object)
    def _show(self, report: FilmReport) -> None:
        self._bar.setRange(0, report.total)
        self._bar.setValue(report.done)

    @Slot(object)
    def _finish(self, path: Path) -> None:
        self._clear()
        self.saved.emit(path)

    @Slot(object)
    def _fail(self, error: Exception) -> None:
        self._clear()
        told = cannot_write(self._target, error) if isinstance(error, OSError) else error
        self.failed.emit(told)

    @Slot()
    def _end(self) -> None:
        self._clear()
        self.stopped.emit()

    def _clear(self) -> None:
        if self._task is not None:
            self._task.deleteLater()
            self._task = None
        self.hide()

    def _lay_out(self) -> None:
        progress = self.tr("Progress of saving")
        name_control(self._bar, "film.progress", progress, progress)
        tip = self.tr("Stop; no file is left")
        name_control(self._cancel, "film.cancel", self.tr("Cancel saving"), tip)
        self._bar.setTextVisible(False)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 0, 12, 8)
        row.setSpacing(12)
        row.addWidget(self._label)
        row.addWidget(self._bar, 1)
        row.addWidget(self._cancel)
