"""From the change of a slider to the painted preview, in the real window.

Run: python -m tests.benchmarks.preview [--fill fill_linear]

With `--fill` a tenth of the photo is missing, in blocks, rows and single pixels, and the recipe
begins with that fill.
"""

import argparse
import os
import statistics
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray
from PySide6.QtCore import QEventLoop, QTimer
from superqt import QDoubleRangeSlider

from studio.augment.missing.rules import MissingRule

if TYPE_CHECKING:
    from studio.qt.window import Window

_EDITS = 200
_STEPS = ("brightness", "gaussian_blur")
_NO_DATA = MissingRule("no_data_value", {"value": 255.0})


def main() -> None:
    """Print p50, p95 and the longest time for a small and a 12-megapixel source."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--fill", metavar="OPERATION", default="")
    fill = parser.parse_args().fill
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    with tempfile.TemporaryDirectory() as home:
        os.environ["AUGSTUDIO_HOME"] = home
        from studio.qt.app import build_app

        build_app()
        print(f"{_EDITS} edits of the rotation in a six-step recipe, preview of 1024×768")
        print(f"floor: OpenCV alone warps such a picture in {_time_warp() * 1000:.1f} ms")
        for width, height in ((1024, 768), (4000, 3000)):
            _measure(Path(home), width, height, fill)


def _measure(home: Path, width: int, height: int, fill: str) -> None:
    from studio.qt.window import Window

    folder = home / f"{width}"
    folder.mkdir()
    photo = _photo(width, height)
    window = Window()
    if fill:
        _lose(photo)
        recipe = replace(window.session.recipe, missing=(_NO_DATA,)).with_added(fill)
        window.session.edit(recipe.with_moved(recipe.steps[-1].id, 0), fill)
    cv2.imwrite(str(folder / "photo.tif"), photo)
    for name in _STEPS:
        window.session.edit(window.session.recipe.with_added(name), name)
    window.show()
    canvas, opened = window.augment_page.canvas, QEventLoop()
    canvas.painted.connect(opened.quit)
    window.open(folder)
    opened.exec()
    _resize_pane(window, 1024 + 24, 768 + 24)
    _rest(1000)
    times: list[float] = []
    shares: list[float] = []
    scale = canvas.needed_scale()
    slider = window.findChild(QDoubleRangeSlider, "step.rotate.angle.slider")
    assert isinstance(slider, QDoubleRangeSlider)
    for edit in range(_EDITS):
        times.append(_time_edit(window, slider, (-20.0, -15.0 + edit / 10)) * 1000)
        shares.append((window.augment_page.preview.scale / scale) ** 2)
        _rest(5)
    p95 = statistics.quantiles(times, n=20)[-1]
    print(
        f"{width}×{height} source, shown at {width * scale:.0f}×{height * scale:.0f}: "
        f"p50 {statistics.median(times):.1f} ms, p95 {p95:.1f} ms, longest {max(times):.1f} ms; "
        f"{statistics.mean(shares):.0%} of the pixels rendered while the slider moves"
    )
    window.close()


def _time_warp() -> float:
    photo, times = _photo(1024, 768), []
    matrix = cv2.getRotationMatrix2D((512, 384), 10, 1)
    for _ in range(50):
        start = time.perf_counter()
        cv2.warpAffine(photo, matrix, (1024, 768), borderMode=cv2.BORDER_REFLECT_101)
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def _time_edit(window: "Window", slider: QDoubleRangeSlider, value: tuple[float, float]) -> float:
    preview, loop = window.augment_page.preview, QEventLoop()

    def quit_at_newest(generation: int) -> None:
        if generation == preview.generation:
            loop.quit()

    window.augment_page.canvas.painted.connect(quit_at_newest)
    start = time.perf_counter()
    slider.setValue(value)
    loop.exec()
    seconds = time.perf_counter() - start
    window.augment_page.canvas.painted.disconnect(quit_at_newest)
    return seconds


def _resize_pane(window: "Window", width: int, height: int) -> None:
    """Make the canvas so large that each of its two panes has this size."""
    canvas = window.augment_page.canvas
    for _ in range(3):
        window.resize(
            window.width() + 2 * width + 1 - canvas.width(),
            window.height() + height - canvas.height(),
        )
        _rest(300)


def _photo(width: int, height: int) -> NDArray[np.uint8]:
    random = np.random.default_rng(0)
    coarse = random.integers(0, 240, (24, 32, 3), dtype=np.uint8)
    smooth = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_LINEAR)
    grain = random.integers(0, 12, (height, width, 3), dtype=np.uint8)
    return np.asarray(smooth + grain, dtype=np.uint8)


def _lose(photo: NDArray[np.uint8]) -> None:
    height, width = photo.shape[:2]
    random = np.random.default_rng(1)
    photo[random.random((height, width)) < 0.02] = 255
    photo[random.integers(0, height, 3)] = 255
    side = height // 20
    for top, left in zip(
        random.integers(0, height - side, 25), random.integers(0, width - side, 25), strict=True
    ):
        photo[top : top + side, left : left + side] = 255


def _rest(milliseconds: int) -> None:
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


if __name__ == "__main__":
    main()
