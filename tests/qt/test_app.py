"""The program as a process of its own: how it starts and how a signal ends it."""

import contextlib
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from studio.dataset.exports.manifest import read_manifest

PROJECT = Path(__file__).parents[2]
POSIX = pytest.mark.skipif(os.name != "posix", reason="is about signals of POSIX systems")
# The window's export is begun from inside, as a click would; the signal comes from outside.
EXPORT = """
import sys
from pathlib import Path
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QLineEdit
from studio.qt import app as program
from studio.qt.window import Window

class Begun(Window):
    def __init__(self):
        super().__init__()
        self._opener.opened.connect(self.begin)
    def begin(self):
        self.show_export()
        self.findChild(QLineEdit, "export.target").setText(sys.argv[2])
        QTimer.singleShot(0, self.export_page.start)

program.Window = Begun
sys.exit(program.run(Path(sys.argv[1])))
"""


def start(*arguments: object, home: Path) -> subprocess.Popen[str]:
    # A process in the background may ignore Ctrl-C, and what it starts would inherit that.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        return subprocess.Popen(
            [sys.executable, *map(str, arguments)],
            cwd=PROJECT,
            env={**os.environ, "AUGSTUDIO_HOME": str(home)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
    finally:
        signal.signal(signal.SIGINT, before)


@POSIX
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_during_an_export_leaves_whole_files_that_are_all_listed(
    photos: Path, tmp_path: Path, number: signal.Signals
) -> None:
    out = tmp_path / "out"
    for index in range(300):
        (photos / "cats" / f"more{index}.png").write_bytes((photos / "cats/0.png").read_bytes())
    program = start("-c", EXPORT, photos, out, home=tmp_path / "home")
    while not any(out.rglob("*.png")) and program.poll() is None:
        with contextlib.suppress(subprocess.TimeoutExpired):
            program.wait(0.02)
    program.send_signal(number)
    _, told = program.communicate(timeout=60)
    assert program.returncode == 130, told
    _, entries = read_manifest((out / "manifest.jsonl").read_bytes())
    files = {path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file()}
    assert files == {entry.output for entry in entries} | {"manifest.jsonl"}


def test_a_home_that_cannot_be_made_is_one_line(photos: Path, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    program = start("-m", "studio", photos, home=tmp_path / "file" / "home")
    told, fault = program.communicate(timeout=60)
    assert (program.returncode, told) == (2, "")
    assert fault.count("\n") == 1
    assert "AUGSTUDIO_HOME" in fault
