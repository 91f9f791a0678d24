"""Looks at a training from time to time: grids, quality, health, checkpoints."""

import time
from collections.abc import Generator, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from studio.dataset.atomic_file import write_atomic
from studio.gan.checkpoint import pack_arrays
from studio.gan.config import TrainConfig
from studio.gan.data import TrainingSet
from studio.gan.event_file import EventFile
from studio.gan.health import HealthWatch
from studio.gan.judge import Judge
from studio.gan.quality import QualityWatch
from studio.gan.reports import Condition, Grid, Preparing, Quality, Reference, Report, Saved, Stats
from studio.gan.run_folder import JUDGE, RunFolder
from studio.gan.sampling import GridLayout, Sampler, lay_out
from studio.gan.saving import Progress, Saver
from studio.gan.trainer import Trainer

_TICKS = 60
_LEAST_TICK_SECONDS = 4.0
_USUAL_SECONDS = 600.0
_SHARE = 0.06
_FIRST_COST = 0.01
_SCORED = 250
_JUDGE_SHARE = 0.05
_MOST_JUDGE_SECONDS = 30.0
_JUDGE_STEPS = 2000
_SECONDS_OF_SILENCE = 0.25
_GRID_SEED = 0


class Labels:
    """The labels that networks are trained with: all 0 for those that know no classes."""

    def __init__(self, data: TrainingSet, *, is_conditional: bool) -> None:
        self.classes = len(data.classes) if is_conditional else 1
        self.train = data.labels if self.classes > 1 else np.zeros_like(data.labels)
        self.held_out = data.held_out_labels * (self.classes > 1)


