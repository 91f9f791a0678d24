"""Saves a training as it goes, and takes it up again; what is not finite is never saved."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from studio.errors import UserError
from studio.gan.checkpoint import Checkpoint, keep_newest, load_newest, save_checkpoint
from studio.gan.run_folder import RunFolder
from studio.gan.trainer import Trainer

SECONDS = 60.0
"""Of training between checkpoints, without those for a better generator."""

_KEPT = 2


class NotFinite(Exception):
    """The networks hold numbers that are none: nothing was saved."""


class Progress:
    """How far a training has come: steps, images seen, and seconds."""

    def __init__(self, batch: int) -> None:
        self.batch = batch
        self.step = 0
        self.images = 0
        self.seconds = 0.0

    def note_steps(self, steps_done: int) -> None:
        """Note how many steps have been done in all."""
        self.images += (steps_done - self.step) * self.batch
        self.step = steps_done


class Saver:
    """Writes and reads the checkpoints of a run; `best` has KID and name of the best one."""

    def __init__(self, folder: RunFolder, trainer: Trainer, progress: Progress) -> None:
        self._folder = folder
        self._trainer = trainer
        self._progress = progress
        self._saved_at = 0.0
        self.best: tuple[float, str] | None = None

    def is_due(self) -> bool:
        """Tell whether the newest checkpoint is an old one."""
        return self._progress.seconds - self._saved_at >= SECONDS

    def save(self, kid: float | None = None) -> Checkpoint:
        """Write a checkpoint, the best one so far where `kid` is given; NotFinite, OSError."""
        # Steps that a fault cut short have been done, too.
        self._progress.note_steps(self._trainer.steps_done)
        progress = self._progress
        arrays = {key: variable.numpy() for key, variable in self._trainer.variables().items()}
        if not _are_finite(arrays):
            raise NotFinite
        if kid is not None:
            self.best = (kid, f"{progress.step:09d}")
        data = {"seconds": progress.seconds, "images": progress.images, "best": self.best}
        checkpoint = save_checkpoint(self._folder.checkpoints, arrays, progress.step, data)
        self._saved_at = progress.seconds
        best = frozenset({self.best[1]}) if self.best else frozenset()
        keep_newest(self._folder.checkpoints, _KEPT, best)
        return checkpoint

    def take_up(self) -> tuple[str, ...]:
        """Go back to the newest sound checkpoint; return what is wrong with newer ones.

        CheckpointError where there is none.
        """
        checkpoint, arrays, faults = load_newest(self._folder.checkpoints)
        self._assign(checkpoint, arrays)
        data = checkpoint.data
        progress = self._progress
        progress.step = checkpoint.step
        progress.images = int(data.get("images", checkpoint.step * progress.batch))
        progress.seconds = self._saved_at = float(data["seconds"])
        best = data["best"]
        self.best = (float(best[0]), str(best[1])) if best else None
        return tuple(f"{fault}; the checkpoint before it is used" for fault in faults)

    def write_generator(self) -> None:
        """Write `generator.keras` with the averaged weights."""
        self._folder.write_generator(self._trainer.average.save)

    def _assign(self, checkpoint: Checkpoint, arrays: dict[str, NDArray[Any]]) -> None:
        variables = self._trainer.variables()
        shapes = {name: tuple(variable.shape) for name, variable in variables.items()}
        if shapes != {name: array.shape for name, array in arrays.items()}:
            raise UserError(
                f"{checkpoint.name}.npz: is of other networks than this version's",
                "Start a new run; the generator in this one can still be used.",
            )
        for name, variable in variables.items():
            variable.assign(arrays[name])


def _are_finite(arrays: dict[str, NDArray[Any]]) -> bool:
    return all(np.isfinite(array).all() for array in arrays.values())
