"""The rules that find missing pixels.

Levels of 255 mean the same at any depth: 16 bit has 257 values for each, and pictures of
fractions, with nothing finite above 1, have 1 for 255.
"""

from math import ceil, floor
from typing import Annotated

import numpy as np

from studio.augment.missing.looking import (
    Found,
    Values,
    any_channel,
    as_bound,
    colours_of,
    every_channel,
    full_scale,
    look,
    within,
)
from studio.augment.missing.patterns import (
    bordered,
    constant_lines,
    even_squares,
    long_runs,
    outstanding,
    slide,
)
from studio.augment.missing.rules import rule
from studio.augment.param import Choice, Number

_WIDEST = 3.5e38

_SHADE = Number(
    low=0, high=255, default=(0, 0), unit="levels", help="Of the colour, 0 to 255 at any depth."
)
_READING = Number(
    low=-_WIDEST, high=_WIDEST, default=(0, 0), help="As the file has it, such as -9999."
)
_LINES = Number(low=1, high=1000, default=(1, 1), help="How many neighbouring ones, at the least.")


@rule()
def transparent(
    values: Values,
    *,
    at_most: Annotated[
        float,
        Number(
            low=0,
            high=99,
            default=(0, 0),
            unit="%",
            help="Highest opacity of a missing pixel, in percent of a solid one's.",
        ),
    ],
) -> Found:
    """Find what can be seen through.

    For cut-outs and layers with holes. Pictures without alpha have none.
    """
    if values.ndim == 2 or values.shape[2] < 4:
        return np.zeros(values.shape[:2], np.bool_)
    alpha = values[..., 3]
    found: Found = alpha <= as_bound(alpha, floor, at_most * full_scale(alpha) / 100)
    return found


@rule(title="NaN or infinite")
def not_finite(values: Values) -> Found:
    """Find what is not a number, or infinite, in any channel.

    For depth images and satellite pictures of floating-point values. Whole numbers have none.
    """
    if values.dtype.kind != "f":
        return np.zeros(values.shape[:2], np.bool_)
    return look(values, lambda part: any_channel(~np.isfinite(part)))


@rule(title="No-data value")
def no_data_value(
    values: Values,
    *,
    value: Annotated[float, _READING],
) -> Found:
    """Find a value that stands for no data, in all colour channels.

    For depth and elevation, where 0 or -9999 means that nothing was measured.
    """
    return within(values, [(value, value)] * 3)


@rule(title="No-data range")
def no_data_range(
    values: Values,
    *,
    lowest: Annotated[float, _READING],
    highest: Annotated[float, _READING],
) -> Found:
    """Find values of a range, its ends included, in all colour channels.

    For sensors whose readings mean nothing below or above what they can measure.
    """
    return within(values, [(lowest, highest)] * 3)


@rule(title="No-data colour")
def no_data_colour(
    values: Values,
    *,
    red: Annotated[int, _SHADE],
    green: Annotated[int, _SHADE],
    blue: Annotated[int, _SHADE],
    tolerance: Annotated[
        int,
        Number(
            low=0,
            high=255,
            default=(0, 0),
            unit="levels",
            help="How far each channel may be from the colour.",
        ),
    ],
) -> Found:
    """Find a colour, and what differs from it by no more than the tolerance.

    For people and plates masked out in one colour. Values between two levels count as the nearer.
    """
    unit = full_scale(values) / 255
    reach = tolerance + 0.5
    shades = (blue, green, red)
    return within(values, [((at - reach) * unit, (at + reach) * unit) for at in shades])


@rule()
def constant_rows(values: Values, *, at_least: Annotated[int, _LINES]) -> Found:
    """Find rows of one colour from end to end.

    For dead rows of a sensor and transfers that broke off. A row of one pixel tells nothing.
    """
    lines = long_runs(constant_lines(colours_of(values)), at_least)
    return np.repeat(lines[:, np.newaxis], values.shape[1], axis=1)


@rule()
def constant_columns(values: Values, *, at_least: Annotated[int, _LINES]) -> Found:
    """Find columns of one colour from end to end.

    For dead columns of a sensor. A column of one pixel tells nothing.
    """
    lines = long_runs(constant_lines(colours_of(values).swapaxes(0, 1)), at_least)
    return np.repeat(lines[np.newaxis], values.shape[0], axis=0)


@rule()
def constant_blocks(
    values: Values,
    *,
    side: Annotated[
        int,
        Number(low=2, high=1024, default=(16, 16), unit="px", help="Side of the smallest square."),
    ],
) -> Found:
    """Find areas of exactly one colour: every square of that side or more.

    For grey bands and blocks where a transfer broke off. Clipped skies are of one colour too.
    """
    height, width = values.shape[:2]
    if side > min(height, width):
        return np.zeros((height, width), np.bool_)
    even = even_squares(colours_of(values))
    corners = slide(slide(even, side - 1, np.logical_and).T, side - 1, np.logical_and).T
    if not corners.any():
        return np.zeros((height, width), np.bool_)
    spread = np.pad(corners, side - 1)
    return slide(slide(spread, side, np.logical_or).T, side, np.logical_or).T


@rule()
def stuck_pixels(
    values: Values,
    *,
    threshold: Annotated[
        float,
        Number(
            low=1,
            high=255,
            default=(48, 48),
            unit="levels",
            help="A stuck pixel is farther than this from the median of its 8 neighbours.",
        ),
    ],
) -> Found:
    """Find single pixels that stand out from all around them.

    For hot and dead cells of a sensor. The neighbours must agree among themselves: they may
    differ by less than half of what the pixel is off.
    """
    found = np.zeros(values.shape[:2], np.bool_)
    if min(found.shape) < 2:
        return found
    limit = threshold * full_scale(values) / 255
    # Differences of what is not finite are not numbers, which no comparison finds.
    with np.errstate(invalid="ignore", over="ignore"):
        for top, block in bordered(colours_of(values)):
            rows, columns = outstanding(block, limit)
            found[top + rows, columns] = True
    return found


@rule(reads_mask_file=True)
def mask_file(
    values: Values,
    *,
    missing: Annotated[
        str,
        Choice(
            options=("white", "black"),
            default=("white",),
            help="What is missing: where the mask is white, or where it is black.",
        ),
    ],
) -> Found:
    """Find what a mask beside the image tells.

    Half of full scale parts black from white, of a mask of 0 and 1 the half of 1. A colour counts
    as its brightest channel, and what can be seen through as not missing.
    """
    # Many write masks of 0 and 1.
    half = (full_scale(values) if values.max() > 1 else 1) / 2
    found: Found
    if missing == "white":
        found = look(
            values, lambda part: any_channel(colours_of(part) > as_bound(part, floor, half))
        )
    else:
        found = look(values, lambda part: every_channel(part < as_bound(part, ceil, half)))
    if values.ndim == 3 and values.shape[2] == 4:
        found &= ~transparent(values, at_most=50)
    return found
