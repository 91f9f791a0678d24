"""What the two networks learn from: functions of the scores (logits) of real and made images.

Relativistic pairing: Jolicoeur-Martineau 2018 (arXiv 1807.00734), with both gradient penalties as
in Huang et al. 2024 (arXiv 2501.05441). Non-saturating: Goodfellow et al. 2014 (arXiv 1406.2661).
Hinge: Lim and Ye 2017 (arXiv 1705.02894).
"""

from collections.abc import Callable
from math import log
from typing import Any, NamedTuple

import tensorflow as tf


class Loss(NamedTuple):
    """Both losses; `discriminator(real, made)` and `generator(real, made)` take scores (N,).

    `balance` holds the two values at which neither network tells the images apart.
    """

    discriminator: Callable[[Any, Any], Any]
    generator: Callable[[Any, Any], Any]
    balance: tuple[float, float]


def _mean_softplus(scores: Any) -> Any:
    return tf.reduce_mean(tf.nn.softplus(scores))


LOSSES = {
    "relativistic": Loss(
        discriminator=lambda real, made: _mean_softplus(made - real),
        generator=lambda real, made: _mean_softplus(real - made),
        balance=(log(2), log(2)),
    ),
    "non_saturating": Loss(
        discriminator=lambda real, made: _mean_softplus(-real) + _mean_softplus(made),
        generator=lambda real, made: _mean_softplus(-made),
        balance=(2 * log(2), log(2)),
    ),
    "hinge": Loss(
        discriminator=lambda real, made: (
            tf.reduce_mean(tf.nn.relu(1 - real)) + tf.reduce_mean(tf.nn.relu(1 + made))
        ),
        generator=lambda real, made: -tf.reduce_mean(made),
        balance=(2.0, 0.0),
    ),
}
