"""What losing operations lose: how much, where, and that nothing else changes."""

from itertools import product
from typing import Any

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from studio.augment.image import Image, Mask
from studio.augment.kinds import Kind
from studio.augment.operation import Frame, get
from tests.augment.strategies import DEPTHS, DIRECT, SIZES, extremes, make_image

SEEDS = range(5)
MIDDLE: dict[str, dict[str, Any]] = {
    "lose_area": {"area": 10.0, "count": 2},
    "lose_rows": {"count": 3, "thickness": 1.5},
    "lose_columns": {"count": 3, "thickness": 1.5},
    "lose_blocks": {"share": 12.0, "side": 7.0},
    "lose_pixels": {"share": 4.0},
}
every_loss = pytest.mark.parametrize("op", MIDDLE)


def lose(
    op: str, image: Image, seed: int = 0, scale: float = 1.0, **values: Any
) -> tuple[Image, Mask]:
    """Return what is left of an image, and the mask of what it lost."""
    left = image.copy()
    frame = Frame(image.shape[1], image.shape[0], scale, seed)
    lost: Mask = get(op).function(left, frame, **{"level": 0, **values})
    return left, lost


def places(
    op: str, seed: int = 0, size: tuple[int, int] = (480, 640), scale: float = 1.0, **values: Any
) -> NDArray[np.bool_]:
    """Return where a white picture of a height and width lost its pixels."""
    return lose(op, np.full(size, 255, np.uint8), seed, scale, **values)[1] > 0


def runs(line: Any) -> list[int]:
    """Return how long the runs of true values are."""
    ends = np.flatnonzero(np.diff(np.pad(line, 1))).reshape(-1, 2)
    lengths: list[int] = (ends[:, 1] - ends[:, 0]).tolist()
    return lengths


def test_every_operation_that_loses_is_tested_here() -> None:
    assert {one.name for one in DIRECT if one.kind is Kind.LOSS} == set(MIDDLE)


@every_loss
@pytest.mark.parametrize(("dtype", "unit"), [(np.uint8, 1), (np.uint16, 257)])
@pytest.mark.parametrize("channels", [1, 3])
def test_lost_pixels_have_the_level_and_others_stay(
    op: str, dtype: type, unit: int, channels: int
) -> None:
    image = make_image((48, 64), channels, dtype)
    for level in (0, 100, 255):
        left, lost = lose(op, image, level=level, **MIDDLE[op])
        assert lost.shape == image.shape[:2]
        assert lost.dtype == np.uint8
        assert lost.flags.c_contiguous
        assert set(np.unique(lost)) == {0, 255}
        assert (left[lost > 0] == level * unit).all()
        np.testing.assert_array_equal(left[lost == 0], image[lost == 0])


@every_loss
def test_a_mask_is_not_overwritten_by_the_next(op: str) -> None:
    image = make_image((48, 64), 3)
    _, first = lose(op, image, 1, **MIDDLE[op])
    kept = first.copy()
    _, second = lose(op, image, 2, **MIDDLE[op])
    np.testing.assert_array_equal(first, kept)
    assert (first != second).any()


@every_loss
def test_a_pixel_stays_known_whatever_is_asked_for(op: str) -> None:
    for size, dtype in product(((1, 1), (9, 1), (2, 2), *SIZES), DEPTHS):
        image = make_image(size, 3, dtype)
        for values, seed in product(extremes(get(op)), (0, 1)):
            left, lost = lose(op, image, seed, 1.0, **values)
            assert (lost == 0).any()
            np.testing.assert_array_equal(left[lost == 0], image[lost == 0])


@pytest.mark.parametrize("seed", SEEDS)
def test_a_lost_rectangle_has_the_area_that_was_asked_for(seed: int) -> None:
    lost = places("lose_area", seed, area=10.0, count=1)
    assert lost.mean() == pytest.approx(0.10, rel=0.03)
    np.testing.assert_array_equal(lost, np.outer(lost.any(axis=1), lost.any(axis=0)))
    assert len(runs(lost.any(axis=0))) == len(runs(lost.any(axis=1))) == 1


def test_rectangles_are_as_many_as_asked_for() -> None:
    counts = [
        cv2.connectedComponents(places("lose_area", seed, area=0.5, count=4).view(np.uint8))[0] - 1
        for seed in SEEDS
    ]
    assert max(counts) == 4
    assert min(counts) >= 2


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(("op", "length"), [("lose_rows", 480), ("lose_columns", 640)])
def test_lines_are_lost_from_end_to_end(op: str, length: int, seed: int) -> None:
    for thickness, thick in ((0.0, 1), (0.01, 1), (2.5, round(0.025 * length))):
        lost = places(op, seed, count=1, thickness=thickness)
        lost = lost if op == "lose_rows" else lost.T
        np.testing.assert_array_equal(lost, np.repeat(lost[:, :1], lost.shape[1], axis=1))
        assert runs(lost[:, 0]) == [thick]


