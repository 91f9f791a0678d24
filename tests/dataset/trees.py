"""Small data sets on disk, and what tells whether two folders hold the same."""

from collections.abc import Generator
from pathlib import Path
from typing import Any, TypeVar

from tests.dataset.files import Pixels, encode, noise

_Result = TypeVar("_Result")


def write_image(path: Path, image: Pixels | None = None) -> Path:
    """Write a picture, noise in colour if none is given, in the format of the path's suffix."""
    path.parent.mkdir(parents=True, exist_ok=True)
    pixels = noise((18, 24, 3), seed=len(path.name)) if image is None else image
    path.write_bytes(encode(pixels, path.suffix))
    return path


def write_classes(root: Path, *, each: int = 3) -> Path:
    """Write two classes of small pictures, `a0.png` and so on, and return the root."""
    for name in ("cat", "dog"):
        for number in range(each):
            write_image(root / name / f"a{number}.png", noise((18, 24, 3), seed=number))
    return root


def contents(root: Path) -> dict[str, bytes]:
    """Return the bytes of every file below a folder by its relative path."""
    files = sorted(path for path in root.rglob("*") if path.is_file())
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in files}


def drain(steps: Generator[Any, None, _Result]) -> _Result:
    """Return a generator's result."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            result: _Result = end.value
            return result
