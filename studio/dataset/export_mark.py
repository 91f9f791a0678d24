"""How a folder that holds files of this program is told: by how their list begins."""

from pathlib import Path

MANIFEST = "manifest.jsonl"
GENERATED = "generated.jsonl"
PROGRAM = "augmentation-studio"
_START = f'{{"program":"{PROGRAM}",'.encode()


def holds_export(folder: Path) -> bool:
    """Tell whether a folder holds an export, finished or not."""
    return _is_ours(folder / MANIFEST)


def holds_generated(folder: Path) -> bool:
    """Tell whether a folder holds generated images, alone or beside an export."""
    return _is_ours(folder / GENERATED)


def _is_ours(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return file.read(len(_START)) == _START
    except OSError:
        return False
