"""Groups: steps that choose among the steps inside them."""

from collections import Counter

import pytest
from msgspec.structs import replace

from studio.augment.plan import Held, Plan, draw
from studio.augment.recipe import Recipe
from studio.augment.recipe_file import dump_recipe, parse_recipe
from studio.augment.recipe_yaml import RecipeError
from tests.augment.strategies import recipe_of

COUNT = 400


def group_of(op: str, *inside: str) -> Recipe:
    """Return a recipe of a rotation, and a group of these operations."""
    recipe = recipe_of("rotate", op)
    for name in inside:
        recipe = recipe.with_added(name, op)
    return recipe


def plans_of(recipe: Recipe) -> list[Plan]:
    return [draw(recipe, "a.png", variant) for variant in range(1, COUNT + 1)]


def happened(plan: Plan) -> list[str]:
    return [step.id for step in plan.steps if step.id != "rotate"]


def test_one_of_does_one_as_often_as_its_weight_says() -> None:
    recipe = group_of("one_of", "scale", "shear", "erase")
    recipe = recipe.with_step(replace(recipe.step("shear"), probability=0.5))
    recipe = recipe.with_step(replace(recipe.step("erase"), probability=0.0))
    done = [happened(plan) for plan in plans_of(recipe)]
    assert {len(ids) for ids in done} == {1}
    counts = Counter(ids[0] for ids in done)
    assert counts.keys() == {"scale", "shear"}
    # Two thirds, within four standard deviations.
    assert abs(counts["scale"] / COUNT - 2 / 3) < 4 * (2 / 9 / COUNT) ** 0.5


def test_some_of_does_as_many_as_it_says_in_their_order_and_none_twice() -> None:
    inside = ("scale", "shear", "erase", "brightness")
    recipe = group_of("some_of", *inside)
    done = [tuple(happened(plan)) for plan in plans_of(recipe)]
    assert {len(ids) for ids in done} == {1, 2}
    assert {len(set(ids)) for ids in done} == {1, 2}
    assert all(list(ids) == sorted(ids, key=inside.index) for ids in done)
    assert len(set(done)) == 4 + 6
    many = recipe.with_step(recipe.step("some_of").with_param("count", (20.0, 20.0)))
    assert happened(draw(many, "a.png", 1)) == [*inside]


@pytest.mark.parametrize("op", ["one_of", "some_of"])
def test_a_group_without_anything_to_choose_does_nothing(op: str) -> None:
    assert happened(draw(group_of(op), "a.png", 1)) == []
    recipe = group_of(op, "scale")
    off = recipe.with_step(replace(recipe.step("scale"), enabled=False))
    never = recipe.with_step(replace(recipe.step("scale"), probability=0.0))
    assert not any(happened(plan) for one in (off, never) for plan in plans_of(one)[:20])


def test_a_group_has_a_probability_of_its_own() -> None:
    recipe = group_of("one_of", "scale", "shear")
    recipe = recipe.with_step(replace(recipe.step("one_of"), probability=0.25))
    share = sum(bool(happened(plan)) for plan in plans_of(recipe)) / COUNT
    assert abs(share - 0.25) < 4 * (0.25 * 0.75 / COUNT) ** 0.5


def test_the_choice_leaves_all_other_draws_alone() -> None:
    recipe = group_of("one_of", "scale", "shear")
    alone = recipe.with_moved("scale", 0)
    for plan, other in zip(plans_of(recipe), plans_of(alone), strict=True):
        assert plan.step("rotate") == other.step("rotate")
        if scaled := plan.step("scale"):
            assert other.step("scale") == scaled


def test_a_held_step_is_the_one_that_is_chosen() -> None:
    recipe = group_of("one_of", "scale", "shear")
    recipe = recipe.with_step(replace(recipe.step("one_of"), probability=0.0))
    for variant in range(1, 20):
        plan = draw(recipe, "a.png", variant, held=Held("shear", "x", 12.0))
        assert happened(plan) == ["shear"]
        assert plan.steps[-1].values["x"] == 12.0


def test_groups_survive_their_file_and_stay_readable() -> None:
    recipe = group_of("some_of", "scale", "rotate", "horizontal_flip")
    recipe = recipe.with_step(replace(recipe.step("rotate-2"), probability=0.25))
    text = dump_recipe(recipe)
    assert parse_recipe(text) == recipe
    assert "- op: some_of\n  params: {count: [1, 2]}\n  steps:\n  - op: scale\n" in text
    assert "  - op: rotate\n    probability: 0.25\n" in text


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (
            "[{op: one_of, steps: [{op: some_of}]}]",
            "steps[0].steps[0].op: a group cannot be inside a group",
        ),
        ("[{op: rotate, steps: [{op: scale}]}]", "steps[0].steps: only a group has steps"),
        (
            "[{op: one_of, steps: [{op: rotate, params: {angle: 999}}]}]",
            "steps[0].steps[0].params.angle: must be within -180..180",
        ),
        (
            "[{op: rotate}, {op: one_of, steps: [{op: scale, id: rotate}]}]",
            "steps[1].steps[0].id: rotate is another step's already",
        ),
        ("[{op: rotate, id: a/b}]", "steps[0].id: must have no slash"),
        (
            f"[{{op: one_of, steps: [{'{op: scale}, ' * 200}]}}]",
            "steps: must be at most 200",
        ),
    ],
)
def test_a_fault_in_a_group_is_named_with_its_place(text: str, fault: str) -> None:
    with pytest.raises(RecipeError) as caught:
        parse_recipe(f"{{version: 1, steps: {text}}}")
    assert caught.value.message == fault


def test_steps_move_into_groups_and_out_of_them() -> None:
    recipe = group_of("one_of", "scale", "shear")
    inside = recipe.with_moved("rotate", 1, "one_of")
    assert [step.id for step in inside.steps] == ["one_of"]
    assert [step.id for step in inside.steps[0].steps] == ["scale", "rotate", "shear"]
    assert inside.place("rotate") == ("one_of", 1)
    assert inside.with_moved("rotate", 0) == recipe
    assert inside.without("scale").place("rotate") == ("one_of", 0)
    assert [step.id for step in inside.with_added("scale").all_steps()][-1] == "scale-2"
    with pytest.raises(ValueError, match="inside a group"):
        recipe.with_added("some_of").with_moved("some_of", 0, "one_of")
