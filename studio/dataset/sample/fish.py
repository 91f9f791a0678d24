"""The built-in sample's fish."""

import numpy as np

from studio.dataset.sample import backdrops
from studio.dataset.sample.canvas import Canvas, Pose, union
from studio.dataset.sample.colours import INK, WHITE, Colour, choose, darker, lighter
from studio.dataset.sample.curves import Points, arc, curve, ellipse, loop, moved, ribbon

Random = np.random.Generator

# deep and shallow water, body, belly, fin, mark
FISH = (
    "0b4f6c 67cbd8 ff8a3d ffe2b8 f2553b fff6e6",
    "173b63 5fb0b7 f7c548 fff3c9 ee8a4b 22577a",
    "167d72 a5e3cf ef5b5b ffdcc9 b83b5e fff1e0",
    "2b2d6e 8a92dd 5ce1c6 e9fff2 2ba8a0 ffe066",
    "d9b99b f9ead2 3d5a80 a9cde0 ee6c4d 293241",
    "8fc1d4 e6f5f7 e4572e ffe3c2 f3a712 2e4057",
    "3c2a63 4d8fa8 f4a6c0 fff0f3 d65db1 845ec2",
    "0f3f4c 3fb5a3 d7e36a fbffdb 7fb800 145a4a",
)


def draw_fish(rng: Random) -> Canvas:
    """Draw a fish seen from its side, in water."""
    deep, shallow, body, belly, fin, mark = choose(rng, FISH)
    canvas = backdrops.water(rng, deep, shallow)
    canvas.pose = Pose(
        rng.uniform(0.76, 0.86),
        rng.uniform(-15, 15),
        (rng.uniform(-0.06, 0.06), rng.uniform(-0.06, 0.06)),
        mirrored=rng.random() < 0.5,
    )
    height = rng.uniform(0.32, 0.58)
    trunk = canvas.shape(_trunk(rng, height))
    fins = canvas.shapes([_tail(rng), *_fins(rng, height)])
    whole = union(trunk, fins)
    canvas.shadow(whole, darker(deep, 0.4), reach=10, blur=7, opacity=0.35)
    canvas.add(fins, _rays(rng, canvas, fin).pixels)
    canvas.add(trunk, _skin(rng, canvas, height, (body, belly, fin, mark)).pixels)
    canvas.light(whole, depth=7, strength=0.55)
    _pectoral(rng, canvas, fin)
    _face(rng, canvas, height, darker(body, 0.55))
    return canvas


def _trunk(rng: Random, height: float) -> Points:
    u = np.linspace(0, 1, 40)
    bulge = np.sin(np.pi * u ** rng.uniform(0.66, 0.85)) ** rng.uniform(0.66, 0.85)
    taper = rng.uniform(0.08, 0.12) * np.clip(u * 4, 0, 1) ** 0.5
    back, belly = rng.uniform(0.85, 1.05), rng.uniform(0.85, 1.05)
    x = 0.95 - 1.47 * u
    droop = rng.uniform(-0.04, 0.08) * (1 - u) ** 2
    top = np.stack([x, droop - np.maximum(height * back * bulge, taper)], axis=1)
    bottom = np.stack([x, droop + np.maximum(height * belly * bulge, taper)], axis=1)
    return np.vstack([top, bottom[::-1]])


def _tail(rng: Random) -> Points:
    span, fork = rng.uniform(0.36, 0.56), rng.uniform(-0.04, 0.24)
    low = span * rng.uniform(0.85, 1.15)
    tips = [(-0.98, -span), (-0.98, low)]
    upper = curve([(-0.38, -0.07), (-0.6, -0.3 * span), tips[0]])
    inner = curve(
        [
            tips[0],
            (-0.96 + fork * 0.75, -span * 0.45),
            (-0.95 + fork, 0),
            (-0.96 + fork * 0.75, low * 0.45),
            tips[1],
        ]
    )
    lower = curve([tips[1], (-0.6, 0.3 * low), (-0.38, 0.07)])
    return np.vstack([upper, inner, lower])


def _fins(rng: Random, height: float) -> list[Points]:
    rise = rng.uniform(0.18, 0.4)
    front, sweep = rng.uniform(0.3, 0.5), rng.uniform(-0.5, -0.2)
    if rng.random() < 0.4:
        dorsal = _spiny(rng, front, height, rise * 0.8)
    else:
        dorsal = _swept(
            (front, -height * 0.8), (sweep, -height * 0.75 - rise), (-0.36, -height * 0.2)
        )
    anal = _swept(
        (0.12, height * 0.72),
        (sweep * rng.uniform(0.8, 1.1), height * 0.62 + rise * 0.85),
        (-0.36, height * 0.15),
    )
    return [dorsal, anal]


def _swept(
    front: tuple[float, float], tip: tuple[float, float], rear: tuple[float, float]
) -> Points:
    away = np.sign(tip[1])
    crest = (front[0] * 0.45 + tip[0] * 0.55, tip[1] - away * 0.03)
    leading = curve([front, (front[0] - 0.1, tip[1] * 0.9), crest, tip])
    trailing = curve([tip, ((tip[0] + rear[0]) / 2 + 0.08, (tip[1] + rear[1]) / 2), rear])
    return np.vstack([leading, trailing])


