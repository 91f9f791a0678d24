"""From the start of the program to the painted window: `python -m tests.benchmarks.startup`.

Each run is a process of its own; the floor is a window of Qt with nothing in it.
"""

import os
import statistics
import subprocess
import sys
import tempfile

_RUNS = 7
_SHOW = """
import time
start = time.perf_counter()
{build}
window.show()
app.processEvents()
print(time.perf_counter() - start, flush=True)
window.close()
"""
_STUDIO = """
from studio.qt.app import build_app
from studio.qt.window import Window
app = build_app()
window = Window()
"""
_FLOOR = """
from PySide6.QtWidgets import QApplication, QMainWindow
app = QApplication([])
window = QMainWindow()
"""


def main() -> None:
    """Print the median over a few runs of each."""
    studio, floor = _time(_STUDIO), _time(_FLOOR)
    print(f"window painted  {studio * 1000:5.0f} ms")
    print(f"bare Qt window  {floor * 1000:5.0f} ms   ratio {studio / floor:.1f}")


def _time(build: str) -> float:
    with tempfile.TemporaryDirectory() as home:
        platform = os.environ.get("QT_QPA_PLATFORM", "offscreen")
        env = {**os.environ, "AUGSTUDIO_HOME": home, "QT_QPA_PLATFORM": platform}
        command = [sys.executable, "-c", _SHOW.format(build=build)]
        runs = [subprocess.check_output(command, env=env, text=True) for _ in range(_RUNS)]
    return statistics.median(map(float, runs))


if __name__ == "__main__":
    main()
