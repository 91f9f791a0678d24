"""The generate page after writing: how many images, and which near copies were left out."""

from pathlib import Path

from msgspec import Struct
from PySide6.QtCore import QCoreApplication, QEvent, QSize, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from studio.errors import UserError
from studio.gan.samples import WriteReport
from studio.qt.export.parts import format_bytes, format_seconds
from studio.qt.generate.copy_list import CopyList
from studio.qt.generate.parts import make_figures, make_label, name_control
from studio.qt.plain_label import PlainLabel
from studio.qt.theme import icon

_MARK = QSize(18, 18)

translate = QCoreApplication.translate


class Outcome(Struct, frozen=True):
    """How writing ended."""

    target: Path
    report: WriteReport
    is_cancelled: bool = False
    error: Exception | None = None


class WriteSummary(QWidget):
    """Shows an Outcome, and what can be done next."""

    open_wanted = Signal()
    """The folder is to be the data set."""

    folder_wanted = Signal()
    """The folder is to be shown in the system's file manager."""

    back_wanted = Signal()

    # On the class, as Qt sends change events before `__init__` has got that far.
    _outcome: Outcome | None = None

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._told = self.tr(
            "Each image has a line in generated.jsonl, so that it can be made again. Opened as"
            " the data set, they go through the recipe like any others."
        )
        self._mark = QLabel()
        self._title = make_label("title", "summary")
        self._folder = PlainLabel()
        self._fault = make_label("danger", "summary.fault", wraps=True)
        self._note = make_label("muted", "summary.note", wraps=True)
        self._figures = make_figures(
            {
                "summary.files": self.tr("images written"),
                "summary.copies": self.tr("near copies left out"),
                "summary.bytes": self.tr("on disk"),
                "summary.seconds": self.tr("time"),
            }
        )
        self.open = QPushButton(self.tr("Open as data set"))
        self._show_folder = QPushButton(self.tr("Show folder"))
        self._back = QPushButton(self.tr("Back to the gallery"))
        self._copies_title = make_label("title", "copies.title")
        self._copies = CopyList()
        self._build()
        self.open.clicked.connect(self.open_wanted)
        self._show_folder.clicked.connect(self.folder_wanted)
        self._back.clicked.connect(self.back_wanted)

    def show_outcome(self, outcome: Outcome) -> None:
        """Show how writing ended."""
        self._outcome = outcome
        report = outcome.report
        self._title.setText(describe_end(outcome))
        self._fault.setText(_describe_fault(outcome))
        self._fault.setVisible(bool(self._fault.text()))
        self._note.setText("\n".join((*report.notes, self._told)))
        self._note.setVisible(report.done > 0)
        self._folder.setText(str(outcome.target))
        self._folder.setToolTip(str(outcome.target))
        is_all = report.done >= report.total
        files = f"{report.done:,}" if is_all else f"{report.done:,} / {report.total:,}"
        self._figures.show_texts(
            {
                "summary.files": files,
                "summary.copies": f"{report.left_out:,}",
                "summary.bytes": format_bytes(report.bytes),
                "summary.seconds": format_seconds(report.seconds),
            }
        )
        self.open.setEnabled(report.done > 0)
        self._show_folder.setEnabled(report.done > 0)
        self._copies.show_copies(report.near_copies)
        self._copies_title.setVisible(bool(report.near_copies))
        self._show_mark()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._show_mark()

    def _show_mark(self) -> None:
        if self._outcome is None:
            return
        is_good = self._outcome.report.done and not self._outcome.error
        mark = icon("check", "good") if is_good else icon("warning", "danger")
        if self._outcome.is_cancelled:
            mark = icon("stop", "muted")
        self._mark.setPixmap(mark.pixmap(_MARK, self.devicePixelRatio()))

    def _build(self) -> None:
        self._copies_title.setText(
            self.tr("Near copies that were left out: each beside its training image")
        )
        tip = self.tr("Open the folder, to augment and export these images")
        name_control(self.open, "open", self.open.text(), tip)
        self.open.setProperty("role", "primary")
        tip = self.tr("Show the files in the system's file manager")
        name_control(self._show_folder, "show_folder", self._show_folder.text(), tip)
        tip = self.tr("Look at the images again")
        name_control(self._back, "back", self._back.text(), tip)
        tip = self.tr("Each near copy beside the training image it is too near to")
        name_control(self._copies, "copies", tip, tip)
        self._folder.setObjectName("generate.summary.folder")
        self._folder.setProperty("role", "muted")
        self._folder.setElideMode(Qt.TextElideMode.ElideMiddle)
        self._mark.setFixedSize(_MARK)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self._mark)
        head.addWidget(self._title)
        head.addWidget(self._folder, 1)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        for button in (self.open, self._show_folder, self._back):
            buttons.addWidget(button)
        buttons.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 16, 24, 24)
        column.setSpacing(16)
        column.addLayout(head)
        for widget in (self._fault, self._figures, self._note):
            column.addWidget(widget)
        column.addLayout(buttons)
        column.addWidget(self._copies_title)
        column.addWidget(self._copies, 100)
        column.addStretch(1)


def describe_end(outcome: Outcome) -> str:
    """Return in a few words how writing ended."""
    if outcome.is_cancelled:
        return translate("Generate", "Writing cancelled")
    if outcome.error is not None:
        return translate("Generate", "Writing stopped")
    if not outcome.report.done:
        return translate("Generate", "Nothing was written")
    return translate("Generate", "Images written")


def _describe_fault(outcome: Outcome) -> str:
    error, report = outcome.error, outcome.report
    if isinstance(error, UserError):
        return f"{error.message}. {error.hint}".strip()
    if error is not None:
        return translate("Generate", "An error of the program ended the writing.")
    if not report.done and report.left_out and not outcome.is_cancelled:
        return translate("Generate", "All of them are near copies of training images.")
    return ""
