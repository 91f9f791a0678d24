"""Colours are sRGB, or it is said that they are not; never silently shifted."""

import io
import struct
from typing import Any

import cv2
import numpy as np
import pytest
from PIL import Image, ImageCms

from studio.dataset.reading.image_file import decode_header, decode_picture, decode_thumbnail
from tests.dataset import files
from tests.dataset.files import Pixels, encode, noise
from tests.dataset.samples import PATH, find_reason, profile, read, smooth, with_pillow

WIDE = "was converted from “Wide” to sRGB"
PLAIN = "had CMYK colours, converted to sRGB by the plain formula"
LOSSLESS: dict[str, dict[str, Any]] = {
    "PNG": {},
    "WEBP": {"lossless": True},
    "TIFF": {},
    "AVIF": {"quality": 100, "subsampling": "4:4:4"},
    "JPEG": {"quality": 100, "subsampling": 0},
}


def notices(data: bytes) -> tuple[str, ...]:
    found = decode_picture(PATH, data).notices
    assert decode_header(PATH, data).notices == found
    return found


def convert(image: Pixels, icc: bytes, mode: str = "RGB") -> Pixels:
    """Return BGR pixels as LittleCMS makes them of these, which are in RGB order or grey."""
    picture = ImageCms.profileToProfile(
        Image.fromarray(image),
        ImageCms.ImageCmsProfile(io.BytesIO(icc)),
        ImageCms.createProfile("sRGB"),
        ImageCms.Intent.RELATIVE_COLORIMETRIC,
        "RGB",
        flags=ImageCms.Flags.BLACKPOINTCOMPENSATION,
    )
    assert picture is not None
    return np.asarray(picture)[..., ::-1]


@pytest.mark.parametrize("format", LOSSLESS)
def test_wide_colours_are_converted(format: str) -> None:
    image = smooth(40, 60)
    plain = read(with_pillow(image, format, **LOSSLESS[format]))
    data = with_pillow(image, format, icc_profile=profile("wide"), **LOSSLESS[format])
    expected = convert(np.ascontiguousarray(plain[..., ::-1]), profile("wide"))
    assert np.abs(expected.astype(int) - plain).max() > 20
    np.testing.assert_array_equal(read(data), expected)
    assert notices(data) == (WIDE,)
    small = decode_thumbnail(PATH, data, 15)
    near = cv2.resize(expected, (15, 10), interpolation=cv2.INTER_AREA)
    assert np.abs(small.astype(int) - near).mean() < 3


@pytest.mark.parametrize("format", LOSSLESS)
def test_a_profile_of_srgb_changes_nothing(format: str) -> None:
    image = smooth(40, 60)
    data = with_pillow(image, format, icc_profile=profile("srgb"), **LOSSLESS[format])
    np.testing.assert_array_equal(read(data), read(with_pillow(image, format, **LOSSLESS[format])))
    assert notices(data) == ()


@pytest.mark.parametrize("format", ["PNG", "WEBP"])
def test_alpha_is_left_alone(format: str) -> None:
    image = smooth(20, 30, 4)
    options = {"icc_profile": profile("wide"), **LOSSLESS[format], "exact": True}
    converted = read(with_pillow(image, format, **options))
    np.testing.assert_array_equal(converted[..., 3], image[..., 3])
    rgb = np.ascontiguousarray(image[..., 2::-1])
    np.testing.assert_array_equal(converted[..., :3], convert(rgb, profile("wide")))


def test_a_long_profile_in_several_segments_is_put_together() -> None:
    icc = profile("wide")
    data = encode(smooth(24, 24), ".jpg")
    # Written the wrong way round: their numbers count.
    for number, part in ((1, icc[:200]), (2, icc[200:])):
        payload = b"ICC_PROFILE\0" + bytes([number, 2]) + part
        data = data[:2] + b"\xff\xe2" + struct.pack(">H", len(payload) + 2) + payload + data[2:]
    assert notices(data) == (WIDE,)


@pytest.mark.parametrize("gamma", [1.0, 1.8])
def test_grey_stays_grey(gamma: float) -> None:
    grey = np.arange(256, dtype=np.uint8).reshape(16, 16)
    data = with_pillow(grey, "PNG", icc_profile=profile("grey", gamma))
    image = read(data)
    assert image.shape == (16, 16)
    np.testing.assert_array_equal(image, convert(grey, profile("grey", gamma))[..., 1])
    assert notices(data) == ("was converted from “Grey” to sRGB",)


