"""The walls of the built-in sample's houses, with their doors and windows."""

from dataclasses import dataclass

import numpy as np

from studio.dataset.sample.canvas import Canvas, Layer
from studio.dataset.sample.colours import INK, WHITE, Colour, darker, lighter
from studio.dataset.sample.curves import arc, box, ellipse, moved

Random = np.random.Generator

_ACROSS = np.array([[-1.0, 0.0], [1.0, 0.0]])
_UPRIGHT = np.array([[0.0, -1.0], [0.0, 1.0]])


@dataclass(frozen=True)
class Walls:
    """A house's measures: a gabled front on the left, a side under the eaves on the right."""

    left: float
    corner: float
    right: float
    eaves: float
    ridge: float
    foot: float

    @property
    def apex(self) -> float:
        """Where the gable's top is, from left to right."""
        return (self.left + self.corner) / 2

    @property
    def storeys(self) -> int:
        """How many rows of windows fit below the eaves."""
        return 2 if self.foot - self.eaves > 1.14 else 1


def draw_front(
    rng: Random, canvas: Canvas, walls: Walls, layer: Layer, tints: tuple[Colour, Colour, Colour]
) -> None:
    """Add the gabled wall, in the colours of wall, door and glass."""
    wall, door, window = tints
    sheet = canvas.sheet(
        canvas.ramp(lighter(wall, 0.25), darker(wall, 0.1), (-0.5, -0.6), (0, 0.9))
    )
    _siding(rng, sheet, wall)
    eaves = np.array(
        [(walls.left, walls.eaves), (walls.apex, walls.ridge), (walls.corner, walls.eaves)]
    )
    sheet.paint(sheet.line(moved(eaves, 0, 0.09), width=0.1), INK, 0.22, blur=1.5)
    width = walls.corner - walls.left
    size = min(0.3, width * 0.36)
    middle = walls.left + width * (rng.choice([0.27, 0.5, 0.73]) if width > 0.84 else 0.5)
    _door(rng, sheet, (middle, walls.foot), size, door)
    if middle != walls.apex:
        other = walls.left + walls.corner - middle
        _window(sheet, (other, walls.foot - 0.36), (0.11, 0.14), window, wall)
    if walls.storeys == 2:
        for x in (walls.apex - width * 0.23, walls.apex + width * 0.23):
            _window(sheet, (x, walls.foot - 0.88), (0.09, 0.12), window, wall)
    attic = (walls.apex, walls.eaves - (walls.eaves - walls.ridge) * 0.28)
    if rng.random() < 0.5:
        sheet.paint(sheet.shape(ellipse(attic, (0.125, 0.125))), lighter(wall, 0.6))
        sheet.paint(sheet.shape(ellipse(attic, (0.09, 0.09))), window)
        cross = [np.array(attic) + line for line in (_ACROSS * 0.1, _UPRIGHT * 0.1)]
        sheet.paint(sheet.line(*cross, width=0.022), lighter(wall, 0.6))
    else:
        _window(sheet, attic, (0.09, 0.12), window, wall)
    canvas.add(layer, sheet.pixels)


def _siding(rng: Random, sheet: Canvas, wall: Colour) -> None:
    kind = int(rng.integers(4))
    if kind == 0:
        lines = [np.array([(-1, y), (1, y)]) for y in np.arange(-1, 0.9, 0.09)]
    elif kind == 1:
        lines = [np.array([(x, -1), (x, 1)]) for x in np.arange(-1, 1, 0.1)]
    elif kind == 2:
        starts = rng.uniform((-0.9, -0.5), (0.8, 0.75), (22, 2))
        lines = [np.array([start, moved(start, 0.08, 0)]) for start in starts]
    else:
        return
    sheet.paint(sheet.line(*lines, width=0.014), darker(wall, 0.4), 0.35)


def _door(
    rng: Random, sheet: Canvas, foot: tuple[float, float], width: float, tint: Colour
) -> None:
    x, y = foot
    high = rng.uniform(0.44, 0.54)
    leaf = box(x - width / 2, y - high, x + width / 2, y + 0.1)
    if rng.random() < 0.5:
        leaf = np.vstack([arc((x, y - high), (width / 2, width / 2), 180, 360), leaf[2:]])
    sheet.paint(sheet.line(leaf, width=0.06, closed=True), WHITE, 0.85)
    sheet.paint(
        sheet.shape(leaf), sheet.ramp(lighter(tint, 0.1), darker(tint, 0.25), (x, 0), (x, y))
    )
    knob = ellipse((x + width * 0.3, y - high * 0.42), (0.026, 0.026))
    sheet.paint(sheet.shape(knob), lighter(tint, 0.75))
    sheet.paint(sheet.shape(box(x - width * 0.75, y - 0.05, x + width * 0.75, y + 0.1)), WHITE, 0.8)


def _window(
    sheet: Canvas,
    centre: tuple[float, float],
    half: tuple[float, float],
    glass: Colour,
    wall: Colour,
) -> None:
    (x, y), (wide, high) = centre, half
    frame = lighter(wall, 0.7)
    pane = box(x - wide, y - high, x + wide, y + high)
    sheet.paint(sheet.line(pane, width=0.06, closed=True), frame)
    sheet.paint(sheet.shape(pane), sheet.ramp(lighter(glass, 0.35), glass, pane[0], pane[2]))
    bars = [np.array([x, y]) + _ACROSS * wide, np.array([x, y]) + _UPRIGHT * high]
    sheet.paint(sheet.line(*bars, width=0.024), frame)
    sill = box(x - wide - 0.05, y + high + 0.01, x + wide + 0.05, y + high + 0.06)
    sheet.paint(sheet.shape(sill), darker(wall, 0.25))


def draw_side(
    rng: Random, canvas: Canvas, walls: Walls, layer: Layer, tints: tuple[Colour, Colour]
) -> None:
    """Add the wall that lies in the shade, in the colours of wall and glass."""
    wall, window = tints
    shaded = darker(wall, 0.2)
    sheet = canvas.sheet(
        canvas.ramp(shaded, darker(wall, 0.34), (walls.corner, 0), (walls.right, 0.9))
    )
    over = box(walls.corner, walls.eaves, walls.right, walls.eaves + 0.15)
    sheet.paint(sheet.shape(over), INK, 0.3, blur=1.5)
    count = 1 if walls.right - walls.corner < 0.66 else int(rng.integers(1, 3))
    share = (walls.right - walls.corner) / count
    half = (min(0.13, share * 0.27), rng.uniform(0.12, 0.17))
    for index in range(count):
        x = walls.corner + share * (index + 0.5)
        for storey in range(walls.storeys):
            _window(sheet, (x, walls.foot - 0.38 - 0.5 * storey), half, window, shaded)
    canvas.add(layer, sheet.pixels)
