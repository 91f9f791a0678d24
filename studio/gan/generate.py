"""Images from a run's generator, each the same whenever and with whatever else it is made."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

import keras
import numpy as np
import tensorflow as tf
from msgspec import Struct
from numpy.typing import NDArray

from studio.errors import UserError
from studio.gan.checkpoint import Checkpoint, CheckpointError, load_checkpoint, load_newest
from studio.gan.config import TrainConfig, check_config, fit_preset
from studio.gan.device import prepare_devices
from studio.gan.generator_file import load_generator_file
from studio.gan.latents import make_latents
from studio.gan.near_copies import NearCopies, to_picture
from studio.gan.networks import Shape, build_networks
from studio.gan.place import run_classes
from studio.gan.run_folder import CHECKPOINTS, GENERATOR, RunFolder
from studio.gan.samples import Made, Sample, Twin, Which
from studio.gan.signatures import SIGNATURES, read_signatures

BATCH = 64
"""All calls are of this size: TensorFlow calculates others a little differently."""

_CPU = "/CPU:0"
_AVERAGE = "average/"


class Origin(Struct, frozen=True):
    """Which generator it is: a file below the run's folder, and the hash of its bytes."""

    run: Path
    name: str
    hash: str
    config: TrainConfig
    classes: tuple[str, ...]
    notes: tuple[str, ...] = ()


class ImageMaker:
    """Makes images of samples with one generator.

    Always on the processor, in float32 and in batches of 64: measured, a sample's bytes depend
    then neither on its neighbours, nor its place in the batch, nor the number of threads. Another
    processor or version of TensorFlow may round differently.
    """

    def __init__(self, generator: keras.Model, latent: int, origin: Origin) -> None:
        self.origin = origin
        self._latent = latent
        self._twins: NearCopies | None = None
        self._call = tf.function(
            lambda latents, labels: _to_bytes(generator([latents, labels], training=False)),
            autograph=False,
        )

    def make(self, samples: Sequence[Sample], *, check: bool = True) -> Iterator[Made]:
        """Yield made images in their order; with `check`, where the run has thumbnails, with twins.

        UserError for a label that there is not.
        """
        finder = self.near_copies() if check else None
        for first in range(0, len(samples), BATCH):
            batch = samples[first : first + BATCH]
            images = self._make_batch(batch)[: len(batch)]
            twins: Sequence[Twin | None] = [None] * len(batch)
            if finder is not None:
                twins = finder.find(images)
            for sample, image, twin in zip(batch, images, twins, strict=True):
                name = self.origin.classes[sample.label]
                yield Made(sample, name, to_picture(image), twin)

    def near_copies(self) -> NearCopies | None:
        """Return what finds near copies, None where the run keeps no thumbnails."""
        if self._twins is None:
            try:
                signatures = read_signatures(self.origin.run / SIGNATURES)
            except FileNotFoundError:
                return None
            self._twins = NearCopies(signatures, mirrors=self.origin.config.mirror)
        return self._twins

    def _make_batch(self, samples: Sequence[Sample]) -> NDArray[np.uint8]:
        for sample in samples:
            if not 0 <= sample.label < len(self.origin.classes):
                raise UserError(f"label: this run has no class of number {sample.label}")
        latents = np.zeros((BATCH, self._latent), np.float32)
        labels = np.zeros(BATCH, np.int32)
        latents[: len(samples)] = make_latents(samples, self._latent)
        labels[: len(samples)] = [sample.label for sample in samples]
        with tf.device(_CPU):
            images: NDArray[np.uint8] = self._call(
                tf.constant(latents), tf.constant(labels)
            ).numpy()
        return images


def _to_bytes(images: Any) -> Any:
    levels = (tf.cast(images, tf.float32) + 1) * 127.5
    return tf.cast(tf.clip_by_value(tf.round(levels), 0, 255), tf.uint8)


