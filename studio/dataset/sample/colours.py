"""Colours and the palettes of the built-in sample."""

import colorsys
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Colour = NDArray[np.float32]  # (3,) BGR in 0..1
Palettes = tuple[str, ...]  # each a line of hexadecimal colours


def colour(code: str) -> Colour:
    """Return the colour of a code such as `ff8a3d`."""
    return np.frombuffer(bytes.fromhex(code), np.uint8)[::-1].astype(np.float32) / np.float32(255)


WHITE = colour("fffdf6")
INK = colour("16203a")


def mix(first: Colour, last: Colour, share: float) -> Colour:
    """Return the colour that lies `share` of the way from the first to the last."""
    return np.asarray(first + (last - first) * np.float32(share), np.float32)


def lighter(base: Colour, share: float) -> Colour:
    """Return the colour mixed with warm white."""
    return mix(base, WHITE, share)


def darker(base: Colour, share: float) -> Colour:
    """Return the colour mixed with blue ink, which keeps shadows from looking dirty."""
    return mix(base, INK, share)


def choose(rng: np.random.Generator, palettes: Palettes) -> list[Colour]:
    """Return one palette's colours, moved a little together in hue, saturation and brightness."""
    codes = palettes[int(rng.integers(len(palettes)))].split()
    turn, dye, shine = rng.uniform([-0.018, 0.88, 0.95], [0.018, 1.08, 1.03])
    return [_moved(colour(code), turn, dye, shine) for code in codes]


def _moved(base: Colour, turn: float, dye: float, shine: float) -> Colour:
    blue, green, red = (float(value) for value in base)
    hue, saturation, value = colorsys.rgb_to_hsv(red, green, blue)
    moved = colorsys.hsv_to_rgb((hue + turn) % 1, min(saturation * dye, 1), min(value * shine, 1))
    return np.array(moved[::-1], np.float32)


def shuffled(rng: np.random.Generator, colours: Sequence[Colour]) -> list[Colour]:
    """Return the colours in another order."""
    return [colours[index] for index in rng.permutation(len(colours))]
