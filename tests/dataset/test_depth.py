"""Depths other than 8 and 16 bit become 16 bit by one rule, or are refused in words."""

import struct
from typing import Any, Literal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from studio.dataset.reading.decoding import decode_values
from studio.dataset.reading.depth import scale_to_16_bit
from studio.dataset.reading.formats import describe
from studio.dataset.reading.image_file import decode_header, decode_picture
from tests.dataset import files
from tests.dataset.files import noise
from tests.dataset.samples import PATH, find_reason, profile, read, smooth, with_pillow

ORDERS: tuple[Literal["<", ">"], ...] = ("<", ">")


def stretch(values: NDArray[Any]) -> NDArray[np.uint16]:
    exact = values.astype(np.float64)
    low, high = np.nanmin(exact), np.nanmax(exact)
    scaled = np.rint((exact - low) / (high - low) * 65535)
    return np.nan_to_num(scaled).astype(np.uint16)


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
@pytest.mark.parametrize("channels", [1, 3])
def test_floats_are_stretched(order: Literal["<", ">"], dtype: str, channels: int) -> None:
    values = np.random.default_rng(0).normal(20, 9, (11, 17, channels)).astype(dtype)
    values[2, 3] = np.nan
    data = files.tiff(values.squeeze(), order, kind=3)
    picture = decode_picture(PATH, data)
    expected = stretch(values)[..., ::-1].squeeze()
    assert np.abs(picture.pixels.astype(int) - expected).max() <= 1
    assert picture.pixels[2, 3].max() == 0
    low, high = np.nanmin(values.astype(float)), np.nanmax(values.astype(float))
    assert picture.notices == (
        f"has float pixels; {low:.6g} … {high:.6g} became 0 … 65535 of 16 bit,"
        f" and {channels} that are not finite became 0",
    )
    assert decode_header(PATH, data).notices == ("has float pixels, which are scaled to 16 bit",)


def test_the_numbers_themselves_stay_within_reach() -> None:
    values = np.array([[np.nan, -3.5], [np.inf, 1e30]], np.float32)
    data = files.tiff(values, kind=3)
    np.testing.assert_array_equal(decode_values(data, describe(data, 99)), values)


@pytest.mark.parametrize("dtype", ["int8", "int16", "int32", "uint32"])
def test_signed_and_long_integers_are_stretched(dtype: str) -> None:
    values = noise((9, 14), dtype)
    kind = 2 if dtype.startswith("int") else 1
    picture = decode_picture(PATH, files.tiff(values, kind=kind))
    assert np.abs(picture.pixels.astype(int) - stretch(values)).max() <= 1
    assert "became 0 … 65535" in picture.notices[0]


@settings(deadline=None, max_examples=100)
@given(
    arrays(
        st.sampled_from([np.float16, np.float32, np.float64]),
        st.tuples(st.integers(1, 5), st.integers(1, 5)),
        elements={"allow_nan": True, "allow_infinity": True},
    )
)
def test_scaling_keeps_order_and_range(values: NDArray[Any]) -> None:
    scaled, notice = scale_to_16_bit(values)
    finite = np.isfinite(values)
    assert scaled.dtype == np.uint16
    assert notice
    assert not scaled[~finite].any()
    flat, levels = values[finite].astype(float), scaled[finite].astype(int)
    assert (np.diff(levels[np.argsort(flat)]) >= 0).all()
    if flat.size and flat.min() >= 0 and flat.max() <= 1:
        np.testing.assert_array_equal(levels, np.rint(flat * 65535))
    elif flat.size and flat.min() < flat.max():
        assert (levels.min(), levels.max()) == (0, 65535)
    else:
        assert not levels.any()


def test_alpha_is_scaled_for_itself() -> None:
    values = np.zeros((2, 2, 4), np.float32)
    values[..., :3] = np.array([0, 400, 800, 200]).reshape(2, 2, 1)
    values[..., 3] = np.array([[0, 0.5], [1, 2]])
    scaled, _ = scale_to_16_bit(values)
    assert scaled[..., 0].tolist() == [[0, 32768], [65535, 16384]]
    assert scaled[..., 3].tolist() == [[0, 32768], [65535, 65535]]


