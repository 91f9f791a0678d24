"""Colour and tone. The pictures stay BGR for both; for the cost the order does not matter."""

from typing import Any

import albumentations as A

from tests.benchmarks.peers.pairs.pair import Pair, fixed

_ONE = (1, 1)


def _levels(brightness: float, contrast: float) -> Any:
    return A.RandomBrightnessContrast(
        brightness_limit=(brightness, brightness), contrast_limit=(contrast, contrast), p=1
    )


def _jitter(**changed: tuple[float, float]) -> Any:
    rest = {"brightness": _ONE, "contrast": _ONE, "saturation": _ONE, "hue": (0, 0)}
    return A.ColorJitter(**{**rest, **changed}, p=1)


COLOUR = (
    Pair("brightness", _levels(0.1, 0), {"change": 10}),
    Pair("contrast", _levels(0, 0.2), {"factor": 1.2}, "theirs from black, ours from mid-grey"),
    Pair("exposure", _levels(0, 0.17), {"stops": 0.5}, "their contrast is this"),
    Pair("gamma", A.RandomGamma(gamma_limit=(110, 110), p=1), {"gamma": 1.1}),
    Pair("tone_curve", A.RandomToneCurve(scale=0.1, p=1), {"shadows": 10, "highlights": -10}),
    Pair("invert", A.InvertImg(p=1), remark="ours is a table, which fuses with its neighbours"),
    Pair("posterise", A.Posterize(num_bits=4, p=1), {"bits": 4}, "the same lookup"),
    Pair("solarise", A.Solarize(threshold_range=(0.7, 0.7), p=1), {"threshold": 70}),
    Pair("hue", _jitter(hue=(1 / 18, 1 / 18)), {"degrees": 20}, "theirs through HSV"),
    Pair("saturation", _jitter(saturation=(1.2, 1.2)), {"factor": 1.2}),
    Pair("temperature", fixed(A.PlanckianJitter(p=1), temperature=5_000), {"warmth": 46}),
    Pair("grey", A.ToGray(p=1)),
    Pair("sepia", A.ToSepia(p=1), {"amount": 100}, "the same call of OpenCV"),
    Pair(
        "channel_shift",
        A.RGBShift(r_shift_limit=(10, 10), g_shift_limit=(-10, -10), b_shift_limit=(5, 5), p=1),
        {"red": 4, "green": -4, "blue": 2},
    ),
    Pair(
        "channel_shuffle",
        fixed(A.ChannelShuffle(p=1), channels_shuffled=[1, 2, 0]),
        {"order": "GBR"},
    ),
    Pair("auto_contrast", A.AutoContrast(cutoff=1.5, method="pil", p=1), {"cutoff": 1.5}),
    Pair("equalise", A.Equalize(p=1)),
    Pair("clahe", A.CLAHE(clip_limit=(2.75, 2.75), p=1), {"clip_limit": 2.75, "tiles": 8}),
)
