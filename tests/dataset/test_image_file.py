"""What reading an image promises: upright, its own depth and channels, or a reason in words."""

import contextlib
import os
import pickle
from pathlib import Path
from typing import Literal

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.dataset.reading.image_file import (
    ImageError,
    encode_image,
    read_header,
    read_image,
    read_thumbnail,
)
from tests.dataset import files
from tests.dataset.files import encode, noise, save
from tests.dataset.samples import assert_keeps_contract

SAMPLES = {
    "jpeg": encode(noise((24, 40, 3)), ".jpg"),
    "png": encode(noise((24, 40, 4)), ".png"),
    "webp": encode(noise((24, 40, 4)), ".webp", cv2.IMWRITE_WEBP_QUALITY, 80),
    "bmp": encode(noise((24, 40, 3)), ".bmp"),
    "gif": encode(noise((24, 40, 3)), ".gif"),
    "tiff": encode(noise((24, 40, 3), "uint16"), ".tiff"),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("images")


def reason_for(path: Path) -> str:
    with pytest.raises(ImageError) as caught:
        read_image(path)
    assert caught.value.path == path
    assert str(caught.value) == f"{path.name}: {caught.value.reason}"
    return caught.value.reason


def test_transparency_of_palettes_and_of_greys_becomes_alpha(tmp_path: Path) -> None:
    grey = np.array([[0, 100], [200, 255]], np.uint8)
    png = files.png_with(b"tRNS", bytes([0, 100]), encode(grey, ".png"))
    image = read_image(save(tmp_path, png))
    assert image[..., 3].tolist() == [[255, 0], [255, 255]]
    assert image[..., 0].tolist() == grey.tolist()


def test_an_eight_bit_tiff_keeps_colours_under_its_alpha(tmp_path: Path) -> None:
    pixels = noise((9, 13, 4))
    image = read_image(save(tmp_path, files.tiff(pixels, extra=2)))
    np.testing.assert_array_equal(image, pixels[..., [2, 1, 0, 3]])


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("dtype", ["uint8", "uint16"])
@pytest.mark.parametrize("channels", [1, 3])
def test_tiff_of_either_byte_order_is_read(
    tmp_path: Path, order: Literal["<", ">"], dtype: str, channels: int
) -> None:
    pixels = noise((7, 11, channels), dtype).squeeze()
    image = read_image(save(tmp_path, files.tiff(pixels, order)))
    np.testing.assert_array_equal(image, pixels if channels == 1 else pixels[..., ::-1])


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (files.tiff(noise((4, 4, 3)), photometric=8), "as L*a*b*"),
        (files.tiff(noise((4, 4, 3)), photometric=5), "has CMYK colours in 3 channels"),
        (files.tiff(noise((4, 4)), tile_width=9_000, tile_height=9_000), "tiles of 9000×9000"),
        (files.tiff(noise((4, 4, 2)), photometric=1), "has 2 channels"),
        (files.tiff(noise((4, 4, 5))), "has 5 channels"),
        (files.tiff(noise((4, 4), "uint16"), photometric=0), "counts white as zero"),
        (files.tiff(noise((4, 4, 3), "uint16"), planar=2), "separate 16-bit planes"),
        (files.tiff(noise((4, 4, 4), "uint16"), photometric=5), "neither grey nor RGB"),
    ],
)
def test_a_tiff_that_would_come_out_wrong_is_refused(
    tmp_path: Path, data: bytes, reason: str
) -> None:
    assert reason in reason_for(save(tmp_path, data))


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "is empty"),
        (b"%PDF-1.7\n", "is a PDF document"),
        (b"PK\x03\x04 and more", "is a ZIP archive"),
        (b"\0\0\0\x1cftypheic", "is a HEIC image"),
        (b"just some text", "is not an image"),
        (b"\xff\xd8\xff", "is truncated or corrupt"),
        (files.png_header(0, 5), "claims 0×5 pixels"),
        (files.png_header(9, 5), "is truncated or corrupt"),
        (SAMPLES["png"][:33] + b"\xff" + SAMPLES["png"][34:], "is truncated or corrupt"),
        (b"II+\0\x08\0\0\0" + b"\xff" * 40, "is truncated or corrupt"),
        (
            files.png_header(30_000, 30_000),
            "is 30000×30000 pixels, more than the limit of 250 megapixels",
        ),
    ],
)
def test_the_reason_is_told_in_words(tmp_path: Path, data: bytes, reason: str) -> None:
    path = save(tmp_path, data, "photo.png")
    assert reason in reason_for(path)
    with pytest.raises(ImageError):
        read_thumbnail(path, 64)


