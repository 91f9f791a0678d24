"""The recipe's history and the file it belongs to."""

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from studio.augment.recipe_file import dump_recipe
from studio.augment.recipe_yaml import RecipeError
from studio.qt.session import MOST_EDITS, Session


@pytest.fixture
def session(qtbot: QtBot) -> Session:
    return Session()


def test_undo_after_saving_keeps_the_file_and_says_that_it_differs(
    session: Session, tmp_path: Path
) -> None:
    session.edit(session.recipe.with_added("shear"), "add")
    session.save(tmp_path / "mine.yaml")
    assert not session.is_modified
    session.history.undo()
    assert (session.file, session.is_modified) == (tmp_path / "mine.yaml", True)
    session.history.redo()
    assert (session.file, session.is_modified) == (tmp_path / "mine.yaml", False)


def test_undoing_open_brings_back_the_recipe_with_its_own_file(
    session: Session, tmp_path: Path
) -> None:
    other = tmp_path / "other.yaml"
    other.write_text(dump_recipe(session.recipe.with_added("erase")))
    session.save(tmp_path / "mine.yaml")
    session.open(other, "open")
    session.edit(session.recipe.with_added("speckle"), "add")
    session.save(other)
    session.history.undo()
    assert (session.file, session.is_modified) == (other, True)
    session.history.undo()
    assert (session.file, session.is_modified) == (tmp_path / "mine.yaml", False)
    session.history.redo()
    assert (session.file, session.is_modified) == (other, True)


def test_a_new_recipe_has_no_file_until_it_is_undone(session: Session, tmp_path: Path) -> None:
    session.edit(session.recipe.with_added("shear"), "add")
    session.save(tmp_path / "mine.yaml")
    session.new("new")
    assert (session.file, session.is_modified) == (None, False)
    session.history.undo()
    assert (session.file, session.is_modified) == (tmp_path / "mine.yaml", False)


def test_what_cannot_be_opened_or_saved_changes_nothing(session: Session, tmp_path: Path) -> None:
    session.edit(session.recipe.with_added("shear"), "add")
    before = session.recipe
    with pytest.raises(RecipeError):
        session.open(tmp_path / "nowhere.yaml", "open")
    with pytest.raises(OSError, match="nowhere"):
        session.save(tmp_path / "nowhere" / "mine.yaml")
    assert (session.recipe, session.file, session.is_modified) == (before, None, True)
    assert session.history.count() == 1


def test_a_day_of_edits_keeps_only_so_many_to_undo(session: Session) -> None:
    for seed in range(MOST_EDITS + 50):
        session.reseed(seed + 1, "seed")
    assert session.history.count() == MOST_EDITS
    while session.history.canUndo():
        session.history.undo()
    assert session.recipe.seed == 50
