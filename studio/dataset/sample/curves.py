"""Outlines of the built-in sample's shapes, as points with x to the right and y down."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

Points = NDArray[np.float64]  # (n, 2)
Pair = Sequence[float] | NDArray[np.float64]  # x and y


def curve(points: ArrayLike, *, steps: int = 10) -> Points:
    """Return a Catmull-Rom curve from the first point to the last, `steps` points to each span."""
    knots = np.asarray(points, np.float64)
    before, after = 2 * knots[:1] - knots[1:2], 2 * knots[-1:] - knots[-2:-1]
    return np.vstack([_spans(np.vstack([before, knots, after]), steps), knots[-1:]])


def loop(points: ArrayLike, *, steps: int = 10) -> Points:
    """Return a closed Catmull-Rom curve through the points, `steps` points to each span."""
    knots = np.asarray(points, np.float64)
    return _spans(np.vstack([knots[-1:], knots, knots[:2]]), steps)


def _spans(knots: Points, steps: int) -> Points:
    t = np.linspace(0, 1, steps, endpoint=False)[None, :, None]
    before, start, end, after = (
        part[:, None, :] for part in (knots[:-3], knots[1:-2], knots[2:-1], knots[3:])
    )
    spans = start + 0.5 * t * (
        (end - before)
        + t * (2 * before - 5 * start + 4 * end - after)
        + t**2 * (3 * (start - end) + after - before)
    )
    return np.asarray(spans).reshape(-1, 2)


def rounded(points: ArrayLike, radius: float, *, steps: int = 6) -> Points:
    """Return the closed polygon with each corner cut by a curve that starts `radius` from it."""
    corners = np.asarray(points, np.float64)
    t = np.linspace(0, 1, steps)[:, None]
    pieces = []
    for index, corner in enumerate(corners):
        sides = [corners[index - 1] - corner, corners[(index + 1) % len(corners)] - corner]
        lengths = [max(float(np.hypot(*side)), 1e-9) for side in sides]
        start, end = (
            corner + side * min(radius / length, 0.5)
            for side, length in zip(sides, lengths, strict=True)
        )
        pieces.append((1 - t) ** 2 * start + 2 * t * (1 - t) * corner + t**2 * end)
    return np.vstack(pieces)


def ellipse(centre: Pair, radii: Pair, *, turn: float = 0.0, steps: int = 48) -> Points:
    """Return an ellipse whose first radius points `turn` radians from the x axis."""
    t = np.linspace(0, 2 * np.pi, steps, endpoint=False)
    x, y = radii[0] * np.cos(t), radii[1] * np.sin(t)
    cos, sin = np.cos(turn), np.sin(turn)
    return np.stack([centre[0] + x * cos - y * sin, centre[1] + x * sin + y * cos], axis=1)


def arc(centre: Pair, radii: Pair, start: float, end: float) -> Points:
    """Return a part of an upright ellipse, from one angle to another in degrees, clockwise."""
    t = np.deg2rad(np.linspace(start, end, 16))
    return np.stack([centre[0] + radii[0] * np.cos(t), centre[1] + radii[1] * np.sin(t)], axis=1)


def moved(points: ArrayLike, across: float, down: float) -> Points:
    """Return the points with the same step added to each."""
    return np.asarray(np.asarray(points, np.float64) + np.array((across, down)))


def box(left: float, top: float, right: float, bottom: float) -> Points:
    """Return the four corners of a rectangle."""
    return np.array([[left, top], [right, top], [right, bottom], [left, bottom]], np.float64)


def normals(spine: Points) -> Points:
    """Return the unit vectors across a line at each of its points."""
    along = np.gradient(spine, axis=0)
    across = np.stack([along[:, 1], -along[:, 0]], axis=1)
    return np.asarray(across / np.maximum(np.hypot(across[:, :1], across[:, 1:]), 1e-9))


def ribbon(spine: Points, first: ArrayLike, second: ArrayLike | None = None) -> Points:
    """Return the outline of a line with a half width to each side at each of its points."""
    across = normals(spine)
    one = np.broadcast_to(np.asarray(first, np.float64), len(spine))[:, None]
    other = one if second is None else np.broadcast_to(np.asarray(second), len(spine))[:, None]
    return np.vstack([spine + across * one, (spine - across * other)[::-1]])


def half_plane(edge: Points, far: float = 4.0) -> Points:
    """Return everything below a line that runs from left to right."""
    return np.vstack([edge, [[edge[-1, 0], far], [edge[0, 0], far]]])


def blob(rng: np.random.Generator, centre: Pair, radius: float, wobble: float) -> Points:
    """Return a closed soft shape whose radius varies by the share `wobble`."""
    angles = np.linspace(0, 2 * np.pi, 8, endpoint=False)
    radii = radius * (1 + rng.uniform(-wobble, wobble, angles.size))
    return loop(np.stack([np.cos(angles) * radii, np.sin(angles) * radii], 1) + np.asarray(centre))