@pytest.mark.parametrize("format", ["PNG", "WEBP", "TIFF", "JPEG"])
@pytest.mark.parametrize(
    ("icc", "notice"),
    [
        (b"no profile at all", "has a broken colour profile"),
        (profile("wide")[:300], "has a broken colour profile"),
        (profile("grey", 1.8), "has a colour profile for GRAY, “Grey”"),
        (profile("cmyk"), "has a colour profile for CMYK, “Inks”"),
    ],
)
def test_a_profile_that_cannot_be_used_is_told(format: str, icc: bytes, notice: str) -> None:
    image = smooth(20, 30)
    data = with_pillow(image, format, icc_profile=icc, **LOSSLESS[format])
    np.testing.assert_array_equal(read(data), read(with_pillow(image, format, **LOSSLESS[format])))
    assert notices(data) == (f"{notice}; its colours are left as they are",)


def mix_plainly(inks: Pixels) -> Pixels:
    light = 255 - inks.astype(float)
    mixed: Pixels = np.rint(light[..., 2::-1] * light[..., 3:] / 255)
    return mixed


@pytest.mark.parametrize("adobe", [True, False])
def test_cmyk_jpegs_are_read_whichever_way_they_are_stored(adobe: bool) -> None:
    inks = smooth(30, 40, 4)
    file = io.BytesIO()
    Image.fromarray(inks, "CMYK").save(file, "JPEG", quality=100, subsampling=0)
    data = file.getvalue()
    if not adobe:
        start = data.index(b"\xff\xee")
        data = data[:start] + data[start + 2 + int.from_bytes(data[start + 2 : start + 4]) :]
        inks = 255 - inks
    assert np.abs(read(data) - mix_plainly(inks)).max() <= 4
    assert notices(data) == (f"{PLAIN}, for it has no profile",)
    small = decode_thumbnail(PATH, data, 5)
    near = cv2.resize(read(data), (5, 4), interpolation=cv2.INTER_AREA)
    np.testing.assert_array_equal(small, near)


@pytest.mark.parametrize("format", ["JPEG", "TIFF"])
def test_cmyk_goes_by_its_profile(format: str) -> None:
    inks = np.zeros((16, 48, 4), np.uint8)
    inks[:, 16:32, 3] = 255
    inks[:, 32:, :3] = 255
    file = io.BytesIO()
    options = {"quality": 100} if format == "JPEG" else {}
    Image.fromarray(inks, "CMYK").save(file, format, icc_profile=profile("cmyk"), **options)
    image = read(file.getvalue()).astype(int)
    assert notices(file.getvalue()) == ("was converted from CMYK, “Inks”, to sRGB",)
    assert image[8, 8].min() > 250
    assert image[8, 24].max() < 5
    # Three full inks are L* 70.6 by the profile, and black by the formula.
    assert np.abs(image[8, 40] - 172).max() <= 4


def test_cmyk_with_a_useless_profile_says_so() -> None:
    file = io.BytesIO()
    Image.new("CMYK", (9, 9)).save(file, "JPEG", icc_profile=profile("wide"))
    assert notices(file.getvalue()) == (f"has a colour profile for RGB, “Wide”; {PLAIN}",)


def test_colours_told_by_number_are_named() -> None:
    png = with_pillow(smooth(9, 9), "PNG", icc_profile=profile("wide"))
    assert notices(files.png_with(b"cICP", bytes([1, 13, 0, 1]), png)) == ()
    told = notices(files.png_with(b"cICP", bytes([9, 16, 0, 1]), png))
    assert told == ("has BT.2020 colours and PQ brightness, shown as if they were sRGB",)
    avif = with_pillow(smooth(9, 9), "AVIF")
    place = avif.index(b"nclx") + 4
    avif = avif[:place] + bytes([0, 12]) + avif[place + 2 :]
    assert notices(avif) == ("has Display P3 colours, shown as if they were sRGB",)


def test_a_deep_picture_is_not_converted_in_its_thumbnail_either() -> None:
    pixels = noise((4, 4), "uint16")
    data = with_pillow(pixels, "PNG", icc_profile=profile("grey", 1.0))
    np.testing.assert_array_equal(
        decode_thumbnail(PATH, data, 9), np.rint(pixels / 257).astype(np.uint8)
    )
    assert not find_reason(data)
