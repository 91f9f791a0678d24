"""Resample a picture once, by a matrix or a map; copy its pixels where that is enough."""

from collections.abc import Callable
from math import ceil, sqrt
from typing import Any, NamedTuple, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from studio.augment.homography import (
    IDENTITY,
    Homography,
    Point,
    invert,
    is_affine,
    multiply,
    scaling,
    stretches,
    to_array,
    translation,
)
from studio.augment.image import Image
from studio.augment.scratch import Loan, scratch
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
_PADDINGS = (0.25, 0.5)
_MOST_PADDED = 16_000_000
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
Aim = Callable[[int, int], Sample]
"""Makes a `Sample` for a picture that has so many more pixels at its left and at its top."""


class Source:
    """A picture to resample, perhaps many times over. `close` when done with it."""

    def __init__(self, image: Image) -> None:
        self.image = image
        self._loan = Loan()
        self._four: Any = None
        self._padded: dict[tuple[int, int, int], Any] = {}
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

    @property
    def is_colour(self) -> bool:
        """Whether there are three channels."""
        return self.image.ndim == 3 and self.image.shape[2] == 3

    def picture(self) -> Any:
        """Return the picture as OpenCV samples it best: with four channels instead of three."""
        if not self.is_colour:
            return self.image
        if self._four is None:
            four = self._loan.borrow((*self.image.shape[:2], 4), self.image.dtype)
            self._four = cv2.cvtColor(self.image, cv2.COLOR_BGR2BGRA, dst=four)
        return self._four

    def padded(self, across: int, down: int, code: int) -> Any:
        """Return `picture` with a border of so many pixels at both sides, and above and below."""
        key = (across, down, code)
        if key not in self._padded:
            picture = self.picture()
            shape = (picture.shape[0] + 2 * down, picture.shape[1] + 2 * across)
            padded = self._loan.borrow((*shape, *picture.shape[2:]), picture.dtype)
            cv2.copyMakeBorder(picture, down, down, across, across, code, dst=padded)
            self._padded[key] = padded
        return self._padded[key]

    def close(self) -> None:
        """Give back working memory."""
        self._four = None
        self._padded = {}
        self._loan.give_back()


def warp_matrix(
    source: Source, centred: Homography, size: Size, border: Border, result: Any
) -> Image:
    """Return the picture under a matrix between pixels from each picture's centre.

    Written into `result` where that helps. A matrix that only turns, mirrors, crops, shifts or pads
    by whole pixels copies pixels, and the identity gives the picture itself.
    """
    copied = copy_pixels(source.image, centred, size, border.code, border.value(source.image))
    if copied is not None:
        return cast(Image, copied)
    seen, centred = _without_detail(source, centred)
    if _is_resize(seen, centred, size) and seen.is_opaque:
        return _resize(seen.image, size, result)
    inverse = invert(centred)
    if not is_affine(centred) and _shows_horizon(inverse, size):
        return warp_map(seen, *project(inverse, *lattice(size)), size, border, result)
    matrix = multiply(multiply(_from_centre(size), centred), _to_centre(seen.size))
    aim = (_affine if is_affine(centred) else _perspective)(matrix, size, border, seen.image)
    return _sample(seen, aim, size, border, _reach(inverse, size, seen.size), result)


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

    def aim(left: int, above: int) -> Sample:
        shifted = places + np.array([left, above], np.float32)

        def sample(image: Any, dst: Any, top: int, rows: int) -> Any:
            return cv2.remap(
                image,
                _every_place(shifted, size, top, rows),
                _NO_SECOND_MAP,
                cv2.INTER_LINEAR,
                dst=dst,
                borderMode=border.code,
                borderValue=value,
            )

        return sample

    return _sample(source, aim, size, border, _overhang(source.size, x, y), result)


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


