"""What noise is made of: its distribution, its independence, and how it looks on a proxy."""

from typing import Any

import numpy as np
import pytest
from msgspec.structs import replace
from numpy.typing import DTypeLike, NDArray

from studio.augment.engine import apply
from studio.augment.image import Image
from studio.augment.operation import Frame
from studio.augment.word_stream import WINDOW, WordStream
from tests.augment.strategies import plan_of, shrink

Floats = NDArray[np.float64]

GAUSSIAN: Any = ("gaussian_noise", {"sigma": 15.0})
UNIFORM: Any = ("uniform_noise", {"spread": 25.0})
SPECKLE: Any = ("speckle", {"sigma": 15.0})
PEPPER: Any = ("salt_and_pepper", {"amount": 20.0})
SHOT: Any = ("shot_noise", {"strength": 10.0})
GRAIN: Any = ("iso_noise", {"strength": 10.0, "colour": 0.0})
SPOTS: Any = ("iso_noise", {"strength": 0.0, "colour": 10.0})
LINES: Any = ("structured_noise", {"sigma": 10.0, "direction": "both"})

every_depth = pytest.mark.parametrize("dtype", [np.uint8, np.uint16])


def flat(level: int, shape: tuple[int, ...] = (512, 512), dtype: DTypeLike = np.uint8) -> Image:
    """Return an even picture of a level of 8 bits."""
    return np.full(shape, level * unit_of(dtype), dtype)


def unit_of(dtype: DTypeLike) -> int:
    return 1 if dtype == np.uint8 else 257


def noisy(step: Any, image: Image, seed: int = 1, scale: float = 1.0) -> Image:
    plan = plan_of(step)
    plan = replace(plan, steps=(replace(plan.steps[0], seed=seed),))
    return apply(plan, image, scale=scale)


def noise_of(step: Any, image: Image, seed: int = 1) -> Floats:
    """Return the change in levels of 8 bits."""
    return (noisy(step, image, seed).astype(np.float64) - image) / unit_of(image.dtype)


def correlation(one: Floats, other: Floats) -> float:
    return float(np.corrcoef(one.ravel(), other.ravel())[0, 1])


# Distributions


@every_depth
@pytest.mark.parametrize(("sigma", "wide"), [(15.0, False), (29.0, False), (32.0, True)])
def test_gaussian_noise_is_normal_with_its_deviation(
    sigma: float, wide: bool, dtype: DTypeLike
) -> None:
    noise = noise_of(("gaussian_noise", {"sigma": sigma}), flat(128, dtype=dtype))
    assert (np.abs(noise).max() > 127) == wide
    assert abs(noise.mean()) < 0.15
    assert noise.std() == pytest.approx(sigma, rel=0.01)
    standard = (noise - noise.mean()) / noise.std()
    assert abs((standard**3).mean()) < 0.03
    assert abs((standard**4).mean() - 3) < 0.06
    assert (np.abs(standard) > 3).mean() == pytest.approx(0.0027, rel=0.15)


@every_depth
def test_uniform_noise_is_even_and_stays_in_its_bounds(dtype: DTypeLike) -> None:
    noise = noise_of(("uniform_noise", {"spread": 40.0}), flat(128, dtype=dtype))
    assert -40 <= noise.min() < -39 < 39 < noise.max() <= 40
    counts = np.histogram(noise, np.arange(-39.5, 40))[0]
    assert counts == pytest.approx(noise.size / 80, rel=0.08)


@every_depth
@pytest.mark.parametrize("sigma", [25.0, 64.0])
def test_black_and_white_cut_noise_off(sigma: float, dtype: DTypeLike) -> None:
    step = ("gaussian_noise", {"sigma": sigma})
    noise = noise_of(step, flat(128, dtype=dtype))
    known = np.abs(noise) < 127
    for level in (0, 40, 230, 255):
        result = noisy(step, flat(level, dtype=dtype)) / unit_of(dtype)
        np.testing.assert_allclose(result[known], np.clip(level + noise, 0, 255)[known])


@every_depth
@pytest.mark.parametrize("step", [GAUSSIAN, ("gaussian_noise", {"sigma": 60.0}), UNIFORM, SPECKLE])
def test_small_pictures_get_the_noise_of_large_ones(step: Any, dtype: DTypeLike) -> None:
    large = noisy(step, flat(100, (1, 70_000), dtype))
    small = noisy(step, flat(100, (1, 5_000), dtype))
    np.testing.assert_array_equal(small, large[:, :5_000])


