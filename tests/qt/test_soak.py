"""A window that is open for hours holds no more than it did, and calls no build of Qt to abort."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
ROUNDS = 4
# In a process of its own, where no other test has left anything.
WORK = f"""
import json, os, sys
from pathlib import Path
os.environ["AUGSTUDIO_HOME"] = sys.argv[1]
from studio.qt.app import build_app
from tests.benchmarks.soak import try_short

app = build_app()
print(json.dumps(try_short(Path(sys.argv[1]), {ROUNDS})))
"""
# Some builds of PySide6 abort after thousands of calls that return nothing; ours must not.
PROGRAM = """
import os
os.environ["QT_QPA_PLATFORM"] = "offscreen"
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication, QLabel, QSlider

app = QApplication([])
thing, label, slider = QObject(), QLabel(), QSlider()
for count in range(40_000):
    thing.setObjectName("thing")
    label.setText("text")
    label.update()
    slider.setValue(count % 100)
    thing.setProperty("count", count)
    if count % 100 == 0:
        app.processEvents()
print("alive", flush=True)
"""


def test_two_hundred_thousand_calls_do_not_abort() -> None:
    result = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, timeout=120
    )
    assert (result.returncode, result.stdout) == (0, "alive\n"), result.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="reads memory and open files from /proc")
def test_hours_at_the_window_leave_nothing_behind(tmp_path: Path) -> None:
    # So that one allocator knows of all memory, Python's objects among it.
    env = {**os.environ, "PYTHONMALLOC": "malloc", "PYTHONPATH": str(PROJECT)}
    result = subprocess.run(
        [sys.executable, "-c", WORK, str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=300,
        cwd=PROJECT,
        env=env,
    )
    assert result.returncode == 0, result.stderr
    figures = json.loads(result.stdout)
    _, _, children, objects, threads, windows, files = (
        last - first for first, last in zip(figures[0], figures[-1], strict=True)
    )
    # A leak grows each time, a thread that works for the first time gets its memory once. Two
    # rounds whose pictures something keeps take 4 MB.
    in_use = [figure[1] for figure in figures]
    grown = [later - earlier for earlier, later in zip(in_use, in_use[2:], strict=False)]
    assert min(grown) < 2e6, in_use
    # Each edit stays in the history, where it can be undone, until it is one of a thousand.
    assert objects < ROUNDS * 60
    assert (children, windows) == (0, 0)
    assert threads <= 0
    assert files <= 0
