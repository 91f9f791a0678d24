"""Operations that smooth, and the filters that other operations are made of.

A wide kernel costs its size on every pixel; the same blur of a smaller copy does not, and what the
copy leaves out is finer than what the blur lets through.
"""

from collections.abc import Callable
from functools import partial
from math import ceil, log2, sqrt
from typing import Annotated, Any

import cv2
import numpy as np
from numpy.typing import NDArray

from studio.augment.operation import Frame, Number, Pixels, operation
from studio.augment.scratch import scratch

Kernel = NDArray[np.float32]
LEAST_DEVIATION = 0.1
"""A blur of less than this many pixels does not reach the next one."""

_SHRINKS_FROM = 1.75
_LARGEST_DISC = 5.0
# Medians of taps × taps pixels that lie so far apart, one after the other, and together closest to
# the one of all pixels in a square of that side: a few levels from all over the square, and then
# the middle one of neighbours' middle ones. Rousseeuw and Bassett 1990, "The remedian".
_MEDIANS = {
    1: (),
    3: ((3, 1),),
    5: ((5, 1),),
    7: ((3, 2), (3, 1), (3, 1)),
    9: ((3, 3), (3, 1), (3, 1)),
    11: ((5, 2), (3, 1), (3, 1)),
    13: ((3, 4), (5, 1), (3, 1)),
    15: ((5, 3), (3, 1), (3, 1)),
}
_LARGEST_MEDIAN = max(_MEDIANS)
_BAND = 1 << 20
_PIECE = 1 << 18
_FEW_TAPS = 9


@operation("Blur and quality")
def gaussian_blur(
    image: Pixels,
    frame: Frame,
    *,
    sigma: Annotated[
        float,
        Number(
            low=0,
            high=5,
            default=(0, 0.8),
            neutral=0,
            unit="%",
            step=0.05,
            help="Standard deviation, in percent of the shorter side.",
        ),
    ],
) -> Pixels:
    """Smooth the picture with a bell-shaped kernel.

    The plainest blur, and roughly that of a lens out of focus.
    """
    return smooth(image, frame.pixels(sigma), image)


@operation("Blur and quality")
def defocus(
    image: Pixels,
    frame: Frame,
    *,
    radius: Annotated[
        float,
        Number(
            low=0,
            high=5,
            default=(0.4, 1.6),
            neutral=0,
            unit="%",
            step=0.05,
            help="Radius of the disc that a point becomes, in percent of the shorter side.",
        ),
    ],
) -> Pixels:
    """Put the picture out of focus.

    Every point becomes an even disc, as behind an open aperture: edges turn into ramps, and small
    lights into spots.
    """
    pixels = frame.pixels(radius)
    if pixels <= _LARGEST_DISC:
        return convolve(image, _disc(pixels))
    times: int = 2 ** ceil(log2(pixels / _LARGEST_DISC))
    small = smaller_copy(image, times)
    # A disc's variance is radius² / 4 to each side.
    disc = _disc(2 * _rest(pixels / 2, times))
    return enlarge_into(convolve(small, disc), times, image)


@operation("Blur and quality")
def median_blur(
    image: Pixels,
    frame: Frame,
    *,
    size: Annotated[
        float,
        Number(
            low=0,
            high=10,
            default=(0.7, 2),
            neutral=0,
            unit="%",
            step=0.1,
            help="Width of the square that is looked at, in percent of the shorter side.",
        ),
    ],
) -> Pixels:
    """Give each pixel the middle level of its surroundings.

    Removes specks and fine texture and keeps edges, which looks like paint. From 7 pixels on it is
    a median of medians, at a small part of the cost.
    """
    side = 2 * int(frame.pixels(size) / 2) + 1
    times = 1 if side <= _LARGEST_MEDIAN else 2 ** ceil(log2(side / _LARGEST_MEDIAN))
    if times == 1:
        return _median(image, side)
    small = _median(smaller_copy(image, times), 2 * int(side / times / 2) + 1)
    return enlarge_into(small, times, image)


