"""Resampling: pixels are copied where they can be, and else sampled where they come from."""

from collections.abc import Iterator
from math import cos, radians, sin
from typing import Any

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from studio.augment import homography
from studio.augment.engine import apply, apply_each, result_size
from studio.augment.homography import Homography
from studio.augment.image import Image
from studio.augment.lattice import lattice
from studio.augment.operation import Number, get
from studio.augment.plan import Plan
from studio.augment.recipe import BORDER
from studio.augment.shift import copy_pixels
from studio.augment.source import Border, Source
from studio.augment.warp import warp_map, warp_matrix
from studio.errors import UserError
from tests.augment.strategies import make_image, make_photo, plan_of, plans

TURNS = [(1, 0, 0, 1), (-1, 0, 0, 1), (1, 0, 0, -1), (-1, 0, 0, -1)]
TURNS += [(0, 1, 1, 0), (0, 1, -1, 0), (0, -1, 1, 0), (0, -1, -1, 0)]
CODES = {"reflect": cv2.BORDER_REFLECT_101, "replicate": cv2.BORDER_REPLICATE}
CODES |= {"constant": cv2.BORDER_CONSTANT, "wrap": cv2.BORDER_WRAP}


def turn_of(turn: tuple[int, ...], x: float, y: float) -> Homography:
    a, b, c, d = turn
    return (a, b, x, c, d, y, 0, 0, 1)


def sampled_one_by_one(
    image: Image, matrix: Homography, size: tuple[int, int], code: int, value: int
) -> NDArray[Any]:
    """Return the nearest pixels, each looked up by itself."""
    inverse = homography.to_array(homography.invert(matrix))
    height, width = image.shape[:2]
    result = np.full((size[1], size[0], *image.shape[2:]), value, image.dtype)
    for row, column in np.ndindex(size[1], size[0]):
        place = inverse @ [column - (size[0] - 1) / 2, row - (size[1] - 1) / 2, 1]
        x, y = round(place[0] + (width - 1) / 2), round(place[1] + (height - 1) / 2)
        x, y = cv2.borderInterpolate(x, width, code), cv2.borderInterpolate(y, height, code)
        if x >= 0 and y >= 0:
            result[row, column] = image[y, x]
    return result


@pytest.mark.parametrize("border", BORDER.options)
@pytest.mark.parametrize("turn", TURNS)
@settings(max_examples=25, deadline=None)
@given(
    size=st.tuples(st.integers(1, 9), st.integers(1, 9)),
    shape=st.tuples(st.integers(2, 7), st.integers(2, 7)),
    shift=st.tuples(st.integers(-6, 6), st.integers(-6, 6)),
    channels=st.sampled_from([1, 3]),
)
def test_turns_crops_shifts_and_pads_copy_the_pixels_that_they_should(
    turn: tuple[int, ...],
    border: str,
    size: tuple[int, int],
    shape: tuple[int, int],
    shift: tuple[int, int],
    channels: int,
) -> None:
    image = make_image(shape, channels)
    turned = shape[::-1] if turn[0] else shape
    # Half pixels, where one of the sizes is odd and the other even.
    x = shift[0] + (turned[0] - size[0]) % 2 / 2
    y = shift[1] + (turned[1] - size[1]) % 2 / 2
    matrix = turn_of(turn, x, y)
    result = copy_pixels(image, matrix, size, CODES[border], (7, 7, 7, 0))
    if result is None:
        # Far outside, where a border of that size would take too much memory.
        assert max(size) > 2 * max(turned) or max(map(abs, shift)) > 1
        return
    expected = sampled_one_by_one(image, matrix, size, CODES[border], 7)
    np.testing.assert_array_equal(result, expected)


def test_what_is_between_pixels_is_not_copied() -> None:
    image = make_image((9, 9), 1)
    for matrix in (turn_of(TURNS[0], 0.5, 0), (1.01, 0, 0, 0, 1, 0, 0, 0, 1)):
        assert copy_pixels(image, matrix, (9, 9), cv2.BORDER_REFLECT_101, 0) is None


@pytest.mark.parametrize("border", BORDER.options)
@pytest.mark.parametrize("channels", [1, 3, 4])
@pytest.mark.parametrize(("angle", "factor"), [(15.0, 0.9), (40.0, 0.75), (3.0, 1.4)])
def test_margins_and_bands_change_nothing_that_is_seen(
    border: str, channels: int, angle: float, factor: float
) -> None:
    photo = cv2.resize(make_photo(), (900, 700))
    image = {1: photo[..., 1], 3: photo, 4: np.dstack([photo, np.full((700, 900), 255, "u1")])}
    source = np.ascontiguousarray(image[channels])
    c, s = factor * cos(radians(angle)), factor * sin(radians(angle))
    matrix: Homography = (c, s, 11.3, -s, c, -5.7, 0, 0, 1)
    centre = np.array([[1, 0, 449.5], [0, 1, 349.5], [0, 0, 1]])
    whole = centre @ homography.to_array(matrix) @ np.linalg.inv(centre)
    expected = cv2.warpAffine(
        source, whole[:2], (900, 700), borderMode=CODES[border], borderValue=(50, 50, 50, 0)
    )
    result = warp_matrix(
        Source(source), matrix, (900, 700), Border(CODES[border], 50), np.empty_like(source)
    )
    difference = np.abs(result.astype(int) - expected)
    assert np.quantile(difference, 0.999) <= 1


