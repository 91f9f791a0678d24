"""Time a scan of many small files in class folders: `python -m tests.benchmarks.scan [FILES]`.

The floor is a bare walk of the same tree in the same run, both with warm caches.
"""

import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from studio.dataset.library import open_library

CLASSES = 31
ROUNDS = 3


def make_tree(root: Path, files: int) -> None:
    """Fill class folders with `files` files of four bytes each."""
    for name in range(CLASSES):
        (root / f"class_{name:02}").mkdir()
    for number in range(files):
        Path(root, f"class_{number % CLASSES:02}", f"photo_{number:06}.jpg").write_bytes(b"tiny")


def measure(work: Callable[[], int]) -> tuple[float, int]:
    """Return the best time of a few rounds, in seconds, and what the work counted."""
    times = []
    count = 0
    for _ in range(ROUNDS):
        start = time.perf_counter()
        count = work()
        times.append(time.perf_counter() - start)
    return min(times), count


def main() -> None:
    """Print the time of a scan, files per second, and how often a bare walk would fit into it."""
    files = int(sys.argv[1]) if len(sys.argv) > 1 else 60_000
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        make_tree(root, files)
        floor, _ = measure(lambda: sum(len(names) for _, _, names in os.walk(root)))
        seconds, found = measure(lambda: len(open_library(root).images))
        library = open_library(root)
        library.select(text="x")
        search, _ = measure(lambda: len(library.select(text="Photo_0001")))
    print(f"scan of {found} files   {seconds * 1e3:8.1f} ms   {found / seconds:,.0f} files/s")
    print(f"bare os.walk            {floor * 1e3:8.1f} ms   ratio {seconds / floor:.1f}")
    print(f"search by name          {search * 1e3:8.1f} ms")


if __name__ == "__main__":
    main()
