"""Time the library pane with a synthetic library: `python -m tests.benchmarks.library [IMAGES]`.

Prints the time from `set_library` to the painted list and of a jump to its end, the memory they
take, and thumbnails per second.
"""

import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
from PySide6.QtWidgets import QApplication, QListView

from studio.dataset.library import ImageRef, Library
from studio.dataset.store import FolderStore
from studio.qt.library.view import LibraryView
from studio.qt.theme import apply_theme

CLASSES = 31
PHOTOS = 1_000


def make_library(root: Path, images: int) -> Library:
    """Return a library of that many images in class folders; the first `PHOTOS` files exist."""
    photo = np.random.default_rng(0).integers(0, 255, (480, 640, 3), np.uint8)
    data = cv2.imencode(".jpg", cv2.GaussianBlur(photo, (0, 0), 3))[1].tobytes()
    refs = []
    for number in range(images):
        name = f"class_{number * CLASSES // images:02}"
        refs.append(ImageRef(f"{name}/photo_{number:06}.jpg", "", name))
        if number < PHOTOS:
            path = root / refs[-1].key
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(data)
    return Library(FolderStore(root), tuple(refs), ())


def measure(work: Callable[[], object]) -> float:
    """Return the milliseconds of some work and of painting what it changed."""
    start = time.perf_counter()
    work()
    QApplication.processEvents()
    return (time.perf_counter() - start) * 1e3


def read_thumbnails(view: LibraryView) -> float:
    """Return how many thumbnails a second appear when the current image runs through the list."""
    grid = view.findChild(QListView, "library.thumbnails")
    assert grid is not None
    seen = 0
    start = time.perf_counter()
    for row in range(0, PHOTOS, 4):
        grid.scrollTo(grid.model().index(row, 0), QListView.ScrollHint.PositionAtTop)
        rows = range(row, row + 4)
        while any(grid.model().index(r, 0).data(1) is None for r in rows):
            QApplication.processEvents()
        seen += len(rows)
    return seen / (time.perf_counter() - start)


def resident() -> float:
    """Return the resident memory of this process in megabytes; 0 where it cannot be told."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
    except OSError:
        return 0.0
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def main() -> None:
    """Print the figures for the whole library."""
    images = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    app = QApplication(sys.argv[:1])
    apply_theme(app, "light")
    view = LibraryView()
    view.resize(260, 760)
    view.show()
    app.processEvents()
    with tempfile.TemporaryDirectory() as folder:
        library = make_library(Path(folder), images)
        before = resident()
        shown = measure(lambda: view.set_library(library))
        again = measure(lambda: view.set_library(library))
        after = resident()
        last = library.images[-1].key
        jump = measure(lambda: view.select(last))
        back = measure(lambda: view.select(library.images[0].key))
        speed = read_thumbnails(view)
        full = resident()
        view.shutdown()
    print(f"{images:,} images shown  {shown:7.1f} ms, again {again:.1f} ms")
    print(f"jump to the last       {jump:7.1f} ms, back {back:.1f} ms")
    print(f"memory for the list    {after - before:7.1f} MB")
    print(f"memory for thumbnails  {full - after:7.1f} MB after {PHOTOS} were seen")
    print(f"thumbnails             {speed:7.0f} a second, 640×480 JPEG")


if __name__ == "__main__":
    main()
