"""The built-in sample's letters."""

from functools import lru_cache

import cv2
import numpy as np

from studio.dataset.sample import backdrops
from studio.dataset.sample.canvas import FINE, SIDE, Canvas, Layer, Pose, union
from studio.dataset.sample.colours import Colour, choose, darker, lighter
from studio.dataset.sample.curves import (
    Points,
    ellipse,
    half_plane,
)

Random = np.random.Generator

# ground far and near, face, its other colour, edge
LETTERS = (
    "f6e7d0 f0c9a4 e4572e f7b267 7a2e2e",
    "d7e8ef a9cfdd 1d5b79 468b97 10304a",
    "2d3250 424769 f9b17a f6d6ad b0623f",
    "fde8e9 f5bcc0 bc4b70 f28fa5 5f2144",
    "e7f1df bcd9b0 2f7d5b 8fc27a 174a3a",
    "fff3cf f9d976 3f51a3 7d8ae0 232c66",
    "1f4e5f 2f7f86 fde2a0 f79d65 a04b33",
    "e9e2f5 c9b8e8 6a3fa0 b084e0 35195c",
    "faf3ea e3d5c5 2b2f38 6c7280 b23a48",
)


GLYPHS = "ABCDEFGHJKLMNPQRSTUVYZ" + "abdefghkqrty"


def draw_letter(rng: Random) -> Canvas:
    """Draw a letter on a poster-like ground."""
    far, near, face, second, edge = choose(rng, LETTERS)
    canvas = backdrops.geometry(rng, far, near)
    canvas.pose = Pose(
        rng.uniform(0.61, 0.73),
        rng.uniform(-15, 15),
        (rng.uniform(-0.07, 0.07), rng.uniform(-0.07, 0.07)),
        rng.uniform(0.85, 1.2),
    )
    font = "italic" if rng.random() < 0.25 else "sans"
    outlines = glyph(str(rng.choice(list(GLYPHS))), font, int(rng.choice([600, 750, 900])))
    layer = canvas.shape(*outlines)
    style = int(rng.integers(4))
    solid = layer
    if style == 0:
        solid = sweep(layer, rng.uniform(0.07, 0.16) * np.array([rng.choice([-1, 1]), 1]))
    elif style == 1:
        solid = union(layer, canvas.line(*outlines, width=rng.uniform(0.1, 0.16), closed=True))
    canvas.shadow(solid, darker(edge, 0.5), reach=9, blur=6, opacity=0.35)
    if style < 2:
        canvas.add(solid, canvas.ramp(edge, darker(edge, 0.35), (0, -1), (0, 1)))
    canvas.add(layer, _face(rng, canvas, face, second).pixels)
    if style == 2:
        _inline(canvas, layer, lighter(second, 0.55))
    canvas.light(layer, depth=3, strength=0.4)
    return canvas


@lru_cache(maxsize=256)
def glyph(character: str, font: str, weight: int) -> tuple[Points, ...]:
    """Return a character's outlines within -1..1, from OpenCV's own variable font."""
    page = np.zeros((800, 1000), np.uint8)
    cv2.putText(page, character, (200, 550), (255,), cv2.FontFace(font), 500, weight)
    found, _ = cv2.findContours(
        (page > 127).astype(np.uint8), cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE
    )
    outlines = [np.asarray(outline, np.float64).reshape(-1, 2) for outline in found]
    every = np.vstack(outlines)
    low, high = every.min(axis=0), every.max(axis=0)
    return tuple((part - (low + high) / 2) * (2 / float((high - low).max())) for part in outlines)


def sweep(layer: Layer, way: Points) -> Layer:
    """Return what the layer passes over when it moves, in frame coordinates."""
    steps = 6
    stride = way * SIDE * FINE / 2 / 2**steps
    for _ in range(steps):
        matrix = np.array([[1, 0, stride[0]], [0, 1, stride[1]]], np.float32)
        moved = cv2.warpAffine(layer, matrix, layer.shape[::-1], flags=cv2.INTER_NEAREST)
        layer = union(layer, np.asarray(moved, np.uint8))
        stride = stride * 2
    return layer


def _face(rng: Random, canvas: Canvas, face: Colour, second: Colour) -> Canvas:
    sheet = canvas.sheet(canvas.ramp(lighter(face, 0.12), darker(face, 0.12), (0, -1), (0, 1)))
    kind = int(rng.integers(6))
    if kind == 0:
        sheet.pixels[:] = canvas.ramp(second, face, (-0.5, -1), (0.5, 1))
    elif kind == 1:
        slope = rng.uniform(-0.5, 0.5)
        sheet.paint(sheet.shape(half_plane(np.array([(-3, -slope), (3, slope)]))), second, 0.9)
    elif kind == 2:
        rows = np.arange(-1.6, 1.6, rng.uniform(0.2, 0.34))
        bands = [np.array([(-2, y + 0.6), (2, y - 0.6)]) for y in rows]
        sheet.paint(sheet.line(*bands, width=0.09), second, 0.85)
    elif kind == 3:
        step = rng.uniform(0.22, 0.3)
        dots = [
            ellipse((x + step / 2 * (row % 2), y), (0.055, 0.055), steps=20)
            for row, y in enumerate(np.arange(-1, 1.1, step))
            for x in np.arange(-1.1, 1.1, step)
        ]
        sheet.paint(sheet.shapes(dots), lighter(second, 0.3), 0.9)
    return sheet


def _inline(canvas: Canvas, layer: Layer, tint: Colour) -> None:
    # A hair inside the outline, following it at an even distance.
    depth = cv2.distanceTransform(layer, cv2.DIST_L2, 5)
    line = ((depth > 2.6 * FINE) & (depth < 4.2 * FINE)).astype(np.uint8) * np.uint8(255)
    canvas.paint(np.asarray(line, np.uint8), tint, 0.9)