def project(matrix: Homography, x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """Return where a matrix leads from places x, y; behind the horizon, to far away."""
    a, b, c, d, e, f, g, h, i = matrix
    if is_affine(matrix):
        return a * x + b * y + c, d * x + e * y + f
    depth = g * x + h * y + i
    depth = np.where(np.abs(depth) < 1e-6, 1e-6, depth)
    return (a * x + b * y + c) / depth, (d * x + e * y + f) / depth


def _to_centre(size: Size) -> Homography:
    return translation((1 - size[0]) / 2, (1 - size[1]) / 2)


def _from_centre(size: Size) -> Homography:
    return translation((size[0] - 1) / 2, (size[1] - 1) / 2)


def without_detail(source: Source, matrix: Homography) -> tuple[Source, Homography]:
    """Return the picture without what is too fine for a result that a matrix shrinks it to.

    Linear interpolation looks at four pixels; finer detail would come out as false patterns. Beside
    the picture, which may have fewer pixels, comes the matrix from its places to the source's.
    """
    largest, smallest = stretches(matrix)
    if smallest >= _ALIASES_BELOW:
        return source, IDENTITY
    ratio = IDENTITY
    image: Any = source.image
    if largest < _SHRINKS_BELOW:
        width, height = source.size
        largest = max(largest, _SMALLEST)
        small = max(1, round(width * largest)), max(1, round(height * largest))
        ratio = scaling(width / small[0], height / small[1])
        image = _shrink(source, small)
        smallest /= largest
    if smallest < _ALIASES_BELOW:
        deviation = 0.35 * sqrt(1 / max(smallest, _SMALLEST) ** 2 - 1)
        image = cv2.GaussianBlur(image, (0, 0), deviation)
    return Source(image), ratio


def _shrink(source: Source, size: Size) -> Any:
    if source.is_opaque:
        return cv2.resize(source.image, size, interpolation=cv2.INTER_AREA)
    return _weighed(source.image, lambda image: cv2.resize(image, size, interpolation=3))


def _without_detail(source: Source, centred: Homography) -> tuple[Source, Homography]:
    smallest = stretches(centred)[1]
    if smallest < _SMALLEST:
        # A reflecting border is found by going back and forth, once for every copy of the content
        # that lies between: many steps that each shrink would take hours to draw uniform grey.
        grow = _SMALLEST / max(smallest, 1e-300)
        centred = multiply(scaling(grow, grow), centred)
    source, ratio = without_detail(source, centred)
    return source, multiply(centred, ratio)


def _is_resize(source: Source, centred: Homography, size: Size) -> bool:
    whole = scaling(size[0] / source.size[0], size[1] / source.size[1])
    return all(abs(one - other) <= 1e-9 for one, other in zip(centred, whole, strict=True))


def _resize(image: Any, size: Size, result: Any) -> Image:
    shrinks = size[0] <= image.shape[1] and size[1] <= image.shape[0]
    inter = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
    return cast(Image, cv2.resize(image, size, dst=result, interpolation=inter))


def _shows_horizon(inverse: Homography, size: Size) -> bool:
    *_, g, h, i = inverse
    depths = [g * x + h * y + i for x, y in _corners(size)]
    return min(depths) < _HORIZON * max(map(abs, depths))


def _corners(size: Size) -> tuple[Point, Point, Point, Point]:
    x, y = (size[0] - 1) / 2, (size[1] - 1) / 2
    return (-x, -y), (x, -y), (-x, y), (x, y)


def _reach(inverse: Homography, size: Size, source: Size) -> float:
    """Return how far the result's corners are outside of the source: see `_overhang`."""
    a, b, c, d, e, f, g, h, i = inverse
    most = 0.0
    for x, y in _corners(size):
        depth = g * x + h * y + i
        across, down = abs((a * x + b * y + c) / depth), abs((d * x + e * y + f) / depth)
        most = max(most, across / source[0], down / source[1])
    return most - 0.5


def _overhang(size: Size, x: Floats, y: Floats) -> float:
    """Return how far places are outside of a picture, as a share of its width or height."""
    return float(max(np.abs(x).max() / size[0], np.abs(y).max() / size[1])) - 0.5


def _affine(matrix: Homography, size: Size, border: Border, image: Image) -> Aim:
    value = border.value(image)

    def aim(left: int, above: int) -> Sample:
        moved = multiply(matrix, translation(-left, -above))

        def sample(image: Any, dst: Any, top: int, rows: int) -> Any:
            return cv2.warpAffine(
                image,
                to_array(multiply(translation(0, -top), moved))[:2],
                (size[0], rows),
                dst=dst,
                flags=cv2.INTER_LINEAR,
                borderMode=border.code,
                borderValue=value,
            )

        return sample

    return aim


def _perspective(matrix: Homography, size: Size, border: Border, image: Image) -> Aim:
    value = border.value(image)

    def aim(left: int, above: int) -> Sample:
        moved = multiply(matrix, translation(-left, -above))

        def sample(image: Any, dst: Any, top: int, rows: int) -> Any:
            return cv2.warpPerspective(
                image,
                to_array(multiply(translation(0, -top), moved)),
                (size[0], rows),
                dst=dst,
                flags=cv2.INTER_LINEAR,
                borderMode=border.code,
                borderValue=value,
            )

        return sample

    return aim


def _sample(
    source: Source, aim: Aim, size: Size, border: Border, overhang: float, result: Any
) -> Image:
    image = source.image
    width, height = size
    if not source.is_opaque:
        return cast(Image, _weighed(image, lambda image: aim(0, 0)(image, None, 0, height)))
    if image.size < _MANY_PIXELS:
        return cast(Image, aim(0, 0)(image, result, 0, height))
    across, down = _padding(source, border, overhang)
    sample = aim(across, down)
    picture = source.padded(across, down, border.code) if across else source.picture()
    # A band of rows at a time, what lies between stays in the processor's cache.
    band = max(_STEP, _BAND // width // _STEP * _STEP)
    for top in range(0, height, band):
        rows = min(band, height - top)
        part = result[top : top + rows]
        if source.is_colour:
            warped = scratch("warped", (rows, width, 4), image.dtype)
            sample(picture, warped, top, rows)
            cv2.cvtColor(warped, cv2.COLOR_BGRA2BGR, dst=part)
        else:
            sample(picture, part, top, rows)
    return cast(Image, result)


def _padding(source: Source, border: Border, overhang: float) -> tuple[int, int]:
    # OpenCV takes several times as long for a pixel from outside as for one from inside, except
    # where the outside is constant. Few amounts, so that copies of an image find one made already.
    if border.code == cv2.BORDER_CONSTANT or overhang <= 0:
        return 0, 0
    width, height = source.size
    for share in _PADDINGS:
        across, down = ceil(share * width), ceil(share * height)
        pixels = (width + 2 * across) * (height + 2 * down)
        if overhang * width < across - 1 and overhang * height < down - 1:
            return (across, down) if pixels <= _MOST_PADDED else (0, 0)
    return 0, 0


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
