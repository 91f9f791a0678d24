"""Bytes at a place: in a file on the disk, or in what was unpacked from one."""

import os
import shutil
import stat
import tempfile
import weakref
from abc import ABC, abstractmethod
from collections.abc import Generator, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import IO, Any

from msgspec import Struct

MAX_UNPACKED = 8_000_000_000
"""Bytes that opening a data set may unpack to the disk, where that much is free."""
_KEPT_FREE = 100_000_000
_A_CHUNK = 1 << 20


class ArchiveError(Exception):
    """What is wrong, as a phrase like "is truncated", and with which entry; "" is the whole."""

    def __init__(self, reason: str, name: str = "") -> None:
        super().__init__(reason, name)
        self.reason = reason
        self.name = name


class Source(ABC):
    """Bytes that any thread may read."""

    @abstractmethod
    def open(self) -> AbstractContextManager[IO[bytes]]:
        """Return a file to seek and read in, for one thread at a time."""


@dataclass(frozen=True)
class DiskFile(Source):
    """A file on the disk, opened for each read, so that it may be moved or unmounted meanwhile."""

    path: Path

    def open(self) -> AbstractContextManager[IO[bytes]]:
        return self.path.open("rb", buffering=0)


class Spool(Source):
    """A file without a name that goes with this object; what had to be unpacked is in it."""

    def __init__(self, limit: int = MAX_UNPACKED) -> None:
        self._limit = limit
        self._lock = Lock()
        self._size = 0

    @contextmanager
    def open(self) -> Iterator[IO[bytes]]:
        with self._lock:
            yield self._file

    def check_room(self, size: int) -> None:
        """Raise ArchiveError where so many more bytes would be more than may be unpacked."""
        if self._size + size > self._most:
            most = max(0, self._most) / 1e9
            raise ArchiveError(f"unpacks to more than the {most:.1f} GB that are allowed or free")

    def add(self, chunks: Iterable[bytes]) -> Generator[None, None, "Region"]:
        """Append what `chunks` gives, giving way after each; return where it is."""
        start = self._size
        for chunk in chunks:
            self.check_room(len(chunk))
            self._write(chunk)
            yield
        return Region(self, start, self._size - start)

    def lend(self) -> "Loan | None":
        """Return what lets other processes read the same bytes, where the system has a way."""
        number = self._file.fileno()
        path = f"/proc/{os.getpid()}/fd/{number}"
        return Loan(path, _identity(number)) if Path(path).exists() else None

    def _write(self, chunk: bytes) -> None:
        try:
            with self.open() as file:
                file.seek(self._size)
                file.write(chunk)
                file.flush()
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            raise ArchiveError(f"cannot be unpacked: {reason}") from error
        self._size += len(chunk)

    @cached_property
    def _file(self) -> IO[bytes]:
        file = tempfile.TemporaryFile()  # noqa: SIM115
        weakref.finalize(self, file.close)
        return file

    @cached_property
    def _most(self) -> int:
        return min(self._limit, shutil.disk_usage(tempfile.gettempdir()).free - _KEPT_FREE)


class Loan(Struct, frozen=True):
    """Another process's `Spool`: readable as long as that one is kept."""

    path: str
    identity: tuple[int, int, int]

    def borrow(self) -> "Region | None":
        """Return its bytes; None where they are gone, or others are in their place."""
        try:
            with Path(self.path).open("rb", buffering=0) as file:
                is_same = _identity(file.fileno()) == self.identity
        except OSError:
            return None
        return Region(DiskFile(Path(self.path)), 0, self.identity[2]) if is_same else None


class Region(Struct, frozen=True):
    """`size` bytes of a source from `start` on."""

    source: Source
    start: int
    size: int

    def read(self, offset: int, length: int) -> bytes:
        """Return `length` bytes; ArchiveError where there are not as many."""
        if offset < 0 or length < 0 or offset + length > self.size:
            raise ArchiveError("is truncated")
        with self.source.open() as file:
            file.seek(self.start + offset)
            data = file.read(length)
        if len(data) < length:
            raise ArchiveError("is truncated")
        return data

    def head(self, length: int) -> bytes:
        """Return the first bytes, `length` or all."""
        return self.read(0, min(length, self.size))

    def chunks(self) -> Iterator[bytes]:
        """Yield all bytes in order, some at a time."""
        for offset in range(0, self.size, _A_CHUNK):
            yield self.read(offset, min(_A_CHUNK, self.size - offset))

    def part(self, offset: int, size: int) -> "Region":
        """Return a part; ArchiveError where it is not all inside."""
        if offset < 0 or size < 0 or offset + size > self.size:
            raise ArchiveError("is truncated")
        return Region(self.source, self.start + offset, size)


def whole_file(path: Path) -> Region:
    """Return all of an ordinary file; OSError where it cannot be read."""
    about = path.stat()
    if not stat.S_ISREG(about.st_mode):
        raise ArchiveError("is not an ordinary file")
    with path.open("rb"):
        return Region(DiskFile(path), 0, about.st_size)


def _identity(descriptor: int) -> tuple[int, int, int]:
    about: Any = os.fstat(descriptor)
    return about.st_dev, about.st_ino, about.st_size
