"""The page for generating: options on the left, a gallery of made images on the right."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices, QHideEvent, QShowEvent
from PySide6.QtWidgets import QApplication, QStackedWidget, QWidget

from studio.dataset.library import Library
from studio.errors import UserError
from studio.gan.apart import warm_up
from studio.qt.export.parts import lay_beside
from studio.qt.generate.empty import EmptyPanel
from studio.qt.generate.gallery_panel import GalleryPanel
from studio.qt.generate.pane import GeneratePane
from studio.qt.generate.progress import WriteProgress
from studio.qt.generate.run_field import classes_of
from studio.qt.generate.summary import Outcome, WriteSummary, describe_end
from studio.qt.generate.writing import Order, WriteRun


class GeneratePage(QWidget):
    """Makes images with a trained generator, lets them be picked, and writes them."""

    message = Signal(str, str)
    """A notice and a hint for the message bar, about writing that ended out of sight."""

    failed = Signal(object)
    """An exception that is nobody's fault but ours."""

    open_requested = Signal(object)
    """The Path of a folder that is to be the data set."""

    train_requested = Signal()
    """There is no run yet, and one is wanted."""

    running_changed = Signal(bool)

    def __init__(
        self,
        parent: QWidget | None = None,
        pane: GeneratePane | None = None,
        gallery: GalleryPanel | None = None,
    ) -> None:
        """`pane` and `gallery` where they were made before."""
        super().__init__(parent)
        self.setObjectName("generate_page")
        self._order: Order | None = None
        self._writing: WriteRun | None = None
        self._target = Path()
        self._pane = pane or GeneratePane()
        self._gallery = gallery or GalleryPanel()
        self._empty = EmptyPanel()
        self._progress = WriteProgress()
        self._summary = WriteSummary()
        self._panels = QStackedWidget()
        self.open_folder: Callable[[QUrl], object] = QDesktopServices.openUrl
        self._lay_out()
        self._connect()
        self._follow_run()

    def set_library(self, library: Library | None) -> None:
        """Count the images of another data set: what fills its classes depends on it."""
        self._pane.set_library(library)

    def set_run(self, run: Path | None) -> None:
        """Make images with this run from now on; with None, look again which runs there are."""
        if self._is_busy():
            return
        self._pane.run.choose(run)
        if self._panels.currentWidget() is self._summary:
            self._show_gallery()

    def is_running(self) -> bool:
        """Tell whether images are being written."""
        return self._writing is not None

    def stop_and_wait(self) -> None:
        """End what runs; returns when the last file is whole and in its place."""
        self._order = None
        if self._writing is not None:
            self._writing.wait()
        self._gallery.stop_and_wait()
        self._progress.close_pictures()
        self._pane.close_threads()

    @Slot()
    def start(self) -> None:
        """Write what is wanted."""
        order = self._pane.order()
        if order is None or self._is_busy():
            return
        self._pane.form.remember()
        self._order = order
        self._progress.begin(len(order.samples), order.target)
        self._show_running(True, self._progress, self._progress.cancel)
        # After the gallery's own work: a second child would have to start TensorFlow first.
        self._gallery.pause()

    @Slot()
    def cancel(self) -> None:
        """Stop writing after the images that are under way."""
        if self._writing is not None:
            self._writing.stop()
        elif self._order is not None:
            self._order = None
            self._progress.end()
            self._show_running(False, self._gallery, None)
            self._gallery.retry()

    @Slot()
    def _begin(self) -> None:
        order, self._order = self._order, None
        if order is None:
            return
        self._target = order.target
        self._writing = WriteRun(order, self)
        self._writing.reported.connect(self._progress.note)
        self._writing.ended.connect(self._finish)
        self.running_changed.emit(True)
        self._writing.start()

    @Slot(object)
    def _finish(self, outcome: Outcome) -> None:
        assert self._writing is not None
        self._writing.deleteLater()
        self._writing = None
        self._progress.end()
        self._summary.show_outcome(outcome)
        self._pane.form.target.renew()
        self._show_running(False, self._summary, self._summary.open)
        self.running_changed.emit(False)
        if not self.isVisible():
            done, total = f"{outcome.report.done:,}", f"{outcome.report.total:,}"
            hint = self.tr("{done} of {total} images are in {folder}")
            hint = hint.format(done=done, total=total, folder=outcome.target)
            self.message.emit(describe_end(outcome), hint)
        if outcome.error is not None and not isinstance(outcome.error, UserError):
            self.failed.emit(outcome.error)

    def _is_busy(self) -> bool:
        return self._writing is not None or self._order is not None

    def _show_running(self, is_running: bool, panel: QWidget, heir: QWidget | None) -> None:
        """Show a panel; where the focus was on this page, `heir` takes it over."""
        focus = QApplication.focusWidget()
        had_focus = focus is not None and self.isAncestorOf(focus)
        self._pane.set_running(is_running)
        self._panels.setCurrentWidget(panel)
        if had_focus and heir is not None:
            heir.setFocus()

    # Following the options

    @Slot()
    def _follow_run(self) -> None:
        run = self._pane.run.run()
        path = run.path if run else None
        self._gallery.set_source(path, self._pane.run.which(), classes_of(run) if run else ("",))
        self._follow_classes()
        if not self._is_busy():
            self._show_gallery()

    @Slot()
    def _follow_classes(self) -> None:
        self._gallery.set_classes(self._pane.classes.names() or ())

    @Slot()
    def _follow_variety(self) -> None:
        self._gallery.set_truncation(self._pane.variety.value())

    @Slot()
    def _follow_gallery(self) -> None:
        self._pane.show_ticked(self._gallery.ticked(), self._gallery.seed())

    @Slot()
    def _show_gallery(self) -> None:
        if self._pane.run.run() is not None:
            self._panels.setCurrentWidget(self._gallery)
            self._gallery.retry()
            return
        self._empty.show_runs(has_runs=not self._pane.run.is_empty())
        self._panels.setCurrentWidget(self._empty)

    @Slot()
    def _follow_list(self) -> None:
        if self._pane.run.run() is None and not self._is_busy():
            self._show_gallery()

    @Slot()
    def _open_written(self) -> None:
        self.open_requested.emit(self._target)

    @Slot()
    def _show_folder(self) -> None:
        self.open_folder(QUrl.fromLocalFile(str(self._target)))

    # Building

    def _lay_out(self) -> None:
        for panel in (self._empty, self._gallery, self._progress, self._summary):
            self._panels.addWidget(panel)
        lay_beside(self, self._pane, self._panels)

    def _connect(self) -> None:
        self._pane.run_changed.connect(self._follow_run)
        self._pane.run.listed.connect(self._follow_list)
        self._pane.variety_changed.connect(self._follow_variety)
        self._pane.classes_changed.connect(self._follow_classes)
        self._pane.start_wanted.connect(self.start)
        self._gallery.changed.connect(self._follow_gallery)
        self._gallery.failed.connect(self.failed)
        self._gallery.maker.ended.connect(self._begin)
        self._empty.train_wanted.connect(self.train_requested)
        self._progress.cancelled.connect(self.cancel)
        self._summary.open_wanted.connect(self._open_written)
        self._summary.folder_wanted.connect(self._show_folder)
        self._summary.back_wanted.connect(self._show_gallery)

    # Events

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        warm_up()
        if not self._is_busy():
            self._pane.run.refresh()
            self._pane.form.target.check()
            self._gallery.retry()

    def hideEvent(self, event: QHideEvent) -> None:
        self._gallery.pause()
        super().hideEvent(event)
