"""The generator of dense layers and the small convolutional discriminator that textbooks show.

Four of the usual lines had to change before they learn. The generator ends in as many values as
the data has, not in those of the book's data set. The discriminator gives logits, without a
sigmoid whose slope vanishes, and the generator's loss is the non-saturating one. Both networks take
turns in one step, instead of a frozen discriminator inside a compiled model. And images are
scaled to -1..1, as the generator's last tanh gives them.
"""

from typing import TYPE_CHECKING

import keras
from keras import layers

from studio.gan.config import Preset
from studio.gan.networks.parts import image_inputs, latent_inputs, leak, score

if TYPE_CHECKING:
    from studio.gan.networks import Shape


def build_generator(preset: Preset, shape: "Shape") -> keras.Model:
    """Dense layers of 128, 256, 512 and 1024."""
    inputs, x = latent_inputs(preset.latent, shape.classes)
    for units in (128, 256, 512, 1024):
        x = layers.BatchNormalization(momentum=0.8)(leak(layers.Dense(units)(x)))
    sides = (shape.size, shape.size, shape.channels)
    x = layers.Dense(shape.size * shape.size * shape.channels, activation="tanh")(x)
    return keras.Model(inputs, layers.Reshape(sides)(x), name="generator")


def build_discriminator(preset: Preset, shape: "Shape") -> keras.Model:
    """Two convolutions of 5×5 with stride 2."""
    inputs, x = image_inputs(shape.size, shape.channels)
    for width in (preset.width, 2 * preset.width):
        x = layers.Dropout(0.3)(leak(layers.Conv2D(width, 5, 2, padding="same")(x)))
    features = layers.Flatten()(x)
    return keras.Model(inputs, score(features, inputs[1], shape.classes), name="discriminator")
