"""Where pixels go: windows that copy, promised sizes, perspectives and fields that never fold."""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from studio.augment.engine import apply, result_size
from studio.augment.image import Image
from studio.augment.operation import Frame, Number, Value, get
from studio.augment.recipe_file import parse_recipe
from tests.augment.strategies import every_image, make_image, make_photo, plan_of

Floats = NDArray[np.float64]
SEEDS = range(40)
FRAMES = ((640, 480), (480, 640), (900, 100), (1, 9))


def do(op: str, image: Image, **values: Value) -> Image:
    return apply(plan_of((op, values)), image)


def corners_of(width: float, height: float) -> Floats:
    """Return the outer corners of the first and the last pixels, from the centre, clockwise."""
    return np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * [width / 2, height / 2]


def moved_by(matrix: Floats, places: Floats) -> Floats:
    x, y, depth = matrix @ np.vstack([places.T, np.ones(len(places))])
    assert (depth > 0).all()
    return np.stack([x / depth, y / depth], axis=1)


def places_of(width: int, height: int, every: float = 4) -> tuple[Floats, Floats]:
    """Return places from edge to edge of a picture, from its centre."""
    across = np.linspace(-width / 2, width / 2, max(2, int(width / every) + 1))
    down = np.linspace(-height / 2, height / 2, max(2, int(height / every) + 1))
    x, y = np.meshgrid(across, down)
    return x, y


# Pixel for pixel


@pytest.mark.parametrize(("angle", "quarters"), [("90", 1), ("180", 2), ("270", 3)])
def test_a_turn_is_anticlockwise_and_copies_pixels(angle: str, quarters: int) -> None:
    for image in every_image():
        np.testing.assert_array_equal(do("turn", image, angle=angle), np.rot90(image, quarters))


def test_a_transpose_swaps_rows_and_columns() -> None:
    for image in every_image():
        np.testing.assert_array_equal(do("transpose", image), image.swapaxes(0, 1))


@pytest.mark.parametrize("size", [5.0, 37.0, 80.0, 99.0])
def test_a_random_crop_is_a_slice_from_edge_to_edge(size: float) -> None:
    for image in every_image():
        height, width = image.shape[:2]
        rows, columns = max(1, round(height * size / 100)), max(1, round(width * size / 100))
        first = do("random_crop", image, size=size, x=0.0, y=0.0)
        np.testing.assert_array_equal(first, image[:rows, :columns])
        last = do("random_crop", image, size=size, x=100.0, y=100.0)
        np.testing.assert_array_equal(last, image[height - rows :, width - columns :])
        between = do("random_crop", image, size=size, x=50.0, y=100.0)
        left = round((width - columns) / 2)
        np.testing.assert_array_equal(between, image[height - rows :, left : left + columns])


def test_a_centre_crop_is_the_middle() -> None:
    image = make_image((48, 64), 3)
    same = do("centre_crop", image, size=75.0, shape="same")
    np.testing.assert_array_equal(same, image[6:42, 8:56])
    square = do("centre_crop", image, size=75.0, shape="square")
    np.testing.assert_array_equal(square, image[6:42, 14:50])
    tall = do("centre_crop", np.rot90(image).copy(), size=100.0, shape="square")
    np.testing.assert_array_equal(tall, np.rot90(image)[8:56])


def test_padding_keeps_the_inside_and_adds_the_border() -> None:
    sides = {"left": 10.0, "top": 25.0, "right": 5.0, "bottom": 0.0}
    for channels in (1, 3, 4):
        image = make_image((40, 60), channels)
        margins = ((10, 0), (4, 2), (0, 0))[: image.ndim]
        expected = np.pad(image, margins, mode="reflect")
        np.testing.assert_array_equal(do("pad", image, **sides), expected)


# Sizes


@pytest.mark.parametrize("picture", [(640, 480), (100, 301), (7, 900), (1, 1)])
@pytest.mark.parametrize("asked", [(256, 256), (300, 100), (31, 33), (1, 1)])
def test_a_resize_gives_the_size_that_it_promises(
    picture: tuple[int, int], asked: tuple[int, int]
) -> None:
    values: dict[str, Any] = {"width": asked[0], "height": asked[1]}
    image = np.zeros(picture[::-1], np.uint8)
    for fit in ("fill", "pad", "stretch"):
        assert do("resize", image, fit=fit, **values).shape == asked[::-1]
    height, width = do("resize", image, fit="fit", **values).shape
    assert width <= asked[0]
    assert height <= asked[1]
    assert (width, height)[width < asked[0]] == asked[width < asked[0]]
    ratio = picture[0] / picture[1]
    assert abs(width - height * ratio) <= max(1, ratio) / 2 + 1e-9 or 1 in (width, height)


def test_a_proxy_is_resized_to_its_share() -> None:
    plan = plan_of(("resize", {"width": 256, "height": 100, "fit": "fill"}))
    assert result_size(plan, 160, 120, scale=0.25) == (64, 25)


