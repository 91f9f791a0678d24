"""Showing where a file is: its folder in the system's file manager, its path on the clipboard."""

from collections.abc import Callable, Generator, Iterable
from pathlib import Path

from PySide6.QtCore import QObject, QUrl, Slot
from PySide6.QtGui import QAction, QDesktopServices, QGuiApplication

from studio.dataset.library import Library, Problem
from studio.dataset.reading.image_file import ImageError
from studio.dataset.store import Store
from studio.qt.task import Task


class Places(QObject):
    """Opens folders and copies paths of one library's files, by their keys.

    `actions` does so for the current image. `open_url` takes the QUrl of a folder.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store: Store | None = None
        self._current = ""
        self.open_url: Callable[[QUrl], object] = QDesktopServices.openUrl
        self.actions = [
            self._build_action("open_folder", self.tr("Open its folder"), self._open_current),
            self._build_action("copy_path", self.tr("Copy its path"), self._copy_current),
        ]
        self.set_current("")

    def set_library(self, library: Library | None) -> None:
        self._store = library.store if library else None

    def set_current(self, key: str) -> None:
        """Let the actions be about the image with this key, about none with ""."""
        self._current = key
        for action in self.actions:
            action.setEnabled(bool(key))

    @Slot(str)
    def open_folder(self, key: str) -> None:
        """Open the folder that holds a file, or what is left of its path."""
        if self._store is not None:
            task = Task(_find_folder(self._store, key), self)
            task.finished.connect(self._open)
            task.finished.connect(task.deleteLater)
            task.start()

    @Slot(str)
    def copy_path(self, key: str) -> None:
        if self._store is not None:
            QGuiApplication.clipboard().setText(str(self._store.place(key)))

    @Slot(object)
    def copy_list(self, findings: Iterable[Problem]) -> None:
        """Copy a line for each file: its path, a tab, and what is said of it."""
        if (store := self._store) is not None:
            rows = ((str(store.place(each.key)), each.reason) for each in findings)
            lines = (f"{_cell(path)}\t{_cell(reason)}" for path, reason in rows)
            QGuiApplication.clipboard().setText("\n".join(lines))

    def _build_action(self, name: str, text: str, slot: object) -> QAction:
        action = QAction(text, self)
        action.setObjectName(f"action.image.{name}")
        action.setToolTip(text)
        action.triggered.connect(slot)
        return action

    @Slot()
    def _open_current(self) -> None:
        self.open_folder(self._current)

    @Slot()
    def _copy_current(self) -> None:
        self.copy_path(self._current)

    @Slot(object)
    def _open(self, folder: Path) -> None:
        self.open_url(QUrl.fromLocalFile(str(folder)))


def _find_folder(store: Store, key: str) -> Generator[None, None, Path]:
    # Not on the GUI thread: the question may have to go to a network share that hangs.
    yield
    try:
        folder = store.container(key).parent
    except ImageError:
        folder = store.root.parent
    return next((each for each in (folder, *folder.parents) if each.is_dir()), folder)


def _cell(text: str) -> str:
    """Return a text that stays in its cell of a table, whatever a file is called."""
    return text.replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")
