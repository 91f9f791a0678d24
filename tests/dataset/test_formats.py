"""Which files are read: by their first bytes, within limits, the first picture of several."""

import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from studio.dataset.reading.image_file import (
    HEAD_BYTES,
    IMAGE_SUFFIXES,
    CutShortError,
    ImageError,
    decode_header,
    decode_picture,
    decode_thumbnail,
    read_header,
)
from tests.dataset import files
from tests.dataset.files import save
from tests.dataset.samples import PATH, find_reason, read, smooth, sound_files, with_pillow

FIRST = "is animated; its first frame is used"


@pytest.mark.parametrize("name", sound_files())
def test_the_first_bytes_decide_and_not_the_name(tmp_path: Path, name: str) -> None:
    data = sound_files()[name]
    header = read_header(save(tmp_path, data, "picture.txt"))
    assert header.format == name.split()[0]
    picture = decode_picture(PATH, data)
    assert picture.pixels.shape[:2] == (header.height, header.width)
    assert not find_reason(data)
    if "float" not in name:
        assert header.notices == picture.notices


def test_every_format_has_its_suffixes() -> None:
    assert {".jp2", ".j2k", ".jpx", ".avif", ".webp", ".gif", ".tif"} <= IMAGE_SUFFIXES


@pytest.mark.parametrize("name", sound_files())
def test_the_limit_of_pixels_holds_on_every_way_in(name: str) -> None:
    data = sound_files()[name]
    header = decode_header(PATH, data)
    pixels = header.width * header.height
    decode_picture(PATH, data, max_pixels=pixels)
    for work in (
        lambda: decode_header(PATH, data, max_pixels=pixels - 1),
        lambda: decode_picture(PATH, data, max_pixels=pixels - 1),
        lambda: decode_thumbnail(PATH, data, 4, max_pixels=pixels - 1),
    ):
        with pytest.raises(ImageError, match=f"{header.width}×{header.height} pixels, more than"):
            work()


@pytest.mark.parametrize("format", ["GIF", "PNG", "WEBP"])
def test_of_an_animation_the_first_frame_is_read(format: str) -> None:
    image = smooth(30, 44)
    options: dict[str, Any] = {"lossless": True} if format == "WEBP" else {}
    still = read(with_pillow(image, format, **options))
    data = with_pillow(image, format, frames=3, **options)
    np.testing.assert_array_equal(read(data), still)
    assert decode_picture(PATH, data).notices == (FIRST,)
    assert decode_picture(PATH, with_pillow(image, format, frames=1, **options)).notices == ()


def test_an_avif_sequence_shows_its_first_frame() -> None:
    image = smooth(30, 44)
    data = with_pillow(image, "AVIF", frames=3, quality=95)
    assert np.abs(read(data).astype(int) - image).mean() < 5
    assert decode_picture(PATH, data).notices == (FIRST,)
    matrix = struct.pack(">9i", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
    turned = struct.pack(">9i", 0, 0x10000, 0, -0x10000, 0, 0, 0, 0, 0x40000000)
    assert find_reason(data.replace(matrix, turned)) == (
        "is a turned AVIF sequence, which is not supported"
    )


def test_a_gif_keeps_its_first_frame_transparent_whatever_follows() -> None:
    image = smooth(30, 44, 4)
    image[..., 3] = 255
    image[:, :20, 3] = 0
    clear, opaque = with_pillow(image, "GIF"), with_pillow(smooth(30, 44), "GIF")
    start = 13 + 3 * (2 << (opaque[10] & 7))
    colours = opaque[13:start]
    place = opaque.index(b"\x2c", start)
    # The second frame brings its own colours.
    frame = b"\x21\xf9\x04\0\0\0\0\0" + opaque[place : place + 9]
    frame += bytes([0x80 | opaque[10] & 7]) + colours + opaque[place + 10 : -1]
    data = clear[:-1] + frame + b";"
    assert decode_picture(PATH, data).notices == (FIRST,)
    np.testing.assert_array_equal(read(data), read(clear))
    assert not read(data)[:, :20, 3].any()


def test_pages_are_told_and_smaller_copies_are_not() -> None:
    pages = with_pillow(smooth(12, 16), "TIFF", frames=2)
    notice = ("has several pages; its first is used",)
    assert decode_picture(PATH, pages).notices == notice
    single = files.tiff(smooth(12, 16))
    place = len(single) - 4
    entry = struct.pack("<HHHII", 1, 254, 4, 1, 1)
    pyramid = single[:place] + struct.pack("<I", len(single)) + entry + bytes(4)
    assert decode_picture(PATH, pyramid).notices == ()
    looped = single[:place] + struct.pack("<I", len(single)) + entry
    looped += struct.pack("<I", len(single))
    assert decode_picture(PATH, looped).notices == ()
    lying = single[:place] + struct.pack("<I", 2**31)
    np.testing.assert_array_equal(read(lying), read(single))


def test_a_header_that_is_not_all_there_asks_for_more(tmp_path: Path) -> None:
    data = with_pillow(smooth(200, 300, 3), "TIFF", frames=2)
    assert len(data) > HEAD_BYTES
    with pytest.raises(CutShortError):
        decode_header(PATH, data[:HEAD_BYTES])
    assert read_header(save(tmp_path, data)).notices == ("has several pages; its first is used",)


def test_eight_bit_tiles_below_the_picture_are_read() -> None:
    image = smooth(40, 48)
    rows = np.pad(image, ((0, 24), (0, 16), (0, 0))).reshape(2, 32, 2, 32, 3).swapaxes(1, 2)
    data = bytearray(files.tiff(np.ascontiguousarray(rows).reshape(64, 64, 3)[..., ::-1]))
    offsets = np.array([8 + 3072 * tile for tile in range(4)], "<u4").tobytes()
    places = struct.pack("<II", len(data), len(data) + 16)
    data += offsets + np.full(4, 3072, "<u4").tobytes()
    for old, new in (
        ((256, 64), (256, 4, 1, 48)),
        ((257, 64), (257, 4, 1, 40)),
        ((273, 8), (322, 4, 1, 32)),
        ((278, 64), (323, 4, 1, 32)),
        ((279, 12288), (324, 4, 4, struct.unpack("<II", places)[0])),
        ((277, 3), (325, 4, 4, struct.unpack("<II", places)[1])),
    ):
        at = data.index(struct.pack("<HHII", old[0], 4, 1, old[1]))
        struct.pack_into("<HHII", data, at, *new)
    # Tiles need one tag more than strips do.
    start = struct.unpack_from("<I", data, 4)[0]
    count = struct.unpack_from("<H", data, start)[0]
    entries = [bytes(data[start + 2 + 12 * n :][:12]) for n in range(count)]
    entries.append(struct.pack("<HHII", 277, 3, 1, 3))
    entries.sort(key=lambda entry: struct.unpack_from("<H", entry)[0])
    place = len(data)
    data += struct.pack("<H", len(entries)) + b"".join(entries) + bytes(4)
    struct.pack_into("<I", data, 4, place)
    np.testing.assert_array_equal(read(bytes(data)), image)
