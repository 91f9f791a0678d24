"""Steps of training: they can be repeated, taken up again, and are finite for every preset."""

from contextlib import suppress

import keras
import numpy as np
import pytest
import tensorflow as tf
from msgspec.structs import replace

from studio.errors import UserError
from studio.gan.config import PRESETS
from studio.gan.device import mirror
from studio.gan.diff_augment import augment
from studio.gan.losses import LOSSES
from studio.gan.networks import Shape
from studio.gan.networks.spectral import SpectralConv2D, SpectralDense
from studio.gan.trainer import Trainer

tf.config.experimental.enable_op_determinism()
# Two halves of the processor, to share a training among devices where there is only one. Once
# something has been calculated it is too late; then that test is skipped.
with suppress(RuntimeError):
    tf.config.set_logical_device_configuration(
        tf.config.list_physical_devices("CPU")[0], [tf.config.LogicalDeviceConfiguration()] * 2
    )

BATCH = 4
SIDE = 8


def count_classes(preset: str) -> int:
    return 3 if PRESETS[preset].is_conditional else 1


def make_trainer(preset: str, seed: int = 0) -> Trainer:
    return Trainer(
        replace(PRESETS[preset], width=8),
        Shape(SIDE, 3, count_classes(preset)),
        seed=seed,
        batch=BATCH,
        augments=True,
        mirrors=True,
    )


@pytest.mark.parametrize("preset", PRESETS)
def test_taken_up_again_it_goes_on_as_if_it_had_never_stopped(preset: str) -> None:
    rng = np.random.default_rng(0)
    images = rng.integers(0, 255, (4, BATCH, SIDE, SIDE, 3), np.uint8)
    labels = rng.integers(0, count_classes(preset), (4, BATCH)).astype(np.int32)
    whole = make_trainer(preset)
    whole.run(images[:2], labels[:2], 0)
    state = {name: variable.numpy() for name, variable in whole.variables().items()}
    expected = whole.run(images[2:], labels[2:], 2)
    again = make_trainer(preset, seed=0)
    for name, variable in again.variables().items():
        variable.assign(state[name])
    assert again.run(images[2:], labels[2:], 2) == expected
    assert expected.is_finite
    for name, variable in again.variables().items():
        np.testing.assert_array_equal(variable.numpy(), whole.variables()[name].numpy())


@pytest.mark.parametrize("name", LOSSES)
def test_even_networks_have_the_loss_that_is_drawn_as_balance(name: str) -> None:
    loss, even = LOSSES[name], tf.zeros(5)
    values = float(loss.discriminator(even, even)), float(loss.generator(even, even))
    assert values == pytest.approx(loss.balance)


@pytest.mark.parametrize("name", LOSSES)
def test_losses_pull_the_right_way(name: str) -> None:
    loss, high, low = LOSSES[name], tf.fill(5, 0.5), tf.fill(5, -0.5)
    assert loss.discriminator(high, low) < loss.discriminator(low, high)
    assert loss.generator(low, high) < loss.generator(high, low)


def test_augmentation_is_the_same_for_a_seed_and_lets_gradients_through_twice() -> None:
    images = tf.random.stateless_uniform((6, 16, 16, 3), (1, 2), -1, 1)
    one, other = (augment(images, tf.constant((seed, 7))) for seed in (3, 4))
    np.testing.assert_array_equal(one, augment(images, tf.constant((3, 7))))
    assert np.abs(one - other).max() > 0.1
    with tf.GradientTape() as outer:
        outer.watch(images)
        with tf.GradientTape() as inner:
            inner.watch(images)
            value = tf.reduce_sum(augment(images, tf.constant((3, 7))) ** 3)
        slope = tf.reduce_sum(inner.gradient(value, images) ** 2)
    assert np.abs(outer.gradient(slope, images)).max() > 0


@pytest.mark.parametrize("kind", ["convolution", "dense"])
def test_the_largest_singular_value_becomes_one_and_has_a_gradient(kind: str) -> None:
    keras.utils.set_random_seed(0)
    layer = SpectralDense(5) if kind == "dense" else SpectralConv2D(5, 3)
    inputs = tf.random.stateless_normal((2, 8) if kind == "dense" else (2, 8, 8, 4), (1, 2))
    for _ in range(100):
        layer(inputs, training=True)
    kernel = layer.normalised(training=False).numpy()
    values = np.linalg.svd(kernel.reshape(-1, 5), compute_uv=False)
    assert values[0] == pytest.approx(1, abs=1e-3)
    with tf.GradientTape() as tape:
        # A scaled kernel has the same norm of 1, so no gradient may point along it.
        total = tf.reduce_sum(layer(inputs, training=False) ** 2)
    gradient = tape.gradient(total, layer.trainable_variables[0])
    along = tf.reduce_sum(gradient * layer.trainable_variables[0])
    assert abs(float(along)) < 1e-3 * float(tf.norm(gradient) * tf.norm(layer.kernel))


def test_two_devices_train_as_one_does_with_the_whole_batch() -> None:
    devices = [device.name for device in tf.config.list_logical_devices("CPU")]
    if len(devices) < 2:
        pytest.skip("TensorFlow was in use before there were two")
    preset, batch = replace(PRESETS["fast"], width=8), 64
    rng = np.random.default_rng(0)
    images = rng.integers(0, 255, (1, batch, 8, 8, 1), np.uint8)
    labels = np.zeros((1, batch), np.int32)
    shape = Shape(8, 1, 1)
    one = Trainer(preset, shape, seed=0, batch=batch)
    two = Trainer(preset, shape, seed=0, batch=batch, strategy=mirror(devices))
    single, shared = one.run(images, labels, 0), two.run(images, labels, 0)
    # The images are the same, the random numbers are not.
    assert shared == pytest.approx(single, abs=0.1)
    assert (one.steps_done, two.steps_done) == (1, 1)
    # With beta 1 at 0 Adam's momenta are the gradients: averaged, not added.
    assert _norm_of_gradients(two) == pytest.approx(_norm_of_gradients(one), rel=0.2)
    for variable in two.discriminator.trainable_variables:
        np.testing.assert_array_equal(*variable.value.values)
    with pytest.raises(UserError, match="batch: 5 images cannot be shared by 2 devices"):
        Trainer(preset, shape, seed=0, batch=5, strategy=mirror(devices))


def _norm_of_gradients(trainer: Trainer) -> float:
    state = trainer.variables()
    momenta = [v.numpy() for name, v in state.items() if name.startswith("adam/discriminator")]
    return float(np.sqrt(sum((array**2).sum() for array in momenta[2:])))
