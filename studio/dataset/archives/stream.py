"""Bytes as a file for libraries to read, and what becomes of the errors that they raise."""

import io
import math
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from studio.dataset.archives.region import ArchiveError, Region


@contextmanager
def faults_as(reason: str) -> Iterator[None]:
    """Raise ArchiveError in place of whatever a library raises over damage.

    What the disk itself reports stays an OSError.
    """
    try:
        yield
    except ArchiveError:
        raise
    except Exception as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise
        raise ArchiveError(reason) from error


class Stream(io.BufferedReader):
    """A region as a file, read `ahead` bytes at a time; headers that lie cost nothing.

    ArchiveError where more than `allowance` bytes are read; it may be set anew at any time.
    """

    def __init__(self, region: Region, ahead: int) -> None:
        super().__init__(_Reader(region), ahead)
        self._size = region.size
        self.allowance = math.inf

    def read(self, size: int | None = -1, /) -> bytes:
        # Python's own reader takes memory for all that is asked for, not for what there is.
        rest = max(0, self._size - self.tell())
        size = rest if size is None or size < 0 else min(size, rest)
        self.allowance -= size
        if self.allowance < 0:
            raise ArchiveError("has a list or a header that is longer than can be taken in")
        return super().read(size)


class _Reader(io.RawIOBase):
    # Holds no lock between reads: what is read here may be unpacked into the same spool.
    def __init__(self, region: Region) -> None:
        self._region = region
        self._position = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        position = offset + (0, self._position, self._region.size)[whence]
        if position < 0:
            raise OSError("before the start")
        self._position = position
        return position

    def readinto(self, buffer: Any) -> int:
        count = max(0, min(len(buffer), self._region.size - self._position))
        buffer[:count] = self._region.read(self._position, count)
        self._position += count
        return count
