"""What the window works on: the recipe with its history, and the value that is held right now."""

from pathlib import Path
from secrets import randbelow
from weakref import proxy

from msgspec import Struct
from msgspec.structs import replace
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoCommand, QUndoStack

from studio.augment.plan import Held
from studio.augment.recipe import SEED, Recipe, starting_recipe
from studio.augment.recipe_file import dump_recipe, load_recipe
from studio.dataset.atomic_file import write_atomic

MOST_EDITS = 1_000
"""How many edits can be undone; the oldest are forgotten."""


class State(Struct, frozen=True):
    """A recipe, and the file it belongs to."""

    recipe: Recipe
    file: Path | None = None


class Session(QObject):
    """The recipe being edited. Every edit is a step of `history`, also opening another recipe.

    So undo and redo are free, and nothing that a person does here can lose a recipe.
    """

    recipe_changed = Signal(object)
    """The new Recipe, after every edit, undo and redo."""

    held_changed = Signal(object)
    """The Held value while a slider's handle is down, None once it is let go."""

    file_changed = Signal()
    """The recipe has another file, or differs from it where it did not before, or no longer."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.history = QUndoStack(self)
        self.history.setUndoLimit(MOST_EDITS)
        self._state = State(starting_recipe())
        self._saved: dict[Path, Recipe] = {}
        self._held: Held | None = None
        self._drag = 0

    @property
    def recipe(self) -> Recipe:
        return self._state.recipe

    @property
    def held(self) -> Held | None:
        return self._held

    @property
    def file(self) -> Path | None:
        """The file of the recipe, None where it has none yet."""
        return self._state.file

    @property
    def is_modified(self) -> bool:
        """Whether the recipe differs from its file, or from a new one where it has none."""
        saved = self._saved.get(self.file) if self.file else starting_recipe()
        return self.recipe != saved

    def edit(self, recipe: Recipe, text: str, *, merge: str = "") -> None:
        """Make `recipe` the current one; `text` names the edit in the Edit menu.

        Edits in a row with the same non-empty `merge` are one step of the history, until
        `end_merge`: so a whole drag is undone at once.
        """
        if recipe != self.recipe:
            key = f"{merge}#{self._drag}" if merge else ""
            self._push(replace(self._state, recipe=recipe), text, key)

    def end_merge(self) -> None:
        """Let the next edit be a step of its own, also if its `merge` is that of the last."""
        self._drag += 1

    def hold(self, held: Held | None) -> None:
        """Show this value in place of the draw, or the draw again with None."""
        if held != self._held:
            self._held = held
            self.held_changed.emit(held)

    def new(self, text: str) -> None:
        """Replace the recipe by the starting one."""
        self._push(State(starting_recipe()), text)

    def open(self, path: Path, text: str) -> None:
        """Replace the recipe by a file's; RecipeError leaves everything as it was."""
        recipe = load_recipe(path)
        self._saved[path] = recipe
        self._push(State(recipe, path), text)

    def save(self, path: Path) -> None:
        """Write the recipe; OSError leaves an earlier file as it was."""
        write_atomic(path, dump_recipe(self.recipe).encode(), sync=True)
        self._saved[path] = self.recipe
        self._set_state(State(self.recipe, path))
        self.file_changed.emit()

    def restore(self, recipe: Recipe) -> None:
        """Begin with this recipe, as left behind by an earlier session; no step of the history."""
        self._set_state(State(recipe))
        self.history.clear()

    def reseed(self, seed: int, text: str) -> None:
        """Give every draw a new seed."""
        self.edit(replace(self.recipe, seed=seed), text)

    def reroll(self, text: str) -> None:
        """Give every draw a new random seed."""
        self.reseed(randbelow(int(SEED.high) + 1), text)

    def _push(self, state: State, text: str, merge: str = "") -> None:
        self.history.push(_Edit(self, state, text, merge))

    def _set_state(self, state: State) -> None:
        before, was_modified = self._state, self.is_modified
        self._state = state
        if state.recipe != before.recipe:
            self.recipe_changed.emit(state.recipe)
        if (state.file, self.is_modified) != (before.file, was_modified):
            self.file_changed.emit()


class _Edit(QUndoCommand):
    def __init__(self, session: Session, after: State, text: str, merge: str) -> None:
        super().__init__(text)
        # The history owns the edits and the session the history: in a circle of references,
        # Python's garbage collector may free an edit that the history has freed already.
        self._session: Session = proxy(session)
        self._before = session._state
        self._after = after
        self._merge = merge

    def redo(self) -> None:
        self._go(self._after)

    def undo(self) -> None:
        self._go(self._before)

    def _go(self, state: State) -> None:
        # An edit keeps the file that its recipe has by now, which it may have been saved to since.
        if self._before.file == self._after.file:
            state = replace(self._session._state, recipe=state.recipe)
        self._session._set_state(state)

    def id(self) -> int:
        return 1 if self._merge else -1

    def mergeWith(self, other: QUndoCommand) -> bool:
        if not isinstance(other, _Edit) or other._merge != self._merge:
            return False
        self._after = other._after
        return True
