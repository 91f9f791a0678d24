"""A small picture being painted: fine shapes reduced to soft edges, and the object's exact mask."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

from studio.dataset.sample.colours import INK, WHITE, Colour
from studio.dataset.sample.curves import Points

SIDE = 192
FINE = 4

Layer = NDArray[np.uint8]  # (SIDE * FINE, SIDE * FINE), 0 or 255: a shape before it is reduced
Pixels = NDArray[np.float32]  # (3, SIDE, SIDE) blue, green, red in 0..1: planes blend faster
Plane = NDArray[np.float32]  # (SIDE, SIDE)
LIGHT = (-0.55, -0.83)  # the direction the light comes from


@dataclass(frozen=True)
class Pose:
    """Where a shape's own coordinates lie in the frame, which runs from -1 to 1 both ways."""

    scale: float = 1.0
    angle: float = 0.0  # degrees, clockwise
    offset: tuple[float, float] = (0.0, 0.0)
    stretch: float = 1.0  # width over height
    mirrored: bool = False

    def place(self, points: ArrayLike) -> Points:
        """Return the points in frame coordinates."""
        return np.asarray(np.asarray(points, np.float64) @ self._matrix + self._offset)

    @cached_property
    def _offset(self) -> Points:
        return np.array(self.offset)

    @cached_property
    def _matrix(self) -> Points:
        turn = np.deg2rad(self.angle)
        cos, sin = np.cos(turn), np.sin(turn)
        wide = self.scale * np.sqrt(self.stretch) * (-1 if self.mirrored else 1)
        high = self.scale / np.sqrt(self.stretch)
        return np.array([[wide * cos, wide * sin], [-high * sin, high * cos]])


@lru_cache(maxsize=1)
def grid() -> tuple[Plane, Plane]:
    """Return the x and the y of each pixel's centre in frame coordinates."""
    axis = ((np.arange(SIDE, dtype=np.float32) + 0.5) / SIDE * 2 - 1).astype(np.float32)
    return np.broadcast_to(axis, (SIDE, SIDE)), np.broadcast_to(axis[:, None], (SIDE, SIDE))


def spread(paint: Colour | Pixels) -> Pixels:
    """Return a paint in a shape that goes with pixels."""
    return paint[:, None, None] if paint.ndim == 1 else paint


def union(*layers: Layer) -> Layer:
    """Return the layer that any of the layers covers."""
    result = layers[0].copy()
    for layer in layers[1:]:
        np.bitwise_or(result, layer, out=result)
    return result


