"""Print our speed beside that of albumentations 2.0.8, as tables for GitHub.

Needs the extra `bench`: pip install -c packaging/constraints.txt -e ".[bench]"
"""

import argparse
import shutil
import tempfile
from pathlib import Path

import cv2
import numpy as np

from studio.augment.image import Image
from studio.dataset.library import open_library
from studio.dataset.reading.image_file import encode_image, read_image
from tests.benchmarks.export import make_photos
from tests.benchmarks.peers.exports import compare_photos, compare_small
from tests.benchmarks.peers.memory import measure_memory
from tests.benchmarks.peers.operations import compare_operations

_PARTS = ("memory", "operations", "exports", "small")
_SIZE = (640, 480)
_MEMORY = Path("/dev/shm")
_NEEDED = 4_000_000_000


def main() -> None:
    """Run the parts that are asked for, on the folders that are named or on made pictures."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.peers", description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, help="photos of about 640×480")
    parser.add_argument("--small", type=Path, metavar="FOLDER", help="pictures of 32×32")
    parser.add_argument(
        "--out",
        type=Path,
        default=_MEMORY if _is_roomy(_MEMORY) else None,
        help="where exports are written: in memory where there is room, since many disks make but "
        "a few thousand files a second for anybody; default: %(default)s",
    )
    parser.add_argument("--only", choices=_PARTS, help="the one part to run")
    arguments = parser.parse_args()
    tempfile.tempdir = arguments.out and str(arguments.out)
    parts = [arguments.only] if arguments.only else _PARTS
    with tempfile.TemporaryDirectory() as made:
        photos = arguments.folder or _make(Path(made, "photos"))
        if "memory" in parts:
            measure_memory()
        if "operations" in parts:
            compare_operations(_read_one(photos))
        if "exports" in parts:
            compare_photos(photos)
        if "small" in parts:
            compare_small(arguments.small or _make_small(Path(made, "small")))


def _is_roomy(folder: Path) -> bool:
    return folder.is_dir() and shutil.disk_usage(folder).free > _NEEDED


def _make(folder: Path) -> Path:
    folder.mkdir()
    make_photos(folder)
    return folder


def _make_small(folder: Path, count: int = 5_000) -> Path:
    folder.mkdir()
    random = np.random.default_rng(0)
    for number in range(count):
        coarse = random.integers(0, 256, (6, 6, 3), np.uint8)
        soft = cv2.resize(coarse, (32, 32), interpolation=cv2.INTER_CUBIC)
        picture = np.asarray(soft, np.uint8)
        Path(folder, f"{number:04}.jpg").write_bytes(encode_image(picture, "jpg", 92))
    return folder


def _read_one(photos: Path) -> Image:
    """Return the first colour photo of 640×480."""
    library = open_library(photos)
    for image in library.images:
        photo = read_image(library.path(image))
        if photo.shape == (_SIZE[1], _SIZE[0], 3):
            return photo
    raise SystemExit(f"{photos}: has no colour photo of {_SIZE[0]}×{_SIZE[1]}")


if __name__ == "__main__":
    main()
