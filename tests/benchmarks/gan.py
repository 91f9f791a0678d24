"""How good a GAN gets in some minutes: Fréchet distance and class agreement by a judge of its own.

    python -m tests.benchmarks.gan DATASET [--size 28] [--grey] [--minutes 5] [--preset fast]
                                           [--mirror] [--tutorial] [--keep RUN]

DATASET is anything that the studio opens, with classes. The judge is a small convolutional network
trained on the data set's real images alone; distances are over its 64 features, whose scale is its
own: compare with what real images get. `--tutorial` trains the network of TensorFlow's DCGAN
tutorial as well, in turns of half a minute, so that both meet the same machine. `--keep` leaves the
run, its grids and its curves in a new folder.
"""

import argparse
import tempfile
import time
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from keras import layers
from msgspec.structs import replace
from numpy.typing import NDArray

from studio.dataset.library import open_library
from studio.gan.config import TrainConfig, usual_batch
from studio.gan.data import TrainingSet, load_training_set
from studio.gan.data_facts import describe_data
from studio.gan.metrics import frechet, kid
from studio.gan.reports import Ended, Quality, Reference, Report, Stats
from studio.gan.sampling import Sampler, draw_latents
from studio.gan.train import train

SAMPLES = 10_000
JUDGE_EPOCHS = {1: 2, 3: 5}
TURN_SECONDS = 30.0


def build_judge(data: TrainingSet) -> tuple[keras.Model, keras.Model]:
    """Return a classifier trained on real images, and the part that gives its 64 features."""
    size, channels = data.images.shape[1], data.images.shape[3]
    keras.utils.set_random_seed(0)
    image = keras.Input((size, size, channels))
    x = layers.Rescaling(1 / 255)(image)
    for width in (32, 64) if channels == 1 else (48, 96, 192):
        x = layers.Conv2D(width, 3, padding="same", activation="relu")(x)
        x = layers.MaxPooling2D(2)(x)
    x = layers.Dropout(0.3)(layers.Flatten()(x))
    features = layers.Dense(64, activation="relu")(x)
    model = keras.Model(image, layers.Dense(len(data.classes))(features))
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(optimizer=keras.optimizers.Adam(1e-3), loss=loss, metrics=["accuracy"])
    epochs = JUDGE_EPOCHS[channels]
    model.fit(data.images, data.labels, batch_size=128, epochs=epochs, verbose=0)
    return model, keras.Model(image, features)


def shuffled(data: TrainingSet) -> NDArray[np.int64]:
    """Return the same order of all images at any time."""
    return np.random.default_rng(0).permutation(len(data.images))


def judge(
    name: str,
    judges: tuple[keras.Model, keras.Model],
    data: TrainingSet,
    images: NDArray[np.uint8],
    labels: NDArray[np.int32] | None,
) -> None:
    """Print the Fréchet distance of images to real ones, and how often their class is seen."""
    model, features = judges
    real = features.predict(data.images[shuffled(data)[:SAMPLES]], batch_size=512, verbose=0)
    made = features.predict(images, batch_size=512, verbose=0)
    agreement = "no classes"
    if labels is not None:
        seen = model.predict(images, batch_size=512, verbose=0).argmax(1)
        each = [f"{(seen[labels == k] == k).mean():.0%}" for k in range(len(data.classes))]
        agreement = f"agreement {(seen == labels).mean():.1%} ({' '.join(each)})"
    unit = np.sqrt((real**2).mean())
    far, spread = kid(real / unit, made / unit, 0)
    distances = f"Fréchet distance {frechet(real, made):.2f}, KID {far:.3g} ± {spread:.2g}"
    print(f"{name}: {distances}, {agreement}", flush=True)


def sample_run(run: Path, config: TrainConfig, classes: int) -> tuple[Any, NDArray[np.int32]]:
    """Return images of a finished run's generator, and the labels that were asked for."""
    generator = keras.models.load_model(run / "generator.keras", compile=False, safe_mode=True)
    latents = draw_latents(SAMPLES, generator.inputs[0].shape[1], 123)
    labels = (np.arange(SAMPLES) % classes).astype(np.int32)
    return Sampler(generator).make(latents, labels), labels


