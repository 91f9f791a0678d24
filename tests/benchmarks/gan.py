"""How good a GAN gets in some minutes: Fréchet distance and class agreement by a judge of its own.

    python -m tests.benchmarks.gan DATASET [--size 28] [--grey] [--minutes 5] [--preset fast]
                                           [--tutorial]

DATASET is anything that the studio opens, with classes. The judge is a small convolutional network
trained on the data set's real images alone; distances are over its 64 features. `--tutorial` trains
the network of TensorFlow's DCGAN tutorial on the same clock as well.
"""

import argparse
import tempfile
import time
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from keras import layers
from numpy.typing import NDArray

from studio.dataset.library import open_library
from studio.gan.config import TrainConfig
from studio.gan.data import TrainingSet, load_training_set
from studio.gan.metrics import frechet
from studio.gan.reports import Ended
from studio.gan.sampling import Sampler, draw_latents
from studio.gan.train import train

SAMPLES = 10_000
JUDGE_EPOCHS = 3


def build_judge(data: TrainingSet) -> tuple[keras.Model, keras.Model]:
    """Return a classifier trained on real images, and the part that gives its 64 features."""
    size, channels = data.images.shape[1], data.images.shape[3]
    image = keras.Input((size, size, channels))
    x = layers.Rescaling(1 / 255)(image)
    for width in (32, 64, 128):
        x = layers.Conv2D(width, 3, padding="same", activation="relu")(x)
        x = layers.MaxPooling2D(2)(layers.BatchNormalization()(x))
    x = layers.Dropout(0.4)(layers.Flatten()(x))
    features = layers.Dense(64, activation="relu")(x)
    model = keras.Model(image, layers.Dense(len(data.classes))(layers.Dropout(0.3)(features)))
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(optimizer=keras.optimizers.Adam(1e-3), loss=loss, metrics=["accuracy"])
    model.fit(data.images, data.labels, batch_size=128, epochs=JUDGE_EPOCHS, verbose=0)
    return model, keras.Model(image, features)


def judge(
    name: str,
    judges: tuple[keras.Model, keras.Model],
    data: TrainingSet,
    images: NDArray[np.uint8],
    labels: NDArray[np.int32] | None,
) -> None:
    """Print the Fréchet distance of images to real ones, and how often their class is seen."""
    model, features = judges
    rng = np.random.default_rng(0)
    chosen = rng.choice(len(data.images), min(SAMPLES, len(data.images)), replace=False)
    real = features.predict(data.images[chosen], batch_size=512, verbose=0)
    made = features.predict(images, batch_size=512, verbose=0)
    agreement = "no classes"
    if labels is not None:
        seen = model.predict(images, batch_size=512, verbose=0).argmax(1)
        each = [f"{(seen[labels == k] == k).mean():.0%}" for k in range(len(data.classes))]
        agreement = f"agreement {(seen == labels).mean():.1%} ({' '.join(each)})"
    print(f"{name}: Fréchet distance {frechet(real, made):.2f}, {agreement}", flush=True)


def sample_run(run: Path, config: TrainConfig, classes: int) -> tuple[Any, NDArray[np.int32]]:
    """Return images of a finished run's generator, and the labels that were asked for."""
    generator = keras.models.load_model(run / "generator.keras", compile=False, safe_mode=True)
    latents = draw_latents(SAMPLES, generator.inputs[0].shape[1], 123)
    labels = (np.arange(SAMPLES) % classes).astype(np.int32)
    return Sampler(generator).make(latents, labels), labels


