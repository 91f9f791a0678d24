"""Operations that sharpen, and those that lose quality as files and programs do."""

from functools import lru_cache
from math import floor, log, log2, sqrt
from typing import Annotated

import cv2
import numpy as np
from numpy.typing import NDArray

from studio.augment.operation import Choice, Frame, Number, Pixels, operation
from studio.augment.ops.blur import LEAST_DEVIATION, convolve, enlarge_into, smaller_copy, smooth
from studio.augment.scratch import scratch

_SHARPENED = 0.15
_LEAST_SHARPENED = 0.75
_LONGEST_WAVE = 16.0
_MOST_ENLARGED = 8.0
_LONGEST_JPEG = 65_488
_INTERPOLATIONS = {
    "area": cv2.INTER_AREA,
    "nearest": cv2.INTER_NEAREST_EXACT,
    "linear": cv2.INTER_LINEAR,
    "cubic": cv2.INTER_CUBIC,
}


@operation("Blur and quality")
def sharpen(
    image: Pixels,
    frame: Frame,
    *,
    amount: Annotated[
        float,
        Number(
            low=0,
            high=500,
            default=(50, 200),
            neutral=0,
            unit="%",
            step=5,
            help="How much of the finest detail is added once more.",
        ),
    ],
) -> Pixels:
    """Strengthen the finest detail.

    An unsharp mask of the smallest radius that shows: 0.15 % of the shorter side, or in small
    pictures the 3×3 kernel that other programs call sharpen.
    """
    deviation = max(frame.pixels(_SHARPENED), _LEAST_SHARPENED * frame.scale)
    return _add_detail(image, deviation, amount / 100)


@operation("Blur and quality")
def unsharp_mask(
    image: Pixels,
    frame: Frame,
    *,
    radius: Annotated[
        float,
        Number(
            low=0,
            high=10,
            default=(0.2, 0.8),
            neutral=0,
            unit="%",
            step=0.05,
            help="Standard deviation of the blur that detail is told by, in percent of the "
            "shorter side.",
        ),
    ],
    amount: Annotated[
        float,
        Number(
            low=0,
            high=500,
            default=(40, 120),
            neutral=0,
            unit="%",
            step=5,
            help="How much of the detail is added once more.",
        ),
    ],
) -> Pixels:
    """Add what a blur would take away.

    A small radius sharpens edges, a large one strengthens local contrast and leaves halos.
    """
    return _add_detail(image, frame.pixels(radius), amount / 100)


def _add_detail(image: Pixels, deviation: float, amount: float) -> Pixels:
    if amount == 0 or deviation < LEAST_DEVIATION:
        return image
    blurred = scratch("blurred", image.shape, image.dtype)
    share = deviation**2 / 2
    if share < 0.3:
        # Three taps hold this variance exactly, and cost a third of what the whole bell does.
        bell = sqrt(-0.5 / log(share / (1 - 2 * share)))
        cv2.GaussianBlur(image, (3, 3), bell, dst=blurred)
    else:
        smooth(image, deviation, blurred)
    return cv2.addWeighted(image, 1 + amount, blurred, -amount, 0, dst=image)


@operation("Blur and quality", title="JPEG compression")
def jpeg_compression(
    image: Pixels,
    frame: Frame,
    *,
    quality: Annotated[
        int,
        Number(
            low=1,
            high=100,
            default=(20, 70),
            step=1,
            help="As in any program that saves JPEG files; below 50 the blocks begin to show.",
        ),
    ],
) -> Pixels:
    """Save the picture as a JPEG file and open it again.

    Blocks of 8×8 pixels, ripples at edges and washed-out colours. JPEG has 8 bits, so pictures of
    16 bits have no more than that afterwards.
    """
    height, width = image.shape[:2]
    plain = image if image.dtype == np.uint8 else cv2.convertScaleAbs(image, alpha=1 / 257)
    # On a proxy the blocks are those of the full image.
    larger = min(1 / frame.scale, _MOST_ENLARGED)
    if larger > 1:
        size = (max(1, round(width * larger)), max(1, round(height * larger)))
        plain = cv2.resize(plain, size, interpolation=cv2.INTER_CUBIC)
    plain = _through_jpeg(plain, quality)
    if larger > 1:
        plain = cv2.resize(plain, (width, height), interpolation=cv2.INTER_AREA)
    if image.dtype == np.uint8:
        return plain
    np.multiply(plain, np.uint16(257), out=image)
    return image