class Tutorial:
    """The network of https://www.tensorflow.org/tutorials/generative/dcgan, and its training."""

    def __init__(self, data: TrainingSet) -> None:
        self._data = data
        self._generator, self._step = build_tutorial(data)
        self._rng = np.random.default_rng(0)
        self.seen = 0

    def train(self, seconds: float) -> None:
        """Train for so long."""
        start = time.perf_counter()
        images = self._data.images
        while time.perf_counter() - start < seconds:
            real = images[self._rng.integers(0, len(images), 256)]
            self._step(tf.constant(real, tf.float32) / 127.5 - 1)
            self.seen += 256

    def sample(self) -> NDArray[np.uint8]:
        """Return images of it."""
        latents = draw_latents(SAMPLES, 100, 123)
        made = [self._generator(latents[i : i + 500]).numpy() for i in range(0, SAMPLES, 500)]
        return np.clip(np.round((np.concatenate(made) + 1) * 127.5), 0, 255).astype(np.uint8)


def build_tutorial(data: TrainingSet) -> tuple[Any, Any]:
    """Return the tutorial's generator, and its step as a function of real images."""
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

    return generator, tf.function(step)


def race(training: Iterator[Report], tutorial: Tutorial | None) -> Iterator[Report]:
    """Yield a training's reports, and train the tutorial's network for as long, turn by turn."""
    turn = 0.0
    for report in training:
        yield report
        if tutorial is None or not isinstance(report, Stats | Ended):
            continue
        if report.seconds - turn >= TURN_SECONDS or isinstance(report, Ended):
            tutorial.train(report.seconds - turn)
            turn = report.seconds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("dataset", type=Path)
    parser.add_argument("--size", type=int, default=28)
    parser.add_argument("--grey", action="store_true")
    parser.add_argument("--minutes", type=float, default=5.0)
    parser.add_argument("--preset", default="fast")
    parser.add_argument("--mirror", action="store_true")
    parser.add_argument("--tutorial", action="store_true")
    parser.add_argument("--keep", type=Path, metavar="RUN")
    options = parser.parse_args()
    library = open_library(options.dataset)
    config = TrainConfig(
        preset=options.preset,
        size=options.size,
        grey=options.grey,
        minutes=options.minutes,
        mirror=options.mirror,
    )
    config = replace(config, batch=usual_batch(config, describe_data(library).images))
    with tempfile.TemporaryDirectory() as folder:
        data = finish(load_training_set(library, config, Path(folder, "cache.npy")))
        judges = build_judge(data)
        _, right = judges[0].evaluate(data.held_out, data.held_out_labels, verbose=0)
        print(f"judge: {right:.1%} of held-out images right", flush=True)
        others = shuffled(data)[SAMPLES : 2 * SAMPLES]
        judge("real images", judges, data, data.images[others], data.labels[others])
        run = options.keep or Path(folder, "run")
        tutorial = Tutorial(data) if options.tutorial else None
        for report in race(train(config, library, run), tutorial):
            if isinstance(report, Quality) and not isinstance(report, Reference):
                print(describe(report), flush=True)
            if isinstance(report, Ended):
                print(f"{config.preset}: {report.images:,} images in {report.seconds:.0f} s")
        judge(config.preset, judges, data, *sample_run(run, config, len(data.classes)))
        if tutorial:
            print(f"tutorial: {tutorial.seen:,} images in as long")
            judge("tutorial", judges, data, tutorial.sample(), None)


def describe(report: Quality) -> str:
    """Return a line about a quick look on the way, by the studio's own judge."""
    agreement = "" if report.agreement is None else f", agreement {report.agreement:.1%}"
    seen = f"{report.seconds:.0f} s, {report.images:,} images"
    return f"{seen}: KID {report.kid:.3g}, coverage {report.coverage:.0%}{agreement}"


def finish(loading: Generator[Any, None, TrainingSet]) -> TrainingSet:
    """Return what a generator returns."""
    while True:
        try:
            next(loading)
        except StopIteration as end:
            data: TrainingSet = end.value
            return data


if __name__ == "__main__":
    main()
