"""Looking for image files below a folder, by name alone, fast enough for 100,000 of them."""

import os
import time
from collections.abc import Generator, Iterator
from itertools import chain, count
from pathlib import Path

from msgspec import Struct

from studio.dataset.export_mark import holds_export, holds_generated
from studio.dataset.mask_file import leave_out_masks
from studio.dataset.reading.image_file import IMAGE_SUFFIXES

_PASSED_OVER = frozenset({"__MACOSX", "@eaDir", "$RECYCLE.BIN", "System Volume Information"})
_REPORT_SECONDS = 0.05


class Problem(Struct, frozen=True):
    """Something below the root that was passed over, and why: a phrase like "is empty"."""

    key: str
    reason: str


def is_hidden(key: str) -> bool:
    """Tell whether a path is in anything hidden, or in what operating systems make."""
    return any(name[:1] == "." or name in _PASSED_OVER for name in key.split("/"))


class _Walk:
    """The state of one walk: what was found, what was not taken in, which folders are to come."""

    def __init__(self, root: Path) -> None:
        self.keys: list[str] = []
        self.problems: list[Problem] = []
        self.names: dict[str, str] = {}
        self.waiting: list[tuple[str, str, frozenset[tuple[int, int]]]] = [
            (str(root), "", frozenset())
        ]
        self._root = str(root)

    def run(self) -> Iterator[None]:
        """Look through all folders; give way after every entry."""
        while self.waiting:
            path, prefix, above = self.waiting.pop()
            try:
                about = Path(path).stat()
                here = above | {(about.st_dev, about.st_ino)}
                reason = _find_obstacle(path, prefix, len(here) == len(above))
                if reason:
                    self._pass_over(prefix[:-1], reason)
                    continue
                unreadable = []
                with os.scandir(path) as entries:
                    for entry in entries:
                        if _is_unicode(entry.name):
                            self._take(entry, prefix + entry.name, here)
                        else:
                            unreadable.append(entry)
                        yield
                for name, entry in _rename(unreadable):
                    self._take(entry, prefix + name, here)
            except OSError as error:
                self._pass_over(prefix[:-1], f"cannot be read: {str(error.strerror).lower()}")

    def _take(self, entry: os.DirEntry[str], key: str, here: frozenset[tuple[int, int]]) -> None:
        name = entry.name
        if name[0] == "." or name in _PASSED_OVER:
            return
        is_image = name[name.rfind(".") :].lower() in IMAGE_SUFFIXES
        try:
            is_folder = entry.is_dir()
            is_file = entry.is_file()
        except OSError:  # A link that leads to itself.
            is_folder = is_file = False
        if not (is_folder or is_image):
            return
        if is_folder:
            self.waiting.append((entry.path, f"{key}/", here))
        elif is_file:
            self.keys.append(key)
            # Below a folder whose key is not its name, no path ends with the key.
            if not entry.path.endswith(key):
                self.names[key] = os.path.relpath(entry.path, self._root)
        else:
            self._pass_over(key, "is a broken link, or not an ordinary file")

    def _pass_over(self, key: str, reason: str) -> None:
        self.problems.append(Problem(key, reason))


def _rename(entries: list[os.DirEntry[str]]) -> Iterator[tuple[str, os.DirEntry[str]]]:
    """Yield entries of a folder whose names are no valid UTF-8 with a readable name of their own.

    Invalid bytes are written as `\\xNN`, with a number where a neighbour is called that.
    """
    taken: set[str] = set()
    for entry in sorted(entries, key=lambda entry: entry.name):
        plain = os.fsencode(entry.name).decode(errors="backslashreplace")
        stem, dot, suffix = plain.rpartition(".")
        numbered = (
            f"{stem or suffix}-{n}{dot if stem else ''}{suffix if stem else ''}" for n in count(2)
        )
        folder = Path(entry.path).parent
        for name in chain([plain], numbered):
            if name not in taken and not os.path.lexists(folder / name):
                taken.add(name)
                yield name, entry
                break


def find_images(
    root: Path,
) -> Generator[int, None, tuple[list[str], list[Problem], dict[str, str]]]:
    """Return the keys of all image files below `root` and what was passed over, both sorted.

    Last come the real paths, below the root, of those whose names are no valid UTF-8; their keys
    show the bytes as `\\xNN`. Mask files beside an image are no images, but have such paths, too.

    Yields the number found so far about twenty times a second, and at the end. Links are
    followed, but not back to a folder that they lie in. Hidden files and folders, and those that
    operating systems make, are passed over without a word, folders that hold an earlier export
    with one.
    """
    walk = _Walk(root)
    due = time.perf_counter() + _REPORT_SECONDS
    for _ in walk.run():
        if time.perf_counter() >= due:
            yield len(walk.keys)
            due = time.perf_counter() + _REPORT_SECONDS
    keys = leave_out_masks(walk.keys)
    yield len(keys)
    keys.sort()
    walk.problems.sort(key=lambda problem: problem.key)
    return keys, walk.problems, walk.names


def _find_obstacle(path: str, prefix: str, loops: bool) -> str:
    if loops:
        return "is a link back to a folder that it lies in"
    if prefix and holds_export(Path(path)):
        return "holds an earlier export of this program; open it by itself to use it"
    if prefix and holds_generated(Path(path)):
        return "holds images that were generated; open it by itself to use it"
    return ""


def _is_unicode(name: str) -> bool:
    try:
        return name.isascii() or bool(name.encode())
    except UnicodeEncodeError:
        return False
