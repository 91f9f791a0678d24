"""An export onto a disk that fills up: `python -m tests.dataset.full_disk FOLDER`.

It mounts a disk of its own, so it is started where only it sees that. FOLDER holds `set`.
"""

import shutil
import subprocess
import sys
from pathlib import Path

from studio.augment.recipe import Recipe, starting_recipe
from studio.dataset.exports.export import export
from studio.dataset.exports.manifest import MANIFEST
from studio.dataset.exports.order import ExportOptions
from studio.dataset.library import Library, open_library
from studio.dataset.reading.image_file import read_image
from studio.errors import UserError
from tests.dataset.trees import contents, drain

OPTIONS = ExportOptions(copies=10, workers=2)


def main(folder: Path) -> None:
    """Fill the disk, check what is there, make room, resume, and compare with a whole export."""
    library, recipe = open_library(folder / "set"), starting_recipe()
    drain(export(library, recipe, folder / "whole", OPTIONS))
    whole = contents(folder / "whole")
    disk = folder / "disk"
    disk.mkdir()
    half = sum(map(len, whole.values())) // 2
    size = ["-o", f"size={half // 4096 * 4096}"]
    if subprocess.run(["mount", "-t", "tmpfs", *size, "none", disk]).returncode:
        sys.exit("mount failed")
    try:
        drain(export(library, recipe, disk / "out", OPTIONS))
        sys.exit("the disk is too large")
    except UserError as error:
        print(error.message, error.hint)
    there = contents(disk / "out")
    assert 0 < len(there) < len(whole)
    for name in there.keys() - {MANIFEST}:
        assert there[name] == whole[name]
        read_image(disk / "out" / name)
    shutil.copytree(disk / "out", folder / "out")
    drain(export(library, recipe, folder / "out", OPTIONS, resume=True))
    assert contents(folder / "out") == whole
    pull_out(disk, library, recipe)


def pull_out(disk: Path, library: Library, recipe: Recipe) -> None:
    """Take the disk away in the middle of an export: nothing may go where it was."""
    shutil.rmtree(disk / "out")
    work = export(library, recipe, disk / "out", ExportOptions(copies=100, workers=2))
    next(work)
    subprocess.run(["umount", "--lazy", disk], check=True)
    try:
        drain(work)
        sys.exit("nobody noticed")
    except UserError as error:
        print(error.message)
    assert list(disk.iterdir()) == []


if __name__ == "__main__":
    main(Path(sys.argv[1]))
