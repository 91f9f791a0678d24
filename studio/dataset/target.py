"""Whether a folder may take an export, so that originals and earlier results stay as they are."""

from collections.abc import Iterable
from pathlib import Path

from studio.errors import UserError


def check_target(source: Path, out: Path, folders: Iterable[Path] = ()) -> None:
    """Raise UserError unless `out` is new or empty, and apart from the folder `source`.

    Links are followed. `folders` are those below `source` that hold its images: a link among them
    makes a place elsewhere part of the data set. Nothing is written.
    """
    try:
        _check_apart(source.resolve(), out.resolve(), out)
        for folder in {folder.resolve() for folder in folders}:
            if _is_below(out.resolve(), folder):
                raise UserError(f"{out}: {_INSIDE}", _ELSEWHERE)
    except (OSError, RuntimeError) as error:
        raise _unusable(out, error) from None
    check_empty(out)


def _check_apart(origin: Path, target: Path, out: Path) -> None:
    if _is_below(target, origin):
        is_same = _is_below(origin, target)
        raise UserError(f"{out}: {_SAME if is_same else _INSIDE}", _ELSEWHERE)
    if _is_below(origin, target):
        raise UserError(f"{out}: holds the data set; an export would mix with it", _ELSEWHERE)


def check_empty(out: Path) -> None:
    """Raise UserError unless `out` is an empty folder, or could be made."""
    try:
        if out.is_dir():
            if next(out.iterdir(), None) is not None:
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
