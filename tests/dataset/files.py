"""Image files made byte by byte, for what an encoder would not write."""

import struct
import zlib
from pathlib import Path
from typing import Any, Literal

import cv2
import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[Any]


def save(folder: Path, data: bytes, name: str = "image") -> Path:
    """Write a file and return its path."""
    path = folder / name
    path.write_bytes(data)
    return path


def noise(shape: tuple[int, ...], dtype: str = "uint8", seed: int = 0) -> Pixels:
    """Return random pixels over the whole range of the type."""
    most = int(np.iinfo(dtype).max)
    return np.random.default_rng(seed).integers(0, most, shape, dtype, endpoint=True)


def encode(image: Pixels, suffix: str, *parameters: int) -> bytes:
    """Return what OpenCV writes for a suffix like ".png"."""
    done, data = cv2.imencode(suffix, image, parameters)
    assert done
    return data.tobytes()


def exif(orientation: int, order: str = "<") -> bytes:
    """Return an EXIF block that holds the orientation alone."""
    mark = b"II" if order == "<" else b"MM"
    entry = struct.pack(order + "HHIHH", 274, 3, 1, orientation, 0)
    return mark + struct.pack(order + "HIH", 42, 8, 1) + entry + bytes(4)


def jpeg_with(payload: bytes, image: Pixels, marker: int = 0xE1) -> bytes:
    """Return a JPEG with a segment of its own before all others."""
    data = encode(image, ".jpg", cv2.IMWRITE_JPEG_QUALITY, 95)
    return data[:2] + struct.pack(">BBH", 0xFF, marker, len(payload) + 2) + payload + data[2:]


def png_with(name: bytes, payload: bytes, png: bytes) -> bytes:
    """Return the PNG with a chunk of its own after the header chunk."""
    body = name + payload
    chunk = struct.pack(">I", len(payload)) + body + struct.pack(">I", zlib.crc32(body))
    return png[:33] + chunk + png[33:]


def png_header(width: int, height: int) -> bytes:
    """Return a PNG that claims a size and holds next to nothing."""
    body = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    start = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + body
    return start + struct.pack(">I", zlib.crc32(body)) + bytes(64)


def webp_with_exif(block: bytes, image: Pixels) -> bytes:
    """Return a lossless WebP with an EXIF block."""
    still = encode(image, ".webp", cv2.IMWRITE_WEBP_QUALITY, 101)[12:]
    height, width = image.shape[:2]
    sides = struct.pack("<I", width - 1)[:3] + struct.pack("<I", height - 1)[:3]
    extended = b"VP8X" + struct.pack("<II", 10, 0x08) + sides
    chunk = b"EXIF" + struct.pack("<I", len(block)) + block + bytes(len(block) % 2)
    body = b"WEBP" + extended + still + chunk
    return b"RIFF" + struct.pack("<I", len(body)) + body


def tiff(pixels: Pixels, order: Literal["<", ">"] = "<", **changes: int) -> bytes:
    """Return an uncompressed TIFF of pixels in RGB order; changes replace or add tags by name."""
    names = {"bits": 258, "photometric": 262, "orientation": 274, "planar": 284, "extra": 338}
    names |= {"tile_width": 322, "tile_height": 323, "kind": 339}
    height, width = pixels.shape[:2]
    samples = pixels.shape[2] if pixels.ndim == 3 else 1
    body = pixels.astype(pixels.dtype.newbyteorder(order)).tobytes()
    bits = struct.pack(f"{order}{samples}H", *[pixels.dtype.itemsize * 8] * samples)
    tags = {256: width, 257: height, 258: pixels.dtype.itemsize * 8, 259: 1}
    tags |= {262: 2 if samples > 1 else 1, 273: 8, 277: samples, 278: height, 279: len(body)}
    tags |= {names[name]: value for name, value in changes.items()}
    directory = struct.pack(order + "H", len(tags))
    for number, value in sorted(tags.items()):
        if number == 258 and samples > 2:
            directory += struct.pack(order + "HHII", number, 3, samples, 8 + len(body))
        else:
            directory += struct.pack(order + "HHII", number, 4, 1, value)
    start = 8 + len(body) + len(bits)
    mark = b"II" if order == "<" else b"MM"
    head = mark + struct.pack(order + "HI", 42, start)
    return head + body + bits + directory + bytes(4)