def _spiny(rng: Random, front: float, height: float, rise: float) -> Points:
    spines = int(rng.integers(5, 9))
    share = np.linspace(0, 1, spines)
    x = front + (-0.42 - front) * share
    top = -height * (0.95 - 0.5 * share**1.5) - rise * np.sin(np.pi * (0.25 + 0.65 * share))
    edge = [(front + 0.02, -height * 0.6)]
    for index in range(spines):
        edge.append((x[index] - 0.06, top[index]))
        if index + 1 < spines:
            edge.append((x[index + 1] + 0.02, (top[index] + top[index + 1]) / 2 + rise * 0.16))
    return np.vstack([edge, [(-0.4, -height * 0.1)]])


def _rays(rng: Random, canvas: Canvas, fin: Colour) -> Canvas:
    sheet = canvas.sheet(canvas.ramp(darker(fin, 0.15), lighter(fin, 0.25), (0, 0), (-1, 0)))
    angles = np.linspace(0.5 * np.pi, 1.5 * np.pi, int(rng.integers(17, 27)))
    lines = [moved(np.outer([0.1, 1.4], [np.cos(a), np.sin(a)]), 0.12, 0) for a in angles]
    sheet.paint(sheet.line(*lines, width=0.022), darker(fin, 0.35), 0.5)
    return sheet


def _skin(rng: Random, canvas: Canvas, height: float, tints: tuple[Colour, ...]) -> Canvas:
    body, belly, fin, mark = tints
    sheet = canvas.sheet(canvas.ramp(darker(body, 0.12), belly, (0, -height * 0.8), (0, height)))
    style = int(rng.integers(6))
    if style == 0:
        bands = [
            ribbon(curve([(x, -1), (x + 0.1, 0), (x, 1)]), rng.uniform(0.05, 0.1))
            for x in np.linspace(-0.38, 0.3, int(rng.integers(2, 5)))
        ]
        sheet.paint(sheet.shapes(bands), mark)
    elif style == 1:
        sizes = rng.uniform(0.03, 0.075, int(rng.integers(9, 20)))
        places = rng.uniform((-0.5, -height), (0.4, 0.15), (sizes.size, 2))
        spots = [ellipse(at, (size, size)) for at, size in zip(places, sizes, strict=True)]
        sheet.paint(sheet.shapes(spots), mark, 0.9)
    elif style == 2:
        stripes = [
            ribbon(curve([(-0.6, y * 0.3), (0, y), (1.2, y)]), 0.042)
            for y in np.linspace(-0.55, 0.3, int(rng.integers(2, 4))) * height
        ]
        sheet.paint(sheet.shapes(stripes), mark, 0.95)
    elif style == 3:
        sheet.paint(sheet.line(*_scale_rows(height), width=0.02), darker(body, 0.35), 0.55)
    elif style == 4:
        saddle = loop([(-0.7, -1), (0.35, -1), (0.15, -0.15 * height), (-0.35, 0.25 * height)])
        sheet.paint(sheet.shape(saddle), darker(fin, 0.12))
    if rng.random() < 0.5:
        head = np.vstack([arc((0.6, 0.0), (0.2, 0.75), -90, -270), [(1.5, 1), (1.5, -1)]])
        sheet.paint(sheet.shape(head), fin if style in (0, 3) else lighter(body, 0.3), 0.9)
    gill = arc((0.56, 0.02), (0.15, 0.52 * height), 120, 240)
    sheet.paint(sheet.line(gill, width=0.03), darker(body, 0.5), 0.7)
    return sheet


def _scale_rows(height: float) -> list[Points]:
    return [
        arc((x, y), (0.06, 0.065), 90, 270)
        for column, x in enumerate(np.arange(-0.5, 0.42, 0.1))
        for y in np.arange(-height, height, 0.13) + 0.065 * (column % 2)
    ]


def _pectoral(rng: Random, canvas: Canvas, fin: Colour) -> None:
    droop = rng.uniform(0.06, 0.2)
    top = curve([(0.32, 0.1), (0.1, 0.03), (-0.1, droop + 0.04)])
    low = curve([(-0.1, droop + 0.04), (0.1, droop + 0.13), (0.32, 0.1)])
    layer = canvas.shape(np.vstack([top, low]))
    canvas.shadow(layer, INK, reach=2.5, blur=2, opacity=0.35)
    canvas.add(layer, canvas.ramp(fin, lighter(fin, 0.4), (0.3, 0.1), (-0.1, 0.2)))


def _face(rng: Random, canvas: Canvas, height: float, dark: Colour) -> None:
    eye = np.array([0.68, -0.2 * height])
    size = rng.uniform(0.085, 0.115)
    canvas.paint(canvas.shape(ellipse(eye, (size, size))), WHITE)
    canvas.paint(canvas.shape(ellipse(moved(eye, 0.02, 0.005), (size * 0.62, size * 0.62))), INK)
    canvas.paint(
        canvas.shape(ellipse(moved(eye, -0.005, -0.03), (size * 0.22, size * 0.22))), WHITE
    )
    mouth = arc((0.86, 0.26 * height), (0.09, 0.05), 20, 150)
    canvas.paint(canvas.line(mouth, width=0.028) & canvas.mask, dark, 0.9)
