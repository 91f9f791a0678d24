"""Missing pixels through the engine: what fills promise, and what becomes of a mask on its way."""

from collections.abc import Mapping

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from numpy.typing import DTypeLike

from studio.augment.engine import apply
from studio.augment.holes import shrink_known
from studio.augment.image import Image, Mask
from studio.augment.kinds import Kind
from studio.augment.missing.rules import MissingRule, all_rules, default_rule
from studio.augment.operation import Operation, all_operations
from studio.augment.param import Value
from studio.augment.plan import CLASS_MEAN, Plan, draw
from studio.augment.recipe import Recipe
from studio.augment.recipe_file import dump_recipe, parse_recipe
from studio.augment.recipe_yaml import RecipeError
from tests.augment.strategies import make_image, make_photo, plan_of, recipe_of

FILLS = [one for one in all_operations() if one.kind is Kind.FILL]
LOSSES = [one for one in all_operations() if one.kind is Kind.LOSS]
every_fill = pytest.mark.parametrize("operation", FILLS, ids=lambda one: one.name)
every_loss = pytest.mark.parametrize("operation", LOSSES, ids=lambda one: one.name)
KEY = "cats/1.png"


def mean_of_class(key: str) -> Image:
    assert key == f"{CLASS_MEAN}{KEY}"
    return make_photo(40, 30)


def fill(plan: Plan, image: Image, missing: Mask | None = None) -> Image:
    return apply(plan, image, missing=missing, partner=mean_of_class)


def mask_of(image: Image, share: float = 0.1) -> Mask:
    """Return a mask with a row, a block at a corner and single pixels."""
    height, width = image.shape[:2]
    mask = np.where(np.random.default_rng(3).random((height, width)) < share, 255, 0)
    mask[height // 2] = mask[: height // 4, : width // 4] = 255
    return mask.astype(np.uint8)


def plans_of(operation: Operation, count: int = 3) -> list[Plan]:
    return [draw(recipe_of(operation.name), KEY, variant) for variant in range(1, count + 1)]


@every_fill
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("channels", [1, 3, 4])
def test_a_fill_leaves_known_pixels_and_ignores_what_stands_in_missing_ones(
    operation: Operation, dtype: DTypeLike, channels: int
) -> None:
    image = make_image((48, 64), channels, dtype)
    missing = mask_of(image)
    other = image.copy()
    other[missing != 0] = make_image((48, 64), channels, dtype, seed=9)[missing != 0]
    before = missing.copy()
    for plan in plans_of(operation):
        filled = fill(plan, image, missing)
        np.testing.assert_array_equal(filled[missing == 0], image[missing == 0])
        np.testing.assert_array_equal(filled, fill(plan, other, missing))
        assert (filled[missing != 0] != image[missing != 0]).any()
        if channels == 4:
            assert (filled[missing != 0][:, 3] == np.iinfo(dtype).max).all()
    np.testing.assert_array_equal(missing, before)


@every_fill
def test_a_fill_without_missing_pixels_or_without_known_ones_changes_nothing(
    operation: Operation,
) -> None:
    image = make_image((12, 9), 3)
    for missing in (None, np.zeros((12, 9), np.uint8), np.full((12, 9), 255, np.uint8)):
        for plan in plans_of(operation, 1):
            np.testing.assert_array_equal(fill(plan, image, missing), image)


@every_fill
@pytest.mark.parametrize("size", [(1, 9), (9, 1), (2, 2), (3, 40)])
def test_a_fill_takes_the_thinnest_pictures(operation: Operation, size: tuple[int, int]) -> None:
    image = make_image(size, 3)
    for known in ((0, 0), (size[0] - 1, size[1] - 1)):
        missing = np.full(size, 255, np.uint8)
        missing[known] = 0
        for plan in plans_of(operation, 2):
            filled = fill(plan, image, missing)
            np.testing.assert_array_equal(filled[known], image[known])


@every_loss
def test_what_is_lost_is_filled_by_the_next_fill_and_known_pixels_stay(
    operation: Operation,
) -> None:
    image = np.full((60, 80, 3), (30, 60, 90), np.uint8)
    for variant in range(1, 6):
        plan = draw(recipe_of(operation.name), KEY, variant)
        lost = fill(plan, image)
        is_lost = (lost != image).any(axis=2)
        assert 0 < is_lost.mean() < 1
        both = draw(recipe_of(operation.name, "fill_mean"), KEY, variant)
        np.testing.assert_array_equal(fill(both, image), image)


def test_a_fill_fills_once() -> None:
    image = make_photo(60, 40)
    missing = mask_of(image)
    black = ("fill_constant", {"red": 0.0, "green": 0.0, "blue": 0.0})
    once = fill(plan_of(("fill_nearest", {})), image, missing)
    twice = fill(plan_of(("fill_nearest", {}), black), image, missing)
    np.testing.assert_array_equal(once, twice)


@pytest.mark.parametrize("border", ["reflect", "constant"])
def test_missing_pixels_move_with_the_picture(border: str) -> None:
    image = np.full((60, 80, 3), 200, np.uint8)
    missing = np.zeros((60, 80), np.uint8)
    missing[10:20, 30:50] = 255
    image[missing != 0] = 0
    red: Mapping[str, Value] = {"red": 255.0, "green": 0.0, "blue": 0.0}
    for moves in (
        (("horizontal_flip", {}),),
        (("rotate", {"angle": 25.0}),),
        (("turn", {"angle": "90"}), ("scale", {"factor": 1.3})),
    ):
        plan = plan_of(*moves, ("fill_constant", red), border=border, fill=200.0)
        filled = fill(plan, image, missing)
        # Neither black nor a mix of black and white is left of the hole.
        is_red = (filled == (0, 0, 255)).all(axis=2)
        assert is_red.any()
        assert (filled[~is_red] == 200).all()


def test_sixteen_bit_missing_pixels_become_opaque() -> None:
    image = make_image((8, 8), 4, np.uint16).copy()
    image[2:4, 2:4, 3] = 0
    missing = np.where(image[..., 3] == 0, 255, 0).astype(np.uint8)
    filled = fill(plan_of(("fill_nearest", {})), image, missing)
    assert (filled[2:4, 2:4, 3] == 65_535).all()


def test_a_plan_holds_the_rules_and_knows_whether_it_fills() -> None:
    rules = (default_rule("transparent"),)
    for ops, fills in ((("rotate",), False), (("rotate", "fill_mean"), True)):
        plan = draw(replace(recipe_of(*ops), missing=rules), KEY, 1)
        assert plan.missing == rules
        assert plan.fills == fills


@pytest.mark.parametrize(
    ("ops", "first"),
    [
        (("fill_linear",), 1),
        (("fill_linear", "rotate", "lose_rows", "fill_random"), 1),
        (("lose_blocks", "fill_random", "fill_nearest", "gaussian_noise", "lose_area"), 3),
        (("lose_blocks", "rotate", "fill_mean"), 0),
        (("rotate", "fill_mean"), 0),
        (("lose_area", "scale"), 0),
        (("fill_mean", "mixup"), 0),
    ],
)
def test_what_fills_make_of_an_image_may_be_kept(ops: tuple[str, ...], first: int) -> None:
    image = make_photo(64, 48)
    missing = mask_of(image)
    plan = draw(recipe_of(*ops), KEY, 1)
    parts = plan.split_after_fills()
    if first == 0:
        assert parts is None
        return
    assert parts is not None
    assert [len(part.steps) for part in parts] == [first, len(ops) - first]
    kept = fill(parts[0], image, missing)
    np.testing.assert_array_equal(fill(parts[1], kept), fill(plan, image, missing))


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 40), st.integers(1, 40), st.integers(1, 4), st.sampled_from([1, 3, 4]))
def test_a_proxy_mixes_no_missing_pixel_in(
    height: int, width: int, times: int, channels: int
) -> None:
    image = np.full((height * times, width * times, channels), 77, np.uint8).squeeze()
    image = image.reshape(height * times, width * times, *([channels] if channels > 1 else []))
    missing = mask_of(image, 0.3)
    image[missing != 0] = 255
    small, mask = shrink_known(image, missing, (width, height))
    assert small.shape[:2] == mask.shape == (height, width)
    assert (small[mask == 0] == 77).all()
    share = cv2.resize((missing == 0).astype(np.float32), (width, height), None, 0, 0, 3)
    np.testing.assert_array_equal(
        mask[np.abs(share - 0.5) > 0.01] == 0, share[np.abs(share - 0.5) > 0.01] > 0.5
    )