@pytest.mark.parametrize("op", ["lose_rows", "lose_columns"])
def test_runs_are_as_many_as_asked_for_and_all_over(op: str) -> None:
    assert not places(op, count=0, thickness=5.0).any()
    axis = 1 if op == "lose_rows" else 0
    found = [runs(places(op, seed, count=3, thickness=0.0).any(axis=axis)) for seed in SEEDS]
    assert [1, 1, 1] in found
    where = [
        np.flatnonzero(places(op, seed, count=1, thickness=0.0).any(axis=axis))[0]
        for seed in range(200)
    ]
    share = np.array(where) / (480 if op == "lose_rows" else 640)
    assert share.mean() == pytest.approx(0.5, abs=0.08)
    assert share.min() < 0.05
    assert share.max() > 0.95


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("share", [3.0, 10.0, 50.0, 80.0])
@pytest.mark.parametrize("size", [(480, 640), (300, 100)])
def test_blocks_cover_the_share_that_was_asked_for(
    seed: int, share: float, size: tuple[int, int]
) -> None:
    lost = places("lose_blocks", seed, size, share=share, side=6.0)
    assert lost.mean() == pytest.approx(share / 100, abs=0.004 + 0.02 * share / 100)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_block_is_a_square_of_its_side_wherever_it_is(seed: int) -> None:
    lost = places("lose_blocks", seed, share=0.1, side=10.2)
    assert runs(lost.any(axis=0)) == runs(lost.any(axis=1)) == [49]
    many = places("lose_blocks", seed, share=30.0, side=10.2).view(np.uint8)
    opened = cv2.morphologyEx(many, cv2.MORPH_OPEN, np.ones((49, 49), np.uint8))
    np.testing.assert_array_equal(opened, many)


@pytest.mark.parametrize("share", [0.5, 4.0, 95.0])
def test_pixels_are_lost_as_many_as_asked_for_and_independently(share: float) -> None:
    lost = places("lose_pixels", share=share).astype(np.float64)
    part = share / 100
    assert lost.mean() == pytest.approx(part, abs=4 * np.sqrt(part * (1 - part) / lost.size))
    for other in (lost[:, 1:], lost[1:, :]):
        rest = lost[: other.shape[0], : other.shape[1]]
        assert abs(np.corrcoef(rest.ravel(), other.ravel())[0, 1]) < 4 / np.sqrt(lost.size)


@pytest.mark.parametrize("op", ["lose_area", "lose_rows", "lose_columns", "lose_blocks"])
@pytest.mark.parametrize("seed", SEEDS)
def test_a_proxy_loses_the_same_places(op: str, seed: int) -> None:
    full = places(op, seed, **MIDDLE[op])
    for times in (2, 4, 5):
        size = (480 // times, 640 // times)
        small = places(op, seed, size, scale=1 / times, **MIDDLE[op])
        shares = cv2.resize(full.astype(np.float32), size[::-1], interpolation=cv2.INTER_AREA)
        assert small[shares > 0.999].all()
        assert not small[shares < 0.001].any()


def test_a_proxy_loses_as_great_a_share_of_its_pixels() -> None:
    assert places("lose_pixels", size=(120, 160), scale=0.25, share=5.0).mean() == pytest.approx(
        0.05, abs=0.007
    )


@given(
    op=st.sampled_from(sorted(MIDDLE)),
    width=st.integers(1, 40),
    height=st.integers(1, 40),
    scale=st.sampled_from([1.0, 0.3]),
    seed=st.integers(0, 2**64 - 1),
    data=st.data(),
)
def test_nothing_but_what_the_mask_tells_changes(
    op: str, width: int, height: int, scale: float, seed: int, data: st.DataObject
) -> None:
    values = {
        param.name: param.draw(param.default, data.draw(st.floats(0, 1, exclude_max=True)))
        for param in get(op).params
    }
    image = make_image((height, width), 3)
    left, lost = lose(op, image, seed, scale, **values)
    assert (lost == 0).any()
    np.testing.assert_array_equal(left[lost == 0], image[lost == 0])
    assert (left[lost > 0] == values["level"]).all()
