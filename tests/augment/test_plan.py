"""Draws: repeatable, independent of each other, and moved smoothly by what a person drags."""

import json
from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from studio.augment.engine import apply
from studio.augment.operation import Frame, Number, Setting, get
from studio.augment.plan import Held, Plan, PlannedStep, draw
from studio.augment.recipe import Recipe, starting_recipe
from studio.augment.recipe_file import dump_recipe, parse_recipe
from studio.augment.word_stream import WordStream
from tests.augment.strategies import DIRECT, make_image, recipe_of, recipes

KEY = "train/cats/1.jpg"
keys = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=20)
variants = st.integers(1, 100)


def all_steps() -> Recipe:
    return recipe_of(*(operation.name for operation in DIRECT))


def steps_by_id(plan: Plan) -> dict[str, PlannedStep]:
    return {step.id: step for step in plan.steps}


# The same, and another


@settings(max_examples=60, deadline=None)
@given(recipe=recipes(), key=keys, variant=variants)
def test_the_same_arguments_give_the_same_plan(recipe: Recipe, key: str, variant: int) -> None:
    plan = draw(recipe, key, variant)
    assert draw(recipe, key, variant) == plan
    assert draw(parse_recipe(dump_recipe(recipe)), key, variant) == plan
    for step in plan.steps:
        for name, value in step.values.items():
            get(step.op).param(name).parse(value)


def test_another_seed_image_or_variant_gives_another_plan() -> None:
    recipe = all_steps()
    plans = [
        draw(recipe, KEY, 1),
        draw(replace(recipe, seed=1), KEY, 1),
        draw(recipe, "train/cats/1.jpeg", 1),
        draw(recipe, KEY, 2),
        draw(recipe, KEY, 11),
        draw(recipe, KEY + "1", 1),
    ]
    seeds = [step.seed for plan in plans for step in plan.steps]
    assert len(set(seeds)) == len(plans) * len(recipe.steps)
    angles = {steps_by_id(plan)["rotate"].values["angle"] for plan in plans}
    assert len(angles) == len(plans)


def test_two_steps_of_one_operation_draw_apart() -> None:
    plan = draw(recipe_of("rotate", "rotate"), KEY, 1)
    assert plan.steps[0].values != plan.steps[1].values
    assert plan.steps[0].seed != plan.steps[1].seed


def test_a_file_name_that_is_no_text_still_draws() -> None:
    recipe = all_steps()
    assert draw(recipe, "caf\udce9.jpg", 1) == draw(recipe, "caf\udce9.jpg", 1)
    assert draw(recipe, "caf\udce9.jpg", 1).steps != draw(recipe, "caf\udce8.jpg", 1).steps


def test_the_streams_are_those_that_exports_were_made_with() -> None:
    recipe = parse_recipe("""
        version: 1
        border: [reflect, wrap]
        steps:
        - {op: horizontal_flip, probability: 0.5}
        - {op: rotate, params: {angle: [-20, 20]}}
        - {op: gaussian_noise, params: {sigma: [0, 15]}}
        - {op: erase, params: {area: [2, 12], count: [1, 3], fill: [noise, grey]}}
    """)
    first, second = (draw(recipe, KEY, variant) for variant in (1, 2))
    assert (first.border, second.border) == ("wrap", "reflect")
    assert second.steps == (
        PlannedStep("horizontal_flip", "horizontal_flip", 4917910818417883565, {}),
        PlannedStep("rotate", "rotate", 15078964220130476303, {"angle": -15.225411536846698}),
        PlannedStep(
            "gaussian_noise", "gaussian_noise", 12570101340919333624, {"sigma": 12.260722516589528}
        ),
        PlannedStep(
            "erase",
            "erase",
            15481319903634917141,
            {"area": 4.271657651254447, "count": 3, "fill": "grey"},
        ),
    )
    assert first.step("horizontal_flip") is None
    rotation = first.step("rotate")
    assert rotation is not None
    assert rotation.values == {"angle": 8.842512183095327}
    frame = Frame(8, 8, seed=12570101340919333624)
    assert WordStream(frame.seed).draw(4).tolist() == [59583, 46019, 40096, 64040]
    assert frame.random().random(2).tolist() == [0.689017315151693, 0.2097333053610605]


# What one change leaves alone


@pytest.mark.parametrize("index", [0, 2, 8])
def test_changing_one_step_leaves_the_others_alone(index: int) -> None:
    recipe = all_steps()
    step = recipe.steps[index]
    for variant in range(1, 6):
        plan = draw(recipe, KEY, variant)
        others = {id: planned for id, planned in steps_by_id(plan).items() if id != step.id}
        changed = [
            recipe.without(step.id),
            recipe.with_moved(step.id, len(recipe.steps) - 1),
            recipe.with_step(replace(step, enabled=False)),
            recipe.with_step(replace(step, probability=0.0)),
            recipe.with_step(replace(step, probability=0.5)),
            recipe.with_added("rotate"),
        ]
        for param in step.operation.params:
            if isinstance(param, Number):
                fixed: Setting = (param.high, param.high)
                changed.append(recipe.with_step(step.with_param(param.name, fixed)))
        for other in changed:
            drawn = steps_by_id(draw(other, KEY, variant))
            assert {id: drawn[id] for id in others} == others


def test_moving_and_probability_leave_the_steps_own_draw_alone() -> None:
    recipe = all_steps()
    step = recipe.step("gaussian_noise")
    expected = draw(recipe, KEY, 1).step(step.id)
    assert draw(recipe.with_moved(step.id, 0), KEY, 1).step(step.id) == expected
    likely = recipe.with_step(replace(step, probability=0.999))
    assert draw(likely, KEY, 1).step(step.id) == expected


