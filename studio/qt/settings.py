"""What the program remembers between sessions. Damaged settings count as none."""

from pathlib import Path

from PySide6.QtCore import QSettings

from studio.paths import settings_folder

_MOST_RECENT = 8


def settings_file() -> Path:
    """Return where the user's settings are kept."""
    return settings_folder() / "studio.ini"


def settings() -> QSettings:
    """Return the user's settings. They are written whole or not at all, and synced to the disk."""
    return QSettings(str(settings_file()), QSettings.Format.IniFormat)


def recent_folders() -> list[Path]:
    """Return the data sets opened last that are still there, newest first."""
    stored = settings().value("recent_folders", [])
    # QSettings gives a list of one entry back as that entry.
    names = [stored] if isinstance(stored, str) else stored if isinstance(stored, list) else []
    return [Path(name) for name in names if isinstance(name, str) and _is_there(Path(name))]


def add_recent_folder(folder: Path) -> None:
    """Put a data set on top of the list."""
    others = [recent for recent in recent_folders() if recent != folder]
    settings().setValue("recent_folders", [str(folder), *map(str, others)][:_MOST_RECENT])


def clear_recent_folders() -> None:
    """Forget them all."""
    settings().remove("recent_folders")


def last_folder() -> Path | None:
    """Return the data set that was open last, if it is still there."""
    last = settings().value("last_folder")
    return Path(last) if isinstance(last, str) and last and _is_there(Path(last)) else None


def set_last_folder(folder: Path) -> None:
    """Remember which data set is open."""
    settings().setValue("last_folder", str(folder))


def _is_there(path: Path) -> bool:
    # A name that is too long or holds a zero is not there either.
    try:
        return path.is_absolute() and path.exists()
    except (OSError, ValueError):
        return False
