"""Copies of training images are told from new images, in large sets and in tiny ones."""

from collections.abc import Callable

import cv2
import numpy as np
import pytest

from studio.gan.near_copies import NearCopies
from studio.gan.signatures import Signatures, make_signatures

Pixels = np.ndarray


def draw_images(count: int, seed: int, side: int = 32, channels: int = 3) -> Pixels:
    """Return smooth blobs of colour, no two alike."""
    rng = np.random.default_rng(seed)
    images = np.empty((count, side, side, channels), np.uint8)
    for number in range(count):
        small = rng.integers(0, 256, (5, 5, channels), np.uint8)
        large = cv2.resize(small, (side, side), interpolation=cv2.INTER_CUBIC)
        images[number] = large.reshape(side, side, channels)
    return images


def finder(images: Pixels, *, mirrors: bool = False) -> NearCopies:
    keys = tuple(f"{number}.png" for number in range(len(images)))
    labels = np.zeros(len(images), np.int32)
    return NearCopies(Signatures(make_signatures(images), labels, keys), mirrors=mirrors)


def compress(image: Pixels) -> Pixels:
    data = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, 75])[1]
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_UNCHANGED)).reshape(image.shape)


CHANGES: dict[str, Callable[[Pixels], Pixels]] = {
    "the same": lambda images: images,
    "compressed": lambda images: np.stack([compress(image) for image in images]),
    "brightened": lambda images: np.clip(images * 1.08 + 6, 0, 255).astype(np.uint8),
    "moved": lambda images: np.roll(images, (1, -1), (1, 2)),
}


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize(("count", "channels"), [(8, 3), (150, 1)])
def test_copies_are_found_and_named(change: str, count: int, channels: int) -> None:
    images = draw_images(count, 0, channels=channels)
    chosen = np.arange(0, count, 3)
    twins = finder(images).find(CHANGES[change](images[chosen]))
    assert [twin.key for twin in twins] == [f"{number}.png" for number in chosen]
    assert all(twin.is_copy for twin in twins)


@pytest.mark.parametrize("count", [8, 150])
def test_new_images_are_no_copies(count: int) -> None:
    twins = finder(draw_images(count, 0)).find(draw_images(100, 1))
    assert not any(twin.is_copy for twin in twins)
    assert min(twin.distance for twin in twins) > 1


def test_mirrored_copies_count_where_training_mirrored() -> None:
    images = draw_images(50, 0)
    mirrored = np.ascontiguousarray(images[:5, :, ::-1])
    assert not any(twin.is_copy for twin in finder(images).find(mirrored))
    assert all(twin.is_copy for twin in finder(images, mirrors=True).find(mirrored))


def test_a_set_that_is_half_duplicates_still_tells_new_images_from_copies() -> None:
    images = np.repeat(draw_images(40, 0), [2, 1] * 20, axis=0)
    found = finder(images)
    assert all(twin.is_copy for twin in found.find(images[:10]))
    assert not any(twin.is_copy for twin in found.find(draw_images(50, 1)))


def test_one_image_again_and_again_and_a_single_one() -> None:
    image = draw_images(1, 0)
    for images in (image, np.repeat(image, 30, axis=0)):
        found = finder(images)
        assert found.find(image)[0].is_copy
        assert not found.find(draw_images(1, 1))[0].is_copy


def test_the_picture_of_a_twin_has_the_order_of_colours_of_opencv() -> None:
    red = np.zeros((8, 16, 16, 3), np.uint8)
    red[..., 0] = 255
    twin = finder(red).find(red[:1])[0]
    assert twin.picture.shape == (16, 16, 3)
    assert twin.picture[0, 0].tolist() == [0, 0, 255]
    grey = draw_images(8, 0, channels=1)
    assert finder(grey).find(grey[:1])[0].picture.shape == (16, 16)
