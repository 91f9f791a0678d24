"""The page that trains: options on the left, what a run shows on the right, all runs below."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QTimer, QUrl, Signal, Slot
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from studio.dataset.archives.names import data_set_name
from studio.dataset.library import Library
from studio.errors import UserError
from studio.gan.apart import run_apart
from studio.gan.config import TrainConfig, check_config
from studio.gan.jobs import device_job
from studio.gan.reports import Began, Preparing, Report, Waiting
from studio.gan.runs import RunSummary
from studio.qt.export.parts import lay_beside
from studio.qt.train.controls import RunBar
from studio.qt.train.desk import RunDesk
from studio.qt.train.errand import Errand, Loaded, look
from studio.qt.train.fields import runs_folder
from studio.qt.train.history import RunHistory
from studio.qt.train.live import LiveRun
from studio.qt.train.pane import TrainPane
from studio.qt.train.run import Asked, Outcome, TrainingRun

_NARROW = 1440
"""Below this there is no room for options, curves and pictures side by side."""


class TrainPage(QWidget):
    """Trains a generator on the open data set, shows how it goes, and keeps all runs in sight."""

    message = Signal(str)
    """A notice for the message bar."""

    failed = Signal(object)
    """An exception; the run that it ended can be resumed if it had begun."""

    running_changed = Signal(bool)

    run_finished = Signal(object)
    """The folder of a run that has ended and is kept."""

    generate_requested = Signal(object)
    """The folder of a run to make images with."""

    def __init__(
        self,
        parent: QWidget | None = None,
        pane: TrainPane | None = None,
        desk: RunDesk | None = None,
    ) -> None:
        """`pane` and `desk` where they were made before."""
        super().__init__(parent)
        self.setObjectName("train_page")
        self._library: Library | None = None
        self._run: TrainingRun | None = None
        self._live: LiveRun | None = None
        self._shown: Loaded | None = None
        self._discards = False
        self._has_asked = False
        self._pane = pane or TrainPane()
        self._bar = RunBar()
        self._desk = desk or RunDesk()
        self._looker, self._device = Errand(self), Errand(self)
        self._lay_out()
        self._connect()
        self._empty()

    @property
    def history(self) -> RunHistory:
        """What is shown."""
        return self._desk.history

    def set_library(self, library: Library | None) -> None:
        """Offer another data set. A running training goes on with the one it has."""
        self._library = library
        self._pane.set_library(library)
        if library is None:
            self._looker.cancel()
        else:
            self._looker.run(look(library))

    def set_folder_opener(self, open_folder: Callable[[QUrl], object]) -> None:
        """Show folders with this instead of the system's file manager."""
        self._desk.open_folder = open_folder

    def is_running(self) -> bool:
        """Tell whether a training runs, paused or not."""
        return self._run is not None

    def stop_and_wait(self) -> None:
        """End what runs; returns when the training is saved and no thread is left."""
        if self._run is not None:
            self._run.wait()
        for each in (self._looker, self._device):
            each.cancel(wait=True)
        self._desk.close_threads()

    @Slot()
    def start(self) -> None:
        """Train with the options of the form, unless it can be told that this is impossible."""
        if self._library is None or not self._pane.can_start():
            return
        form = self._pane.form
        try:
            check_config(form.config())
        except UserError as error:
            self.failed.emit(error)
            return
        form.remember()
        self._begin(Asked(form.config(), self._library.root, form.folder.new_run()), None)

    @Slot()
    def stop(self) -> None:
        """End the training with all of it saved; returns at once."""
        if self._run is not None:
            self._bar.show_ending(self.tr("Saving …"))
            self._run.stop()

    @Slot(object)
    def resume(self, config: TrainConfig) -> None:
        """Go on with the run that is shown, as the configuration says."""
        shown = self._shown
        if self._run is None and shown is not None:
            asked = Asked(config, Path(shown.run.source), shown.run.path, resume=True)
            self._begin(asked, shown)

    @Slot(object)
    def open_run(self, path: Path) -> None:
        """Show a run that is kept anywhere."""
        self._desk.open_run(path)

    # The training

    def _begin(self, asked: Asked, before: Loaded | None) -> None:
        had_focus = self._has_focus()
        self._discards = False
        told = list(before.reports) if before else []
        self._live = LiveRun(asked, told, before.run.date if before else datetime.now())
        self._run = TrainingRun(asked, self)
        self._run.reported.connect(self._note)
        self._run.ended.connect(self._finish)
        self._desk.begin(self._live)
        self._bar.show()
        self._bar.begin(asked.run.name)
        self._pane.set_running(True)
        self._make_room()
        if had_focus:
            self._bar.pause.setFocus()
        self.running_changed.emit(True)
        if self._device.is_running():
            # Its process is the one that trains.
            self._device.done.connect(self._run.start)
            self._device.failed.connect(self._run.start)
        else:
            self._run.start()

    @Slot(object)
    def _note(self, report: Report | Waiting) -> None:
        self._bar.note(report)
        if self._live is None or isinstance(report, Waiting | Preparing):
            return
        has_dropped = self._live.add(report)
        self._desk.follow(self._live, report, has_dropped=has_dropped)
        if isinstance(report, Began):
            self._pane.show_device(report.device)
            for note in report.notes:
                self.message.emit(note)

    @Slot(bool)
    def _set_paused(self, is_paused: bool) -> None:
        if self._run is not None:
            self._run.set_paused(is_paused)

    @Slot()
    def _ask_to_discard(self) -> None:
        if self._run is None:
            return
        path = self._run.asked.run
        text = self.tr("Stop the training, and remove its curves, pictures and checkpoints?")
        if not self._desk.confirm(self.tr("Discard the run"), f"{text}\n\n{path}"):
            return
        if self._run is None:
            # It ended while the question was read.
            self._desk.forget(path, has_begun=True)
            return
        self._discards = True
        self._bar.show_ending(self.tr("Stopping …"))
        self._run.stop()

    @Slot(object)
    def _finish(self, outcome: Outcome) -> None:
        assert self._run is not None
        self._run.deleteLater()
        self._run = None
        had_focus = self._has_focus()
        self._bar.end()
        self._pane.set_running(False)
        has_begun = outcome.began or outcome.asked.resume
        if self._discards or not has_begun:
            self._desk.forget(outcome.asked.run, has_begun=has_begun)
        else:
            self._keep(outcome)
        self._live = None
        if had_focus and self._bar.isVisible():
            self._bar.options.setFocus()
        self.running_changed.emit(False)
        if outcome.error is not None:
            self.failed.emit(outcome.error)

    def _keep(self, outcome: Outcome) -> None:
        """Show a run that has ended as one that can be gone on with."""
        live = self._live
        assert live is not None
        is_shown = self._desk.is_live_shown()
        ended = live.end()
        if ended is not None:
            self._desk.follow(live, ended, has_dropped=False)
        run = live.summarise("stopped" if outcome.reason == "failed" else outcome.reason)
        self._desk.end(run)
        if is_shown:
            self._shown = Loaded(run, live.reports)
        if self._shown is not None:
            self._show_ended(self._shown.run, has_failed=is_shown and outcome.reason == "failed")
        if not self.isVisible() and outcome.error is None:
            text = self.tr("The training of {name} has ended.")
            self.message.emit(text.format(name=run.path.name))
        self.run_finished.emit(run.path)

    # What is shown

    @Slot(object)
    def _show_old(self, loaded: Loaded) -> None:
        self._shown = loaded
        self._bar.show()
        self._make_room()
        if self._live is not None:
            self._bar.show_other(loaded.run.path.name)
        else:
            self._show_ended(loaded.run, has_failed=False)

    def _show_ended(self, run: RunSummary, *, has_failed: bool) -> None:
        state = ""
        condition = self.history.condition
        if run.state == "not finite":
            text = self.tr("Paused: the numbers ran out of bounds. {advice}")
            state = text.format(advice=condition.advice if condition else "").strip()
        elif has_failed:
            state = self.tr("An error ended it; what was saved can be resumed")
        self._bar.show_run(run, state)

    @Slot()
    def _show_live(self) -> None:
        self._bar.show_other("")

    @Slot()
    def _empty(self) -> None:
        self._shown = None
        if self._run is None:
            self._bar.show_run(None)
            self._bar.options.setChecked(True)
            self._bar.hide()
        self._follow_pane()

    @Slot()
    def _generate(self) -> None:
        if self._shown is not None:
            self.generate_requested.emit(self._shown.run.path)

    @Slot(bool)
    def _show_options(self, is_shown: bool) -> None:
        self._pane.setVisible(is_shown)
        self._line.setVisible(is_shown)
        self._fit()

    @Slot()
    def _follow_pane(self) -> None:
        name = data_set_name(self._library.root) if self._library is not None else ""
        problem = self._pane.form.problem()
        self._desk.welcome.offer(name, problem, can_start=self._pane.can_start())

    def _has_focus(self) -> bool:
        focus = QApplication.focusWidget()
        return focus is not None and self.isAncestorOf(focus)

    # Building

    def _lay_out(self) -> None:
        right = QVBoxLayout()
        right.setContentsMargins(24, 10, 24, 12)
        right.setSpacing(12)
        right.addWidget(self._bar)
        right.addWidget(self._desk, 1)
        self._line = lay_beside(self, self._pane, right)

    def _connect(self) -> None:
        self._pane.start_wanted.connect(self.start)
        self._pane.changed.connect(self._follow_pane)
        self._desk.welcome.start_wanted.connect(self.start)
        self._bar.options_toggled.connect(self._show_options)
        self._bar.pause_toggled.connect(self._set_paused)
        self._bar.stop_wanted.connect(self.stop)
        self._bar.discard_wanted.connect(self._ask_to_discard)
        self._bar.resume_wanted.connect(self.resume)
        self._bar.generate_wanted.connect(self._generate)
        self._bar.return_wanted.connect(self._desk.show_live)
        self._desk.shown.connect(self._show_old)
        self._desk.returned.connect(self._show_live)
        self._desk.emptied.connect(self._empty)
        self._desk.message.connect(self.message)
        self._desk.failed.connect(self.failed)
        self._looker.done.connect(self._pane.form.show_look)
        self._looker.failed.connect(self.failed)
        self._device.done.connect(self._pane.show_device)
        self._device.failed.connect(self.failed)

    def _make_room(self) -> None:
        if self.width() < _NARROW:
            self._bar.options.setChecked(False)

    def _fit(self) -> None:
        self._desk.set_compact(self.width() < _NARROW and self._bar.options.isChecked())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        folder = self._pane.form.folder
        folder.check()
        self._desk.refresh((runs_folder(), folder.parent_folder()))
        if not self._has_asked and self._run is None:
            self._has_asked = True
            QTimer.singleShot(0, self._desk, self._desk.prepare)
            self._device.run(run_apart(device_job))
