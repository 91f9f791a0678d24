"""The built-in sample's houses."""

import numpy as np

from studio.dataset.sample import backdrops
from studio.dataset.sample.canvas import Canvas, Layer, Pose, union
from studio.dataset.sample.colours import INK, WHITE, Colour, choose, darker, lighter, mix
from studio.dataset.sample.curves import (
    Points,
    blob,
    box,
    curve,
    ellipse,
    half_plane,
    moved,
)
from studio.dataset.sample.walls import Walls, draw_front, draw_side

Random = np.random.Generator

# sky far and near, wall, roof, door, window, ground
HOUSES = (
    "8ecae6 f1f5e8 fbf0dc d1495b 2f6690 ffdf8c 6a994e",
    "f6bd9f fdebd0 f4f1ea 5b6c8f c8553d 3d5a80 8a9a5b",
    "2b3a67 c08497 e8d3c0 6d3b5c 33658a ffd166 3b4d61",
    "bde0fe fff4e0 f2b880 8c3f3a 4f7d5c fff2c2 7fa650",
    "a8d5ba f9f3dc ffffff 3a6b7e e07a3f 9fd3e6 5f8f58",
    "cdb4db ffe5d9 f7d9d9 6b5b95 3c4f76 fff0b5 7d9d74",
    "1f3b57 5b8fa8 d98f6c 3b2f3f f2c14e ffe29a 2f4f4f",
    "fcd5b5 fff6e4 7fb0a8 b5533c f7e3bd fdf6d8 a3a35c",
)


def draw_house(rng: Random) -> Canvas:
    """Draw a house on a hill, its gable to one side and its roof sloping to the other."""
    far, near, wall, roof, door, window, ground = choose(rng, HOUSES)
    canvas = backdrops.sky(rng, far, near)
    _hills(rng, canvas, ground, near)
    canvas.pose = Pose(
        rng.uniform(0.74, 0.84),
        rng.uniform(-6, 6),
        (rng.uniform(-0.06, 0.06), rng.uniform(-0.04, 0.04)),
        mirrored=rng.random() < 0.5,
    )
    walls = _measure(rng)
    front = canvas.shape(_front(walls))
    side = canvas.shape(box(walls.corner - 0.01, walls.eaves, walls.right, walls.foot))
    slope, edge = _roof(rng, canvas, walls)
    stack = _chimney(rng, canvas, walls, roof)
    whole = union(front, side, slope, edge, stack)
    canvas.shadow(whole, darker(ground, 0.5), reach=7, blur=7, opacity=0.25)
    canvas.add(stack, canvas.ramp(mix(wall, roof, 0.6), darker(roof, 0.3), (0, -1), (0, 0)))
    draw_front(rng, canvas, walls, front, (wall, door, window))
    draw_side(rng, canvas, walls, side, (wall, window))
    _lay_roof(rng, canvas, walls, (slope, edge), roof)
    canvas.light(whole, depth=5, strength=0.25)
    _garden(rng, canvas, ground, walls)
    return canvas


def _measure(rng: Random) -> Walls:
    half = rng.uniform(0.68, 0.85)
    ridge = rng.uniform(-0.9, -0.62)
    eaves = ridge + rng.uniform(0.4, 0.8)
    corner = -half + 2 * half * rng.uniform(0.4, 0.66)
    return Walls(-half, corner, half, eaves, ridge, 0.8)


def _front(walls: Walls) -> Points:
    return np.array(
        [
            (walls.left, walls.foot),
            (walls.left, walls.eaves),
            (walls.apex, walls.ridge + 0.04),
            (walls.corner, walls.eaves),
            (walls.corner, walls.foot),
        ]
    )


def _roof(rng: Random, canvas: Canvas, walls: Walls) -> tuple[Layer, Layer]:
    over = rng.uniform(0.05, 0.11)
    fall = (walls.eaves - walls.ridge) / (walls.corner - walls.apex)
    low = walls.eaves + over * fall
    back = walls.right - rng.uniform(-0.04, 0.3) * (walls.corner - walls.apex)
    slope = [
        (walls.apex, walls.ridge),
        (back, walls.ridge),
        (walls.right + over, low),
        (walls.corner + over, low),
    ]
    gable = [(walls.left - over, low), (walls.apex, walls.ridge), (walls.corner + over, low)]
    return canvas.shape(slope), canvas.line(np.array(gable), width=rng.uniform(0.07, 0.12))


