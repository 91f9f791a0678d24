"""The most memory that an export takes, in a process of its own.

That process is `python -m tests.benchmarks.peers.memory SOURCE OUT`, which prints megabytes.
"""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

import cv2
import numpy as np

from studio.augment.recipe_file import build_recipe
from studio.dataset.exports.export import export
from studio.dataset.exports.order import ExportOptions
from studio.dataset.library import open_library
from studio.dataset.reading.image_file import encode_image
from tests.benchmarks.export import COPIES, GEOMETRY, NOISE, QUALITY, WORKERS
from tests.benchmarks.peers.turns import print_table

_SIZE = (4000, 3000)
_COUNT = 24
_TARGET = 600


def measure_memory() -> None:
    """Print the peak memory of an export of pictures of 12 megapixels."""
    with tempfile.TemporaryDirectory() as folder:
        source, out = Path(folder, "source"), Path(folder, "out")
        source.mkdir()
        _make_photos(source)
        command = [sys.executable, "-m", "tests.benchmarks.peers.memory", str(source), str(out)]
        peak = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    print_table(
        "Peak memory of an export, in a process of its own",
        ["sources", "copies", "workers", "MB", "target"],
        [
            [
                f"{_COUNT} JPEGs of {_SIZE[0]}×{_SIZE[1]}, geometry + noise",
                f"{COPIES}",
                f"{WORKERS}",
                f"{float(peak):.0f}",
                f"below {_TARGET}",
            ]
        ],
    )


def _make_photos(folder: Path) -> None:
    random = np.random.default_rng(0)
    grain = random.integers(0, 16, (_SIZE[1], _SIZE[0], 3), np.uint8)
    for number in range(_COUNT):
        coarse = random.integers(0, 240, (24, 32, 3), np.uint8)
        soft = cv2.resize(coarse, _SIZE, interpolation=cv2.INTER_CUBIC)
        picture = np.asarray(cv2.add(soft, grain), np.uint8)
        Path(folder, f"{number:02}.jpg").write_bytes(encode_image(picture, "jpg", 92))


def _export(source: Path, out: Path) -> None:
    recipe = build_recipe({"version": 1, "steps": [*GEOMETRY, NOISE]})
    options = ExportOptions(copies=COPIES, format="jpg", quality=QUALITY, workers=WORKERS)
    for _ in export(open_library(source), recipe, out, options):
        pass


def _peak() -> float:
    """Return the most memory that this process has had, in megabytes."""
    status = Path("/proc/self/status")
    if status.exists():
        # `ru_maxrss` would count what the parent had when it started this process.
        found = re.search(r"VmHWM:\s+(\d+) kB", status.read_text())
        assert found is not None
        return int(found[1]) * 1024 / 1e6
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6


if __name__ == "__main__":
    _export(Path(sys.argv[1]), Path(sys.argv[2]))
    print(_peak())
