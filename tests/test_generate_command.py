"""Generating from the command line: what it prints, and mistakes told before anything is loaded."""

import subprocess
import sys
from pathlib import Path

import pytest

from studio.__main__ import main
from studio.dataset.export_mark import GENERATED
from studio.dataset.library import open_library
from tests.dataset.trees import contents
from tests.gan.tiny_run import EACH, copy_run

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def trained(tmp_path: Path) -> Path:
    return copy_run(tmp_path / "run")


def run(*arguments: object) -> int | None:
    return main([str(argument) for argument in arguments])


def test_what_is_generated_can_be_verified_filled_up_exported_and_undone(
    trained: Path, tmp_path: Path, capsys: Capture
) -> None:
    out = tmp_path / "out"
    assert run("generate", trained, out, "--count", 3, "--class", "dog", "--truncation", 0.7) == 0
    assert capsys.readouterr().out.startswith("3 images (")
    assert sorted(path.name for path in (out / "dog").iterdir()) == [
        f"gan-0000000{number}.png" for number in range(3)
    ]
    assert run("generate", trained, out, "--fill", EACH + 4, "--last", "--format", "webp") == 0
    assert capsys.readouterr().out.startswith("5 images (")
    assert open_library(out).counts() == {("", "cat"): 4, ("", "dog"): 4}
    assert run("generate", trained, out, "--fill", EACH + 4) == 0
    assert "nothing to do: every class has 16 images or more" in capsys.readouterr().out
    assert run("verify", out, "--rerender") == 0
    assert "all 8 files" in (told := capsys.readouterr().out)
    assert "each is made the same again" in told
    assert run("export", out, tmp_path / "copies", "--copies", 1) == 0
    assert "8 files written" in (told := capsys.readouterr().out)
    assert "skipped" not in told
    assert run("undo", out, "--yes") == 0
    assert "8 files removed" in capsys.readouterr().out
    assert not contents(out)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--count", "0"), "count: must be within 1..1,000,000"),
        ((), "count: give either count or fill"),
        (("--count", "1", "--class", "zebra"), "knows no 'zebra'. There are: cat, dog."),
        (("--count", "1", "--truncation", "9"), "truncation: must be more than 0"),
        (("--count", "1", "--format", "gif"), "format: must be one of png, jpg, webp"),
        (("--count", "1"), "out: is not empty"),
    ],
)
def test_a_mistake_is_one_line_and_nothing_is_written(
    trained: Path, tmp_path: Path, capsys: Capture, arguments: tuple[str, ...], message: str
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "thesis.txt").write_text("mine")
    assert run("generate", trained, out, *arguments) == 2
    error = capsys.readouterr().err
    assert message in error
    assert error.count("\n") == 1
    assert contents(out).keys() == {"thesis.txt"}


def test_a_folder_that_is_no_run_is_told_before_tensorflow_is_loaded(tmp_path: Path) -> None:
    code = "import sys; from studio.__main__ import main; code = main(); "
    code += "sys.exit(99 if 'tensorflow' in sys.modules else code)"
    places = [str(tmp_path / "none"), str(tmp_path / "out")]
    command = [sys.executable, "-c", code, "generate", *places, "--count", "1"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stderr == f"{places[0]}: is no run; it has no config.yaml\n"
    assert done.returncode == 2
    assert not (tmp_path / "out" / GENERATED).exists()
