"""The same recipes for us and for albumentations.

Affine turns and scales in one warp. Nobody converts between BGR and RGB: the ranges of hue and of
saturation are even to both sides, so that their cost is all that could differ.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import albumentations as A
import cv2

from tests.benchmarks.export import GEOMETRY, NOISE


class Contest(NamedTuple):
    """A recipe of ours, how its albumentations are made, and the ratios to reach."""

    steps: Sequence[object]
    transforms: Callable[[], list[Any]]
    peer_target: float
    floor_target: float


def _geometry() -> list[Any]:
    border = cv2.BORDER_REFLECT_101
    return [
        A.HorizontalFlip(p=0.5),
        A.Affine(rotate=(-20, 20), scale=(0.8, 1.2), keep_ratio=True, border_mode=border, p=1),
    ]


def _noise() -> list[Any]:
    return [*_geometry(), A.GaussNoise(std_range=(0.1, 0.1), p=1)]


def _colour() -> list[Any]:
    # In place of RandomBrightnessContrast and HueSaturationValue, which take longer.
    jitter = A.ColorJitter(
        brightness=(0.8, 1.2),
        contrast=(0.75, 1.3),
        saturation=(0.7, 1.3),
        hue=(-1 / 18, 1 / 18),
        p=1,
    )
    return [*_geometry(), A.RandomGamma(gamma_limit=(80, 125), p=1), jitter]


_COLOUR = [
    {"op": "brightness", "params": {"change": [-20, 20]}},
    {"op": "contrast", "params": {"factor": [0.75, 1.3]}},
    {"op": "gamma", "params": {"gamma": [0.8, 1.25]}},
    {"op": "saturation", "params": {"factor": [0.7, 1.3]}},
    {"op": "hue", "params": {"degrees": [-20, 20]}},
]
CONTESTS: Mapping[str, Contest] = {
    "flip, rotate ±20°, scale 0.8–1.2": Contest(GEOMETRY, _geometry, 1.3, 0.5),
    "the same + Gaussian noise σ = 25.5": Contest([*GEOMETRY, NOISE], _noise, 3, 0.6),
    "brightness, contrast, gamma, saturation, hue + the geometry": Contest(
        [*GEOMETRY, *_COLOUR], _colour, 2, 0.45
    ),
}
