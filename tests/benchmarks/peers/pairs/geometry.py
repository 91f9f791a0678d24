"""Geometry, at 640×480. Both mirror at the border; both interpolate linearly."""

from typing import Any

import albumentations as A
import cv2

from tests.benchmarks.peers.pairs.pair import Pair, fixed

_BORDER = cv2.BORDER_REFLECT_101
_COPY = "a copy of memory; ours plans it too, some 0.01 to 0.02 ms"


def _affine(**change: Any) -> Any:
    return A.Affine(**change, border_mode=_BORDER, p=1)


GEOMETRY = (
    Pair("horizontal_flip", A.HorizontalFlip(p=1), remark=_COPY),
    Pair("vertical_flip", A.VerticalFlip(p=1), remark=_COPY),
    Pair("turn", fixed(A.RandomRotate90(p=1), factor=1), {"angle": "90"}),
    Pair("transpose", A.Transpose(p=1)),
    Pair("rotate", A.Rotate(limit=(10, 10), border_mode=_BORDER, p=1), {"angle": 10}),
    Pair("scale", _affine(scale=(0.9, 0.9)), {"factor": 0.9}),
    Pair(
        "translate",
        _affine(translate_percent={"x": (0.053, 0.053), "y": (0.053, 0.053)}),
        {"x": 5.3, "y": 5.3},
    ),
    Pair("shear", _affine(shear={"x": (5, 5), "y": (0, 0)}), {"x": 5}),
    Pair(
        "perspective",
        A.Perspective(scale=(0.06, 0.06), border_mode=_BORDER, p=1),
        {"strength": 8},
        "theirs cuts the corners off and enlarges the rest again: it resamples twice",
    ),
    Pair("random_crop", A.RandomCrop(height=396, width=528, p=1), {"size": 82.5}, _COPY),
    Pair("centre_crop", A.CenterCrop(height=396, width=528, p=1), {"size": 82.5}, _COPY),
    Pair(
        "random_resized_crop",
        A.RandomResizedCrop(size=(480, 640), scale=(0.7, 0.7), ratio=(4 / 3, 4 / 3), p=1),
        {"area": 70, "aspect": 1},
        "the same call of OpenCV",
    ),
    Pair("pad", A.Pad(padding=36, border_mode=_BORDER, p=1), remark=_COPY),
    Pair(
        "resize",
        A.Resize(height=256, width=256, interpolation=cv2.INTER_AREA, p=1),
        {"width": 256, "height": 256, "fit": "stretch"},
        "by areas, which does not alias",
    ),
    Pair(
        "elastic",
        A.ElasticTransform(alpha=10_000, sigma=60, border_mode=_BORDER, p=1),
        {"amplitude": 5.5, "smoothness": 12.5},
        "ours draws a spline through coarse noise, theirs filters fine noise",
    ),
    Pair(
        "grid_distortion",
        A.GridDistortion(num_steps=6, distort_limit=(-0.35, 0.35), border_mode=_BORDER, p=1),
        {"cells": 6, "strength": 35},
    ),
    Pair(
        "lens_distortion",
        A.OpticalDistortion(distort_limit=(0.2, 0.2), border_mode=_BORDER, p=1),
        {"strength": 15},
        "ours enlarges so that no border shows",
    ),
)
