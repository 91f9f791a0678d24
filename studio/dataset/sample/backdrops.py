"""What lies behind the objects of the built-in sample."""

import numpy as np

from studio.dataset.sample.canvas import Canvas
from studio.dataset.sample.colours import WHITE, Colour, darker, lighter, mix
from studio.dataset.sample.curves import Points, blob, curve, ellipse, half_plane, ribbon

Random = np.random.Generator


def wave_line(rng: Random, height: float, swell: float, waves: float) -> Points:
    """Return a wavy line across the frame and a little beyond."""
    x = np.linspace(-1.6, 1.6, 60)
    start = rng.uniform(0, 2 * np.pi)
    y = height + swell * np.sin(waves * x + start) + swell * 0.4 * np.sin(waves * 2.3 * x + start)
    return np.stack([x, y], axis=1)


def wash(rng: Random, top: Colour, bottom: Colour) -> Canvas:
    """Return a canvas with a gradient that leans a little to one side."""
    canvas = Canvas()
    lean = rng.uniform(-0.5, 0.5)
    canvas.pixels[:] = canvas.ramp(top, bottom, (-lean, -1), (lean, 1))
    return canvas


def sky(rng: Random, top: Colour, bottom: Colour) -> Canvas:
    """Return a sky with a sun or moon and soft clouds."""
    canvas = wash(rng, top, bottom)
    sun = (rng.choice([-1, 1]) * rng.uniform(0.45, 0.8), rng.uniform(-0.8, -0.45))
    canvas.glow(sun, 0.7, lighter(bottom, 0.6), 0.55)
    canvas.paint(canvas.shape(ellipse(sun, (0.15, 0.15))), lighter(bottom, 0.75), 0.9)
    for _ in range(int(rng.integers(1, 4))):
        cloud(rng, canvas, (rng.uniform(-0.9, 0.9), rng.uniform(-0.85, -0.1)))
    return canvas


def cloud(rng: Random, canvas: Canvas, centre: tuple[float, float]) -> None:
    """Paint a flat-bottomed cloud."""
    size = rng.uniform(0.1, 0.2)
    puffs = [
        ellipse((centre[0] + dx * size, centre[1] - dy * size), (r * size, r * size))
        for dx, dy, r in ((-1.1, 0.25, 0.55), (-0.3, 0.6, 0.85), (0.6, 0.4, 0.7), (1.3, 0.15, 0.45))
    ]
    base = ellipse((centre[0], centre[1] + 0.05 * size), (1.9 * size, 0.42 * size))
    layer = canvas.shape(base)
    for puff in puffs:
        layer |= canvas.shape(puff)
    canvas.paint(layer, WHITE, rng.uniform(0.35, 0.7), blur=0.6)


def water(rng: Random, deep: Colour, shallow: Colour) -> Canvas:
    """Return a view under water: rays from above, a floor with weed, and bubbles."""
    canvas = wash(rng, shallow, deep)
    for _ in range(3):
        x = rng.uniform(-1, 1)
        ray = [[x, -1.1], [x + 0.2, -1.1], [x + rng.uniform(0.3, 0.7), 1.1], [x - 0.1, 1.1]]
        canvas.paint(canvas.shape(ray), lighter(shallow, 0.6), 0.16, blur=4)
    floor = wave_line(rng, rng.uniform(0.75, 0.92), 0.05, 2)
    for _ in range(int(rng.integers(2, 5))):
        weed(rng, canvas, rng.choice([-1, 1]) * rng.uniform(0.55, 1), darker(deep, 0.15))
    canvas.paint(canvas.shape(half_plane(floor)), darker(deep, 0.3), 0.8)
    for _ in range(int(rng.integers(3, 8))):
        bubble(canvas, rng.uniform(-0.95, 0.95, 2), rng.uniform(0.02, 0.06))
    return canvas


def weed(rng: Random, canvas: Canvas, x: float, tint: Colour) -> None:
    """Paint a waving blade that grows from the bottom edge."""
    top = rng.uniform(0.0, 0.6)
    y = np.linspace(1.1, top, 24)
    bend = 0.06 * np.sin(y * rng.uniform(5, 9) + rng.uniform(0, 6))
    spine = np.stack([x + bend, y], axis=1)
    canvas.paint(canvas.shape(ribbon(spine, np.linspace(0.06, 0.005, 24))), tint, 0.55)


def bubble(canvas: Canvas, centre: Points, radius: float) -> None:
    """Paint a thin ring with a glint."""
    canvas.paint(
        canvas.line(ellipse(centre, (radius, radius)), width=0.012, closed=True), WHITE, 0.5
    )
    glint = centre - radius * 0.4
    canvas.paint(canvas.shape(ellipse(glint, (radius * 0.25, radius * 0.25))), WHITE, 0.8)


def paper(rng: Random, top: Colour, bottom: Colour) -> Canvas:
    """Return a calm ground with a few large shapes out of focus."""
    canvas = wash(rng, top, bottom)
    for _ in range(int(rng.integers(2, 5))):
        centre = rng.uniform(-1, 1, 2)
        tint = mix(top, bottom, rng.uniform(-0.4, 1.4))
        shape = canvas.shape(blob(rng, centre, rng.uniform(0.25, 0.6), 0.25))
        canvas.paint(shape, np.clip(tint, 0, 1), 0.6, blur=rng.uniform(1, 9))
    canvas.glow((-0.5, -0.6), 1.2, WHITE, 0.18)
    return canvas


def geometry(rng: Random, top: Colour, bottom: Colour) -> Canvas:
    """Return a poster-like ground of large plain shapes."""
    canvas = wash(rng, top, bottom)
    for _ in range(2):
        corner = rng.choice([-1.0, 1.0], 2) * rng.uniform(0.7, 1.1, 2)
        radius = rng.uniform(0.4, 0.95)
        tint = lighter(bottom, 0.25) if rng.random() < 0.5 else bottom * np.float32(0.9)
        ring = [ellipse(corner, (radius, radius))]
        if rng.random() < 0.5:
            ring.append(ellipse(corner, (radius * 0.6, radius * 0.6)))
        canvas.paint(canvas.shape(*ring), tint, 0.7)
    canvas.glow((-0.5, -0.6), 1.2, WHITE, 0.15)
    return canvas


def night(rng: Random, top: Colour, bottom: Colour) -> Canvas:
    """Return a dusk sky strewn with far-off stars."""
    canvas = wash(rng, top, bottom)
    canvas.glow((0, 0.1), 1.0, lighter(bottom, 0.35), 0.45)
    for _ in range(int(rng.integers(14, 30))):
        radius = rng.choice([0.008, 0.012, 0.02])
        dot = canvas.shape(ellipse(rng.uniform(-1, 1, 2), (radius, radius), steps=12))
        canvas.paint(dot, WHITE, rng.uniform(0.4, 0.9))
    return canvas


def woods(rng: Random, top: Colour, bottom: Colour) -> Canvas:
    """Return trunks out of focus."""
    canvas = wash(rng, top, bottom)
    for _ in range(int(rng.integers(3, 7))):
        x, near = rng.uniform(-1, 1), rng.uniform(0.3, 1)
        spine = curve([[x, -1.2], [x + rng.uniform(-0.1, 0.1), 0], [x, 1.2]])
        trunk = canvas.shape(ribbon(spine, 0.04 + 0.07 * near))
        canvas.paint(trunk, darker(mix(top, bottom, 0.5), 0.25 + 0.2 * near), 0.5, blur=3)
    canvas.glow((-0.3, -0.5), 0.9, lighter(top, 0.6), 0.35)
    return canvas
