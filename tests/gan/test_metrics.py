"""The measures of quality tell good images from bad ones."""

import numpy as np
import pytest

from studio.gan.metrics import cover, frechet, kid, spread


def draw(count: int, shift: float = 0.0, scale: float = 1.0, seed: int = 0) -> np.ndarray:
    return (np.random.default_rng(seed).normal(shift, scale, (count, 16))).astype(np.float32)


def test_the_same_distribution_gets_nearly_nothing_and_another_gets_more() -> None:
    real = draw(1000)
    same, near, far = (kid(real, draw(1000, shift, seed=1), 0) for shift in (0, 0.3, 1))
    assert abs(same.mean) < same.spread
    assert same.mean < near.mean < far.mean


def test_kid_is_the_squared_distance_of_the_means_of_its_kernel() -> None:
    one, other = np.eye(2, dtype=np.float32), np.zeros((2, 2), np.float32)
    # Of unit vectors apart: k = 1 among both sets and between them.
    assert kid(one, other, 0).mean == pytest.approx(0)


def test_few_kinds_of_images_cover_little_however_real_they_are() -> None:
    real = draw(500)
    good, poor = cover(real, draw(500, seed=1)), cover(real, np.repeat(real[:5], 100, axis=0))
    assert good.coverage > 0.9
    assert 0.8 < good.density < 1.2
    assert poor.coverage < 0.2
    assert cover(real, draw(500, shift=20)) == (0, 0)


def test_the_distance_of_normal_distributions_is_the_one_in_the_books() -> None:
    one, other = draw(50_000), draw(50_000, shift=2, scale=3, seed=1)
    assert frechet(one, one) == pytest.approx(0, abs=1e-3)
    # 16 dimensions, each (0 - 2)² + 1 + 9 - 2 · 3.
    assert frechet(one, other) == pytest.approx(16 * 8, rel=0.02)


def test_spread_is_that_of_the_points() -> None:
    assert spread(draw(5000, scale=2)) == pytest.approx(2 * spread(draw(5000)), rel=0.02)
