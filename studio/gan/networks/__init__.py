"""The networks by name, as Keras models of two inputs.

A generator takes latents (N, L) and labels (N,) and gives images (N, S, S, C) in about -1..1, a
discriminator takes images and labels and gives scores (N,). Without classes, labels are all 0.
"""

from typing import NamedTuple

import keras

from studio.gan.config import Preset
from studio.gan.networks import convolutional, dcgan, perceptron, projection, residual


class Shape(NamedTuple):
    """What networks are built for: side in pixels, channels, classes (1 where there are none)."""

    size: int
    channels: int
    classes: int


_BUILDERS = {
    "convolutional": convolutional,
    "perceptron": perceptron,
    "dcgan": dcgan,
    "projection": projection,
    "residual": residual,
}


def build_networks(
    preset: Preset, shape: Shape, seed: int, *, bfloat16: bool = False
) -> tuple[keras.Model, keras.Model]:
    """Return generator and discriminator, their weights drawn from `seed`.

    With `bfloat16`, networks that are meant for it calculate so; weights are float32 all the same.
    """
    module = _BUILDERS[preset.network]
    keras.utils.set_random_seed(seed)
    before = keras.config.dtype_policy()
    mixed = bfloat16 and preset.mixed_precision
    keras.config.set_dtype_policy("mixed_bfloat16" if mixed else "float32")
    try:
        return module.build_generator(preset, shape), module.build_discriminator(preset, shape)
    finally:
        keras.config.set_dtype_policy(before)
