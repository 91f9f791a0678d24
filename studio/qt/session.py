"""What the window works on: the recipe with its history, and the value that is held right now."""

from pathlib import Path

from msgspec.structs import replace
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoCommand, QUndoStack

from studio.augment.plan import Held
from studio.augment.recipe import Recipe, starting_recipe
from studio.augment.recipe_file import dump_recipe, load_recipe
from studio.dataset.image_file import write_atomic


class Session(QObject):
    """The recipe being edited. Every edit is a step of `history`, so undo and redo are free."""

    recipe_changed = Signal(object)
    """The new Recipe, after every edit, undo and redo."""

    held_changed = Signal(object)
    """The Held value while a slider's handle is down, None once it is let go."""

    file_changed = Signal(object)
    """The Path of the recipe's file, None for a recipe that was never saved."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.history = QUndoStack(self)
        self._recipe = starting_recipe()
        self._held: Held | None = None
        self._file: Path | None = None
        self._drag = 0

    @property
    def recipe(self) -> Recipe:
        return self._recipe

    @property
    def held(self) -> Held | None:
        return self._held

    @property
    def file(self) -> Path | None:
        return self._file

    def edit(self, recipe: Recipe, text: str, *, merge: str = "") -> None:
        """Make `recipe` the current one; `text` names the edit in the Edit menu.

        Edits in a row with the same non-empty `merge` are one step of the history, until
        `end_merge`: so a whole drag is undone at once.
        """
        if recipe != self._recipe:
            key = f"{merge}#{self._drag}" if merge else ""
            self.history.push(_Edit(self, recipe, text, key))

    def end_merge(self) -> None:
        """Let the next edit be a step of its own, also if its `merge` is that of the last."""
        self._drag += 1

    def hold(self, held: Held | None) -> None:
        """Show this value in place of the draw, or the draw again with None."""
        if held != self._held:
            self._held = held
            self.held_changed.emit(held)

    def new(self) -> None:
        """Start a new recipe with its own history."""
        self._begin(starting_recipe(), None)

    def open(self, path: Path) -> None:
        """Replace the recipe by a file's; RecipeError leaves everything as it was."""
        self._begin(load_recipe(path), path)

    def save(self, path: Path) -> None:
        """Write the recipe; OSError leaves an earlier file as it was."""
        write_atomic(path, dump_recipe(self._recipe).encode(), sync=True)
        self._set_file(path)
        self.history.setClean()

    def reseed(self, seed: int, text: str) -> None:
        """Give every draw a new seed."""
        self.edit(replace(self._recipe, seed=seed), text)

    def _begin(self, recipe: Recipe, file: Path | None) -> None:
        self.history.clear()
        self._set_recipe(recipe)
        self._set_file(file)

    def _set_file(self, file: Path | None) -> None:
        self._file = file
        self.file_changed.emit(file)

    def _set_recipe(self, recipe: Recipe) -> None:
        self._recipe = recipe
        self.recipe_changed.emit(recipe)


class _Edit(QUndoCommand):
    def __init__(self, session: Session, after: Recipe, text: str, merge: str) -> None:
        super().__init__(text)
        self._session = session
        self._before = session.recipe
        self._after = after
        self._merge = merge

    def redo(self) -> None:
        self._session._set_recipe(self._after)

    def undo(self) -> None:
        self._session._set_recipe(self._before)

    def id(self) -> int:
        return 1 if self._merge else -1

    def mergeWith(self, other: QUndoCommand) -> bool:
        if not isinstance(other, _Edit) or other._merge != self._merge:
            return False
        self._after = other._after
        return True
