"""Killed without a warning while it writes a checkpoint, a training goes on from a sound one."""

import errno
import os
import random
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from studio.dataset.library import open_library
from studio.errors import UserError
from studio.gan.checkpoint import load_newest
from studio.gan.reports import Began
from studio.gan.run_folder import RunFolder
from studio.gan.train import train
from tests.gan.killing import CONFIG
from tests.gan.sets import make_set

PROJECT = Path(__file__).parent.parent.parent
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows kills otherwise")


def start(*arguments: object) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.gan.killing", *map(str, arguments)],
        cwd=PROJECT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def kill_after(process: subprocess.Popen[bytes], folder: Path, step: int, most: float) -> None:
    """Kill it at a random moment after a checkpoint of at least this step was written."""
    while process.poll() is None and not any(
        int(path.stem) >= step for path in folder.glob("*.json")
    ):
        time.sleep(0.005)
    time.sleep(random.Random().uniform(0, most))
    assert process.poll() is None
    process.kill()
    process.wait()


def test_checkpoints_killed_at_random_moments_of_their_writing(tmp_path: Path) -> None:
    last = 0
    for _ in range(5):
        kill_after(start("save", tmp_path), tmp_path, last + 1, 0.1)
        checkpoint, arrays, faults = load_newest(tmp_path)
        assert faults == ()
        np.testing.assert_array_equal(arrays["step"], np.full(200_000, checkpoint.step))
        assert checkpoint.step > last
        last = checkpoint.step


def test_a_killed_training_goes_on_from_where_it_last_saved_until_the_disk_is_full(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, run = tmp_path / "set", tmp_path / "run"
    make_set(source, names=("",))
    kill_after(start("train", source, run), run / "checkpoints", 3, 0.2)
    saved = load_newest(run / "checkpoints")[0]
    assert saved.step >= 3
    work = train(CONFIG, open_library(source), run, resume=True)
    began = next(report for report in work if isinstance(report, Began))

    def fail(*arguments: object) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", fail)
        with pytest.raises(UserError, match="cannot be written: no space left") as caught:
            work.close()
    assert caught.value.hint == "Make room, then resume."
    assert load_newest(run / "checkpoints")[0] == saved
    assert (began.step, began.notes) == (saved.step, ())
    assert all(getattr(r, "step", 0) <= saved.step for r in RunFolder(run).reports())
