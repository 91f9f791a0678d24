"""Small sound files of every format and of the kinds that take ways of their own."""

import io
import struct
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from PIL import Image, ImageCms

from studio.dataset.reading.image_file import (
    ImageError,
    decode_header,
    decode_picture,
    decode_thumbnail,
)
from tests.dataset import files
from tests.dataset.files import Pixels, encode, noise

PATH = Path("folder/image")


def smooth(height: int, width: int, channels: int = 3, seed: int = 0) -> Pixels:
    """Return soft 8-bit noise over all levels, which lossy formats keep well."""
    image = cv2.GaussianBlur(noise((height, width, channels), seed=seed), (0, 0), 3)
    cv2.normalize(image, image, 0, 255, cv2.NORM_MINMAX)
    return np.asarray(image).reshape((height, width, channels))


def with_pillow(image: Pixels, format: str, mode: str = "", **options: Any) -> bytes:
    """Return what Pillow writes for grey, BGR or BGRA pixels, converted to a mode of its own."""
    order = [2, 1, 0, 3][: image.shape[2]] if image.ndim == 3 else slice(None)
    picture = Image.fromarray(np.ascontiguousarray(image[..., order] if image.ndim == 3 else image))
    if "frames" in options:
        more = range(1, options.pop("frames"))
        turned = [picture.transpose(Image.Transpose.ROTATE_180) for _ in more]
        options |= {"save_all": True, "append_images": turned}
    file = io.BytesIO()
    (picture.convert(mode) if mode else picture).save(file, format, **options)
    return file.getvalue()


@cache
def profile(name: str, gamma: float = 0.0) -> bytes:
    """Return the profile of "srgb", of a "wide" RGB, of "cmyk", or of "grey" with a gamma."""
    if name == "srgb":
        return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    if name == "grey":
        return _profile(b"GRAY", {b"wtpt": _xyz(0.9642, 1, 0.8249), b"kTRC": _curve(gamma)})
    if name == "cmyk":
        return _profile(b"CMYK", {b"wtpt": _xyz(0.9642, 1, 0.8249), b"A2B0": _ink_table()}, b"Lab ")
    # The primaries of Adobe RGB (1998), adapted to D50.
    columns = (
        (0.60974, 0.31111, 0.01947),
        (0.20528, 0.62567, 0.06087),
        (0.14919, 0.06322, 0.74457),
    )
    tags = {b"wtpt": _xyz(0.9642, 1, 0.8249)}
    for letter, column in zip("rgb", columns, strict=True):
        tags[f"{letter}XYZ".encode()] = _xyz(*column)
        tags[f"{letter}TRC".encode()] = _curve(2.2)
    return _profile(b"RGB ", tags)


def _xyz(*values: float) -> bytes:
    return b"XYZ \0\0\0\0" + b"".join(struct.pack(">i", round(v * 65536)) for v in values)


def _curve(gamma: float) -> bytes:
    return b"curv\0\0\0\0" + struct.pack(">IHH", 1, round(gamma * 256), 0)


def _ink_table() -> bytes:
    # For each mix of full inks, black counting last: L* 8 bit, and a*, b* around 128.
    bright = bytes(
        value
        for inks in range(16)
        for value in (0 if inks & 1 else 255 - 25 * (inks >> 1).bit_count(), 128, 128)
    )
    unit = struct.pack(">9i", *(65536 if place % 4 == 0 else 0 for place in range(9)))
    curve = bytes(range(256))
    return b"mft1\0\0\0\0\x04\x03\x02\0" + unit + curve * 4 + bright + curve * 3


def _profile(space: bytes, tags: dict[bytes, bytes], pcs: bytes = b"XYZ ") -> bytes:
    name = {b"RGB ": b"Wide", b"GRAY": b"Grey", b"CMYK": b"Inks"}[space]
    text = b"desc\0\0\0\0" + struct.pack(">I", len(name) + 1) + name + b"\0" + bytes(79)
    tags = {b"desc": text, **tags}
    place, table, body = 132 + 12 * len(tags), b"", b""
    for number, payload in tags.items():
        table += struct.pack(">4sII", number, place + len(body), len(payload))
        body += payload + bytes(-len(payload) % 4)
    kind = b"prtr" if space == b"CMYK" else b"mntr"
    head = struct.pack(">I4x4s4s4s4s", place + len(body), b"\x02\x40\0\0", kind, space, pcs)
    head += bytes(12) + b"acsp" + bytes(28) + struct.pack(">iii", 63190, 65536, 54061) + bytes(48)
    return head + struct.pack(">I", len(tags)) + table + body


