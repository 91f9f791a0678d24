"""Where resources and the user's own folders are: in a checkout, a wheel or a frozen program."""

import sys
from pathlib import Path

import platformdirs

_NAME = "augmentation-studio"


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
    return Path(platformdirs.user_data_dir(_NAME, appauthor=False, ensure_exists=True))


def log_folder() -> Path:
    """Return the folder for this user's log files, created on demand."""
    return Path(platformdirs.user_log_dir(_NAME, appauthor=False, ensure_exists=True))
