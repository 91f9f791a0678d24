"""The recipe outlives the program: kept a moment after every edit, and restored at the start."""

import logging

from PySide6.QtCore import QObject, QTimer, Slot

from studio.augment.recipe_file import dump_recipe, load_recipe
from studio.augment.recipe_yaml import RecipeError
from studio.dataset.atomic_file import write_atomic
from studio.paths import data_folder
from studio.qt.session import Session

_PAUSE = 1000


class Autosave(QObject):
    """Keeps the session's recipe in the user's data folder."""

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._path = data_folder() / "recipe-in-work.yaml"
        self._timer = QTimer(self, interval=_PAUSE, singleShot=True)
        self._timer.timeout.connect(self.save)
        session.recipe_changed.connect(self._timer.start)

    def restore(self) -> str:
        """Give the session the recipe it had last; returns why not, where there was a fault."""
        if not self._path.exists():
            return ""
        try:
            self._session.restore(load_recipe(self._path))
        except RecipeError as error:
            self._path.replace(self._path.with_suffix(".damaged.yaml"))
            return error.message
        return ""

    @Slot()
    def save(self) -> None:
        """Write the recipe now. A fault is only logged: the recipe itself is still there."""
        self._timer.stop()
        try:
            write_atomic(self._path, dump_recipe(self._session.recipe).encode())
        except OSError:
            logging.getLogger(__name__).exception("the recipe in work could not be kept")
