"""What colour and tone operations promise beyond the contract: formulas, references, neutrality."""

from itertools import product

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from studio.augment.engine import apply
from studio.augment.image import Image
from studio.augment.operation import Value
from tests.augment.strategies import make_image, make_photo, plan_of

_LUMA = np.array([0.114, 0.587, 0.299])
_RAMP = np.arange(256, dtype=np.uint8).reshape(16, 16)


def change(image: Image, op: str, **values: Value) -> Image:
    return apply(plan_of((op, values)), image)


def colour(blue: int, green: int, red: int) -> Image:
    """Return a wide pixel of a colour, so that rounding does not hide what happens to it."""
    return np.array([[[blue, green, red]]], dtype=np.uint16) * 257


def luma_of(image: Image) -> float:
    return float(image[0, 0] @ _LUMA / 257)


def hue_of(image: Image) -> float:
    return float(cv2.cvtColor(image.astype(np.float32) / 65_535, cv2.COLOR_BGR2HSV)[0, 0, 0])


@pytest.mark.parametrize("degrees", [-170, -60, -15, 20, 90, 120, 180])
def test_hue_turns_by_hsv_degrees_and_keeps_luma(degrees: float) -> None:
    for dull in (colour(90, 110, 140), colour(130, 96, 100), colour(70, 90, 72)):
        turned = change(dull, "hue", degrees=degrees)
        off = (hue_of(turned) - hue_of(dull) - degrees + 180) % 360 - 180
        assert abs(off) < 2.3
        assert luma_of(turned) == pytest.approx(luma_of(dull), abs=0.02)


def test_hue_leaves_every_grey_exactly() -> None:
    greys = np.dstack([_RAMP] * 3)
    for degrees in range(-180, 181, 7):
        np.testing.assert_array_equal(change(greys, "hue", degrees=degrees), greys)


def test_colours_that_go_leave_luma() -> None:
    photo = make_photo()
    expected = cv2.cvtColor(photo, cv2.COLOR_BGR2GRAY).astype(int)
    for op, values in (("grey", {"amount": 100}), ("saturation", {"factor": 0})):
        result = change(photo, op, **values).astype(int)
        assert np.abs(result - expected[..., np.newaxis]).max() <= 1
        assert (np.ptp(result, axis=2) <= 1).all()


def test_vibrance_favours_dull_colours_and_keeps_pure_ones() -> None:
    def growth(pixel: Image, amount: float) -> float:
        return float(np.ptp(change(pixel, "vibrance", amount=amount).astype(int)) / np.ptp(pixel))

    dull, vivid, pure = colour(100, 110, 120), colour(40, 120, 200), colour(0, 0, 255)
    assert growth(dull, 50) == pytest.approx(1.46, abs=0.01)
    assert growth(vivid, 50) == pytest.approx(1.19, abs=0.01)
    assert growth(dull, -100) < 0.1 < growth(vivid, -100)
    np.testing.assert_array_equal(change(pure, "vibrance", amount=100), pure)
    assert luma_of(change(dull, "vibrance", amount=80)) == pytest.approx(luma_of(dull), abs=0.02)


def black_body(kelvin: float) -> NDArray[np.float64]:
    """Return a black body's blue, green and red, from Planck's law and what the eye makes of it.

    The eye's curves are the fit of C. Wyman, P. Sloan and P. Shirley, "Simple Analytic
    Approximations to the CIE XYZ Color Matching Functions", 2013.
    """
    nm = np.arange(380.0, 781.0)

    def lobe(height: float, middle: float, left: float, right: float) -> NDArray[np.float64]:
        return height * np.exp(-(((nm - middle) / np.where(nm < middle, left, right)) ** 2) / 2)

    x = lobe(1.056, 599.8, 37.9, 31.0) + lobe(0.362, 442.0, 16.0, 26.7)
    x += lobe(-0.065, 501.1, 20.4, 26.2)
    y = lobe(0.821, 568.8, 46.9, 40.5) + lobe(0.286, 530.9, 16.3, 31.1)
    z = lobe(1.217, 437.0, 11.8, 36.0) + lobe(0.681, 459.0, 26.0, 13.8)
    power = nm**-5 / np.expm1(1.4388e7 / (nm * kelvin))
    red, green, blue = np.linalg.solve(
        [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]],
        np.stack([x, y, z]) @ power,
    )
    return np.array([blue, green, red])


