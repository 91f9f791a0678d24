"""Deep convolutional networks with batch normalisation: Radford et al. 2016, arXiv 1511.06434."""

from typing import TYPE_CHECKING, Any

import keras
from keras import layers

from studio.gan.config import Preset
from studio.gan.networks.parts import count_doublings, image_inputs, latent_inputs, leak, score

if TYPE_CHECKING:
    from studio.gan.networks import Shape

_MOST_WIDTH = 8


def _start() -> Any:
    return keras.initializers.RandomNormal(stddev=0.02)


def build_generator(preset: Preset, shape: "Shape") -> keras.Model:
    """Transposed convolutions of 5×5 from 4 to 7 pixels up, batch normalisation and ReLU."""
    doublings = count_doublings(shape.size)
    base, width = shape.size >> doublings, preset.width
    inputs, x = latent_inputs(preset.latent, shape.classes)
    channels = width * min(2 ** (doublings - 1), _MOST_WIDTH)
    x = layers.Dense(base * base * channels, use_bias=False, kernel_initializer=_start())(x)
    x = layers.ReLU()(layers.BatchNormalization()(layers.Reshape((base, base, channels))(x)))
    for step in reversed(range(doublings - 1)):
        channels = width * min(2**step, _MOST_WIDTH)
        x = layers.Conv2DTranspose(
            channels, 5, 2, padding="same", use_bias=False, kernel_initializer=_start()
        )(x)
        x = layers.ReLU()(layers.BatchNormalization()(x))
    image = layers.Conv2DTranspose(
        shape.channels, 5, 2, padding="same", activation="tanh", kernel_initializer=_start()
    )(x)
    return keras.Model(inputs, image, name="generator")


def build_discriminator(preset: Preset, shape: "Shape") -> keras.Model:
    """Convolutions of 5×5 with stride 2, batch normalisation in all but the first."""
    inputs, x = image_inputs(shape.size, shape.channels)
    for step in range(count_doublings(shape.size)):
        channels = preset.width * min(2**step, _MOST_WIDTH)
        x = layers.Conv2D(channels, 5, 2, padding="same", kernel_initializer=_start())(x)
        x = leak(layers.BatchNormalization()(x) if step else x)
    features = layers.Flatten()(x)
    return keras.Model(inputs, score(features, inputs[1], shape.classes), name="discriminator")
