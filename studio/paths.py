"""Where resources and the user's own folders are: in a checkout, a wheel or a frozen program."""

import os
import sys
from collections.abc import Callable
from pathlib import Path

import platformdirs


def resource(name: str) -> Path:
    """Return the path of a file below `resources`, for example `icons/undo.svg`."""
    package = Path(__file__).parent
    bundle = getattr(sys, "_MEIPASS", None)
    candidates = [package / "resources", package.parent / "resources"]
    if bundle:
        candidates.insert(0, Path(bundle) / "resources")
    for folder in candidates:
        if (folder / name).exists():
            return folder / name
    raise FileNotFoundError(f"resources/{name}")


def data_folder() -> Path:
    """Return the folder for what the program makes for this user, created on demand."""
    return _user_folder("data", platformdirs.user_data_path)


def settings_folder() -> Path:
    """Return the folder for this user's settings, created on demand."""
    return _user_folder("settings", platformdirs.user_config_path)


def log_folder() -> Path:
    """Return the folder for this user's log files, created on demand."""
    return _user_folder("logs", platformdirs.user_log_path)


def _user_folder(name: str, usual: Callable[..., Path]) -> Path:
    # The variable gives a tour, a test or a portable installation folders of its own.
    home = os.environ.get("AUGSTUDIO_HOME")
    folder = Path(home, name) if home else usual("augmentation-studio", appauthor=False)
    folder.mkdir(parents=True, exist_ok=True)
    return folder
