"""Small networks without normalisation: what trains in minutes on a processor.

Normalisation does not go with gradient penalties, and grouped convolutions are slow there.
"""

from typing import TYPE_CHECKING, Any

import keras
from keras import layers

from studio.gan.config import Preset
from studio.gan.networks.parts import count_doublings, image_inputs, latent_inputs, leak, score

if TYPE_CHECKING:
    from studio.gan.networks import Shape

_MOST_WIDTH = 4
_FEATURES = 128


def _widths(preset: Preset, doublings: int) -> list[int]:
    """Return the channels from the full size down to the smallest, doubled up to four times."""
    return [preset.width * min(2**step, _MOST_WIDTH) for step in range(doublings + 1)]


def build_generator(preset: Preset, shape: "Shape") -> keras.Model:
    """Transposed convolutions from 4 to 7 pixels up, with one more at half of the full size."""
    doublings = count_doublings(shape.size)
    widths = _widths(preset, doublings)
    base = shape.size >> doublings
    inputs, code = latent_inputs(preset.latent, shape.classes)
    x = leak(layers.Dense(base * base * widths[-1])(code))
    x = layers.Reshape((base, base, widths[-1]))(x)
    for step in reversed(range(doublings)):
        if step == 0:
            x = leak(layers.Conv2D(widths[1], 3, padding="same")(x))
        x = leak(layers.Conv2DTranspose(widths[step], 4, 2, padding="same")(x))
    image = layers.Conv2D(shape.channels, 3, padding="same", dtype="float32")(x)
    return keras.Model(inputs, image, name="generator")


def build_discriminator(preset: Preset, shape: "Shape") -> keras.Model:
    """Strided convolutions down to 4 pixels, and for colour one more there."""
    inputs, x = image_inputs(shape.size, shape.channels)
    widths = _down_widths(preset, shape.size)
    for width in widths:
        x = leak(layers.Conv2D(width, 4, 2, padding="same")(x))
    if shape.channels > 1:
        x = leak(layers.Conv2D(widths[-1], 3, padding="same")(x))
    x = layers.Flatten()(x)
    features = leak(layers.Dense(_FEATURES)(x))
    return keras.Model(inputs, score(features, inputs[1], shape.classes), name="discriminator")


def _down_widths(preset: Preset, size: int) -> list[int]:
    widths: list[Any] = []
    while size > 4:
        widths.append(preset.width * min(2 ** len(widths), _MOST_WIDTH))
        size = -(-size // 2)
    return widths
