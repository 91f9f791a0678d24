"""Resample a picture once, by a matrix or a map; copy its pixels where that is enough."""

from collections.abc import Callable
from math import hypot, sqrt
from typing import Any, NamedTuple, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from studio.augment.image import Image
from studio.augment.scratch import scratch
from studio.augment.shift import copy_pixels

Floats = NDArray[np.floating[Any]]
Size = tuple[int, int]
"""Width and height, as OpenCV orders them."""

_NO_SECOND_MAP: Any = None
_SMALLEST = 1 / 256
_ALIASES_BELOW = 0.7
_SHRINKS_BELOW = 0.5
_MANY_PIXELS = 4096
_BAND = 1 << 18
_STEP = 8
_FARTHEST = 16.0
_HORIZON = 0.05


class Border(NamedTuple):
    """What lies outside of a picture: OpenCV's code, and the 8-bit level of a constant one.

    A constant border is transparent where there is alpha.
    """

    code: int
    fill: float

    def value(self, image: Image) -> tuple[float, float, float, float]:
        """Return the border's value in the picture's depth."""
        level = self.fill * (257 if image.dtype == np.uint16 else 1)
        return (level, level, level, 0)


Sample = Callable[[Any, Any, int, int], Any]
"""Resamples a grey or four-channel picture: (picture, result or None, first row, rows)."""


class Source:
    """A picture to resample, perhaps many times over."""

    def __init__(self, image: Image) -> None:
        self.image = image
        self._four: Any = None
        self._is_opaque: bool | None = None

    @property
    def size(self) -> Size:
        return self.image.shape[1], self.image.shape[0]

    @property
    def is_opaque(self) -> bool:
        """Whether no pixel is transparent."""
        if self._is_opaque is None:
            has_alpha = self.image.ndim == 3 and self.image.shape[2] == 4
            top = np.iinfo(self.image.dtype).max
            self._is_opaque = not has_alpha or bool(self.image[..., 3].min() == top)
        return self._is_opaque

    def four(self) -> Any:
        """Return a colour picture with a fourth channel, made once."""
        if self._four is None:
            self._four = cv2.cvtColor(self.image, cv2.COLOR_BGR2BGRA)
        return self._four


def warp_matrix(source: Source, centred: Floats, size: Size, border: Border, result: Any) -> Image:
    """Return the picture under a 3×3 matrix between pixels from each picture's centre.

    Written into `result` where that helps. A matrix that only turns, mirrors, crops, shifts or pads
    by whole pixels copies pixels, and the identity gives the picture itself.
    """
    copied = copy_pixels(source.image, centred, size, border.code, border.value(source.image))
    if copied is not None:
        return cast(Image, copied)
    linear = (centred / centred[2, 2])[:2, :2]
    source, centred = _without_detail(source, centred, linear)
    if _is_resize(source, centred, size):
        inter = cv2.INTER_AREA if centred[0, 0] < 1 and centred[1, 1] < 1 else cv2.INTER_LINEAR
        if source.is_opaque:
            return cast(Image, cv2.resize(source.image, size, dst=result, interpolation=inter))
    matrix = from_centre(size) @ centred @ to_centre(source.size)
    if abs(centred[2, 0]) + abs(centred[2, 1]) == 0:
        return _sample(source, _affine(matrix[:2], size, border, source.image), size, result)
    if _shows_horizon(np.linalg.inv(centred), size):
        x, y = lattice(size)
        return warp_map(source, *project(np.linalg.inv(centred), x, y), size, border, result)
    return _sample(source, _perspective(matrix, size, border, source.image), size, result)


