"""`augstudio fill-score` prints which fill is best, and writes nothing but what it is asked to."""

import json
import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest

from studio.__main__ import main
from studio.cli.scoring import BEST_PER_IMAGE
from studio.dataset.scoring.methods import all_methods
from tests.dataset.files import noise
from tests.dataset.trees import contents, write_image

Capture = pytest.CaptureFixture[str]
PROJECT = Path(__file__).parent.parent
RECIPE = """\
version: 1
missing:
- rule: no_data_value
  params: {value: 0}
"""


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """Two ramps, of which one misses a block."""
    for number in range(2):
        ramp = np.repeat(np.arange(20, 148, 2, dtype=np.uint8)[None], 48, axis=0)
        if number:
            ramp[10:20, 30:44] = 0
        write_image(tmp_path / "set" / f"{number}.png", ramp)
    return tmp_path / "set"


@pytest.fixture
def recipe(tmp_path: Path) -> Path:
    path = tmp_path / "recipe.yaml"
    path.write_text(RECIPE)
    return path


def run(*arguments: object) -> int | None:
    return main([str(argument) for argument in arguments])


def test_every_method_has_a_line_and_the_best_is_named(source: Path, capsys: Capture) -> None:
    before = contents(source)
    assert not run("fill-score", source, "--pattern", "blocks", "--seed", 3)
    first, *lines = capsys.readouterr().out.splitlines()
    assert first.split() == ["method", "PSNR", "RMSE", "SSIM", "time"]
    names = [method.name for method in all_methods()]
    table = {line[: line.index("  ")]: line.split()[-6:] for line in lines[: len(names) + 1]}
    assert table.keys() == {*names, BEST_PER_IMAGE}
    levels = [float(cells[0]) for cells in table.values()]
    assert levels[:-1] == sorted(levels[:-1], reverse=True)
    assert levels[-1] >= levels[0]
    assert lines[len(names) + 1 :] == [f"best over 2 images: {next(iter(table))}"]
    assert contents(source) == before


def test_figures_of_each_image_go_to_a_file(
    source: Path, recipe: Path, tmp_path: Path, capsys: Capture
) -> None:
    write_image(source / "bad.png").write_bytes(b"no picture")
    write_image(source / "none.png", np.zeros((9, 9), np.uint8))
    file = tmp_path / "scores.json"
    assert not run("fill-score", source, "--recipe", recipe, "--json", file)
    told = capsys.readouterr().out
    assert "skipped bad.png: " in told
    assert "skipped none.png: is missing wholly" in told
    data = json.loads(file.read_text())
    assert [row["key"] for row in data["rows"]] == ["0.png", "1.png"]
    assert {row["like"] for row in data["rows"]} == {"1.png"}
    assert [problem["key"] for problem in data["problems"]] == ["bad.png", "none.png"]
    assert data["means"].keys() == data["rows"][0]["fills"].keys()
    assert told.splitlines()[-1] == f"best over 2 images: {data['best']}"
    assert data["rules"][0]["rule"] == "no_data_value"


def test_what_is_hidden_where_nothing_is_missing_is_told(
    source: Path, recipe: Path, capsys: Capture
) -> None:
    assert not run("fill-score", source, "--images", 1)
    assert "no rule tells what is missing: blocks of 10 % were hidden" in capsys.readouterr().out
    (source / "1.png").unlink()
    assert not run("fill-score", source, "--recipe", recipe, "--share", 5)
    assert "the rules find no missing pixel: blocks of 5 % were hidden" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--pattern", "stars"), "pattern: must be one of missing, pixels, blocks, rows"),
        (("--share", "0"), "share: must be more than 0 and at most 90 %"),
        (("--rows", "0"), "rows: must be within 1..1,000"),
        (("--images", "-1"), "--images"),
        (("--json", "none/scores.json"), "cannot be written: there is no such folder"),
        (("--recipe", "none.yaml"), "none.yaml"),
    ],
)
def test_a_mistake_is_one_line(
    source: Path, capsys: Capture, arguments: tuple[str, ...], message: str
) -> None:
    assert run("fill-score", source, *arguments) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert message in told.err
    assert told.err.count("\n") == 1


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such terminals")
def test_ctrl_c_ends_it_and_leaves_no_file(tmp_path: Path) -> None:
    for number in range(50):
        write_image(tmp_path / "set" / f"{number:02}.png", noise((300, 400, 3), seed=number))
    file = tmp_path / "scores.json"
    command = [sys.executable, "-m", "studio", "fill-score", str(tmp_path / "set"), "--json"]
    terminal, end = os.openpty()
    # A process in the background may ignore Ctrl-C, and what it starts would inherit that.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        process = subprocess.Popen(
            [*command, str(file)],
            cwd=PROJECT,
            stdout=end,
            stderr=subprocess.PIPE,
            env={**os.environ, "TERM": "xterm"},
            text=True,
        )
    finally:
        signal.signal(signal.SIGINT, before)
    os.close(end)
    shown = b""
    while b"/50" not in shown and process.poll() is None:
        shown += os.read(terminal, 1024)
    process.send_signal(signal.SIGINT)
    with suppress(OSError):
        while os.read(terminal, 1024):
            continue
    _, stderr = process.communicate()
    os.close(terminal)
    assert (process.returncode, stderr) == (130, "cancelled\n")
    assert not file.exists()
