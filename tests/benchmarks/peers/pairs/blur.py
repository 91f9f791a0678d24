"""Blur and quality, in pixels of a picture of 640×480."""

import albumentations as A
import cv2

from tests.benchmarks.peers.pairs.pair import Pair

_RINGING = 6.72
"""Pixels from ripple to ripple."""

BLUR = (
    Pair(
        "gaussian_blur",
        A.GaussianBlur(blur_limit=0, sigma_limit=(1.92, 1.92), p=1),
        {"sigma": 0.4},
    ),
    Pair(
        "motion_blur",
        A.MotionBlur(
            blur_limit=(15, 15),
            allow_shifted=False,
            angle_range=(30, 30),
            direction_range=(0, 0),
            p=1,
        ),
        {"length": 3.1, "angle": 30},
    ),
    Pair("median_blur", A.MedianBlur(blur_limit=(5, 5), p=1), {"size": 1.1}, "5 pixels wide"),
    Pair(
        "median_blur",
        A.MedianBlur(blur_limit=(7, 7), p=1),
        {"size": 1.5},
        "7 pixels wide; ours is a median of medians",
    ),
    Pair("defocus", A.Defocus(radius=(5, 5), alias_blur=(0.1, 0.1), p=1), {"radius": 1.04}),
    Pair(
        "zoom_blur",
        A.ZoomBlur(max_factor=(1.06, 1.06), step_factor=(0.01, 0.01), p=1),
        {"amount": 6},
        "theirs is the mean of 7 pictures, which shows at the edges",
    ),
    Pair("sharpen", A.Sharpen(alpha=(0.125, 0.125), lightness=(1, 1), p=1)),
    Pair(
        "unsharp_mask",
        A.UnsharpMask(
            blur_limit=(19, 19), sigma_limit=(2.88, 2.88), alpha=(1, 1), threshold=0, p=1
        ),
        {"radius": 0.6, "amount": 100},
        "theirs may leave out faint detail",
    ),
    Pair(
        "jpeg_compression",
        A.ImageCompression(quality_range=(45, 45), p=1),
        {"quality": 45},
        "the same calls of OpenCV",
    ),
    Pair(
        "downscale",
        A.Downscale(
            scale_range=(0.4, 0.4),
            interpolation_pair={"downscale": cv2.INTER_AREA, "upscale": cv2.INTER_LINEAR},
            p=1,
        ),
        {"factor": 2.5, "shrink": "area", "enlarge": "linear"},
    ),
    Pair(
        "ringing",
        A.RingingOvershoot(
            blur_limit=(13, 13), cutoff=(2 * 3.1416 / _RINGING, 2 * 3.1416 / _RINGING), p=1
        ),
        {"width": 100 * _RINGING / 480, "ripples": 1},
        "theirs is round, ours the same across and down",
    ),
    Pair(
        "chromatic_aberration",
        A.ChromaticAberration(
            primary_distortion_limit=(0.02, 0.02), secondary_distortion_limit=(0, 0), p=1
        ),
        {"red": 0.5, "blue": -0.5},
        "theirs bends the channels, ours magnifies them",
    ),
    Pair(
        "vignette",
        A.Illumination(
            mode="gaussian",
            intensity_range=(0.14, 0.14),
            effect_type="darken",
            center_range=(0.5, 0.5),
            p=1,
        ),
        {},
        "theirs darkens a spot, ours all around one",
    ),
)
