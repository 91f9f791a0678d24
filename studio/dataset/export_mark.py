"""How a folder that holds an export of this program is told: by how its manifest begins."""

from pathlib import Path

MANIFEST = "manifest.jsonl"
PROGRAM = "augmentation-studio"
_START = f'{{"program":"{PROGRAM}",'.encode()


def holds_export(folder: Path) -> bool:
    """Tell whether a folder holds an export, finished or not."""
    try:
        with (folder / MANIFEST).open("rb") as file:
            return file.read(len(_START)) == _START
    except OSError:
        return False
