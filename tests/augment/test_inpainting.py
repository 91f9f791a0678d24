"""What inpainting puts into missing pixels: what is around goes on, and nothing else has a say."""

from itertools import product
from typing import Any

import cv2
import numpy as np
import pytest
from msgspec.structs import replace
from numpy.typing import DTypeLike, NDArray

from studio.augment.engine import apply
from studio.augment.image import Image, Mask
from tests.augment.strategies import CHANNELS, DEPTHS, make_image, make_photo, plan_of

TELEA: Any = ("fill_telea", {"radius": 1.0})
NAVIER_STOKES: Any = ("fill_navier_stokes", {"radius": 1.0})
MEMBRANE: Any = ("fill_smooth", {"kind": "membrane"})
PLATE: Any = ("fill_smooth", {"kind": "plate"})
PATCHES: Any = ("fill_patches", {})
FILLS = (TELEA, NAVIER_STOKES, MEMBRANE, PLATE, PATCHES)
SIZE = (120, 160)

every_fill = pytest.mark.parametrize("step", FILLS, ids=str)
every_depth = pytest.mark.parametrize("dtype", DEPTHS)


def fill(step: Any, image: Image, missing: Mask, seed: int = 1) -> Image:
    plan = plan_of(step)
    plan = replace(plan, steps=(replace(plan.steps[0], seed=seed),))
    return apply(plan, image, missing=missing)


def block(top: int, left: int, height: int, width: int, size: tuple[int, int] = SIZE) -> Mask:
    missing = np.zeros(size, np.uint8)
    missing[top : top + height, left : left + width] = 255
    return missing


def scattered(size: tuple[int, int], share: float, seed: int = 0) -> Mask:
    """Return a mask of independent pixels, at least one of them known and one missing."""
    order = np.random.default_rng(seed).permutation(size[0] * size[1])
    count = min(max(round(share * order.size), 1), order.size - 1)
    missing = np.zeros(order.size, np.uint8)
    missing[order[:count]] = 255
    return missing.reshape(size)


def with_garbage(image: Image, missing: Mask, seed: int) -> Image:
    channels = 1 if image.ndim == 2 else image.shape[2]
    garbage = make_image(image.shape[:2], channels, image.dtype, seed)
    result = image.copy()
    result[missing > 0] = garbage[missing > 0]
    return result


def error(one: NDArray[Any], other: NDArray[Any], missing: Mask) -> float:
    """Return the root of the mean square between the missing pixels, in levels of that depth."""
    apart = one[missing > 0].astype(np.float64) - other[missing > 0]
    return float(np.sqrt(np.mean(apart**2)))


def plane(size: tuple[int, int] = SIZE) -> NDArray[np.float64]:
    y, x = np.mgrid[: size[0], : size[1]]
    return np.asarray(20 + 0.8 * x + 0.6 * y)


def bowl(size: tuple[int, int] = SIZE) -> NDArray[np.float64]:
    y, x = np.mgrid[: size[0], : size[1]]
    down, right = y / size[0] - 0.5, x / size[1] - 0.4
    return np.asarray(60 + 200 * right**2 + 150 * down**2 + 100 * down * right)


def picture(levels: NDArray[np.float64], dtype: DTypeLike) -> Image:
    return np.asarray(np.rint(levels * (np.iinfo(dtype).max / 255)), dtype=dtype)


@every_fill
@pytest.mark.parametrize("channels", CHANNELS)
@every_depth
def test_known_pixels_stay_and_missing_ones_have_no_say(
    step: Any, channels: int, dtype: DTypeLike
) -> None:
    image = make_image((40, 56), channels, dtype)
    holes = (
        block(10, 20, 12, 15, (40, 56)),
        block(0, 0, 12, 15, (40, 56)),
        block(30, 0, 10, 56, (40, 56)),
        scattered((40, 56), 0.05),
        scattered((40, 56), 0.95),
    )
    for missing in holes:
        first = fill(step, with_garbage(image, missing, 1), missing)
        second = fill(step, with_garbage(image, missing, 2), missing)
        np.testing.assert_array_equal(first, second)
        np.testing.assert_array_equal(first[missing == 0], image[missing == 0])


