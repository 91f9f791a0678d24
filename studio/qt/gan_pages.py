"""The pages that train and generate: made when first shown, piece by piece, as they are large."""

from collections.abc import Generator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QMessageBox, QStackedWidget, QWidget

from studio.dataset.library import Library
from studio.qt.in_pieces import InPieces

if TYPE_CHECKING:
    from studio.qt.generate.page import GeneratePage
    from studio.qt.train.page import TrainPage

PageName = Literal["train", "generate"]
_REST = 2


class GanPages(QObject):
    """Joins both pages with each other and with the window."""

    message = Signal(str, str)
    """A notice and its hint."""

    failed = Signal(object)
    """An exception."""

    open_requested = Signal(object)
    """The folder of a data set to open."""

    made = Signal(str)
    """The name of a page that can be shown."""

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
        self._run: Path | None = None
        self._made: dict[PageName, TrainPage | GeneratePage] = {}
        self._making: PageName = "train"
        self._pieces = InPieces(self, _REST)

    def make(self, name: PageName) -> None:
        """Have a page that can be shown; `made` tells, at once where it was made before."""
        if name in self._made:
            self.made.emit(name)
        elif not (self._pieces.is_running() and self._making == name):
            self._begin(name)

    @property
    def train(self) -> "TrainPage":
        page: TrainPage = self._get("train")
        return page

    @property
    def generate(self) -> "GeneratePage":
        page: GeneratePage = self._get("generate")
        return page

    def set_library(self, library: Library | None) -> None:
        """Tell of another data set."""
        self._library = library
        for page in self._made.values():
            page.set_library(library)

    def is_running(self) -> bool:
        """Tell whether closing now would end something."""
        return any(page.is_running() for page in self._made.values())

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
        if "generate" in self._made:
            self.generate.cancel()

    def stop_and_wait(self) -> None:
        """End everything; returns when it is saved and no thread is left."""
        self._pieces.cancel()
        for page in self._made.values():
            page.stop_and_wait()

    def _is_training(self) -> bool:
        return "train" in self._made and self.train.is_running()

    # Making

    def _get(self, name: PageName) -> Any:
        if name not in self._made:
            self.make(name)
            self._pieces.finish()
        return self._made[name]

    def _begin(self, name: PageName) -> None:
        self._making = name
        self._pieces.run(self._make_train() if name == "train" else self._make_generate())

    def _make_train(self) -> Generator[None, None, None]:
        from studio.qt.train.desk import RunDesk
        from studio.qt.train.page import TrainPage
        from studio.qt.train.pane import TrainPane

        yield
        pane = TrainPane()
        yield
        desk = RunDesk()
        yield
        page = TrainPage(pane=pane, desk=desk)
        page.message.connect(self._tell)
        page.running_changed.connect(self.training_changed)
        page.run_finished.connect(self._offer_run)
        page.generate_requested.connect(self._generate_with)
        self._take_in("train", page)
        yield
        self.made.emit("train")

    def _make_generate(self) -> Generator[None, None, None]:
        from studio.qt.generate.gallery_panel import GalleryPanel
        from studio.qt.generate.page import GeneratePage
        from studio.qt.generate.pane import GeneratePane

        yield
        pane = GeneratePane()
        yield
        gallery = GalleryPanel()
        yield
        page = GeneratePage(pane=pane, gallery=gallery)
        page.message.connect(self.message)
        page.running_changed.connect(self.generating_changed)
        page.open_requested.connect(self.open_requested)
        page.train_requested.connect(self.train_requested)
        self._take_in("generate", page)
        if self._run is not None:
            page.set_run(self._run)
        yield
        self.made.emit("generate")

    def _take_in(self, name: PageName, page: "TrainPage | GeneratePage") -> None:
        page.failed.connect(self.failed)
        page.set_library(self._library)
        self._pages.addWidget(page)
        self._made[name] = page

    # Between the pages

    @Slot(str)
    def _tell(self, text: str) -> None:
        self.message.emit(text, "")

    @Slot(object)
    def _offer_run(self, run: Path) -> None:
        if "generate" in self._made:
            self.generate.set_run(run)

    @Slot(object)
    def _generate_with(self, run: Path) -> None:
        self._run = run
        if "generate" in self._made:
            self.generate.set_run(run)
        self.generate_requested.emit()
