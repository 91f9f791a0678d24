"""The built-in sample's sailboats."""

import numpy as np

from studio.dataset.sample import backdrops
from studio.dataset.sample.canvas import Canvas, Layer, Pose, union
from studio.dataset.sample.colours import Colour, choose, darker, lighter, mix
from studio.dataset.sample.curves import (
    Points,
    box,
    curve,
    ellipse,
    half_plane,
    moved,
)

Random = np.random.Generator

# sky far and near, sea, hull, band, sail, second sail
BOATS = (
    "7cc6e8 eaf6f2 1f7a9c b5453a fff4e0 fff6e6 f2b544",
    "f7b58c fdeed3 3a6f8f 2e4057 f1c27b fdf3e3 e4683f",
    "2f3e75 e09f9b 27416b 8c3b4a ffd9a0 ffe8d1 f28f6b",
    "a5dbd6 f7f6e2 2a9d8f 264653 e9c46a fffaf0 e76f51",
    "c9d7f0 fdf1f4 5573b5 f4f1ea c8434f d8e3f3 c8434f",
    "9ad1f0 f5fbff 1b6ca8 f6c244 2b4162 ffffff 2b4162",
    "fbd7c6 fff5ea 6fa8a1 7a4b3a f3dcb8 f8ead0 9c6b8f",
    "22577a 8fd3c8 134d67 d98e4a fff1d6 fff7e8 57b894",
)


def draw_sailboat(rng: Random) -> Canvas:
    """Draw a boat under sail, its hull behind the nearest wave."""
    far, near, sea, hull, band, sail, second = choose(rng, BOATS)
    canvas = backdrops.sky(rng, far, near)
    horizon = rng.uniform(0.2, 0.4)
    canvas.paint(
        canvas.shape(box(-1, horizon, 1, 1)),
        canvas.ramp(mix(sea, near, 0.5), sea, (0, horizon), (0, 1)),
    )
    if rng.random() < 0.6:
        coast = backdrops.wave_line(rng, horizon - 0.06, 0.06, rng.uniform(3, 6))
        land = canvas.shape(half_plane(coast)) & canvas.shape(box(-2, -1, 2, horizon))
        canvas.paint(land, mix(sea, near, 0.45), 0.8)
    _ripples(rng, canvas, horizon, near)
    canvas.pose = Pose(
        rng.uniform(0.78, 0.88),
        rng.uniform(-10, 10),
        (rng.uniform(-0.06, 0.06), rng.uniform(-0.03, 0.03)),
        mirrored=rng.random() < 0.5,
    )
    mast = (rng.uniform(-0.08, 0.12), rng.uniform(-0.98, -0.88))
    sails = _sails(rng, canvas, mast)
    body = canvas.shape(_hull(rng))
    spars = canvas.line(np.array([(mast[0], 0.5), mast]), width=0.05)
    canvas.shadow(union(body, *sails), darker(sea, 0.4), reach=7, blur=6, opacity=0.28)
    canvas.add(spars, darker(hull, 0.45))
    _pennant(rng, canvas, mast, band)
    for layer, tint in zip(sails, (sail, second if rng.random() < 0.7 else sail), strict=True):
        canvas.add(layer, _cloth(rng, canvas, tint, second).pixels)
        canvas.light(layer, depth=6, strength=0.45)
    canvas.add(body, _planks(rng, canvas, hull, band).pixels)
    canvas.light(body, depth=6, strength=0.5)
    canvas.pose = Pose()
    _waves(rng, canvas, sea, near)
    return canvas


def _hull(rng: Random) -> Points:
    sheer = rng.uniform(0.02, 0.1)
    bow, stern = rng.uniform(0.8, 0.95), rng.uniform(0.68, 0.82)
    deck = curve([(-stern, 0.42 - sheer * 0.4), (0, 0.46), (bow, 0.42 - sheer)])
    keel = curve(
        [
            (bow, 0.42 - sheer),
            (bow * 0.72, 0.68),
            (0.2, 0.84),
            (-stern * 0.6, 0.82),
            (-stern * rng.uniform(0.86, 0.96), 0.72),
        ]
    )
    return np.vstack([deck, keel])


