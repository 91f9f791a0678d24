"""The built-in sample's striped patches."""

import numpy as np

from studio.dataset.sample import backdrops
from studio.dataset.sample.canvas import Canvas, Pose
from studio.dataset.sample.colours import Colour, choose, darker, shuffled
from studio.dataset.sample.curves import (
    Points,
    blob,
    ellipse,
    half_plane,
    moved,
    rounded,
)

Random = np.random.Generator

# ground far and near, then the stripes
STRIPES = (
    "f4ead8 e6d3b3 264653 2a9d8f e9c46a f4a261 e76f51",
    "e3edf4 bfd3e2 1d3557 457b9d a8dadc f1faee e63946",
    "fbe9e7 f3c6c0 6d2e46 a26769 d5b9b2 ece2d0 cb6d51",
    "e8f0e3 c3d7b8 2d4a3e 5f8d4e a4be7b e5d9b6 d98e4a",
    "ece6f5 cfc2e6 3d2c6b 7a5cc2 b8a1e3 f5e6ff f2a65a",
    "2f3447 454b66 f6ae2d f26419 86bbd8 fdf3dc 33658a",
    "fff4d9 f6dfa6 1b4965 62b6cb bee9e8 fefae0 ffb703",
    "fde7ee f5c2d5 8e3b6e d96c9f f7b2cc fff3e8 5fa8a0",
)


def draw_stripes(rng: Random) -> Canvas:
    """Draw a patch of stripes: straight, waved, zigzag or in arcs."""
    far, near, *tints = choose(rng, STRIPES)
    canvas = backdrops.paper(rng, far, near)
    canvas.pose = Pose(
        rng.uniform(0.64, 0.76),
        rng.uniform(-15, 15),
        (rng.uniform(-0.06, 0.06), rng.uniform(-0.06, 0.06)),
        rng.uniform(0.88, 1.14),
    )
    patch = canvas.shape(_patch(rng))
    canvas.shadow(patch, darker(near, 0.75), reach=9, blur=6, opacity=0.45)
    canvas.add(patch, _stripes(rng, canvas, shuffled(rng, tints)).pixels)
    canvas.light(patch, depth=7, strength=0.5)
    return canvas


def _patch(rng: Random) -> Points:
    kind = int(rng.integers(5))
    if kind == 0:
        return ellipse((0, 0), (1, 1), steps=90)
    if kind == 1:
        t = np.linspace(0, 2 * np.pi, 90, endpoint=False)
        cos, sin = np.cos(t), np.sin(t)
        return (
            np.stack([np.sign(cos) * np.abs(cos) ** 0.5, np.sign(sin) * np.abs(sin) ** 0.5], 1)
            * 0.95
        )
    if kind == 2:
        t = np.arange(6) * np.pi / 3 + np.pi / 6
        return rounded(np.stack([np.cos(t), np.sin(t)], axis=1) * 1.06, 0.25)
    if kind == 3:
        shield = [(-0.86, -0.9), (0.86, -0.9), (0.86, 0.25), (0.0, 1.05), (-0.86, 0.25)]
        return rounded(shield, 0.35)
    return blob(rng, (0, 0), 0.95, 0.13)


def _stripes(rng: Random, canvas: Canvas, tints: list[Colour]) -> Canvas:
    tints = tints[: int(rng.integers(2, 6))]
    sheet = canvas.sheet(tints[-1])
    kind = int(rng.integers(5))
    tilt = np.deg2rad(rng.choice([0, 35, -35, 60, -60, 90]) + rng.uniform(-8, 8))
    turn = np.array([[np.cos(tilt), np.sin(tilt)], [-np.sin(tilt), np.cos(tilt)]])
    swing = (0.0, 0.0, rng.uniform(0.06, 0.14), rng.uniform(0.14, 0.24), 0.0)[kind]
    pace = rng.uniform(4.5, 8)
    centre = rng.choice([-1.0, 1.0], 2) * rng.uniform(0.5, 0.9, 2)
    at, index = -1.6, 0
    widths = rng.uniform(0.13, 0.34, len(tints))
    while at < 1.6:
        if kind == 4:
            radius = 1.6 - at
            layer = sheet.shape(ellipse(centre, (radius * 0.75, radius * 0.75), steps=120))
        else:
            layer = sheet.shape(half_plane(moved(_edge(kind, swing, pace), 0, at)) @ turn)
        sheet.paint(layer, tints[index % len(tints)])
        at, index = at + float(widths[index % len(tints)]), index + 1
    return sheet


def _edge(kind: int, swing: float, pace: float) -> Points:
    x = np.linspace(-2.2, 2.2, 177)
    if kind == 3:
        return np.stack([x, swing * (np.abs((x * pace / 4) % 1 - 0.5) * 4 - 1)], axis=1)
    return np.stack([x, swing * np.sin(pace * x)], axis=1)
