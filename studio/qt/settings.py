"""What the program remembers between sessions. Damaged settings count as none."""

from pathlib import Path

from PySide6.QtCore import QSettings

from studio.paths import settings_folder

_MOST_RECENT = 8


def settings() -> QSettings:
    """Return the user's settings, an INI file in the user's settings folder."""
    return QSettings(str(settings_folder() / "studio.ini"), QSettings.Format.IniFormat)


def recent_folders() -> list[Path]:
    """Return the data sets opened last that are still there, newest first."""
    stored = settings().value("recent_folders", [])
    # QSettings gives a list of one entry back as that entry.
    names = [stored] if isinstance(stored, str) else stored if isinstance(stored, list) else []
    return [Path(name) for name in names if isinstance(name, str) and Path(name).is_dir()]


def add_recent_folder(folder: Path) -> None:
    """Put a folder on top of the list."""
    others = [recent for recent in recent_folders() if recent != folder]
    settings().setValue("recent_folders", [str(folder), *map(str, others)][:_MOST_RECENT])


def clear_recent_folders() -> None:
    """Forget them all."""
    settings().remove("recent_folders")
