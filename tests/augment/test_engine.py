"""What the engine promises beside the contract of each operation: fusing, borders, noise, scale."""

from itertools import pairwise
from typing import Any

import cv2
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from msgspec.structs import replace
from numpy.typing import DTypeLike, NDArray

from studio.augment.engine import apply, apply_each, result_size
from studio.augment.image import Image
from studio.augment.operation import Frame, get
from studio.augment.plan import Plan
from tests.augment.strategies import images, make_image, make_photo, plan_of, plans

Floats = NDArray[np.float64]
HEIGHT, WIDTH = 180, 240

rotate: Any = ("rotate", {"angle": 17.0})
enlarge: Any = ("scale", {"factor": 1.15})
flip: Any = ("horizontal_flip", {})


def one_by_one(plan: Plan, image: Image) -> Image:
    """Apply a plan without any fusing."""
    for step in plan.steps:
        image = apply(replace(plan, steps=(step,)), image)
    return image


def waves(x: Floats, y: Floats) -> Floats:
    """Return the levels, 0 to 255, of a smooth picture that is known everywhere."""
    return np.asarray(128 + 60 * np.sin(x / 4) + 55 * np.cos(y / 3 + x / 40))


def grid() -> tuple[Floats, Floats]:
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float64)
    return x, y


def flat(level: int, dtype: DTypeLike = np.uint8, shape: tuple[int, ...] = (512, 512)) -> Image:
    return np.full(shape, level, dtype)


def test_a_plan_without_steps_gives_a_copy() -> None:
    image = make_image((7, 13), 4)
    result = apply(plan_of(), image)
    np.testing.assert_array_equal(result, image)
    assert not np.shares_memory(result, image)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(plan=plans(), image=images())
def test_any_plan_on_any_image_keeps_its_promises(plan: Plan, image: Image) -> None:
    before = image.copy()
    result = apply(plan, image)
    width, height = result_size(plan, image.shape[1], image.shape[0])
    assert result.shape == (height, width, *image.shape[2:])
    assert result.dtype == image.dtype
    assert result.flags.c_contiguous
    np.testing.assert_array_equal(image, before)
    assert apply(plan, image).tobytes() == result.tobytes()


def test_steps_happen_in_their_order_across_kinds() -> None:
    brighter: Any = ("brightness", {"change": 30.0})
    noisy: Any = ("gaussian_noise", {"sigma": 20.0})
    image = make_photo(64, 48)
    for steps in ((rotate, brighter, noisy), (noisy, rotate, brighter), (noisy, flip, noisy)):
        plan = plan_of(*steps)
        np.testing.assert_array_equal(apply(plan, image), one_by_one(plan, image))
    swapped = plan_of(noisy, brighter), plan_of(brighter, noisy)
    assert (apply(swapped[0], image) != apply(swapped[1], image)).any()


# One warp


def test_rotate_scale_and_flip_are_one_warp_of_the_product() -> None:
    image = make_photo(WIDTH, HEIGHT)
    centre = (WIDTH - 1) / 2, (HEIGHT - 1) / 2
    turned = np.vstack([cv2.getRotationMatrix2D(centre, 17, 1.15), [0, 0, 1]])
    mirrored = np.array([[-1, 0, WIDTH - 1], [0, 1, 0], [0, 0, 1.0]])
    expected = cv2.warpAffine(
        image, (mirrored @ turned)[:2], (WIDTH, HEIGHT), borderMode=cv2.BORDER_REFLECT_101
    )
    # OpenCV rounds the same places a little differently in a picture with margins.
    difference = np.abs(apply(plan_of(rotate, enlarge, flip), image).astype(int) - expected)
    assert difference.max() <= 1
    assert difference.mean() < 0.01


def test_one_warp_is_closer_to_the_truth_than_step_by_step() -> None:
    x, y = grid()
    image: Image = np.rint(waves(x, y)).astype(np.uint8)
    plan = plan_of(rotate, enlarge, flip)
    turn, centre = np.radians(17), ((WIDTH - 1) / 2, (HEIGHT - 1) / 2)
    right, down = (centre[0] - x) / 1.15, (y - centre[1]) / 1.15
    source_x = centre[0] + np.cos(turn) * right - np.sin(turn) * down
    source_y = centre[1] + np.sin(turn) * right + np.cos(turn) * down
    inside = (source_x > 1) & (source_x < WIDTH - 2) & (source_y > 1) & (source_y < HEIGHT - 2)
    truth = waves(source_x, source_y)[inside]

    def error(result: Image) -> float:
        return float(np.sqrt(np.mean((result[inside] - truth) ** 2)))

    assert error(apply(plan, image)) < 0.7 * error(one_by_one(plan, image))


def test_steps_that_undo_each_other_copy_the_pixels() -> None:
    image = make_image((48, 64), 3)
    back: Any = ("rotate", {"angle": -17.0})
    np.testing.assert_array_equal(apply(plan_of(rotate, flip, flip, back), image), image)
    both = apply(plan_of(flip, ("vertical_flip", {})), image)
    np.testing.assert_array_equal(apply(plan_of(("rotate", {"angle": 180.0})), image), both)


