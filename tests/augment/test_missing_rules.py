"""Which pixels the rules find missing: exactly those, whatever the depth and channels."""

from collections.abc import Sequence
from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from studio.augment.missing.rules import (
    MissingRule,
    all_rules,
    default_rule,
    find_missing,
    get_rule,
)
from studio.augment.param import Number
from studio.errors import UserError

DEPTHS: dict[str, tuple[Any, float]] = {
    "uint8": (np.uint8, 1),
    "uint16": (np.uint16, 257),
    "float32": (np.float32, 1 / 255),
    "float64": (np.float64, 1 / 255),
}
every_depth = pytest.mark.parametrize("depth", DEPTHS)
every_layout = pytest.mark.parametrize("channels", [1, 3, 4])
every_rule = pytest.mark.parametrize("name", [rule.name for rule in all_rules()])


def make_values(
    depth: str, channels: int, size: tuple[int, int] = (40, 50), seed: int = 0
) -> NDArray[Any]:
    """Return opaque values of independent levels from 40 to 90, as shares of 255."""
    dtype, unit = DEPTHS[depth]
    shape = size if channels == 1 else (*size, channels)
    levels = np.random.default_rng(seed).integers(40, 91, shape)
    if channels == 4:
        levels[..., 3] = 255
    return (levels * unit).astype(dtype)


def paint(values: NDArray[Any], where: Any, level: float | Sequence[float]) -> None:
    """Overwrite colour channels with a level of 255, or one for blue, green and red."""
    unit = {1: 1, 2: 257}.get(values.itemsize, 1 / 255)
    if values.ndim == 2:
        values[where] = np.asarray(level) * unit
    else:
        for channel, one in enumerate(np.broadcast_to(level, 3).tolist()):
            values[..., channel][where] = one * unit


def find(
    values: NDArray[Any], name: str, mask_file: NDArray[Any] | None = None, **params: Any
) -> NDArray[np.bool_]:
    """Return where a rule finds missing pixels; the values are not written to."""
    values.flags.writeable = False
    rule = MissingRule(name, {**get_rule(name).defaults(), **params})
    mask = find_missing(values, [rule], mask_file)
    values.flags.writeable = True
    if mask is None:
        return np.zeros(values.shape[:2], np.bool_)
    assert mask.shape == values.shape[:2]
    assert mask.dtype == np.uint8
    assert mask.flags.c_contiguous
    assert set(np.unique(mask)) <= {0, 255}
    assert mask.any()
    return mask > 0


def spots(size: tuple[int, int] = (40, 50)) -> NDArray[np.bool_]:
    """Return a few places, corners among them."""
    where = np.random.default_rng(5).random(size) < 0.1
    where[0, 0] = where[-1, -1] = True
    return where


assert_same = np.testing.assert_array_equal


@every_rule
def test_a_person_is_told_what_a_rule_does(name: str) -> None:
    rule = get_rule(name)
    assert rule.title[0].isupper()
    for text in (rule.summary, *(param.help for param in rule.params)):
        assert text[0].isupper()
        assert text.endswith(".")
    assert len(rule.help) > len(rule.summary)


@every_rule
def test_defaults_are_single_values_within_bounds(name: str) -> None:
    rule = get_rule(name)
    values = rule.defaults()
    assert list(values) == [param.name for param in rule.params]
    for param in rule.params:
        assert param.parse(values[param.name]) == param.default
        if isinstance(param, Number):
            assert type(values[param.name]) is (int if param.integer else float)
        assert rule.param(param.name) is param
    assert default_rule(name) == MissingRule(name, values, enabled=True)


def test_names_that_there_are_none_of() -> None:
    with pytest.raises(KeyError):
        get_rule("nothing")
    with pytest.raises(KeyError):
        default_rule("nothing")
    with pytest.raises(KeyError):
        get_rule("transparent").param("nothing")
    assert [rule.name for rule in all_rules() if rule.reads_mask_file] == ["mask_file"]


@every_rule
@every_depth
@every_layout
def test_a_picture_without_missing_pixels_has_none(name: str, depth: str, channels: int) -> None:
    assert not find(make_values(depth, channels), name).any()


@every_rule
@every_depth
@every_layout
def test_a_picture_of_one_pixel(name: str, depth: str, channels: int) -> None:
    values = make_values(depth, channels, (1, 1))
    assert not find(values, name, values).any()
    paint(values, ..., 0)
    assert find(values, name).all() == name.startswith("no_data")


