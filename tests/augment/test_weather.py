"""What weather and light do to a picture, told by statistics."""

from typing import Any

import numpy as np
import pytest
from msgspec.structs import replace
from numpy.typing import NDArray

from studio.augment.engine import apply
from studio.augment.image import Image
from tests.augment.strategies import make_photo, plan_of

SEEDS = range(4)
GREY = np.full((480, 640), 128, np.uint8)
BLACK = np.zeros((480, 640), np.uint8)


def run(op: str, image: Image, seed: int = 0, **values: Any) -> NDArray[np.float64]:
    """Return what an operation makes of an image; each seed is another step's."""
    plan = plan_of((op, values))
    plan = replace(plan, steps=(replace(plan.steps[0], seed=seed),))
    return apply(plan, image).astype(np.float64)


def test_even_fog_blends_with_one_grey() -> None:
    photo = make_photo()[..., 1].copy()
    foggy = run("fog", photo, density=40.0, patchiness=0.0, distance=0.0)
    veil = (foggy - 0.6 * photo) / 0.4
    assert veil.std() < 2
    assert np.quantile(photo, 0.5) < veil.mean() < 240


def test_fog_is_denser_far_away_and_in_drifts() -> None:
    contrast = np.tile(np.array([[0, 200], [200, 0]], np.uint8), (240, 320))
    foggy = run("fog", contrast, density=50.0, patchiness=0.0, distance=100.0)
    assert foggy[:40].std() < 0.5 * foggy[-40:].std()
    drifts = run("fog", contrast, density=50.0, patchiness=80.0, distance=0.0)
    blocks = drifts.reshape(6, 80, 8, 80).std(axis=(1, 3))
    assert blocks.min() < 0.6 * blocks.max()


@pytest.mark.parametrize("angle", [-30.0, 0.0, 12.0, 40.0])
def test_rain_falls_along_its_angle(angle: float) -> None:
    streaks = run("rain", GREY, density=50.0, length=12.0, angle=angle)
    rows = 20
    above, below = streaks[:-rows, 30:-30].ravel(), streaks[rows:]
    likeness = [
        np.corrcoef(above, below[:, 30 + shift : 610 + shift].ravel())[0, 1]
        for shift in range(-30, 31)
    ]
    drift = np.argmax(likeness) - 30
    assert drift == pytest.approx(rows * np.tan(np.radians(angle)), abs=1)


def test_longer_streaks_are_longer() -> None:
    def likeness(length: float) -> float:
        streaks = run("rain", GREY, density=30.0, length=length, angle=0.0)
        return float(np.corrcoef(streaks[:-24].ravel(), streaks[24:].ravel())[0, 1])

    assert likeness(3.0) < 0.15
    assert likeness(15.0) > 0.3


@pytest.mark.parametrize(
    ("op", "param", "rest"),
    [
        ("rain", "density", {"length": 8.0, "angle": 5.0}),
        ("snow", "density", {"cover": 0.0, "size": 3.0}),
        ("spatter", "amount", {"size": 6.0, "kind": "mud"}),
    ],
)
def test_more_leaves_what_was_there_where_it_was(op: str, param: str, rest: dict[str, Any]) -> None:
    settings: list[dict[str, Any]] = [{**rest, param: amount} for amount in (10.0, 20.0)]
    less, more = (run(op, GREY, **values) for values in settings)
    usual = np.median(less)
    there = np.abs(less - usual) > 8
    still = np.abs(more - np.median(more)) > 4
    assert there.mean() > 0.005
    assert still[there].mean() > 0.9
    assert still.mean() > 1.3 * there.mean()


def test_snow_falls_white_on_black_and_lies_where_it_is_light() -> None:
    falling = run("snow", BLACK, density=50.0, cover=0.0, size=3.0)
    assert 0.01 < (falling > 100).mean() < 0.2
    halves = np.repeat(np.array([[60, 120]], np.uint8), 320, axis=1).repeat(480, axis=0)
    lying = run("snow", halves, density=0.0, cover=40.0, size=3.0)
    assert (lying[:, 320:] - 120).min() > 3 * max(1.0, (lying[:, :320] - 60).max())
    assert lying.max() < 250


@pytest.mark.parametrize("seed", SEEDS)
def test_a_shadow_only_darkens_and_by_its_strength(seed: int) -> None:
    shaded = run("shadow", GREY, seed, strength=50.0, size=60.0, softness=2.0, count=3)
    assert shaded.max() <= 128
    assert 63 <= shaded.min() <= 66
    assert (shaded < 120).mean() > 0.03
    assert shaded[:120].mean() >= shaded[-240:].mean()


def test_a_shadows_edge_is_as_soft_as_asked_for() -> None:
    wide = GREY.astype(np.uint16) * 257

    def steepest(softness: float) -> float:
        shaded = run("shadow", wide, 1, strength=60.0, size=80.0, softness=softness, count=1)
        return float(np.hypot(*np.gradient(shaded)).max())

    edge = [steepest(softness) for softness in (0.5, 4.0, 16.0)]
    assert edge[0] > 3 * edge[1] > 9 * edge[2]


@pytest.mark.parametrize(("x", "y"), [(20.0, 30.0), (75.0, 10.0), (50.0, 90.0)])
def test_a_flare_only_lightens_and_most_at_its_place(x: float, y: float) -> None:
    photo = make_photo(640, 480)
    flared = run("sun_flare", photo, strength=60.0, size=40.0, x=x, y=y)
    assert (flared - photo).min() >= -1
    light = run("sun_flare", BLACK, strength=60.0, size=40.0, x=x, y=y)
    row, column = (np.mean(places) for places in np.nonzero(light > 0.97 * light.max()))
    assert (column, row) == pytest.approx((6.4 * x, 4.8 * y), abs=6)


@pytest.mark.parametrize("amount", [8.0, 25.0, 50.0])
def test_spatter_covers_what_was_asked_for(amount: float) -> None:
    pattern = np.tile(np.array([[0, 255], [255, 0]], np.uint8), (240, 320))
    seen = [run("spatter", pattern, seed, amount=amount, size=6.0, kind="mud") for seed in SEEDS]
    # Where the pattern's contrast is gone, there is mud.
    lost = [(np.abs(np.diff(picture, axis=1)) < 128).mean() for picture in seen]
    assert np.mean(lost) == pytest.approx(amount / 100, rel=0.15)
