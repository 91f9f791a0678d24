"""Smooth surfaces over missing pixels: a membrane (∆u = 0) or a thin plate (∆²u = 0).

Both minimise a sum of squares that the graph Laplacian gives, so a picture's edge reflects, and
there is one solution as soon as one pixel is known. Conjugate gradients find it, on the missing
pixels alone, however many are known. Long waves would take them longest: these are found in
pictures of half the size, and so on.
"""

from collections.abc import Callable
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from studio.augment.image import Mask
from studio.augment.missing.halves import double, halve, halve_mask, mean_of_four

Levels = NDArray[np.float32]
"""(H, W) or (H, W, 3), as levels of an 8-bit picture."""

_Operator = Callable[[Levels], Levels]
_Places = NDArray[np.intp]

_PASSES = {"membrane": 1, "plate": 2}
_ROUNDS = {"membrane": 4, "plate": 6}
_GROWTH = {"membrane": 2, "plate": 3}
_MOST_ROUNDS = 500
# A plate's long waves hardly pull; single precision resolves no less than this.
_RESIDUAL = {"membrane": 0.01, "plate": 0.0005}


def fill_smoothly(levels: Levels, missing: Mask, kind: str) -> None:
    """Overwrite the missing pixels by those of a "membrane" or a "plate".

    At least one pixel is missing and one known; what the missing ones hold means nothing.
    """
    membrane = _Grid(missing, "membrane")
    membrane.guess(levels)
    grid = membrane if kind == "membrane" else _Grid(missing, kind)
    for _ in range(_PASSES[kind]):
        grid.settle(levels, _ROUNDS[kind])


class _Grid:
    """The missing pixels of a picture of some size, and those at half of it if any are left."""

    def __init__(self, missing: Mask, kind: str) -> None:
        self._missing = missing
        self._kind = kind
        self._at = np.flatnonzero(missing)
        self._matrix = (
            _plate(missing, self._at) if kind == "plate" else _membrane(missing, self._at)
        )
        fewer = halve_mask(missing)
        self._coarser = _Grid(fewer, kind) if cv2.countNonZero(fewer) else None

    def guess(self, levels: Levels) -> None:
        """Overwrite the missing pixels, which may hold anything, from coarse to fine."""
        coarse = halve(levels, self._missing)
        if self._coarser is not None:
            self._coarser.guess(coarse)
        cv2.copyTo(double(coarse, self._missing), self._missing, levels)
        self._relax(levels, _ROUNDS[self._kind])

    def settle(self, levels: Levels, rounds: int) -> None:
        """Improve the missing pixels: first what half the size can tell of them, then the rest."""
        if self._coarser is not None:
            before = mean_of_four(levels)
            after = before.copy()
            self._coarser.settle(after, min(rounds * _GROWTH[self._kind], _MOST_ROUNDS))
            after -= before
            self._add(levels, self._take(double(after, self._missing, cv2.INTER_CUBIC)))
        self._relax(levels, rounds)

    def _relax(self, levels: Levels, rounds: int) -> None:
        limit = _RESIDUAL[self._kind] ** 2
        self._add(levels, _solve(self._matrix, self._force(levels), rounds, limit))

    def _force(self, levels: Levels) -> Levels:
        """Return what pulls at each missing pixel."""
        bent: Any = levels
        for _ in range(2 if self._kind == "plate" else 1):
            bent = cv2.Laplacian(bent, cv2.CV_32F, ksize=1, borderType=cv2.BORDER_REPLICATE)
        force = self._take(bent)
        return np.negative(force, out=force) if self._kind == "plate" else force

    def _take(self, levels: Any) -> Levels:
        """Return the missing pixels' values, (channels, pixels)."""
        return np.ascontiguousarray(levels.reshape(self._missing.size, -1)[self._at].T)

    def _add(self, levels: Levels, change: Levels) -> None:
        flat = levels.reshape(self._missing.size, -1)
        flat[self._at] += change.T


def _membrane(missing: Mask, at: _Places) -> _Operator:
    return _laplacian(at, at, missing.shape)


def _plate(missing: Mask, at: _Places) -> _Operator:
    cross = cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3))
    around = np.flatnonzero(cv2.dilate(missing, cross))
    there, back = _laplacian(at, around, missing.shape), _laplacian(around, at, missing.shape)
    return lambda values: back(there(values))


def _laplacian(source: _Places, target: _Places, shape: tuple[int, ...]) -> _Operator:
    """Return a map of values at `source`, with 0 elsewhere, to minus the Laplacian at `target`."""
    height, width = shape
    order = np.full(height * width, len(source), np.intp)
    order[source] = np.arange(len(source))
    y, x = np.divmod(target, width)
    # Beyond the edge lies the pixel itself again, as in a reflection.
    steps = (-1, x > 0), (1, x < width - 1), (-width, y > 0), (width, y < height - 1)
    sides = [order[np.where(inside, target + step, target)] for step, inside in steps]
    itself = order[target]

    def apply(values: Levels) -> Levels:
        channels, count = values.shape
        padded = np.zeros((channels, count + 1), np.float32)
        padded[:, :-1] = values
        result = np.empty((channels, len(target)), np.float32)
        piece = np.empty(len(target), np.float32)
        for plane, out in zip(padded, result, strict=True):
            # A way to clip is what lets numpy write to `out` without a copy.
            plane.take(itself, out=out, mode="clip")
            out *= 4
            for side in sides:
                plane.take(side, out=piece, mode="clip")
                out -= piece
        return result

    return apply


def _solve(matrix: _Operator, force: Levels, rounds: int, limit: float) -> Levels:
    """Return conjugate gradients' answer, which ends early at this mean square of the rest."""
    found = np.zeros_like(force)
    rest = force.copy()
    direction = rest.copy()
    size = _dot(rest, rest)
    for _ in range(rounds):
        if size <= limit * force.size:
            break
        bent = matrix(direction)
        step = size / _dot(direction, bent)
        cv2.scaleAdd(direction, step, found, dst=found)
        cv2.scaleAdd(bent, -step, rest, dst=rest)
        before, size = size, _dot(rest, rest)
        cv2.scaleAdd(direction, size / before, rest, dst=direction)
    return found


def _dot(one: Levels, other: Levels) -> float:
    return float(np.multiply(one, other).sum(dtype=np.float64))
