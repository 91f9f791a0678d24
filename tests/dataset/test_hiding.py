"""Patterns that hide known pixels: how much they hide, and that they hide nothing unknown."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.augment.image import Mask
from studio.augment.missing.likeness import hide_alike
from studio.dataset.scoring.hiding import (
    PATTERNS,
    Pattern,
    blocks,
    hide,
    pixels,
    rows,
)
from studio.errors import UserError

SIZE = (120, 160)


def random(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def share_of(hidden: Mask) -> float:
    return float(100 * np.count_nonzero(hidden) / hidden.size)


def box(size: tuple[int, int], *boxes: Any) -> Mask:
    mask = np.zeros(size, np.uint8)
    for each in boxes:
        mask[each] = 255
    return mask


def test_pixels_and_blocks_hide_their_share() -> None:
    assert share_of(hide(pixels(5), SIZE, random())) == pytest.approx(5, abs=0.6)
    assert 10 <= share_of(hide(blocks(10), SIZE, random())) < 11
    assert 90 <= share_of(hide(blocks(90), SIZE, random())) < 91


def test_rows_are_whole_and_as_many_as_asked_for() -> None:
    hidden = hide(rows(3), SIZE, random())
    assert sorted(hidden.mean(axis=1))[-4:] == [0, 255, 255, 255]


@settings(deadline=None)
@given(
    kind=st.sampled_from(PATTERNS),
    size=st.tuples(st.integers(1, 30), st.integers(1, 30)),
    seed=st.integers(0, 1000),
    missing_share=st.floats(0, 1),
)
def test_nothing_is_hidden_that_is_not_known(
    kind: str, size: tuple[int, int], seed: int, missing_share: float
) -> None:
    missing = np.where(random(seed).random(size) < missing_share, 255, 0).astype(np.uint8)
    hidden, again = (
        hide(Pattern(kind), size, random(seed), missing=missing, like=missing) for _ in range(2)
    )
    assert hidden.shape == size
    assert hidden.dtype == np.uint8
    assert hidden.flags.c_contiguous
    assert set(np.unique(hidden)) <= {0, 255}
    assert not (hidden & missing).any()
    assert (hidden == again).all()


def test_a_missing_block_moves_to_known_pixels_whole() -> None:
    missing = box(SIZE, np.s_[30:50, 40:70])
    hidden = hide_alike(missing, SIZE, random(), missing=missing)
    assert np.count_nonzero(hidden) == 20 * 30
    assert np.count_nonzero(hidden.any(axis=1)) == 20
    assert np.count_nonzero(hidden.any(axis=0)) == 30
    other = hide_alike(missing, SIZE, random(1), missing=missing)
    assert (hidden != other).any()


def test_dead_rows_move_to_rows_as_far_apart() -> None:
    missing = box(SIZE, np.s_[30], np.s_[37])
    hidden = hide_alike(missing, SIZE, random(), missing=missing)
    assert set(hidden.mean(axis=1)) == {0, 255}
    first, second = np.flatnonzero(hidden.any(axis=1))
    assert (second - first) in (7, SIZE[0] - 7)


def test_of_a_picture_that_is_mostly_missing_half_of_the_rest_stays() -> None:
    missing = box(SIZE, np.s_[:, :140])
    hidden = hide_alike(missing, SIZE, random(), missing=missing)
    known = missing.size - np.count_nonzero(missing)
    assert 0.2 * known < np.count_nonzero(hidden) <= 0.8 * known


def test_a_borrowed_mask_fits_the_picture() -> None:
    like = box((60, 80), np.s_[10:20, 20:40])
    hidden = hide_alike(like, SIZE, random())
    assert hidden.shape == SIZE
    assert share_of(hidden) == pytest.approx(share_of(like))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"kind": "stars"}, "pattern: must be one of missing, pixels, blocks, rows"),
        ({"share": 0}, "share: must be more than 0 and at most 90 %"),
        ({"share": 90.5}, "share: must be more than 0 and at most 90 %"),
        ({"share": float("nan")}, "share: must be more than 0 and at most 90 %"),
        ({"count": 0}, "rows: must be within 1..1,000"),
    ],
)
def test_what_no_pattern_can_be_is_one_line(options: dict[str, Any], message: str) -> None:
    with pytest.raises(UserError) as caught:
        Pattern(**options)
    assert caught.value.message == message
