"""DiffAugment (Zhao et al. 2020, arXiv 2006.10738): what lets a few hundred images be enough.

Both real and made images are changed at random before the discriminator sees them, differentiably,
so that it cannot learn the few real ones by heart, and the generator does not learn the changes.
"""

import tensorflow as tf

_SHIFT = 0.125
_CUTOUT = 0.5


def augment(images: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
    """Return images (N, H, W, C) in -1..1 with other colours, shifted and with a part cut out.

    `seed` is an integer tensor of shape (2,): the same seed changes images the same way.
    """
    seeds = tf.unstack(tf.random.experimental.stateless_split(seed, 3))
    images = _shift_colours(images, seeds[0])
    images = _translate(images, seeds[1])
    return _cut_out(images, seeds[2])


def _shift_colours(images: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
    count = tf.shape(images)[0]
    brightness, saturation, contrast = tf.unstack(
        tf.random.stateless_uniform((3, count, 1, 1, 1), seed, dtype=images.dtype)
    )
    images = images + (brightness - 0.5)
    if images.shape[-1] == 3:
        grey = tf.reduce_mean(images, axis=3, keepdims=True)
        images = grey + (images - grey) * (2 * saturation)
    middle = tf.reduce_mean(images, axis=(1, 2, 3), keepdims=True)
    return middle + (images - middle) * (contrast + 0.5)


def _translate(images: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
    """Shift by up to an eighth of the side; what comes in at the edge is 0, mid-grey."""
    count, side = tf.shape(images)[0], images.shape[1]
    most = round(side * _SHIFT)
    moves = tf.random.stateless_uniform((2, count, 1), seed, -most, most + 1, dtype=tf.int32)
    padded = tf.pad(images, ((0, 0), (1, 1), (1, 1), (0, 0)))
    places = tf.range(side)[None, :]
    rows, columns = (tf.clip_by_value(places + move + 1, 0, side + 1) for move in tf.unstack(moves))
    return tf.gather(tf.gather(padded, rows, axis=1, batch_dims=1), columns, axis=2, batch_dims=1)


def _cut_out(images: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
    """Set a square of half the side to 0, anywhere, also partly outside."""
    count, side = tf.shape(images)[0], images.shape[1]
    half = round(side * _CUTOUT) // 2
    centres = tf.random.stateless_uniform((2, count, 1), seed, 0, side + 1, dtype=tf.int32)
    places = tf.range(side)[None, :]
    down, across = (tf.abs(places - centre) < half for centre in tf.unstack(centres))
    hole = tf.logical_and(down[:, :, None, None], across[:, None, :, None])
    return tf.where(hole, tf.zeros_like(images), images)
