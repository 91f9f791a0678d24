"""Layers whose largest singular value is held at 1: Miyato et al. 2018, arXiv 1802.05957.

Keras' own wrapper assigns the kernel anew at every call, so that no gradient passes through the
norm; here it does.
"""

from typing import Any

import keras
import tensorflow as tf
from keras import layers


class _Spectral:
    """Divides the weights by their spectral norm, which a step of power iteration follows."""

    _weights_name = "_kernel"

    def build(self, input_shape: Any) -> None:
        super().build(input_shape)  # type: ignore[misc]
        self._u = self.add_weight(  # type: ignore[attr-defined]
            name="u",
            shape=(1, getattr(self, self._weights_name).shape[-1]),
            initializer="random_normal",
            trainable=False,
            aggregation="only_first_replica",
        )

    def normalised(self, *, training: bool) -> Any:
        kernel = tf.convert_to_tensor(getattr(self, self._weights_name))
        matrix = tf.reshape(kernel, (-1, kernel.shape[-1]))
        u = tf.convert_to_tensor(self._u)
        v = tf.math.l2_normalize(tf.matmul(u, matrix, transpose_b=True))
        u = tf.math.l2_normalize(tf.matmul(v, matrix))
        u, v = tf.stop_gradient(u), tf.stop_gradient(v)
        if training:
            self._u.assign(u)
        norm = tf.matmul(tf.matmul(v, matrix), u, transpose_b=True)
        return kernel / tf.reshape(norm, ())


@keras.saving.register_keras_serializable("studio")
class SpectralConv2D(_Spectral, layers.Conv2D):  # type: ignore[misc]
    """`Conv2D` with spectral normalisation."""

    def call(self, inputs: Any, training: bool = False) -> Any:
        strides = list(self.strides)
        kernel = tf.cast(self.normalised(training=training), inputs.dtype)
        result = tf.nn.conv2d(inputs, kernel, strides, self.padding.upper())
        return result + tf.cast(self.bias, inputs.dtype)


@keras.saving.register_keras_serializable("studio")
class SpectralDense(_Spectral, layers.Dense):  # type: ignore[misc]
    """`Dense` with spectral normalisation."""

    def call(self, inputs: Any, training: bool = False) -> Any:
        kernel = tf.cast(self.normalised(training=training), inputs.dtype)
        return tf.matmul(inputs, kernel) + tf.cast(self.bias, inputs.dtype)


@keras.saving.register_keras_serializable("studio")
class SpectralEmbedding(_Spectral, layers.Embedding):  # type: ignore[misc]
    """`Embedding` with spectral normalisation: of the matrix of all classes."""

    _weights_name = "_embeddings"

    def compute_output_spec(self, inputs: Any, training: bool = False) -> Any:
        return super().compute_output_spec(inputs)

    def call(self, inputs: Any, training: bool = False) -> Any:
        rows = tf.gather(self.normalised(training=training), tf.cast(inputs, tf.int32))
        return tf.cast(rows, self.compute_dtype)
