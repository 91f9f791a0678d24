"""Noise, drawn for each pixel and channel by itself."""

import albumentations as A

from tests.benchmarks.peers.pairs.pair import Pair

_SPECKLE = 0.125 * 3**0.5
"""Half the width of a uniform distribution with a standard deviation of 12.5 %."""

NOISE = (
    Pair("gaussian_noise", A.GaussNoise(std_range=(0.1, 0.1), p=1), {"sigma": 25.5}),
    Pair(
        "uniform_noise",
        A.AdditiveNoise(
            noise_type="uniform",
            spatial_mode="per_pixel",
            noise_params={"ranges": [(-0.06, 0.06)]},
            p=1,
        ),
        {"spread": 15.3},
    ),
    Pair(
        "speckle",
        A.MultiplicativeNoise(
            multiplier=(1 - _SPECKLE, 1 + _SPECKLE), per_channel=True, elementwise=True, p=1
        ),
        {"sigma": 12.5},
        "theirs is uniform, ours normal",
    ),
    Pair(
        "salt_and_pepper",
        A.SaltAndPepper(amount=(0.0225, 0.0225), salt_vs_pepper=(0.5, 0.5), p=1),
        {"amount": 2.25},
    ),
    Pair("shot_noise", A.ShotNoise(scale_range=(0.0144, 0.0144), p=1), {"strength": 12}),
    Pair(
        "iso_noise",
        A.ISONoise(color_shift=(0.03, 0.03), intensity=(0.6, 0.6), p=1),
        {"strength": 9, "colour": 6},
        "theirs is drawn in HLS, ours in the root of the light",
    ),
)