def test_rules_add_up_and_those_switched_off_are_passed_over() -> None:
    values = np.arange(12, dtype=np.uint8).reshape(3, 4)
    two, five = (MissingRule("no_data_value", {"value": float(value)}) for value in (2, 5))
    off = MissingRule("no_data_value", {"value": 7.0}, enabled=False)
    mask = find_missing(values, [two, off, five])
    assert mask is not None
    assert_same(np.flatnonzero(mask), [2, 5])
    assert find_missing(values, [off]) is None
    assert find_missing(values, []) is None
    assert find_missing(values, [MissingRule("no_data_value", {"value": 99.0})]) is None


@every_depth
@pytest.mark.parametrize(("at_most", "highest"), [(0.0, 0), (20.0, 51), (50.0, 127)])
def test_transparent(depth: str, at_most: float, highest: int) -> None:
    values = make_values(depth, 4, (16, 16))
    unit = DEPTHS[depth][1]
    levels = np.arange(256).reshape(16, 16)
    values[..., 3] = levels * unit
    assert_same(find(values, "transparent", at_most=at_most), levels <= highest)
    assert not find(np.zeros((4, 4, 3), values.dtype), "transparent", at_most=99.0).any()


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
@every_layout
def test_not_finite_in_any_channel(dtype: Any, channels: int) -> None:
    values = make_values("float32", channels).astype(dtype)
    expected = np.zeros((40, 50), np.bool_)
    for index, bad in enumerate((np.nan, np.inf, -np.inf)):
        place = (7 * index, 49 - index)
        expected[place] = True
        values[place if channels == 1 else (*place, index % channels)] = bad
    assert_same(find(values, "not_finite"), expected)


@pytest.mark.parametrize(
    ("dtype", "value"),
    [
        (np.uint8, 0),
        (np.uint8, 255),
        (np.uint16, 65_535),
        (np.int16, -9_999),
        (np.int32, -(2**31)),
        (np.int64, 2**40),
        (np.float16, -9_999),
        (np.float32, -9_999),
        (np.float32, 0.1),
        (np.float32, -3.4028235e38),
        (np.float32, 3.4028234663852886e38),
        (np.float64, -3.4e38),
    ],
)
@every_layout
def test_no_data_value(dtype: Any, value: float, channels: int) -> None:
    values = make_values("uint8", channels).astype(dtype)
    colours = values if channels == 1 else values[..., :3]
    colours[spots()] = value
    if channels > 1:
        # In one channel it is a colour like another.
        colours[20, 20] = (value, 50, value)
    expected = spots()
    expected[20, 20] = channels == 1 and expected[20, 20]
    assert_same(find(values, "no_data_value", value=float(value)), expected)


@pytest.mark.parametrize("value", [0.5, -1.0, 256.0, 1e20, -3.4e38])
def test_no_whole_number_is_a_value_that_it_cannot_be(value: float) -> None:
    values = np.arange(256, dtype=np.uint8).reshape(16, 16)
    assert not find(values, "no_data_value", value=value).any()


def test_neither_nan_nor_infinity_is_a_value() -> None:
    values = np.array([[np.nan, np.inf, -np.inf, 3.0]], np.float32)
    assert not find(values, "no_data_value", value=3.5e38).any()
    found = find(values, "no_data_range", lowest=-3.5e38, highest=3.5e38)
    assert_same(found, [[False, False, False, True]])


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.int16, np.float32, np.float64])
@every_layout
def test_no_data_range_has_both_ends(dtype: Any, channels: int) -> None:
    values = make_values("uint8", channels).astype(dtype)
    colours = values[..., np.newaxis] if channels == 1 else values[..., :3]
    expected = ((colours >= 50) & (colours <= 80)).all(axis=2)
    assert 0 < expected.mean() < 1
    assert_same(find(values, "no_data_range", lowest=50.0, highest=80.0), expected)
    if values.dtype.kind != "f":
        assert_same(find(values, "no_data_range", lowest=49.2, highest=80.9), expected)
        assert find(values, "no_data_range", lowest=-1e30, highest=1e30).all()
    assert not find(values, "no_data_range", lowest=80.0, highest=50.0).any()


@every_depth
@pytest.mark.parametrize("channels", [3, 4])
@pytest.mark.parametrize("tolerance", [0, 3])
def test_no_data_colour(depth: str, channels: int, tolerance: int) -> None:
    values = make_values(depth, channels)
    expected = np.zeros((40, 50), np.bool_)
    expected[0:2] = True
    paint(values, 0, (10, 20, 255))
    paint(values, 1, (10 + tolerance, 20 - tolerance, 255 - tolerance))
    paint(values, 2, (10 + tolerance + 1, 20, 255))
    paint(values, 3, (255, 20, 10))
    found = find(values, "no_data_colour", red=255, green=20, blue=10, tolerance=tolerance)
    assert_same(found, expected)


