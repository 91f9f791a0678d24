"""The published policies: what they draw, how often, how strong, and what a blend holds."""

from collections import Counter
from collections.abc import Iterator

import msgspec
import numpy as np
import pytest

from studio.augment.engine import apply
from studio.augment.operation import Kind, Operation, get
from studio.augment.plan import Plan, PlannedStep, draw
from studio.augment.recipe import Recipe
from tests.augment.strategies import OPERATIONS, make_image, make_photo, plan_of, recipe_of

POLICIES = [one for one in OPERATIONS if one.kind is Kind.POLICY]
COUNT = 1400


def plans_of(recipe: Recipe, count: int = COUNT) -> list[Plan]:
    return [draw(recipe, "a.png", variant) for variant in range(1, count + 1)]


def policy(op: str, **fixed: float) -> Recipe:
    recipe = recipe_of(op)
    for name, value in fixed.items():
        recipe = recipe.with_step(recipe.steps[0].with_param(name, (value, value)))
    return recipe


def all_steps(plan: Plan) -> Iterator[PlannedStep]:
    for step in plan.steps:
        yield from [inner for branch in step.branches for inner in branch.steps] or [step]


@pytest.mark.parametrize("operation", POLICIES, ids=lambda one: one.name)
def test_what_is_drawn_are_operations_with_values_inside_their_bounds(operation: Operation) -> None:
    seen = Counter[str]()
    for param in operation.params:
        assert param.parse(param.default)
    strongest = {param.name: float(param.high) for param in operation.params}  # type: ignore[union-attr]
    for plan in plans_of(policy(operation.name, **strongest), 400):
        for step in all_steps(plan):
            if not step.branches:
                assert step.id.startswith(f"{operation.name}/")
                params = get(step.op).params
                assert step.values.keys() == {param.name for param in params}
                for param in params:
                    param.parse(step.values[param.name])
                seen[step.op] += 1
    assert len(seen) >= 7


@pytest.mark.parametrize("operation", POLICIES, ids=lambda one: one.name)
def test_any_picture_keeps_its_shape_and_plans_survive_the_manifest(operation: Operation) -> None:
    for variant in range(1, 9):
        plan = draw(recipe_of(operation.name), "a.png", variant)
        assert msgspec.json.decode(msgspec.json.encode(plan), type=Plan) == plan
        for channels in (1, 3, 4):
            for dtype in (np.uint8, np.uint16):
                image = make_image((7, 13), channels, dtype)
                result = apply(plan, image)
                assert (result.shape, result.dtype) == (image.shape, image.dtype)


def test_trivial_augment_does_one_of_fourteen_evenly() -> None:
    counts = Counter[tuple[str, ...]]()
    for plan in plans_of(recipe_of("trivial_augment")):
        names = tuple(step.op for step in plan.steps)
        if names and names[0] in ("shear", "translate"):
            axis = "y" if plan.steps[0].values["y"] else "x"
            names = (names[0], axis)
        # Stronger and weaker are two operations here, and one there.
        merged = {("contrast", "brightness"): ("exposure",), ("gaussian_blur",): ("sharpen",)}
        counts[merged.get(names, names)] += 1
    assert len(counts) == 14
    expected = COUNT / 14
    assert max(abs(count - expected) for count in counts.values()) < 4.5 * expected**0.5


def test_trivial_augment_reaches_the_ends_of_its_table() -> None:
    angles, bits = set[float](), set[float]()
    for plan in plans_of(recipe_of("trivial_augment")):
        for step in plan.steps:
            if step.op == "rotate":
                angles.add(round(float(step.values["angle"]), 6))
            if step.op == "posterise":
                bits.add(float(step.values["bits"]))
    assert max(map(abs, angles)) == 135
    assert len(angles) > 40
    assert angles <= {round(135 * level / 30, 6) for level in range(-30, 31)}
    assert bits == {2, 3, 4, 5, 6, 7, 8}


def test_rand_augment_does_as_many_as_it_says_all_as_strong() -> None:
    for count in (1, 3):
        recipe = policy("rand_augment", operations=float(count), magnitude=15.0)
        done = [plan.steps for plan in plans_of(recipe, 300)]
        # Nothing is one of the operations, and a darker picture takes two steps.
        most = [sum(step.op != "brightness" for step in steps) for steps in done]
        assert max(most) == count
        rotations = {
            abs(float(step.values["angle"]))
            for steps in done
            for step in steps
            if step.op == "rotate"
        }
        assert rotations == {15.0}


def test_rand_augment_without_magnitude_changes_contrast_at_most() -> None:
    photo = make_photo(64, 48)
    for plan in plans_of(policy("rand_augment", magnitude=0.0, operations=1.0), 60):
        if not {step.op for step in plan.steps} & {"auto_contrast", "equalise"}:
            np.testing.assert_array_equal(apply(plan, photo), photo)


@pytest.mark.parametrize("factor", [0.1, 0.6, 1.0, 1.7])
def test_brightness_multiplies_levels(factor: float) -> None:
    from studio.augment.ops.policies import _brightness

    steps = _brightness(1.0)(factor - 1)
    levels = np.arange(256, dtype=np.uint8).reshape(16, 16)
    result = apply(plan_of(*((op, dict(values)) for op, values in steps)), levels)
    expected = np.rint(np.clip(levels * factor, 0, 255))
    assert np.abs(result - expected).max() <= 1


def test_aug_mix_blends_the_picture_with_as_many_chains_as_it_says() -> None:
    lengths, shares = set[int](), []
    for plan in plans_of(policy("aug_mix", width=4.0, depth=2.0), 300):
        (step,) = plan.steps
        own, *chains = step.branches
        assert own.steps == ()
        assert len(chains) == 4
        assert sum(branch.weight for branch in step.branches) == pytest.approx(1)
        lengths |= {len(branch.steps) for branch in chains}
        shares.append(own.weight)
        ids = [inner.id for branch in step.branches for inner in branch.steps]
        assert len(set(ids)) == len(ids)
    assert lengths == {1, 2}
    assert np.mean(shares) == pytest.approx(0.5, abs=0.07)


def test_a_blend_is_the_weighed_sum_of_its_chains() -> None:
    photo = make_photo(64, 48)
    for plan in plans_of(recipe_of("aug_mix"), 12):
        (step,) = plan.steps
        total = np.zeros(photo.shape)
        for branch in step.branches:
            chain = msgspec.structs.replace(plan, steps=branch.steps)
            total += branch.weight * apply(chain, photo)
        assert np.abs(apply(plan, photo) - total).max() <= 0.51


def test_a_policy_in_a_group_is_one_of_its_choices() -> None:
    recipe = recipe_of("one_of").with_added("trivial_augment", "one_of")
    recipe = recipe.with_added("aug_mix", "one_of")
    first = [plan.steps[0].id.partition("/")[0] for plan in plans_of(recipe, 100) if plan.steps]
    assert set(first) == {"trivial_augment", "aug_mix"}
