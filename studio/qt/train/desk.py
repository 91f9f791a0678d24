"""The right side of the train page below its bar: the run that is shown, and the list of all."""

from collections.abc import Callable, Generator, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QMessageBox, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from studio.gan.reports import Report
from studio.gan.runs import RunSummary
from studio.qt.in_pieces import InPieces
from studio.qt.train import errand
from studio.qt.train.errand import Errand, Loaded, Removed
from studio.qt.train.history import RunHistory
from studio.qt.train.live import LiveRun
from studio.qt.train.opened import add_opened_run, opened_runs
from studio.qt.train.run_list import RunList
from studio.qt.train.welcome import Welcome

if TYPE_CHECKING:
    from studio.qt.train.watch import WatchPanel

_LIST_HEIGHT = 150
_LISTED_AFTER = 1000
_AT_ONCE = 20


class RunDesk(QWidget):
    """Shows a run, the training that is under way or one from the disk, with another over it."""

    shown = Signal(object)
    """The Loaded of an old run that is shown now."""

    returned = Signal()
    """The training that is under way is shown again."""

    emptied = Signal()
    """No run is shown any more."""

    message = Signal(str)
    failed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.history = RunHistory(self)
        self.welcome = Welcome()
        self.open_folder: Callable[[QUrl], object] = QDesktopServices.openUrl
        self._live: LiveRun | None = None
        self._list = RunList()
        self._panels = QStackedWidget()
        self._watch: WatchPanel | None = None
        self._second: RunHistory | None = None
        self._parents: tuple[Path, ...] = ()
        self._is_compact = False
        self._building = InPieces(self)
        self._listing = QTimer(self, singleShot=True, interval=_LISTED_AFTER)
        self._importer = Errand(self)
        self._lister, self._loader = Errand(self), Errand(self)
        self._remover, self._over = Errand(self), Errand(self)
        self._lay_out()
        self._connect()

    def close_threads(self) -> None:
        """Return when nothing is read any more."""
        self._building.cancel()
        for each in self._errands():
            each.cancel(wait=True)
        if self._watch is not None:
            self._watch.stop_and_wait()

    def set_compact(self, is_compact: bool) -> None:
        """Do with little room."""
        self._is_compact = is_compact
        if self._watch is not None:
            self._watch.set_compact(is_compact)

    def confirm(self, title: str, text: str) -> bool:
        """Ask a question whose answer cannot be taken back."""
        buttons = QMessageBox.StandardButton
        answer = QMessageBox.question(
            self, title, text, buttons.Yes | buttons.Cancel, buttons.Cancel
        )
        return answer == buttons.Yes

    # A training

    def begin(self, live: LiveRun) -> None:
        """Show a training that starts, or goes on."""
        self._loader.cancel()
        self._live = live
        self._hide_overlay()
        self._show_watch()
        if not live.reports:
            self.history.clear(live.asked.run, live.asked.config)
        self._list.note(live.summarise())
        self._list.show()
        self._list.choose(live.asked.run)

    def follow(self, live: LiveRun, report: Report, *, has_dropped: bool) -> None:
        """Show what the training has told; with `has_dropped`, all of it anew."""
        if has_dropped and self.is_live_shown():
            self._replay_live()
        elif self.is_live_shown():
            self.history.add(report)
        # Its columns fit what they show, which is not for every step of a training.
        if not self._listing.isActive():
            self._listing.start()

    @Slot()
    def _list_live(self) -> None:
        if self._live is not None:
            self._list.note(self._live.summarise())

    def end(self, run: RunSummary) -> None:
        """Show a training that has ended as a run like others."""
        self._live = None
        self._list.note(run)

    def forget(self, path: Path, *, has_begun: bool) -> None:
        """Remove a training that has ended."""
        self._live = None
        self._remover.run(errand.remove(path) if has_begun else errand.remove_unbegun(path))

    def is_live_shown(self) -> bool:
        """Tell whether what is shown is the training under way."""
        return self._live is not None and self.history.folder == self._live.asked.run

    @Slot()
    def show_live(self) -> None:
        """Show the training under way."""
        if self._live is not None:
            self._loader.cancel()
            self._replay_live()
            self._list.choose(self._live.asked.run)
            self.returned.emit()

    def _replay_live(self) -> None:
        assert self._live is not None
        asked = self._live.asked
        self.history.show(asked.run, asked.config, self._live.reports)

    # What is shown

    @Slot()
    def prepare(self) -> None:
        """Begin to build all that shows a run, so that nothing stalls when one begins."""
        if self._watch is None and not self._building.is_running():
            self._importer.run(errand.import_plots())

    @Slot()
    def _build(self) -> None:
        if self._watch is None and not self._building.is_running():
            self._building.run(self._build_watch())

    def _build_watch(self) -> Generator[None, None, None]:
        # Not every window needs plots, and pyqtgraph with them.
        from studio.qt.train.watch import build_watch

        watch = yield from build_watch(self.history)
        watch.set_compact(self._is_compact)
        watch.message.connect(self.message)
        watch.failed.connect(self.failed)
        self._panels.addWidget(watch)
        self._watch = watch
        # The stylesheet's part of its first show, which would be a stall.
        for number, child in enumerate(watch.findChildren(QWidget)):
            child.ensurePolished()
            if number % _AT_ONCE == 0:
                yield

    def _show_watch(self) -> None:
        self._build()
        self._building.finish()
        assert self._watch is not None
        self._panels.setCurrentWidget(self._watch)

    @Slot(object)
    def _choose(self, run: RunSummary) -> None:
        if self._live is not None and run.path == self._live.asked.run:
            self.show_live()
        else:
            self._loader.run(errand.load(run.path))

    @Slot(object)
    def _show_loaded(self, loaded: Loaded) -> None:
        run = loaded.run
        self._hide_overlay()
        self._show_watch()
        if run.config is None:
            self.history.clear(run.path)
        else:
            self.history.show(run.path, run.config, loaded.reports)
        self._list.note(run)
        self._list.choose(run.path)
        self.shown.emit(loaded)

    @Slot(object)
    def _lay_over(self, run: RunSummary | None) -> None:
        if run is None:
            self._hide_overlay()
        else:
            self._over.run(errand.load(run.path))

    @Slot(object)
    def _show_overlay(self, loaded: Loaded) -> None:
        if loaded.run.config is None or self._watch is None:
            self._hide_overlay()
            return
        second = RunHistory(self)
        second.show(loaded.run.path, loaded.run.config, loaded.reports)
        self._put_overlay(second)
        self._list.show_overlaid(loaded.run.path)

    def _hide_overlay(self) -> None:
        self._over.cancel()
        self._put_overlay(None)
        self._list.show_overlaid(None)

    def _put_overlay(self, second: RunHistory | None) -> None:
        before, self._second = self._second, second
        if self._watch is not None:
            self._watch.set_overlay(second)
        if before is not None:
            before.deleteLater()

    # All runs

    def refresh(self, parents: Iterable[Path]) -> None:
        """Look which runs there are below some folders, and where some were opened by hand."""
        self._parents = tuple(dict.fromkeys(parents))
        self._lister.run(errand.list_all(self._parents, opened_runs()))

    @Slot(object)
    def _show_runs(self, runs: list[RunSummary]) -> None:
        if self._live is not None:
            others = [run for run in runs if run.path != self._live.asked.run]
            runs = [self._live.summarise(), *others]
        self._list.set_runs(runs)
        self._list.setVisible(bool(runs))

    @Slot(object)
    def open_run(self, path: Path) -> None:
        """Show a run that is kept elsewhere, and list it from now on."""
        add_opened_run(path)
        self._list.show()
        self._loader.run(errand.load(path))

    @Slot(object)
    def _show_folder(self, run: RunSummary) -> None:
        self.open_folder(QUrl.fromLocalFile(str(run.path)))

    @Slot(object)
    def _ask_to_remove(self, run: RunSummary) -> None:
        text = self.tr(
            "Remove this run's curves, pictures, checkpoints and its generator? Other files in its"
            " folder stay."
        )
        if self.confirm(self.tr("Remove the run"), f"{text}\n\n{run.path}"):
            self._remover.run(errand.remove(run.path))

    @Slot(object)
    def _note_removal(self, removed: Removed) -> None:
        if not removed.is_gone:
            text = self.tr("Other files in {folder} stay.")
            self.message.emit(text.format(folder=removed.path))
        if self.history.folder == removed.path:
            self.history.clear()
            self._hide_overlay()
            self._panels.setCurrentWidget(self.welcome)
            self.emptied.emit()
        self.refresh(self._parents)

    # Building

    def _lay_out(self) -> None:
        self._panels.addWidget(self.welcome)
        split = QSplitter(Qt.Orientation.Vertical)
        split.addWidget(self._panels)
        split.addWidget(self._list)
        split.setStretchFactor(0, 1)
        split.setSizes([1000, _LIST_HEIGHT])
        split.setChildrenCollapsible(False)
        self._list.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(split)

    def _connect(self) -> None:
        self.welcome.open_wanted.connect(self._list.choose_folder)
        self._list.chosen.connect(self._choose)
        self._list.overlay_wanted.connect(self._lay_over)
        self._list.open_wanted.connect(self.open_run)
        self._list.folder_wanted.connect(self._show_folder)
        self._list.remove_wanted.connect(self._ask_to_remove)
        self._listing.timeout.connect(self._list_live)
        self._importer.done.connect(self._build)
        self._lister.done.connect(self._show_runs)
        self._loader.done.connect(self._show_loaded)
        self._over.done.connect(self._show_overlay)
        self._remover.done.connect(self._note_removal)
        for each in self._errands():
            each.failed.connect(self.failed)

    def _errands(self) -> tuple[Errand, ...]:
        return self._importer, self._lister, self._loader, self._remover, self._over