def _pack(values: NDArray[Any], bits: int) -> bytes:
    ones = (values[..., None] >> np.arange(bits)[::-1]) & 1
    return b"".join(np.packbits(row.reshape(-1).astype(np.uint8)).tobytes() for row in ones)


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("bits", [2, 4, 10, 12, 14, 24])
def test_packed_levels_are_spread_or_refused(order: Literal["<", ">"], bits: int) -> None:
    values = np.random.default_rng(0).integers(0, 2**bits, (7, 11))
    packed = np.frombuffer(_pack(values, bits), np.uint8).reshape(7, -1)
    data = files.tiff(packed, order, bits=bits)
    width = struct.pack(order + "HHII", 256, 4, 1, packed.shape[1])
    data = data.replace(width, struct.pack(order + "HHII", 256, 4, 1, 11))
    if bits == 24 or (bits > 8 and order == ">"):
        assert find_reason(data) == f"has {bits}-bit pixels, which are not supported"
        return
    most = 65535 if bits > 8 else 255
    np.testing.assert_array_equal(read(data), np.rint(values * (most / (2**bits - 1))))
    assert decode_picture(PATH, data).notices == ()


@pytest.mark.parametrize("bits", [9, 10, 12, 15])
def test_jpeg_2000_of_other_depths_is_spread(bits: int) -> None:
    values = noise((8, 9), "uint16")
    data = bytearray(with_pillow(values, "JPEG2000", no_jp2=True))
    assert data[42] == 15
    np.testing.assert_array_equal(read(bytes(data)), values)
    data[42] = bits - 1
    # The levels are the same bits about another middle, and cut off at the top.
    image = read(bytes(data))
    shifted = np.clip(values.astype(int) - 2**15 + 2 ** (bits - 1), 0, 2**bits - 1)
    np.testing.assert_array_equal(image, np.rint(shifted * (65535 / (2**bits - 1))))


@pytest.mark.parametrize(
    ("place", "value", "reason"),
    [
        (42, 0x87, "has 8-bit signed pixels"),
        (42, 0x03, "has 4-bit pixels"),
        (42, 0x13, "has 20-bit pixels"),
        (43, 2, "different sizes"),
        (45, 11, "different depths"),
        (19, 1, "does not begin at its grid's corner"),
    ],
)
def test_a_jpeg_2000_that_would_come_out_wrong_is_refused(
    place: int, value: int, reason: str
) -> None:
    image = smooth(20, 30)
    data = bytearray(
        with_pillow(image if place > 42 else image[..., 0].copy(), "JPEG2000", no_jp2=True)
    )
    data[place] = value
    assert reason in find_reason(bytes(data))


def test_jpeg_2000_in_ycc_and_with_palettes() -> None:
    image = smooth(40, 60)
    data = with_pillow(image, "JPEG2000", "YCbCr")
    assert np.abs(read(data).astype(int) - image).max() <= 4
    data = with_pillow(image, "JPEG2000").replace(b"colr", b"pclr")
    assert find_reason(data) == "has a palette, which is not supported in JPEG 2000"


def test_a_wide_profile_on_16_bit_is_told_and_left() -> None:
    pixels = noise((5, 6, 3), "uint16")
    plain = with_pillow(pixels[..., 0].copy(), "PNG")
    data = with_pillow(pixels[..., 0].copy(), "PNG", icc_profile=profile("grey", 1.0))
    picture = decode_picture(PATH, data)
    np.testing.assert_array_equal(picture.pixels, read(plain))
    assert picture.notices == (
        "has the colour profile “Grey”, which is converted only in 8 bit;"
        " its colours are left as they are",
    )
    assert decode_header(PATH, data).notices == picture.notices
