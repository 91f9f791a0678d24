"""What covers parts of the picture: patches, weather, other pictures."""

from typing import Any

import albumentations as A
import cv2

from studio.augment.image import Image
from tests.benchmarks.peers.pairs.pair import Pair


def _three_others(image: Image) -> dict[str, Any]:
    return {"mosaic_metadata": [{"image": image}] * 3}


COVERS = (
    Pair(
        "erase",
        A.CoarseDropout(
            num_holes_range=(2, 2),
            hole_height_range=(0.265, 0.265),
            hole_width_range=(0.265, 0.265),
            fill="random",
            p=1,
        ),
        {"area": 7, "count": 2, "fill": "noise"},
    ),
    Pair(
        "cutout_grid",
        A.CoarseDropout(
            num_holes_range=(12, 12),
            hole_height_range=(80, 80),
            hole_width_range=(80, 80),
            fill=0,
            p=1,
        ),
        {"share": 25, "cells": 6, "fill": "black"},
        "their squares lie anywhere",
    ),
    Pair(
        "grid_mask",
        A.GridDropout(ratio=0.4, unit_size_range=(168, 169), random_offset=False, fill=0, p=1),
        {"ratio": 40, "unit": 35, "fill": "black"},
        "ours is a mask, which can be turned",
    ),
    Pair("pixel_dropout", A.PixelDropout(dropout_prob=0.055, p=1), {"share": 5.5, "fill": "black"}),
    Pair(
        "superpixels",
        A.Superpixels(p_replace=(0.6, 0.6), n_segments=(140, 140), p=1),
        {"share": 60, "segments": 140},
        "theirs shrinks all of the picture to 128 pixels for it",
    ),
    Pair(
        "shadow",
        A.RandomShadow(
            num_shadows_limit=(2, 2),
            shadow_dimension=6,
            shadow_intensity_range=(0.45, 0.45),
            p=1,
        ),
        {"strength": 45, "count": 2},
        "ours have soft edges",
    ),
    Pair(
        "fog",
        A.RandomFog(fog_coef_range=(0.45, 0.45), p=1),
        {"density": 45},
        "ours is a veil with drifts, theirs hundreds of discs",
    ),
    Pair(
        "rain",
        A.RandomRain(slant_range=(8, 8), drop_length=41, brightness_coefficient=0.9, p=1),
        {"length": 8.5, "angle": 11},
        "ours falls at three distances",
    ),
    Pair(
        "snow",
        A.RandomSnow(brightness_coeff=1.2, snow_point_range=(0.1, 0.1), method="bleach", p=1),
        {"density": 0, "cover": 30},
        "lying snow alone",
    ),
    Pair(
        "snow",
        A.RandomSnow(brightness_coeff=1.2, snow_point_range=(0.1, 0.1), method="texture", p=1),
        {},
        "falling too; theirs is fine noise, ours flakes at three distances",
    ),
    Pair(
        "sun_flare",
        A.RandomSunFlare(src_radius=192, num_flare_circles_range=(6, 6), p=1),
        {"size": 40},
        "theirs is a pile of discs, ours has a halo, a ring and rays",
    ),
    Pair(
        "spatter",
        A.Spatter(mode="rain", p=1),
        {"kind": "water"},
        "ours refracts the scene, theirs is added to it",
    ),
    Pair("spatter", A.Spatter(mode="mud", p=1), {"kind": "mud"}),
    Pair(
        "mosaic",
        A.Mosaic(
            grid_yx=(2, 2),
            target_size=(480, 640),
            cell_shape=(240, 320),
            center_range=(0.5, 0.5),
            interpolation=cv2.INTER_AREA,
            p=1,
        ),
        {"x": 50, "y": 50},
        data=_three_others,
    ),
)