def reduced(layer: Layer) -> tuple[tuple[slice, slice], Plane]:
    """Return the pixels that the layer touches and the share of each that it covers."""
    # OpenCV halves an image several times as fast as it reduces one to a quarter.
    half = cv2.resize(layer, (SIDE * FINE // 2, SIDE * FINE // 2), interpolation=cv2.INTER_AREA)
    small = cv2.resize(half, (SIDE, SIDE), interpolation=cv2.INTER_AREA)
    left, top, width, height = cv2.boundingRect(small)
    part = np.s_[top : top + height, left : left + width]
    return part, small[part].astype(np.float32) / np.float32(255)


def coverage(layer: Layer, blur: float = 0.0) -> Plane:
    """Return the share of each pixel that the layer covers, blurred by `blur` pixels."""
    plane = np.zeros((SIDE, SIDE), np.float32)
    part, share = reduced(layer)
    plane[part] = share
    if blur > 0:
        cv2.GaussianBlur(plane, (0, 0), blur, dst=plane)
    return plane


def shift(plane: Plane, across: float, down: float) -> Plane:
    """Return the plane moved by a number of pixels."""
    matrix = np.array([[1, 0, across], [0, 1, down]], np.float32)
    return np.asarray(cv2.warpAffine(plane, matrix, (SIDE, SIDE)), np.float32)


class Canvas:
    """Pixels, the pose that shapes are drawn in, and the fine mask of the object."""

    def __init__(self, paint: Colour | Pixels = INK, pose: Pose | None = None) -> None:
        self.pixels: Pixels = np.empty((3, SIDE, SIDE), np.float32)
        self.pixels[:] = spread(paint)
        self.mask: Layer = np.zeros((SIDE * FINE, SIDE * FINE), np.uint8)
        self.pose = pose or Pose()

    def sheet(self, paint: Colour | Pixels) -> "Canvas":
        """Return a canvas in the same pose, to draw what is later painted through one shape."""
        return Canvas(paint, self.pose)

    def shape(self, *outlines: ArrayLike) -> Layer:
        """Return the filled outlines; an outline inside another makes a hole."""
        layer: Layer = np.zeros((SIDE * FINE, SIDE * FINE), np.uint8)
        cv2.fillPoly(layer, [self._fine(outline) for outline in outlines], (255,), shift=4)
        return layer

    def shapes(self, outlines: Iterable[ArrayLike]) -> Layer:
        """Return many filled outlines as one layer, each whole where they overlap."""
        layer: Layer = np.zeros((SIDE * FINE, SIDE * FINE), np.uint8)
        for outline in outlines:
            cv2.fillPoly(layer, [self._fine(outline)], (255,), shift=4)
        return layer

    def line(self, *lines: ArrayLike, width: float, closed: bool = False) -> Layer:
        """Return round-ended lines of a width in the pose's own units."""
        layer: Layer = np.zeros((SIDE * FINE, SIDE * FINE), np.uint8)
        thick = max(1, round(width * self.pose.scale * SIDE * FINE / 2))
        cv2.polylines(layer, [self._fine(line) for line in lines], closed, (255,), thick, shift=4)
        return layer

    def ramp(
        self, first: Colour, last: Colour, start: Sequence[float], end: Sequence[float]
    ) -> Pixels:
        """Return a gradient between two points in the pose's own coordinates."""
        (x0, y0), (x1, y1) = self.pose.place([start, end]).tolist()
        wide, high = x1 - x0, y1 - y0
        x, y = grid()
        t = ((x - x0) * wide + (y - y0) * high) / (wide * wide + high * high)
        np.clip(t, 0, 1, out=t)
        t *= t * (3 - 2 * t)
        return np.asarray(spread(first) + spread(last - first) * t)

    def paint(
        self, layer: Layer, paint: Colour | Pixels, opacity: float = 1.0, blur: float = 0.0
    ) -> None:
        """Lay a colour over the pixels where the layer is."""
        part, share = (np.s_[:, :], coverage(layer, blur)) if blur > 0 else reduced(layer)
        under = self.pixels[:, *part]
        over = spread(paint) if paint.ndim == 1 else paint[:, *part]
        under += (over - under) * (share * np.float32(opacity))

    def add(self, layer: Layer, paint: Colour | Pixels) -> None:
        """Paint a part of the object."""
        self.paint(layer, paint)
        np.bitwise_or(self.mask, layer, out=self.mask)

    def cover(self, layer: Layer, paint: Colour | Pixels) -> None:
        """Paint something in front of the object."""
        self.paint(layer, paint)
        np.bitwise_and(self.mask, cv2.bitwise_not(layer), out=self.mask)

    def shadow(
        self,
        layer: Layer,
        colour: Colour = INK,
        *,
        reach: float = 7,
        blur: float = 5,
        opacity: float = 0.3,
    ) -> None:
        """Darken what lies `reach` pixels behind the layer, away from the light."""
        share = shift(coverage(layer, blur), -LIGHT[0] * reach, -LIGHT[1] * reach)
        self.glaze(share * np.float32(opacity), colour)

    def light(self, layer: Layer, *, depth: float = 7, strength: float = 0.5) -> None:
        """Round the layer off: brighter towards the light, darker away from it."""
        part, share = reduced(layer)
        soft = coverage(layer, depth)
        reach = depth * 0.8
        behind = shift(soft, -LIGHT[0] * reach, -LIGHT[1] * reach)
        facing = (shift(soft, LIGHT[0] * reach, LIGHT[1] * reach) - behind)[part]
        facing *= share * np.float32(strength)
        under = self.pixels[:, *part]
        under += np.where(facing > 0, spread(WHITE) - under, spread(INK) - under) * np.abs(facing)

    def glaze(self, share: Plane, colour: Colour) -> None:
        """Lay a colour over the pixels, by a share for each."""
        self.pixels += (spread(colour) - self.pixels) * share

    def glow(self, centre: Sequence[float], radius: float, colour: Colour, opacity: float) -> None:
        """Lay a soft round light over the frame, in frame coordinates."""
        x, y = grid()
        far = ((x - float(centre[0])) ** 2 + (y - float(centre[1])) ** 2) / float(radius) ** 2
        self.glaze(np.exp(-2 * far) * np.float32(opacity), colour)

    def image(self) -> NDArray[np.uint8]:
        """Return the picture as (SIDE, SIDE, 3) BGR bytes."""
        shades = np.rint(np.clip(self.pixels, 0, 1) * 255).astype(np.uint8)
        return np.ascontiguousarray(shades.transpose(1, 2, 0))

    def visible(self) -> NDArray[np.uint8]:
        """Return the mask: 255 where the object covers at least half of the pixel, else 0."""
        return np.asarray(np.where(coverage(self.mask) >= 0.5, 255, 0), np.uint8)

    def _fine(self, points: ArrayLike) -> NDArray[np.int32]:
        placed = (self.pose.place(points) + 1) * (SIDE * FINE / 2) - 0.5
        return np.rint(placed * 16).astype(np.int32)
