"""Editing recipes: every edit gives a new recipe, ids stay what they are, streams follow them."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from studio.augment.operation import get
from studio.augment.plan import PlannedStep, draw
from studio.augment.recipe import Recipe, Step, starting_recipe
from studio.augment.recipe_file import dump_recipe, parse_recipe
from tests.augment.strategies import recipe_of, recipes

KEY = "photo.jpg"


def ids(recipe: Recipe) -> list[str]:
    return [step.id for step in recipe.steps]


def drawn(recipe: Recipe) -> dict[str, PlannedStep]:
    return {step.id: step for step in draw(recipe, KEY, 1).steps}


def test_a_new_recipe_is_ready_to_drag() -> None:
    recipe = starting_recipe()
    assert [step.op for step in recipe.steps] == [
        "horizontal_flip",
        "rotate",
        "scale",
        "gaussian_noise",
    ]
    assert [step.probability for step in recipe.steps] == [0.5, 1, 1, 1]
    assert all(step.enabled for step in recipe.steps)
    assert all(dict(step.params) == step.operation.defaults() for step in recipe.steps)


def test_a_recipe_cannot_be_changed_in_place() -> None:
    recipe = starting_recipe()
    with pytest.raises(AttributeError):
        recipe.seed = 1  # type: ignore[misc]
    with pytest.raises(AttributeError):
        recipe.steps[0].enabled = False  # type: ignore[misc]


def test_every_edit_leaves_the_recipe_it_came_from_alone() -> None:
    recipe = starting_recipe()
    before = dump_recipe(recipe)
    step = recipe.step("rotate")
    step.with_param("angle", (1.0, 2.0))
    edits = [
        recipe.with_step(step.with_param("angle", (1.0, 2.0))),
        recipe.with_added("erase"),
        recipe.without("rotate"),
        recipe.with_moved("rotate", 0),
    ]
    assert dump_recipe(recipe) == before
    assert all(edit != recipe for edit in edits)


def test_setting_one_parameter_keeps_the_others() -> None:
    step = recipe_of("translate").steps[0].with_param("x", (5.0, 6.0))
    assert dict(step.params) == {"x": (5.0, 6.0), "y": (-10, 10)}


def test_added_steps_have_ids_of_their_own() -> None:
    recipe = recipe_of("rotate", "scale", "rotate", "rotate")
    assert ids(recipe) == ["rotate", "scale", "rotate-2", "rotate-3"]
    assert ids(recipe.without("rotate-2").with_added("rotate")) == [
        "rotate",
        "scale",
        "rotate-3",
        "rotate-2",
    ]


def test_a_step_is_found_by_its_id() -> None:
    recipe = recipe_of("rotate", "scale", "rotate")
    assert recipe.place("rotate-2") == (None, 2)
    assert recipe.step("scale").operation is get("scale")
    for missing in ("erase", ""):
        with pytest.raises(KeyError):
            recipe.step(missing)


@pytest.mark.parametrize("to", [0, 1, 2, 3])
def test_a_moved_step_ends_where_it_is_put(to: int) -> None:
    recipe = recipe_of("rotate", "scale", "shear", "erase")
    moved = recipe.with_moved("scale", to)
    assert moved.place("scale") == (None, to)
    assert [id for id in ids(moved) if id != "scale"] == ["rotate", "shear", "erase"]
    assert moved.with_moved("scale", 1) == recipe


def test_ids_and_draws_follow_their_steps_through_moves() -> None:
    recipe = recipe_of("rotate", "scale", "rotate", "rotate")
    before = drawn(recipe)
    for id in ids(recipe):
        for to in range(4):
            assert drawn(recipe.with_moved(id, to)) == before


def test_equal_operations_keep_their_streams_when_saved_after_a_move() -> None:
    recipe = recipe_of("rotate", "scale", "rotate")
    moved = recipe.with_moved("rotate-2", 0)
    text = dump_recipe(moved)
    assert "id: rotate-2" in text
    assert drawn(parse_recipe(text)) == drawn(recipe)
    removed = recipe.without("rotate")
    assert drawn(parse_recipe(dump_recipe(removed)))["rotate-2"] == drawn(recipe)["rotate-2"]


edits = st.lists(
    st.tuples(
        st.sampled_from(["add", "remove", "move", "off"]),
        st.sampled_from(["rotate", "scale", "erase"]),
        st.integers(0, 9),
    ),
    max_size=12,
)


def edited(recipe: Recipe, kind: str, op: str, number: int) -> Recipe:
    if kind == "add" or not recipe.steps:
        return recipe.with_added(op)
    step = recipe.steps[number % len(recipe.steps)]
    if kind == "remove":
        return recipe.without(step.id)
    if kind == "move":
        return recipe.with_moved(step.id, number % 3)
    return recipe.with_step(replace(step, enabled=not step.enabled))


@settings(max_examples=60, deadline=None)
@given(recipe=recipes(3), changes=edits)
def test_any_edits_keep_ids_unique_and_the_recipe_savable(recipe: Recipe, changes: Any) -> None:
    for change in changes:
        recipe = edited(recipe, *change)
        assert len(set(ids(recipe))) == len(recipe.steps)
    assert parse_recipe(dump_recipe(recipe)) == recipe


def test_a_step_knows_its_operation_and_defaults() -> None:
    step = Step("rotate", "turn", get("rotate").defaults())
    assert step.probability == 1
    assert step.enabled
    assert step.operation.title == "Rotate"
