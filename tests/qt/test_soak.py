"""Some PySide6 builds abort after thousands of calls that return nothing; ours must not."""

import subprocess
import sys

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