def test_a_positive_angle_turns_anticlockwise() -> None:
    image = make_image((31, 31), 3)
    result = apply(plan_of(("rotate", {"angle": 90.0})), image)
    np.testing.assert_array_equal(result, np.rot90(image))


@pytest.mark.parametrize("lean", [(45.0, 45.0), (60.0, 60.0), (60.0, 30.0), (-45.0, -45.0)])
def test_shear_keeps_the_area_instead_of_folding_the_picture(lean: tuple[float, float]) -> None:
    matrix = get("shear").function(Frame(WIDTH, HEIGHT), x=lean[0], y=lean[1])
    assert np.linalg.det(matrix) == pytest.approx(1)
    image = make_photo(WIDTH, HEIGHT)
    result = apply(plan_of(("shear", {"x": lean[0], "y": lean[1]})), image)
    assert result.std() > 0.5 * image.std()


def test_shear_leans_the_top_and_lifts_the_side_by_its_angles() -> None:
    up, right = np.array([0, -1, 1]), np.array([1, 0, 1])
    lean = get("shear").function(Frame(WIDTH, HEIGHT), x=30.0, y=0.0)
    np.testing.assert_allclose(lean @ up, [np.tan(np.radians(30)), -1, 1])
    np.testing.assert_allclose(lean @ right, right)
    lift = get("shear").function(Frame(WIDTH, HEIGHT), x=0.0, y=30.0)
    np.testing.assert_allclose(lift @ right, [1, -np.tan(np.radians(30)), 1])


def test_steps_that_shrink_to_nothing_come_to_an_end() -> None:
    image = make_photo(64, 48)
    for count in (5, 20, 200):
        steps: Any = [("scale", {"factor": 0.2})] * count
        assert apply(plan_of(*steps), image).shape == image.shape
        undone = apply(plan_of(*steps, *[("scale", {"factor": 5.0})] * count), image)
        assert np.abs(undone.astype(int) - image).max() <= 1


# Borders


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("channels", [1, 3, 4])
@pytest.mark.parametrize(
    ("border", "mode"), [("reflect", "reflect"), ("replicate", "edge"), ("wrap", "wrap")]
)
def test_a_border_fills_what_comes_in(
    border: str, mode: Any, channels: int, dtype: DTypeLike
) -> None:
    image = make_image((40, 50), channels, dtype)
    result = apply(plan_of(("translate", {"x": 10.0, "y": -20.0}), border=border), image)
    margins = ((0, 8), (5, 0), (0, 0))[: image.ndim]
    expected = np.pad(image, margins, mode=mode)[8:, :50]
    np.testing.assert_array_equal(result, expected)


def test_what_lies_under_transparent_pixels_does_not_bleed_into_edges() -> None:
    image = np.zeros((64, 64, 4), np.uint8)
    image[16:48, 16:48] = (40, 120, 250, 255)
    result = apply(plan_of(("rotate", {"angle": 17.0})), image)
    edge = (result[..., 3] > 8) & (result[..., 3] < 247)
    assert edge.sum() > 50
    difference = result[edge][:, :3].astype(int) - (40, 120, 250)
    assert np.abs(difference).max() <= 16
    seen = (result[..., 3] > 64) & edge
    assert np.abs(result[seen][:, :3].astype(int) - (40, 120, 250)).max() <= 3


def test_shrinking_averages_what_is_too_fine_to_show() -> None:
    checks = ((np.indices((240, 320)).sum(axis=0) % 2) * 255).astype(np.uint8)
    result = apply(plan_of(("scale", {"factor": 0.3})), checks)
    assert result.std() < 12


@pytest.mark.parametrize(("dtype", "level"), [(np.uint8, 200), (np.uint16, 200 * 257)])
def test_a_constant_border_has_its_level_and_is_transparent(dtype: DTypeLike, level: int) -> None:
    for channels in (1, 3, 4):
        image = make_image((40, 50), channels, dtype)
        shift: Any = ("translate", {"x": 10.0, "y": 20.0})
        result = apply(plan_of(shift, border="constant", fill=200.0), image)
        np.testing.assert_array_equal(result[8:, 5:], image[:-8, :-5])
        colours = result[..., :3] if channels == 4 else result
        assert (colours[:8] == level).all()
        assert (colours[:, :5] == level).all()
        if channels == 4:
            assert not result[:8, :, 3].any()
            assert not result[:, :5, 3].any()


# One transform