def smooth(image: Pixels, deviation: float, out: Pixels) -> Pixels:
    """Write a Gaussian blur of that many pixels into `out`, which may be the image; return it."""
    if deviation < _SHRINKS_FROM:
        if out is not image:
            np.copyto(out, image)
        return convolve(out, _bell(deviation)) if deviation >= LEAST_DEVIATION else out
    times: int = 2 ** max(1, int(log2(deviation)))
    small = smaller_copy(image, times)
    # The direct blur mirrors at the middle of the outer pixels: in the copy, nearly their edge.
    rest = _rest(deviation, times)
    small = cv2.GaussianBlur(small, (0, 0), rest, dst=small, borderType=cv2.BORDER_REFLECT)
    return enlarge_into(small, times, out)


def _bell(deviation: float) -> Kernel:
    reach = max(1, round(2.8 * deviation))
    places = np.arange(-reach, reach + 1) / deviation
    bell = np.exp(-0.5 * places * places)
    kernel: Kernel = (bell / bell.sum()).astype(np.float32)
    return kernel


def _rest(deviation: float, times: int) -> float:
    """Return the blur that a copy needs, in its own pixels, to be as blurred once enlarged."""
    # The mean of times × times pixels is a blur of variance (times² - 1) / 12 already, and
    # linear interpolation between such means is one of (times² - 1) / 6.
    return sqrt(deviation**2 - (times**2 - 1) / 4) / times


