"""The built-in sample's mushrooms."""

import numpy as np

from studio.dataset.sample import backdrops
from studio.dataset.sample.canvas import Canvas, Pose, union
from studio.dataset.sample.colours import Colour, choose, darker, lighter, mix
from studio.dataset.sample.curves import (
    Points,
    curve,
    ellipse,
    half_plane,
    loop,
    ribbon,
)

Random = np.random.Generator

# woods far and near, cap, cap's shade, spots, stem, ground
MUSHROOMS = (
    "cfe3c4 7fa88a e23e3e a3243b fff4e3 f7e7cf 3f6b4f",
    "f6dfb8 c99b6a d9722e 99431f ffe6bd fbeeda 6b5a33",
    "d7dcef 8f97c4 7e57c2 4f3490 f3dcff efe6f5 3d4f6d",
    "fbe3d6 d9a79a b5583f 7a3428 ffd9b5 fff1df 5d6b46",
    "cdebe8 6bb0b4 f2a541 c96f21 fff3d0 fdf5e6 2f6b69",
    "34495e 1f2d3d ef6f6c b03a5b ffe9dc f4e4d4 1c3b3a",
    "e8f1d4 a9c47f 8d5a3c 5c3626 e8c9a0 f5e8d2 557a3a",
    "fde2e4 e5a4b4 d1495b 8c2f51 fff1e6 fff6ec 4d7c6f",
)


def draw_mushroom(rng: Random) -> Canvas:
    """Draw a mushroom, sometimes with a small one beside it, in grass."""
    far, near, cap, shade, spots, stem, ground = choose(rng, MUSHROOMS)
    canvas = backdrops.woods(rng, far, near)
    floor = backdrops.wave_line(rng, 0.72, 0.03, 2)
    canvas.paint(
        canvas.shape(half_plane(floor)),
        canvas.ramp(lighter(ground, 0.25), ground, (0, 0.6), (0, 1)),
    )
    at = (rng.uniform(-0.08, 0.08), rng.uniform(-0.03, 0.05))
    if rng.random() < 0.5:
        beside = (at[0] + rng.choice([-1, 1]) * rng.uniform(0.42, 0.52), 0.5)
        canvas.pose = Pose(rng.uniform(0.24, 0.32), rng.uniform(-12, 12), beside)
        _mushroom(rng, canvas, (cap, shade, spots, stem))
    size = rng.uniform(0.7, 0.8)
    canvas.pose = Pose(size, rng.uniform(-10, 10), at, rng.uniform(0.85, 1.15))
    _mushroom(rng, canvas, (cap, shade, spots, stem))
    canvas.pose = Pose()
    _grass(rng, canvas, ground)
    return canvas


def _mushroom(rng: Random, canvas: Canvas, tints: tuple[Colour, ...]) -> None:
    cap, shade, spots, stem = tints
    brim = rng.uniform(-0.1, 0.16)
    outline, belly = _cap(rng, brim)
    dome = canvas.shape(outline)
    gills = canvas.shape(belly)
    foot = _stem(rng, brim)
    stalk = canvas.shape(foot)
    whole = union(dome, stalk, gills)
    canvas.shadow(whole, reach=6, blur=6, opacity=0.3)
    canvas.add(stalk, canvas.ramp(lighter(stem, 0.4), mix(stem, shade, 0.35), (-0.3, 0), (0.35, 0)))
    canvas.paint(
        stalk & canvas.shape(ellipse((0.05, brim + 0.12), (0.6, 0.2))),
        darker(shade, 0.4),
        0.4,
        blur=2,
    )
    if rng.random() < 0.5:
        _skirt(rng, canvas, brim, stem)
    canvas.add(gills, _gills(canvas, brim, mix(stem, shade, 0.3)).pixels)
    sheet = canvas.sheet(canvas.ramp(lighter(cap, 0.12), shade, (-0.4, -0.8), (0.5, brim + 0.1)))
    _spots(rng, sheet, spots, brim)
    canvas.add(dome, sheet.pixels)
    canvas.light(dome, depth=8, strength=0.6)


