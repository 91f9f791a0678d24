"""A run on the disk: what was asked for, what happened, pictures, checkpoints, the generator."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

import msgspec
import yaml
from msgspec import Struct

from studio.dataset.atomic_file import OURS, write_atomic
from studio.dataset.reading.image_file import encode_image
from studio.errors import UserError
from studio.gan.config import TrainConfig
from studio.gan.reports import Report, encode_report, read_reports

CONFIG = "config.yaml"
STATS = "stats.jsonl"
SAMPLES = "samples"
CHECKPOINTS = "checkpoints"
GENERATOR = "generator.keras"
CACHE = "images.npy"


class RunAbout(Struct, frozen=True):
    """What `config.yaml` holds: the configuration, the data set's folder and the program."""

    program: str
    version: str
    source: str
    config: TrainConfig
    classes: tuple[str, ...] = ()


class RunFolder:
    """Reads and writes a run below `path`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.checkpoints = path / CHECKPOINTS
        self._stats: BinaryIO | None = None

    def create(self, about: RunAbout) -> None:
        """Begin a new run; UserError unless the folder is new or empty."""
        try:
            if self.path.exists() and (not self.path.is_dir() or any(self.path.iterdir())):
                raise UserError(f"{self.path}: is not empty", "Choose a new folder, or resume.")
            (self.path / SAMPLES).mkdir(parents=True, exist_ok=True)
            text = yaml.safe_dump(msgspec.to_builtins(about), sort_keys=False, allow_unicode=True)
            write_atomic(self.path / CONFIG, text.encode(), sync=True)
        except OSError as error:
            raise self.fault(error) from error

    def about(self) -> RunAbout:
        """Return what the run was asked for; UserError where this is no run."""
        try:
            loaded: Any = yaml.safe_load((self.path / CONFIG).read_bytes())
            return msgspec.convert(loaded, RunAbout)
        except FileNotFoundError as error:
            raise UserError(f"{self.path}: is no run; it has no {CONFIG}") from error
        except (OSError, yaml.YAMLError, msgspec.ValidationError) as error:
            raise UserError(f"{self.path / CONFIG}: cannot be read: {error}") from error

    def reports(self) -> list[Report]:
        """Return all that the run has told so far."""
        try:
            return read_reports((self.path / STATS).read_bytes())
        except FileNotFoundError:
            return []

    def forget_after(self, step_images: int) -> None:
        """Drop what was told of more images than these: a run taken up again tells it anew."""
        kept = [r for r in self.reports() if getattr(r, "images", 0) <= step_images]
        write_atomic(self.path / STATS, b"".join(map(encode_report, kept)), sync=True)

    def note(self, report: Report) -> None:
        """Append a report to `stats.jsonl`."""
        if self._stats is None:
            self._stats = (self.path / STATS).open("ab")
        self._stats.write(encode_report(report))
        self._stats.flush()

    def write_picture(self, name: str, image: Any) -> str:
        """Write a PNG; return its path below the run."""
        place = f"{SAMPLES}/{name}.png"
        write_atomic(self.path / place, encode_image(image, "png", 100))
        return place

    def write_generator(self, save: Callable[[Path], object]) -> None:
        """Let `save` write the generator; one that was there stays until the new one is whole."""
        # Keras writes in place, and knows its format by the suffix.
        waiting = self.path / f"{OURS}-{GENERATOR}"
        try:
            save(waiting)
            waiting.replace(self.path / GENERATOR)
        finally:
            waiting.unlink(missing_ok=True)

    def close(self) -> None:
        """Bring what was noted to the disk."""
        if self._stats is not None:
            self._stats.flush()
            os.fsync(self._stats.fileno())
            self._stats.close()
            self._stats = None

    def fault(self, error: OSError) -> UserError:
        """Return what to say where the folder takes no files."""
        reason = (error.strerror or str(error)).lower()
        return UserError(f"{self.path}: cannot be written: {reason}", "Make room, then resume.")
