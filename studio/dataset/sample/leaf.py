"""The built-in sample's leaves."""

import numpy as np

from studio.dataset.sample import backdrops
from studio.dataset.sample.canvas import Canvas, Layer, Pose, union
from studio.dataset.sample.colours import Colour, choose, darker
from studio.dataset.sample.curves import (
    Points,
    blob,
    curve,
    moved,
    normals,
    ribbon,
    rounded,
)

Random = np.random.Generator

# ground far and near, leaf light and dark, vein
LEAVES = (
    "f7ead3 ecd2ad 8fb04a 4f7d3a e3edb0",
    "f3e3d0 dcbf9f e8803a b8452c ffd9a0",
    "e9e4f2 c9c0de 6ba368 2f6650 d7f0c0",
    "fbe9e1 f0c3b2 c8443f 87283c f7b79b",
    "e3eef0 b5d0d6 f2b53c cf7a2b fff0c0",
    "2f4858 1d2f3c 7fc29b 3d8c74 dcf5e2",
    "fdf3dc f2dfa8 5f8f8b 2f5d62 cfe8df",
    "4a3b4f 2e2537 f09a5a c44f4f ffe0b0",
)


def draw_leaf(rng: Random) -> Canvas:
    """Draw one leaf with its veins."""
    far, near, light, dark, vein = choose(rng, LEAVES)
    canvas = backdrops.paper(rng, far, near)
    side = rng.choice([-1, 1])
    canvas.pose = Pose(
        rng.uniform(0.84, 0.94),
        side * 38 + rng.uniform(-15, 15),
        (rng.uniform(-0.05, 0.05), rng.uniform(-0.05, 0.05)),
        mirrored=rng.random() < 0.5,
    )
    if rng.random() < 0.22:
        blade, sheet, start = _palm(rng, canvas, (light, dark, vein))
    else:
        blade, sheet, start = _simple(rng, canvas, (light, dark, vein))
    end = np.array([rng.uniform(-0.15, 0.15), 1.0])
    stalk_line = curve(np.array([start, moved((start + end) / 2, 0.02, 0), end]))
    stalk = canvas.shape(ribbon(stalk_line, np.linspace(0.028, 0.042, len(stalk_line))))
    blade = _nibbled(rng, canvas, blade)
    whole = union(blade, stalk)
    canvas.shadow(whole, darker(near, 0.75), reach=9, blur=5, opacity=0.45)
    canvas.add(stalk, darker(light, 0.3))
    canvas.add(blade, sheet.pixels)
    canvas.light(whole, depth=5, strength=0.45)
    return canvas


Tints = tuple[Colour, Colour, Colour]
Leaf = tuple[Layer, Canvas, Points]


def _simple(rng: Random, canvas: Canvas, tints: Tints) -> Leaf:
    spine = curve(
        [(0, 0.62), (rng.uniform(-0.06, 0.1), 0.1), (0, -0.4), (rng.uniform(-0.1, 0.16), -0.98)],
        steps=40,
    )
    left, right = _blade_widths(rng, len(spine))
    blade = canvas.shape(ribbon(spine, left, right))
    sheet = _veins(rng, canvas, spine, (left, right), tints)
    return blade, sheet, spine[0]


