"""What writing an image promises: every pixel its format can hold, and whole files only."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.dataset.atomic_file import write_atomic
from studio.dataset.reading.image_file import (
    ImageError,
    encode_image,
    read_header,
    read_image,
)
from tests.dataset.files import noise, save

SHAPES = st.tuples(st.integers(1, 40), st.integers(1, 40), st.sampled_from([1, 3, 4]))


@settings(deadline=None, max_examples=60)
@given(shape=SHAPES, kind=st.sampled_from(["png8", "png16", "tiff8", "tiff16", "bmp8"]))
def test_lossless_formats_give_back_every_pixel(
    tmp_path_factory: pytest.TempPathFactory, shape: tuple[int, int, int], kind: str
) -> None:
    dtype = "uint16" if kind.endswith("16") else "uint8"
    image = noise(shape if shape[2] > 1 else shape[:2], dtype)
    format = kind.rstrip("0123456789")
    path = save(tmp_path_factory.getbasetemp(), encode_image(image, format, 90))
    again = read_image(path)
    assert again.dtype == image.dtype
    np.testing.assert_array_equal(again, image)
    header = read_header(path)
    assert (header.format, header.width, header.height) == (format, shape[1], shape[0])


@pytest.mark.parametrize("format", ["jpg", "webp"])
@pytest.mark.parametrize("channels", [1, 3, 4])
def test_lossy_formats_come_back_close(tmp_path: Path, format: str, channels: int) -> None:
    slope = np.linspace(40, 200, 64, dtype=np.uint8)
    image = np.broadcast_to(slope[:, None, None], (64, 48, channels)).squeeze().copy()
    if channels == 4:
        image[..., 3] = 255
    again = read_image(save(tmp_path, encode_image(image, format, 90)))
    colours = again if again.ndim == 2 else again[..., 0]
    assert np.abs(colours.astype(int) - slope[:, None]).max() <= 4


def test_webp_keeps_alpha_and_jpg_shows_it_on_white(tmp_path: Path) -> None:
    image = np.zeros((32, 32, 4), np.uint8)
    image[:, 16:, 3] = 255
    assert read_image(save(tmp_path, encode_image(image, "webp", 90)))[5, 5, 3] == 0
    flat = read_image(save(tmp_path, encode_image(image, "jpg", 100)))
    assert flat.shape == (32, 32, 3)
    assert flat[:, :8].min() > 250
    assert flat[:, 24:].max() < 5


@pytest.mark.parametrize("format", ["jpg", "webp", "bmp"])
def test_sixteen_bit_is_rounded_for_formats_of_eight(tmp_path: Path, format: str) -> None:
    image = np.full((16, 16, 3), 100 * 257 + 100, np.uint16)
    again = read_image(save(tmp_path, encode_image(image, format, 100)))
    assert again.dtype == np.uint8
    assert np.abs(again.astype(int) - 100).max() <= 1


def test_an_image_that_a_format_cannot_hold_is_an_error() -> None:
    with pytest.raises(ImageError, match="webp holds at most 16383 a side"):
        encode_image(np.zeros((2, 17_000), np.uint8), "webp", 90)
    with pytest.raises(ImageError):
        encode_image(np.zeros((2, 66_000), np.uint8), "jpg", 90)
    with pytest.raises(ValueError, match="gif"):
        encode_image(np.zeros((2, 2), np.uint8), "gif", 90)
    with pytest.raises(ValueError, match="101"):
        encode_image(np.zeros((2, 2), np.uint8), "webp", 101)


@pytest.mark.parametrize("sync", [False, True])
def test_a_write_puts_the_whole_file_in_place(tmp_path: Path, sync: bool) -> None:
    path = tmp_path / ("größe 文件 " + "x" * 200 + ".png")
    for data in (b"first", b"second"):
        write_atomic(path, data, sync=sync)
        assert path.read_bytes() == data
    assert list(tmp_path.iterdir()) == [path]


def test_a_failed_write_leaves_nothing_behind(tmp_path: Path) -> None:
    taken = tmp_path / "taken.png"
    taken.mkdir()
    (taken / "inside").touch()
    with pytest.raises(OSError, match=r"taken\.png"):
        write_atomic(taken, b"data")
    file = save(tmp_path, b"kept")
    with pytest.raises(OSError, match="image"):
        write_atomic(file / "below.png", b"data")
    assert sorted(tmp_path.iterdir()) == [file, taken]
    assert file.read_bytes() == b"kept"
