"""How long the window stands still while a GAN trains in it: gaps of a timer of 8 ms.

    python -m tests.benchmarks.gan_window DATASET [--minutes 1]

Opens the real window without a screen, goes to the page, which starts TensorFlow, trains with what
the page suggests, scrubs through the grids meanwhile, fills the gallery of the page that generates,
and closes.
"""

import argparse
import os
import tempfile
import time
from pathlib import Path

import numpy as np
from PySide6.QtCore import QAbstractItemModel, QEventLoop, QObject, Qt, QTimer
from PySide6.QtWidgets import QListView, QSlider

_LONGEST = 40.0


class Gaps(QObject):
    """The times between a timer's calls, by what went on."""

    def __init__(self) -> None:
        super().__init__()
        self.phase = "opening"
        self._found: dict[str, list[float]] = {}
        self._last = time.perf_counter()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._note)
        self._timer.start(8)

    def _note(self) -> None:
        now = time.perf_counter()
        self._found.setdefault(self.phase, []).append(1000 * (now - self._last))
        self._last = now

    def print(self) -> None:
        """Print what each phase was like, in milliseconds."""
        for phase, gaps in self._found.items():
            p50, p99 = np.percentile(gaps, [50, 99])
            figures = f"p50 {p50:5.1f}  p99 {p99:5.1f}  longest {max(gaps):6.1f} ms"
            print(f"{phase:20} {figures}, of {len(gaps):,} in {sum(gaps) / 1000:.0f} s")


def rest(milliseconds: int) -> None:
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("dataset", type=Path)
    parser.add_argument("--minutes", type=float, default=1.0)
    options = parser.parse_args()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    with tempfile.TemporaryDirectory() as home:
        os.environ["AUGSTUDIO_HOME"] = home
        measure(options.dataset, options.minutes)


def measure(dataset: Path, minutes: float) -> None:
    """Train in the window for so long, and print the gaps."""
    from studio.qt.app import build_app, open_window

    app = build_app()
    window, gaps = open_window(dataset), Gaps()
    window.resize(1600, 1000)
    rest(3000)
    gaps.phase = "augment page"
    rest(3000)
    gaps.phase = "page is made"
    window.show_train()
    rest(500)
    gaps.phase = "TensorFlow starts"
    rest(8000)
    gaps.phase = "training begins"
    page = window.gan.train
    page.start()
    while not page.history.stats:
        rest(50)
    gaps.phase = "training"
    end = time.monotonic() + 60 * minutes
    slider = page.findChild(QSlider, "train.film.time")
    while time.monotonic() < end and page.is_running():
        rest(700)
        if slider is not None:
            slider.setValue((slider.value() + 1) % (slider.maximum() + 1))
    gaps.phase = "saving"
    page.stop()
    while page.is_running():
        rest(50)
    gaps.phase = "Generate is made"
    window.show_generate()
    rest(300)
    gaps.phase = "gallery fills"
    view = window.gan.generate.findChild(QListView, "generate.gallery")
    assert view is not None
    model = view.model()
    end = time.monotonic() + _LONGEST
    while time.monotonic() < end and not (model.rowCount() and is_full(model)):
        rest(200)
    rest(1000)
    gaps.phase = "closing"
    window.close()
    gaps.print()
    app.processEvents()


def is_full(model: QAbstractItemModel) -> bool:
    """Tell whether each tile has a picture."""
    role = Qt.ItemDataRole.DecorationRole
    rows = range(model.rowCount())
    return all(model.index(row, 0).data(role) is not None for row in rows)


if __name__ == "__main__":
    main()