def test_a_value_between_two_levels_counts_as_the_nearer_one() -> None:
    sixteen = np.array([[25_571, 25_572, 25_828, 25_829]], np.uint16)
    fractions = (np.array([[99.4, 99.6, 100.4, 100.6]]) / 255).astype(np.float32)
    for values in (sixteen, fractions):
        found = find(values, "no_data_colour", red=100, green=100, blue=100)
        assert_same(found, [[False, True, True, False]])


def test_a_float_picture_of_levels_is_not_one_of_fractions() -> None:
    values = np.array([[0.0, 100.0, 255.0, np.inf, np.nan]], np.float32)
    found = find(values, "no_data_colour", red=255, green=255, blue=255)
    assert_same(found, [[False, False, True, False, False]])


def test_a_grey_level_is_all_three_shades() -> None:
    values = np.arange(256, dtype=np.uint8).reshape(16, 16)
    found = find(values, "no_data_colour", red=100, green=104, blue=102, tolerance=3)
    assert_same(np.flatnonzero(found), [101, 102, 103])
    assert not find(values, "no_data_colour", red=0, green=0, blue=255, tolerance=9).any()


@every_depth
@every_layout
@pytest.mark.parametrize("rule", ["constant_rows", "constant_columns"])
def test_constant_lines(depth: str, channels: int, rule: str) -> None:
    values = make_values(depth, channels)
    lines = values if rule == "constant_rows" else values.swapaxes(0, 1)
    for line in (0, 7, 8, 9, 20, len(lines) - 2, len(lines) - 1):
        paint(lines, line, 128 if channels == 1 else (line, 128, 50))
    # All but the last pixel of a line.
    paint(lines, (30, slice(None, -1)), 128)
    for at_least, expected in (
        (1, [0, 7, 8, 9, 20, len(lines) - 2, len(lines) - 1]),
        (2, [7, 8, 9, len(lines) - 2, len(lines) - 1]),
        (3, [7, 8, 9]),
        (4, []),
    ):
        found = find(values, rule, at_least=at_least)
        found = found if rule == "constant_rows" else found.T
        assert_same(np.flatnonzero(found.any(axis=1)), expected)
        assert_same(np.flatnonzero(found.all(axis=1)), expected)


@every_depth
@every_layout
@pytest.mark.parametrize("rule", ["constant_rows", "constant_columns", "constant_blocks"])
def test_a_picture_all_of_one_colour_is_wholly_missing(
    depth: str, channels: int, rule: str
) -> None:
    values = make_values(depth, channels)
    paint(values, ..., 128)
    assert find(values, rule).all()


def test_a_line_of_one_pixel_tells_nothing() -> None:
    column = np.arange(9, dtype=np.uint8)[:, np.newaxis]
    assert not find(column, "constant_rows").any()
    assert not find(column.T.copy(), "constant_columns").any()
    assert find(np.zeros_like(column), "constant_columns").all()


@every_depth
@every_layout
def test_constant_blocks(depth: str, channels: int) -> None:
    values = make_values(depth, channels, (90, 120))
    expected = np.zeros((90, 120), np.bool_)
    for corner, (height, width), is_found in (
        ((0, 0), (8, 8), True),
        ((20, 30), (13, 9), True),
        ((40, 2), (7, 60), False),
        ((70, 100), (20, 20), True),
    ):
        box = slice(corner[0], corner[0] + height), slice(corner[1], corner[1] + width)
        paint(values, box, 128 if channels == 1 else (128, 3, 7))
        expected[box] = is_found
    assert_same(find(values, "constant_blocks", side=8), expected)
    assert not find(values, "constant_blocks", side=21).any()
    assert not find(values, "constant_blocks", side=1_000).any()


@every_depth
@every_layout
def test_stuck_pixels(depth: str, channels: int) -> None:
    values = make_values(depth, channels)
    paint(values, ..., 100)
    paint(values, np.random.default_rng(1).random((40, 50)) < 0.5, 104)
    places = [(0, 0), (0, 25), (39, 49), (10, 10), (10, 13), (20, 0)]
    for place in places:
        paint(values, place, 200 if channels == 1 else (102, 200, 102))
    paint(values, (25, 25), 40)
    # Two side by side, one on an edge of the picture's own, and one that is hardly off.
    paint(values, (30, slice(10, 12)), 200)
    paint(values, (slice(None), slice(40, None)), 200)
    paint(values, (5, 5), 140)
    expected = np.zeros((40, 50), np.bool_)
    for place in (*places, (25, 25)):
        expected[place] = place[1] < 40
    assert_same(find(values, "stuck_pixels", threshold=48.0), expected)
    expected[5, 5] = True
    assert_same(find(values, "stuck_pixels", threshold=30.0), expected)
    assert not find(values, "stuck_pixels", threshold=120.0).any()


