"""Whole exports: ours, albumentations' and what decoding and encoding alone allow."""

import tempfile
import time
from collections.abc import Callable, Collection
from concurrent.futures import Executor
from functools import partial
from pathlib import Path

from studio.augment.recipe import Recipe
from studio.augment.recipe_file import build_recipe
from studio.dataset.exports.export import export
from studio.dataset.exports.order import ExportOptions
from studio.dataset.library import Library, open_library
from tests.benchmarks.export import (
    COPIES,
    QUALITY,
    WORKERS,
    finish_copies,
    time_export,
    time_floor,
)
from tests.benchmarks.peers.recipes import CONTESTS
from tests.benchmarks.peers.script import open_processes, open_threads, time_script
from tests.benchmarks.peers.turns import print_table, take_turns

_PHOTOS = 124
_PHOTO_ROUNDS = 4
_SMALL = 5_000
_SMALL_ROUNDS = 3
_SMALL_TARGET = 2.0
_WARM_UP = 16
_CONDITIONS = f"{COPIES} copies, JPEG {QUALITY}, {WORKERS} workers, files a second"


def compare_photos(folder: Path) -> None:
    """Print the rates of every recipe on photos, beside the floor and the targets."""
    library = _open_some(folder, _PHOTOS)
    rows = [_compare_photos(library, contest) for contest in CONTESTS]
    print_table(
        f"Exports of {len(library.images)} photos, {_CONDITIONS}",
        [
            "recipe",
            "ours",
            "albumentations, threads / processes",
            "floor",
            "ours / albumentations",
            "target",
            "ours / floor",
            "target",
        ],
        rows,
    )


def _compare_photos(library: Library, contest: str) -> list[str]:
    names = ("ours", "threads", "processes", "floor")
    reached = _race(library, contest, names, _PHOTO_ROUNDS)
    _, _, peer_target, floor_target = CONTESTS[contest]
    return [
        contest,
        f"{reached['ours']:,.0f}",
        f"{reached['threads']:,.0f} / {reached['processes']:,.0f}",
        f"{reached['floor']:,.0f}",
        f"{reached['ours'] / _best_peer(reached):.2f}",
        f"{peer_target:g}",
        f"{reached['ours'] / reached['floor']:.2f}",
        f"{floor_target:g}",
    ]


def compare_small(folder: Path) -> None:
    """Print the rates of one recipe on many small pictures.

    There ours starts processes, which counts; that of albumentations does not, so ours is measured
    on such as were started before, too.
    """
    library = _open_some(folder, _SMALL)
    names = ("ours", "started", "threads", "processes")
    reached = _race(library, "the same + Gaussian noise σ = 25.5", names, _SMALL_ROUNDS)
    peer = _best_peer(reached)
    print_table(
        f"Exports of {len(library.images):,} pictures of 32×32, {_CONDITIONS}",
        [
            "recipe",
            "ours / not counting the start of processes",
            "albumentations, threads / processes",
            "ours / albumentations",
            "target",
        ],
        [
            [
                "geometry + noise",
                f"{reached['ours']:,.0f} / {reached['started']:,.0f}",
                f"{reached['threads']:,.0f} / {reached['processes']:,.0f}",
                f"{reached['ours'] / peer:.2f} / {reached['started'] / peer:.2f}",
                f"{_SMALL_TARGET:g}",
            ]
        ],
    )


def _race(library: Library, contest: str, names: Collection[str], rounds: int) -> dict[str, float]:
    recipe = build_recipe({"version": 1, "steps": CONTESTS[contest].steps})
    with open_threads() as threads, open_processes() as processes:

        def contestants(library: Library) -> dict[str, Callable[[], float]]:
            sources = [library.path(image) for image in library.images]
            everybody: dict[str, Callable[[], float]] = {
                "ours": partial(time_export, library, recipe),
                "started": partial(_time_started, library, recipe, processes),
                "threads": partial(time_script, contest, sources, threads),
                "processes": partial(time_script, contest, sources, processes),
            }
            if "floor" in names:
                finished = finish_copies(library, recipe)
                everybody["floor"] = partial(time_floor, library, finished, threads)
            return {name: everybody[name] for name in names}

        take_turns(contestants(Library(library.store, library.images[:_WARM_UP], ())), 1)
        return take_turns(contestants(library), rounds)


def _time_started(library: Library, recipe: Recipe, pool: Executor) -> float:
    """Return how many files a second an export writes on workers that are there."""
    options = ExportOptions(copies=COPIES, format="jpg", quality=QUALITY, workers=WORKERS)
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder, "out")
        start = time.perf_counter()
        *_, last = export(library, recipe, out, options, executor=pool)
        return last.done / (time.perf_counter() - start)


def _open_some(folder: Path, most: int) -> Library:
    everything = open_library(folder)
    step = -(-len(everything.images) // most)
    return Library(everything.store, everything.images[::step], ())


def _best_peer(reached: dict[str, float]) -> float:
    return max(reached["threads"], reached["processes"])
