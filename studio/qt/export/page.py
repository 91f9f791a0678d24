"""The page for exports: options on the left, what would be, is or was written on the right."""

from collections.abc import Callable
from pathlib import Path

from msgspec.structs import replace
from PySide6.QtCore import QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices, QHideEvent, QShowEvent
from PySide6.QtWidgets import QApplication, QStackedWidget, QWidget

from studio.dataset.library import Library
from studio.errors import UserError
from studio.qt.export.dry_run import DryRun, Forecast
from studio.qt.export.estimate import EstimatePanel
from studio.qt.export.pane import ExportPane
from studio.qt.export.parts import lay_beside
from studio.qt.export.progress import ProgressPanel
from studio.qt.export.run import ExportRun, Outcome, Work
from studio.qt.export.summary import SummaryPanel, describe_end
from studio.qt.session import Session


class ExportPage(QWidget):
    """Chooses what to write, shows it beforehand, writes it, and tells what was written."""

    message = Signal(str, str)
    """A notice and a hint for the message bar, about an export that ended out of sight."""

    failed = Signal(object)
    """An exception that is nobody's fault but ours."""

    skipped = Signal(object)
    """The Problems of images of the data set on this page that an export could not use."""

    running_changed = Signal(bool)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("export_page")
        self._session = session
        self._library: Library | None = None
        self._scope: tuple[str | None, str | None] = (None, None)
        self._run: ExportRun | None = None
        self._last: Outcome | None = None
        self._is_stale = True
        self._pane = ExportPane(session)
        self._estimate = EstimatePanel()
        self._progress = ProgressPanel()
        self._summary = SummaryPanel()
        self._panels = QStackedWidget()
        self._dry_run = DryRun(self)
        self.open_folder: Callable[[QUrl], object] = QDesktopServices.openUrl
        self._lay_out()
        self._connect()
        self.set_library(None)

    def set_library(self, library: Library | None) -> None:
        """Offer another data set. A running export goes on with the one it has."""
        if _root_of(library) != _root_of(self._library):
            self._scope = (None, None)
        self._library = library
        self._pane.set_library(library)

    def set_scope(self, split: str | None, class_name: str | None) -> None:
        """Choose one split or class, or everything with None.

        Nothing happens while an export runs or is looked after, nor if it is the scope that was set
        before, so that what was ticked by hand meanwhile stays.
        """
        if not self._is_busy() and (split, class_name) != self._scope:
            self._scope = (split, class_name)
            self._pane.set_scope(split, class_name)

    def set_workers(self, count: int) -> None:
        """Let the next export work on this many images at once."""
        self._pane.set_workers(count)

    def is_running(self) -> bool:
        """Tell whether files are being written."""
        return self._run is not None

    def _is_busy(self) -> bool:
        return self.is_running() or self._summary.aftercare.is_running()

    def stop_and_wait(self) -> None:
        """End what runs; returns when the last file is whole and in its place."""
        if self._run is not None:
            self._run.wait()
        self._summary.aftercare.wait()
        self._dry_run.wait()
        self._progress.close_pictures()

    @Slot()
    def start(self) -> None:
        """Write the export, unless it can be told beforehand that it cannot be written."""
        if self._library is not None and self._pane.check():
            self._begin(self._plan_work(self._library))

    @Slot()
    def resume(self) -> None:
        """Go on with the export that the target holds, if it is the one that is planned here."""
        if self._library is not None and not self._is_busy():
            self._begin(replace(self._plan_work(self._library), resume=True))

    @Slot()
    def _resume_last(self) -> None:
        if self._last is not None and not self._is_busy():
            self._begin(replace(self._last.work, resume=True))

    def _plan_work(self, library: Library) -> Work:
        return Work(
            library=library,
            recipe=self._session.recipe,
            target=self._pane.target(),
            options=self._pane.options(),
            total=self._pane.count_files(),
        )

    def _begin(self, work: Work) -> None:
        self._dry_run.cancel()
        self._pane.remember()
        self._run = ExportRun(work, self)
        self._run.reported.connect(self._progress.note_report)
        self._run.ended.connect(self._finish)
        self._progress.begin(work.total, work.target, work.library.store.max_pixels)
        self._show_running(True, self._progress, self._progress.cancel)
        self._run.start()

    @Slot()
    def cancel(self) -> None:
        """Stop writing after the files that are under way."""
        if self._run is not None:
            self._run.stop()

    def _lay_out(self) -> None:
        for panel in (self._estimate, self._progress, self._summary):
            self._panels.addWidget(panel)
        lay_beside(self, self._pane, self._panels)

    def _connect(self) -> None:
        self._pane.changed.connect(self._plan)
        self._session.recipe_changed.connect(self._plan)
        self._dry_run.ready.connect(self._show_forecast)
        self._dry_run.failed.connect(self._show_fault)
        self._pane.start_wanted.connect(self.start)
        self._progress.cancelled.connect(self.cancel)
        self._summary.open_wanted.connect(self._open_target)
        self._summary.again_wanted.connect(self._plan)
        self._pane.resume_wanted.connect(self.resume)
        self._summary.resume_wanted.connect(self._resume_last)
        self._summary.aftercare.running_changed.connect(self._pane.set_running)
        self._summary.aftercare.undone.connect(self._pane.check)
        self._summary.aftercare.told.connect(self._tell_aftercare)
        self._summary.aftercare.failed.connect(self.failed)

    # Before

    @Slot()
    def _plan(self) -> None:
        self._is_stale = True
        if not self._is_busy():
            self._panels.setCurrentWidget(self._estimate)
            self._forecast()

    def _forecast(self) -> None:
        self._dry_run.cancel()
        files = self._pane.count_files()
        if self._library is None:
            self._estimate.show_nothing(self.tr("Open a folder of images first."))
        elif not files:
            self._estimate.show_nothing(self._pane.why_nothing())
        else:
            self._estimate.begin(files)
            if self.isVisible():
                self._dry_run.request(self._library, self._session.recipe, self._pane.options())

    @Slot(object)
    def _show_forecast(self, forecast: Forecast) -> None:
        self._is_stale = False
        self._estimate.show_forecast(forecast)

    @Slot(object)
    def _show_fault(self, error: Exception) -> None:
        self._is_stale = False
        if isinstance(error, UserError):
            self._estimate.show_fault(f"{error.message}. {error.hint}".strip())
        else:
            self._estimate.show_fault(self.tr("An error of the program ended the dry run."))
            self.failed.emit(error)

    # After

    @Slot(object)
    def _finish(self, outcome: Outcome) -> None:
        assert self._run is not None
        self._run.deleteLater()
        self._run = None
        self._progress.end()
        error = outcome.error
        if isinstance(error, UserError) and self._can_be_mended(outcome):
            self._show_running(False, self._estimate, None)
            self._pane.refuse(error)
            self._plan()
        else:
            self._last = outcome
            self._summary.show_outcome(outcome)
            self._pane.renew_target()
            self._show_running(False, self._summary, self._summary.open)
        if not self.isVisible():
            self._tell(outcome)
        if outcome.report.skipped and outcome.work.library is self._library:
            self.skipped.emit(outcome.report.skipped)
        if error is not None and not isinstance(error, UserError):
            self.failed.emit(error)

    def _can_be_mended(self, outcome: Outcome) -> bool:
        """Tell whether the target that took nothing is still there to be changed."""
        return not outcome.has_begun and self._pane.target() == outcome.target

    def _show_running(self, is_running: bool, panel: QWidget, heir: QWidget | None) -> None:
        """Show a panel; where the focus was on this page, `heir` takes it over."""
        focus = QApplication.focusWidget()
        had_focus = focus is not None and self.isAncestorOf(focus)
        self._pane.set_running(is_running)
        self._panels.setCurrentWidget(panel)
        if had_focus and heir is not None:
            heir.setFocus()
        self.running_changed.emit(is_running)

    def _tell(self, outcome: Outcome) -> None:
        done, total = f"{outcome.report.done:,}", f"{outcome.report.total:,}"
        hint = self.tr("{done} of {total} files are in {folder}")
        hint = hint.format(done=done, total=total, folder=outcome.target)
        self.message.emit(describe_end(outcome), hint)

    @Slot(str)
    def _tell_aftercare(self, text: str) -> None:
        if not self.isVisible() and self._last is not None:
            self.message.emit(text, str(self._last.target))

    @Slot()
    def _open_target(self) -> None:
        if self._last is not None:
            self.open_folder(QUrl.fromLocalFile(str(self._last.target)))

    # Events

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self._is_busy():
            self._pane.check()
        if self._is_stale and self._panels.currentWidget() is self._estimate:
            self._forecast()

    def hideEvent(self, event: QHideEvent) -> None:
        self._dry_run.cancel()
        super().hideEvent(event)


def _root_of(library: Library | None) -> Path | None:
    return library.root if library else None