@every_fill
@every_depth
def test_pictures_of_any_shape_are_filled(step: Any, dtype: DTypeLike) -> None:
    sizes = (1, 2), (2, 1), (1, 9), (9, 1), (7, 13), (3, 200), (65, 33)
    for size, channels, share in product(sizes, CHANNELS, (0.3, 0.95)):
        image = make_image(size, channels, dtype)
        even = np.full_like(image, np.iinfo(image.dtype).max // 3)
        missing = scattered(size, share)
        result = fill(step, with_garbage(even, missing, 1), missing)
        assert result.shape == image.shape
        assert result.dtype == image.dtype
        colours = result[..., :3] if channels == 4 else result
        apart = colours.astype(np.float64) - even.flat[0]
        # Telea's method strays by single levels even here.
        assert np.abs(apart).max() <= (4 if step is TELEA else 1) * (np.iinfo(dtype).max // 255)


@every_fill
def test_the_same_seed_gives_the_same_bytes(step: Any) -> None:
    photo, missing = make_photo(), block(90, 100, 40, 60, (240, 320))
    np.testing.assert_array_equal(fill(step, photo, missing), fill(step, photo, missing))


@every_fill
def test_depths_agree(step: Any) -> None:
    photo, missing = make_photo(160, 120), block(50, 60, 20, 30)
    deep = fill(step, photo.astype(np.uint16) * 257, missing)
    assert error(deep / 257, fill(step, photo, missing), missing) < 0.5


@pytest.mark.parametrize(
    ("step", "method"), [(TELEA, cv2.INPAINT_TELEA), (NAVIER_STOKES, cv2.INPAINT_NS)], ids=str
)
def test_inpainting_is_opencvs(step: Any, method: int) -> None:
    grey, missing = make_photo()[..., 1].copy(), block(90, 100, 20, 30, (240, 320))
    expected = cv2.inpaint(np.where(missing, 128, grey).astype(np.float32), missing, 2.4, method)
    np.testing.assert_array_equal(fill(step, grey, missing), np.rint(expected))


@pytest.mark.parametrize("step", [MEMBRANE, PLATE], ids=str)
@every_depth
@pytest.mark.parametrize("side", [1, 8, 48, 80])
def test_a_smooth_fill_carries_a_slope_on(step: Any, dtype: DTypeLike, side: int) -> None:
    image, missing = picture(plane(), dtype), block(20, 30, side, side)
    result = fill(step, with_garbage(image, missing, 1), missing)
    apart = result.astype(np.float64) - image
    assert np.abs(apart).max() <= np.iinfo(dtype).max // 255


@every_depth
@pytest.mark.parametrize("missing", [block(30, 40, 48, 48), scattered((104, 144), 0.5)], ids=len)
def test_a_plate_carries_a_bend_on(missing: Mask, dtype: DTypeLike) -> None:
    size = (missing.shape[0] + 16, missing.shape[1] + 16)
    missing = np.pad(missing, 8)
    image = picture(bowl(size), dtype)
    result = fill(PLATE, with_garbage(image, missing, 1), missing)
    apart = result.astype(np.float64) - image
    assert np.abs(apart).max() <= 2 * (np.iinfo(dtype).max // 255)


def test_a_membrane_stays_between_the_levels_around_it() -> None:
    missing = block(10, 10, 90, 120)
    image = make_image(SIZE, 1)
    image = np.asarray(image // 4 + 90, np.uint8)
    inside = fill(MEMBRANE, with_garbage(image, missing, 1), missing)[missing > 0]
    known = image[missing == 0]
    assert known.min() <= inside.min()
    assert inside.max() <= known.max()


@pytest.mark.parametrize("texture", ["stripes", "checks"])
@every_depth
def test_patches_carry_texture_on(texture: str, dtype: DTypeLike) -> None:
    y, x = np.mgrid[: SIZE[0], : SIZE[1]]
    cells = x // 4 if texture == "stripes" else x // 4 + y // 4
    image = picture(np.where(cells % 2, 200.0, 40.0), dtype)
    missing = block(40, 60, 24, 30)
    smooth, patches = (fill(step, image, missing) for step in (MEMBRANE, PATCHES))
    assert error(patches, image, missing) < error(smooth, image, missing) / 2
