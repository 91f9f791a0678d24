"""The files of an export as they are now, beside what its manifest says of them."""

import os
import stat
from collections.abc import Iterable
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Protocol

from studio.dataset.atomic_file import is_waiting

MISSING = "is missing"
CHANGED = "differs from the manifest"
_LINK = "is a link, or behind one, instead of the file that was written"
_OUTSIDE = "is a name that leads out of the folder"
_PIECE = 1 << 20


class Written(Protocol):
    """What a line says of its file."""

    @property
    def output(self) -> str: ...
    @property
    def size(self) -> int: ...
    @property
    def hash(self) -> str: ...


class Outputs:
    """Looks at the files below a target, never through a link out of it. Any thread."""

    def __init__(self, out: Path) -> None:
        self._out = str(out)
        self._plain_folders: dict[str, bool] = {"": True}

    def path(self, output: str) -> str:
        """Return where a file is."""
        return f"{self._out}/{output}"

    def find_fault(self, line: Written) -> str:
        """Return how the file is not what was written, empty where it is."""
        if not is_inside(line.output):
            return _OUTSIDE
        if not self.is_plain(line.output.rpartition("/")[0]):
            return _LINK
        path = self.path(line.output)
        try:
            about = os.lstat(path)
            if stat.S_ISLNK(about.st_mode):
                return _LINK
            if not stat.S_ISREG(about.st_mode) or about.st_size != line.size:
                return CHANGED
            return "" if _hash_file(path) == line.hash else CHANGED
        except (FileNotFoundError, NotADirectoryError):
            return MISSING
        except OSError as error:
            return f"cannot be read: {(error.strerror or str(error)).lower()}"

    def is_plain(self, folder: str) -> bool:
        """Return whether a folder below the target is reached without a link, or not there."""
        known = self._plain_folders.get(folder)
        if known is None:
            is_link = Path(self.path(folder)).is_symlink()
            known = not is_link and self.is_plain(folder.rpartition("/")[0])
            self._plain_folders[folder] = known
        return known

    def remove_waiting(self, folders: Iterable[str]) -> None:
        """Remove what dead writers left in folders below the target, and in itself."""
        for folder in filter(self.is_plain, {"", *folders}):
            with suppress(FileNotFoundError, NotADirectoryError):
                with os.scandir(self.path(folder)) as entries:
                    paths = [entry.path for entry in entries if is_waiting(entry.name)]
                for path in paths:
                    os.unlink(path)  # noqa: PTH108


def is_inside(output: str) -> bool:
    """Return whether a manifest's name can only be that of a file below its folder."""
    parts = output.split("/")
    if any(part in ("", ".", "..") or "\0" in part for part in parts):
        return False
    return os.name != "nt" or not any(mark in output for mark in "\\:")


def _hash_file(path: str) -> str:
    digest = sha256()
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
    try:
        while piece := os.read(handle, _PIECE):
            digest.update(piece)
    finally:
        os.close(handle)
    return digest.hexdigest()
