"""Choosing what to open: by dialog, or by dropping it on the window."""

from pathlib import Path

from PySide6.QtCore import QMimeData, QObject, Signal, Slot
from PySide6.QtWidgets import QFileDialog, QWidget

from studio.dataset.archives.names import ARCHIVE_SUFFIXES, is_archive
from studio.dataset.reading.image_file import IMAGE_SUFFIXES
from studio.errors import UserError
from studio.qt.recipe_commands import SUFFIXES


class OpenCommands(QObject):
    """Tells what a person chose; opens nothing itself."""

    data_chosen = Signal(object)
    """A folder or an archive, None for the sample."""

    image_chosen = Signal(object)
    """An image file, whose folder is meant."""

    recipe_chosen = Signal(object)
    """A recipe file."""

    failed = Signal(object)
    """A UserError: what was dropped is none of these."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._start = Path.home()

    def set_start(self, folder: Path) -> None:
        """Begin dialogs in this folder."""
        self._start = folder

    @Slot()
    def open_folder(self) -> None:
        name = QFileDialog.getExistingDirectory(
            self._window, self.tr("Open a folder of images"), str(self._start)
        )
        if name:
            self.data_chosen.emit(Path(name))

    @Slot()
    def open_archive(self) -> None:
        patterns = " ".join(f"*{suffix}" for suffix in (*ARCHIVE_SUFFIXES, "-ubyte"))
        kinds = self.tr("Archives and arrays ({patterns})").format(patterns=patterns)
        kinds = ";;".join((kinds, self.tr("All files (*)")))
        name, _ = QFileDialog.getOpenFileName(
            self._window, self.tr("Open an archive"), str(self._start), kinds
        )
        if name:
            self.data_chosen.emit(Path(name))

    @Slot()
    def open_sample(self) -> None:
        self.data_chosen.emit(None)

    @staticmethod
    def takes(data: QMimeData) -> bool:
        """Return whether what is dragged may be dropped."""
        return data.hasUrls() and data.urls()[0].isLocalFile()

    def take(self, data: QMimeData) -> None:
        """Choose the first of the files that were dropped."""
        path = Path(data.urls()[0].toLocalFile())
        if path.suffix.lower() in SUFFIXES:
            self.recipe_chosen.emit(path)
        elif path.is_dir() or is_archive(path):
            self.data_chosen.emit(path)
        elif path.suffix.lower() in IMAGE_SUFFIXES:
            self.image_chosen.emit(path)
        else:
            text = self.tr("{name}: is no folder, no archive, no image and no recipe")
            self.failed.emit(UserError(text.format(name=path.name)))
