"""A training as a generator of reports. Closing it stops it, with everything saved."""

import time
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from studio import __version__
from studio.dataset.atomic_file import write_atomic
from studio.dataset.export_mark import PROGRAM
from studio.dataset.library import Library
from studio.errors import UserError
from studio.gan.batches import BatchOrder
from studio.gan.checkpoint import (
    Checkpoint,
    keep_newest,
    load_newest,
    pack_arrays,
    save_checkpoint,
)
from studio.gan.config import FEW_IMAGES, Preset, TrainConfig, check_config
from studio.gan.data import TrainingSet, load_training_set
from studio.gan.device import describe_device, prepare_devices
from studio.gan.health import ADVICE, HealthWatch, State
from studio.gan.judge import Judge
from studio.gan.losses import LOSSES
from studio.gan.networks import Shape
from studio.gan.quality import QualityWatch
from studio.gan.reports import (
    Began,
    Condition,
    Ended,
    Grid,
    Preparing,
    Quality,
    Report,
    Saved,
    Stats,
)
from studio.gan.run_folder import CACHE, RunAbout, RunFolder
from studio.gan.sampling import GridLayout, Sampler, lay_out
from studio.gan.trainer import StepStats, Trainer

_CALL_SECONDS = 0.4
_FIRST_STEPS = 2
_MOST_STEPS = 200
_TICKS = 60
_LEAST_TICK_SECONDS = 4.0
_WATCHING_SHARE = 0.08
_CHECKPOINT_SECONDS = 60.0
_KEPT_CHECKPOINTS = 2
_JUDGE_SHARE = 0.05
_MOST_JUDGE_SECONDS = 30.0
_JUDGE_STEPS = 2000


def train(
    config: TrainConfig, library: Library, run: Path, *, resume: bool = False
) -> Generator[Report, None, None]:
    """Train on a library's images into a new or empty folder, or go on with a run.

    Every report is kept in the run as well. UserError: a bad option, too few or unreadable images,
    a folder that takes no files; what was trained until then can be resumed.
    """
    preset = check_config(config)
    folder = RunFolder(run)
    if resume:
        _check_same(folder.about().config, config)
    else:
        folder.create(RunAbout(PROGRAM, __version__, str(library.root), config))
    try:
        yield from _Training(preset, config, library, folder).run(resume=resume)
    except OSError as error:
        raise folder.fault(error) from error
    finally:
        folder.close()


def _check_same(before: TrainConfig, now: TrainConfig) -> None:
    """Raise UserError where a run cannot go on with another configuration."""
    may_change = ("minutes", "kimg")
    for name in TrainConfig.__struct_fields__:
        old, new = getattr(before, name), getattr(now, name)
        if old != new and name not in may_change:
            raise UserError(
                f"{name}: this run was begun with {old}, not {new}", "Leave it, or start a new run."
            )