def train_tutorial(data: TrainingSet, seconds: float) -> NDArray[np.uint8]:
    """Train the network of https://www.tensorflow.org/tutorials/generative/dcgan for so long."""
    size, channels = data.images.shape[1], data.images.shape[3]
    base = size // 4
    generator = keras.Sequential(
        [
            keras.Input((100,)),
            layers.Dense(base * base * 256, use_bias=False),
            layers.BatchNormalization(),
            layers.LeakyReLU(),
            layers.Reshape((base, base, 256)),
            layers.Conv2DTranspose(128, 5, 1, padding="same", use_bias=False),
            layers.BatchNormalization(),
            layers.LeakyReLU(),
            layers.Conv2DTranspose(64, 5, 2, padding="same", use_bias=False),
            layers.BatchNormalization(),
            layers.LeakyReLU(),
            layers.Conv2DTranspose(channels, 5, 2, padding="same", activation="tanh"),
        ]
    )
    discriminator = keras.Sequential(
        [
            keras.Input((size, size, channels)),
            layers.Conv2D(64, 5, 2, padding="same"),
            layers.LeakyReLU(),
            layers.Dropout(0.3),
            layers.Conv2D(128, 5, 2, padding="same"),
            layers.LeakyReLU(),
            layers.Dropout(0.3),
            layers.Flatten(),
            layers.Dense(1),
        ]
    )
    entropy = keras.losses.BinaryCrossentropy(from_logits=True)
    optimizers = keras.optimizers.Adam(1e-4), keras.optimizers.Adam(1e-4)

    def step(real: Any) -> None:
        with tf.GradientTape() as of_generator, tf.GradientTape() as of_discriminator:
            made = generator(tf.random.normal((256, 100)), training=True)
            yes, no = discriminator(real, training=True), discriminator(made, training=True)
            loss_g = entropy(tf.ones_like(no), no)
            loss_d = entropy(tf.ones_like(yes), yes) + entropy(tf.zeros_like(no), no)
        weights = generator.trainable_variables
        optimizers[0].apply_gradients(
            zip(of_generator.gradient(loss_g, weights), weights, strict=True)
        )
        weights = discriminator.trainable_variables
        optimizers[1].apply_gradients(
            zip(of_discriminator.gradient(loss_d, weights), weights, strict=True)
        )

    fast_step = tf.function(step)
    rng = np.random.default_rng(0)
    start, seen = time.perf_counter(), 0
    while time.perf_counter() - start < seconds:
        real = data.images[rng.integers(0, len(data.images), 256)]
        fast_step(tf.constant(real, tf.float32) / 127.5 - 1)
        seen += 256
    print(f"tutorial: {seen:,} images seen", flush=True)
    latents = draw_latents(SAMPLES, 100, 123)
    made = [generator(latents[i : i + 500]).numpy() for i in range(0, SAMPLES, 500)]
    return np.clip(np.round((np.concatenate(made) + 1) * 127.5), 0, 255).astype(np.uint8)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("dataset", type=Path)
    parser.add_argument("--size", type=int, default=28)
    parser.add_argument("--grey", action="store_true")
    parser.add_argument("--minutes", type=float, default=5.0)
    parser.add_argument("--preset", default="fast")
    parser.add_argument("--mirror", action="store_true")
    parser.add_argument("--tutorial", action="store_true")
    options = parser.parse_args()
    library = open_library(options.dataset)
    config = TrainConfig(
        preset=options.preset,
        size=options.size,
        grey=options.grey,
        minutes=options.minutes,
        mirror=options.mirror,
    )
    with tempfile.TemporaryDirectory() as folder:
        loading = load_training_set(library, config, Path(folder, "cache.npy"))
        while True:
            try:
                next(loading)
            except StopIteration as end:
                data: TrainingSet = end.value
                break
        judges = build_judge(data)
        _, right = judges[0].evaluate(data.held_out, data.held_out_labels, verbose=0)
        print(f"judge: {right:.1%} of held-out images right", flush=True)
        others = np.random.default_rng(1).choice(len(data.images), SAMPLES)
        judge("real images", judges, data, data.images[others], data.labels[others])
        run = Path(folder, "run")
        for report in train(config, library, run):
            if isinstance(report, Ended):
                print(f"{config.preset}: {report.images:,} images in {report.seconds:.0f} s")
        judge(config.preset, judges, data, *sample_run(run, config, len(data.classes)))
        if options.tutorial:
            judge("tutorial", judges, data, train_tutorial(data, 60 * options.minutes), None)


if __name__ == "__main__":
    main()
