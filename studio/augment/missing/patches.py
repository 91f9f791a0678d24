"""Texture over missing pixels, put together from patches of the known ones.

Every missing pixel has a source: a place whose patch, known as a whole, is most like its own.
PatchMatch (Barnes et al. 2009, doi 10.1145/1531326.1531330) finds sources by trying those of
neighbours and random ones around the best so far; then the pixels become weighted means of what
all patches over them say (Wexler et al. 2007, doi 10.1109/TPAMI.2007.60). Both take turns, from a
small picture, where a patch spans much, to the full one.
"""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from studio.augment.image import Mask
from studio.augment.missing.halves import double, halve_mask, mean_of_four
from studio.augment.missing.smooth import Levels, fill_smoothly

_REACH = 2
_SIDE = 2 * _REACH + 1
_ROUNDS_AT_FULL_SIZE = 1
_ROUNDS_BELOW = 4
_NARROWING = 3
_ROWS_AT_ONCE = 16384
_TRUST_OF_THE_NEXT = 0.7
_TRIES = 10000
_MOST_SEARCHES = 4
_WORST = np.iinfo(np.int32).max

_Places = NDArray[np.intp]


def fill_from_patches(levels: Levels, missing: Mask, random: np.random.Generator) -> None:
    """Overwrite the missing pixels; at least one is known. What they hold means nothing.

    Where no patch is known as a whole, in no size, this is a membrane.
    """
    fill_smoothly(levels, missing, "membrane")
    _fill(levels, missing, random, _ROUNDS_AT_FULL_SIZE)


def _fill(
    levels: Levels, missing: Mask, random: np.random.Generator, rounds: int
) -> "_Sources | None":
    fewer = halve_mask(missing)
    coarse = mean_of_four(levels)
    found = _fill(coarse, fewer, random, _ROUNDS_BELOW) if cv2.countNonZero(fewer) else None
    sources = _Sources(levels, missing, random)
    if not sources.exist:
        return None
    if found is not None:
        both: Any = double(fewer, missing, cv2.INTER_NEAREST)
        cv2.copyTo(double(coarse, missing), both, levels)
        sources.follow(found)
    for _ in range(rounds):
        sources.search(levels)
        sources.vote(levels)
    return sources


