"""Killed without a warning at any moment: what is there is resumed to the same folder."""

import random
import subprocess
import sys
import time
from pathlib import Path

import pytest
from msgspec.structs import replace

from studio.augment.recipe import starting_recipe
from studio.dataset.exports.export import export
from studio.dataset.exports.lock import LOCK, locked
from studio.dataset.exports.manifest import MANIFEST
from studio.dataset.exports.order import ExportOptions
from studio.dataset.library import open_library
from tests.dataset.files import noise
from tests.dataset.trees import contents, drain, write_image

PROJECT = Path(__file__).parent.parent.parent
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows kills otherwise")


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", *map(str, arguments)], cwd=PROJECT, capture_output=True, text=True
    )


def start(*arguments: object) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", *map(str, arguments)],
        cwd=PROJECT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def test_exports_killed_at_random_moments(tmp_path: Path) -> None:
    for number in range(24):
        folder = "cat" if number % 2 else "dog"
        write_image(tmp_path / "set" / folder / f"{number}.png", noise((60, 80, 3), seed=number))
    done = run("tests.dataset.killing", tmp_path, 26)
    assert done.returncode == 0, done.stderr


def whole(source: Path, out: Path, copies: int) -> dict[str, bytes]:
    """Return the files of an uninterrupted export."""
    options = ExportOptions(copies=copies, workers=2)
    work = export(open_library(source), replace(starting_recipe(), seed=4), out, options)
    drain(work)
    return contents(out)


@pytest.mark.parametrize("most", [0.1, 0.4, 0.8])
def test_the_command_killed_and_resumed(tmp_path: Path, most: float) -> None:
    for index in range(20):
        write_image(tmp_path / "set" / f"{index}.png", noise((120, 160, 3), seed=index))
    source, out = tmp_path / "set", tmp_path / "out"
    process = start("studio", "export", source, out, "--copies", 20, "--seed", 4)
    wait_for(process, out / MANIFEST)
    time.sleep(random.Random().uniform(0, most))
    process.kill()
    process.wait()
    done = run("studio", "export", source, out, "--resume")
    assert done.returncode == 0, done.stderr
    assert contents(out) == whole(source, tmp_path / "whole", 20)


def test_worker_processes_end_with_a_killed_export_and_write_nothing_more(tmp_path: Path) -> None:
    for index in range(40):
        write_image(tmp_path / "set" / f"{index}.png", noise((9, 9, 3), seed=index))
    source, out = tmp_path / "set", tmp_path / "out"
    settings = ("--copies", 100, "--seed", 4, "--workers", 2)
    process = start("studio", "export", source, out, *settings)
    wait_for(process, out / "0_aug_1.png")
    process.kill()
    process.wait()
    assert (out / LOCK).exists()
    # At once: what orphans still hold must keep this one waiting, not fail it.
    with locked(out):
        before = contents(out)
    done = run("studio", "export", source, out, "--resume")
    assert done.returncode == 0, done.stderr
    assert 0 < len(before) < 4001
    assert contents(out) == whole(source, tmp_path / "whole", 100)


def wait_for(process: subprocess.Popen[bytes], path: Path) -> None:
    while not path.exists() and process.poll() is None:
        time.sleep(0.005)