@pytest.mark.parametrize("kelvin", [3_400, 4_000, 5_000, 8_000, 14_000])
def test_temperature_is_that_of_black_bodies(kelvin: float) -> None:
    grey = colour(120, 120, 120)
    lit = change(grey, "temperature", warmth=1e6 / kelvin - 1e6 / 6_500)
    expected = (black_body(kelvin) / black_body(6_500)) ** (1 / 2.2)
    np.testing.assert_allclose(lit[0, 0] / lit[0, 0, 1], expected / expected[1], rtol=0.01)
    assert luma_of(lit) == pytest.approx(120, abs=0.02)


@pytest.mark.parametrize(("hue", "strongest"), [(0, 2), (120, 1), (240, 0)])
def test_tint_favours_its_colour_and_keeps_the_luma_of_greys(hue: float, strongest: int) -> None:
    grey = colour(90, 90, 90)
    lit = change(grey, "tint", hue=hue, amount=40)
    assert lit[0, 0].argmax() == strongest
    assert np.ptp(lit.astype(int)) / 257 == pytest.approx(0.4 * 90, abs=0.1)
    assert luma_of(lit) == pytest.approx(90, abs=0.02)


def test_channels_go_where_they_are_told() -> None:
    image = make_image((4, 5), 3)
    blue, green, red = np.moveaxis(image, 2, 0)
    shuffled = change(image, "channel_shuffle", order="GBR")
    np.testing.assert_array_equal(shuffled, np.dstack([red, blue, green]))
    shifted = change(image, "channel_shift", red=20, green=0, blue=-20)
    expected = np.dstack([blue - blue.clip(0, 51), green, red.clip(0, 204) + 51])
    np.testing.assert_array_equal(shifted, expected)


def test_tables_are_those_of_the_published_policies() -> None:
    np.testing.assert_array_equal(change(_RAMP, "posterise", bits=3), _RAMP & 0b11100000)
    np.testing.assert_array_equal(change(_RAMP, "invert"), 255 - _RAMP)
    inverted = np.where(_RAMP >= 153, 255 - _RAMP, _RAMP)
    np.testing.assert_array_equal(change(_RAMP, "solarise", threshold=60), inverted)


def test_a_stop_is_twice_the_light() -> None:
    levels = np.arange(65_536, dtype=np.uint16).reshape(256, 256)
    light = (levels / 65_535) ** 2.2
    for stops in (-1.5, 1):
        expected = (light * 2**stops).clip(0, 1) ** (1 / 2.2) * 65_535
        np.testing.assert_allclose(change(levels, "exposure", stops=stops), expected, atol=0.51)


def test_no_tone_curve_lets_tones_change_places() -> None:
    levels = np.arange(65_536, dtype=np.uint16).reshape(256, 256)
    for shadows, highlights in product((-33, 0, 33), repeat=2):
        curve = change(levels, "tone_curve", shadows=shadows, highlights=highlights).ravel()
        assert (np.diff(curve.astype(int)) >= 0).all()
        assert (curve[0], curve[-1]) == (0, 65_535)
    assert change(levels, "tone_curve", shadows=20, highlights=0)[64, 0] > 64 * 256 + 3000


def test_equalise_is_opencvs_channel_by_channel() -> None:
    for photo in (make_photo(), make_photo(97, 73), np.full((3, 4, 3), 77, np.uint8)):
        expected = np.dstack([cv2.equalizeHist(plane) for plane in cv2.split(photo)])
        equalised = change(photo, "equalise", channels="separate")
        assert np.abs(equalised.astype(int) - expected).max() <= 1


