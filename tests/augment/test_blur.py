"""What blurs and losses of quality do to pictures of which one knows the result."""

from math import cos, radians, sin

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from studio.augment.engine import apply
from studio.augment.image import Image
from studio.augment.operation import Value
from tests.augment.strategies import make_image, make_photo, plan_of, shrink

SIDE = 201


def changed(op: str, image: Image, scale: float = 1.0, /, **values: Value) -> NDArray[np.float64]:
    return apply(plan_of((op, values)), image, scale=scale).astype(np.float64)


def percent(pixels: float, side: int = SIDE) -> float:
    return 100 * pixels / side


def spot(x: int = SIDE // 2, y: int = SIDE // 2, size: int = 1) -> Image:
    """Return a black picture with a white square of odd size in it."""
    image = np.zeros((SIDE, SIDE), np.uint16)
    reach = size // 2
    image[y - reach : y + reach + 1, x - reach : x + reach + 1] = 65_535
    return image


def spread(light: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return where a spot of light is, x and y from the centre, and its covariance."""
    y, x = np.mgrid[: light.shape[0], : light.shape[1]] - SIDE // 2
    places = np.stack([x.ravel(), y.ravel()])
    weights = light.ravel()
    middle = np.average(places, axis=1, weights=weights)
    return middle, np.cov(places, aweights=weights, ddof=0)


@pytest.mark.parametrize("pixels", [0.6, 1.7, 1.8, 3.9, 4.1, 9.5])
def test_a_spot_becomes_a_bell_of_the_deviation_asked_for(pixels: float) -> None:
    middle, covariance = spread(changed("gaussian_blur", spot(size=17), sigma=percent(pixels)))
    assert np.abs(middle).max() < 0.1
    added = covariance - np.eye(2) * (17**2 - 1) / 12
    # Where the bell ends, nearly three deviations out, it lacks a few percent of its variance.
    np.testing.assert_allclose(added, np.eye(2) * pixels**2, atol=0.09 * pixels**2)


@pytest.mark.parametrize("pixels", [2.5, 4.9, 5.1, 9.5])
def test_a_spot_out_of_focus_becomes_an_even_disc(pixels: float) -> None:
    _, covariance = spread(changed("defocus", spot(size=17), radius=percent(pixels)))
    added = np.diag(covariance) - (17**2 - 1) / 12
    np.testing.assert_allclose(added, pixels**2 / 4, rtol=0.1, atol=0.2)
    light = changed("defocus", spot(), radius=percent(pixels))
    y, x = np.mgrid[:SIDE, :SIDE] - SIDE // 2
    inside = light[np.hypot(x, y) < 0.5 * pixels]
    np.testing.assert_allclose(inside, 65_535 / (np.pi * pixels**2), rtol=0.2)


@pytest.mark.parametrize("angle", [-90, -35, 0, 20, 45, 90])
@pytest.mark.parametrize("pixels", [5.0, 7.9, 8.1, 21.0, 60.0])
def test_a_point_in_motion_becomes_a_line(pixels: float, angle: float) -> None:
    light = changed("motion_blur", spot(), length=percent(pixels), angle=angle)
    middle, covariance = spread(light)
    assert np.abs(middle).max() < 0.3
    along = np.array([cos(radians(angle)), -sin(radians(angle))])
    across = np.array([-along[1], along[0]])
    assert along @ covariance @ along == pytest.approx(pixels**2 / 12, rel=0.08, abs=0.8)
    assert across @ covariance @ across < 0.5


@pytest.mark.parametrize("amount", [5.0, 20.0])
def test_a_zoom_draws_points_outwards_and_leaves_the_centre(amount: float) -> None:
    middle, covariance = spread(changed("zoom_blur", spot(), amount=amount))
    assert np.abs(middle).max() < 0.1
    assert np.diag(covariance).max() < 1
    (x, y), covariance = spread(changed("zoom_blur", spot(x=SIDE // 2 + 60), amount=amount))
    moved = 60 * amount / 100
    # Each copy of the point is enlarged too, so that the far end of the streak weighs more.
    assert x == pytest.approx(60 + moved / 2, abs=0.1 * moved + 0.3)
    assert y == pytest.approx(0, abs=0.1)
    assert covariance[0, 0] == pytest.approx(moved**2 / 12, rel=0.3, abs=0.8)
    assert covariance[1, 1] < 0.8


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("pixels", [3, 5, 7, 9, 11, 13, 15])
def test_a_median_is_near_the_exact_one_and_the_same_in_sixteen_bits(
    pixels: int, channels: int
) -> None:
    photo = make_photo() if channels == 3 else np.ascontiguousarray(make_photo()[..., 1])
    exact = cv2.medianBlur(photo, pixels).astype(np.float64)
    ours = changed("median_blur", photo, size=percent(pixels, 240))
    difference = np.abs(ours - exact)
    if pixels <= 5:
        assert difference.max() == 0
    assert difference.mean() < 0.15 * np.abs(photo - exact).mean()
    wide = changed("median_blur", photo.astype(np.uint16) * 257, size=percent(pixels, 240))
    np.testing.assert_array_equal(wide, ours * 257)


@pytest.mark.parametrize("pixels", [3, 7, 15, 27])
def test_a_median_removes_specks_and_keeps_an_edge(pixels: int) -> None:
    clean = np.full((240, 320), 60, np.uint8)
    clean[:, 160:] = 190
    dirty = clean.copy()
    dirty[11::40, 7::40] = 255
    ours = changed("median_blur", dirty, size=percent(pixels, 240))
    flat = np.abs(np.arange(320) - 159.5) > 4
    np.testing.assert_array_equal(ours[:, flat], clean[:, flat])
    if pixels <= 15:
        np.testing.assert_array_equal(ours, clean)


@pytest.mark.parametrize(
    ("op", "values"),
    [
        ("gaussian_blur", {"sigma": 1.2}),
        ("gaussian_blur", {"sigma": 3.0}),
        ("defocus", {"radius": 3.0}),
        ("motion_blur", {"length": 6.0, "angle": 70.0}),
        ("motion_blur", {"length": 25.0, "angle": -50.0}),
        ("ringing", {"width": 6.0, "ripples": 4}),
    ],
)
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_a_large_picture_worked_on_in_bands_shows_no_seams(
    op: str, values: dict[str, Value], dtype: type
) -> None:
    # As wide as it may be high for the shorter side, and so the kernel, to stay the same.
    tall = make_image((9000, 120), 3, dtype)
    whole = changed(op, tall, **values)
    for top in (1024, 5120):
        part = changed(op, tall[top : top + 1280], **values)
        np.testing.assert_array_equal(part[64:-64], whole[top + 64 : top + 1280 - 64])


def test_each_colour_is_magnified_about_the_centre_and_green_stays() -> None:
    image = np.dstack([spot(SIDE // 2 + 80, SIDE // 2 - 40)] * 3)
    fringed = changed("chromatic_aberration", image, red=2.5, blue=-2.5)
    np.testing.assert_array_equal(fringed[..., 1], image[..., 1])
    for channel, factor in ((2, 1.025), (0, 0.975)):
        middle, _ = spread(fringed[..., channel])
        np.testing.assert_allclose(middle, np.array([80, -40]) * factor, atol=0.15)


@pytest.mark.parametrize("shape", [(61, 91), (61, 91, 3)])
def test_a_vignette_takes_the_corners_light_and_leaves_the_middle(shape: tuple[int, ...]) -> None:
    white = np.full(shape, 255, np.uint8)
    dark = changed("vignette", white, strength=40.0, start=50.0).reshape(61, 91, -1)[..., 0]
    assert dark[0, 0] == pytest.approx(255 * 0.6, abs=6)
    np.testing.assert_array_equal(dark, np.flip(dark))
    y, x = np.mgrid[-30:31, -45:46]
    share = np.hypot(x, y) / np.hypot(30.5, 45.5)
    assert (dark[share < 0.5] == 255).all()
    assert dark[0, 0] < dark[0, 15] < dark[0, 30]


def test_an_unsharp_mask_adds_what_a_blur_takes_away() -> None:
    photo = make_photo()
    for radius in (0.25, 0.6, 2.0):
        detail = photo - cv2.GaussianBlur(photo.astype(np.float64), (0, 0), radius * 2.4)
        expected = (photo + 0.8 * detail).clip(0, 255)
        ours = changed("unsharp_mask", photo, radius=radius, amount=80.0)
        assert np.abs(ours - expected).mean() < 0.6


def test_sharpening_shows_in_pictures_of_any_size() -> None:
    for width, height in ((32, 24), (320, 240), (1280, 960)):
        photo = make_photo(width, height)
        assert np.abs(changed("sharpen", photo, amount=200.0) - photo).mean() > 2


def through_jpeg(image: Image, quality: int) -> NDArray[np.float64]:
    _, data = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), dtype=np.float64)


def test_jpeg_is_what_the_encoder_makes_of_it_in_sixteen_bits_too() -> None:
    photo = make_photo()
    expected = through_jpeg(photo, 30)
    np.testing.assert_array_equal(changed("jpeg_compression", photo, quality=30), expected)
    wide = changed("jpeg_compression", photo.astype(np.uint16) * 257, quality=30)
    np.testing.assert_array_equal(wide, expected * 257.0)


@pytest.mark.parametrize(("scale", "block"), [(1.0, 8), (0.5, 4), (0.25, 2)])
def test_the_blocks_of_jpeg_on_a_proxy_are_those_of_the_full_image(
    scale: float, block: int
) -> None:
    ramp = np.tile(np.linspace(0, 255, 256), (64, 1)).astype(np.uint8)
    steps = np.abs(np.diff(changed("jpeg_compression", ramp, scale, quality=10)[32]))
    # Every second edge would not be one if the blocks were twice as large.
    at_edges = steps[block - 1 :: block]
    assert at_edges.sum() > 0.6 * steps.sum() > 100
    assert at_edges[::2].sum() > 0.25 * steps.sum()


def test_a_picture_longer_than_a_jpeg_file_may_be_is_compressed_in_parts() -> None:
    long = np.tile(make_photo(320, 24), (1, 206, 1))
    assert long.shape[1] > 65_535
    ours = changed("jpeg_compression", long, quality=40)
    for part in (slice(0, 32_000), slice(32_000, None)):
        expected = through_jpeg(np.ascontiguousarray(long[:, part]), 40)
        np.testing.assert_array_equal(ours[:, part][:, -200:-16], expected[:, -200:-16])


def test_a_picture_made_smaller_keeps_means_or_middles_as_squares() -> None:
    image = make_image((45, 60), 3)
    blocks = image.reshape(15, 3, 20, 3, 3).astype(np.float64)
    for way, kept in (("area", blocks.mean((1, 3))), ("nearest", blocks[:, 1, :, 1])):
        ours = changed("downscale", image, factor=3.0, shrink=way, enlarge="nearest")
        squares = ours.reshape(15, 3, 20, 3, 3)
        assert (squares == squares[:, :1, :, :1]).all()
        np.testing.assert_allclose(squares[:, 0, :, 0], kept, atol=0.51)


def test_a_proxy_smaller_than_what_downscale_leaves_stays_as_it_is() -> None:
    photo = make_photo()
    values: dict[str, Value] = {"factor": 3.0, "shrink": "area", "enlarge": "linear"}
    np.testing.assert_array_equal(changed("downscale", photo, 0.3, **values), photo)
    full = changed("downscale", photo, **values).astype(np.uint8)
    half = changed("downscale", shrink(photo, 2), 0.5, **values)
    assert np.abs(shrink(full, 2) - half).mean() < 1.5


@pytest.mark.parametrize("pixels", [6.0, 15.0, 17.0, 24.0])
def test_an_edge_overshoots_and_ripples_at_the_distance_asked_for(pixels: float) -> None:
    edge = np.full((400, 640), 16_000, np.uint16)
    edge[:, 320:] = 48_000
    row = changed("ringing", edge, width=percent(pixels, 400), ripples=4)[200]
    beyond = row[320 : 320 + int(4.5 * pixels)]
    assert 1_500 < beyond.max() - 48_000 < 5_000
    is_peak = (beyond[1:-1] > beyond[:-2]) & (beyond[1:-1] >= beyond[2:]) & (beyond[1:-1] > 48_050)
    peaks = np.flatnonzero(is_peak)[:2]
    assert np.diff(peaks)[0] == pytest.approx(pixels, abs=0.12 * pixels + 1)
    np.testing.assert_allclose(row[:200], 16_000, atol=300)
