"""Operations that do what lenses do, and cameras and things that move."""

from math import ceil, cos, log2, radians, sin
from typing import Annotated

import cv2
import numpy as np
from numpy.typing import NDArray

from studio.augment.operation import Frame, Number, Pixels, operation
from studio.augment.ops.blur import Kernel, convolve, convolve_part, in_bands
from studio.augment.scratch import scratch

_LONGEST_LINE = 8.0
_SAMPLES = 16
_FINEST_ZOOM = 2.0
_EXACT_BELOW = 128
_PIECE = 1 << 15


@operation("Blur and quality")
def motion_blur(
    image: Pixels,
    frame: Frame,
    *,
    length: Annotated[
        float,
        Number(
            low=0,
            high=30,
            default=(1, 5),
            neutral=0,
            unit="%",
            step=0.1,
            help="How far things move while the shutter is open, in percent of the shorter side.",
        ),
    ],
    angle: Annotated[
        float,
        Number(
            low=-90,
            high=90,
            default=(-90, 90),
            unit="°",
            step=1,
            help="Direction of the motion: 0 is sideways, positive turns it anticlockwise.",
        ),
    ],
) -> Pixels:
    """Smear the picture along a line.

    As when the camera shakes or the thing moves: soft along the motion, sharp across it.
    """
    pixels = frame.pixels(length)
    right, down = cos(radians(angle)), -sin(radians(angle))
    # A long line is the mean of a short one and itself, shifted by its length, again and again.
    doublings = ceil(log2(pixels / _LONGEST_LINE)) if pixels > _LONGEST_LINE else 0
    short = pixels / 2**doublings
    lengths = [short * 2**number for number in range(doublings)]
    shifts = [(round(length * right), round(length * down)) for length in lengths]
    return _smear(image, (short * right, short * down), shifts)


def _smear(image: Pixels, line: tuple[float, float], shifts: list[tuple[int, int]]) -> Pixels:
    """Average along a line, and then with the picture shifted, for each of the shifts."""
    x, y = sum(x for x, _ in shifts), sum(y for _, y in shifts)
    # The shifts move the picture by half their sum. Whole pixels of that are cut off again, and
    # the line makes up for the half that may be left.
    left, top = x // 2, y // 2
    kernel = _line(line, (left - x / 2, top - y / 2))
    if not shifts:
        return convolve(image, kernel)
    reach = len(kernel) // 2
    down, across = reach + (abs(y) + 1) // 2, reach + (abs(x) + 1) // 2
    start = (down - top + min(0, y), across - left + min(0, x))

    def work(padded: Pixels, result: Pixels) -> None:
        height, width = result.shape[:2]
        shape = (height + abs(y), width + abs(x), *image.shape[2:])
        mean = scratch("smear 1", shape, image.dtype)
        convolve_part(padded, mean, kernel=kernel, top=start[0], left=start[1])
        for number, shift in enumerate(shifts):
            is_last = number == len(shifts) - 1
            mean = _mean_with_shifted(mean, shift, result if is_last else number)

    return in_bands(image, down, across, work)


def _mean_with_shifted(image: Pixels, shift: tuple[int, int], out: Pixels | int) -> Pixels:
    x, y = shift
    height, width = image.shape[0] - abs(y), image.shape[1] - abs(x)
    if isinstance(out, int):
        out = scratch(f"smear {out % 2}", (height, width, *image.shape[2:]), image.dtype)
    top, left = max(0, -y), max(0, -x)
    here = image[top : top + height, left : left + width]
    there = image[top + y : top + y + height, left + x : left + x + width]
    return cv2.addWeighted(here, 0.5, there, 0.5, 0, dst=out)


def _line(line: tuple[float, float], centre: tuple[float, float]) -> Kernel:
    """Return a kernel: how much of the line lies in each pixel."""
    count = int(_SAMPLES * max(1.0, float(np.hypot(*line))))
    along = (np.arange(count) + 0.5) / count - 0.5
    columns = np.rint(centre[0] + along * line[0]).astype(np.intp)
    rows = np.rint(centre[1] + along * line[1]).astype(np.intp)
    reach = max(-columns.min(), columns.max(), -rows.min(), rows.max())
    side = 2 * int(reach) + 1
    places = (rows + reach) * side + columns + reach
    shares = np.bincount(places, minlength=side * side).astype(np.float32)
    # Corners that the line only just cuts cost as much as the others, and nobody sees them.
    shares[shares < _SAMPLES / 6] = 0
    kernel: Kernel = (shares / shares.sum()).reshape(side, side)
    return kernel


