"""A file that is written whole or not at all."""

# For small images, file and path objects cost more than the writing.
# ruff: noqa: PTH105, PTH108, PTH118
import contextlib
import itertools
import os
import secrets
from pathlib import Path

_CREATE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
_PROCESS = secrets.token_hex(4)
_NUMBERS = itertools.count()
OURS = ".augstudio"
"""What the names of files begin with that are there only while something is being written."""


def is_waiting(name: str) -> bool:
    """Return whether a file is by its name one that never got its own: its writer is dead."""
    return name.startswith(f"{OURS}-") and name.endswith(".tmp")


def write_atomic(path: str | Path, data: bytes, *, sync: bool = False) -> None:
    """Write the file whole or not at all, through a hidden file in the same folder.

    An `OSError` goes up and leaves the folder, and a file that `path` named before, as they were.
    With `sync` the bytes have reached the disk on return, as far as the file system tells.
    """
    # A short name of its own: one made from the target's could be too long where that is not.
    folder, _ = os.path.split(path)
    waiting = os.path.join(folder, f"{OURS}-{_PROCESS}{os.getpid():x}{next(_NUMBERS):x}.tmp")
    try:
        handle = os.open(waiting, _CREATE, 0o666)
        try:
            rest = memoryview(data)
            while rest:
                rest = rest[os.write(handle, rest) :]
            if sync:
                os.fsync(handle)
        finally:
            os.close(handle)
        os.replace(waiting, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(waiting)
        raise
    if sync and os.name == "posix":
        _sync_folder(Path(path).parent)


def _sync_folder(folder: Path) -> None:
    # Some network file systems refuse this; the file itself is in place by now.
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
