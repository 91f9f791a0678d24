"""A run on the disk: what was asked for, what happened, pictures, checkpoints, the generator."""

import errno
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO

import msgspec
import yaml
from msgspec import Struct

from studio.dataset.atomic_file import OURS, write_atomic
from studio.dataset.exports.lock import LOCK, check_unlocked, locked
from studio.dataset.reading.image_file import encode_image
from studio.errors import UserError
from studio.gan.config import TrainConfig
from studio.gan.reports import Report, encode_report, read_reports
from studio.gan.signatures import SIGNATURES

CONFIG = "config.yaml"
STATS = "stats.jsonl"
SAMPLES = "samples"
CHECKPOINTS = "checkpoints"
GENERATOR = "generator.keras"
CACHE = "images.npy"
JUDGE = "judge.npz"

_BEFORE_BEGINNING = (CACHE, JUDGE, SIGNATURES, GENERATOR, STATS, CONFIG)
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG} if hasattr(errno, "EDQUOT") else {errno.ENOSPC}


class RunAbout(Struct, frozen=True):
    """What `config.yaml` holds: the configuration, the data set's folder and the program.

    `classes` and `wide`, whether the networks are, are known once the images are read.
    """

    program: str
    version: str
    source: str
    config: TrainConfig
    classes: tuple[str, ...] = ()
    wide: bool = False


class RunFolder:
    """Reads and writes a run below `path`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.checkpoints = path / CHECKPOINTS
        self._stats: BinaryIO | None = None

    @contextmanager
    def claimed(self, *, is_new: bool) -> Iterator[None]:
        """Be the only one that writes to the run.

        UserError where another training does, which is named, and where a new run's folder is not
        empty. A folder that was made for a run and holds nothing is removed at the end. OSError.
        """
        is_made = is_new and self._make_folder()
        try:
            with locked(self.path):
                if is_new:
                    self._check_empty()
                (self.path / SAMPLES).mkdir(exist_ok=True)
                yield
        finally:
            if is_made:
                with suppress(OSError):
                    self.path.rmdir()

    def _make_folder(self) -> bool:
        """Make the folder of a new run; tell whether there was none."""
        check_unlocked(self.path)
        if self.path.exists():
            self._check_empty()
            return False
        self.path.mkdir(parents=True)
        return True

    def _check_empty(self) -> None:
        if not self.path.is_dir() or any(path.name != LOCK for path in self.path.iterdir()):
            raise UserError(f"{self.path}: is not empty", "Choose a new folder, or resume.")

    def describe(self, about: RunAbout) -> None:
        """Write `config.yaml`, which keeps its date: that of the beginning."""
        place = self.path / CONFIG
        text = yaml.safe_dump(msgspec.to_builtins(about), sort_keys=False, allow_unicode=True)
        before = place.stat() if place.exists() else None
        write_atomic(place, text.encode(), sync=True)
        if before is not None:
            os.utime(place, ns=(before.st_atime_ns, before.st_mtime_ns))

    def note_data(self, classes: tuple[str, ...], *, wide: bool) -> None:
        """Add what the images say to what the run is about."""
        self.describe(msgspec.structs.replace(self.about(), classes=classes, wide=wide))

    def has_trained(self) -> bool:
        """Tell whether there is anything to go on with, be it damaged."""
        return (self.path / STATS).exists() or any(self.checkpoints.glob("*.json"))

    def discard(self) -> None:
        """Remove what was written before the first step of a new run."""
        for name in _BEFORE_BEGINNING:
            with suppress(OSError):
                (self.path / name).unlink(missing_ok=True)
        for folder in (self.path / SAMPLES, self.checkpoints):
            with suppress(OSError):
                for path in folder.iterdir():
                    path.unlink()
                folder.rmdir()

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
        message = f"{self.path}: cannot be written: {reason}"
        if not (self.path / STATS).exists():
            return UserError(message, "Choose another folder, or make room and begin again.")
        if error.errno in _FULL:
            return UserError(message, "Make room, then resume.")
        return UserError(message, "Make it writable, then resume.")