def _sails(rng: Random, canvas: Canvas, mast: tuple[float, float]) -> tuple[Layer, Layer]:
    x, top = mast
    boom = rng.uniform(0.22, 0.34)
    reach, belly = rng.uniform(0.6, 0.8), rng.uniform(0.03, 0.12)
    kind = int(rng.integers(3))
    if kind == 0:
        peak = (x - 0.04, top + 0.04)
    elif kind == 1:
        peak = (x - reach * rng.uniform(0.4, 0.65), top + rng.uniform(0.02, 0.12))
    else:
        peak = (x - 0.05, top + rng.uniform(0.06, 0.16))
        belly *= 2
    throat = (x - 0.04, peak[1] + (0.35 if kind == 1 else 0))
    clew = (x - reach, boom)
    leech = curve([peak, ((peak[0] + clew[0]) / 2 - belly, (peak[1] + clew[1]) / 2), clew])
    foot = curve([clew, (x - reach / 2, boom + belly * 0.6), (x - 0.04, boom)])
    main = np.vstack([[throat], leech, foot])
    tack = (rng.uniform(0.7, 0.86), boom + rng.uniform(-0.02, 0.06))
    head = (x + 0.05, top + rng.uniform(0.08, 0.3))
    sheet_corner = (x + rng.uniform(0.06, 0.12), boom - 0.02)
    luff = curve([head, ((head[0] + tack[0]) / 2 + belly * 0.5, (head[1] + tack[1]) / 2), tack])
    low = curve([tack, ((tack[0] + sheet_corner[0]) / 2, boom + belly * 0.5), sheet_corner])
    inner = curve([sheet_corner, (x + 0.02 + belly, (boom + head[1]) / 2), head])
    return canvas.shape(main), canvas.shape(np.vstack([luff, low, inner]))


def _cloth(rng: Random, canvas: Canvas, tint: Colour, second: Colour) -> Canvas:
    sheet = canvas.sheet(
        canvas.ramp(lighter(tint, 0.3), darker(tint, 0.14), (-0.7, -0.8), (0.5, 0.4))
    )
    kind = int(rng.integers(5))
    if kind == 0:
        rows = np.arange(-0.9, 0.4, rng.uniform(0.2, 0.3))
        sheet.paint(sheet.shapes(box(-2, y, 2, y + 0.1) for y in rows), second, 0.85)
    elif kind == 1:
        seams = [curve([(-1, y + 0.1), (0, y), (1, y + 0.1)]) for y in (-0.5, -0.2, 0.1)]
        sheet.paint(sheet.line(*seams, width=0.018), darker(tint, 0.4), 0.5)
    elif kind == 2:
        sheet.paint(sheet.shape(ellipse((-0.24, -0.06), (0.13, 0.13))), second, 0.9)
    elif kind == 3:
        sheet.paint(sheet.shape(box(-2, rng.uniform(-0.1, 0.1), 2, 1)), second, 0.85)
    return sheet


def _pennant(rng: Random, canvas: Canvas, mast: tuple[float, float], tint: Colour) -> None:
    x, top = mast
    tip = rng.uniform(0.2, 0.3)
    flag = curve([(x, top), (x - tip * 0.5, top + 0.01), (x - tip, top + 0.07)])
    canvas.add(canvas.shape(np.vstack([flag, [(x, top + 0.13)]])), tint)


def _planks(rng: Random, canvas: Canvas, hull: Colour, band: Colour) -> Canvas:
    sheet = canvas.sheet(canvas.ramp(lighter(hull, 0.12), darker(hull, 0.3), (0, 0.4), (0, 0.85)))
    rail = curve([(-1, 0.44), (0, 0.5), (1, 0.38)])
    sheet.paint(sheet.line(rail, width=rng.uniform(0.05, 0.09)), band)
    if rng.random() < 0.5:
        holes = [
            ellipse((x, 0.62), (0.04, 0.04))
            for x in np.linspace(-0.35, 0.4, int(rng.integers(3, 5)))
        ]
        sheet.paint(sheet.shapes(holes), lighter(band, 0.3))
        sheet.paint(sheet.line(*holes, width=0.015, closed=True), darker(hull, 0.5), 0.6)
    else:
        lines = [moved(rail, 0, drop) for drop in (0.11, 0.2)]
        sheet.paint(sheet.line(*lines, width=0.014), darker(hull, 0.5), 0.5)
    return sheet


def _ripples(rng: Random, canvas: Canvas, horizon: float, glint: Colour) -> None:
    lines = []
    for x, y in rng.uniform((-1, horizon + 0.03), (1, 0.95), (int(rng.integers(8, 16)), 2)):
        length = 0.05 + 0.15 * (y - horizon)
        lines.append(curve([(x, y), (x + length, y - 0.012), (x + 2 * length, y)]))
    canvas.paint(canvas.line(*lines, width=0.014), glint, 0.5)


def _waves(rng: Random, canvas: Canvas, sea: Colour, foam: Colour) -> None:
    for height, share in ((0.6, 0.1), (0.78, 0.0)):
        crest = backdrops.wave_line(rng, height, rng.uniform(0.02, 0.04), rng.uniform(6, 10))
        water = canvas.shape(half_plane(crest))
        tint = canvas.ramp(
            mix(lighter(sea, 0.12), foam, share), darker(sea, 0.15), (0, height), (0, 1.1)
        )
        canvas.cover(water, tint)
        canvas.paint(canvas.line(crest, width=0.016), foam, 0.55)
