"""Both networks and what trains them: steps, many in one call of TensorFlow."""

from functools import partial
from typing import Any, NamedTuple

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from studio.errors import UserError
from studio.gan.adam import FusedAdam
from studio.gan.config import Preset
from studio.gan.diff_augment import augment
from studio.gan.fastest import Fastest
from studio.gan.losses import LOSSES
from studio.gan.networks import Shape, build_networks

_RAMP = 0.05
_LOOK = 256


class StepStats(NamedTuple):
    """Means over the steps of one call.

    `score_*` are the discriminator's of real and made images; `accuracy` is the share of pairs in
    which the real one has the higher score; `penalty_*` are mean squared gradients, not yet
    weighed.
    """

    loss_d: float
    loss_g: float
    score_real: float
    score_made: float
    accuracy: float
    penalty_real: float
    penalty_made: float

    @property
    def is_finite(self) -> bool:
        return bool(np.isfinite(self).all())


class Trainer:
    """The state of a training, all of it in TensorFlow's variables, and its steps.

    Everything random in a step comes from (seed, number of the step), so that a training which is
    taken up again goes on as it would have. With a `strategy` of several devices each does a part
    of the batch, and gradients are averaged. `tries_xla` has XLA tried and kept if it is faster;
    `bfloat16` allows networks that are meant for it to calculate so.
    """

    def __init__(
        self,
        preset: Preset,
        shape: Shape,
        *,
        seed: int,
        batch: int,
        augments: bool = False,
        mirrors: bool = False,
        strategy: tf.distribute.Strategy | None = None,
        tries_xla: bool = False,
        bfloat16: bool = False,
    ) -> None:
        self.shape = shape
        self.latent = preset.latent
        self._preset = preset
        self._seed = seed
        self._augments = augments
        self._mirrors = mirrors
        self._loss = LOSSES[preset.loss]
        self._batch = batch
        self._strategy = strategy or tf.distribute.get_strategy()
        self._replicas: int = self._strategy.num_replicas_in_sync
        if batch % self._replicas:
            hint = f"Choose a multiple of {self._replicas}, or --devices one."
            message = f"batch: {batch} images cannot be shared by {self._replicas} devices"
            raise UserError(message, hint)
        with self._strategy.scope():
            self._build(preset, shape, seed, bfloat16=bfloat16)
        ways = (False, True) if tries_xla and self._replicas == 1 else (False,)
        self._run = Fastest(*(self._make_call(is_compiled) for is_compiled in ways))
        self._look = tf.function(
            lambda images, labels: self.discriminator([_centre(images), labels], training=False),
            (
                tf.TensorSpec((None, shape.size, shape.size, shape.channels), tf.uint8),
                tf.TensorSpec((None,), tf.int32),
            ),
            autograph=False,
        )

    def _build(self, preset: Preset, shape: Shape, seed: int, *, bfloat16: bool) -> None:
        networks = build_networks(preset, shape, seed, bfloat16=bfloat16)
        self.generator, self.discriminator = networks
        self.average = keras.models.clone_model(self.generator)
        self.average.set_weights(self.generator.get_weights())
        self._optimizers = {
            network: FusedAdam(
                preset.learning_rate, beta_1=preset.beta_1, beta_2=preset.beta_2, epsilon=1e-8
            )
            for network in ("generator", "discriminator")
        }
        self._optimizers["generator"].build(self.generator.trainable_variables)
        self._optimizers["discriminator"].build(self.discriminator.trainable_variables)

    def _make_call(self, is_compiled: bool) -> Any:
        step = self._step
        if is_compiled:
            step = tf.function(step, jit_compile=True, autograph=False)
        shape = (None, self._batch, self.shape.size, self.shape.size, self.shape.channels)
        # Traced once, however many steps a call does; it takes seconds.
        signature = (
            tf.TensorSpec(shape, tf.uint8),
            tf.TensorSpec(shape[:2], tf.int32),
            tf.TensorSpec((), tf.int32),
            tf.TensorSpec((), tf.float32),
        )
        steps = tf.function(partial(self._steps, step), signature, autograph=False)

        def call(*arguments: Any) -> NDArray[np.float32]:
            with self._strategy.scope():
                sums: NDArray[np.float32] = steps(*arguments).numpy()
            return sums

        return call

    def run(
        self,
        images: NDArray[np.uint8],
        labels: NDArray[np.int32],
        step: int,
        seen: int | None = None,
    ) -> StepStats:
        """Do steps from number `step` on: images (steps, batch, S, S, C), labels (steps, batch).

        `seen` images were trained on before, unless told otherwise as many as these steps take.
        """
        before = step * self._batch if seen is None else seen
        numbers = tf.constant(step, tf.int32), tf.constant(before, tf.float32)
        sums = self._run(len(images), tf.constant(images), tf.constant(labels), *numbers)
        return StepStats(*(float(value) / len(images) for value in sums))

    @property
    def steps_done(self) -> int:
        """How many steps have been done in all, also where a call of `run` was cut short."""
        return int(self._optimizers["generator"].iterations.numpy())

    def scores(self, images: NDArray[np.uint8], labels: NDArray[np.int32]) -> NDArray[np.float32]:
        """Return what the discriminator gives images (N, S, S, C): (N,), without augmentation."""
        found = [
            self._look(
                tf.constant(images[first : first + _LOOK]),
                tf.constant(labels[first : first + _LOOK]),
            ).numpy()
            for first in range(0, len(images), _LOOK)
        ]
        return np.concatenate(found)

    def variables(self) -> dict[str, tf.Variable]:
        """Return everything that makes up the state, by name."""
        found: dict[str, tf.Variable] = {}
        models = {"generator": self.generator, "discriminator": self.discriminator}
        models["average"] = self.average
        for name, model in models.items():
            found |= {f"{name}/{number}": v for number, v in enumerate(model.variables)}
        for name, optimizer in self._optimizers.items():
            found |= {f"adam/{name}/{n}": v for n, v in enumerate(optimizer.variables)}
        return found

    def _steps(self, step: Any, images: Any, labels: Any, first: Any, seen: Any) -> Any:
        count = tf.shape(images)[0]

        def do_step(number: Any, sums: Any) -> tuple[Any, Any]:
            seed = tf.stack([tf.constant(self._seed % 2**31, tf.int32), first + number])
            if self._replicas == 1:
                stats = step(images[number], labels[number], seed)
            else:
                stats = self._share(step, images[number], labels[number], seed)
            self._follow(seen + tf.cast((number + 1) * self._batch, tf.float32))
            return number + 1, sums + stats

        # Written out, as the rewriting of Python's own loops (AutoGraph) would take a second.
        start = tf.constant(0), tf.zeros(len(StepStats._fields))
        return tf.while_loop(lambda number, _: number < count, do_step, start)[1]

    def _share(self, step: Any, images: Any, labels: Any, seed: Any) -> Any:
        """Do a step on all devices, each with its part of the batch and random numbers."""
        size = self._batch // self._replicas

        def do_part() -> Any:
            number = tf.distribute.get_replica_context().replica_id_in_sync_group
            part = slice(number * size, (number + 1) * size)
            own_seed = tf.random.experimental.stateless_fold_in(seed, number)
            return step(images[part], labels[part], own_seed)

        parts = self._strategy.run(do_part)
        return self._strategy.reduce(tf.distribute.ReduceOp.MEAN, parts, axis=None)

    def _step(self, images: Any, labels: Any, seed: Any) -> Any:
        seeds = tf.unstack(tf.random.experimental.stateless_split(seed, 4))
        real = _centre(images)
        if self._mirrors:
            flips = tf.random.stateless_uniform((tf.shape(real)[0], 1, 1, 1), seeds[3]) < 0.5
            real = tf.where(flips, real[:, :, ::-1], real)
        # The same images for both networks: making them is most of a step's forward work.
        with tf.GradientTape() as tape:
            made = self.generator([self._latents(labels, seeds[0]), labels], training=True)
        stats = self._train_discriminator(real, tf.stop_gradient(made), labels, seeds[1])
        loss, slopes = self._slopes_of_loss(real, tf.stop_gradient(made), labels, seeds[2])
        variables = self.generator.trainable_variables
        gradients = tape.gradient(made, variables, output_gradients=slopes)
        self._optimizers["generator"].apply(gradients, variables)
        return tf.stack([stats[0], loss, *stats[1:]])

    def _train_discriminator(self, real: Any, made: Any, labels: Any, look: Any) -> list[Any]:
        both, twice = tf.concat([real, made], 0), tf.concat([labels, labels], 0)
        gamma = self._preset.gamma
        with tf.GradientTape() as tape:
            with tf.GradientTape() as inner:
                inner.watch(both)
                scores = self._judge(both, twice, look)
            real_scores, made_scores = tf.split(scores, 2)
            loss = total = self._loss.discriminator(real_scores, made_scores)
            penalties = [tf.constant(0.0)] * 2
            if gamma:
                slopes = tf.reduce_sum(inner.gradient(scores, both) ** 2, axis=(1, 2, 3))
                penalties = [tf.reduce_mean(half) for half in tf.split(slopes, 2)]
                total = loss + gamma / 2 * tf.add_n(penalties)
            total /= self._replicas  # Gradients of all devices are summed.
        variables = self.discriminator.trainable_variables
        self._optimizers["discriminator"].apply(tape.gradient(total, variables), variables)
        ranked = tf.reduce_mean(tf.cast(real_scores > made_scores, tf.float32))
        means = [tf.reduce_mean(real_scores), tf.reduce_mean(made_scores)]
        return [loss, *means, ranked, *penalties]

    def _slopes_of_loss(self, real: Any, made: Any, labels: Any, look: Any) -> tuple[Any, Any]:
        """Return the generator's loss, and its gradient with respect to the made images."""
        # Outside of the tape: nothing that the generator could change leads to these.
        is_paired = self._preset.loss == "relativistic"
        real_scores = self._judge(real, labels, look) if is_paired else 0.0
        with tf.GradientTape() as tape:
            tape.watch(made)
            loss = self._loss.generator(real_scores, self._judge(made, labels, look))
            total = loss / self._replicas
        return loss, tape.gradient(total, made)

    def _judge(self, images: Any, labels: Any, seed: Any) -> Any:
        if self._augments:
            images = augment(images, seed)
        return self.discriminator([images, labels], training=True)

    def _latents(self, labels: Any, seed: Any) -> Any:
        return tf.random.stateless_normal((tf.shape(labels)[0], self._preset.latent), seed)

    def _follow(self, seen: Any) -> None:
        """Let the average follow the generator, faster at first, so that it does not lag behind.

        The half-life is a twentieth of the images seen until it reaches the preset's (Karras et al.
        2021, arXiv 2106.12423, section 3.1).
        """
        half_life = tf.minimum(float(self._preset.half_life), _RAMP * seen)
        keep = 0.5 ** (self._batch / half_life)
        for mean, new in zip(self.average.variables, self.generator.variables, strict=True):
            if mean.dtype == "float32":
                mean.assign(new + keep * (mean - new))


def _centre(images: Any) -> Any:
    """Return bytes as floats in -1..1."""
    return tf.cast(images, tf.float32) * (2 / 255) - 1
