"""What can be done with a finished export: check its files, or take it back."""

from collections.abc import Generator
from pathlib import Path
from typing import Any

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QMessageBox,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from studio.dataset.exports.undo import UndoReport, undo
from studio.dataset.exports.verify import Finding, VerifyReport, verify
from studio.errors import UserError
from studio.qt.export.file_list import FileList
from studio.qt.export.parts import make_label, name_control
from studio.qt.task import Task

_BAR_WIDTH = 240


class Aftercare(QWidget):
    """Verifies or undoes the export in a folder, one at a time, and shows what came of it."""

    running_changed = Signal(bool)

    told = Signal(str)
    """What came of it, in a sentence."""

    undone = Signal()
    """Files are gone."""

    failed = Signal(object)
    """An exception that is nobody's fault but ours."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._folder = Path()
        self._task: Task | None = None
        self._report: VerifyReport | UndoReport | None = None
        self.verify = QPushButton(self.tr("Verify"))
        self.undo = QPushButton(self.tr("Undo export…"))
        self._cancel = QPushButton(self.tr("Cancel"))
        self._bar = QProgressBar()
        self._step = make_label("muted", "aftercare.step")
        self._result = make_label("title", "aftercare.result", wraps=True)
        self._note = make_label("muted", "aftercare.note", wraps=True)
        self._files = FileList()
        self._progress = QWidget()
        self._name_controls()
        self._lay_out()
        self.verify.clicked.connect(self._verify)
        self.undo.clicked.connect(self._ask_to_undo)
        self._cancel.clicked.connect(self._stop)
        self._show_running(False)

    def show_folder(self, folder: Path, *, is_finished: bool, has_files: bool) -> None:
        """Offer what can be done with the export in a folder."""
        self._folder = folder
        self.verify.setVisible(is_finished)
        self.undo.setVisible(has_files)
        self.undo.setEnabled(True)
        self.verify.setEnabled(True)
        self._show_result("", "", ())

    def is_running(self) -> bool:
        """Tell whether the folder is being worked on."""
        return self._task is not None

    def wait(self) -> None:
        """Stop; return when nothing runs any more."""
        if self._task is not None:
            self._task.wait()

    # Running

    @Slot()
    def _verify(self) -> None:
        self._start(verify(self._folder), self.tr("Verifying"), self._finish_verify)

    @Slot()
    def _ask_to_undo(self) -> None:
        text = self.tr(
            "Remove the files that this export wrote? Files that were changed since, and files that"
            " it did not write, stay."
        )
        if self._confirm(self.tr("Undo the export"), f"{text}\n\n{self._folder}"):
            self._start(undo(self._folder), self.tr("Removing"), self._finish_undo)

    def _confirm(self, title: str, text: str) -> bool:
        buttons = QMessageBox.StandardButton
        answer = QMessageBox.question(
            self, title, text, buttons.Yes | buttons.Cancel, buttons.Cancel
        )
        return answer == buttons.Yes

    def _start(self, work: Generator[Any, None, Any], words: str, finish: object) -> None:
        self._report = None
        self._show_result("", "", ())
        self._bar.setRange(0, 0)
        self._step.setText(words)
        self._words = words
        self._task = Task(work, self)
        self._task.reported.connect(self._show_progress)
        self._task.finished.connect(finish)
        self._task.stopped.connect(self._note_stop)
        self._task.failed.connect(self._fail)
        self._show_running(True)
        self._task.start()

    @Slot()
    def _stop(self) -> None:
        self._cancel.setEnabled(False)
        if self._task is not None:
            self._task.stop()

    @Slot(object)
    def _show_progress(self, report: VerifyReport | UndoReport) -> None:
        self._report = report
        self._bar.setRange(0, max(1, report.total))
        self._bar.setValue(report.done)
        text = self.tr("{words}: {done} of {all} files")
        counts = {"done": f"{report.done:,}", "all": f"{report.total:,}"}
        self._step.setText(text.format(words=self._words, **counts))

    def _end(self) -> None:
        assert self._task is not None
        self._task.deleteLater()
        self._task = None
        self._show_running(False)

    # Ends

    @Slot(object)
    def _finish_verify(self, report: VerifyReport) -> None:
        self._end()
        others = self._count_others(report.extra)
        if not report.findings:
            text = self.tr("All {count} files are as they were written.")
            self._tell(text.format(count=f"{report.done:,}"), others, ())
        else:
            one = self.tr("Of {all} files, 1 is not as it was written:")
            several = self.tr("Of {all} files, {count} are not as they were written:")
            text = one if len(report.findings) == 1 else several
            counts = {"all": f"{report.total:,}", "count": f"{len(report.findings):,}"}
            self._tell(text.format(**counts), others, report.findings)

    @Slot(object)
    def _finish_undo(self, report: UndoReport) -> None:
        self._end()
        others = self._count_others(report.extra)
        text = self.tr("{count} files were removed.").format(count=f"{report.removed:,}")
        if report.kept:
            one, several = self.tr("1 stays:"), self.tr("{count} stay:")
            kept = one if len(report.kept) == 1 else several
            text = f"{text} {kept.format(count=f'{len(report.kept):,}')}"
        self._tell(text, others, report.kept)
        for button in (self.verify, self.undo):
            button.setEnabled(bool(report.kept))
        self.undone.emit()

    @Slot()
    def _note_stop(self) -> None:
        self._end()
        report = self._report
        if isinstance(report, UndoReport):
            text = self.tr("Cancelled; {count} of {all} files were removed.")
            text = text.format(count=f"{report.removed:,}", all=f"{report.total:,}")
            self._tell(text, self.tr("Undo once more to remove the others."), report.kept)
            self.undone.emit()
        elif isinstance(report, VerifyReport):
            text = self.tr("Cancelled; {count} of {all} files were looked at.")
            text = text.format(count=f"{report.done:,}", all=f"{report.total:,}")
            self._tell(text, "", report.findings)
        else:
            self._tell(self.tr("Cancelled."), "", ())

    @Slot(object)
    def _fail(self, error: Exception) -> None:
        self._end()
        if isinstance(error, UserError):
            self._tell(f"{error.message}.", error.hint, ())
        else:
            self._tell(self.tr("An error of the program ended this."), "", ())
            self.failed.emit(error)

    def _count_others(self, extra: tuple[str, ...]) -> str:
        if not extra:
            return ""
        text = self.tr(
            "In the folder are other files, too, which the export did not write: {names}"
        )
        more = self.tr(" and {count} more").format(count=f"{len(extra) - 1:,}")
        return text.format(names=extra[0] + (more if len(extra) > 1 else "."))

    def _tell(self, text: str, note: str, files: tuple[Finding, ...]) -> None:
        self._show_result(text, note, files)
        self.told.emit(text)

    def _show_result(self, text: str, note: str, files: tuple[Finding, ...]) -> None:
        for label, words in ((self._result, text), (self._note, note)):
            label.setText(words)
            label.setVisible(bool(words))
        self._files.show_files([(finding.output, finding.reason) for finding in files])

    def _show_running(self, is_running: bool) -> None:
        self._progress.setVisible(is_running)
        self._cancel.setEnabled(is_running)
        if is_running and (self.verify.hasFocus() or self.undo.hasFocus()):
            self._cancel.setFocus()
        for button in (self.verify, self.undo):
            button.setEnabled(not is_running)
        self.running_changed.emit(is_running)

    # Building

    def buttons(self) -> tuple[QPushButton, QPushButton]:
        """Return what starts it, for a row of buttons elsewhere."""
        return self.verify, self.undo

    def _name_controls(self) -> None:
        tip = self.tr("Read every file, and compare it with what the manifest says of it")
        name_control(self.verify, "verify", self.tr("Verify the export"), tip)
        tip = self.tr("Remove what this export wrote and nobody has changed since")
        name_control(self.undo, "undo", self.tr("Undo the export"), tip)
        name_control(self._cancel, "aftercare.cancel", self._cancel.text(), self.tr("Stop this"))
        name_control(self._bar, "aftercare.progress", self.tr("Progress"), self.tr("Progress"))
        tip = self.tr("Files that are not as they were written, and how")
        name_control(self._files, "aftercare.files", tip, tip)
        self._bar.setTextVisible(False)
        self._bar.setFixedWidth(_BAR_WIDTH)

    def _lay_out(self) -> None:
        row = QHBoxLayout(self._progress)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        row.addWidget(self._bar)
        row.addWidget(self._step, 1)
        row.addWidget(self._cancel)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        widgets: tuple[QWidget | QLabel, ...] = (self._progress, self._result, self._note)
        for widget in widgets:
            column.addWidget(widget)
        column.addWidget(self._files, 1)
