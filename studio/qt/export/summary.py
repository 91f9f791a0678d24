"""The export page after an export: what was written, and what was left out and why."""

from PySide6.QtCore import QCoreApplication, QEvent, QSize, Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from studio.dataset.library import Problem
from studio.errors import UserError
from studio.qt.export.aftercare import Aftercare
from studio.qt.export.file_list import FileList
from studio.qt.export.parts import Figures, format_bytes, format_seconds, make_label, name_control
from studio.qt.export.run import Outcome
from studio.qt.plain_label import PlainLabel
from studio.qt.theme import icon

_MARK = QSize(18, 18)


class SummaryPanel(QWidget):
    """Shows an Outcome, and what can be done about it."""

    open_wanted = Signal()
    again_wanted = Signal()

    resume_wanted = Signal()
    """The export that was cancelled or has failed is to be gone on with."""

    # On the class, as Qt sends change events before `__init__` has got that far.
    _outcome: Outcome | None = None
    _is_undone = False

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._mark = QLabel()
        self._title = make_label("title", "summary")
        self._note = make_label("muted", "summary.note", wraps=True)
        self._fault = make_label("danger", "summary.fault", wraps=True)
        self._folder = PlainLabel()
        self._figures = Figures(
            {
                "summary.files": self.tr("files written"),
                "summary.bytes": self.tr("on disk"),
                "summary.seconds": self.tr("time"),
                "summary.rate": self.tr("images per second"),
            }
        )
        self.open = QPushButton(self.tr("Open folder"))
        self._again = QPushButton(self.tr("Plan another export"))
        self._resume = QPushButton(self.tr("Resume"))
        self.aftercare = Aftercare()
        self._skipped_title = make_label("title", "skipped.title")
        self._skipped = FileList()
        self._name_controls()
        self._lay_out()
        self.open.clicked.connect(self.open_wanted)
        self._again.clicked.connect(self.again_wanted)
        self._resume.clicked.connect(self.resume_wanted)
        self.aftercare.running_changed.connect(self._note_running)
        self.aftercare.undone.connect(self._note_undone)

    def show_outcome(self, outcome: Outcome) -> None:
        """Show how an export ended."""
        self._outcome = outcome
        self._is_undone = False
        report, fault = outcome.report, _describe_fault(outcome)
        self._title.setText(describe_end(outcome))
        self._show_mark()
        self._fault.setText(fault)
        self._fault.setVisible(bool(fault))
        self._note.setVisible(outcome.is_cancelled)
        self._folder.setText(str(outcome.target))
        self._folder.setToolTip(str(outcome.target))
        is_all = report.done == report.total
        files = f"{report.done:,}" if is_all else f"{report.done:,} / {report.total:,}"
        self._figures.show_texts(
            {
                "summary.files": files,
                "summary.bytes": format_bytes(report.bytes),
                "summary.seconds": format_seconds(report.seconds),
                "summary.rate": f"{report.files_per_second:,.0f}",
            }
        )
        self._show_skipped(report.skipped)
        self.open.setEnabled(True)
        self._again.setEnabled(True)
        self._resume.setVisible(outcome.can_resume)
        self._resume.setEnabled(True)
        is_finished = outcome.error is None and not outcome.is_cancelled and report.done > 0
        self.aftercare.show_folder(
            outcome.target, is_finished=is_finished, has_files=report.done > 0
        )

    @Slot(bool)
    def _note_running(self, is_running: bool) -> None:
        self._again.setEnabled(not is_running)
        self._resume.setEnabled(not is_running)

    @Slot()
    def _note_undone(self) -> None:
        # What is left of it cannot be gone on with.
        self._resume.setVisible(False)
        self._note.hide()
        self._fault.hide()
        self._title.setText(self.tr("Export undone"))
        self._is_undone = True
        self._show_mark()
        if self._outcome is not None:
            self.open.setEnabled(self._outcome.target.is_dir())

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._show_mark()

    def _show_mark(self) -> None:
        if self._outcome is None:
            return
        is_good = self._outcome.report.done and not self._outcome.error
        mark = icon("check", "good") if is_good else icon("warning", "danger")
        if self._outcome.is_cancelled or self._is_undone:
            mark = icon("stop", "muted")
        self._mark.setPixmap(mark.pixmap(_MARK, self.devicePixelRatio()))

    def _show_skipped(self, skipped: tuple[Problem, ...]) -> None:
        self._skipped.show_files([(problem.key, problem.reason) for problem in skipped])
        self._skipped_title.setVisible(bool(skipped))
        text = self.tr("Skipped, as they cannot be used: {count}")
        self._skipped_title.setText(text.format(count=f"{len(skipped):,}"))

    # Building

    def _name_controls(self) -> None:
        self._note.setText(self.tr("Every file that is there is whole, and the manifest lists it."))
        tip = self.tr("Show the files in the system's file manager")
        name_control(self.open, "open_folder", self.tr("Open the folder of the export"), tip)
        tip = self.tr("Back to what would be written, into a fresh folder")
        name_control(self._again, "again", self._again.text(), tip)
        tip = self.tr("Write the files that are missing, with the same recipe and options")
        name_control(self._resume, "resume", self.tr("Resume the export"), tip)
        tip = self.tr("Images that were skipped, and why")
        name_control(self._skipped, "skipped", tip, tip)
        self._folder.setObjectName("export.summary.folder")
        self._folder.setProperty("role", "muted")
        self._folder.setElideMode(Qt.TextElideMode.ElideMiddle)
        self._mark.setFixedSize(_MARK)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self._mark)
        head.addWidget(self._title)
        head.addWidget(self._folder, 1)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        for button in (self._resume, self.open, self._again):
            buttons.addWidget(button)
        buttons.addStretch(1)
        for button in self.aftercare.buttons():
            buttons.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 16, 24, 24)
        column.setSpacing(16)
        column.addLayout(head)
        for widget in (self._fault, self._note, self._figures):
            column.addWidget(widget)
        column.addLayout(buttons)
        column.addWidget(self.aftercare)
        column.addWidget(self._skipped_title)
        column.addWidget(self._skipped, 100)
        column.addStretch(1)


def describe_end(outcome: Outcome) -> str:
    """Return in a few words how an export ended."""
    if outcome.is_cancelled:
        return QCoreApplication.translate("Export", "Export cancelled")
    if outcome.error is not None:
        return QCoreApplication.translate("Export", "Export stopped")
    if not outcome.report.done:
        return QCoreApplication.translate("Export", "Nothing was written")
    return QCoreApplication.translate("Export", "Export done")


def _describe_fault(outcome: Outcome) -> str:
    error = outcome.error
    if isinstance(error, UserError):
        return f"{error.message}. {error.hint}".strip()
    if error is not None:
        return QCoreApplication.translate("Export", "An error of the program ended the export.")
    if not outcome.report.done and not outcome.is_cancelled:
        return QCoreApplication.translate("Export", "None of the images can be used.")
    return ""
