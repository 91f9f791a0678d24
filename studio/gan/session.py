"""One training from the first image to the last step, in a run folder that is its own."""

import contextlib
import time
from collections.abc import Generator
from math import ceil

from studio.dataset.library import Library
from studio.gan.batches import BatchOrder
from studio.gan.config import FEW_IMAGES, Preset, TrainConfig, fit_preset, needs_width
from studio.gan.data import TrainingSet, load_training_set
from studio.gan.device import (
    calculates_in_bfloat16,
    describe_device,
    has_graphics_card,
    prepare_devices,
    share_work,
)
from studio.gan.health import ADVICE, State
from studio.gan.losses import LOSSES
from studio.gan.networks import Shape
from studio.gan.reports import Began, Condition, Ended, Preparing, Report, Stats
from studio.gan.run_folder import CACHE, RunFolder
from studio.gan.saving import NotFinite, Progress, Saver
from studio.gan.signatures import SIGNATURES, write_signatures
from studio.gan.tf_faults import FAULTS
from studio.gan.trainer import StepStats, Trainer
from studio.gan.watching import Labels, Watch

CALL_SECONDS = 0.4
"""How long a call of TensorFlow, which nothing can interrupt, is meant to take."""

_FIRST_STEPS = 2
_MOST_STEPS = 200
_ANEW = "nothing had been trained yet: it begins at the start"


class Session:
    """Trains in a folder that was made ready; `has_begun` once there is something to go on with."""

    def __init__(
        self, preset: Preset, config: TrainConfig, library: Library, folder: RunFolder
    ) -> None:
        self._preset = preset
        self._config = config
        self._library = library
        self._folder = folder
        self._progress = Progress(config.batch)
        self._steps_a_call = _FIRST_STEPS
        self.has_begun = False

    def run(self, *, resume: bool, beside_window: bool = False) -> Generator[Report, None, None]:
        """Train to the end. Closed or failing it saves what it can, and what it was comes out."""
        prepare_devices(beside_window=beside_window)
        data = yield from self._load()
        self._build(data)
        notes = self._take_up() if resume else ()
        self._watch = Watch(
            self._config,
            self._folder,
            data,
            self._labels,
            self._trainer,
            self._progress,
            self._saver,
        )
        yield from self._watch.prepare()
        if self._progress.step == 0:
            # From here on there is something to go on with, whatever happens.
            self._saver.save()
        self.has_begun = True
        reason = "stopped"
        try:
            yield self._watch.note(self._describe_start(data, notes))
            reference = self._watch.reference()
            if reference is not None:
                yield self._watch.note(reference)
            if self._progress.step == 0:
                yield from self._watch.show_grid()
            reason = yield from self._loop(data)
        except (*FAULTS, OSError):
            # The fault itself is what to tell of, not that nothing can be saved after it.
            with contextlib.suppress(*FAULTS, OSError, NotFinite):
                self._saver.save()
            raise
        except GeneratorExit:
            self._end(reason)
            raise
        reason = self._end(reason)
        if reason == "not finite":
            images = self._progress.images
            yield self._watch.note(Condition(images, State.NOT_FINITE, ADVICE[State.NOT_FINITE]))
        progress = self._progress
        end = Ended(progress.step, progress.images, progress.seconds, reason)
        yield self._watch.note(end)

    def close(self) -> None:
        """Bring what was noted to the disk."""
        if self.has_begun:
            self._watch.close()

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
        # More images than there were do not change networks that have begun to learn.
        is_new = not self._folder.has_trained()
        wide = needs_width(config, len(data.images)) if is_new else self._folder.about().wide
        self._folder.note_data(data.classes, wide=wide)
        write_signatures(self._folder.path / SIGNATURES, data.images, data.labels, data.keys)
        self._labels = Labels(data, is_conditional=self._preset.is_conditional)
        augments = config.augment
        self._trainer = Trainer(
            fit_preset(self._preset, wide=wide),
            Shape(config.size, config.channels, self._labels.classes),
            seed=config.seed,
            batch=config.batch,
            augments=len(data.images) < FEW_IMAGES if augments is None else augments,
            mirrors=config.mirror,
            strategy=share_work(config.devices),
            # On a processor XLA was slower (304 ms a step against 172) and bfloat16 is, too.
            tries_xla=self._preset.mixed_precision and has_graphics_card(),
            bfloat16=calculates_in_bfloat16(),
        )
        self._order = BatchOrder(len(data.images), config.seed)
        self._saver = Saver(self._folder, self._trainer, self._progress)

    def _take_up(self) -> tuple[str, ...]:
        if not self._folder.has_trained():
            return (_ANEW,)
        notes = self._saver.take_up()
        self._folder.forget_after(self._progress.images)
        return notes

    def _describe_start(self, data: TrainingSet, notes: tuple[str, ...]) -> Began:
        return Began(
            device=describe_device(self._config.devices),
            trained_on=len(data.images),
            held_out=len(data.held_out),
            classes=data.classes,
            step=self._progress.step,
            balance=LOSSES[self._preset.loss].balance,
            notes=notes,
            real=self._watch.draw_real(),
        )

    # The loop

    def _loop(self, data: TrainingSet) -> Generator[Report, None, str]:
        progress, batch = self._progress, self._config.batch
        while self._share_done() < 1:
            start, steps = time.perf_counter(), min(self._steps_a_call, self._steps_left())
            chosen = self._order.indices(progress.images, steps * batch).reshape(steps, batch)
            images, labels = data.images[chosen], self._labels.train[chosen]
            stats = self._trainer.run(images, labels, progress.step, progress.images)
            took = time.perf_counter() - start
            progress.note_steps(progress.step + steps)
            progress.seconds += took
            if not stats.is_finite:
                return "not finite"
            self._pace(took / steps)
            told = self._describe(stats, steps * batch / took)
            yield self._watch.note(told)
            self._watch.note_step(told)
            try:
                yield from self._watch.look_when_due()
            except NotFinite:
                return "not finite"
        return "done"

    def _share_done(self) -> float:
        config, progress = self._config, self._progress
        shares = [0.0]
        if config.minutes is not None:
            shares.append(progress.seconds / (60 * config.minutes))
        if config.kimg is not None:
            shares.append(progress.images / (1000 * config.kimg))
        return min(1.0, max(shares))

    def _steps_left(self) -> int:
        """Return how many steps a length that is given in images leaves."""
        config = self._config
        if config.kimg is None:
            return _MOST_STEPS
        return ceil((1000 * config.kimg - self._progress.images) / config.batch)

    def _pace(self, seconds_a_step: float) -> None:
        wanted = CALL_SECONDS / max(seconds_a_step, 1e-4)
        self._steps_a_call = int(max(1, min(wanted, 2 * self._steps_a_call, _MOST_STEPS)))

    def _describe(self, stats: StepStats, rate: float) -> Stats:
        progress = self._progress
        return Stats(
            progress.step,
            progress.images,
            progress.seconds,
            rate,
            *stats,
            share_done=self._share_done(),
        )

    def _end(self, reason: str) -> str:
        """Save the state and the generator, those of before where it is not finite any more."""
        try:
            if reason != "not finite":
                self._saver.save()
        except NotFinite:
            reason = "not finite"
        if reason == "not finite":
            self._saver.take_up()
        self._saver.write_generator()
        return reason
