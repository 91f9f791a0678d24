"""How a run that fails ends: one line on stderr, an exit code, and a log where there is a bug."""

import platform
import re
import sys
import traceback
from datetime import datetime
from pathlib import Path

from studio import __version__
from studio.errors import UserError
from studio.paths import log_folder

FAULT = 1
MENDABLE = 2
CANCELLED = 130


class Cancelled(Exception):
    """Work that was stopped by Ctrl-C or SIGTERM and has left whole files; says how far it came."""


def end_with(error: Exception | KeyboardInterrupt) -> int:
    """Tell on one line of stderr what went wrong, and return the exit code for it."""
    if isinstance(error, UserError):
        complain(f"{error.message}. {error.hint}" if error.hint else error.message)
        return MENDABLE
    if isinstance(error, Cancelled | KeyboardInterrupt):
        complain(str(error) or "cancelled")
        return CANCELLED
    complain(f"unexpected error: {error!r}; {_keep(error)}")
    return FAULT


def complain(text: str) -> None:
    """Print one line on stderr."""
    print(one_line(text), file=sys.stderr)


def one_line(text: str) -> str:
    """Return a text, which may hold any file's name, so that it stays on its line of a terminal."""
    joined = re.sub(r"\s*[\r\n]\s*", " ", text.strip())
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in joined)


def _keep(error: Exception) -> str:
    """Append the error's traceback to the log, and return a phrase that says where it is."""
    about = f"{datetime.now().astimezone():%Y-%m-%d %H:%M:%S%z} {__version__} {_system()}"
    report = f"{about} {sys.argv}\n{''.join(traceback.format_exception(error))}\n"
    try:
        path = Path(log_folder(), "studio.log")
        with path.open("a", encoding="utf-8", errors="backslashreplace") as log:
            log.write(report)
    except OSError as obstacle:
        return f"no log could be written: {obstacle}"
    return f"the details are in {path}"


def _system() -> str:
    return f"Python {platform.python_version()} on {platform.platform()}"
