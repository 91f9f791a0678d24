"""Every kind of PNG that the standard knows is read to the last level."""

import itertools
import struct
import zlib

import numpy as np
import pytest

from tests.dataset.files import Pixels, png_with
from tests.dataset.samples import find_reason, read

GREY, RGB, PALETTE, GREY_ALPHA, RGB_ALPHA = 0, 2, 3, 4, 6
CHANNELS = {GREY: 1, RGB: 3, PALETTE: 1, GREY_ALPHA: 2, RGB_ALPHA: 4}
DEPTHS = {GREY: (1, 2, 4, 8, 16), RGB: (8, 16), PALETTE: (1, 2, 4, 8), GREY_ALPHA: (8, 16)}
DEPTHS[RGB_ALPHA] = (8, 16)
KINDS = [
    (kind, bits, interlaced, transparent)
    for kind, depths in DEPTHS.items()
    for bits, interlaced, transparent in itertools.product(depths, (False, True), (False, True))
    if not (transparent and kind in (GREY_ALPHA, RGB_ALPHA))
]
ADAM7 = (
    *((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4)),
    *((0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)),
)
COLOURS = np.random.default_rng(1).integers(0, 256, (256, 4), np.uint8)


def pack(samples: Pixels, bits: int, filtered: bool) -> bytes:
    """Return rows of bytes, each behind its filter's number: none, or that of differences."""
    rows = b""
    for row in samples.reshape(len(samples), -1):
        if bits == 16:
            line = row.astype(">u2").tobytes()
        else:
            ones = (row[:, None] >> np.arange(bits)[::-1]) & 1
            line = np.packbits(ones.astype(np.uint8)).tobytes()
        if filtered:
            step = max(1, samples.shape[2] * bits // 8)
            before = bytes(step) + line
            line = bytes((now - past) & 255 for now, past in zip(line, before, strict=False))
        rows += bytes([int(filtered)]) + line
    return rows


def make_png(samples: Pixels, kind: int, bits: int, interlaced: bool, key: bytes) -> bytes:
    height, width = samples.shape[:2]
    parts = ADAM7 if interlaced else ((0, 0, 1, 1),)
    passes = (samples[y::down, x::right] for x, y, right, down in parts)
    body = b"".join(
        pack(part, bits, number % 2 == 0) for number, part in enumerate(passes) if part.size
    )
    head = struct.pack(">IIBBBBB", width, height, bits, kind, 0, 0, int(interlaced))
    chunks = [(b"IHDR", head)]
    if kind == PALETTE:
        chunks.append((b"PLTE", COLOURS[: 2**bits, :3].tobytes()))
    if key:
        chunks.append((b"tRNS", key))
    data = zlib.compress(body)
    chunks += [(b"IDAT", data[:20]), (b"IDAT", data[20:]), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(payload))
        + name
        + payload
        + struct.pack(">I", zlib.crc32(name + payload))
        for name, payload in chunks
    )


def expect(samples: Pixels, kind: int, bits: int, key: bytes) -> Pixels:
    if kind == PALETTE:
        colours: Pixels = COLOURS[samples[..., 0]][..., [2, 1, 0, 3]].copy()
        opaque = samples[..., 0] >= len(key)
        colours[..., 3][opaque] = 255
        return colours if key else colours[..., :3]
    full = 65535 if bits == 16 else 255
    dtype = np.uint16 if bits == 16 else np.uint8
    levels: Pixels = (samples.astype(int) * full // (2**bits - 1)).astype(dtype)
    order = {GREY: [0], RGB: [2, 1, 0], GREY_ALPHA: [0, 0, 0, 1], RGB_ALPHA: [2, 1, 0, 3]}[kind]
    if not key:
        chosen: Pixels = levels[..., order]
        return chosen[..., 0] if kind == GREY else chosen
    same = (samples == np.frombuffer(key, ">u2")).all(axis=-1)
    alpha = np.where(same, 0, full).astype(dtype)
    return np.dstack([levels[..., order * (3 // len(order))], alpha])


@pytest.mark.parametrize(("kind", "bits", "interlaced", "transparent"), KINDS)
def test_every_kind_is_read_to_the_last_level(
    kind: int, bits: int, interlaced: bool, transparent: bool
) -> None:
    rng = np.random.default_rng(bits)
    for size in ((1, 1), (3, 2), (13, 21)):
        samples = rng.integers(0, 2**bits, (*size, CHANNELS[kind]), np.uint16)
        key = b""
        if transparent and kind == PALETTE:
            key = COLOURS[: 2**bits - 1, 3].tobytes()
        elif transparent:
            key = samples[0, 0].astype(">u2").tobytes()
        image = read(make_png(samples, kind, bits, interlaced, key))
        expected = expect(samples, kind, bits, key)
        assert image.dtype == expected.dtype
        np.testing.assert_array_equal(image, expected)


def test_a_damaged_check_sum_or_a_missing_part_is_refused() -> None:
    samples = np.random.default_rng(0).integers(0, 256, (9, 9, 3), np.uint16)
    png = make_png(samples, RGB, 8, False, b"")
    assert not find_reason(png)
    place = png.index(b"IDAT") + 8
    assert find_reason(png[:place] + bytes([png[place] ^ 1]) + png[place + 1 :])
    assert find_reason(png[:-12])
    assert find_reason(png.replace(b"IDAT", b"IDAX"))


def test_packed_texts_are_not_unpacked() -> None:
    samples = np.random.default_rng(0).integers(0, 256, (9, 9, 3), np.uint16)
    png = make_png(samples, RGB, 8, False, b"")
    for name, head in ((b"zTXt", b"k\0\0"), (b"iTXt", b"k\0\1\0\0\0")):
        png = png_with(name, head + zlib.compress(bytes(1000)), png)
    np.testing.assert_array_equal(read(png), samples[..., ::-1].astype(np.uint8))