@operation("Blur and quality")
def zoom_blur(
    image: Pixels,
    frame: Frame,
    *,
    amount: Annotated[
        float,
        Number(
            low=0,
            high=50,
            default=(2, 10),
            neutral=0,
            unit="%",
            step=0.5,
            help="How much the picture grows while the shutter is open.",
        ),
    ],
) -> Pixels:
    """Smear the picture outwards from its centre.

    As when the lens zooms in during the exposure, or the camera moves forwards.
    """
    corner = np.hypot(frame.width, frame.height) / 2 * amount / 100
    if corner < _FINEST_ZOOM / 3:
        return image
    # The mean over 2, 4, 8, ... steps of zoom is that over half as many and itself, zoomed.
    doublings = ceil(log2(corner / _FINEST_ZOOM + 1))
    zoomed = scratch("whole", image.shape, image.dtype)
    for number in range(doublings):
        factor = (1 + amount / 100) ** (2**number / (2**doublings - 1))
        _zoom(image, factor, zoomed)
        cv2.addWeighted(image, 0.5, zoomed, 0.5, 0, dst=image)
    return image


def _zoom(image: Pixels, factor: float, out: Pixels) -> None:
    height, width = image.shape[:2]
    if min(height, width) < _EXACT_BELOW:
        warp = _about_centre(1 / factor, width, height)
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        cv2.warpAffine(image, warp, (width, height), dst=out, flags=flags)
        return
    # A fifth of the time: enlarge what is left without margins of whole pixels.
    across, down = (round((1 - 1 / factor) * side / 2) for side in (width, height))
    inner = image[down : height - down, across : width - across]
    cv2.resize(inner, (width, height), dst=out, interpolation=cv2.INTER_LINEAR)


def _about_centre(factor: float, width: int, height: int) -> NDArray[np.float64]:
    """Return the 2×3 matrix, in pixels from the top left, that scales about the centre."""
    x, y = (width - 1) / 2 * (1 - factor), (height - 1) / 2 * (1 - factor)
    return np.array([[factor, 0, x], [0, factor, y]])


@operation("Blur and quality")
def chromatic_aberration(
    image: Pixels,
    frame: Frame,
    *,
    red: Annotated[
        float,
        Number(
            low=-3,
            high=3,
            default=(-0.5, 0.5),
            neutral=0,
            unit="%",
            step=0.05,
            help="How much larger the red picture is than the green one.",
        ),
    ],
    blue: Annotated[
        float,
        Number(
            low=-3,
            high=3,
            default=(-0.5, 0.5),
            neutral=0,
            unit="%",
            step=0.05,
            help="How much larger the blue picture is than the green one.",
        ),
    ],
) -> Pixels:
    """Fringe edges with colour, more so towards the corners.

    A simple lens refracts each colour differently, and its pictures come out in different sizes.
    Grey pictures stay as they are.
    """
    if image.ndim == 3:
        for channel, percent in ((2, red), (0, blue)):
            if percent != 0:
                _magnify(image, channel, 1 + percent / 100)
    return image


def _magnify(image: Pixels, channel: int, factor: float) -> None:
    height, width = image.shape[:2]
    plain = scratch("channel", (height, width), image.dtype)
    magnified = scratch("magnified", (height, width), image.dtype)
    cv2.extractChannel(image, channel, dst=plain)
    cv2.warpAffine(
        plain,
        _about_centre(1 / factor, width, height),
        (width, height),
        dst=magnified,
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )
    cv2.insertChannel(magnified, image, channel)


@operation("Blur and quality")
def vignette(
    image: Pixels,
    frame: Frame,
    *,
    strength: Annotated[
        float,
        Number(
            low=0,
            high=100,
            default=(20, 60),
            neutral=0,
            unit="%",
            step=1,
            help="How much light the corners lose.",
        ),
    ],
    start: Annotated[
        float,
        Number(
            low=0,
            high=90,
            default=(0, 40),
            unit="%",
            step=1,
            help="Where the darkening begins, in percent of the way from the centre to a corner.",
        ),
    ],
) -> Pixels:
    """Darken the picture towards its corners.

    As lenses do, wide open ones above all.
    """
    if strength == 0:
        return image
    height, width = image.shape[:2]
    depth = cv2.CV_8U if image.dtype == np.uint8 else cv2.CV_16U
    corner = float(np.hypot(width, height)) / 2
    x = ((np.arange(width, dtype=np.float32) - (width - 1) / 2) / corner) ** 2
    y = ((np.arange(height, dtype=np.float32) - (height - 1) / 2) / corner) ** 2
    rows = max(1, _PIECE // width)
    for top in range(0, height, rows):
        piece = image[top : top + rows]
        light = scratch("light", (len(piece), width), np.float32)
        np.add.outer(y[top : top + rows], x, out=light)
        _fall_off(light, strength / 100, start / 100)
        if image.ndim == 3:
            light = cv2.cvtColor(
                light, cv2.COLOR_GRAY2BGR, dst=scratch("light 3", piece.shape, np.float32)
            )
        cv2.multiply(piece, light, dst=piece, dtype=depth)
    return image


def _fall_off(squares: NDArray[np.float32], strength: float, start: float) -> None:
    """Turn squared distances from the centre, 1 at the corners, into shares of light, in place."""
    distance = np.sqrt(squares, out=squares)
    distance -= start
    distance *= 1 / (1 - start)
    np.maximum(distance, 0, out=distance)
    # A parabola begins and goes on without an edge that one could see.
    np.square(distance, out=distance)
    distance *= -strength
    distance += 1