def test_a_map_samples_the_places_that_it_names() -> None:
    image = make_photo(160, 120)
    for size in ((160, 120), (40, 30)):
        x, y = lattice(size)
        out = np.empty((size[1], size[0], 3), np.uint8)
        result = warp_map(Source(image), x + 8, y - 5, size, Border(cv2.BORDER_WRAP, 0), out)
        left, top = 80 - size[0] // 2, 60 - size[1] // 2
        expected = np.roll(image, (5, -8), (0, 1))[top : top + size[1], left : left + size[0]]
        np.testing.assert_array_equal(result, expected)


def test_a_perspective_that_shows_the_horizon_ends_in_time() -> None:
    image = make_photo(64, 48)
    steep: Homography = (1, 0, 0, 0, 1, 0, 0.03, 0.02, 1)
    border = Border(cv2.BORDER_REFLECT_101, 0)
    result = warp_matrix(Source(image), steep, (64, 48), border, np.empty_like(image))
    assert result.shape == image.shape
    assert result.std() > 10


def test_shrinking_far_keeps_the_mean_of_what_it_hides() -> None:
    checks = ((np.indices((960, 1280)).sum(axis=0) % 2) * 255).astype(np.uint8)
    small: Homography = (0.05, 0, 0, 0, 0.05, 0, 0, 0, 1)
    border = Border(cv2.BORDER_REFLECT_101, 0)
    result = warp_matrix(Source(checks), small, (64, 48), border, np.empty((48, 64), np.uint8))
    assert np.abs(result.astype(int) - 127).max() <= 2


def test_a_recipe_cannot_make_a_picture_that_no_memory_holds() -> None:
    widest = {param.name: param.high for param in get("pad").params if isinstance(param, Number)}
    plan = plan_of(*[("pad", widest)] * 12)
    with pytest.raises(UserError, match="too large"):
        result_size(plan, 640, 480)
    with pytest.raises(UserError, match="too large"):
        apply(plan, make_photo(640, 480))


@settings(max_examples=40, deadline=None)
@given(some=st.lists(plans(), min_size=1, max_size=4))
def test_reused_memory_changes_no_byte(some: list[Plan]) -> None:
    image = make_image((24, 31), 3)
    before = image.copy()
    expected = [apply(plan, image).tobytes() for plan in some]
    assert [copy.tobytes() for copy in apply_each(some, image)] == expected
    np.testing.assert_array_equal(image, before)


def numbers() -> Iterator[Homography]:
    random = np.random.default_rng(0)
    for _ in range(50):
        yield homography.from_array(np.eye(3) + 0.3 * random.standard_normal((3, 3)))


def test_tuples_do_what_arrays_do() -> None:
    for one, other in zip(numbers(), [*numbers()][::-1], strict=True):
        first, second = map(homography.to_array, (one, other))
        product = homography.to_array(homography.multiply(one, other))
        np.testing.assert_allclose(product, first @ second)
        inverse = homography.to_array(homography.invert(one))
        np.testing.assert_allclose(inverse, np.linalg.inv(first))
        stretches = np.linalg.svd(first[:2, :2], compute_uv=False)
        np.testing.assert_allclose(homography.stretches(one), stretches, atol=1e-12)


@pytest.mark.parametrize("flips", [(1, 1), (-1, 1), (1, -1), (-1, -1)])
@pytest.mark.parametrize("channels", [1, 3, 4])
def test_a_window_in_another_size_shows_nothing_from_outside(
    flips: tuple[int, int], channels: int
) -> None:
    image = np.ascontiguousarray(np.dstack([make_photo(64, 48), np.full((48, 64), 255, "u1")]))
    image = np.ascontiguousarray(image[..., 0] if channels == 1 else image[..., :channels])
    part = np.zeros_like(image)
    part[8:40, 20:60] = image[8:40, 20:60]
    # Of 40 x 32 pixels, 8 right of the middle.
    matrix = (1.6 * flips[0], 0, -12.8 * flips[0], 0, 1.5 * flips[1], 0, 0, 0, 1)
    for code in CODES.values():
        results = [
            warp_matrix(Source(one), matrix, (64, 48), Border(code, 0), np.empty_like(one))
            for one in (image, part)
        ]
        # One of them is not opaque, which rounds otherwise.
        assert np.abs(results[0].astype(int) - results[1]).max() <= 1
    expected = cv2.resize(image[8:40, 20:60], (64, 48))[:: flips[1], :: flips[0]]
    assert np.abs(results[0].astype(int) - expected).max() <= 1


@pytest.mark.parametrize("size", [(256, 256), (250, 180), (100, 77), (31, 9)])
@pytest.mark.parametrize("length", [640, 637])
def test_a_shrunk_picture_is_about_the_mean_of_what_each_pixel_covers(
    size: tuple[int, int], length: int
) -> None:
    photo = make_photo(length, 479)
    scales = size[0] / length, size[1] / 479
    matrix = (scales[0], 0, 0, 0, scales[1], 0, 0, 0, 1)
    result = np.empty((*size[::-1], 3), np.uint8)
    shrunk = warp_matrix(Source(photo), matrix, size, Border(cv2.BORDER_CONSTANT, 0), result)
    mean = cv2.resize(photo, size, interpolation=cv2.INTER_AREA).astype(int)
    assert np.abs(shrunk - mean).mean() < 3
    assert abs(shrunk.mean() - mean.mean()) < 1
