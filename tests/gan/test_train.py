"""A whole training, small: what it tells, what it leaves, how it stops, fails and goes on."""

import gc
import os
from collections.abc import Generator, Iterator
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf
from msgspec.structs import replace

from studio.dataset.library import Library
from studio.dataset.reading.image_file import read_image
from studio.errors import UserError
from studio.gan.checkpoint import load_newest
from studio.gan.config import TrainConfig
from studio.gan.generator_file import load_generator_file
from studio.gan.health import State
from studio.gan.reports import Began, Condition, Ended, Grid, Preparing, Report, Stats
from studio.gan.run_folder import RunFolder
from studio.gan.signatures import SIGNATURES, read_signatures
from studio.gan.train import train
from studio.gan.trainer import Trainer
from tests.gan.sets import make_set

TINY = TrainConfig(size=16, batch=8, minutes=None, kimg=0.032)


def read_events(run: Path) -> Iterator[tuple[str, int, tf.Tensor]]:
    """Yield tag, step and value of all that TensorBoard would show."""
    for path in run.glob("events.out.tfevents.*"):
        for record in tf.data.TFRecordDataset(str(path)):
            event = tf.compat.v1.Event.FromString(record.numpy())
            for value in event.summary.value:
                yield value.tag, event.step, tf.make_ndarray(value.tensor)


def test_a_run_leaves_all_that_it_tells(tmp_path: Path) -> None:
    run = tmp_path / "run"
    library = make_set(tmp_path / "set")
    reports = list(train(TINY, library, run))
    began = next(r for r in reports if isinstance(r, Began))
    assert (began.trained_on, began.classes) == (24, ("cat", "dog"))
    stats = [r for r in reports if isinstance(r, Stats)]
    end = reports[-1]
    assert isinstance(end, Ended)
    assert (end.step, end.images, end.reason) == (4, 32, "done")
    folder = RunFolder(run)
    assert (folder.about().config, folder.about().classes) == (TINY, ("cat", "dog"))
    kept: list[Report] = folder.reports()
    assert [r for r in reports if not isinstance(r, Preparing)] == kept
    grids = [r for r in reports if isinstance(r, Grid)]
    for picture in (began.real, *(grid.average for grid in grids)):
        assert read_image(run / picture).shape == (34, 178, 3)
    # A row a class: the dogs are the brighter ones.
    real = read_image(run / began.real)
    assert real[18:].mean() - real[:16].mean() > 100
    signatures = read_signatures(run / SIGNATURES)
    assert signatures.pixels.shape == (24, 16, 16, 3)
    assert signatures.keys == tuple(image.key for image in library.images)
    assert signatures.labels.tolist() == [0] * 12 + [1] * 12
    events = {(tag, step): value for tag, step, value in read_events(run)}
    assert events["training/loss_g", 32] == pytest.approx(stats[-1].loss_g)
    width, height, content = events["samples/average", 0].tolist()
    assert (width, height) == (b"178", b"34")
    assert content == (run / grids[0].average).read_bytes()
    made = load_generator_file(run / "generator.keras")(
        [np.zeros((2, 64), np.float32), np.array([0, 1])]
    )
    assert made.shape == (2, 16, 16, 3)


def begin(
    library: Library, run: Path, config: TrainConfig
) -> tuple[Began, Generator[Report, None, None]]:
    """Return what a resumed run says at its beginning, and the rest of it."""
    work = train(config, library, run, resume=True)
    return next(report for report in work if isinstance(report, Began)), work


def test_a_stopped_run_goes_on_where_it_was(tmp_path: Path) -> None:
    library = make_set(tmp_path / "set")
    run = tmp_path / "run"
    work = train(TINY, library, run)
    stats = next(report for report in work if isinstance(report, Stats))
    for resume in (True, False):
        with pytest.raises(UserError, match=rf"run: process {os.getpid()} on .* is writing to it"):
            next(train(TINY, library, run, resume=resume))
    work.close()
    assert not any(isinstance(r, Ended) for r in RunFolder(run).reports())
    # In larger batches, which an exhausted memory may ask for the other way round.
    began, rest = begin(library, run, replace(TINY, batch=16, kimg=0.048))
    assert (began.step, began.notes) == (stats.step, ())
    *_, end = rest
    assert isinstance(end, Ended)
    assert (end.images, end.reason) == (48, "done")
    seen = [r.images for r in RunFolder(run).reports() if isinstance(r, Stats)]
    assert seen == sorted(set(seen))
    with pytest.raises(UserError, match="mirror: this run was begun with False, not True"):
        next(train(replace(TINY, mirror=True), library, run, resume=True))


def poison(part: str) -> None:
    """Put a number that is none into a part of the training that runs."""
    (trainer,) = (found for found in gc.get_objects() if isinstance(found, Trainer))
    variable = trainer.variables()[f"{part}/0"]
    variable.assign(np.full(variable.shape, np.nan, np.float32))


def test_numbers_out_of_bounds_end_a_run_that_goes_on_from_before(tmp_path: Path) -> None:
    config = replace(TINY, preset="classic", kimg=0.2)
    library, run = make_set(tmp_path / "set", names=("",)), tmp_path / "run"
    gc.collect()
    for number, part in enumerate(("generator", "average")):
        # The second time nothing shows in any loss, but must not be saved all the same.
        work = train(config, library, run, resume=number > 0)
        first = next(report for report in work if isinstance(report, Stats))
        poison(part)
        reports = list(work)
        condition, end = reports[-2:]
        assert isinstance(condition, Condition)
        assert condition.state is State.NOT_FINITE
        assert isinstance(end, Ended)
        assert (end.reason, end.step) == ("not finite", 0)
        assert first.step > 0
        checkpoint, arrays, faults = load_newest(run / "checkpoints")
        assert (checkpoint.step, faults) == (0, ())
        assert all(np.isfinite(array).all() for array in arrays.values())
        made = load_generator_file(run / "generator.keras")(
            [np.zeros((1, 100), np.float32), np.array([0])]
        )
        assert np.isfinite(made).all()
        del work, reports
        gc.collect()
