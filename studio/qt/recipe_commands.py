"""Recipes as files, and their history: the commands that need a session and no page."""

from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QFileDialog, QWidget

from studio.errors import UserError
from studio.qt.session import Session

SUFFIXES = (".yaml", ".yml")


class RecipeCommands(QObject):
    """New, open, save, undo, redo and re-roll. Faults are told and change nothing."""

    failed = Signal(object)
    """A UserError."""

    opened = Signal()
    """A file was read."""

    saved = Signal(str)
    """The name of the file that was written."""

    def __init__(self, session: Session, window: QWidget) -> None:
        super().__init__(window)
        self._session = session
        self._window = window

    @Slot()
    def new_recipe(self) -> None:
        self._session.new(self.tr("New recipe"))

    @Slot()
    def open_recipe(self) -> None:
        name, _ = QFileDialog.getOpenFileName(
            self._window, self.tr("Open a recipe"), str(self._folder()), self._filter()
        )
        if name:
            self.load(Path(name))

    @Slot()
    def save_recipe(self) -> None:
        if self._session.file is None:
            self.save_recipe_as()
        else:
            self.store(self._session.file)

    @Slot()
    def save_recipe_as(self) -> None:
        start = self._session.file or self._folder() / "recipe.yaml"
        name, _ = QFileDialog.getSaveFileName(
            self._window, self.tr("Save the recipe"), str(start), self._filter()
        )
        if name:
            path = Path(name)
            self.store(path if path.suffix else path.with_suffix(SUFFIXES[0]))

    @Slot()
    def undo(self) -> None:
        self._session.history.undo()

    @Slot()
    def redo(self) -> None:
        self._session.history.redo()

    @Slot()
    def reroll(self) -> None:
        self._session.reroll(self.tr("Re-roll"))

    def name_history(self, undo: QAction, redo: QAction) -> None:
        """Let the actions say what they would undo or redo, and be enabled where they can."""
        history = self._session.history
        for action, verb, can_change, text_change in (
            (undo, self.tr("&Undo"), history.canUndoChanged, history.undoTextChanged),
            (redo, self.tr("&Redo"), history.canRedoChanged, history.redoTextChanged),
        ):
            action.setEnabled(False)
            can_change.connect(action.setEnabled)
            text_change.connect(partial(_name, action, verb))

    def load(self, path: Path) -> None:
        """Open a recipe file."""
        try:
            self._session.open(path, self.tr("Open {name}").format(name=path.name))
        except UserError as error:
            self.failed.emit(error)
        else:
            self.opened.emit()

    def store(self, path: Path) -> None:
        """Write the recipe to a file."""
        try:
            self._session.save(path)
        except OSError as error:
            text = self.tr("{name}: cannot be written: {reason}")
            reason = (error.strerror or str(error)).lower()
            self.failed.emit(UserError(text.format(name=path.name, reason=reason)))
        else:
            self.saved.emit(path.name)

    def _folder(self) -> Path:
        return self._session.file.parent if self._session.file else Path.home()

    def _filter(self) -> str:
        pattern = " ".join(f"*{suffix}" for suffix in SUFFIXES)
        return self.tr("Recipes ({pattern})").format(pattern=pattern)


def _name(action: QAction, verb: str, text: str) -> None:
    action.setText(f"{verb}: {text}" if text else verb)
    keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
    action.setToolTip(f"{action.text().replace('&', '')} ({keys})")