@pytest.mark.parametrize("op", ["equalise", "clahe"])
def test_luma_changes_without_its_colours(op: str) -> None:
    values: dict[str, Value] = {"clip_limit": 4, "tiles": 8}
    photo = make_photo()
    result = change(photo, op, **(values if op == "clahe" else {"channels": "together"}))
    inside = ((result > 0) & (result < 255)).all(axis=2)
    assert inside.mean() > 0.5
    before, after = (np.diff(image.astype(int), axis=2)[inside] for image in (photo, result))
    np.testing.assert_array_equal(before, after)
    assert np.abs(result.astype(int) - photo).mean() > 3


def test_auto_contrast_stretches_what_is_within_the_cutoff() -> None:
    ramp = np.repeat(np.arange(50, 150, dtype=np.uint8), 10).reshape(50, 20)
    full = change(ramp, "auto_contrast", cutoff=0, channels="separate")
    np.testing.assert_array_equal(full, np.rint((ramp - 50.0) * 255 / 99))
    cut = change(ramp, "auto_contrast", cutoff=10, channels="separate")
    np.testing.assert_array_equal(cut, np.rint((ramp - 60.0) * 255 / 79).clip(0, 255))


@pytest.mark.parametrize(("channels", "keeps"), [("separate", False), ("together", True)])
def test_auto_contrast_keeps_a_cast_only_together(channels: str, keeps: bool) -> None:
    levels = np.tile(np.arange(40, 168, dtype=np.uint8), (8, 1))
    cast = np.dstack([levels, levels, levels // 2 + 60])
    result = change(cast, "auto_contrast", cutoff=0, channels=channels)
    assert (np.ptp(result[..., 2]) < 200) == keeps


def test_the_tones_of_a_twelve_bit_sensor_survive() -> None:
    sensor = np.arange(4096, dtype=np.uint16).reshape(64, 64)
    for op, values in (("auto_contrast", {"cutoff": 0}), ("equalise", {})):
        result = change(sensor, op, channels="separate", **values)
        assert (result.min(), result.max()) == (0, 65_535)
        assert len(np.unique(result)) == 4096


def noise_around_grey(size: int) -> NDArray[np.uint8]:
    noise = np.random.default_rng(3).normal(120, 5, (size, size))
    return np.rint(noise).astype(np.uint8)


@pytest.mark.parametrize("size", [64, 256, 1024])
@pytest.mark.parametrize("limit", [1.5, 3.0])
def test_clahe_raises_contrast_to_its_limit_at_any_size(size: int, limit: float) -> None:
    noise = noise_around_grey(size)
    growth = change(noise, "clahe", clip_limit=limit, tiles=2).std() / noise.std()
    assert 0.85 * limit < growth < 1.02 * limit


def test_clahe_is_close_to_opencvs_on_a_large_picture() -> None:
    photo = np.ascontiguousarray(make_photo(640, 480)[..., 1])
    ours = change(photo, "clahe", clip_limit=2.0, tiles=8).astype(int)
    theirs = cv2.createCLAHE(2.0, (8, 8)).apply(photo)
    assert np.abs(ours - theirs).mean() < 4
    assert np.corrcoef((ours - photo).ravel(), (theirs.astype(int) - photo).ravel())[0, 1] > 0.99


def test_clahe_makes_no_steps_in_sixteen_bits() -> None:
    ramp = np.linspace(20_000, 30_000, 256 * 256).astype(np.uint16).reshape(256, 256)
    result = change(ramp, "clahe", clip_limit=3, tiles=1).astype(int).ravel()
    steps = np.diff(result)
    assert steps.min() >= -1
    assert steps.max() < 12
    assert np.ptp(result) > 20_000