def test_speckle_grows_with_the_level() -> None:
    for level in (40, 100, 180):
        noise = noise_of(("speckle", {"sigma": 10.0}), flat(level))
        assert noise.std() == pytest.approx(0.1 * level, rel=0.02)
        assert abs(noise.mean()) < 0.15


@every_depth
@pytest.mark.parametrize("channels", [1, 3])
def test_salt_and_pepper_hits_its_share_half_and_half(channels: int, dtype: DTypeLike) -> None:
    image = flat(90, (512, 512, channels), dtype).squeeze()
    result = noisy(("salt_and_pepper", {"amount": 10.0}), image)
    pixels = result.reshape(-1, channels) // unit_of(dtype)
    assert set(np.unique(pixels)) == {0, 90, 255}
    assert (pixels == pixels[:, :1]).all()
    for level in (0, 255):
        assert (pixels[:, 0] == level).mean() == pytest.approx(0.05, rel=0.05)


def photons(result: Image, white: float) -> Floats:
    """Return how many photons the levels of 16 bits stand for, by the curve of sRGB."""
    level = result / 65_535
    light = np.where(level <= 0.04045, level / 12.92, ((level + 0.055) / 1.055) ** 2.4)
    return np.asarray(light * white)


@pytest.mark.parametrize("strength", [5.0, 10.0, 20.0])
def test_shot_noise_counts_as_many_photons_as_its_variance(strength: float) -> None:
    white = (100 / strength) ** 2
    for level in (31, 66, 127, 190):
        image = flat(level, dtype=np.uint16)
        counts = photons(noisy(("shot_noise", {"strength": strength}), image), white)
        mean = float(photons(image[:1, :1], white)[0, 0])
        assert counts.mean() == pytest.approx(mean, rel=0.015, abs=0.01)
        assert counts.var() == pytest.approx(mean, rel=0.04)


def test_few_photons_are_whole_ones_with_the_odds_of_poisson() -> None:
    white = 100.0
    image = flat(25, dtype=np.uint16)
    counts = photons(noisy(("shot_noise", {"strength": 10.0}), image), white)
    assert np.abs(counts - np.rint(counts)).max() < 0.05
    mean, odds = float(photons(image[:1, :1], white)[0, 0]), 1.0
    odds = np.exp(-mean)
    for number in range(5):
        assert (np.rint(counts) == number).mean() == pytest.approx(odds, rel=0.03, abs=0.001)
        odds *= mean / (number + 1)


def test_no_light_makes_no_shot_noise() -> None:
    for strength in (1.0, 10.0, 50.0):
        assert not noisy(("shot_noise", {"strength": strength}), flat(0)).any()


@every_depth
@pytest.mark.parametrize("step", [GRAIN, SPOTS])
def test_iso_noise_has_its_deviation_at_mid_grey_and_more_in_the_shadows(
    step: Any, dtype: DTypeLike
) -> None:
    deviations = [
        noise_of(step, flat(level, (512, 512, 3), dtype)).std() for level in (50, 128, 220)
    ]
    assert deviations[1] == pytest.approx(10, rel=0.02)
    assert deviations[0] > 1.15 * deviations[1]
    assert deviations[1] > 1.05 * deviations[2]


def test_iso_noise_is_grey_grain_and_spots_of_colour() -> None:
    image = flat(128, (512, 512, 3))
    grain, spots = noise_of(GRAIN, image), noise_of(SPOTS, image)
    assert (grain == grain[..., :1]).all()
    assert abs(correlation(spots[..., 0], spots[..., 1])) < 0.02
    assert correlation(spots[1:], spots[:-1]) > 0.5
    assert abs(correlation(spots[4:], spots[:-4])) < 0.02
    grey = flat(128)
    np.testing.assert_array_equal(noisy(SPOTS, grey), grey)


@every_depth
@pytest.mark.parametrize("direction", ["rows", "columns", "both"])
def test_structured_noise_shifts_whole_lines(direction: str, dtype: DTypeLike) -> None:
    step = ("structured_noise", {"sigma": 8.0, "direction": direction})
    noise = noise_of(step, flat(128, (700, 900, 3), dtype))
    assert (noise == noise[..., :1]).all()
    rows, columns = noise[:, :1, 0], noise[:1, :, 0]
    np.testing.assert_allclose(noise[..., 0], rows + columns - noise[0, 0, 0], atol=1e-9)
    assert (np.ptp(rows) > 1) == (direction != "columns")
    assert (np.ptp(columns) > 1) == (direction != "rows")
    assert noise.std() == pytest.approx(8, rel=0.08)
    for line in (rows, columns):
        if np.ptp(line) > 1:
            assert abs(correlation(line.ravel()[1:], line.ravel()[:-1])) < 0.15


