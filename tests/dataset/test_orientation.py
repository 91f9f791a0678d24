"""Pictures come out the right way up, however their file says that they were taken."""

from pathlib import Path
from typing import Literal

import numpy as np
import pytest

from studio.dataset.reading.image_file import read_header, read_image, read_thumbnail
from tests.dataset import files
from tests.dataset.files import Pixels, encode, exif, save
from tests.dataset.samples import find_reason, read, smooth, with_pillow


def quarters(width: int = 48, height: int = 32) -> Pixels:
    image = np.zeros((height, width, 3), np.uint8)
    image[: height // 2, : width // 2] = (0, 0, 255)
    image[: height // 2, width // 2 :] = (0, 255, 0)
    image[height // 2 :, : width // 2] = (255, 0, 0)
    image[height // 2 :, width // 2 :] = (255, 255, 255)
    return image


def lay_down(upright: Pixels, orientation: int) -> Pixels:
    """Store an upright picture as a camera with this orientation tag would."""
    stored = {
        1: upright,
        2: upright[:, ::-1],
        3: upright[::-1, ::-1],
        4: upright[::-1],
        5: upright.swapaxes(0, 1),
        6: upright.swapaxes(0, 1)[::-1],
        7: upright[::-1, ::-1].swapaxes(0, 1),
        8: upright.swapaxes(0, 1)[:, ::-1],
    }
    return stored[orientation].copy()


def tagged(format: str, stored: Pixels, orientation: int, order: Literal["<", ">"]) -> bytes:
    block = exif(orientation, order)
    if format == "jpeg":
        return files.jpeg_with(b"Exif\0\0" + block, stored)
    if format == "png":
        return files.png_with(b"eXIf", block, encode(stored, ".png"))
    if format == "webp":
        return files.webp_with_exif(block, stored)
    return files.tiff(stored[..., ::-1], order, orientation=orientation)


@pytest.mark.parametrize("format", ["jpeg", "png", "webp", "tiff"])
@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("order", ["<", ">"])
def test_every_orientation_is_turned_upright(
    tmp_path: Path, format: str, orientation: int, order: Literal["<", ">"]
) -> None:
    upright = quarters()
    stored = lay_down(upright, orientation)
    path = save(tmp_path, tagged(format, stored, orientation, order))
    image = read_image(path)
    assert image.shape == upright.shape
    assert np.abs(image.astype(int) - upright).mean() < 6
    header = read_header(path)
    assert (header.width, header.height) == stored.shape[1::-1]
    thumbnail = read_thumbnail(path, 12)
    assert thumbnail.shape == (8, 12, 3)
    corners = thumbnail[[1, 1, -2, -2], [1, -2, 1, -2]].astype(int)
    expected = [(0, 0, 255), (0, 255, 0), (255, 0, 0), (255, 255, 255)]
    assert np.abs(corners - expected).max() < 60


@pytest.mark.parametrize("block", [exif(9), exif(0), exif(6)[:12], b"II", b""])
def test_a_damaged_orientation_counts_as_none(tmp_path: Path, block: bytes) -> None:
    path = save(tmp_path, files.jpeg_with(b"Exif\0\0" + block, quarters()))
    assert read_image(path).shape == (32, 48, 3)


@pytest.fixture(scope="module")
def turned_avif() -> bytes:
    """An AVIF with `irot` and then `imir`, as Pillow writes EXIF's orientation 5."""
    return with_pillow(quarters(), "AVIF", exif=_pillow_exif(5), quality=95, subsampling="4:4:4")


def _pillow_exif(orientation: int) -> bytes:
    return b"Exif\0\0" + exif(orientation)


def _set_box(data: bytes, name: bytes, value: int) -> bytes:
    place = data.index(name) + 4
    return data[:place] + bytes([value]) + data[place + 1 :]


def _swap_turns(data: bytes) -> bytes:
    first, second = data.index(b"irot") - 4, data.index(b"imir") - 4
    assert second == first + 9
    return data[:first] + data[second : second + 9] + data[first:second] + data[second + 9 :]


@pytest.mark.parametrize("mirrored_first", [False, True])
@pytest.mark.parametrize("angle", range(4))
@pytest.mark.parametrize("axis", [0, 1])
def test_an_avif_is_turned_and_mirrored_in_its_order(
    turned_avif: bytes, angle: int, axis: int, mirrored_first: bool
) -> None:
    data = _set_box(_set_box(turned_avif, b"irot", angle), b"imir", axis)
    stored = read(_set_box(_set_box(turned_avif, b"irot", 1), b"imir", 0)).swapaxes(0, 1)
    expected = stored
    for is_mirroring in (mirrored_first, not mirrored_first):
        expected = np.flip(expected, axis) if is_mirroring else np.rot90(expected, angle)
    image = read(_swap_turns(data) if mirrored_first else data)
    np.testing.assert_array_equal(image, expected)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_avif_agrees_with_what_pillow_wrote(orientation: int) -> None:
    upright = quarters()
    stored = lay_down(upright, orientation)
    data = with_pillow(stored, "AVIF", exif=_pillow_exif(orientation), quality=95)
    image = read(data)
    assert image.shape == upright.shape
    assert np.abs(image.astype(int) - upright).mean() < 6


def test_exif_does_not_turn_an_avif() -> None:
    data = with_pillow(quarters(), "AVIF", exif=_pillow_exif(6))
    data = _set_box(data, b"irot", 0)
    assert read(data).shape == (32, 48, 3)


@pytest.mark.parametrize("name", [b"clap", b"zzzz"])
def test_an_avif_that_asks_for_more_is_refused(turned_avif: bytes, name: bytes) -> None:
    assert find_reason(turned_avif.replace(b"imir", name))


@pytest.mark.parametrize("compression", ["raw", "tiff_lzw"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_what_pillow_decodes_is_turned_once(orientation: int, compression: str) -> None:
    upright = smooth(20, 33)
    stored = lay_down(upright, orientation)
    cmyk = with_pillow(stored, "TIFF", "CMYK", compression=compression, exif=exif(orientation))
    np.testing.assert_array_equal(read(cmyk), upright)
