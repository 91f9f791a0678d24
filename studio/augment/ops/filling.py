"""Operations that fill missing pixels by simple means: all alike, or from the pixels around."""

from typing import Annotated

import numpy as np

from studio.augment.missing.interpolate import interpolate
from studio.augment.missing.levels import mean_levels, median_levels
from studio.augment.missing.local_mean import average_around
from studio.augment.missing.nearest import find_nearest
from studio.augment.operation import Choice, Filled, Frame, Mask, Number, operation
from studio.augment.ops.occlusion import Filling, fill_where, filling

_OF = Choice(
    options=("channel", "image"),
    default=("channel",),
    help="Channel: each has its own level. Image: one level for all, which is a grey.",
)
_LUMA = np.array([0.114, 0.587, 0.299])


def _level(help: str) -> Number:
    return Number(low=0, high=255, default=(128, 128), unit="levels", step=1, help=help)


@operation("Missing values", title="Fill: random values")
def fill_random(
    image: Filled,
    missing: Mask,
    frame: Frame,
    *,
    source: Annotated[
        str,
        Choice(
            options=("uniform", "histogram"),
            default=("histogram",),
            help="Uniform: all levels as likely. Histogram: colours of the picture's known pixels.",
            label="From",
        ),
    ],
) -> Filled:
    """Fill with noise, another number for every pixel.

    For networks that shall learn to overlook what is missing: no pattern to recognise, and from
    the histogram the picture's brightness, contrast and colours stay what they are.
    """
    if source == "uniform":
        return fill_where(image, missing, filling("noise", image, frame), frame.random())
    known = np.flatnonzero(missing == 0)
    holes = np.flatnonzero(missing != 0)
    pixels = image.reshape(missing.size, -1)
    drawn = pixels.take(known.take(frame.random().integers(len(known), size=len(holes))), axis=0)
    if frame.scale < 1:
        # On a proxy a pixel is the mean of several of the full image's.
        mean = mean_levels(image, missing)
        drawn = np.rint(mean + (drawn - mean) * frame.scale).astype(image.dtype)
    pixels[holes] = drawn
    return image


@operation("Missing values", title="Fill: constant")
def fill_constant(
    image: Filled,
    missing: Mask,
    frame: Frame,
    *,
    red: Annotated[float, _level("Level of red; grey pictures take the colour's luma.")],
    green: Annotated[float, _level("Level of green; grey pictures take the colour's luma.")],
    blue: Annotated[float, _level("Level of blue; grey pictures take the colour's luma.")],
) -> Filled:
    """Fill with one colour.

    For programs that expect a certain one where there is no data, and as the plainest yardstick
    for other fills.
    """
    colour = np.array([blue, green, red]) * (np.iinfo(image.dtype).max // 255)
    return _even(image, missing, frame, colour if image.ndim == 3 else colour @ _LUMA)


@operation("Missing values", title="Fill: mean")
def fill_mean(image: Filled, missing: Mask, frame: Frame, *, of: Annotated[str, _OF]) -> Filled:
    """Fill with the mean of the known pixels.

    For statistics of the data set, whose means stay what they are; of all even fills it is the one
    with the least squared error. Large holes are seen plainly.
    """
    levels = mean_levels(image, missing)
    return _even(image, missing, frame, levels if of == "channel" else levels.mean())


@operation("Missing values", title="Fill: median")
def fill_median(image: Filled, missing: Mask, frame: Frame, *, of: Annotated[str, _OF]) -> Filled:
    """Fill with the median of the known pixels.

    Like the mean, and better than it where a few very light or dark pixels, such as a burnt-out
    sky, would draw the mean away from what is usual.
    """
    levels = median_levels(image, missing, together=of == "image")
    return _even(image, missing, frame, levels)


@operation("Missing values", title="Fill: nearest pixel")
def fill_nearest(image: Filled, missing: Mask, frame: Frame) -> Filled:
    """Fill each pixel with the nearest known one.

    For single pixels and thin lines, and where levels must not be mixed, as in label maps and
    depth images: edges stay hard, and no new colours appear. Large holes become streaks.
    """
    pixels = image.reshape(missing.size, -1)
    for holes, nearest in find_nearest(missing):
        pixels[holes] = pixels.take(nearest, axis=0)
    return image


@operation("Missing values", title="Fill: linear")
def fill_linear(image: Filled, missing: Mask, frame: Frame) -> Filled:
    """Fill in straight lines between the known pixels left, right, above and below.

    For lost rows and columns, scattered pixels, and smooth pictures: any even gradient goes on
    through the hole. The nearer of the four count more; past an edge of the picture is none.
    """
    interpolate(image, missing)
    return image


@operation("Missing values", title="Fill: local mean")
def fill_local_mean(
    image: Filled,
    missing: Mask,
    frame: Frame,
    *,
    size: Annotated[
        float,
        Number(
            low=0.2,
            high=50,
            default=(2, 2),
            unit="%",
            step=0.2,
            help="Side of the window, in percent of the shorter side; at least 3 pixels.",
        ),
    ],
) -> Filled:
    """Fill each pixel with the mean of the known ones in a window around it.

    For scattered pixels of noisy pictures, whose noise it averages out. Where the window holds no
    known pixel it grows until it does, so large holes become blurred.
    """
    average_around(image, missing, max(1, round(frame.pixels(size) / 2)))
    return image


def _even(image: Filled, missing: Mask, frame: Frame, levels: Filling) -> Filled:
    """Fill with a level for each channel, or one for all of them."""
    colour = np.rint(np.broadcast_to(levels, 1 if image.ndim == 2 else image.shape[2]))
    return fill_where(image, missing, colour, frame.random())
