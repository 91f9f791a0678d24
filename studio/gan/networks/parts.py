"""What the networks have in common."""

from typing import Any

import keras
from keras import layers

EMBEDDING = 32


def count_doublings(size: int) -> int:
    """Return how often a side of 4 to 7 pixels is doubled to get to `size`."""
    doublings = 0
    while size >= 8:
        size, doublings = size // 2, doublings + 1
    return doublings


def leak(tensor: Any) -> Any:
    return layers.LeakyReLU(negative_slope=0.2)(tensor)


def latent_inputs(latent: int, classes: int) -> tuple[list[Any], Any]:
    """Return a generator's inputs, and latent and class in one vector."""
    z = keras.Input((latent,), name="latent")
    label = keras.Input((), dtype="int32", name="label")
    if classes == 1:
        return [z, label], z
    embedded = layers.Embedding(classes, EMBEDDING, name="class")(label)
    return [z, label], layers.Concatenate()([z, embedded])


def image_inputs(size: int, channels: int) -> tuple[list[Any], Any]:
    """Return a discriminator's inputs, and the image."""
    image = keras.Input((size, size, channels), name="image")
    return [image, keras.Input((), dtype="int32", name="label")], image


def score(features: Any, label: Any, classes: int) -> Any:
    """Return scores (N,) of features (N, F): a linear one, and where there are classes, how well
    the features fit the label's (projection, Miyato and Koyama 2018, arXiv 1802.05637)."""
    logit = layers.Dense(1, name="score", dtype="float32")(features)
    if classes == 1:
        return join_scores(logit, None)
    width = features.shape[-1]
    embedded = layers.Embedding(
        classes, width, embeddings_initializer="random_normal", name="class"
    )(label)
    fit = layers.Dot(axes=1, dtype="float32")([features, embedded])
    return join_scores(logit, layers.Rescaling(width**-0.5)(fit))


def join_scores(logit: Any, fit: Any) -> Any:
    """Return scores (N,): the sum of both parts (N, 1), of which `fit` may be None."""
    if fit is not None:
        logit = layers.Add(dtype="float32")([logit, fit])
    return layers.Reshape((), dtype="float32")(layers.Flatten()(logit))