def _lay_roof(
    rng: Random, canvas: Canvas, walls: Walls, layers: tuple[Layer, Layer], roof: Colour
) -> None:
    slope, edge = layers
    low = (0.0, walls.eaves + 0.1)
    sheet = canvas.sheet(
        canvas.ramp(lighter(roof, 0.08), darker(roof, 0.22), (0, walls.ridge), low)
    )
    rows = np.linspace(walls.ridge, walls.eaves + 0.1, int(rng.integers(4, 8)))
    if rng.random() < 0.65:
        lines = [np.array([(-1, y), (1.2, y)]) for y in rows[1:]]
        for index, y in enumerate(rows[:-1]):
            for x in np.arange(-1, 1.2, 0.16) + 0.08 * (index % 2):
                lines.append(np.array([(x, y), (x, rows[index + 1])]))
        sheet.paint(sheet.line(*lines, width=0.014), darker(roof, 0.5), 0.45)
    canvas.add(slope, sheet.pixels)
    canvas.shadow(edge & ~slope, INK, reach=2, blur=2, opacity=0.25)
    canvas.add(edge, canvas.ramp(lighter(roof, 0.2), darker(roof, 0.1), (-0.8, 0), (0.3, 0)))


def _chimney(rng: Random, canvas: Canvas, walls: Walls, roof: Colour) -> Layer:
    x = rng.uniform(walls.corner, walls.right - 0.32)
    top = walls.ridge - rng.uniform(0.08, 0.2)
    if rng.random() < 0.55:
        puff, size = np.array([x + 0.08, top - 0.1]), 0.05
        puffs = []
        for _ in range(5):
            puffs.append(blob(rng, puff, size, 0.12))
            puff, size = moved(puff, rng.uniform(0.05, 0.11), -size * 1.5), size * 1.3
        canvas.paint(canvas.shapes(puffs), WHITE, 0.6, blur=1.5)
    body = box(x, top, x + 0.16, walls.eaves)
    return canvas.shapes([body, box(x - 0.025, top - 0.03, x + 0.185, top + 0.04)])


def _hills(rng: Random, canvas: Canvas, ground: Colour, sky: Colour) -> None:
    back = backdrops.wave_line(rng, rng.uniform(0.25, 0.45), 0.1, rng.uniform(2, 4))
    canvas.paint(canvas.shape(half_plane(back)), mix(ground, sky, 0.55))
    for _ in range(int(rng.integers(1, 4))):
        x, y, size = rng.uniform((-0.95, 0.05, 0.12), (0.95, 0.25, 0.22))
        trunk = box(x - 0.02, y, x + 0.02, 0.6)
        crown = ellipse((x, y), (size * rng.uniform(0.6, 0.9), size * 1.3))
        canvas.paint(canvas.shape(trunk), darker(ground, 0.4), 0.7)
        canvas.paint(canvas.shape(crown), darker(mix(ground, sky, 0.25), 0.12))
    fore = backdrops.wave_line(rng, 0.5, 0.04, 2)
    canvas.paint(
        canvas.shape(half_plane(fore)), canvas.ramp(ground, darker(ground, 0.25), (0, 0.4), (0, 1))
    )


def _garden(rng: Random, canvas: Canvas, ground: Colour, walls: Walls) -> None:
    for _ in range(int(rng.integers(1, 4))):
        x = rng.choice([walls.left, walls.right, walls.corner]) + rng.uniform(-0.15, 0.15)
        size = rng.uniform(0.1, 0.19)
        parts = [(-0.8, 0.25, 0.7), (0, -0.1, 1), (0.85, 0.2, 0.75)]
        bush = canvas.shapes(
            ellipse((x + dx * size, walls.foot - 0.02 + dy * size), (r * size, r * size))
            for dx, dy, r in parts
        )
        canvas.cover(bush, mix(darker(ground, 0.2), lighter(ground, 0.2), rng.random()))
        canvas.light(bush, depth=4, strength=0.4)
    line = [(-2, walls.foot - 0.03), (0, walls.foot - rng.uniform(0, 0.05)), (2, walls.foot - 0.03)]
    lawn = canvas.shape(half_plane(curve(line)))
    canvas.cover(lawn, canvas.ramp(lighter(ground, 0.12), darker(ground, 0.2), (0, 0.75), (0, 1.3)))
