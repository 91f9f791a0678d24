"""Spectral normalisation with projection: Miyato et al. 2018 and Miyato and Koyama 2018.

arXiv 1802.05957, table 3, and arXiv 1802.05637.
"""

from typing import TYPE_CHECKING, Any

import keras
from keras import layers

from studio.gan.config import Preset
from studio.gan.networks.parts import (
    count_doublings,
    image_inputs,
    join_scores,
    latent_inputs,
    leak,
)
from studio.gan.networks.spectral import SpectralConv2D, SpectralDense, SpectralEmbedding

if TYPE_CHECKING:
    from studio.gan.networks import Shape

_MOST_WIDTH = 8


def build_generator(preset: Preset, shape: "Shape") -> keras.Model:
    """Transposed convolutions of 4×4 from 4 to 7 pixels up, batch normalisation and ReLU."""
    doublings = count_doublings(shape.size)
    base = shape.size >> doublings
    widths = [preset.width * min(2**step, _MOST_WIDTH) for step in range(doublings + 1)]
    inputs, x = latent_inputs(preset.latent, shape.classes)
    x = layers.Reshape((base, base, widths[-1]))(layers.Dense(base * base * widths[-1])(x))
    for width in reversed(widths[:-1]):
        x = layers.ReLU()(layers.BatchNormalization()(x))
        x = layers.Conv2DTranspose(width, 4, 2, padding="same", use_bias=False)(x)
    x = layers.ReLU()(layers.BatchNormalization()(x))
    image = layers.Conv2D(shape.channels, 3, padding="same", activation="tanh")(x)
    return keras.Model(inputs, image, name="generator")


def build_discriminator(preset: Preset, shape: "Shape") -> keras.Model:
    """Pairs of 3×3 and strided 4×4 convolutions."""
    inputs, x = image_inputs(shape.size, shape.channels)
    doublings = count_doublings(shape.size)
    for step in range(doublings):
        width = preset.width * min(2**step, _MOST_WIDTH)
        x = leak(SpectralConv2D(width, 3, padding="same")(x))
        x = leak(SpectralConv2D(2 * width, 4, 2, padding="same")(x))
    x = leak(SpectralConv2D(preset.width * min(2**doublings, _MOST_WIDTH), 3, padding="same")(x))
    # Summed, as in the paper: with all norms at 1, means would leave scores near 0.
    area = x.shape[1] * x.shape[2]
    features = layers.Rescaling(float(area))(layers.GlobalAveragePooling2D()(x))
    return keras.Model(inputs, _score(features, inputs[1], shape.classes), name="discriminator")


def _score(features: Any, label: Any, classes: int) -> Any:
    logit = SpectralDense(1, name="score", dtype="float32")(features)
    if classes == 1:
        return join_scores(logit, None)
    embedded = SpectralEmbedding(
        classes, features.shape[-1], embeddings_initializer="random_normal", name="class"
    )(label)
    return join_scores(logit, layers.Dot(axes=1, dtype="float32")([features, embedded]))