def test_files_that_cannot_be_opened_say_why(tmp_path: Path) -> None:
    assert reason_for(tmp_path / "gone.png") == "no longer exists"
    assert reason_for(save(tmp_path, b"x") / "below.png") == "no longer exists"
    assert reason_for(tmp_path) in ("is a folder", "cannot be read: permission denied")


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root reads all")
def test_a_file_without_permission_says_so(tmp_path: Path) -> None:
    path = save(tmp_path, SAMPLES["png"])
    path.chmod(0)
    assert reason_for(path) == "cannot be read: permission denied"


def test_the_limit_of_pixels_can_be_set(tmp_path: Path) -> None:
    path = save(tmp_path, SAMPLES["png"])
    assert read_image(path, max_pixels=960).shape == (24, 40, 4)
    with pytest.raises(ImageError, match="40×24 pixels"):
        read_image(path, max_pixels=959)


@pytest.mark.parametrize("format", SAMPLES)
def test_a_file_cut_in_half_is_refused(tmp_path: Path, format: str) -> None:
    data = SAMPLES[format]
    assert_keeps_contract(read_image(save(tmp_path, data)))
    assert read_header(tmp_path / "image").format == format
    path = save(tmp_path, data[: len(data) // 2])
    reason_for(path)
    with pytest.raises(ImageError):
        read_thumbnail(path, 8)


@settings(deadline=None, max_examples=100)
@given(data=st.binary(max_size=200), format=st.sampled_from(sorted(SAMPLES)))
def test_any_bytes_after_a_magic_number_are_survived(
    folder: Path, data: bytes, format: str
) -> None:
    path = save(folder, SAMPLES[format][:12] + data)
    with contextlib.suppress(ImageError):
        read_header(path)
    with contextlib.suppress(ImageError):
        assert_keeps_contract(read_image(path, max_pixels=1_000_000))


def test_a_header_is_found_behind_long_metadata(tmp_path: Path) -> None:
    image = noise((10, 20, 3))
    jpeg = encode(image, ".jpg")
    for _ in range(2):
        jpeg = jpeg[:2] + b"\xff\xe2\xff\xff" + bytes(65_533) + jpeg[2:]
    header = read_header(save(tmp_path, jpeg))
    assert (header.format, header.width, header.height) == ("jpeg", 20, 10)
    header = read_header(save(tmp_path, files.tiff(noise((200, 300, 3)))))
    assert (header.format, header.width, header.height) == ("tiff", 300, 200)


@pytest.mark.parametrize("format", ["jpg", "png", "webp", "bmp", "tiff"])
@pytest.mark.parametrize(
    ("shape", "fitting"),
    [((90, 300, 3), (19, 64)), ((700, 500), (64, 46)), ((2, 600, 3), (1, 64)), ((5, 7), (5, 7))],
)
def test_a_thumbnail_fits_and_is_never_enlarged(
    tmp_path: Path, format: str, shape: tuple[int, ...], fitting: tuple[int, int]
) -> None:
    image = np.full(shape, 25_700, np.uint16)
    thumbnail = read_thumbnail(save(tmp_path, encode_image(image, format, 95)), 64)
    assert thumbnail.shape[:2] == fitting
    assert thumbnail.dtype == np.uint8
    assert np.abs(thumbnail.astype(int) - 100).max() <= 2


def test_an_image_error_survives_the_way_out_of_a_worker_process() -> None:
    error = pickle.loads(pickle.dumps(ImageError(Path("a/b.png"), "is empty")))
    assert (error.path, error.reason, str(error)) == (
        Path("a/b.png"),
        "is empty",
        "b.png: is empty",
    )
