"""Training from the command line: what it prints, and mistakes told before anything is loaded."""

import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

from studio.__main__ import main

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def source(tmp_path: Path) -> Path:
    rng = np.random.default_rng(0)
    for number in range(10):
        path = tmp_path / "set" / f"{number}.png"
        path.parent.mkdir(exist_ok=True)
        cv2.imwrite(str(path), rng.integers(0, 255, (20, 20), np.uint8))
    return tmp_path / "set"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--size", "30"), "size: must be one of"),
        (("--preset", "best"), "preset: 'best' is none. There are: fast, classic"),
        (("--minutes", "1", "--kimg", "1"), "--minutes and --kimg exclude each other"),
    ],
)
def test_a_mistake_is_told_before_tensorflow_is_loaded(
    source: Path, tmp_path: Path, arguments: tuple[str, ...], message: str
) -> None:
    code = "import sys; from studio.__main__ import main; code = main(); "
    code += "sys.exit(99 if 'tensorflow' in sys.modules else code)"
    command = [sys.executable, "-c", code, "train", str(source), str(tmp_path / "run"), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert message in done.stderr
    assert done.returncode == 2
    assert not (tmp_path / "run").exists()


def test_a_training_tells_what_it_does_and_where_its_results_are(
    source: Path, tmp_path: Path, capsys: Capture
) -> None:
    run = tmp_path / "run"
    options = ["--size", "16", "--grey", "--kimg", "0.016", "--batch", "8"]
    assert main(["train", str(source), str(run), *options]) == 0
    printed = capsys.readouterr().out
    assert "training on 10 images, " in printed
    assert "16 images seen in " in printed
    assert f"; the generator is in {run}" in printed
    assert (run / "generator.keras").is_file()
    assert main(["train", str(source), str(run), *options, "--mirror", "--resume"]) == 2
    assert "mirror: this run was begun with False, not True" in capsys.readouterr().err
