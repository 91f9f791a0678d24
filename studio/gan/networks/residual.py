"""Residual networks without normalisation, for 64 to 128 pixels: after Huang et al. 2024.

arXiv 2501.05441, with plain convolutions in place of grouped ones. The last convolution of each
block starts at 0 (Zhang et al. 2019, arXiv 1901.09321): deep networks start as shallow ones.
"""

from typing import TYPE_CHECKING, Any

import keras
from keras import layers

from studio.gan.config import Preset
from studio.gan.networks.parts import count_doublings, image_inputs, latent_inputs, leak, score

if TYPE_CHECKING:
    from studio.gan.networks import Shape

_MOST_WIDTH = 8
_BLOCKS = 2


def _block(x: Any, width: int) -> Any:
    inner = leak(layers.Conv2D(width, 3, padding="same")(leak(x)))
    inner = layers.Conv2D(width, 3, padding="same", kernel_initializer="zeros")(inner)
    if x.shape[-1] != width:
        x = layers.Conv2D(width, 1, use_bias=False)(x)
    return layers.Add()([x, inner])


def _widths(preset: Preset, doublings: int) -> list[int]:
    return [preset.width * min(2**step, _MOST_WIDTH) for step in range(doublings + 1)]


def build_generator(preset: Preset, shape: "Shape") -> keras.Model:
    """Blocks at every size from 4 to 7 pixels up, enlarged between."""
    doublings = count_doublings(shape.size)
    base, widths = shape.size >> doublings, _widths(preset, doublings)
    inputs, code = latent_inputs(preset.latent, shape.classes)
    x = layers.Reshape((base, base, widths[-1]))(layers.Dense(base * base * widths[-1])(code))
    for step in reversed(range(doublings + 1)):
        for _ in range(_BLOCKS):
            x = _block(x, widths[step])
        if step:
            x = layers.UpSampling2D(interpolation="bilinear")(x)
    image = layers.Conv2D(shape.channels, 3, padding="same", dtype="float32")(leak(x))
    return keras.Model(inputs, image, name="generator")


def build_discriminator(preset: Preset, shape: "Shape") -> keras.Model:
    """The same the other way round, averaged between."""
    inputs, image = image_inputs(shape.size, shape.channels)
    doublings = count_doublings(shape.size)
    widths = _widths(preset, doublings)
    x = layers.Conv2D(widths[0], 3, padding="same")(image)
    for step in range(doublings + 1):
        for _ in range(_BLOCKS):
            x = _block(x, widths[step])
        if step < doublings:
            x = layers.AveragePooling2D(2)(x)
    features = leak(layers.Dense(widths[-1])(layers.Flatten()(leak(x))))
    return keras.Model(inputs, score(features, inputs[1], shape.classes), name="discriminator")
