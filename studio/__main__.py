"""Where the program starts: a command or an option goes to the command line, else the window."""

import multiprocessing
import os
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from difflib import get_close_matches
from pathlib import Path

from studio.cli import COMMANDS
from studio.cli.faults import end_with
from studio.dataset.archives.names import is_archive
from studio.dataset.exports.target import free_folder
from studio.errors import UserError

_QT = ("PySide6", "shiboken6", "superqt")
_QT_PACKAGES = "libegl1 libgl1 libxkbcommon0 libdbus-1-3 libfontconfig1"


def main(argv: Sequence[str] | None = None) -> int | None:
    """Run the program with these arguments, or the process's own; return the exit code."""
    multiprocessing.freeze_support()
    arguments = list(sys.argv[1:] if argv is None else argv)
    try:
        if arguments and (arguments[0] in COMMANDS or arguments[0].startswith("-")):
            from studio.cli.app import run

            return run(arguments, tour=_run_tour)
        return _run_window(_parse_folder(arguments))
    except (Exception, KeyboardInterrupt) as error:
        return end_with(error)


def _parse_folder(arguments: Sequence[str]) -> Path | None:
    if not arguments:
        return None
    first, *others = arguments
    is_data_set = _is_data_set(Path(first))
    if is_data_set and others:
        raise UserError("the window opens one folder or archive", f"Give no more than {first}.")
    close = get_close_matches(first, COMMANDS, n=1)
    if not is_data_set and (others or close):
        guess = f"Did you mean `{close[0]}`?" if close else "`augstudio --help` lists the commands."
        raise UserError(f"{first}: no such folder or command", guess)
    if not is_data_set:
        is_there = os.path.lexists(first)
        raise UserError(f"{first}: {'is not a folder' if is_there else 'no such folder'}")
    return Path(first)


def _is_data_set(path: Path) -> bool:
    try:
        return path.is_dir() or (path.is_file() and is_archive(path))
    except OSError:
        return False


def _run_window(folder: Path | None) -> int:
    if _has_display():
        with _qt_needed():
            from studio.qt.app import run
        return run(folder)
    out = free_folder(Path("augstudio-tour"))
    print(f"There is no display for the window; the tour runs instead, into {out}.", flush=True)
    return _run_tour(out)


def _run_tour(out: Path) -> int:
    with _qt_needed():
        from studio.qt.tour import run_tour
    code = run_tour(out)
    if code == 0:
        print(f"The pictures and the export are in {out.absolute()}.")
    return code


def _has_display() -> bool:
    names = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    return not sys.platform.startswith("linux") or any(os.environ.get(name) for name in names)


@contextmanager
def _qt_needed() -> Iterator[None]:
    try:
        yield
    except ImportError as error:
        library = re.search(r"(lib[\w+-]+\.so[\w.]*): cannot open", str(error))
        if library:
            hint = f"On Debian and Ubuntu: apt install {_QT_PACKAGES}"
            raise UserError(f"{library[1]}: a library of the system is missing", hint) from error
        if (error.name or "").partition(".")[0] in _QT:
            raise UserError(f"{error.name} cannot be loaded: {error}") from error
        raise


if __name__ == "__main__":
    sys.exit(main())
