"""A target that fails at any moment: said in a sentence, nothing half written, resumed the same."""

import errno
import multiprocessing
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from studio.dataset.exports.export import export
from studio.dataset.exports.lock import LOCK
from studio.dataset.exports.manifest import MANIFEST
from studio.dataset.exports.order import ExportOptions
from studio.dataset.library import open_library
from studio.errors import UserError
from tests.dataset.files import noise
from tests.dataset.interruptions import Case
from tests.dataset.trees import contents, drain, write_image

PROJECT = Path(__file__).parent.parent.parent
CALLS = ("open", "write", "replace", "fsync", "mkdir", "ftruncate")


@contextmanager
def failing_system(patch: pytest.MonkeyPatch, number: int, *, goes_on: bool) -> Iterator[list[int]]:
    """Let the call of this number to the operating system fail, and those after it if asked."""
    count = [0]

    def fail_in_turn(call: Callable[..., Any]) -> Callable[..., Any]:
        def wrapped(*arguments: Any, **others: Any) -> Any:
            count[0] += 1
            if count[0] == number or (goes_on and count[0] > number):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            return call(*arguments, **others)

        return wrapped

    with patch.context() as inner:
        for name in CALLS:
            inner.setattr(os, name, fail_in_turn(getattr(os, name)))
        yield count


@pytest.mark.parametrize("goes_on", [False, True])
def test_a_fault_at_any_call_leaves_whole_files_and_can_be_resumed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, goes_on: bool
) -> None:
    case = Case(tmp_path, options=ExportOptions(copies=1, include_originals=True, workers=1))
    number, calls = 0, 0
    while number <= calls:
        number += 1
        with failing_system(monkeypatch, number, goes_on=goes_on) as count:
            try:
                case.write(case.out)
                message = ""
            except UserError as error:
                message = f"{error.message}. {error.hint}"
        calls = count[0]
        assert_whole(case, message)
        case.go_on()
        case.assert_same()
        shutil.rmtree(case.out)
    assert number > 40


@pytest.mark.parametrize("goes_on", [False, True])
def test_a_fault_at_any_call_of_a_resume_can_be_resumed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, goes_on: bool
) -> None:
    case = Case(tmp_path, options=ExportOptions(copies=1, workers=1))
    lines = case.whole[MANIFEST].splitlines(keepends=True)
    number, calls = 0, 0
    while number <= calls:
        number += 1
        case.write(case.out)
        # A hole and a missing end: the manifest has to be replaced twice.
        (case.out / MANIFEST).write_bytes(b"".join([lines[0], *lines[2:5], lines[5][:9]]))
        with failing_system(monkeypatch, number, goes_on=goes_on) as count:
            try:
                case.resume()
            except UserError as error:
                assert "cannot be written" in error.message  # noqa: PT017
        calls = count[0]
        case.go_on()
        case.assert_same()
        shutil.rmtree(case.out)
    assert number > 10


def assert_whole(case: Case, message: str) -> None:
    """See that every file is what it should be, none is half written, and the message is right."""
    files = contents(case.out) if case.out.exists() else {}
    assert LOCK not in files
    assert not [name for name in files if name.endswith(".tmp")]
    written = {name: data for name, data in files.items() if name != MANIFEST}
    assert written.items() <= case.whole.items()
    if not message:
        assert files == case.whole
        return
    assert "cannot be written: no space left on device" in message
    if not written:
        assert not case.out.exists()
        assert "Choose a folder elsewhere" in message
    elif MANIFEST in files:
        listed = files[MANIFEST].count(b'"output"')
        some = f"{listed} of 12 files were written" if listed else "elsewhere"
        assert (some if listed < 12 else "All 12 files were written") in message


@pytest.mark.parametrize("size", [32, 90])
def test_a_disk_that_is_full_and_one_that_is_pulled_out(tmp_path: Path, size: int) -> None:
    """In a process of its own, which may mount a small disk for itself alone."""
    for number in range(30):
        image = noise((size, size, 3), seed=number)
        write_image(tmp_path / "set" / f"{number:02}.png", image)
    command = ["unshare", "--mount", "--map-root-user", sys.executable]
    program = [*command, "-m", "tests.dataset.full_disk", str(tmp_path)]
    try:
        done = subprocess.run(program, cwd=PROJECT, capture_output=True, text=True)
    except FileNotFoundError:
        pytest.skip("there is no unshare here")
    if "unshare" in done.stderr or "mount failed" in done.stderr:
        pytest.skip(f"no disk can be mounted here: {done.stderr.strip()}")
    assert done.returncode == 0, done.stderr
    assert "no space left on device" in done.stdout
    assert "Resume the export" in done.stdout


def test_a_target_that_vanishes_is_not_made_again(tmp_path: Path) -> None:
    case = Case(tmp_path)
    work = export(
        open_library(case.source), case.recipe, case.out, ExportOptions(copies=100, workers=1)
    )
    next(work)
    case.out.rename(tmp_path / "unmounted")
    with pytest.raises(UserError, match="cannot be written"):
        drain(work)
    assert not case.out.exists()


def test_a_worker_that_dies_is_said_and_can_be_made_up_for(tmp_path: Path) -> None:
    case = Case(tmp_path, options=ExportOptions(copies=100))
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=context) as processes:
        work = export(
            open_library(case.source), case.recipe, case.out, case.options, executor=processes
        )
        next(work)
        processes.submit(os._exit, 1)
        with pytest.raises(UserError, match="has died") as caught:
            drain(work)
    assert "Resume the export" in caught.value.hint
    case.resume()
    case.assert_same()


def test_nothing_readable_leaves_nothing(tmp_path: Path) -> None:
    source = tmp_path / "set"
    source.mkdir()
    (source / "a.png").write_text("no picture")
    report = drain(
        export(
            open_library(source),
            Case(tmp_path / "c").recipe,
            tmp_path / "x" / "out",
            ExportOptions(),
        )
    )
    assert (report.done, [problem.key for problem in report.skipped]) == (0, ["a.png"])
    assert not (tmp_path / "x").exists()
