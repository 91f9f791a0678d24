"""The manifest while an export writes it: lines are added whole, and reach the disk in batches."""

# ruff: noqa: PTH116
import contextlib
import errno
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_SECONDS_BETWEEN_SYNCS = 2.0
_APPEND = os.O_WRONLY | os.O_APPEND | getattr(os, "O_BINARY", 0)


class Journal:
    """Adds lines to a manifest; OSError where that fails, which leaves whole lines only.

    The files themselves are not synced one by one, so after a power cut a line may be there whose
    file is not: a line counts only together with its file's bytes.
    """

    def __init__(self, path: Path, handle: int) -> None:
        self._path = path
        self._handle = handle
        self._size = os.fstat(handle).st_size
        self._due = time.monotonic() + _SECONDS_BETWEEN_SYNCS

    def add(self, lines: bytes) -> None:
        """Add lines at the end, where they outlive this process; now and then, sync."""
        rest = memoryview(lines)
        try:
            while rest:
                rest = rest[os.write(self._handle, rest) :]
        except OSError:
            # Half a line would spoil the next one.
            with contextlib.suppress(OSError):
                os.ftruncate(self._handle, self._size)
            raise
        self._size += len(lines)
        if time.monotonic() >= self._due:
            self.sync()

    def cut(self, size: int) -> None:
        """Leave only the first `size` bytes."""
        os.ftruncate(self._handle, size)
        self._size = size
        self.sync()

    def sync(self) -> None:
        """See to it that the lines have reached the disk, and are still where they should be."""
        os.fsync(self._handle)
        here, there = os.fstat(self._handle), os.stat(self._path)
        if not os.path.samestat(here, there):
            raise FileNotFoundError(errno.ENOENT, "it was removed or replaced meanwhile")
        self._due = time.monotonic() + _SECONDS_BETWEEN_SYNCS


@contextmanager
def opened_journal(path: Path) -> Iterator[Journal]:
    """Open a manifest that is there, to add to it."""
    handle = os.open(path, _APPEND)
    try:
        yield Journal(path, handle)
    finally:
        # However the export ends, what is known of it should last.
        with contextlib.suppress(OSError):
            os.fsync(handle)
        os.close(handle)
