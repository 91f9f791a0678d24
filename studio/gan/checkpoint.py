"""A training's whole state on the disk: written whole or not at all, and never read if damaged."""

import hashlib
import io
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from studio.dataset.atomic_file import write_atomic
from studio.errors import UserError

_DAMAGED = "is damaged"
_IN_USE = ".used"


class Checkpoint(Struct, frozen=True):
    """A checkpoint: `step` and `data` that goes with it, and where its arrays are."""

    name: str
    step: int
    sha256: str
    data: dict[str, Any]


class CheckpointError(UserError):
    """A checkpoint that cannot be used."""


def save_checkpoint(
    folder: Path, arrays: dict[str, NDArray[Any]], step: int, data: dict[str, Any]
) -> Checkpoint:
    """Write `<step>.npz` and beside it `<step>.json` with its hash, which makes it count.

    OSError leaves the checkpoints that were there.
    """
    folder.mkdir(parents=True, exist_ok=True)
    content = pack_arrays(arrays)
    checkpoint = Checkpoint(f"{step:09d}", step, hashlib.sha256(content).hexdigest(), data)
    write_atomic(folder / f"{checkpoint.name}.npz", content, sync=True)
    write_atomic(folder / f"{checkpoint.name}.json", msgspec.json.encode(checkpoint), sync=True)
    return checkpoint


def pack_arrays(arrays: dict[str, NDArray[Any]]) -> bytes:
    """Return arrays as the bytes of a `.npz` file."""
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)  # type: ignore[arg-type]
    return buffer.getvalue()


def load_newest(folder: Path) -> tuple[Checkpoint, dict[str, NDArray[Any]], tuple[str, ...]]:
    """Return the newest sound checkpoint, its arrays, and what is wrong with newer ones.

    CheckpointError where there is none: a training is never begun anew in silence.
    """
    faults: list[str] = []
    for index in sorted(folder.glob("*.json"), reverse=True):
        try:
            checkpoint, arrays = load_checkpoint(index)
        except CheckpointError as error:
            faults.append(error.message)
        else:
            return checkpoint, arrays, tuple(faults)
    what = f"; {faults[0]}" if faults else ""
    raise CheckpointError(f"{folder}: holds no usable checkpoint{what}", "Start a new run.")


def load_checkpoint(index: Path) -> tuple[Checkpoint, dict[str, NDArray[Any]]]:
    """Return one checkpoint; CheckpointError where it is damaged or its arrays are gone."""
    try:
        checkpoint = msgspec.json.decode(index.read_bytes(), type=Checkpoint)
        content = (index.parent / f"{index.stem}.npz").read_bytes()
    except (OSError, msgspec.DecodeError) as error:
        raise CheckpointError(f"{index.name}: {_DAMAGED}: {error}") from error
    if hashlib.sha256(content).hexdigest() != checkpoint.sha256:
        raise CheckpointError(f"{index.stem}.npz: {_DAMAGED}: its bytes are not those written")
    with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
        return checkpoint, dict(arrays)


def note_use(checkpoint: Path) -> None:
    """Have a checkpoint kept for good: images that were made with it can be made again."""
    write_atomic(checkpoint.with_suffix(_IN_USE), b"")


def keep_newest(folder: Path, count: int, others: frozenset[str] = frozenset()) -> None:
    """Remove all but the newest `count` checkpoints, those in `others`, and those in use."""
    names = sorted((index.stem for index in folder.glob("*.json")), reverse=True)
    for name in names[count:]:
        if name not in others and not (folder / f"{name}{_IN_USE}").exists():
            # The index first: without it the rest does not count.
            (folder / f"{name}.json").unlink(missing_ok=True)
            (folder / f"{name}.npz").unlink(missing_ok=True)