# In recipe files


def test_rules_survive_their_file() -> None:
    rules = tuple(default_rule(rule.name) for rule in all_rules())
    recipe = Recipe(missing=(*rules, replace(rules[0], enabled=False)))
    text = dump_recipe(recipe)
    assert parse_recipe(text) == recipe
    assert dump_recipe(parse_recipe(text)) == text
    assert "missing" not in dump_recipe(Recipe())


@pytest.mark.parametrize(
    ("rule", "fault"),
    [
        ("rule: transparnt", "missing[0].rule: unknown rule 'transparnt'"),
        ("enabled: true", "missing[0].rule: is missing"),
        ("{rule: no_data_colour, params: {red: 300}}", "missing[0].params.red: must be within"),
        (
            "{rule: no_data_colour, params: {red: [1, 2]}}",
            "missing[0].params.red: must be one value",
        ),
        ("{rule: no_data_colour, params: {rod: 3}}", "missing[0].params.rod: unknown parameter"),
        ("{rule: transparent, extra: 3}", "missing[0].extra: unknown key"),
    ],
)
def test_a_fault_in_a_rule_names_its_place(rule: str, fault: str) -> None:
    with pytest.raises(RecipeError) as caught:
        parse_recipe(f"version: 1\nmissing:\n- {rule}\n")
    assert caught.value.message.startswith(fault)


def test_a_rule_without_params_has_its_defaults() -> None:
    (rule,) = parse_recipe("version: 1\nmissing:\n- rule: stuck_pixels\n").missing
    assert rule == default_rule("stuck_pixels")
    assert isinstance(rule, MissingRule)