def _cap(rng: Random, brim: float) -> tuple[Points, Points]:
    wide = rng.uniform(0.78, 0.96)
    kind = int(rng.integers(4))
    lean = rng.uniform(-0.1, 0.1)
    # How wide and how high, as shares, the cap is at its shoulder and nearer its top.
    shoulder, high, middle, higher = (
        (0.95, 0.42, 0.6, 0.86),
        (0.6, 0.38, 0.28, 0.8),
        (0.8, 0.5, 0.45, 0.9),
        (0.97, 0.45, 0.5, 0.9),
    )[kind]
    rise = brim + rng.uniform(0.8, 1.0)
    sag = rng.uniform(0.08, 0.16)
    outline = loop(
        [
            (-wide, brim + 0.02),
            (-wide * shoulder, brim - rise * high),
            (-wide * middle + lean, brim - rise * higher),
            (lean, brim - rise),
            (wide * middle + lean, brim - rise * higher),
            (wide * shoulder, brim - rise * high),
            (wide, brim + 0.02),
            (wide * 0.6, brim + sag),
            (0, brim + sag * 1.3),
            (-wide * 0.6, brim + sag),
        ]
    )
    return outline, ellipse((0, brim + sag * 0.75), (wide * 0.86, sag * 1.5))


def _stem(rng: Random, brim: float) -> Points:
    bend, neck = rng.uniform(-0.1, 0.1), rng.uniform(0.15, 0.24)
    foot = neck * rng.uniform(1.1, 1.75)
    spine = curve([(0, brim - 0.2), (bend, (brim + 0.95) / 2), (bend * 0.4, 0.95)], steps=16)
    t = np.linspace(0, 1, len(spine))
    bulge = neck + (foot - neck) * t**2
    return ribbon(spine, bulge * np.clip((1.04 - t) / 0.1, 0, 1) ** 0.5)


def _skirt(rng: Random, canvas: Canvas, brim: float, stem: Colour) -> None:
    y, wide = brim + rng.uniform(0.26, 0.36), rng.uniform(0.26, 0.34)
    frill = loop(
        [
            (-wide * 0.6, y - 0.06),
            (wide * 0.6, y - 0.06),
            (wide, y + 0.08),
            (0, y + 0.13),
            (-wide, y + 0.08),
        ]
    )
    layer = canvas.shape(frill)
    canvas.shadow(layer, reach=3, blur=2, opacity=0.4)
    canvas.add(layer, canvas.ramp(lighter(stem, 0.6), darker(stem, 0.15), (-wide, y), (wide, y)))


def _gills(canvas: Canvas, brim: float, tint: Colour) -> Canvas:
    sheet = canvas.sheet(tint)
    lines = [np.array([(0, brim - 0.25), (x, brim + 0.5)]) for x in np.linspace(-1.6, 1.6, 31)]
    sheet.paint(sheet.line(*lines, width=0.02), darker(tint, 0.4), 0.7)
    return sheet


def _spots(rng: Random, sheet: Canvas, tint: Colour, brim: float) -> None:
    kind = int(rng.integers(4))
    if kind == 3:
        for drop in (0.12, 0.3):
            band = curve([(-1, brim - drop), (0, brim - drop + 0.14), (1, brim - drop)])
            sheet.paint(sheet.line(band, width=0.05), tint, 0.75)
        return
    size = (0.1, 0.06, 0.15)[kind]
    placed: list[tuple[float, float]] = []
    outlines = []
    for x, y in rng.uniform((-0.85, -0.95), (0.85, brim), (60, 2)):
        if all(np.hypot(x - a, y - b) > size * 2.5 for a, b in placed):
            placed.append((x, y))
            radius = size * rng.uniform(0.65, 1.15)
            # A spot near the cap's rim is seen from its side.
            squeeze = np.sqrt(max(1 - (x / 0.95) ** 2, 0.12))
            outlines.append(ellipse((x, y), (radius * squeeze, radius * 0.9), turn=x * 0.6))
    sheet.paint(sheet.shapes(outlines), tint, 0.95)


def _grass(rng: Random, canvas: Canvas, ground: Colour) -> None:
    for tint in (darker(ground, 0.25), ground, lighter(ground, 0.3)):
        blades = []
        for x in rng.uniform(-1, 1, int(rng.integers(5, 10))):
            tip = rng.uniform(0.45, 0.72) + 0.2 * (1 - abs(x)) * rng.random()
            lean = rng.uniform(-0.15, 0.15)
            line = [(x, 1.1), (x + lean * 0.3, 0.85), (x + lean, tip)]
            spine = curve(line, steps=6)
            blades.append(ribbon(spine, np.linspace(0.035, 0.002, len(spine))))
        canvas.cover(canvas.shapes(blades), tint)
