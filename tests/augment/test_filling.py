"""What simple fills put into missing pixels, and that nothing else has a say in it."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from numpy.typing import DTypeLike, NDArray

from studio.augment.engine import apply
from studio.augment.image import Image, Mask
from tests.augment.strategies import CHANNELS, DEPTHS, make_image, make_photo, plan_of, shrink

UNIFORM: Any = ("fill_random", {"source": "uniform"})
HISTOGRAM: Any = ("fill_random", {"source": "histogram"})
CONSTANT: Any = ("fill_constant", {"red": 10.0, "green": 100.0, "blue": 250.0})
MEAN: Any = ("fill_mean", {"of": "channel"})
MEAN_OF_ALL: Any = ("fill_mean", {"of": "image"})
MEDIAN: Any = ("fill_median", {"of": "channel"})
MEDIAN_OF_ALL: Any = ("fill_median", {"of": "image"})
NEAREST: Any = ("fill_nearest", {})
LINEAR: Any = ("fill_linear", {})
LOCAL_MEAN: Any = ("fill_local_mean", {"size": 5.0})
FILLS = (
    *(UNIFORM, HISTOGRAM, CONSTANT, MEAN, MEAN_OF_ALL, MEDIAN, MEDIAN_OF_ALL),
    *(NEAREST, LINEAR, LOCAL_MEAN),
)
FROM_THE_PICTURE = (HISTOGRAM, MEAN, MEDIAN, NEAREST, LINEAR, LOCAL_MEAN)

every_fill = pytest.mark.parametrize("step", FILLS, ids=str)
every_depth = pytest.mark.parametrize("dtype", DEPTHS)


def fill(step: Any, image: Image, missing: Mask, seed: int = 1, scale: float = 1.0) -> Image:
    plan = plan_of(step)
    plan = replace(plan, steps=(replace(plan.steps[0], seed=seed),))
    return apply(plan, image, scale=scale, missing=missing)


def mask_where(where: NDArray[np.bool_]) -> Mask:
    return np.where(where, np.uint8(255), np.uint8(0))


def scattered(size: tuple[int, int], share: float, seed: int = 0) -> Mask:
    """Return a mask of so many independent pixels of a height and width, none of the outermost."""
    lost = np.random.default_rng(seed).random(size) < share
    lost[[0, -1]] = lost[:, [0, -1]] = False
    return mask_where(lost)


def with_garbage(image: Image, missing: Mask, seed: int) -> Image:
    channels = 1 if image.ndim == 2 else image.shape[2]
    garbage = make_image(image.shape[:2], channels, image.dtype, seed)
    result = image.copy()
    result[missing > 0] = garbage[missing > 0]
    return result


def ramp(size: tuple[int, int], down: int, across: int, dtype: DTypeLike) -> Image:
    """Return a grey picture whose levels rise by so much a row and a column, from 0."""
    y, x = np.indices(size)
    levels = down * y + across * x
    return np.asarray(levels - levels.min(), dtype=dtype)


@st.composite
def masks(draw: st.DrawFn) -> Mask:
    """Return a mask of any small size in which something is missing and something is known."""
    sides = st.tuples(st.integers(1, 24), st.integers(1, 24))
    height, width = draw(sides.filter(lambda sides: sides != (1, 1)))
    share = draw(st.sampled_from([0.05, 0.5, 0.97]))
    random = np.random.default_rng(draw(st.integers(0, 999)))
    lost = random.random((height, width)) < share
    first, second = random.permutation(lost.size)[:2]
    lost.flat[first], lost.flat[second] = True, False
    return mask_where(lost)


@every_fill
@given(missing=masks(), channels=st.sampled_from(CHANNELS), dtype=st.sampled_from(DEPTHS))
def test_known_pixels_stay_and_missing_ones_have_no_say(
    step: Any, missing: Mask, channels: int, dtype: DTypeLike
) -> None:
    image = make_image(missing.shape, channels, dtype)
    one, other = (fill(step, with_garbage(image, missing, seed), missing) for seed in (1, 2))
    for result in (one, other):
        assert (result.dtype, result.shape) == (image.dtype, image.shape)
        np.testing.assert_array_equal(result[missing == 0], image[missing == 0])
    np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("step", FROM_THE_PICTURE, ids=str)
@given(missing=masks(), channels=st.sampled_from((1, 3)), dtype=st.sampled_from(DEPTHS))
def test_an_even_picture_becomes_whole(
    step: Any, missing: Mask, channels: int, dtype: DTypeLike
) -> None:
    image = np.empty((*missing.shape, channels), dtype)
    image[...] = np.array([7, 133, 254])[:channels] * (np.iinfo(dtype).max // 255)
    image = image if channels > 1 else image[..., 0]
    np.testing.assert_array_equal(fill(step, with_garbage(image, missing, 1), missing), image)


@every_fill
def test_sixteen_bits_are_filled_like_eight(step: Any) -> None:
    photo, missing = make_photo(64, 48), scattered((48, 64), 0.3)
    eight = fill(step, photo, missing).astype(np.float64)
    sixteen = fill(step, photo.astype(np.uint16) * 257, missing) / 257
    assert np.abs(eight - sixteen).max() <= 0.51


# Random values


def test_random_values_are_the_seeds() -> None:
    photo, missing = make_photo(64, 48), scattered((48, 64), 0.3)
    for step in (UNIFORM, HISTOGRAM):
        first = fill(step, photo, missing)
        np.testing.assert_array_equal(fill(step, photo, missing), first)
        other = fill(step, photo, missing, seed=2)
        assert (first != other)[missing > 0].mean() > 0.9


@every_depth
def test_uniform_values_cover_the_whole_range(dtype: DTypeLike) -> None:
    image = np.full((300, 400, 3), 9, dtype)
    missing = scattered((300, 400), 0.5)
    levels = fill(UNIFORM, image, missing)[missing > 0] / (np.iinfo(dtype).max / 255)
    assert (levels.min(), levels.max()) == (0, 255)
    assert levels.mean() == pytest.approx(127.5, abs=1)
    assert levels.std() == pytest.approx(256 / np.sqrt(12), abs=1)


def test_the_histogram_gives_whole_pixels_as_often_as_they_are_known() -> None:
    colours = np.array([[250, 10, 10], [10, 250, 10], [20, 30, 200]], np.uint8)
    which = np.random.default_rng(3).choice(3, (300, 400), p=[0.6, 0.3, 0.1])
    missing = scattered((300, 400), 0.5)
    drawn = fill(HISTOGRAM, with_garbage(colours[which], missing, 1), missing)[missing > 0]
    shares = [(drawn == colour).all(axis=1).mean() for colour in colours]
    assert sum(shares) == pytest.approx(1)
    assert shares == pytest.approx([0.6, 0.3, 0.1], abs=0.01)


@pytest.mark.parametrize("step", [UNIFORM, HISTOGRAM], ids=str)
def test_random_values_on_a_proxy_are_those_of_the_full_image_shrunk(step: Any) -> None:
    photo = make_photo(1280, 960)
    missing = np.zeros((960, 1280), np.uint8)
    missing[200:800, 400:1000] = 255
    full = shrink(fill(step, photo, missing), 4)[60:190, 110:240]
    proxy = fill(step, shrink(photo, 4), missing[::4, ::4].copy(), scale=0.25)[60:190, 110:240]
    np.testing.assert_allclose(proxy.mean(axis=(0, 1)), full.mean(axis=(0, 1)), atol=1)
    np.testing.assert_allclose(proxy.std(axis=(0, 1)), full.std(axis=(0, 1)), rtol=0.06)


# One level for all


@every_depth
def test_a_constant_is_the_colour_and_its_luma_in_grey_pictures(dtype: DTypeLike) -> None:
    unit = np.iinfo(dtype).max // 255
    for channels, expected in ((1, 90.19), (3, (250, 100, 10)), (4, (250, 100, 10, 255))):
        image, missing = make_image((9, 12), channels, dtype), scattered((9, 12), 0.4)
        filled = fill(CONSTANT, image, missing)[missing > 0]
        np.testing.assert_allclose(filled, np.broadcast_to(expected, filled.shape) * unit, atol=0.5)


@given(missing=masks(), channels=st.sampled_from((1, 3)), dtype=st.sampled_from(DEPTHS))
def test_mean_and_median_are_those_of_the_known_pixels(
    missing: Mask, channels: int, dtype: DTypeLike
) -> None:
    image = make_image(missing.shape, channels, dtype, seed=4)
    known = image[missing == 0].astype(np.float64)
    for step, expected in (
        (MEAN, known.mean(axis=0)),
        (MEAN_OF_ALL, known.mean()),
        (MEDIAN, np.median(known, axis=0)),
        (MEDIAN_OF_ALL, np.median(known)),
    ):
        filled = fill(step, image, missing)[missing > 0]
        # As near as whole levels can be; halves may go either way.
        assert np.abs(filled - expected).max() <= 0.5 + 1e-6
        assert np.ptp(filled, axis=0).max() == 0


# From around


@given(missing=masks())
def test_the_nearest_pixel_is_as_near_as_any(missing: Mask) -> None:
    height, width = missing.shape
    places = np.arange(missing.size, dtype=np.uint16).reshape(height, width)
    chosen = fill(NEAREST, places, missing)[missing > 0]
    holes, known = np.argwhere(missing > 0), np.argwhere(missing == 0)
    nearest = np.linalg.norm(holes[:, np.newaxis] - known, axis=2).min(axis=1)
    distance = np.linalg.norm(holes - np.stack(np.divmod(chosen, width), axis=1), axis=1)
    assert (distance <= nearest * np.where(nearest < 7, 1 + 1e-9, 1.04)).all()


def test_the_nearest_pixel_is_found_across_a_large_picture() -> None:
    missing = np.full((3, 20_000), 255, np.uint8)
    missing[1, [0, 15_001]] = 0
    image = np.zeros(missing.shape, np.uint16)
    image[1, [0, 15_001]] = 111, 222
    expected = np.where(np.arange(20_000) <= 7_500, 111, 222)
    filled = fill(NEAREST, image, missing)
    np.testing.assert_array_equal(filled, np.broadcast_to(expected, filled.shape))


def holes_inside(size: tuple[int, int]) -> Iterator[Mask]:
    """Yield masks whose pixels all have known ones on two opposite sides, or crossing lines."""
    yield scattered(size, 0.05)
    yield scattered(size, 0.8)
    block, lines = np.zeros(size, bool), np.zeros(size, bool)
    block[2:-3, 4:-1] = True
    yield mask_where(block)
    lines[[3, 4, -4]] = True
    yield mask_where(lines)
    lines[:, [1, -5, -3]] = True
    yield mask_where(lines)


@given(down=st.integers(-5, 5), across=st.integers(-5, 5), dtype=st.sampled_from(DEPTHS))
def test_a_ramp_goes_on_through_holes(down: int, across: int, dtype: DTypeLike) -> None:
    size = (21, 24)
    steeper = 1 if dtype == np.uint8 else 257
    grey = ramp(size, down * steeper, across * steeper, dtype)
    image = np.stack([grey, np.iinfo(grey.dtype).max - grey, np.full_like(grey, 9)], axis=-1)
    for missing in holes_inside(size):
        filled = fill(LINEAR, with_garbage(image, missing, 1), missing)
        np.testing.assert_array_equal(filled, image)


def test_a_ramp_goes_on_through_holes_of_a_large_picture() -> None:
    size = (900, 700)
    image = ramp(size, 40, 30, np.uint16)
    for missing in holes_inside(size):
        np.testing.assert_array_equal(fill(LINEAR, with_garbage(image, missing, 1), missing), image)


def test_past_the_edge_the_nearest_end_goes_on() -> None:
    row = np.array([[0, 0, 50, 0, 0, 0, 90, 0]], np.uint8)
    expected = np.array([[50, 50, 50, 60, 70, 80, 90, 90]], np.uint8)
    for turn in (lambda array: array, lambda array: np.ascontiguousarray(array.T)):
        missing = mask_where(turn(row) == 0)
        np.testing.assert_array_equal(fill(LINEAR, turn(row), missing), turn(expected))


def test_the_nearer_ends_count_more() -> None:
    image = np.full((9, 9), 100, np.uint8)
    image[4, 0] = 200
    missing = np.zeros((9, 9), np.uint8)
    missing[1:8, 1:8] = 255
    filled = fill(LINEAR, image, missing)[4, 1:8].astype(int)
    assert filled[0] == round((200 + 100 / 7 + 100 / 4 * 2) / (1 + 1 / 7 + 1 / 4 * 2))
    assert (np.diff(filled) < 0).all()


def brute_local_mean(image: Image, missing: Mask, reach: int) -> NDArray[np.float64]:
    result = image.astype(np.float64)
    for y, x in np.argwhere(missing > 0):
        own = reach
        while True:
            rows = slice(max(0, y - own), y + own + 1)
            columns = slice(max(0, x - own), x + own + 1)
            known = image[rows, columns][missing[rows, columns] == 0]
            if len(known):
                break
            own += 1
        result[y, x] = known.mean(axis=0)
    return result


@given(missing=masks(), channels=st.sampled_from((1, 3)), dtype=st.sampled_from(DEPTHS))
def test_a_local_mean_is_that_of_the_window_and_grows_where_it_is_empty(
    missing: Mask, channels: int, dtype: DTypeLike
) -> None:
    image = make_image(missing.shape, channels, dtype, seed=5)
    size = 30.0
    reach = max(1, round(size / 200 * min(missing.shape)))
    filled = fill(("fill_local_mean", {"size": size}), image, missing)
    assert np.abs(filled - brute_local_mean(image, missing, reach)).max() <= 0.5 + 1e-6


def test_windows_are_the_same_all_over_a_large_picture() -> None:
    image, missing = make_image((900, 700), 3), scattered((900, 700), 0.3)
    filled = fill(LOCAL_MEAN, image, missing)
    reach = round(0.05 / 2 * 700)
    for y, x in np.argwhere(missing > 0)[::9000]:
        window = slice(max(0, y - reach), y + reach + 1), slice(max(0, x - reach), x + reach + 1)
        expected = image[window][missing[window] == 0].mean(axis=0)
        assert np.abs(filled[y, x] - expected).max() <= 0.5 + 1e-6
