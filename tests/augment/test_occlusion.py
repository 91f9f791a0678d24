"""What hiding operations hide: how much, where, and with what."""

from typing import Any

import numpy as np
import pytest
from msgspec.structs import replace
from numpy.typing import DTypeLike, NDArray

from studio.augment.engine import apply
from studio.augment.image import Image
from studio.augment.operation import Value
from tests.augment.strategies import make_photo, plan_of

SEEDS = range(5)
WHITE = np.full((480, 640, 3), 255, np.uint8)


def run(op: str, image: Image, seed: int = 0, **values: Any) -> NDArray[np.float64]:
    """Return what an operation makes of an image, levels as those of an 8-bit picture."""
    plan = plan_of((op, values))
    result = apply(replace(plan, steps=(replace(plan.steps[0], seed=seed),)), image)
    return result / (np.iinfo(result.dtype).max / 255)


def hidden(op: str, seed: int = 0, size: tuple[int, int] = (480, 640), **values: Value) -> Image:
    """Return where a white picture of a height and width became black."""
    white = np.full(size, 255, np.uint8)
    black: Image = run(op, white, seed, fill="black", **values) == 0
    return black


@pytest.mark.parametrize("seed", SEEDS)
def test_an_erased_rectangle_has_the_area_that_was_asked_for(seed: int) -> None:
    mask = hidden("erase", seed, area=10.0, count=1)
    assert mask.mean() == pytest.approx(0.10, rel=0.03)
    rows, columns = mask.any(axis=1), mask.any(axis=0)
    np.testing.assert_array_equal(mask, np.outer(rows, columns))
    assert np.abs(np.diff(rows.astype(int))).sum() <= 2


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_a_filling_of_noise_is_uniform(dtype: DTypeLike) -> None:
    image = np.zeros((300, 300, 3), dtype)
    image[...] = np.iinfo(image.dtype).max // 2
    noise = run("erase", image, area=60.0, count=20, fill="noise")
    noise = noise[np.abs(noise - 127.4) > 0.2]
    assert noise.mean() == pytest.approx(127.5, abs=1)
    assert noise.std() == pytest.approx(256 / np.sqrt(12), abs=1)


@pytest.mark.parametrize("op", ["erase", "cutout_grid", "grid_mask", "pixel_dropout"])
def test_a_filling_of_the_mean_is_the_pictures_mean(op: str) -> None:
    values: dict[str, dict[str, Any]] = {
        "erase": {"area": 20.0, "count": 1},
        "cutout_grid": {"share": 30.0, "cells": 5},
        "grid_mask": {"ratio": 40.0, "unit": 30.0, "angle": 20.0},
        "pixel_dropout": {"share": 10.0},
    }
    photo = make_photo()
    result = run(op, photo, fill="mean", **values[op])
    changed = result[(result != photo).any(axis=2)]
    assert len(changed) > 0.05 * photo.size / 3
    assert (np.abs(changed - photo.mean(axis=(0, 1))) <= 0.51).all()


@pytest.mark.parametrize("seed", SEEDS)
def test_cells_are_hidden_whole_and_as_many_as_asked_for(seed: int) -> None:
    mask = hidden("cutout_grid", seed, share=25.0, cells=6)
    cells = mask.reshape(6, 80, 8, 80).mean(axis=(1, 3))
    assert set(np.unique(cells)) == {0, 1}
    assert cells.sum() == 12


def test_a_greater_share_hides_the_same_cells_and_more() -> None:
    few, many = (hidden("cutout_grid", share=share, cells=5) for share in (20.0, 60.0))
    assert few.sum() < many.sum()
    assert not (few & ~many).any()


@pytest.mark.parametrize("angle", [0.0, 30.0, -45.0])
def test_a_grid_mask_hides_the_square_of_its_ratio(angle: float) -> None:
    shares = [
        hidden("grid_mask", seed, ratio=40.0, unit=20.0, angle=angle).mean() for seed in SEEDS
    ]
    assert np.mean(shares) == pytest.approx(0.16, rel=0.06)


def test_a_grid_mask_repeats_at_its_distance_and_turns_anticlockwise() -> None:
    mask = hidden("grid_mask", ratio=40.0, unit=25.0, angle=0.0)
    np.testing.assert_array_equal(mask[:, 120:], mask[:, :-120])
    np.testing.assert_array_equal(mask[120:], mask[:-120])
    turned = hidden("grid_mask", ratio=40.0, unit=25.0, angle=30.0)
    # 120 pixels to the right before the turn are these to the right and upwards after it.
    right, up = round(120 * np.cos(np.pi / 6)), 60
    same = turned[:-up, right:] == turned[up:, :-right]
    assert same.mean() > 0.97
    other = turned[up:, right:] == turned[:-up, :-right]
    assert other.mean() < 0.9


def test_lost_pixels_are_as_many_as_asked_for_and_independent() -> None:
    lost = run("pixel_dropout", WHITE, share=7.0, fill="black") == 0
    assert (lost.all(axis=2) == lost.any(axis=2)).all()
    one = lost[..., 0].astype(np.float64)
    assert one.mean() == pytest.approx(0.07, abs=4 * np.sqrt(0.07 * 0.93 / one.size))
    for other in (one[:, 1:], one[1:, :]):
        rest = one[: other.shape[0], : other.shape[1]]
        assert abs(np.corrcoef(rest.ravel(), other.ravel())[0, 1]) < 4 / np.sqrt(one.size)


def test_superpixels_do_not_run_over_an_edge() -> None:
    y, x = np.mgrid[0:240, 0:320]
    right = x + 0.35 * y > 190
    picture = np.where(right[..., None], (200, 120, 60), (40, 90, 180)).astype(np.uint8)
    noisy = picture + np.random.default_rng(0).integers(-8, 9, picture.shape)
    result = run("superpixels", noisy.astype(np.uint8), share=100.0, segments=100)
    wrong = (np.abs(result - picture) > 20).any(axis=2)
    assert wrong.mean() < 0.01
    assert np.abs(result - picture)[~wrong].max() < 6


def test_superpixels_are_as_many_as_asked_for_and_a_share_stays() -> None:
    photo = make_photo()
    for segments in (20, 100, 240):
        result = run("superpixels", photo, share=100.0, segments=segments)
        colours = np.unique(result.reshape(-1, 3), axis=0)
        assert 0.6 * segments < len(colours) < 1.2 * segments
    half = run("superpixels", photo, share=50.0, segments=100)
    assert 0.3 < (half != photo).any(axis=2).mean() < 0.7
