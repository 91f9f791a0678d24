"""Patterns that pictures of something seldom have: even lines and squares, stuck pixels."""

from collections.abc import Callable, Iterator
from math import floor

import numpy as np
from numpy.typing import NDArray

from studio.augment.missing.looking import (
    Found,
    Values,
    as_bound,
    every_channel,
    pieces,
)

_LINE_PIECE = 64
_AROUND = ((0, 0), (0, 1), (0, 2), (1, 0), (1, 2), (2, 0), (2, 1), (2, 2))


def constant_lines(lines: Values) -> NDArray[np.bool_]:
    """Return which lines, (N, length) or (N, length, C), have one colour and several pixels."""
    count, length = lines.shape[:2]
    constant = np.zeros(count, np.bool_)
    if length < 2:
        return constant
    left = np.arange(count)
    for start in range(0, length, _LINE_PIECE):
        part = lines[:, start : start + _LINE_PIECE]
        part = part if len(left) == count else part[left]
        is_even = (part == lines[left, :1]).reshape(len(left), -1).all(axis=1)
        left = left[is_even]
        if not len(left):
            break
    constant[left] = True
    return constant


def long_runs(flags: NDArray[np.bool_], at_least: int) -> NDArray[np.bool_]:
    """Return the flags without runs that are shorter."""
    changes = np.flatnonzero(np.diff(np.pad(flags, 1)))
    long = np.zeros_like(flags)
    for start, end in changes.reshape(-1, 2).tolist():
        long[start:end] = end - start >= at_least
    return long


def even_squares(colours: Values) -> Found:
    """Return (H - 1, W - 1), true where a pixel is like those to the right, below and between."""
    height, width = colours.shape[:2]
    right, below = np.empty((height, width - 1), np.bool_), np.empty((height - 1, width), np.bool_)
    for top, part in pieces(colours):
        end = top + len(part)
        # In one piece: BGRA without its alpha is not, and then takes three times as long.
        rows = np.ascontiguousarray(colours[top : end + 1])
        right[top:end] = every_channel(rows[: len(part), 1:] == rows[: len(part), :-1])
        below[top:end] = every_channel(rows[:-1] == rows[1:])
    even: Found = right[:-1] & right[1:] & below[:, 1:]
    return even


def slide(flags: Found, length: int, join: Callable[..., Found]) -> Found:
    """Return, for each run of so many rows, what joining them gives: length - 1 rows fewer."""
    reach = 1
    while reach < length:
        step = min(reach, length - reach)
        flags = join(flags[:-step], flags[step:])
        reach += step
    return flags


def bordered(colours: Values) -> Iterator[tuple[int, Values]]:
    """Yield a few rows at a time with a pixel more on all sides, mirrored at the edges.

    Each comes with its first row's number, in a dtype that holds differences of its values.
    """
    height, width = colours.shape[:2]
    dtype = colours.dtype if colours.dtype.kind in "uf" else np.dtype(np.float64)
    for top, part in pieces(colours):
        block = np.empty((len(part) + 2, width + 2, *colours.shape[2:]), dtype)
        block[1:-1, 1:-1] = part
        block[0, 1:-1] = colours[abs(top - 1)]
        below = top + len(part)
        block[-1, 1:-1] = colours[below if below < height else height - 2]
        block[:, 0], block[:, -1] = block[:, 2], block[:, -3]
        yield top, block


def outstanding(block: Values, limit: float) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return rows and columns of the pixels inside that stand out in some channel."""
    centre = block[1:-1, 1:-1]
    highest, lowest = (_of_neighbours(block, choose) for choose in (np.maximum, np.minimum))
    limit = as_bound(block, floor, limit)
    spread = highest - lowest
    # Whatever the median is between lowest and highest, no other pixel can stand out.
    is_candidate = (centre > highest) & (centre - highest > spread) & (centre - lowest > limit)
    is_candidate |= (centre < lowest) & (lowest - centre > spread) & (highest - centre > limit)
    places = np.flatnonzero(is_candidate)
    rows, columns, *channel = np.unravel_index(places, is_candidate.shape)
    near = [block[(rows + down, columns + right, *channel)] for down, right in _AROUND]
    around = np.sort(np.array(near, np.float64), axis=0)
    off = np.abs(centre[(rows, columns, *channel)] - (around[3] + around[4]) / 2)
    is_stuck = (off > limit) & (around[7] - around[0] < off / 2)
    return rows[is_stuck], columns[is_stuck]


def _of_neighbours(block: Values, choose: Callable[..., Values]) -> Values:
    """Return the highest or lowest of each inner pixel's 8 neighbours."""
    sides = choose(block[:, :-2], block[:, 2:])
    rows = choose(sides, block[:, 1:-1])
    return choose(choose(rows[:-2], rows[2:]), sides[1:-1])
