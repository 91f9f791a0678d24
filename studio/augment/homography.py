"""3×3 matrices as tuples of nine numbers, row by row: for the few of a plan, faster than arrays."""

from math import hypot

import numpy as np
from numpy.typing import NDArray

Homography = tuple[float, float, float, float, float, float, float, float, float]
Point = tuple[float, float]

IDENTITY: Homography = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0)


def from_array(matrix: NDArray[np.float64]) -> Homography:
    """Return the tuple of a 3×3 array, scaled so that its last number is 1 where it is not 0."""
    a, b, c, d, e, f, g, h, i = matrix.ravel().tolist()
    if i in (0.0, 1.0):
        return (a, b, c, d, e, f, g, h, i)
    return (a / i, b / i, c / i, d / i, e / i, f / i, g / i, h / i, 1.0)


def to_array(matrix: Homography) -> NDArray[np.float64]:
    """Return the 3×3 array of a tuple."""
    return np.array(matrix).reshape(3, 3)


def multiply(after: Homography, first: Homography) -> Homography:
    """Return what does `first` and then `after`."""
    a, b, c, d, e, f, g, h, i = after
    j, k, l, m, n, o, p, q, r = first  # noqa: E741
    return (
        a * j + b * m + c * p,
        a * k + b * n + c * q,
        a * l + b * o + c * r,
        d * j + e * m + f * p,
        d * k + e * n + f * q,
        d * l + e * o + f * r,
        g * j + h * m + i * p,
        g * k + h * n + i * q,
        g * l + h * o + i * r,
    )


def invert(matrix: Homography) -> Homography:
    """Return what undoes a matrix; ZeroDivisionError where nothing does."""
    a, b, c, d, e, f, g, h, i = matrix
    one, two, three = e * i - f * h, f * g - d * i, d * h - e * g
    whole = 1 / (a * one + b * two + c * three)
    return (
        one * whole,
        (c * h - b * i) * whole,
        (b * f - c * e) * whole,
        two * whole,
        (a * i - c * g) * whole,
        (c * d - a * f) * whole,
        three * whole,
        (b * g - a * h) * whole,
        (a * e - b * d) * whole,
    )


def translation(x: float, y: float) -> Homography:
    """Return what moves every place by x and y."""
    return (1.0, 0.0, x, 0.0, 1.0, y, 0.0, 0.0, 1.0)


def scaling(x: float, y: float) -> Homography:
    """Return what multiplies places by x and y."""
    return (x, 0.0, 0.0, 0.0, y, 0.0, 0.0, 0.0, 1.0)


def is_affine(matrix: Homography) -> bool:
    """Return whether parallels stay parallel."""
    return matrix[6] == 0 and matrix[7] == 0


def stretches(matrix: Homography) -> tuple[float, float]:
    """Return by how much a matrix stretches most and least at the centre: its singular values."""
    a, b, _, c, d, *_ = matrix
    total, part = hypot(a + d, c - b), hypot(a - d, c + b)
    return (total + part) / 2, abs(total - part) / 2