# Independence


@pytest.mark.parametrize("step", [GAUSSIAN, UNIFORM, SPECKLE, SHOT, PEPPER, GRAIN, SPOTS])
def test_two_variants_have_nothing_in_common(step: Any) -> None:
    image = flat(128, (256, 256, 3))
    for seeds in ((1, 2), (7, 7 << 32), (0, 2**64 - 1)):
        first, second = (noise_of(step, image, seed) for seed in seeds)
        assert abs(correlation(first, second)) < 0.02
        assert abs(correlation(first**2, second**2)) < 0.02


@pytest.mark.parametrize("step", [GAUSSIAN, UNIFORM, SPECKLE, SHOT])
def test_neighbours_and_channels_have_nothing_in_common(step: Any) -> None:
    noise = noise_of(step, flat(128, (256, 256, 3)))
    pairs = [
        (noise[..., 0], noise[..., 1]),
        (noise[..., 1], noise[..., 2]),
        (noise[1:], noise[:-1]),
        (noise[:, 1:], noise[:, :-1]),
    ]
    for one, other in pairs:
        assert abs(correlation(one, other)) < 0.015
        assert abs(correlation(one**2, other**2)) < 0.015


@pytest.mark.parametrize("step", [GAUSSIAN, SHOT, PEPPER, GRAIN])
def test_a_large_picture_does_not_repeat_its_noise(step: Any) -> None:
    noise = noise_of(step, flat(128, (2048, 600)))
    for rows in (1024, 874, 873):
        assert abs(correlation(noise[:rows], noise[-rows:])) < 0.01


def test_neighbouring_seeds_give_unrelated_words() -> None:
    count = 4000
    words = np.array([WordStream(seed).draw(8).copy() for seed in range(count)])
    changed = np.unpackbits((words[1:] ^ words[:-1]).view(np.uint8)).reshape(count - 1, 128)
    # Every bit turns over in half of the steps, within 4.5 deviations.
    assert np.abs(changed.mean(axis=0) - 0.5).max() < 4.5 / (2 * np.sqrt(count))
    numbers = Frame(1, 1, seed=7).random().random(3)
    assert not np.isin(Frame(1, 1, seed=8).random().random(3), numbers).any()


def test_words_are_even_and_go_on_without_repeating() -> None:
    stream = WordStream(5)
    first = stream.draw(WINDOW + 1000).copy()
    second = stream.draw(WINDOW).copy()
    counts = np.bincount(first, minlength=65_536)
    # Chi-squared of as many degrees of freedom as there are words, within 4.5 deviations.
    expected = len(first) / 65_536
    spread = ((counts - expected) ** 2 / expected).sum() - 65_536
    assert abs(spread) < 4.5 * np.sqrt(2 * 65_536)
    for other in (second, first[WINDOW:]):
        for lag in (0, 1, 2, 640):
            one, two = first[: len(other) - lag], other[lag:]
            assert abs(np.corrcoef(one, two)[0, 1]) < 4.5 / np.sqrt(len(one))
    assert (WordStream(5).draw(1000) == first[:1000]).all()


# Proxies


@pytest.mark.parametrize("step", [GAUSSIAN, UNIFORM, SPECKLE, PEPPER, SHOT, GRAIN, SPOTS, LINES])
def test_noise_on_a_proxy_is_that_of_the_full_image_shrunk(step: Any) -> None:
    for level in (6, 100, 248):
        full = shrink(noisy(step, flat(level, (1024, 1024, 3))), 4)
        proxy = noisy(step, flat(level, (256, 256, 3)), scale=0.25)
        assert proxy.mean() == pytest.approx(full.mean(), abs=1)
        if level == 100:
            assert proxy.std() == pytest.approx(full.std(), rel=0.06)


@pytest.mark.parametrize("scale", [0.5, 0.25])
def test_a_proxy_has_the_lines_of_the_full_image(scale: float) -> None:
    times = round(1 / scale)
    full = shrink(noisy(LINES, flat(128, (960, 1280, 3))), times)
    proxy = noisy(LINES, flat(128, (960 // times, 1280 // times, 3)), scale=scale)
    assert np.abs(proxy.astype(int) - full).max() <= 2