def test_colour_matrices_fuse_into_one_and_clip_at_the_end() -> None:
    image = make_image((48, 64), 3)
    shift: Any = ("channel_shift", {"red": 60.0, "green": 60.0, "blue": 60.0})
    back: Any = ("channel_shift", {"red": -60.0, "green": -60.0, "blue": -60.0})
    np.testing.assert_array_equal(apply(plan_of(shift, back), image), image)
    assert (one_by_one(plan_of(shift, back), image) != image).any()
    steps: Any = [("saturation", {"factor": 1.4}), shift, ("hue", {"degrees": 30.0})]
    colours = np.moveaxis(image / 255.0, -1, 0).reshape(3, -1)
    for op, values in steps:
        matrix = get(op).function(**values)
        colours = matrix[:, :3] @ colours + matrix[:, 3:]
    expected = np.rint(colours.clip(0, 1) * 255).T.reshape(image.shape)
    assert np.abs(apply(plan_of(*steps), image) - expected).max() <= 1


# Memory


def test_copies_of_an_image_are_written_into_the_same_memory() -> None:
    noisy: Any = ("gaussian_noise", {"sigma": 9.0})
    plans = [plan_of(rotate, noisy, enlarge), plan_of(noisy, flip), plan_of(enlarge, noisy)] * 3
    image = make_photo(WIDTH, HEIGHT)
    places = {copy.ctypes.data for copy in apply_each(plans, image)}
    assert len(places) <= 2


# One lookup


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_tables_fuse_into_one_rounding_and_clip_after_each(dtype: DTypeLike) -> None:
    top = np.iinfo(dtype).max
    image: Image = np.arange(top + 1, dtype=dtype).reshape(16, -1)
    steps: Any = [
        ("brightness", {"change": 40.0}),
        ("contrast", {"factor": 0.34}),
        ("contrast", {"factor": 2.7}),
        ("brightness", {"change": -30.0}),
    ]
    levels = np.clip(image / top + 0.4, 0, 1)
    levels = np.clip((levels - 0.5) * 0.34 + 0.5, 0, 1)
    levels = np.clip((levels - 0.5) * 2.7 + 0.5, 0, 1)
    levels = np.clip(levels - 0.3, 0, 1)
    plan = plan_of(*steps)
    np.testing.assert_array_equal(apply(plan, image), np.rint(levels * top))
    stepwise = one_by_one(plan, image)
    assert (stepwise != apply(plan, image)).any()
    assert np.abs(stepwise.astype(float) - levels * top).max() < 4


def test_brighter_then_darker_loses_what_was_clipped() -> None:
    image: Image = np.arange(256, dtype=np.uint8).reshape(16, 16)
    steps: Any = [("brightness", {"change": 40.0}), ("brightness", {"change": -40.0})]
    np.testing.assert_array_equal(apply(plan_of(*steps), image), np.minimum(image, 153))


# Blur and erase


@pytest.mark.parametrize("sigma", [0.4, 0.7, 1.0, 1.1, 2.0, 5.0])
def test_a_wide_blur_is_the_direct_one_within_a_few_levels(sigma: float) -> None:
    photo = make_photo(640, 480)
    result = apply(plan_of(("gaussian_blur", {"sigma": sigma})), photo).astype(int)
    difference = np.abs(result - cv2.GaussianBlur(photo, (0, 0), sigma / 100 * 480))
    assert difference.mean() < 0.5
    assert difference.max() <= 6


def test_blur_is_smooth_in_its_parameter() -> None:
    photo = make_photo()
    sigmas = np.linspace(0, 5, 101)
    results = [apply(plan_of(("gaussian_blur", {"sigma": float(s)})), photo) for s in sigmas]
    for before, after in pairwise(results):
        assert np.abs(before.astype(float) - after).mean() < 1


def noise_of(op: str, values: dict[str, Any], image: Image, seed: int = 1) -> Floats:
    plan = plan_of((op, values))
    plan = replace(plan, steps=(replace(plan.steps[0], seed=seed),))
    return apply(plan, image).astype(np.float64) - image


def erased(shape: tuple[int, ...], scale: float = 1.0, **values: Any) -> NDArray[np.bool_]:
    plan = plan_of(("erase", {"area": 10.0, "count": 1, "fill": "white", **values}))
    changed: NDArray[np.bool_] = apply(plan, flat(0, shape=shape), scale=scale) != 0
    return changed


@pytest.mark.parametrize("area", [1.0, 10.0, 35.0, 60.0])
def test_erase_covers_the_area_it_is_told(area: float) -> None:
    for seed in range(20):
        noise = noise_of("erase", {"area": area, "count": 1, "fill": "white"}, flat(0), seed)
        assert (noise != 0).mean() * 100 == pytest.approx(area, rel=0.04)


def test_erase_keeps_its_places_whatever_fills_them_and_at_any_size() -> None:
    white = erased((240, 320), count=3)
    for fill in ("grey", "noise"):
        assert (erased((240, 320), count=3, fill=fill) == white).mean() > 0.995
    proxy = erased((60, 80), 0.25, count=3)
    assert (proxy == white[2::4, 2::4]).mean() > 0.97
    assert (erased((240, 320), count=4)[white]).all()
