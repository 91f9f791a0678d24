"""What an archive or a folder holds: named bytes, some of which have to be unpacked to be read."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from studio.dataset.archives.region import ArchiveError, Region, whole_file
from studio.dataset.walk import Problem

MAX_BYTES = 2**31 - 1
"""Of one image's file."""
MAX_PIXELS = 1_000_000_000
"""Of one image, whatever is asked for; a store may be told to take fewer."""


class Member(ABC):
    """A file of an archive or of a folder."""

    @abstractmethod
    def region(self) -> Region | None:
        """Return where its bytes lie as they are; None where they are packed."""

    @abstractmethod
    def chunks(self) -> Iterator[bytes]:
        """Yield all its bytes, unpacked, some at a time."""

    @abstractmethod
    def data(self, limit: int = -1) -> bytes:
        """Return its bytes or the first `limit`; ArchiveError where they are damaged."""


@dataclass(frozen=True, slots=True)
class PlainMember(Member):
    """A file whose bytes lie somewhere as they are."""

    place: Region

    def region(self) -> Region:
        return self.place

    def chunks(self) -> Iterator[bytes]:
        return self.place.chunks()

    def data(self, limit: int = -1) -> bytes:
        if self.place.size > MAX_BYTES:
            raise ArchiveError(f"has {self.place.size / 1e9:.1f} GB, more than the limit of 2 GB")
        return self.place.head(limit if limit >= 0 else self.place.size)


@dataclass(frozen=True, slots=True)
class FileMember(Member):
    """A file of a folder."""

    path: Path

    def region(self) -> Region:
        return whole_file(self.path)

    def chunks(self) -> Iterator[bytes]:
        return self.region().chunks()

    def data(self, limit: int = -1) -> bytes:
        return PlainMember(self.region()).data(limit)


@dataclass
class Listing:
    """Members by their names, and what was passed over.

    `path` is what is opened, `folder` the folder that its members are files of, if they are.
    """

    path: Path
    folder: Path | None = None
    members: dict[str, Member] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def file_of(self, name: str) -> Path:
        """Return the file on the disk that holds a member."""
        return self.folder / name if self.folder else self.path

    def pass_over(self, name: str, reason: str) -> None:
        """Note a problem of an entry, whatever its name."""
        key = name.encode(errors="surrogateescape").decode(errors="backslashreplace")
        self.problems.append(Problem(key, reason))


def list_folder(folder: Path, path: Path) -> Listing:
    """Return the ordinary files of a folder, without those below it; `path` is what is opened."""
    files = sorted(file for file in folder.iterdir() if file.is_file())
    return Listing(path, folder, {file.name: FileMember(file) for file in files})
