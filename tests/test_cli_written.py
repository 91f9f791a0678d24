"""Resume, verify and undo as commands: what they say, their exit codes, and what they ask."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from studio.__main__ import main
from studio.dataset.exports.manifest import MANIFEST
from tests.dataset.files import noise
from tests.dataset.trees import contents, write_classes, write_image

Capture = pytest.CaptureFixture[str]
PROJECT = Path(__file__).parent.parent


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return write_classes(tmp_path / "set")


def run(*arguments: object) -> int | None:
    return main([str(argument) for argument in arguments])


def interrupt(out: Path) -> None:
    """Leave of an export what a kill could leave: half the manifest, files without lines."""
    data = (out / MANIFEST).read_bytes()
    lines = data.splitlines(keepends=True)
    (out / MANIFEST).write_bytes(b"".join(lines[: len(lines) // 2]) + lines[-2][:30])
    (out / ".augstudio.lock").write_text("999999999 nowhere")


SETTINGS: tuple[object, ...] = ("--copies", 3, "--seed", 8, "--format", "webp", "--class", "cat")


def test_resume_takes_every_setting_from_the_manifest(
    source: Path, tmp_path: Path, capsys: Capture
) -> None:
    out = tmp_path / "out"
    assert run("export", source, out, *SETTINGS, "--include-originals") == 0
    whole = contents(out)
    for settings in ((), SETTINGS, ("--workers", 1)):
        interrupt(out)
        capsys.readouterr()
        assert run("export", source, out, "--resume", *settings) == 0
        assert contents(out) == whole
        told = capsys.readouterr().out
        assert "6 files written" in told
        assert "6 kept" in told
    assert run("export", source, out, "--resume") == 0
    assert "nothing was missing: all 12 files" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        (("--copies", 4), "copies was 3 and is 4"),
        (("--seed", 9), "recipe.seed was 8 and is 9"),
        (("--class", "dog"), 'classes was ["cat"] and is ["dog"]'),
        (("--held-out", "omit"), "held_out was copy and is omit"),
        (("--include-originals",), "include_originals was false and is true"),
    ],
)
def test_another_setting_is_named_on_one_line(
    source: Path, tmp_path: Path, capsys: Capture, setting: tuple[object, ...], words: str
) -> None:
    out = tmp_path / "out"
    assert run("export", source, out, *SETTINGS) == 0
    interrupt(out)
    before = contents(out)
    capsys.readouterr()
    assert run("export", source, out, "--resume", *setting) == 2
    told = capsys.readouterr().err
    assert words in told
    assert "new folder" in told
    assert told.count("\n") == 1
    before.pop(".augstudio.lock")
    assert contents(out) == before


def test_single_images_resume_as_well(tmp_path: Path) -> None:
    image, out = write_image(tmp_path / "a.png"), tmp_path / "out"
    assert run("apply", image, "--out", out, "--variants", 6) == 0
    whole = contents(out)
    interrupt(out)
    assert run("apply", image, "--out", out, "--variants", 6) == 2
    assert run("apply", image, "--out", out, "--variants", 6, "--resume") == 0
    assert contents(out) == whole
    assert run("verify", out, "--rerender") == 0


def test_a_fresh_folder_is_numbered_and_named(
    source: Path, tmp_path: Path, capsys: Capture
) -> None:
    out = tmp_path / "out"
    for name in ("out", "out-2", "out-3"):
        assert run("export", source, out, "--copies", 1, "--fresh") == 0
        told = capsys.readouterr().out
        assert (f"writing to {tmp_path / name}\n" in told) == (name != "out")
    assert contents(tmp_path / "out-3") == contents(out)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["export", "set", "new", "--resume"], "new: holds no export"),
        (["export", "set", "set", "--resume"], "set: holds no export"),
        (["export", "set", "new", "--resume", "--fresh"], "--resume, --fresh"),
        (["export", "set", "new", "--dry-run", "--fresh"], "--dry-run"),
        (["verify", "set"], "set: holds no export"),
        (["verify", "new"], "new: holds no export"),
        (["undo", "set", "--yes"], "set: holds no export"),
        (["undo", "new"], "new: holds no export"),
    ],
)
def test_mistakes(
    source: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: Capture,
    arguments: list[str],
    words: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    before = contents(tmp_path)
    assert run(*arguments) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert words in told.err
    assert told.err.count("\n") == 1
    assert contents(tmp_path) == before
    assert not (tmp_path / "new").exists()


def test_verify_lists_what_it_finds(source: Path, tmp_path: Path, capsys: Capture) -> None:
    out = tmp_path / "out"
    run("export", source, out)
    capsys.readouterr()
    assert run("verify", out) == 0
    assert capsys.readouterr().out.startswith("all 24 files in")
    assert run("verify", out, "--rerender") == 0
    assert "made the same again" in capsys.readouterr().out
    for path in out.rglob("*.png"):
        path.unlink()
    (out / "other.txt").touch()
    assert run("verify", out) == 2
    told = capsys.readouterr()
    lines = told.out.splitlines()
    assert lines[0] == "not in the manifest: other.txt"
    assert lines[1:3] == ["cat/a0_aug_1.png: is missing", "cat/a0_aug_2.png: is missing"]
    assert lines[-1] == "and 4 more"
    assert len(lines) == 22
    assert told.err.startswith("24 faults in")


def ask(out: Path, answer: str) -> subprocess.CompletedProcess[str]:
    """Run undo with a terminal to answer on."""
    pty = pytest.importorskip("pty")
    ours, theirs = pty.openpty()
    try:
        os.write(ours, answer.encode())
        return subprocess.run(
            [sys.executable, "-m", "studio", "undo", str(out)],
            cwd=PROJECT,
            stdin=theirs,
            capture_output=True,
            text=True,
        )
    finally:
        os.close(ours)
        os.close(theirs)


def test_undo_asks_first(source: Path, tmp_path: Path, capsys: Capture) -> None:
    out = tmp_path / "out"
    run("export", source, out, "--copies", 1)
    before = contents(out)
    done = ask(out, "n\n")
    assert done.returncode == 0
    assert "Remove 6 files from" in done.stdout
    assert "nothing was removed" in done.stdout
    assert contents(out) == before
    without = subprocess.run(
        [sys.executable, "-m", "studio", "undo", str(out)],
        cwd=PROJECT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    assert (without.returncode, without.stdout) == (2, "")
    assert "--yes" in without.stderr
    done = ask(out, "y\n")
    assert "6 files removed" in done.stdout
    assert contents(out) == {}


def test_undo_says_what_it_left(source: Path, tmp_path: Path, capsys: Capture) -> None:
    out = tmp_path / "out"
    run("export", source, out, "--copies", 1)
    (out / "cat" / "a0_aug_1.png").write_text("retouched")
    (out / "dog" / "notes.txt").write_text("mine")
    capsys.readouterr()
    assert run("undo", out, "--yes") == 2
    told = capsys.readouterr()
    assert told.out.splitlines() == [
        "not of this export, left alone: dog/notes.txt",
        f"5 files removed from {out}",
        "cat/a0_aug_1.png: differs from the manifest",
    ]
    assert told.err == "1 left, as they are not what was written\n"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
def test_ctrl_c_that_reaches_every_process_of_a_terminal(tmp_path: Path) -> None:
    for index in range(40):
        write_image(tmp_path / "set" / f"{index}.png", noise((9, 9, 3), seed=index))
    out = tmp_path / "out"
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        process = subprocess.Popen(
            [sys.executable, "-m", "studio", "export", tmp_path / "set", out, "--copies", "100"],
            cwd=PROJECT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
    finally:
        signal.signal(signal.SIGINT, before)
    while not (out / "0_aug_1.png").exists() and process.poll() is None:
        time.sleep(0.01)
    os.killpg(process.pid, signal.SIGINT)
    stdout, stderr = process.communicate()
    assert (process.returncode, stdout) == (130, "")
    assert "whole files are in" in stderr
    assert "--resume" in stderr
    assert stderr.count("\n") == 1
    assert run("export", tmp_path / "set", out, "--resume") == 0
    assert run("verify", out) == 0
