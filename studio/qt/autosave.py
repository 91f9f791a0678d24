"""The recipe outlives the program: kept a moment after every edit, and restored at the start."""

import logging

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from studio.augment.recipe import Recipe
from studio.augment.recipe_file import dump_recipe, load_recipe
from studio.augment.recipe_yaml import RecipeError
from studio.dataset.atomic_file import write_atomic
from studio.dataset.exports.target import free_folder
from studio.paths import data_folder
from studio.qt.latest import Latest
from studio.qt.session import Session

_PAUSE = 1000


class Autosave(QObject):
    """Keeps the session's recipe in the user's data folder, synced to the disk."""

    failed = Signal(str)
    """Why the recipe cannot be kept; not again before it could be."""

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._path = data_folder() / "recipe-in-work.yaml"
        self._has_failed = False
        self._written: Recipe | None = None
        # A disk may take seconds to say that it has the bytes, during which the window goes on.
        self._writer = Latest(self._write, self)
        self._writer.ready.connect(self._note_success)
        self._writer.failed.connect(self._note_failure)
        self._timer = QTimer(self, interval=_PAUSE, singleShot=True)
        self._timer.timeout.connect(self.save)
        session.recipe_changed.connect(self._timer.start)

    def restore(self) -> str:
        """Give the session the recipe it had last; returns why not, where there was a fault.

        The file at fault is kept beside, under a name that is free.
        """
        try:
            if self._path.exists():
                self._session.restore(load_recipe(self._path))
                self._written = self._session.recipe
        except RecipeError as error:
            return f"{error.message}. {self._put_aside()}".strip()
        except OSError as error:
            return (error.strerror or str(error)).lower()
        return ""

    @Slot()
    def save(self) -> None:
        """Have the recipe written. Where that fails, it is still there to be worked on."""
        self._timer.stop()
        self._writer.request(self._session.recipe)

    def close(self) -> None:
        """Write the recipe if the newest one is not in the file; returns when nothing runs."""
        self._timer.stop()
        self._writer.close()
        if self._session.recipe != self._written:
            try:
                self._write(self._session.recipe)
            except OSError as error:
                self._note_failure(self._session.recipe, error)

    def _write(self, recipe: Recipe) -> None:
        write_atomic(self._path, dump_recipe(recipe).encode(), sync=True)
        self._written = recipe

    def _put_aside(self) -> str:
        kept = free_folder(self._path.with_suffix(".damaged.yaml"))
        try:
            self._path.replace(kept)
        except OSError as error:
            return (error.strerror or str(error)).lower()
        return self.tr("The old file is kept: {file}").format(file=kept.name)

    @Slot()
    def _note_success(self) -> None:
        self._has_failed = False

    @Slot(object, object)
    def _note_failure(self, _recipe: Recipe, error: Exception) -> None:
        if not isinstance(error, OSError):
            raise error
        if not self._has_failed:
            logging.getLogger(__name__).warning("the recipe in work could not be kept: %s", error)
            self.failed.emit((error.strerror or str(error)).lower())
        self._has_failed = True