def test_a_stuck_pixel_beside_what_is_not_finite_is_passed_over() -> None:
    values = np.zeros((9, 9), np.float32)
    values[4, 4] = 1
    values[2, 7] = 1
    values[4, 5] = np.nan
    values[8, 0] = np.inf
    found = find(values, "stuck_pixels")
    assert_same(np.argwhere(found), [[2, 7], [8, 0]])


@pytest.mark.parametrize("size", [(1, 9), (9, 1), (1, 1)])
def test_a_single_line_has_no_stuck_pixels(size: tuple[int, int]) -> None:
    values = np.zeros(size, np.uint8)
    values[0, 0] = 255
    assert not find(values, "stuck_pixels").any()


@every_depth
@every_layout
def test_mask_file(depth: str, channels: int) -> None:
    values = make_values("uint8", 3, (16, 16))
    levels = np.arange(256).reshape(16, 16)
    dtype, unit = DEPTHS[depth]
    mask = (levels * unit).astype(dtype)
    if channels > 1:
        mask = np.repeat(mask[..., np.newaxis], channels, axis=2)
        # The brightest channel is what counts.
        mask[..., 1:3] //= 2 if mask.dtype.kind == "u" else 1
    if channels == 4:
        mask[..., 3] = 255 * unit
        mask[0, :, 3] = mask[-1, :, 3] = 0
    white, black = levels >= 128, levels < 128
    if channels == 4:
        white[-1] = black[0] = False
    assert_same(find(values, "mask_file", mask, missing="white"), white)
    assert_same(find(values, "mask_file", mask, missing="black"), black)


def test_a_mask_of_another_size_is_one_clear_line() -> None:
    values, mask = np.zeros((30, 40, 3), np.uint8), np.zeros((40, 30), np.uint8)
    with pytest.raises(UserError, match=r"^the mask is 30×40 pixels, the image 40×30$"):
        find_missing(values, [default_rule("mask_file")], mask)
    assert find_missing(values, [default_rule("mask_file")]) is None
    other = default_rule("transparent")
    assert find_missing(values, [other], mask) is None


def test_what_is_looked_at_piece_by_piece_has_no_seams() -> None:
    values = make_values("uint8", 3, (400, 500))
    values[:, 300:330] = 128
    expected = np.zeros((400, 500), np.bool_)
    expected[:, 300:330] = True
    assert_same(find(values, "constant_blocks", side=30), expected)
    assert_same(find(values, "no_data_value", value=128.0), expected)
    values[:, 315] = np.where(np.arange(400) % 2, 250, 128)[:, np.newaxis]
    expected[:] = False
    expected[1::2, 315] = True
    assert_same(find(values, "stuck_pixels"), expected)


def few_levels(least: int) -> st.SearchStrategy[NDArray[Any]]:
    """Return small pictures of at least so many pixels a side."""
    size = st.tuples(st.integers(least, 9), st.integers(least, 9))
    dtype = st.sampled_from([np.uint8, np.int16, np.float32])
    return arrays(dtype, size, elements=st.sampled_from([100, 103, 200]))


@given(values=few_levels(1), side=st.integers(2, 5))
def test_constant_blocks_are_all_even_squares(values: NDArray[Any], side: int) -> None:
    expected = np.zeros(values.shape, np.bool_)
    for top, left in product(*(range(length - side + 1) for length in values.shape)):
        square = slice(top, top + side), slice(left, left + side)
        expected[square] |= len(np.unique(values[square])) == 1
    assert_same(find(values, "constant_blocks", side=side), expected)


@given(values=few_levels(2))
def test_stuck_pixels_are_those_of_the_rule(values: NDArray[Any]) -> None:
    threshold = 40 if values.dtype != np.int16 else 40 * 255 / 32_767
    around = np.pad(values.astype(np.float64), 1, mode="reflect")
    expected = np.zeros(values.shape, np.bool_)
    for row, column in np.ndindex(values.shape):
        neighbours = np.delete(around[row : row + 3, column : column + 3].ravel(), 4)
        off = abs(values[row, column] - np.median(neighbours))
        expected[row, column] = off > 40 and np.ptp(neighbours) < off / 2
    assert_same(find(values, "stuck_pixels", threshold=float(threshold)), expected)
