"""Runs that were opened by hand, from elsewhere than where runs are kept."""

from pathlib import Path

from studio.qt.settings import settings

_KEY = "train/opened"
_MOST = 20


def opened_runs() -> list[Path]:
    """Return their folders, the one opened last first."""
    stored = settings().value(_KEY, [])
    # QSettings gives a list of one entry back as that entry.
    names = [stored] if isinstance(stored, str) else stored if isinstance(stored, list) else []
    return [Path(name) for name in names if isinstance(name, str) and name]


def add_opened_run(path: Path) -> None:
    """Remember one."""
    others = [each for each in opened_runs() if each != path]
    settings().setValue(_KEY, [str(path), *map(str, others)][:_MOST])