def test_fill_cuts_off_and_pad_adds_the_same_at_both_ends() -> None:
    image = np.full((120, 160), 100, np.uint8)
    image[:, :20] = image[:, 140:] = 200
    values: dict[str, Any] = {"width": 60, "height": 60}
    filled = apply(plan_of(("resize", {"fit": "fill", **values}), border="constant"), image)
    assert (filled[:, 1:-1] == 100).all()
    padded = apply(plan_of(("resize", {"fit": "pad", **values}), border="constant"), image)
    assert (padded[8:53] >= 100).all()
    assert (padded[8:53, [1, -2]] > 190).all()
    assert not padded[:8].any()
    assert not padded[53:].any()


@pytest.mark.parametrize("place", [(0.0, 0.0), (100.0, 100.0), (50.0, 20.0)])
@pytest.mark.parametrize(
    ("area", "aspect"), [(40.0, 1.0), (30.0, 1.33), (50.0, 0.75), (5.0, 2.0), (90.0, 2.0)]
)
def test_a_random_resized_crop_enlarges_its_window_to_the_frame(
    area: float, aspect: float, place: tuple[float, float]
) -> None:
    frame = Frame(640, 480)
    values = {"area": area, "aspect": aspect, "x": place[0], "y": place[1]}
    matrix, width, height = get("random_resized_crop").function(frame, **values)
    assert (width, height) == (640, 480)
    window = moved_by(np.linalg.inv(matrix), corners_of(640, 480)) + np.array([320, 240])
    sides = window[2] - window[0]
    assert sides.prod() / (640 * 480) == pytest.approx(area / 100, rel=0.02)
    possible = min(aspect, 100 / area)
    assert sides[0] / 640 / (sides[1] / 480) == pytest.approx(possible, rel=0.02)
    free = np.array([640, 480]) - sides
    np.testing.assert_allclose(window[0], free * place / 100, atol=0.51)
    np.testing.assert_allclose(window, np.rint(window), atol=1e-9)


# Matrices


def test_a_stretch_keeps_the_area_and_old_recipes_know_none() -> None:
    frame = Frame(64, 48)
    matrix = get("scale").function(frame, factor=1.5, stretch=2.0)
    assert matrix[0, 0] / matrix[1, 1] == pytest.approx(2)
    assert np.linalg.det(matrix) == pytest.approx(1.5**2)
    recipe = parse_recipe("{version: 1, steps: [{op: scale, params: {factor: 1.2}}]}")
    assert recipe.steps[0].params["stretch"] == (1, 1)
    assert get("scale").function(frame, factor=1.2)[1, 1] == 1.2


@pytest.mark.parametrize("size", FRAMES)
def test_a_perspective_moves_corners_as_far_as_it_says_and_stays_convex(
    size: tuple[int, int],
) -> None:
    param = get("perspective").param("strength")
    assert isinstance(param, Number)
    corners, farthest = corners_of(*size), 0.0
    for seed in range(300):
        frame = Frame(*size, seed=seed)
        moved = moved_by(get("perspective").function(frame, strength=param.high), corners)
        farthest = max(farthest, np.abs(moved - corners).max())
        sides = np.roll(moved, -1, axis=0) - moved
        ahead = np.roll(sides, -1, axis=0)
        assert (sides[:, 0] * ahead[:, 1] > sides[:, 1] * ahead[:, 0]).all()
    assert 0.99 < farthest / (param.high / 100 * min(size)) < 1.0001