def _through_jpeg(image: Pixels, quality: int) -> Pixels:
    if max(image.shape[:2]) > _LONGEST_JPEG:
        # In two parts of whole blocks, as no file may be that long.
        axis = int(image.shape[1] > _LONGEST_JPEG)
        parts = np.split(image, [_LONGEST_JPEG], axis)
        parts = [_through_jpeg(np.ascontiguousarray(part), quality) for part in parts]
        whole: Pixels = np.concatenate(parts, axis)
        return whole
    _, data = cv2.imencode(".jpg", image, (cv2.IMWRITE_JPEG_QUALITY, quality))
    flag = cv2.IMREAD_COLOR if image.ndim == 3 else cv2.IMREAD_GRAYSCALE
    decoded: Pixels = np.asarray(cv2.imdecode(data, flag))
    return decoded


@operation("Blur and quality")
def downscale(
    image: Pixels,
    frame: Frame,
    *,
    factor: Annotated[
        float,
        Number(
            low=1,
            high=16,
            default=(1.5, 4),
            neutral=1,
            unit="×",
            step=0.1,
            help="How many times smaller the picture becomes before it is enlarged again.",
        ),
    ],
    shrink: Annotated[
        str,
        Choice(
            options=("area", "nearest"),
            default=("area",),
            help="How pixels are left out: area takes their mean, nearest the one in the middle.",
        ),
    ],
    enlarge: Annotated[
        str,
        Choice(
            options=("nearest", "linear", "cubic"),
            default=("nearest", "linear", "cubic"),
            help="How they are filled in: nearest leaves squares, linear and cubic are soft.",
        ),
    ],
) -> Pixels:
    """Shrink the picture and enlarge it again.

    Looks like a thumbnail or a poor camera, at the picture's own size.
    """
    times = factor * frame.scale
    if times <= 1:
        return image
    height, width = image.shape[:2]
    size = (max(1, round(width / times)), max(1, round(height / times)))
    small = cv2.resize(image, size, interpolation=_INTERPOLATIONS[shrink])
    if enlarge != "nearest":
        return cv2.resize(small, (width, height), dst=image, interpolation=_INTERPOLATIONS[enlarge])
    # Whole rows are much quicker to repeat than pixels.
    wide = cv2.resize(small, (width, size[1]), interpolation=cv2.INTER_NEAREST_EXACT)
    return np.take(wide, _nearest(height, size[1]), axis=0, out=image, mode="clip")


@lru_cache(maxsize=64)
def _nearest(many: int, few: int) -> NDArray[np.intp]:
    """Return which of the few lies where each of the many does."""
    return (2 * np.arange(many) + 1) * few // (2 * many)


@operation("Blur and quality")
def ringing(
    image: Pixels,
    frame: Frame,
    *,
    width: Annotated[
        float,
        Number(
            low=0,
            high=10,
            default=(0.6, 1.5),
            neutral=0,
            unit="%",
            step=0.1,
            help="Distance from one ripple to the next, in percent of the shorter side; finer "
            "detail is lost.",
        ),
    ],
    ripples: Annotated[
        int,
        Number(
            low=1,
            high=6,
            default=(1, 4),
            step=1,
            help="How many ripples an edge has on each side.",
        ),
    ],
) -> Pixels:
    """Let edges overshoot and echo in ripples.

    A filter that cuts off fine detail abruptly (a sinc), as sharpening, resizing and strong
    compression do. Wang et al. 2021, Real-ESRGAN, arXiv 2107.10833, section 3.3.
    """
    wave = frame.pixels(width)
    if wave <= 2:
        # Nothing in a picture is finer than that.
        return image
    if wave < _LONGEST_WAVE:
        return _cut_off(image, wave, ripples)
    times: int = 2 ** (floor(log2(wave / _LONGEST_WAVE)) + 1)
    small = _cut_off(smaller_copy(image, times), wave / times, ripples)
    return enlarge_into(small, times, image)


def _cut_off(image: Pixels, wave: float, ripples: int) -> Pixels:
    """Remove what is finer than a wave of that many pixels, in place."""
    reach = floor((ripples + 1) * wave / 2)
    kernel = np.sinc(np.arange(-reach, reach + 1) * (2 / wave)).astype(np.float32)
    return convolve(image, kernel / kernel.sum())
