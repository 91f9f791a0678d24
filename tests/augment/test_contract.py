"""The contract of every operation in the registry; a new operation is tested without a new test."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import islice
from threading import Barrier

import cv2
import numpy as np
import pytest
import yaml
from numpy.typing import NDArray

from studio.augment import engine
from studio.augment.image import Image, Mask
from studio.augment.operation import (
    GROUPS,
    Frame,
    Kind,
    Number,
    Operation,
    Range,
    Reframed,
    Value,
)
from studio.augment.plan import Plan, draw
from studio.augment.recipe_file import dump_recipe, parse_recipe
from tests.augment.strategies import (
    DIRECT,
    OPERATIONS,
    every_image,
    extremes,
    make_image,
    make_photo,
    partner_of,
    plan_of,
    recipe_of,
    shrink,
)

every_operation = pytest.mark.parametrize("operation", DIRECT, ids=lambda one: one.name)
every_entry = pytest.mark.parametrize("operation", OPERATIONS, ids=lambda one: one.name)
_DRAWS = 30
_POOL = ("class/photo.jpg", "class/other.jpg", "class/third.jpg")
_PLACES = (Kind.MATRIX, Kind.FIELD)


def apply(plan: Plan, image: Image, *, scale: float = 1.0) -> Image:
    """Apply a plan to an image that lacks some pixels, where it is one to fill them."""
    missing = missing_in(image)
    return engine.apply(plan, image, scale=scale, partner=partner_of, missing=missing)


def missing_in(image: Image) -> Mask:
    """Return a mask of two blocks, at the same places whatever the image's size."""
    height, width = image.shape[:2]
    missing = np.zeros((height, width), np.uint8)
    missing[height * 3 // 10 : height * 5 // 10, width * 2 // 10 : width * 5 // 10] = 255
    missing[height * 8 // 10 :, width * 7 // 10 : width * 8 // 10] = 255
    return missing


def draws_of(operation: Operation, count: int = _DRAWS) -> list[Plan]:
    """Return plans of a step as it is when a person adds it."""
    recipe = recipe_of(operation.name)
    return [draw(recipe, _POOL[0], variant, pool=_POOL) for variant in range(1, count + 1)]


def values_in(plan: Plan) -> dict[str, Value]:
    return dict(plan.steps[0].values)


def as_array(image: Image) -> NDArray[np.float64]:
    return image.astype(np.float64)


@every_operation
def test_neutral_values_change_nothing(operation: Operation) -> None:
    neutral = {param.name: param.neutral for param in operation.params if param.neutral is not None}
    if not neutral:
        pytest.skip("has no neutral values")
    for image in every_image():
        for others in extremes(operation):
            plan = plan_of((operation.name, {**others, **neutral}))
            for scale in (1.0, 0.3):
                np.testing.assert_array_equal(apply(plan, image, scale=scale), image)


@pytest.mark.parametrize("op", ["horizontal_flip", "vertical_flip"])
def test_a_flip_copies_pixels_and_twice_is_none(op: str) -> None:
    axis = {"horizontal_flip": 1, "vertical_flip": 0}[op]
    for image in every_image():
        flipped = apply(plan_of((op, {})), image)
        np.testing.assert_array_equal(flipped, np.flip(image, axis))
        np.testing.assert_array_equal(apply(plan_of((op, {})), flipped), image)


@every_operation
def test_extremes_keep_shape_depth_and_input(operation: Operation) -> None:
    for image in every_image():
        before = image.copy()
        for values in extremes(operation):
            plan = plan_of((operation.name, values))
            for scale in (1.0, 0.3):
                result = apply(plan, image, scale=scale)
                assert result.shape == shape_after(plan, image, scale)
                assert result.dtype == image.dtype
                assert result.flags.c_contiguous
                assert result.flags.writeable
                assert not np.shares_memory(result, image)
        np.testing.assert_array_equal(image, before)


def shape_after(plan: Plan, image: Image, scale: float) -> tuple[int, ...]:
    height, width = image.shape[:2]
    size = engine.result_size(plan, width, height, scale=scale)
    return (size[1], size[0], *image.shape[2:])


@every_operation
def test_alpha_moves_with_geometry_and_is_otherwise_kept(operation: Operation) -> None:
    for dtype in (np.uint8, np.uint16):
        image = make_image((48, 64), 4, dtype)
        alpha = image[..., 3].copy()
        for plan in (*draws_of(operation, 3), *islice(all_extremes(operation), 40)):
            result = apply(plan, image)
            if operation.kind in _PLACES:
                np.testing.assert_array_equal(result[..., 3], apply(plan, alpha))
            elif operation.kind is Kind.FILL:
                opaque = np.iinfo(dtype).max
                expected = np.where(missing_in(image) != 0, opaque, alpha)
                np.testing.assert_array_equal(result[..., 3], expected)
            else:
                np.testing.assert_array_equal(result[..., 3], alpha)


def all_extremes(operation: Operation) -> list[Plan]:
    return [plan_of((operation.name, values)) for values in extremes(operation)]


@every_operation
def test_one_plan_gives_the_same_bytes_each_time_and_from_two_threads(operation: Operation) -> None:
    image = make_image((48, 64), 4)
    for plan in draws_of(operation, 4):
        expected = apply(plan, image).tobytes()
        assert apply(plan, image).tobytes() == expected
        assert run_together(partial(apply, plan, image)) == [expected, expected]


def run_together(work: Callable[[], Image]) -> list[bytes]:
    barrier = Barrier(2)

    def wait_and_work() -> bytes:
        barrier.wait()
        return work().tobytes()

    with ThreadPoolExecutor(2) as pool:
        return [future.result() for future in [pool.submit(wait_and_work) for _ in range(2)]]


@every_entry
def test_a_recipe_survives_its_file_and_stays_readable(operation: Operation) -> None:
    recipe = recipe_of(operation.name, operation.name, seed=7)
    for param in operation.params:
        widest = param.parse(
            [param.low, param.high] if isinstance(param, Number) else param.options
        )
        step = recipe.steps[0].with_param(param.name, widest)
        recipe = recipe.with_step(step)
    text = dump_recipe(recipe)
    assert parse_recipe(text) == recipe
    assert dump_recipe(parse_recipe(text)) == text
    lines = [line for line in text.splitlines() if "params:" in line]
    assert len(lines) == (2 if operation.params else 0)
    for line in lines:
        assert list(yaml.safe_load(line)["params"]) == [param.name for param in operation.params]


@every_entry
def test_a_person_is_told_what_it_does(operation: Operation) -> None:
    assert operation.group in GROUPS
    assert operation.title
    assert operation.title[0].isupper()
    texts = [operation.summary, *(param.help for param in operation.params)]
    for text in texts:
        assert text[0].isupper()
        assert text.endswith(".")
        assert "\n" not in text
    assert operation.help.startswith(operation.summary)


@every_entry
def test_bounds_and_defaults_fit_each_other(operation: Operation) -> None:
    for param in operation.params:
        assert param.parse(param.default) == param.default
        if isinstance(param, Number):
            assert param.low < param.high
            assert param.step > 0
            assert param.neutral is None or param.low <= param.neutral <= param.high
        else:
            assert len(set(param.options)) == len(param.options) > 1


@every_operation
def test_defaults_are_neither_nothing_nor_a_wreck(operation: Operation) -> None:
    photo = make_photo()
    # Fills draw little, and the slowest takes half a second.
    plans = draws_of(operation, 5 if operation.kind is Kind.FILL else _DRAWS)
    results = [apply(plan, photo) for plan in plans]
    if operation.kind in _PLACES:
        assert any(result.shape != photo.shape or (result != photo).any() for result in results)
        told = (corner_move(operation, plan) for plan in plans if operation.kind is Kind.MATRIX)
        moves = [move for move in told if move is not None]
        if moves and any(isinstance(param, Number) for param in operation.params):
            assert 0.02 < np.median(moves) < 0.35
            assert max(moves) < 0.6
        return
    changes = [np.abs(as_array(result) - photo).mean() for result in results]
    assert np.median(changes) > 0.5
    # Without a number there is nothing to calibrate: the negative of a picture is just that. And
    # where other pictures come in, how much changes says nothing.
    has_number = any(isinstance(param, Number) for param in operation.params)
    if has_number and operation.kind is not Kind.MIX:
        assert np.median(changes) < 40
        assert max(changes) < 64


def corner_move(operation: Operation, plan: Plan) -> float | None:
    """Return how far the corners move on average, as a share of the longer side.

    None where the picture gets another size: there is no telling which corner went where.
    """
    step = plan.steps[0]
    matrix = operation.function(Frame(320, 240, seed=step.seed), **step.values)
    if isinstance(matrix, Reframed):
        return None
    corners = np.array([[-160, -120, 1], [160, -120, 1], [-160, 120, 1], [160, 120, 1]]).T
    places = matrix @ corners
    return float(np.linalg.norm((places / places[2] - corners)[:2], axis=0).mean() / 320)


@every_operation
def test_sixteen_bits_give_the_same_picture_as_eight(operation: Operation) -> None:
    photo = make_photo(64, 48)
    wide = photo.astype(np.uint16) * 257
    for plan in draws_of(operation, 8):
        eight, sixteen = as_array(apply(plan, photo)), as_array(apply(plan, wide)) / 257
        difference = np.abs(eight - sixteen)
        assert difference.max() < 2.5
        assert difference.mean() < 0.6


@every_operation
def test_a_proxy_shows_what_the_export_will_be(operation: Operation) -> None:
    photo = make_photo(640, 480)
    for plan in draws_of(operation, 2 if operation.kind is Kind.FILL else 6):
        full = shrink(apply(plan, photo), 4)
        small = apply(plan, shrink(photo, 4), scale=0.25)
        full = match_size(full, small)
        difference = np.abs(cv2.blur(as_array(full), (9, 9)) - cv2.blur(as_array(small), (9, 9)))
        # Lost pixels have a hard edge, which a proxy shows to a pixel of its own.
        mean, most = (3.5, 20) if operation.kind is Kind.LOSS else (1.5, 12)
        assert difference.mean() < mean
        assert np.quantile(difference, 0.98) < most


def match_size(image: Image, like: Image) -> Image:
    """Return an image of the other's size, which may differ by the rounding of a pixel or two."""
    height, width = like.shape[:2]
    assert abs(image.shape[0] - height) <= 2
    assert abs(image.shape[1] - width) <= 2
    return np.asarray(cv2.resize(image, (width, height)), dtype=image.dtype)


@every_operation
def test_drawn_values_cover_their_range_evenly(operation: Operation) -> None:
    plans = draws_of(operation, 600)
    for param in operation.params:
        drawn = [values_in(plan)[param.name] for plan in plans]
        if isinstance(param, Number) and not param.integer:
            assert_uniform(np.array(drawn, dtype=np.float64), param.default)
        elif isinstance(param, Number):
            low, high = map(int, param.default)
            assert_even(drawn, range(low, high + 1))
            assert {type(value) for value in drawn} == {int}
        else:
            assert_even(drawn, param.default)


def assert_uniform(drawn: NDArray[np.float64], allowed: Range) -> None:
    low, high = allowed
    assert low <= drawn.min() <= drawn.max() <= high
    if low < high:
        shares = np.sort((drawn - low) / (high - low))
        expected = (np.arange(len(shares)) + 0.5) / len(shares)
        # Kolmogorov and Smirnov's distance; beyond this once in 10,000 even streams.
        assert np.abs(shares - expected).max() < 2.23 / np.sqrt(len(shares))


def assert_even(drawn: list[Value], allowed: range | tuple[str, ...]) -> None:
    counts = np.array([drawn.count(value) for value in allowed])
    assert counts.sum() == len(drawn)
    expected = len(drawn) / len(allowed)
    assert np.abs(counts - expected).max() < 4 * np.sqrt(expected)


def test_the_check_of_defaults_would_notice_bad_ones() -> None:
    noise = next(operation for operation in DIRECT if operation.name == "gaussian_noise")
    photo = make_photo()
    for sigma, is_fine in ((0.01, False), (8.0, True), (200.0, False)):
        plan = plan_of((noise.name, {"sigma": sigma}))
        change = np.abs(as_array(apply(plan, photo)) - photo).mean()
        assert (0.5 < change < 64) == is_fine


def test_what_people_are_promised_is_there() -> None:
    promised = """
        horizontal_flip vertical_flip turn rotate scale translate shear perspective random_crop
        random_resized_crop centre_crop pad resize elastic grid_distortion lens_distortion transpose
        brightness contrast gamma exposure hue saturation vibrance channel_shift temperature grey
        invert posterise solarise equalise clahe auto_contrast channel_shuffle sepia tint tone_curve
        gaussian_noise salt_and_pepper speckle shot_noise iso_noise uniform_noise structured_noise
        gaussian_blur motion_blur median_blur defocus zoom_blur sharpen unsharp_mask
        jpeg_compression downscale ringing chromatic_aberration vignette
        erase cutout_grid grid_mask pixel_dropout shadow fog rain snow sun_flare spatter superpixels
        mixup cutmix mosaic one_of some_of trivial_augment rand_augment aug_mix
    """
    assert {operation.name for operation in OPERATIONS} >= set(promised.split())
    assert len(OPERATIONS) >= 60