def test_changing_one_parameter_leaves_the_others_of_its_step_alone() -> None:
    recipe = recipe_of("translate")
    before = draw(recipe, KEY, 1).steps[0].values
    wider = recipe.with_step(recipe.steps[0].with_param("x", (-50.0, 50.0)))
    after = draw(wider, KEY, 1).steps[0].values
    assert after["y"] == before["y"]
    assert after["x"] == pytest.approx(5 * float(before["x"]))


# Dragging


@pytest.mark.parametrize("end", [0, 1])
@pytest.mark.parametrize(("op", "name"), [("rotate", "angle"), ("erase", "count")])
def test_dragging_an_end_of_a_range_moves_the_draw_one_way(op: str, name: str, end: int) -> None:
    recipe = recipe_of(op)
    step = recipe.steps[0]
    param = step.operation.param(name)
    assert isinstance(param, Number)
    low, high = int(param.low), int(param.high)
    for variant in range(1, 11):
        drawn = []
        for position in range(low, high + 1):
            setting = (position, high) if end == 0 else (low, position)
            moved = recipe.with_step(step.with_param(name, setting))
            drawn.append(draw(moved, KEY, variant).steps[0].values[name])
        assert drawn == sorted(drawn, key=float)
        assert drawn[0] < drawn[-1]  # type: ignore[operator]


@given(
    ends=st.tuples(st.floats(-180, 180), st.floats(-180, 180)).map(sorted),
    uniform=st.floats(0, 1, exclude_max=True),
)
def test_a_drawn_number_is_inside_its_range(ends: list[float], uniform: float) -> None:
    param = get("rotate").param("angle")
    assert ends[0] <= float(param.draw((ends[0], ends[1]), uniform)) <= ends[1]


def test_a_range_with_equal_ends_is_that_value() -> None:
    for value in (-13.3, 0.1, 179.99):
        recipe = recipe_of("rotate")
        fixed = recipe.with_step(recipe.steps[0].with_param("angle", (value, value)))
        assert draw(fixed, KEY, 1).steps[0].values["angle"] == value


# Held


@pytest.mark.parametrize(
    ("op", "name", "value"),
    [("rotate", "angle", 33.3), ("scale", "factor", 5.0), ("erase", "count", 7.0)],
)
def test_a_held_value_is_exact_and_makes_its_step_happen(op: str, name: str, value: float) -> None:
    recipe = all_steps()
    never = recipe.with_step(replace(recipe.step(op), probability=0.0))
    assert draw(never, KEY, 1).step(op) is None
    plan = draw(never, KEY, 1, held=Held(op, name, value))
    planned = plan.step(op)
    assert planned is not None
    assert planned.values[name] == value
    usual = draw(recipe, KEY, 1)
    expected = usual.step(op)
    assert expected is not None
    assert planned == replace(expected, values={**expected.values, name: value})
    assert [step for step in plan.steps if step.id != op] == [
        step for step in usual.steps if step.id != op
    ]
    apply(plan, make_image((7, 13), 3))


def test_holding_a_step_that_is_off_or_gone_changes_nothing() -> None:
    recipe = starting_recipe()
    off = recipe.with_step(replace(recipe.step("rotate"), enabled=False))
    gone = recipe.without("rotate")
    for other in (off, gone):
        held = Held("rotate", "angle", 30.0)
        assert draw(other, KEY, 1, held=held) == draw(other, KEY, 1)


# How often


@pytest.mark.parametrize("probability", [0.0, 0.1, 0.5, 0.9, 1.0])
def test_a_step_happens_as_often_as_its_probability(probability: float) -> None:
    recipe = recipe_of("rotate", "scale")
    recipe = recipe.with_step(replace(recipe.steps[0], probability=probability))
    count = 2000
    plans = [draw(recipe, f"{KEY}{index}", 1) for index in range(count)]
    share = sum(plan.step("rotate") is not None for plan in plans) / count
    if probability in (0, 1):
        assert share == probability
    else:
        assert abs(share - probability) < 4 * np.sqrt(probability * (1 - probability) / count)
    assert all(plan.step("scale") is not None for plan in plans)


def test_chances_of_two_steps_are_independent() -> None:
    recipe = recipe_of("horizontal_flip", "vertical_flip")
    for step in recipe.steps:
        recipe = recipe.with_step(replace(step, probability=0.5))
    counts = np.zeros((2, 2))
    for variant in range(2000):
        plan = draw(recipe, KEY, variant)
        happened = [plan.step(step.id) is not None for step in recipe.steps]
        counts[int(happened[0]), int(happened[1])] += 1
    assert np.abs(counts - 500).max() < 80


def test_border_and_fill_are_drawn_from_what_is_allowed() -> None:
    recipe = Recipe(border=("replicate", "wrap"), fill=(50.0, 60.0))
    plans = [draw(recipe, KEY, variant) for variant in range(200)]
    assert {plan.border for plan in plans} == {"replicate", "wrap"}
    fills = [plan.fill for plan in plans]
    assert 50 <= min(fills) < 51
    assert 59 < max(fills) <= 60


# Written down


@settings(max_examples=60, deadline=None)
@given(recipe=recipes(), key=keys, variant=variants)
def test_a_plan_from_json_makes_the_same_pixels(recipe: Recipe, key: str, variant: int) -> None:
    plan = draw(recipe, key, variant)
    text = msgspec.json.encode(plan)
    again = msgspec.json.decode(text, type=Plan)
    assert again == plan
    image = make_image((9, 14), 4)
    expected = apply(plan, image).tobytes()
    assert apply(again, image).tobytes() == expected
    other_tool: Any = json.loads(json.dumps(json.loads(text)))
    assert apply(msgspec.convert(other_tool, Plan), image).tobytes() == expected
