"""Time exports against their codec floor: `python -m tests.benchmarks.export [FOLDER]`.

The floor decodes every image once and encodes its four finished copies, on as many threads and in
the same run, and writes nothing. Without FOLDER, photo-like pictures are made for the purpose.
"""

import os
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import cv2
import numpy as np

from studio.augment.engine import apply
from studio.augment.image import Image
from studio.augment.plan import draw
from studio.augment.recipe import Recipe
from studio.augment.recipe_file import build_recipe
from studio.dataset.exports.export import export
from studio.dataset.exports.order import ExportOptions
from studio.dataset.library import Library, open_library
from studio.dataset.reading.image_file import encode_image, read_image

COPIES = 4
MOST_IMAGES = 124
QUALITY = 95
ROUNDS = 3
WORKERS = os.cpu_count() or 1
GEOMETRY = [
    {"op": "horizontal_flip", "probability": 0.5},
    {"op": "rotate", "params": {"angle": [-20, 20]}},
    {"op": "scale", "params": {"factor": [0.8, 1.2]}},
]
NOISE = {"op": "gaussian_noise", "params": {"sigma": 25.5}}
RECIPES = {"geometry": GEOMETRY, "geometry, noise": [*GEOMETRY, NOISE]}


def make_photos(folder: Path, count: int = 60) -> None:
    """Write JPEGs of 640×480 with soft shapes and fine grain, about as large as photos are."""
    rng = np.random.default_rng(0)
    for number in range(count):
        soft = cv2.resize(rng.random((6, 8, 3), np.float32), (640, 480), interpolation=2)
        edges = cv2.resize(rng.random((48, 64, 3), np.float32), (640, 480), interpolation=0)
        grain = rng.standard_normal((480, 640, 3)).astype(np.float32)
        picture = np.clip(200 * soft + 30 * edges + 4 * grain, 0, 255).astype(np.uint8)
        (folder / f"{number:02}.jpg").write_bytes(encode_image(picture, "jpg", 92))


def time_export(library: Library, recipe: Recipe) -> float:
    """Return how many files a second an export writes, all of it counted."""
    options = ExportOptions(copies=COPIES, format="jpg", quality=QUALITY, workers=WORKERS)
    with tempfile.TemporaryDirectory() as out:
        start = time.perf_counter()
        written = [report.done for report in export(library, recipe, Path(out, "out"), options)][-1]
        return written / (time.perf_counter() - start)


def time_floor(library: Library, finished: Sequence[Image], pool: ThreadPoolExecutor) -> float:
    """Return how many copies a second decoding and encoding alone allow."""

    def work(path: Path, copy: Image) -> None:
        read_image(path)
        for _ in range(COPIES):
            encode_image(copy, "jpg", QUALITY)

    start = time.perf_counter()
    list(pool.map(work, map(library.path, library.images), finished))
    return COPIES * len(finished) / (time.perf_counter() - start)


def finish_copies(library: Library, recipe: Recipe) -> list[Image]:
    """Return the first copy of every image."""
    return [
        apply(draw(recipe, image.key, 1), read_image(library.path(image)))
        for image in library.images
    ]


def best(measure: Callable[[], float]) -> float:
    """Return the highest rate of a few rounds."""
    return max(measure() for _ in range(ROUNDS))


def run(folder: Path) -> None:
    """Print a line for each recipe."""
    everything = open_library(folder)
    step = -(-len(everything.images) // MOST_IMAGES)
    library = Library(everything.store, everything.images[::step], ())
    print(f"{len(library.images)} images, {COPIES} copies, {WORKERS} threads, files a second")
    print(f"{'':16}{'export':>10}{'floor':>10}{'floor / export':>18}")
    cv2.setNumThreads(1)
    with ThreadPoolExecutor(WORKERS) as pool:
        for name, steps in RECIPES.items():
            recipe = build_recipe({"version": 1, "steps": steps})
            finished = finish_copies(library, recipe)
            floor = best(partial(time_floor, library, finished, pool))
            rate = best(partial(time_export, library, recipe))
            print(f"{name:16}{rate:10,.0f}{floor:10,.0f}{floor / rate:18.2f}")


def main() -> None:
    """Run on the folder that is named, or on pictures made for the purpose."""
    if len(sys.argv) > 1:
        run(Path(sys.argv[1]))
        return
    with tempfile.TemporaryDirectory() as folder:
        make_photos(Path(folder))
        run(Path(folder))


if __name__ == "__main__":
    main()