class _Sources:
    """Where each missing pixel's patch comes from, as places in a picture with a border."""

    def __init__(self, levels: Levels, missing: Mask, random: np.random.Generator) -> None:
        height, self._width = missing.shape
        self._missing = missing
        self._random = random
        self._stride = self._width + 2 * _REACH
        box = np.ones((3, 3), np.uint8)
        self._holes = np.flatnonzero(_with_border(missing))
        self._at = np.flatnonzero(_with_border(cv2.dilate(missing, box)))
        self._order = np.full((height + 2 * _REACH) * self._stride, len(self._at), np.intp)
        self._order[self._at] = np.arange(len(self._at))
        depth = cv2.distanceTransform(missing, cv2.DIST_L2, 3)
        self._trust = _TRUST_OF_THE_NEXT ** _with_border(depth).ravel()[self._at]
        near = cv2.dilate(missing, np.ones((_SIDE, _SIDE), np.uint8))
        self._whole = _with_border(cv2.bitwise_not(near)).ravel() > 0
        pool = np.flatnonzero(self._whole)
        self.exist = len(pool) > 0
        if self.exist:
            self.place = pool[random.integers(0, len(pool), len(self._at))]
        self._cost = np.full(len(self._at), _WORST, np.int32)
        span = np.arange(-_REACH, _REACH + 1)
        self._patch: _Places = (span[:, np.newaxis] * self._stride + span).ravel()
        self._largest_jump = max(height, self._width)

    def follow(self, coarse: "_Sources") -> None:
        """Take the places that were found at half the size, where there are any."""
        y, x = np.divmod(self._at, self._stride)
        y, x = y - _REACH, x - _REACH
        order = coarse._order[(y // 2 + _REACH) * coarse._stride + x // 2 + _REACH]
        known = order < len(coarse._at)
        there = np.divmod(coarse.place[order[known]], coarse._stride)
        down, right = (2 * (place - _REACH) for place in there)
        place = (down + y[known] % 2 + _REACH) * self._stride + right + x[known] % 2 + _REACH
        # At an odd side half the size reaches one pixel further.
        place = np.minimum(place, self._whole.size - 1)
        self.place[known] = np.where(self._whole[place], place, self.place[known])

    def search(self, levels: Levels) -> None:
        """Look for better places."""
        pixels = _packed(levels)
        self._cost = self._compare(pixels, np.arange(len(self._at)), self.place)
        for _ in range(min(max(_TRIES // len(self._at), 1), _MOST_SEARCHES)):
            for step in (-1, -self._stride, 1, self._stride):
                neighbour = self._order[self._at + step]
                them = np.flatnonzero(neighbour < len(self._at))
                self._try(pixels, them, self.place[neighbour[them]] - step)
            jump = self._largest_jump
            while jump >= 1:
                self._jump(pixels, self.place, jump)
                self._jump(pixels, self._at, jump)
                jump //= _NARROWING

    def _jump(self, pixels: NDArray[Any], around: _Places, most: int) -> None:
        down, right = self._random.integers(-most, most + 1, (2, len(self._at)))
        self._try(pixels, np.arange(len(self._at)), around + down * self._stride + right)

    def vote(self, levels: Levels) -> None:
        """Make each missing pixel the mean of what the patches over it say."""
        wide = _bordered(levels).reshape(self._order.size, -1)
        spread = max(float(np.percentile(self._cost, 75)), 1.0)
        weight = np.zeros(len(self._at) + 1, np.float32)
        weight[:-1] = np.exp(-((self._cost / spread) ** 2)) * self._trust + 1e-6
        place = np.append(self.place, self._at[0])
        total = np.zeros((len(self._holes), wide.shape[1]), np.float32)
        weights = np.zeros((len(self._holes), 1), np.float32)
        for step in self._patch.tolist():
            order = self._order[self._holes - step]
            voice = weight[order][:, np.newaxis]
            total += wide.take(place[order] + step, axis=0, mode="clip") * voice
            weights += voice
        flat = levels.reshape(self._missing.size, -1)
        flat[np.flatnonzero(self._missing)] = total / weights

    def _try(self, pixels: NDArray[Any], who: _Places, place: _Places) -> None:
        """Move those of the missing pixels to whom these places are better."""
        inside = (place >= 0) & (place < self._whole.size)
        useful = inside & self._whole[np.where(inside, place, 0)] & (place != self.place[who])
        who, place = who[useful], place[useful]
        cost = self._compare(pixels, who, place)
        better = cost < self._cost[who]
        self.place[who[better]], self._cost[who[better]] = place[better], cost[better]

    def _compare(self, pixels: NDArray[Any], who: _Places, place: _Places) -> NDArray[np.int32]:
        """Return how far the patches there are from those here, in levels of all channels."""
        cost = np.empty(len(who), np.int32)
        for start in range(0, len(who), _ROWS_AT_ONCE):
            rows = slice(start, start + _ROWS_AT_ONCE)
            here, there = (
                pixels.take(centre[rows, np.newaxis] + self._patch, mode="clip").view(np.uint8)
                for centre in (self._at[who], place)
            )
            apart = cv2.absdiff(here, there)
            cost[rows] = np.asarray(cv2.reduce(apart, 1, cv2.REDUCE_SUM, dtype=cv2.CV_32S)).ravel()
        return cost


def _bordered(plane: Any) -> NDArray[Any]:
    return np.asarray(cv2.copyMakeBorder(plane, *(_REACH,) * 4, cv2.BORDER_REFLECT))


def _with_border(plane: Any) -> NDArray[Any]:
    return np.asarray(cv2.copyMakeBorder(plane, *(_REACH,) * 4, cv2.BORDER_CONSTANT, value=0))


def _packed(levels: Levels) -> NDArray[Any]:
    """Return a picture with a border, flat, one number for all channels of a pixel."""
    wide: Any = cv2.convertScaleAbs(_bordered(np.clip(levels, 0, 255)))
    if wide.ndim == 2:
        return np.asarray(wide.ravel())
    return np.asarray(cv2.cvtColor(wide, cv2.COLOR_BGR2BGRA).view(np.uint32).ravel())
