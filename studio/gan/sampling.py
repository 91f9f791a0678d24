"""Images from a generator: for grids, metrics and the data set."""

from typing import Any

import cv2
import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from studio.gan.data import Pixels

_BATCH = 256
_COLUMNS = 10
_MOST_ROWS = 10
_GAP = 2


def draw_latents(count: int, width: int, seed: int) -> NDArray[np.float32]:
    """Return `count` latents of this width, the same for the same seed."""
    drawn = np.random.default_rng(seed).standard_normal((count, width))
    return drawn.astype(np.float32)


class Sampler:
    """Makes images with a generator, which is traced once for any number of them."""

    def __init__(self, generator: keras.Model) -> None:
        width = generator.inputs[0].shape[-1]
        self._call = tf.function(
            lambda latents, labels: _to_bytes(generator([latents, labels], training=False)),
            (tf.TensorSpec((None, width), tf.float32), tf.TensorSpec((None,), tf.int32)),
            autograph=False,
        )

    def make(self, latents: NDArray[np.float32], labels: NDArray[np.int32]) -> Pixels:
        """Return images (N, S, S, C) as uint8 of latents (N, L) and labels (N,)."""
        made = [
            self._call(
                tf.constant(latents[first : first + _BATCH]),
                tf.constant(labels[first : first + _BATCH]),
            ).numpy()
            for first in range(0, len(latents), _BATCH)
        ]
        return np.concatenate(made)


def _to_bytes(images: Any) -> Any:
    return tf.cast(tf.clip_by_value(tf.round((images + 1) * 127.5), 0, 255), tf.uint8)


class GridLayout:
    """The fixed latents of a run's grids: a row for each class, or ten rows without classes."""

    def __init__(self, classes: int, latent: int, seed: int) -> None:
        rows = min(classes, _MOST_ROWS) if classes > 1 else _COLUMNS
        self.latents = draw_latents(rows * _COLUMNS, latent, seed)
        chosen = np.arange(rows) * max(classes, 1) // rows if classes > 1 else np.zeros(rows)
        self.labels = np.repeat(chosen, _COLUMNS).astype(np.int32)


def lay_out(images: Pixels) -> NDArray[np.uint8]:
    """Return images (N, S, S, C) as one picture, ten in a row, in OpenCV's order of colours."""
    count, side, _, channels = images.shape
    rows = -(-count // _COLUMNS)
    step = side + _GAP
    sheet = np.full((rows * step - _GAP, _COLUMNS * step - _GAP, channels), 128, np.uint8)
    for number, image in enumerate(images):
        top, left = number // _COLUMNS * step, number % _COLUMNS * step
        sheet[top : top + side, left : left + side] = image
    if channels == 1:
        return sheet[..., 0]
    return np.asarray(cv2.cvtColor(sheet, cv2.COLOR_RGB2BGR), np.uint8)
