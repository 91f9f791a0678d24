"""Whether a folder may take an export, so that originals and earlier results stay as they are."""

# ruff: noqa: PTH102, PTH106
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from studio.dataset.atomic_file import OURS
from studio.dataset.exports.lock import LOCK, locked
from studio.dataset.exports.manifest import MANIFEST
from studio.errors import UserError


def check_target(source: Path, out: Path, folders: Iterable[Path] = ()) -> None:
    """Raise UserError unless `out` is new or empty, and apart from the folder `source`.

    Links are followed. `folders` are those below `source` that hold its images: a link among them
    makes a place elsewhere part of the data set. Nothing is written.
    """
    check_apart(source, out, folders)
    check_empty(out)


def check_apart(source: Path, out: Path, folders: Iterable[Path] = ()) -> None:
    """Raise UserError unless `out` is apart from the folder `source`: see `check_target`."""
    try:
        _check_apart(source.resolve(), out.resolve(), out)
        for folder in {folder.resolve() for folder in folders}:
            if _is_below(out.resolve(), folder):
                raise UserError(f"{out}: {_INSIDE}", _ELSEWHERE)
    except (OSError, RuntimeError) as error:
        raise _unusable(out, error) from None


def _check_apart(origin: Path, target: Path, out: Path) -> None:
    if _is_below(target, origin):
        is_same = _is_below(origin, target)
        raise UserError(f"{out}: {_SAME if is_same else _INSIDE}", _ELSEWHERE)
    if _is_below(origin, target):
        raise UserError(f"{out}: holds the data set; an export would mix with it", _ELSEWHERE)


def check_empty(out: Path) -> None:
    """Raise UserError unless `out` is an empty folder, or could be made.

    What an export that died before its first file has left does not count.
    """
    try:
        if out.is_dir():
            if any(not place.name.startswith(OURS) for place in out.iterdir()):
                raise UserError(f"{out}: is not empty", "Choose a new or empty folder.")
        elif out.exists() or out.is_symlink():
            raise UserError(f"{out}: is a file, not a folder", _ELSEWHERE)
    except OSError as error:
        raise _unusable(out, error) from None


def free_folder(wanted: Path) -> Path:
    """Return `wanted`, or the first of `wanted-2`, `wanted-3` ... that is not there yet."""
    number = 2
    free = wanted
    while free.exists() or free.is_symlink():
        free = wanted.with_name(f"{wanted.name}-{number}")
        number += 1
    return free


@contextmanager
def taken(out: Path) -> Iterator[int]:
    """Make a folder if need be, and be the only one to write to it; give the lock's handle.

    OSError where that cannot be done, UserError where somebody else writes. If nothing is in it
    afterwards, the folders that were made for it go.
    """
    made: list[Path] = []
    try:
        _make_folders(out, made)
        with locked(out) as lock:
            yield lock
    finally:
        for folder in reversed(made):
            with suppress(OSError):
                os.rmdir(folder)


def _make_folders(out: Path, made: list[Path]) -> None:
    missing = [place for place in (out, *out.parents) if not place.is_dir()]
    for place in reversed(missing):
        try:
            os.mkdir(place)
        except FileExistsError:
            if not place.is_dir():
                raise
        else:
            made.append(place)


def leave_nothing(out: Path) -> None:
    """Remove the manifest and what else of an export is there, unless it wrote a file."""
    with suppress(OSError):
        for folder, _, _ in os.walk(out, topdown=False):
            with suppress(OSError):
                os.rmdir(folder)
        for place in out.iterdir():
            if place.name != MANIFEST and not place.name.startswith(OURS):
                return
        for place in out.iterdir():
            if place.name != LOCK:
                place.unlink()


_ELSEWHERE = "Choose a folder elsewhere."
_SAME = "is the data set's own folder; an export would mix with the originals"
_INSIDE = "is inside the data set; an export would mix with the originals"


def _unusable(out: Path, error: Exception) -> UserError:
    reason = getattr(error, "strerror", None) or str(error)
    return UserError(f"{out}: cannot be used: {reason.lower()}", _ELSEWHERE)


def _is_below(path: Path, folder: Path) -> bool:
    """Tell whether `path` is `folder` or below it, however the file system spells the names."""
    if not folder.exists():
        return False
    return any(place.exists() and place.samefile(folder) for place in (path, *path.parents))