def smaller_copy(image: Pixels, times: int) -> Pixels:
    """Return a new copy, each pixel the mean of times × times, the edges filled up by mirroring."""
    height, width = image.shape[:2]
    # Whole multiples take OpenCV's fast way, and keep the copy in register with the picture.
    down, right = -height % times, -width % times
    if down or right:
        image = cv2.copyMakeBorder(image, 0, down, 0, right, cv2.BORDER_REFLECT)
    size = ((width + right) // times, (height + down) // times)
    return cv2.resize(image, size, interpolation=cv2.INTER_AREA)


def enlarge_into(small: Pixels, times: int, out: Pixels) -> Pixels:
    """Undo `smaller_copy`'s change of size, into `out`; return it."""
    size = (small.shape[1] * times, small.shape[0] * times)
    height, width = out.shape[:2]
    if size == (width, height):
        return cv2.resize(small, size, dst=out, interpolation=cv2.INTER_LINEAR)
    larger = scratch("whole", (size[1], size[0], *out.shape[2:]), out.dtype)
    cv2.resize(small, size, dst=larger, interpolation=cv2.INTER_LINEAR)
    np.copyto(out, larger[:height, :width])
    return out


def in_bands(
    image: Pixels, down: int, across: int, work: Callable[[Pixels, Pixels], object]
) -> Pixels:
    """Let `work` change the picture, in place, in bands of rows that fit into the cache.

    `work` reads rows with `down` more above and below and `across` more columns to each side,
    mirrored where the picture ends, and writes the rows themselves.
    """
    height = len(image)
    rows = max(_BAND // image[0].nbytes, 4 * down, 1)
    waiting: list[tuple[Pixels, Pixels]] = []
    for number, top in enumerate(range(0, height, rows)):
        band = image[top : top + rows]
        padded = _padded(image, top, top + len(band), down, across)
        if len(band) == height:
            work(padded, image)
            return image
        result = scratch(f"band {number % 2}", band.shape, band.dtype)
        work(padded, result)
        # The next band still has to read this one's last rows as they were.
        waiting.append((band, result))
        if len(waiting) > 1:
            np.copyto(*waiting.pop(0))
    np.copyto(*waiting.pop())
    return image


def _padded(image: Pixels, top: int, bottom: int, down: int, across: int) -> Pixels:
    height, width = image.shape[:2]
    first, last = max(0, top - down), min(height, bottom + down)
    above, below = down - (top - first), down - (last - bottom)
    shape = (bottom - top + 2 * down, width + 2 * across, *image.shape[2:])
    padded = scratch("padded", shape, image.dtype)
    border = (above, below, across, across, cv2.BORDER_REFLECT_101)
    return cv2.copyMakeBorder(image[first:last], *border, dst=padded)


def convolve(image: Pixels, kernel: Kernel) -> Pixels:
    """Filter the image, in place, with a square of odd side, or a row along both axes."""
    if np.count_nonzero(kernel) == 1:
        return image
    if _is_quick(image, kernel):
        return _filter(image, kernel, image)
    reach = len(kernel) // 2
    work = partial(convolve_part, kernel=kernel, top=reach, left=reach)
    return in_bands(image, reach, reach, work)


def convolve_part(image: Pixels, out: Pixels, *, kernel: Kernel, top: int, left: int) -> None:
    """Filter what is from `top` and `left` on, and as large as `out`, into `out`.

    The image has to reach further than that, by half the kernel.
    """
    height, width = out.shape[:2]
    reach = len(kernel) // 2
    columns = slice(left - reach, left + width + reach)
    is_quick = _is_quick(image, kernel)
    rows = height if is_quick else max(_PIECE // image[0].size, 4 * reach)
    for first in range(0, height, rows):
        piece = out[first : first + rows]
        source = image[top + first - reach : top + first + len(piece) + reach, columns]
        if not is_quick:
            values = scratch("values", source.shape, np.float32)
            np.copyto(values, source)
            source = values
        filtered = _filter(source, kernel, scratch("filtered", source.shape, source.dtype))
        inner = filtered[reach : reach + len(piece), reach : reach + width]
        if is_quick:
            np.copyto(piece, inner)
        else:
            depth = cv2.CV_8U if out.dtype == np.uint8 else cv2.CV_16U
            cv2.addWeighted(inner, 1, inner, 0, 0, dst=piece, dtype=depth)


def _filter(image: NDArray[Any], kernel: Kernel, out: NDArray[Any]) -> NDArray[Any]:
    if kernel.ndim == 1:
        return cv2.sepFilter2D(image, -1, kernel, kernel, dst=out)
    return cv2.filter2D(image, -1, kernel, dst=out)


def _is_quick(image: Pixels, kernel: Kernel) -> bool:
    """Tell whether OpenCV filters the image as it is quicker than as float32.

    There it takes half the time for each of many taps, and a fifth in 16 bit.
    """
    if image.dtype != np.uint8:
        return False
    return kernel.ndim == 1 or int(np.count_nonzero(kernel)) <= _FEW_TAPS


def _disc(radius: float) -> Kernel:
    reach = ceil(radius + 0.5) - 1 if radius > 0.5 else 0
    places = np.arange(-reach, reach + 1, dtype=np.float32)
    disc = (radius + 0.5 - np.hypot(places[:, None], places)).clip(0, 1)
    return disc / disc.sum() if radius > 0.5 else np.ones((1, 1), np.float32)


def _median(image: Pixels, side: int) -> Pixels:
    for taps, spacing in _MEDIANS[side]:
        image = _spaced_median(image, taps, spacing)
    return image


def _spaced_median(image: Pixels, taps: int, spacing: int) -> Pixels:
    """Return for each pixel the median of taps × taps pixels that lie `spacing` apart."""
    if spacing == 1:
        return cv2.medianBlur(image, taps)
    four: Any = image
    if image.ndim == 3:
        four = scratch("whole", (*image.shape[:2], 4), image.dtype)
        cv2.cvtColor(image, cv2.COLOR_BGR2BGRA, dst=four)
    # A pixel as one number, so that every so many of them are gathered and put back quickly.
    whole = four.view(f"u{image.dtype.itemsize * 4}")[..., 0] if image.ndim == 3 else four
    height, width = whole.shape
    for row in range(min(spacing, height)):
        for column in range(min(spacing, width)):
            part = np.ascontiguousarray(whole[row::spacing, column::spacing])
            levels = part.view(image.dtype).reshape(*part.shape, *four.shape[2:])
            cv2.medianBlur(levels, taps, dst=levels)
            whole[row::spacing, column::spacing] = part
    if image.ndim == 3:
        cv2.cvtColor(four, cv2.COLOR_BGRA2BGR, dst=image)
    return image