def warp_map(
    source: Source, x: Floats, y: Floats, size: Size, border: Border, result: Any
) -> Image:
    """Return the picture with each place of `lattice(size)` taken from x, y, from the centre."""
    width, height = source.size
    reach = _FARTHEST * max(width, height)
    places: Any = np.stack(
        [
            np.clip(x, -reach, reach) + (width - 1) / 2,
            np.clip(y, -reach, reach) + (height - 1) / 2,
        ],
        axis=-1,
    ).astype(np.float32)
    value = border.value(source.image)

    def sample(image: Any, dst: Any, top: int, rows: int) -> Any:
        return cv2.remap(
            image,
            _every_place(places, size, top, rows),
            _NO_SECOND_MAP,
            cv2.INTER_LINEAR,
            dst=dst,
            borderMode=border.code,
            borderValue=value,
        )

    return _sample(source, sample, size, result)


def _every_place(places: Any, size: Size, top: int, rows: int) -> Any:
    """Return the places of some rows of pixels, from those of the lattice."""
    step = lattice_step(size)
    if step == 1:
        return places[top : top + rows]
    some = places[top // step : -(-(top + rows) // step) + 2]
    shape = (some.shape[0] * step, some.shape[1] * step)
    full = scratch("map", (*shape, 2), np.float32)
    cv2.resize(some, shape[::-1], dst=full, interpolation=cv2.INTER_LINEAR)
    return full[step : step + rows, step : step + size[0]]


def lattice_step(size: Size) -> int:
    """Return how many pixels apart the places are for which a map is worked out."""
    return _STEP if min(size) >= 8 * _STEP else 1


def lattice(size: Size) -> tuple[Floats, Floats]:
    """Return the places x, y of a result, from its centre, for which a map is worked out.

    Enlarging by `lattice_step` gives every pixel's place, behind a margin of one step.
    """
    step = lattice_step(size)
    axes = []
    for length in size:
        if step == 1:
            axes.append(np.arange(length) - (length - 1) / 2)
        else:
            nodes = np.arange(-1, -(-length // step) + 1)
            axes.append(nodes * step + (step - 1) / 2 - (length - 1) / 2)
    x, y = np.meshgrid(*axes)
    return x, y


def project(matrix: Floats, x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """Return where a 3×3 matrix leads from places x, y; behind the horizon, to far away."""
    across, down, depth = (row[0] * x + row[1] * y + row[2] for row in matrix)
    depth = np.where(np.abs(depth) < 1e-6, 1e-6, depth)
    return across / depth, down / depth


def to_centre(size: Size) -> Floats:
    """Return the matrix from pixels to pixels from the centre."""
    return np.array([[1, 0, (1 - size[0]) / 2], [0, 1, (1 - size[1]) / 2], [0, 0, 1]])


def from_centre(size: Size) -> Floats:
    """Return the matrix from pixels from the centre to pixels."""
    return np.array([[1, 0, (size[0] - 1) / 2], [0, 1, (size[1] - 1) / 2], [0, 0, 1]])


def without_detail(source: Source, linear: Floats) -> tuple[Source, Floats]:
    """Return the picture without what is too fine for a result that shrinks it by `linear`.

    Linear interpolation looks at four pixels; finer detail would come out as false patterns. Beside
    the picture, which may have fewer pixels, comes the matrix from its places to the source's.
    """
    (a, b), (c, d) = linear.tolist()
    total, part = hypot(a + d, c - b), hypot(a - d, c + b)
    largest, smallest = (total + part) / 2, abs(total - part) / 2
    ratio = np.eye(3)
    image: Any = source.image
    if largest < _SHRINKS_BELOW:
        width, height = source.size
        times = 1 / max(largest, _SMALLEST)
        small = max(1, round(width / times)), max(1, round(height / times))
        ratio = np.diag([width / small[0], height / small[1], 1.0])
        image = _shrink(source, small)
        smallest /= largest
    if smallest < _ALIASES_BELOW:
        deviation = 0.35 * sqrt(1 / max(smallest, _SMALLEST) ** 2 - 1)
        image = cv2.GaussianBlur(image, (0, 0), deviation)
    return (source if image is source.image else Source(image)), ratio


def _shrink(source: Source, size: Size) -> Any:
    if source.is_opaque:
        return cv2.resize(source.image, size, interpolation=cv2.INTER_AREA)
    return _weighed(source.image, lambda image: cv2.resize(image, size, interpolation=3))


def _without_detail(source: Source, centred: Floats, linear: Floats) -> tuple[Source, Floats]:
    smallest = float(np.linalg.svd(linear, compute_uv=False)[-1])
    if smallest < _SMALLEST:
        # A reflecting border is found by going back and forth, once for every copy of the content
        # that lies between: many steps that each shrink would take hours to draw uniform grey.
        grow = _SMALLEST / max(smallest, 1e-300)
        centred = np.diag([grow, grow, 1.0]) @ centred
        linear = linear * grow
    source, ratio = without_detail(source, linear)
    return source, centred @ ratio


def _is_resize(source: Source, centred: Floats, size: Size) -> bool:
    scales = [size[0] / source.size[0], size[1] / source.size[1], 1.0]
    return bool(np.abs(centred - np.diag(scales)).max() <= 1e-9)


def _shows_horizon(inverse: Floats, size: Size) -> bool:
    x, y = size[0] / 2, size[1] / 2
    depths = inverse[2] @ np.array([[-x, x, -x, x], [-y, -y, y, y], [1, 1, 1, 1]])
    return bool(depths.min() < _HORIZON * abs(depths).max())


def _affine(matrix: Floats, size: Size, border: Border, image: Image) -> Sample:
    value = border.value(image)

    def sample(image: Any, dst: Any, top: int, rows: int) -> Any:
        return cv2.warpAffine(
            image,
            matrix - [[0, 0, 0], [0, 0, top]],
            (size[0], rows),
            dst=dst,
            flags=cv2.INTER_LINEAR,
            borderMode=border.code,
            borderValue=value,
        )

    return sample


def _perspective(matrix: Floats, size: Size, border: Border, image: Image) -> Sample:
    value = border.value(image)

    def sample(image: Any, dst: Any, top: int, rows: int) -> Any:
        return cv2.warpPerspective(
            image,
            np.array([[1, 0, 0], [0, 1, -top], [0, 0, 1]]) @ matrix,
            (size[0], rows),
            dst=dst,
            flags=cv2.INTER_LINEAR,
            borderMode=border.code,
            borderValue=value,
        )

    return sample


def _sample(source: Source, sample: Sample, size: Size, result: Any) -> Image:
    image = source.image
    width, height = size
    if not source.is_opaque:
        return cast(Image, _weighed(image, lambda image: sample(image, None, 0, height)))
    if image.size < _MANY_PIXELS:
        return cast(Image, sample(image, result, 0, height))
    # OpenCV samples four channels in half the time of three, to the same values. A band of rows
    # at a time, what lies between stays in the processor's cache.
    is_colour = image.ndim == 3 and image.shape[2] == 3
    picture = source.four() if is_colour else image
    band = max(_STEP, _BAND // width // _STEP * _STEP)
    for top in range(0, height, band):
        rows = min(band, height - top)
        part = result[top : top + rows]
        if is_colour:
            warped = scratch("warped", (rows, width, 4), image.dtype)
            sample(picture, warped, top, rows)
            cv2.cvtColor(warped, cv2.COLOR_BGRA2BGR, dst=part)
        else:
            sample(picture, part, top, rows)
    return cast(Image, result)


def _weighed(image: Any, work: Callable[[Any], Any]) -> Any:
    # Colours count as much as they are seen: otherwise what lies under transparent pixels, often
    # black, would bleed into the edges.
    seen = image.astype(np.float32)
    seen[..., :3] *= seen[..., 3:]
    seen = work(seen)
    worked = work(image)
    alpha = seen[..., 3:]
    colour = np.divide(seen[..., :3], alpha, out=seen[..., :3], where=alpha > 0)
    np.copyto(worked[..., :3], np.rint(colour), where=alpha > 0, casting="unsafe")
    return worked
