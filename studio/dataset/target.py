"""Whether a folder may take an export, so that originals and earlier results stay as they are."""

from pathlib import Path

from studio.errors import UserError


def check_target(source: Path, out: Path) -> None:
    """Raise UserError unless `out` is new or empty, and apart from the folder `source`.

    Links are followed. Nothing is written.
    """
    origin, target = source.resolve(), out.resolve()
    if _is_below(target, origin):
        place = "is the data set's own folder" if _is_below(origin, target) else "is inside it"
        raise UserError(f"{out}: {place}; an export would mix with the originals", _ELSEWHERE)
    if _is_below(origin, target):
        raise UserError(f"{out}: holds the data set; an export would mix with it", _ELSEWHERE)
    check_empty(out)


def check_empty(out: Path) -> None:
    """Raise UserError unless `out` is an empty folder, or could be made."""
    try:
        if out.is_dir():
            if next(out.iterdir(), None) is not None:
                raise UserError(f"{out}: is not empty", "Choose a new or empty folder.")
        elif out.exists() or out.is_symlink():
            raise UserError(f"{out}: is a file, not a folder", _ELSEWHERE)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise UserError(f"{out}: cannot be used: {reason}", _ELSEWHERE) from None


def free_folder(wanted: Path) -> Path:
    """Return `wanted`, or the first of `wanted-2`, `wanted-3` ... that is not there yet."""
    number = 2
    free = wanted
    while free.exists() or free.is_symlink():
        free = wanted.with_name(f"{wanted.name}-{number}")
        number += 1
    return free


_ELSEWHERE = "Choose a folder elsewhere."


def _is_below(path: Path, folder: Path) -> bool:
    """Tell whether `path` is `folder` or below it, however the file system spells the names."""
    return any(place.exists() and place.samefile(folder) for place in (path, *path.parents))