class Watch:
    """All that is looked at while `trainer` trains; every report it yields is kept in the run."""

    def __init__(
        self,
        config: TrainConfig,
        folder: RunFolder,
        data: TrainingSet,
        labels: Labels,
        trainer: Trainer,
        progress: Progress,
        saver: Saver,
    ) -> None:
        self._config = config
        self._folder = folder
        self._data = data
        self._labels = labels
        self._trainer = trainer
        self._progress = progress
        self._saver = saver
        self._average = Sampler(trainer.average)
        self._raw = Sampler(trainer.generator)
        self._layout = GridLayout(labels.classes, trainer.latent, _GRID_SEED)
        self._health = HealthWatch()
        self._events = EventFile(folder.path)
        self._watched = 0.0
        self._cost = 0.0
        self._began_at = self._tick = progress.seconds

    def note(self, report: Report) -> Report:
        """Keep a report in the run, and return it."""
        self._folder.note(report)
        self._events.note(report)
        return report

    def close(self) -> None:
        """Bring what was noted to the disk."""
        self._events.close()

    def prepare(self) -> Generator[Report, None, None]:
        """Have a judge learn the classes, or take the one that the run has."""
        config, data = self._config, self._data
        judge = Judge(config.size, config.channels, len(data.classes))
        place = self._folder.path / JUDGE
        if place.exists():
            with np.load(place, allow_pickle=False) as arrays:
                judge.set_arrays([arrays[name] for name in sorted(arrays.files)])
        else:
            seconds, steps = self._judge_budget()
            for share in judge.learn(data, seconds=seconds, steps=steps, seed=config.seed):
                yield Preparing("learning to judge", share)
            weights: dict[str, Any] = {f"{n:02}": array for n, array in enumerate(judge.arrays())}
            write_atomic(place, pack_arrays(weights), sync=True)
        self._quality = QualityWatch(data, judge, self._trainer.latent)

    def _judge_budget(self) -> tuple[float, int]:
        """Return for how many seconds and steps the judge may learn: a share of the whole."""
        config = self._config
        seconds = (config.minutes or _USUAL_SECONDS / 60) * 60 * _JUDGE_SHARE
        steps = _JUDGE_SHARE * config.kimg * 1000 / config.batch if config.kimg else _JUDGE_STEPS
        return min(seconds, _MOST_JUDGE_SECONDS), int(min(steps, _JUDGE_STEPS))

    def reference(self) -> Reference | None:
        """Return what real images that were held out get, None where there are too few."""
        return self._quality.reference()

    def draw_real(self) -> str:
        """Write a picture of real images, laid out like the grids; return its path in the run."""
        chosen = _pick(self._labels.train, self._layout.labels)
        return self._folder.write_picture("real", lay_out(self._data.images[chosen]))

    def note_step(self, stats: Stats) -> None:
        """Note what the last steps came to."""
        self._health.note_step(stats.images, stats.accuracy)

    def look_when_due(self) -> Iterator[Report]:
        """Show a grid when it is time, and the quality as often as its cost allows.

        The time it takes counts as training.
        """
        progress = self._progress
        planned = 60 * self._config.minutes if self._config.minutes else _USUAL_SECONDS
        wait = max(_LEAST_TICK_SECONDS, planned / _TICKS)
        if progress.seconds - self._tick >= wait and self._can_spend(0.0):
            self._tick = progress.seconds
            yield from self._count(self.show_grid())
            if self._can_spend(self._cost):
                before = self._watched
                yield from self._count(self._look())
                if self._cost == 0:
                    # The first time, when TensorFlow builds its graphs, is no measure.
                    self._watched = before
                    self._cost = _FIRST_COST
                else:
                    self._cost = self._watched - before
        elif self._saver.is_due():
            yield from self._count(iter([self._save()]))

    def _can_spend(self, seconds: float) -> bool:
        return self._watched + seconds <= _SHARE * (self._progress.seconds - self._began_at)

    def _count(self, looking: Iterator[Report]) -> Iterator[Report]:
        while True:
            start = time.perf_counter()
            report = next(looking, None)
            took = time.perf_counter() - start
            self._watched += took
            self._progress.seconds += took
            if report is None:
                return
            yield report

    def _look(self) -> Generator[Report, None, None]:
        progress = self._progress
        looking = self._quality.look(self._average, progress.images, progress.seconds)
        found = yield from _tell_shares("measuring quality", looking)
        yield self.note(found)
        gap = self._gap()
        self._health.note_quality(progress.images, self._quality.spread, found.coverage, gap)
        health = self._health.health()
        yield self.note(Condition(progress.images, health.state, health.advice))
        best = self._saver.best
        if best is None or found.kid < best[0]:
            yield self._save(found.kid)
        elif self._saver.is_due():
            yield self._save()

    def show_grid(self) -> Iterator[Report]:
        """Write what is made of the fixed latents."""
        progress = self._progress
        names = []
        for kind, sampler in (("ema", self._average), ("raw", self._raw)):
            made = sampler.make(self._layout.latents, self._layout.labels)
            place = f"{progress.images:010d}-{kind}"
            names.append(self._folder.write_picture(place, lay_out(made)))
        yield self.note(Grid(progress.images, progress.seconds, names[0], names[1]))

    def _gap(self) -> float | None:
        """Return how far held-out images are from real ones, in shares of how far made ones are."""
        if not len(self._data.held_out):
            return None
        looked_at = self._quality.looked_at
        step = max(1, len(looked_at) // _SCORED)
        some = looked_at[::step]
        labels = self._labels.train[some]
        real = self._trainer.scores(self._data.images[some], labels).mean()
        made = self._trainer.scores(self._quality.made[::step], labels).mean()
        step = max(1, len(self._data.held_out) // _SCORED)
        spare = self._data.held_out[::step], self._labels.held_out[::step]
        held = self._trainer.scores(*spare).mean()
        return float((real - held) / max(real - made, 1e-6))

    def _save(self, kid: float | None = None) -> Report:
        checkpoint = self._saver.save(kid)
        return self.note(Saved(checkpoint.name, self._progress.images, kid is not None))


def _tell_shares(
    what: str, looking: Generator[float, None, Quality]
) -> Generator[Report, None, Quality]:
    """Yield the share that is done when there was nothing to tell for a while."""
    said = time.monotonic()
    while True:
        try:
            share = next(looking)
        except StopIteration as end:
            quality: Quality = end.value
            return quality
        if time.monotonic() - said >= _SECONDS_OF_SILENCE:
            yield Preparing(what, share)
            said = time.monotonic()


def _pick(labels: NDArray[np.int32], wanted: NDArray[np.int32]) -> NDArray[np.int64]:
    """Return an image for each wanted label, evenly spread over those that have it."""
    chosen = np.empty(len(wanted), np.int64)
    for label in np.unique(wanted):
        places, found = np.flatnonzero(wanted == label), np.flatnonzero(labels == label)
        steps = np.arange(len(places)) * len(found) // len(places)
        few = np.arange(len(places)) % len(found)
        chosen[places] = found[steps if len(found) >= len(places) else few]
    return chosen
