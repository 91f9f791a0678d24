"""Arrays of pixels: one picture of many, read where it lies."""

from collections.abc import Generator
from typing import Any, cast

import cv2
import numpy as np
from msgspec import Struct
from msgspec.structs import replace
from numpy.typing import NDArray

from studio.augment.image import Image
from studio.dataset.archives.members import MAX_PIXELS
from studio.dataset.archives.region import ArchiveError, Region

_CHANNELS = (1, 3, 4)
_A_LOOK = 1 << 22
_MOST = {"uint8": 255, "uint16": 65_535}


class Pixels(Struct, frozen=True):
    """`count` pictures at equal distances of `stride` bytes: grey, RGB or RGBA.

    `type` is numpy's name of a number. `planar` pictures have their channels one after the other.
    A value less `low`, times `factor` and rounded, is a level of the type `target`; `notice` says
    so where that is not the value itself.
    """

    region: Region
    start: int
    stride: int
    count: int
    height: int
    width: int
    channels: int
    type: str = "u1"
    planar: bool = False
    target: str = "uint8"
    low: float = 0
    factor: float = 1
    notice: str = ""

    def read(self, index: int) -> bytes:
        """Return one picture as it is stored; ArchiveError where it is not whole."""
        return self.region.read(self.start + index * self.stride, self._bytes())

    def decode(self, raw: bytes) -> Image:
        """Return a picture that was read, BGR."""
        return _arrange(np.ascontiguousarray(self._to_levels(self._shape(raw))))

    def values(self, raw: bytes) -> NDArray[Any] | None:
        """Return the numbers of a picture that was read, BGR; None where they are levels."""
        values = self._shape(raw)
        if _are_levels(values):
            return None
        values = values.astype(values.dtype.newbyteorder("="), copy=False)
        order = [2, 1, 0, 3][: self.channels]
        return np.ascontiguousarray(values[..., 0 if self.channels == 1 else order])

    def _shape(self, raw: bytes) -> NDArray[Any]:
        values = np.frombuffer(raw, self.type)
        if self.planar:
            return values.reshape(self.channels, self.height, self.width).transpose(1, 2, 0)
        return values.reshape(self.height, self.width, self.channels)

    def _bytes(self) -> int:
        return self.height * self.width * self.channels * np.dtype(self.type).itemsize

    def _to_levels(self, values: NDArray[Any]) -> Image:
        if _are_levels(values) and self.factor == 1:
            whole: Image = values.astype(self.target, copy=False)
            return whole
        exact = values.astype(np.float64)
        exact[~np.isfinite(exact)] = self.low
        exact = (exact - self.low) * self.factor
        levels: Image = np.clip(np.rint(exact), 0, _MOST[self.target]).astype(self.target)
        return levels


def _are_levels(values: NDArray[Any]) -> bool:
    return values.dtype.kind == "u" and values.dtype.itemsize <= 2


def _arrange(image: Image) -> Image:
    channels = image.shape[2]
    if channels == 1:
        return np.ascontiguousarray(image[..., 0])
    code = cv2.COLOR_RGB2BGR if channels == 3 else cv2.COLOR_RGBA2BGRA
    return cast(Image, cv2.cvtColor(image, code))


def arrange_pixels(
    region: Region, start: int, shape: tuple[int, ...], type: str
) -> Generator[None, None, Pixels]:
    """Return the pictures of an array in C order of this shape; ArchiveError if it has none.

    Shapes are N×H×W, N×H×W×C and N×C×H×W with C 1, 3 or 4. Unsigned 8 and 16 bit are levels as
    they are; truth values are black and white. Of other numbers all are looked at, as what they
    mean must be one thing for the whole data set: floats within 0 to 1 are multiplied by 65,535;
    others within 0 to 255 are levels of 8 bit, within 0 to 65,535 of 16 bit; anything else is
    stretched, the lowest to 0, the highest to 65,535. What is not finite counts as the lowest.
    """
    count, height, width, channels, planar = _read_shape(shape)
    if height * width > MAX_PIXELS:
        raise ArchiveError(f"has images of {width}×{height} pixels, more than can be taken in")
    size = height * width * channels * np.dtype(type).itemsize
    pixels = Pixels(region, start, size, count, height, width, channels, type, planar)
    return (yield from _with_levels(pixels))


def _read_shape(shape: tuple[int, ...]) -> tuple[int, int, int, int, bool]:
    if min(shape, default=0) < 1:
        raise ArchiveError("is empty")
    if len(shape) == 3:
        return *shape, 1, False
    if len(shape) == 4 and shape[3] in _CHANNELS:
        return *shape, False
    if len(shape) == 4 and shape[1] in _CHANNELS:
        count, channels, height, width = shape
        return count, height, width, channels, True
    sizes = "×".join(map(str, shape))
    raise ArchiveError(
        f"holds numbers in the shape {sizes}; images are N×H×W, or N×H×W×C with 1, 3 or 4 channels"
    )


def _with_levels(pixels: Pixels) -> Generator[None, None, Pixels]:
    dtype = np.dtype(pixels.type)
    if dtype.kind == "b":
        return replace(pixels, type="u1", factor=255.0)
    if dtype.kind == "u" and dtype.itemsize <= 2:
        return replace(pixels, target="uint8" if dtype.itemsize == 1 else "uint16")
    low, high = yield from _find_range(pixels)
    if dtype.kind == "f" and low >= 0 and high <= 1:
        notice = "has float pixels; 0 … 1 became 0 … 65535 of 16 bit"
        return replace(pixels, target="uint16", factor=65_535.0, notice=notice)
    if low >= 0 and high <= 65_535:
        return replace(pixels, target="uint8" if high <= 255 else "uint16")
    factor = 65_535 / span if 0 < (span := high - low) < np.inf else 0.0
    notice = f"has pixels from {low:.6g} to {high:.6g}; they became 0 … 65535 of 16 bit"
    return replace(pixels, target="uint16", low=low, factor=factor, notice=notice)


def _find_range(pixels: Pixels) -> Generator[None, None, tuple[float, float]]:
    low, high = np.inf, -np.inf
    itemsize = np.dtype(pixels.type).itemsize
    end = pixels.start + pixels.stride * pixels.count
    for offset in range(pixels.start, end, _A_LOOK * itemsize):
        raw = pixels.region.read(offset, min(_A_LOOK * itemsize, end - offset))
        values = np.frombuffer(raw, pixels.type)
        values = values[np.isfinite(values)]
        if values.size:
            low, high = min(low, float(values.min())), max(high, float(values.max()))
        yield
    return (low, high) if low <= high else (0.0, 0.0)