def _palm(rng: Random, canvas: Canvas, tints: Tints) -> Leaf:
    light, dark, vein = tints
    base = np.array([0.0, 0.46])
    outline: list[Points] = []
    ribs = []
    lengths = np.array([0.58, 1.0, 1.42, 1.0, 0.58]) * rng.uniform(0.94, 1.06, 5)
    bearings = np.deg2rad([-112, -58, 0, 58, 112])
    for length, bearing in zip(lengths, bearings, strict=True):
        along = np.array([np.sin(bearing), -np.cos(bearing)])
        across = np.array([-along[1], along[0]])
        lobe = [
            (0.44, -0.2),
            (0.62, -0.32),
            (0.67, -0.15),
            (1, 0),
            (0.67, 0.15),
            (0.62, 0.32),
            (0.44, 0.2),
        ]
        outline += [base + length * (a * along + c * across) for a, c in lobe]
        ribs += [np.array([base, base + length * 0.9 * along])]
        for side in (-1, 1):
            tip = base + length * (0.58 * along + side * 0.22 * across)
            ribs.append(np.array([base + length * 0.4 * along, tip]))
    edge = rounded([*outline, moved(base, 0, 0.03)], 0.05)
    sheet = canvas.sheet(canvas.ramp(light, dark, (0, -0.8), (0, 0.6)))
    sheet.paint(sheet.shape([(0, 0.46), (0, -2), (3, -2), (3, 2), (0, 2)]), dark, 0.38)
    sheet.paint(sheet.line(*ribs, width=0.026), vein, 0.85)
    return canvas.shape(edge), sheet, base


def _blade_widths(rng: Random, count: int) -> tuple[Points, Points]:
    t = np.linspace(0, 1, count)
    kind = int(rng.integers(5))
    belly = rng.uniform(0.5, 0.85)
    width = np.sin(np.pi * t**belly) ** rng.uniform(0.75, 1.05)
    reach = rng.uniform(0.46, 0.58)
    if kind == 0:
        width *= reach * 0.75
    elif kind == 1:
        lobes = rng.integers(3, 5)
        width *= reach * (0.95 + 0.3 * np.cos(2 * np.pi * (lobes * t + 0.45)))
    elif kind == 2:
        width *= reach * (1 + 0.09 * (np.abs((t * 11) % 1 - 0.75) * 2 - 0.7))
    elif kind == 3:
        width = reach * 1.15 * np.sin(np.pi * t ** rng.uniform(0.46, 0.56)) ** 0.85
    else:
        width *= reach
    skew = rng.uniform(0.88, 1.12)
    return width * skew, width / skew


def _nibbled(rng: Random, canvas: Canvas, blade: Layer) -> Layer:
    if rng.random() < 0.65:
        return blade
    for _ in range(int(rng.integers(1, 4))):
        side, y = rng.choice([-1, 1]), rng.uniform(-0.5, 0.35)
        bite = blob(rng, (side * rng.uniform(0.24, 0.4), y), rng.uniform(0.04, 0.1), 0.2)
        blade = blade & ~canvas.shape(bite)
    return blade


def _veins(
    rng: Random,
    canvas: Canvas,
    spine: Points,
    widths: tuple[Points, Points],
    tints: tuple[Colour, Colour, Colour],
) -> Canvas:
    light, dark, vein = tints
    sheet = canvas.sheet(canvas.ramp(light, dark, spine[-1], spine[0]))
    half = np.vstack([spine, [[3, -1], [3, 1]]])
    sheet.paint(sheet.shape(half), dark, 0.38)
    places = rng.uniform((-0.35, -0.7), (0.35, 0.4), (int(rng.integers(0, 9)), 2))
    spots = [blob(rng, at, rng.uniform(0.02, 0.07), 0.3) for at in places]
    sheet.paint(sheet.shapes(spots), darker(dark, 0.3), 0.4, blur=0.8)
    across = normals(spine)
    lines = []
    ahead = len(spine) // 8
    for index in np.linspace(6, len(spine) * 0.74, int(rng.integers(5, 9))).astype(int):
        tip = min(index + ahead, len(spine) - 1)
        for sign, width in zip((1, -1), widths, strict=True):
            end = spine[tip] + across[tip] * sign * width[tip] * 0.86
            middle = (spine[index] + end) / 2 + across[index] * sign * width[index] * 0.08
            lines.append(curve([spine[index], middle, end], steps=5))
    sheet.paint(sheet.line(*lines, width=0.017), vein, 0.75)
    rib = np.linspace(0.03, 0.006, len(spine))
    sheet.paint(sheet.shape(ribbon(spine, rib)), vein, 0.95)
    return sheet