@cache
def sound_files() -> dict[str, bytes]:
    """Return files by a name that begins with their format's."""
    image, alpha = smooth(36, 52), smooth(36, 52, 4)
    grey = image[..., 0].copy()
    return {
        "jpeg": encode(image, ".jpg"),
        "jpeg progressive": with_pillow(image, "JPEG", progressive=True),
        "jpeg grey": with_pillow(grey, "JPEG"),
        "jpeg cmyk": with_pillow(image, "JPEG", "CMYK"),
        "jpeg profile": with_pillow(image, "JPEG", icc_profile=profile("wide")),
        "png": encode(alpha, ".png"),
        "png 16": encode(noise((9, 13, 3), "uint16"), ".png"),
        "png palette": with_pillow(image, "PNG", "P"),
        "png animated": with_pillow(image, "PNG", frames=3),
        "webp": with_pillow(image, "WEBP"),
        "webp lossless": with_pillow(alpha, "WEBP", lossless=True),
        "webp animated": with_pillow(image, "WEBP", frames=3),
        "bmp": encode(image, ".bmp"),
        "bmp palette": with_pillow(image, "BMP", "P"),
        "gif": with_pillow(image, "GIF"),
        "gif animated": with_pillow(image, "GIF", frames=3),
        "tiff": files.tiff(image),
        "tiff lzw": with_pillow(image, "TIFF", compression="tiff_lzw"),
        "tiff jpeg": with_pillow(image, "TIFF", compression="jpeg"),
        "tiff cmyk": with_pillow(image, "TIFF", "CMYK"),
        "tiff pages": with_pillow(grey, "TIFF", frames=3),
        "tiff float": files.tiff(image.astype(np.float32), kind=3),
        "tiff 16": files.tiff(noise((9, 13), "uint16")),
        "jpeg2000": with_pillow(image, "JPEG2000"),
        "jpeg2000 stream": with_pillow(grey, "JPEG2000", no_jp2=True),
        "jpeg2000 grey alpha": with_pillow(alpha, "JPEG2000", "LA"),
        "avif": with_pillow(image, "AVIF"),
        "avif alpha": with_pillow(alpha, "AVIF"),
        "avif grey": with_pillow(grey, "AVIF", range="limited"),
        "avif animated": with_pillow(image, "AVIF", frames=3),
    }


def read(data: bytes) -> Pixels:
    """Return the pixels of a file's bytes."""
    return decode_picture(PATH, data).pixels


def find_reason(data: bytes, max_pixels: int = 1_000_000) -> str:
    """Return why a file is refused, the same from picture and thumbnail, or "" if it is read."""
    errors: list[ImageError | None] = []
    works: tuple[Callable[[], Pixels], ...] = (
        lambda: decode_picture(PATH, data, max_pixels=max_pixels).pixels,
        lambda: decode_thumbnail(PATH, data, 6, max_pixels=max_pixels),
    )
    for work in works:
        try:
            assert_keeps_contract(work())
            errors.append(None)
        except ImageError as error:
            errors.append(error)
    picture, thumbnail = errors
    if picture is None or thumbnail is None:
        assert picture is thumbnail
        decode_header(PATH, data, max_pixels=max_pixels)
        return ""
    assert picture.path == PATH
    assert picture.reason
    assert picture.reason == thumbnail.reason
    return picture.reason


def assert_keeps_contract(image: Pixels) -> None:
    """Check what every image of the program is."""
    assert image.dtype in (np.uint8, np.uint16)
    assert image.ndim == 2 or (image.ndim == 3 and image.shape[2] in (3, 4))
    assert image.flags.c_contiguous
