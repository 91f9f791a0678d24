"""The network that looks at images for the metrics: one that knows the user's own classes."""

import time
from collections.abc import Generator
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from keras import layers
from numpy.typing import NDArray

from studio.gan.data import TrainingSet
from studio.gan.metrics import Features

_FEATURES = 64
_BATCH = 128
_CALL = 256
_LEAST_STEPS = 50


class Judge:
    """Features (N, 64) of images, and the class of each where there are classes.

    Without classes, or before `learn`, its weights are random but always the same.
    """

    def __init__(self, size: int, channels: int, classes: int) -> None:
        self.knows_classes = classes > 1
        self._model = _build(size, channels, classes)
        self._features = keras.Model(self._model.inputs, self._model.layers[-2].output)
        self._call = tf.function(
            lambda images: (self._features(images), self._model(images)),
            (tf.TensorSpec((None, size, size, channels), tf.uint8),),
            autograph=False,
        )

    def learn(
        self, data: TrainingSet, *, seconds: float, steps: int, seed: int
    ) -> Generator[float, None, None]:
        """Train on the images for so many steps, or about so long; yield the share done.

        It takes `_LEAST_STEPS` in any case. Without classes there is nothing to learn.
        """
        if not self.knows_classes:
            return
        optimizer = keras.optimizers.Adam(1e-3)
        optimizer.build(self._model.trainable_variables)
        step = tf.function(self._step, autograph=False)
        rng = np.random.default_rng(seed)
        start = time.perf_counter()
        for number in range(max(steps, _LEAST_STEPS)):
            chosen = rng.integers(0, len(data.images), _BATCH)
            step(optimizer, tf.constant(data.images[chosen]), tf.constant(data.labels[chosen]))
            share = max(number / max(steps, 1), (time.perf_counter() - start) / seconds)
            if share >= 1 and number >= _LEAST_STEPS:
                return
            yield min(share, 1.0)

    def look(self, images: NDArray[np.uint8]) -> tuple[Features, NDArray[np.int64]]:
        """Return the features of images (N, S, S, C), and the classes it takes them for."""
        found: list[tuple[Any, Any]] = []
        for first in range(0, len(images), _CALL):
            features, logits = self._call(tf.constant(images[first : first + _CALL]))
            found.append((features.numpy(), logits.numpy().argmax(1)))
        features, labels = zip(*found, strict=True)
        return np.concatenate(features), np.concatenate(labels)

    def arrays(self) -> list[NDArray[Any]]:
        """Return its weights."""
        weights: list[NDArray[Any]] = self._model.get_weights()
        return weights

    def set_arrays(self, weights: list[NDArray[Any]]) -> None:
        """Take over weights of `arrays`."""
        self._model.set_weights(weights)

    def _step(self, optimizer: Any, images: Any, labels: Any) -> None:
        with tf.GradientTape() as tape:
            logits = self._model(images, training=True)
            loss = tf.reduce_mean(
                tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=logits)
            )
        variables = self._model.trainable_variables
        optimizer.apply(tape.gradient(loss, variables), variables)


def _build(size: int, channels: int, classes: int) -> keras.Model:
    keras.utils.set_random_seed(0)
    image = keras.Input((size, size, channels))
    x = layers.Rescaling(1 / 127.5, -1)(image)
    for width in (32, 64, 128):
        x = layers.ReLU()(layers.Conv2D(width, 3, 2, padding="same")(x))
    x = layers.Dropout(0.25)(layers.Flatten()(x))
    features = layers.Dense(_FEATURES, activation="relu")(x)
    return keras.Model(image, layers.Dense(max(classes, 1))(features))