class _Training:
    def __init__(
        self, preset: Preset, config: TrainConfig, library: Library, folder: RunFolder
    ) -> None:
        self._preset = preset
        self._config = config
        self._library = library
        self._folder = folder
        self._step = 0
        self._seconds = 0.0
        self._watched = 0.0
        self._best: tuple[float, str] | None = None
        self._saved_at = 0.0
        self._steps_a_call = _FIRST_STEPS
        self._health = HealthWatch()

    def run(self, *, resume: bool) -> Generator[Report, None, None]:
        prepare_devices()
        data = yield from self._load()
        self._build(data)
        notes = self._take_up() if resume else ()
        yield from self._prepare_judge(data)
        yield self._note(
            Began(
                device=describe_device(),
                trained_on=len(data.images),
                held_out=len(data.held_out),
                classes=data.classes,
                step=self._step,
                balance=LOSSES[self._preset.loss].balance,
                notes=notes,
            )
        )
        reason = "stopped"
        try:
            reference = self._quality.reference()
            if reference is not None:
                yield self._note(reference)
            if not resume:
                yield from self._show_grid()
            reason = yield from self._loop(data)
        finally:
            self._end(reason)
        yield self._note(Ended(self._step, self._images, self._seconds, reason))

    @property
    def _images(self) -> int:
        return self._step * self._config.batch

    def _note(self, report: Report) -> Report:
        self._folder.note(report)
        return report

    # Before the first step

    def _load(self) -> Generator[Report, None, TrainingSet]:
        steps = load_training_set(self._library, self._config, self._folder.path / CACHE)
        while True:
            try:
                report = next(steps)
            except StopIteration as end:
                data: TrainingSet = end.value
                return data
            yield Preparing("reading images", report.done / report.total)

    def _build(self, data: TrainingSet) -> None:
        config = self._config
        classes = len(data.classes) if self._preset.is_conditional else 1
        self._labels = data.labels if classes > 1 else np.zeros_like(data.labels)
        self._held_out_labels = data.held_out_labels * (classes > 1)
        augments = config.augment
        self._trainer = Trainer(
            self._preset,
            Shape(config.size, config.channels, classes),
            seed=config.seed,
            batch=config.batch,
            augments=len(data.images) < FEW_IMAGES if augments is None else augments,
            mirrors=config.mirror,
        )
        self._order = BatchOrder(len(data.images), config.batch, config.seed)
        self._average = Sampler(self._trainer.average)
        self._raw = Sampler(self._trainer.generator)
        self._layout = GridLayout(classes, self._preset.latent, config.seed)

    def _take_up(self) -> tuple[str, ...]:
        checkpoint, arrays, faults = load_newest(self._folder.checkpoints)
        for name, variable in self._trainer.variables().items():
            variable.assign(arrays[name])
        self._step = checkpoint.step
        self._seconds = float(checkpoint.data["seconds"])
        best = checkpoint.data["best"]
        self._best = (float(best[0]), str(best[1])) if best else None
        self._folder.forget_after(self._images)
        return tuple(f"{fault}; the checkpoint before it is used" for fault in faults)

    def _prepare_judge(self, data: TrainingSet) -> Generator[Report, None, None]:
        config = self._config
        self._judge = Judge(config.size, config.channels, len(data.classes))
        place = self._folder.path / "judge.npz"
        if place.exists():
            with np.load(place, allow_pickle=False) as arrays:
                self._judge.set_arrays([arrays[name] for name in sorted(arrays.files)])
        else:
            seconds, steps = self._judge_budget()
            for share in self._judge.learn(data, seconds=seconds, steps=steps, seed=config.seed):
                yield Preparing("learning to judge", share)
            weights: dict[str, Any] = {
                f"{number:02}": array for number, array in enumerate(self._judge.arrays())
            }
            write_atomic(place, pack_arrays(weights), sync=True)
        self._quality = QualityWatch(data, self._judge, self._preset.latent)

    def _judge_budget(self) -> tuple[float, int]:
        """Return for how many seconds and steps the judge may learn: a share of the whole."""
        config = self._config
        seconds = (config.minutes or 10.0) * 60 * _JUDGE_SHARE
        steps = _JUDGE_SHARE * config.kimg * 1000 / config.batch if config.kimg else _JUDGE_STEPS
        return min(seconds, _MOST_JUDGE_SECONDS), int(min(steps, _JUDGE_STEPS))

    # The loop

    def _loop(self, data: TrainingSet) -> Generator[Report, None, str]:
        tick = self._seconds
        while self._share_done() < 1:
            start = time.perf_counter()
            steps = np.arange(self._step, self._step + self._steps_a_call)
            chosen = np.stack([self._order.indices(int(step)) for step in steps])
            stats = self._trainer.run(data.images[chosen], self._labels[chosen], self._step)
            took = time.perf_counter() - start
            if not stats.is_finite:
                advice = ADVICE[State.NOT_FINITE]
                yield self._note(Condition(self._images, State.NOT_FINITE, advice))
                return "not finite"
            self._step += len(steps)
            self._seconds += took
            self._pace(took / len(steps))
            yield self._note(self._describe(stats, len(steps) * self._config.batch / took))
            self._health.note_step(self._images, stats.accuracy)
            if self._seconds - tick >= self._tick_seconds() and self._has_time():
                tick = self._seconds
                yield from self._watch(data)
        return "done"

    def _share_done(self) -> float:
        config = self._config
        shares = [0.0]
        if config.minutes is not None:
            shares.append(self._seconds / (60 * config.minutes))
        if config.kimg is not None:
            shares.append(self._images / (1000 * config.kimg))
        return min(1.0, max(shares))

    def _pace(self, seconds_a_step: float) -> None:
        wanted = _CALL_SECONDS / max(seconds_a_step, 1e-4)
        self._steps_a_call = int(max(1, min(wanted, 2 * self._steps_a_call, _MOST_STEPS)))

    def _describe(self, stats: StepStats, rate: float) -> Stats:
        return Stats(
            self._step, self._images, self._seconds, rate, *stats, share_done=self._share_done()
        )

    def _tick_seconds(self) -> float:
        planned = 60 * self._config.minutes if self._config.minutes else 600.0
        return max(_LEAST_TICK_SECONDS, planned / _TICKS)

    def _has_time(self) -> bool:
        return self._watched <= _WATCHING_SHARE * self._seconds

    # Watching

    def _watch(self, data: TrainingSet) -> Iterator[Report]:
        watching = self._look(data)
        while True:
            start = time.perf_counter()
            report = next(watching, None)
            took = time.perf_counter() - start
            self._watched += took
            self._seconds += took
            if report is None:
                return
            yield report

    def _look(self, data: TrainingSet) -> Iterator[Report]:
        yield from self._show_grid()
        quality = self._quality.look(self._average, self._images, self._seconds)
        yield self._note(quality)
        gap = self._gap(data)
        self._health.note_quality(self._images, self._quality.spread, quality.coverage, gap)
        health = self._health.health()
        yield self._note(Condition(self._images, health.state, health.advice))
        is_best = self._best is None or quality.kid < self._best[0]
        if is_best or self._seconds - self._saved_at >= _CHECKPOINT_SECONDS:
            yield self._save(quality if is_best else None)

    def _show_grid(self) -> Iterator[Report]:
        names = []
        for kind, sampler in (("ema", self._average), ("raw", self._raw)):
            made = sampler.make(self._layout.latents, self._layout.labels)
            names.append(self._folder.write_picture(f"{self._images:010d}-{kind}", lay_out(made)))
        yield self._note(Grid(self._images, self._seconds, names[0], names[1]))

    def _gap(self, data: TrainingSet) -> float | None:
        """Return how far held-out images are from real ones, in shares of how far made ones are."""
        if not len(data.held_out):
            return None
        looked_at = self._quality.looked_at
        labels = self._labels[looked_at]
        real = self._trainer.scores(data.images[looked_at], labels).mean()
        held = self._trainer.scores(data.held_out, self._held_out_labels).mean()
        made = self._trainer.scores(self._quality.made, labels).mean()
        return float((real - held) / max(real - made, 1e-6))

    def _save(self, quality: Quality | None) -> Report:
        checkpoint = self._write_checkpoint(quality)
        return self._note(Saved(checkpoint.name, self._images, quality is not None))

    def _write_checkpoint(self, quality: Quality | None) -> Checkpoint:
        name = f"{self._step:09d}"
        if quality is not None:
            self._best = (quality.kid, name)
        arrays = {key: variable.numpy() for key, variable in self._trainer.variables().items()}
        data = {"seconds": self._seconds, "best": self._best}
        checkpoint = save_checkpoint(self._folder.checkpoints, arrays, self._step, data)
        self._saved_at = self._seconds
        best = frozenset({self._best[1]}) if self._best else frozenset()
        keep_newest(self._folder.checkpoints, _KEPT_CHECKPOINTS, best)
        return checkpoint

    def _end(self, reason: str) -> None:
        if reason != "not finite":
            self._write_checkpoint(None)
            self._folder.write_generator(self._trainer.average.save)
        self._folder.close()
