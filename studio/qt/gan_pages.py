"""The pages that train and generate: made when first shown, as they bring much along."""

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QMessageBox, QStackedWidget, QWidget

from studio.dataset.library import Library

if TYPE_CHECKING:
    from studio.qt.generate.page import GeneratePage
    from studio.qt.train.page import TrainPage


class GanPages(QObject):
    """Joins both pages with each other and with the window."""

    message = Signal(str, str)
    """A notice and its hint."""

    failed = Signal(object)
    """An exception."""

    open_requested = Signal(object)
    """The folder of a data set to open."""

    train_requested = Signal()
    generate_requested = Signal()

    training_changed = Signal(bool)
    """Whether a training runs now."""

    generating_changed = Signal(bool)
    """Whether images are being written now."""

    def __init__(self, pages: QStackedWidget, window: QWidget) -> None:
        super().__init__(window)
        self._pages = pages
        self._window = window
        self._library: Library | None = None
        self._made: list[TrainPage | GeneratePage] = []

    @cached_property
    def train(self) -> "TrainPage":
        from studio.qt.train.page import TrainPage

        page = TrainPage()
        page.message.connect(self._tell)
        page.running_changed.connect(self.training_changed)
        page.run_finished.connect(self._offer_run)
        page.generate_requested.connect(self._generate_with)
        self._take_in(page)
        return page

    @cached_property
    def generate(self) -> "GeneratePage":
        from studio.qt.generate.page import GeneratePage

        page = GeneratePage()
        page.message.connect(self.message)
        page.running_changed.connect(self.generating_changed)
        page.open_requested.connect(self.open_requested)
        page.train_requested.connect(self.train_requested)
        self._take_in(page)
        return page

    def set_library(self, library: Library | None) -> None:
        """Tell of another data set."""
        self._library = library
        for page in self._made:
            page.set_library(library)

    def is_running(self) -> bool:
        """Tell whether closing now would end something."""
        return any(page.is_running() for page in self._made)

    def may_stop(self) -> bool:
        """Ask whether what runs may be ended."""
        answer = QMessageBox.question(
            self._window,
            self.tr("A training is running") if self._is_training() else self.tr("Images are made"),
            self.tr("Save the training and close? It can be resumed later.")
            if self._is_training()
            else self.tr("Stop and close? Images that are written stay, each of them whole."),
        )
        return answer == QMessageBox.StandardButton.Yes

    def stop(self) -> None:
        """Have everything end; returns at once, and the changes are told."""
        if self._is_training():
            self.train.stop()
        if "generate" in self.__dict__:
            self.generate.cancel()

    def stop_and_wait(self) -> None:
        """End everything; returns when it is saved and no thread is left."""
        for page in self._made:
            page.stop_and_wait()

    def _is_training(self) -> bool:
        return "train" in self.__dict__ and self.train.is_running()

    def _take_in(self, page: "TrainPage | GeneratePage") -> None:
        page.failed.connect(self.failed)
        page.set_library(self._library)
        self._pages.addWidget(page)
        self._made.append(page)

    @Slot(str)
    def _tell(self, text: str) -> None:
        self.message.emit(text, "")

    @Slot(object)
    def _offer_run(self, run: Path) -> None:
        if "generate" in self.__dict__:
            self.generate.set_run(run)

    @Slot(object)
    def _generate_with(self, run: Path) -> None:
        self.generate.set_run(run)
        self.generate_requested.emit()
