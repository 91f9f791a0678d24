"""The built-in sample's stars."""

import numpy as np

from studio.dataset.sample import backdrops
from studio.dataset.sample.canvas import LIGHT, Canvas, Pose
from studio.dataset.sample.colours import INK, WHITE, Colour, choose, darker, lighter, mix
from studio.dataset.sample.curves import (
    Points,
    curve,
    ellipse,
    ribbon,
    rounded,
)

Random = np.random.Generator

# dusk far and near, star, its shade, edge
STARS = (
    "27245f 6f5aa8 ffd166 f4a03f fff3cf",
    "0f3057 2f7f95 ffe08a f2b134 fffbe6",
    "3b1f47 b5536f ffc09f f0816a fff0e0",
    "1e3a4c 5fa59a f9f871 d7c23b ffffe0",
    "402a5e e08e79 fff0c9 f6bd60 ffffff",
    "13293d 3e7cb1 ff9f6e e4572e ffe5d0",
    "cfe8ef f7f3e3 f4b942 e08a2b b5651d",
    "f9d9ca fff1e3 d1495b a32f4b 7a1f3d",
    "2b2d42 8d99ae 8ce0d0 4ab3a5 e8fffa",
)


def draw_star(rng: Random) -> Canvas:
    """Draw a star, lit from one side, in a dusk sky."""
    far, near, body, shade, edge = choose(rng, STARS)
    canvas = backdrops.night(rng, far, near)
    way = np.array([rng.choice([-1, 1]) * rng.uniform(0.7, 0.9), rng.uniform(0.45, 0.65)])
    falling = rng.random() < 0.35
    middle = rng.uniform(-0.07, 0.07, 2) - (way * 0.24 if falling else 0)
    canvas.pose = Pose(
        rng.uniform(0.56, 0.64) if falling else rng.uniform(0.74, 0.86),
        rng.uniform(-15, 15),
        (float(middle[0]), float(middle[1])),
    )
    count = 5 if falling else int(rng.choice([4, 5, 5, 6, 8]))
    waist = rng.uniform(0.44, 0.6) if count != 4 else rng.uniform(0.36, 0.48)
    corners, soft = _corners(count, waist), rng.uniform(0.02, 0.3)
    style = int(rng.integers(4))
    rim = canvas.shape(rounded(corners * 1.04, soft))
    layer = canvas.shape(rounded(corners * 0.8, soft * 0.8)) if style == 1 else rim
    if falling:
        _tail(rng, canvas, way, (body, shade))
    canvas.shadow(rim, darker(far, 0.6), reach=8, blur=7, opacity=0.4)
    if style == 1:
        canvas.add(rim, canvas.ramp(edge, mix(edge, shade, 0.4), (0, -1), (0, 1)))
    canvas.add(layer, _facets(rng, canvas, corners, style, (body, shade, edge)).pixels)
    canvas.light(layer, depth=6, strength=0.5)
    if style == 3:
        _smile(rng, canvas)
    return canvas


def _corners(count: int, waist: float) -> Points:
    angles = np.arange(2 * count) * np.pi / count - np.pi / 2
    radii = np.where(np.arange(2 * count) % 2, waist, 1.0)
    return np.stack([np.cos(angles) * radii, np.sin(angles) * radii], axis=1)


def _tail(rng: Random, canvas: Canvas, way: Points, tints: tuple[Colour, Colour]) -> None:
    # The tail belongs to the star: it is part of its mask.
    body, shade = tints
    across = np.array([-way[1], way[0]])
    for offset, reach, pale in ((-0.36, 1.5, 0.0), (0.36, 1.4, 0.15), (0.0, 1.95, 0.4)):
        spine = np.linspace(across * offset, across * offset * 0.75 + way * reach, 16)
        width = np.linspace(0.24, 0.015, 16) * rng.uniform(0.9, 1.1)
        tint = lighter(mix(shade, body, 0.5), pale)
        canvas.add(canvas.shape(ribbon(spine, width)), tint)


def _facets(
    rng: Random, canvas: Canvas, corners: Points, style: int, tints: tuple[Colour, Colour, Colour]
) -> Canvas:
    body, shade, edge = tints
    sheet = canvas.sheet(
        canvas.ramp(lighter(body, 0.2), mix(body, shade, 0.8), (-0.5, -1), (0.5, 1))
    )
    if style == 0:
        turned = sheet.pose.place(corners) - sheet.pose.offset
        for index in range(len(corners)):
            middle = turned[index - 1] + turned[index]
            facing = float(middle @ np.array(LIGHT)) / float(np.hypot(*middle))
            # The two halves of a point lean to either side, as on a folded paper star.
            fold = 0.55 if index % 2 else -0.55
            share = np.clip(0.5 - 0.4 * facing + fold * 0.5, 0, 1)
            facet = np.vstack([[(0, 0)], corners[index - 1] * 1.2, corners[index] * 1.2])
            sheet.paint(sheet.shape(facet), mix(lighter(body, 0.3), darker(shade, 0.12), share))
    elif style == 2:
        size = rng.uniform(0.5, 0.66)
        sheet.paint(sheet.shape(rounded(corners * size, 0.06)), lighter(body, 0.5), 0.75)
        sheet.paint(sheet.shape(rounded(corners * size * 0.55, 0.04)), shade, 0.8)
    elif style == 1 and rng.random() < 0.6:
        dots = [ellipse(corner * 0.5, (0.055, 0.055)) for corner in corners[::2]]
        sheet.paint(sheet.shapes(dots), edge, 0.9)
    return sheet


def _smile(rng: Random, canvas: Canvas) -> None:
    apart, y = rng.uniform(0.15, 0.2), rng.uniform(-0.06, 0.04)
    eyes = [ellipse((x, y), (0.045, 0.065)) for x in (-apart, apart)]
    canvas.paint(canvas.shapes(eyes), INK, 0.9)
    glints = [ellipse((x - 0.012, y - 0.025), (0.016, 0.016)) for x in (-apart, apart)]
    canvas.paint(canvas.shapes(glints), WHITE)
    mouth = curve([(-0.09, y + 0.12), (0, y + 0.17), (0.09, y + 0.12)])
    canvas.paint(canvas.line(mouth, width=0.035), INK, 0.9)
