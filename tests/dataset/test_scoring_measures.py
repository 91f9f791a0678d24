"""Quality over hidden pixels has the values that its definitions give."""

from math import log10
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from studio.augment.image import Mask
from studio.dataset.scoring.measures import BEST_PSNR, Yardstick
from tests.dataset.files import noise

STEADY_MEAN, STEADY_SPREAD = (0.01 * 255) ** 2, (0.03 * 255) ** 2


def mask(shape: tuple[int, ...], *boxes: slice | tuple[slice, slice]) -> Mask:
    result = np.zeros(shape[:2], np.uint8)
    for box in boxes:
        result[box] = 255
    return result


def everywhere(shape: tuple[int, ...]) -> Mask:
    return np.full(shape[:2], 255, np.uint8)


@pytest.mark.parametrize("shape", [(30, 40), (30, 40, 3), (30, 40, 4), (1, 9), (9, 1, 3)])
@pytest.mark.parametrize("dtype", ["uint8", "uint16"])
def test_a_fill_without_error(shape: tuple[int, ...], dtype: str) -> None:
    image = noise(shape, dtype)
    quality = Yardstick(image, everywhere(shape)).measure(image.copy())
    assert (quality.rmse, quality.psnr, quality.ssim) == (0, BEST_PSNR, 1)


@pytest.mark.parametrize("dtype", ["uint8", "uint16"])
@pytest.mark.parametrize("shape", [(16, 20), (16, 20, 3), (5, 7)])
def test_constants(shape: tuple[int, ...], dtype: str) -> None:
    full = np.iinfo(dtype).max // 255
    first, second = (np.full(shape, level * full, dtype) for level in (100, 110))
    quality = Yardstick(first, everywhere(shape)).measure(second)
    assert quality.rmse == pytest.approx(10)
    assert quality.psnr == pytest.approx(20 * log10(25.5))
    expected = (2 * 100 * 110 + STEADY_MEAN) / (100**2 + 110**2 + STEADY_MEAN)
    assert quality.ssim == pytest.approx(expected, abs=1e-4)


def test_one_window_by_the_formula() -> None:
    first, second = noise((11, 11), seed=1), noise((11, 11), seed=2)
    across = np.exp(-(np.arange(-5, 6) ** 2) / (2 * 1.5**2))
    weights = np.outer(across, across) / across.sum() ** 2
    x, y = first.astype(float), second.astype(float)
    mean_x, mean_y = (weights * x).sum(), (weights * y).sum()
    var_x, var_y = (weights * (x - mean_x) ** 2).sum(), (weights * (y - mean_y) ** 2).sum()
    shared = (weights * (x - mean_x) * (y - mean_y)).sum()
    expected = (2 * mean_x * mean_y + STEADY_MEAN) * (2 * shared + STEADY_SPREAD)
    expected /= (mean_x**2 + mean_y**2 + STEADY_MEAN) * (var_x + var_y + STEADY_SPREAD)
    quality = Yardstick(first, mask((11, 11), np.s_[5:6, 5:6])).measure(second)
    assert quality.ssim == pytest.approx(expected, abs=1e-5)


def test_a_tall_picture_is_as_similar_as_its_middle() -> None:
    first, second = noise((400, 12), seed=1), noise((400, 12), seed=2)
    for top in (100, 128, 250):
        # Ten rows more than the hidden one to each side are all that its windows reach to.
        near = slice(top - 10, top + 11)
        whole = Yardstick(first, mask((400, 12), np.s_[top : top + 1])).measure(second)
        part = Yardstick(first[near], mask((21, 12), np.s_[10:11])).measure(second[near])
        assert whole.ssim == pytest.approx(part.ssim, abs=1e-6)


def test_only_hidden_pixels_and_the_windows_around_them_count() -> None:
    image = noise((60, 60, 3))
    hidden = mask(image.shape, np.s_[10:14, 10:14])
    filled = image.copy()
    filled[10:14, 10:14] ^= 8
    yardstick = Yardstick(image, hidden)
    quality = yardstick.measure(filled)
    assert quality.rmse == pytest.approx(8)
    filled[40:, 40:] = 0
    assert yardstick.measure(filled) == quality


def spoil(image: NDArray[Any], missing: Mask, seed: int) -> NDArray[Any]:
    spoilt = image.copy()
    spoilt[missing > 0] = noise(image.shape, seed=seed)[missing > 0]
    return spoilt


def test_what_stands_in_missing_pixels_counts_nowhere() -> None:
    image = noise((40, 40, 3))
    hidden, missing = (mask(image.shape, box) for box in (np.s_[10:14, 10:14], np.s_[14:20, 8:30]))
    filled = cv2.GaussianBlur(image, (5, 5), 0)
    first, second = (
        Yardstick(spoil(image, missing, seed), hidden, missing).measure(
            spoil(filled, missing, seed + 2)
        )
        for seed in (1, 2)
    )
    assert first == second
    assert first.ssim < 1


def test_alpha_is_not_compared() -> None:
    image = noise((20, 20, 4))
    filled = image.copy()
    filled[..., 3] = 255
    assert Yardstick(image, everywhere(image.shape)).measure(filled).rmse == 0