def open_maker(run: Path, which: Which) -> ImageMaker:
    """Return what makes images with a run's best checkpoint by KID, or with its newest one.

    The weights are the averaged ones. The same run as last time, unchanged, is there at once.
    UserError where the folder is no run, where there is nothing to make images with, or where the
    best checkpoint is damaged. A damaged newest one is passed over with a note.
    """
    return _open(run.absolute(), which, _state(run))


def _state(run: Path) -> tuple[object, ...]:
    """Return what tells whether anything about a run's checkpoints has changed."""
    files = [*sorted((run / CHECKPOINTS).glob("*.*")), run / GENERATOR, run / SIGNATURES]
    about: list[object] = []
    for path in files:
        try:
            stat = path.stat()
        except OSError:
            continue
        about.append((path.name, stat.st_mtime_ns, stat.st_size))
    return tuple(about)


@lru_cache(maxsize=2)
def _open(run: Path, which: Which, state: tuple[object, ...]) -> ImageMaker:
    config = RunFolder(run).about().config
    checkpoints = run / CHECKPOINTS
    if not any(checkpoints.glob("*.json")):
        return _from_generator_file(run, config)
    return _from_checkpoint(run, config, _find(checkpoints, which))


@lru_cache(maxsize=2)
def open_exact(run: Path, name: str, hash: str) -> ImageMaker:
    """Return what makes images with the file `name` of a run, which must have this hash.

    UserError where it is not there any more, or another one.
    """
    config = RunFolder(run).about().config
    if name == GENERATOR:
        maker = _from_generator_file(run, config)
    else:
        found = _Found(*load_checkpoint(run / CHECKPOINTS / f"{Path(name).stem}.json"), ())
        maker = _from_checkpoint(run, config, found)
    if maker.origin.hash != hash:
        raise UserError(f"{run / name}: is not the file that it was")
    return maker


class _Found(NamedTuple):
    checkpoint: Checkpoint
    arrays: dict[str, NDArray[Any]]
    notes: tuple[str, ...]


def _find(folder: Path, which: Which) -> _Found:
    checkpoint, arrays, faults = load_newest(folder)
    notes = tuple(f"{fault}; the checkpoint before it is used" for fault in faults)
    best = checkpoint.data.get("best")
    if which == "last" or not best or best[1] == checkpoint.name:
        return _Found(checkpoint, arrays, notes if which == "last" or best else ())
    try:
        return _Found(*load_checkpoint(folder / f"{best[1]}.json"), ())
    except CheckpointError as error:
        message = f"the best checkpoint cannot be used: {error.message}"
        raise UserError(message, "Take the last one (--last).") from error


def _from_checkpoint(run: Path, config: TrainConfig, found: _Found) -> ImageMaker:
    prepare_devices()
    preset = fit_preset(check_config(config), wide=RunFolder(run).about().wide)
    classes = run_classes(run)
    file = f"{found.checkpoint.name}.npz"
    with tf.device(_CPU):
        shape = Shape(config.size, config.channels, len(classes))
        generator, _ = build_networks(preset, shape, config.seed)
        for number, variable in enumerate(generator.variables):
            array = found.arrays.get(f"{_AVERAGE}{number}")
            if array is None or array.shape != tuple(variable.shape):
                what = f"{file}: does not fit the networks of preset {config.preset!r}"
                raise UserError(what, "Another version of this program wrote it.")
            variable.assign(array)
    origin = Origin(
        run, f"{CHECKPOINTS}/{file}", found.checkpoint.sha256, config, classes, found.notes
    )
    return ImageMaker(generator, preset.latent, origin)


def _from_generator_file(run: Path, config: TrainConfig) -> ImageMaker:
    prepare_devices()
    path = run / GENERATOR
    if not path.is_file():
        raise UserError(f"{run}: holds nothing to make images with", "Train it a little longer.")
    with tf.device(_CPU):
        generator = load_generator_file(path)
    latent = int(generator.inputs[0].shape[-1])
    hash = sha256(path.read_bytes()).hexdigest()
    note = f"the run has no checkpoints; its {GENERATOR} is used"
    origin = Origin(run, GENERATOR, hash, config, run_classes(run), (note,))
    return ImageMaker(generator, latent, origin)
