"""Patterns in which known pixels are hidden, so that a fill of them can be compared."""

import cv2
import numpy as np
from msgspec import Struct

from studio.augment.image import Mask
from studio.augment.missing.likeness import hide_alike, only_known
from studio.errors import UserError

PATTERNS = ("missing", "pixels", "blocks", "rows")
MOST_SHARE = 90.0
MOST_ROWS = 1000
_BLOCK_SIDES = (1 / 30, 1 / 10)
"""Of the shorter side: 16 to 48 pixels of a 640×480 photo."""


class Pattern(Struct, frozen=True):
    """How known pixels are hidden; `kind` is one of `PATTERNS`.

    "missing" copies the pattern and size of what is missing, and where nothing is, hides blocks.
    `share`, in percent of the picture's area, is that of pixels and blocks, `count` that of rows.
    `UserError` for what none of them can be.
    """

    kind: str = "missing"
    share: float = 10.0
    count: int = 3

    def __post_init__(self) -> None:
        if self.kind not in PATTERNS:
            raise UserError(f"pattern: must be one of {', '.join(PATTERNS)}")
        if not 0 < self.share <= MOST_SHARE:
            raise UserError(f"share: must be more than 0 and at most {MOST_SHARE:g} %")
        if not 1 <= self.count <= MOST_ROWS:
            raise UserError(f"rows: must be within 1..{MOST_ROWS:,}")


def pixels(share: float) -> Pattern:
    """Return a pattern of single pixels, on average this percentage of all."""
    return Pattern("pixels", share=share)


def blocks(share: float) -> Pattern:
    """Return a pattern of squares of 3 to 10 percent of the shorter side, together of this area."""
    return Pattern("blocks", share=share)


def rows(count: int) -> Pattern:
    """Return a pattern of whole rows, each one pixel high."""
    return Pattern("rows", count=count)


def hide(
    pattern: Pattern,
    size: tuple[int, int],
    random: np.random.Generator,
    *,
    missing: Mask | None = None,
    like: Mask | None = None,
) -> Mask:
    """Return a mask, 255 where a known pixel of a picture of this height and width is hidden.

    `missing` is what is not known of it anyway. `like` is what a pattern "missing" copies.
    """
    if pattern.kind == "missing" and like is not None:
        hidden = hide_alike(like, size, random, missing=missing)
        if hidden.any():
            return hidden
    if pattern.kind == "pixels":
        hidden = _draw_pixels(size, pattern.share, random)
    elif pattern.kind == "rows":
        hidden = _draw_rows(size, pattern.count, random)
    else:
        hidden = _draw_blocks(size, pattern.share, random)
    return only_known(hidden, missing)


def _draw_pixels(size: tuple[int, int], share: float, random: np.random.Generator) -> Mask:
    draws = random.random(size, np.float32)
    hidden = draws < share / 100
    # One at least, of a picture of few pixels.
    hidden.flat[draws.argmin()] = True
    return np.where(hidden, np.uint8(255), np.uint8(0))


def _draw_rows(size: tuple[int, int], count: int, random: np.random.Generator) -> Mask:
    hidden = np.zeros(size, np.uint8)
    hidden[random.permutation(size[0])[: min(count, size[0] - 1)]] = 255
    return hidden


def _draw_blocks(size: tuple[int, int], share: float, random: np.random.Generator) -> Mask:
    hidden = np.zeros(size, np.uint8)
    left = share / 100 * hidden.size
    while left > 0:
        side = max(1, round(random.uniform(*_BLOCK_SIDES) * min(size)))
        # Blocks may begin outside, so that pixels at the edge are as often hidden as others.
        top, start = (int(random.integers(1 - side, length)) for length in size)
        block = hidden[max(0, top) : top + side, max(0, start) : start + side]
        left -= block.size - cv2.countNonZero(np.ascontiguousarray(block))
        block[:] = 255
    return hidden
