"""The page for exports: options on the left, what will be or was written on the right."""

from collections.abc import Callable

from PySide6.QtCore import QTimer, QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices, QHideEvent, QShowEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from studio.dataset.estimate import Estimate, estimate
from studio.dataset.export import ExportReport, export, select_images
from studio.dataset.library import Library
from studio.errors import UserError
from studio.qt.export_form import ExportForm
from studio.qt.export_panels import EstimatePanel, RunPanel, SummaryPanel
from studio.qt.session import Session
from studio.qt.task import Task

_FORM_WIDTH = 400
_PAUSE = 400


class ExportPage(QWidget):
    """Chooses what to write, shows it beforehand, writes it, and tells what was written."""

    message = Signal(str, str)
    """A notice and a hint for the message bar."""

    failed = Signal(object)
    """An exception that is nobody's fault but ours."""

    running_changed = Signal(bool)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("export_page")
        self._session = session
        self._library: Library | None = None
        self._run: Task | None = None
        self._dry_run: Task | None = None
        self._form = ExportForm(session)
        self._start = QPushButton()
        self._estimate = EstimatePanel()
        self._progress = RunPanel()
        self._summary = SummaryPanel()
        self._panels = QStackedWidget()
        self._pause = QTimer(self, interval=_PAUSE, singleShot=True)
        self.open_folder: Callable[[QUrl], object] = QDesktopServices.openUrl
        self._build()
        self._form.changed.connect(self._note_change)
        self._start.clicked.connect(self.start)
        self._pause.timeout.connect(self._estimate_anew)
        self._progress.cancelled.connect(self.cancel)
        self._summary.open_wanted.connect(self._open_target)
        self._summary.again_wanted.connect(self._prepare_again)

    def set_library(self, library: Library | None) -> None:
        """Offer another data set. A running export goes on with the one it has."""
        self._library = library
        self._form.set_library(library)
        if not self.is_running():
            self._show_estimate_panel()

    def set_scope(self, split: str | None, class_name: str | None) -> None:
        """Choose one split or class, or everything with None, unless an export is running."""
        if not self.is_running():
            self._form.set_scope(split, class_name)

    def is_running(self) -> bool:
        """Tell whether files are being written."""
        return self._run is not None

    def stop_and_wait(self) -> None:
        """End what runs; returns when the last file is whole and on its place."""
        self._stop_dry_run()
        if self._run is not None:
            self._run.wait()

    @Slot()
    def start(self) -> None:
        """Write the export."""
        if self._library is None or self.is_running() or self._form.problem():
            return
        self._stop_dry_run()
        self._form.remember()
        options, target = self._form.options(), self._form.target()
        self._run = Task(export(self._library, self._session.recipe, target, options), self)
        self._run.reported.connect(self._progress.show_report)
        self._run.finished.connect(self._finish)
        self._run.stopped.connect(self._note_stop)
        self._run.failed.connect(self._fail)
        self._progress.begin(self._count_files(), target)
        self._summary.begin(target)
        self._panels.setCurrentWidget(self._progress)
        self._set_running(True)
        self._run.start()

    @Slot()
    def cancel(self) -> None:
        """Stop writing after the files that are under way."""
        if self._run is not None:
            self._run.stop()

    # Building

    def _build(self) -> None:
        left = QFrame()
        left.setProperty("role", "pane")
        left.setFixedWidth(_FORM_WIDTH)
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        scroll = QScrollArea()
        scroll.setObjectName("export.scroll")
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidgetResizable(True)
        scroll.setWidget(self._form)
        column.addWidget(scroll, 1)
        foot = QVBoxLayout()
        foot.setContentsMargins(16, 8, 16, 16)
        self._start.setObjectName("export.start")
        self._start.setProperty("role", "primary")
        self._start.setToolTip(self.tr("Write the files"))
        foot.addWidget(self._start)
        column.addLayout(foot)
        for panel in (self._estimate, self._progress, self._summary):
            self._panels.addWidget(panel)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(1)
        row.addWidget(left)
        row.addWidget(self._panels, 1)

    # Before

    @Slot()
    def _note_change(self) -> None:
        count = self._count_files()
        self._start.setText(
            self.tr("Export %n file(s)", "", count).replace(str(count), f"{count:,}")
        )
        self._start.setAccessibleName(self._start.text())
        self._start.setEnabled(count > 0 and not self._form.problem() and not self.is_running())
        if not self.is_running() and self.isVisible():
            self._show_estimate_panel()

    def _count_files(self) -> int:
        if self._library is None:
            return 0
        options = self._form.options()
        try:
            images = select_images(self._library, options)
        except UserError:
            return 0
        return len(images) * (options.copies + options.include_originals)

    def _show_estimate_panel(self) -> None:
        self._panels.setCurrentWidget(self._estimate)
        self._estimate.begin(self._count_files())
        self._stop_dry_run()
        self._pause.start()

    @Slot()
    def _estimate_anew(self) -> None:
        if self._library is None or not self.isVisible() or not self._count_files():
            return
        steps = estimate(self._library, self._session.recipe, self._form.options())
        self._dry_run = Task(steps, self)
        self._dry_run.finished.connect(self._show_estimate)
        self._dry_run.failed.connect(self._fail_estimate)
        self._dry_run.start()

    @Slot(object)
    def _show_estimate(self, result: Estimate) -> None:
        self._dry_run = None
        self._estimate.show_estimate(result, self._form.options().workers)

    @Slot(object)
    def _fail_estimate(self, error: Exception) -> None:
        self._dry_run = None
        if isinstance(error, UserError):
            self._estimate.show_fault(f"{error.message}. {error.hint}")
        else:
            self.failed.emit(error)

    def _stop_dry_run(self) -> None:
        self._pause.stop()
        if self._dry_run is not None:
            self._dry_run.disconnect(self)
            self._dry_run.stop()
            self._dry_run = None

    # After

    @Slot(object)
    def _finish(self, report: ExportReport) -> None:
        self._end(report, "")

    @Slot()
    def _note_stop(self) -> None:
        self._end(self._progress.report(), self.tr("Cancelled. Every file that is there is whole."))

    @Slot(object)
    def _fail(self, error: Exception) -> None:
        if isinstance(error, UserError):
            self._end(self._progress.report(), f"{error.message}. {error.hint}")
        else:
            self._end(self._progress.report(), self.tr("The export ended with an error."))
            self.failed.emit(error)

    def _end(self, report: ExportReport | None, fault: str) -> None:
        self._run = None
        self._set_running(False)
        self._progress.end()
        self._summary.show_summary(report, fault)
        self._panels.setCurrentWidget(self._summary)

    def _set_running(self, running: bool) -> None:
        self._form.setEnabled(not running)
        self._start.setEnabled(not running and not self._form.problem())
        self.running_changed.emit(running)

    @Slot()
    def _open_target(self) -> None:
        self.open_folder(QUrl.fromLocalFile(str(self._summary.target())))

    @Slot()
    def _prepare_again(self) -> None:
        self._form.suggest_target()
        self._show_estimate_panel()

    # Events

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._panels.currentWidget() is self._estimate:
            self._note_change()

    def hideEvent(self, event: QHideEvent) -> None:
        self._stop_dry_run()
        super().hideEvent(event)