def test_a_perspective_is_the_same_at_any_size() -> None:
    full, half = (
        get("perspective").function(Frame(width, width // 2, seed=3), strength=10.0)
        for width in (800, 400)
    )
    shrink = np.diag([0.5, 0.5, 1])
    np.testing.assert_allclose(shrink @ full @ np.linalg.inv(shrink), half, rtol=1e-4, atol=1e-7)


# Fields


def elastic(
    width: int, height: int, seed: int, amplitude: float, smoothness: float, every: float = 4
) -> tuple[Floats, Floats]:
    """Return by how much an elastic distortion moves the places of `places_of`."""
    x, y = places_of(width, height, every)
    frame = Frame(width, height, seed=seed)
    new_x, new_y = get("elastic").function(x, y, frame, amplitude=amplitude, smoothness=smoothness)
    return new_x - x, new_y - y


def fold_of(x: Floats, y: Floats, moved_x: Floats, moved_y: Floats) -> float:
    """Return the smallest determinant of the Jacobian: at 0 and below, the picture folds."""
    across, down = x[0, 1] - x[0, 0], y[1, 0] - y[0, 0]
    (x_down, x_across), (y_down, y_across) = (
        np.gradient(places, down, across) for places in (x + moved_x, y + moved_y)
    )
    return float((x_across * y_down - x_down * y_across).min())


def test_elastic_moves_in_all_directions_but_not_farther_than_it_says() -> None:
    moves = [elastic(640, 480, seed, 5.0, 12.0) for seed in SEEDS]
    lengths = np.hypot(*np.stack(moves, axis=1)) / (0.05 * 480)
    assert 0.85 < lengths.max() <= 1
    # Of a cubic B-spline through unit vectors, on average over places.
    assert np.sqrt((lengths**2).mean()) == pytest.approx(151 / 315, rel=0.05)
    mean_x, mean_y = (np.mean([move[axis].mean() for move in moves]) for axis in (0, 1))
    assert abs(mean_x) + abs(mean_y) < 0.1 * 0.05 * 480


def test_elastic_waves_are_as_wide_as_it_says() -> None:
    for smoothness in (8.0, 16.0):
        moves = [elastic(1600, 1600, seed, 5.0, smoothness, every=16)[0] for seed in range(80)]
        moved = np.stack(moves)
        # Noise behind a Gaussian filter is related by exp(-1) at a distance of 2 σ.
        apart = 2 * int(smoothness)
        related = (moved[:, :, apart:] * moved[:, :, :-apart]).mean() / (moved**2).mean()
        assert related == pytest.approx(np.exp(-1), abs=0.06)


@pytest.mark.parametrize(("amplitude", "smoothness"), [(8.0, 10.0), (3.0, 10.0), (8.0, 15.0)])
def test_elastic_never_folds_at_its_defaults(amplitude: float, smoothness: float) -> None:
    places = places_of(640, 480)
    for seed in SEEDS:
        assert fold_of(*places, *elastic(640, 480, seed, amplitude, smoothness)) > 0.1


def test_elastic_is_the_same_at_any_size_and_wherever_it_is_asked() -> None:
    full, half = (elastic(width, width // 2, 7, 6.0, 10.0) for width in (800, 400))
    for one, other in zip(full, half, strict=True):
        np.testing.assert_allclose(one[::2, ::2] / 2, other, atol=1e-9)
    x, y = places_of(800, 400)
    order = np.random.default_rng(1).permutation(x.size)
    scattered = get("elastic").function(
        x.ravel()[order], y.ravel()[order], Frame(800, 400, seed=7), amplitude=6.0, smoothness=10.0
    )
    np.testing.assert_allclose(scattered[0], (x + full[0]).ravel()[order], atol=1e-9)


@pytest.mark.parametrize(("cells", "strength"), [(2, 90.0), (5, 40.0), (20, 90.0)])
def test_a_grid_distortion_keeps_edges_and_order(cells: int, strength: float) -> None:
    for width, height in FRAMES:
        for seed in SEEDS:
            frame = Frame(width, height, seed=seed)
            lines = [np.linspace(-length / 2, length / 2, cells + 1) for length in (width, height)]
            new = get("grid_distortion").function(*lines, frame, cells=cells, strength=strength)
            for before, after in zip(lines, new, strict=True):
                np.testing.assert_allclose(after[[0, -1]], before[[0, -1]])
                widths = np.diff(after)
                share = strength / 100
                assert widths.min() > 0
                assert widths.max() / widths.min() <= (1 + share) / (1 - share) * (1 + 1e-9)


@pytest.mark.parametrize("strength", [-30.0, -10.0, 10.0, 60.0])
def test_a_lens_follows_its_formula_and_shows_no_border(strength: float) -> None:
    for width, height in FRAMES:
        frame = Frame(width, height)
        x, y = places_of(width, height, every=1)
        new_x, new_y = get("lens_distortion").function(x, y, frame, strength=strength)
        assert np.abs(new_x).max() <= width / 2 + 1e-9
        assert np.abs(new_y).max() <= height / 2 + 1e-9
        radius = np.hypot(x, y) / np.hypot(width / 2, height / 2)
        seen = radius > 0.01
        factor = np.hypot(new_x, new_y)[seen] / np.hypot(x, y)[seen]
        expected = 1 + strength / 100 * radius[seen] ** 2
        np.testing.assert_allclose(factor / factor[0], expected / expected[0])
        # Farther out stays farther out, with the corners beyond every edge.
        order = np.argsort(radius[seen])
        assert (np.diff((factor * radius[seen])[order]) > -1e-9).all()


def test_a_lens_bulges_above_zero_and_pinches_below() -> None:
    image = np.zeros((200, 200), np.uint8)
    image[48:52] = 255
    middle, side = {}, {}
    for strength in (-20.0, 20.0):
        result = do("lens_distortion", image, strength=strength)
        middle[strength], side[strength] = result[:100, 100].argmax(), result[:100, 20].argmax()
    assert middle[20.0] < side[20.0]
    assert middle[-20.0] > side[-20.0]


def test_a_field_and_a_turn_behind_it_are_one_resampling() -> None:
    photo = make_photo()
    values = {"cells": 4, "strength": 40.0}
    together = apply(plan_of(("grid_distortion", values), ("turn", {"angle": "90"})), photo)
    alone = apply(plan_of(("grid_distortion", values)), photo)
    difference = np.abs(together.astype(int) - np.rot90(alone))
    assert together.shape == (320, 240, 3)
    assert difference.mean() < 1
