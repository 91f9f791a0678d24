"""One writer for a folder: the second is refused by name, a dead one's lock is no obstacle."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from studio.dataset.exports.export import export
from studio.dataset.exports.lock import LOCK, check_unlocked, locked
from studio.dataset.exports.order import ExportOptions
from studio.dataset.exports.target import check_empty
from studio.dataset.exports.undo import undo
from studio.dataset.exports.verify import verify
from studio.dataset.library import open_library
from studio.errors import UserError
from tests.dataset.interruptions import Case
from tests.dataset.trees import contents, drain

PROJECT = Path(__file__).parent.parent.parent
HOLD = """
import sys
from pathlib import Path
from studio.dataset.exports.lock import locked
with locked(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def hold(out: Path) -> subprocess.Popen[str]:
    """Return a process that holds the lock of a folder until it is killed or its input ends."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(out)],
        cwd=PROJECT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def test_a_second_writer_is_refused_and_told_who_the_first_is(tmp_path: Path) -> None:
    case = Case(tmp_path)
    whole = tmp_path / "whole"
    with hold(whole) as process:
        who = f"process {process.pid} on {socket.gethostname()} is writing"
        for work in (
            export(open_library(case.source), case.recipe, whole, case.options, resume=True),
            verify(whole),
            undo(whole),
        ):
            with pytest.raises(UserError, match=who):
                drain(work)
        process.communicate()
    assert contents(whole) == case.whole
    assert drain(verify(whole)).findings == ()


def test_a_running_export_keeps_a_second_one_out(tmp_path: Path) -> None:
    case = Case(tmp_path)
    options = ExportOptions(copies=100, workers=1)
    first = export(open_library(case.source), case.recipe, case.out, options)
    next(first)
    for resume in (False, True):
        second = export(open_library(case.source), case.recipe, case.out, options, resume=resume)
        with pytest.raises(UserError, match=f"process {os.getpid()} on|interrupted"):
            drain(second)
    drain(first)
    assert not (case.out / LOCK).exists()


def test_two_at_once_in_a_new_folder(tmp_path: Path) -> None:
    case = Case(tmp_path)
    case.out.mkdir()
    with hold(case.out) as process:
        with pytest.raises(UserError, match=f"process {process.pid} on"):
            case.write(case.out)
        process.communicate()
    case.write(case.out)
    case.assert_same()


def test_a_lock_that_a_dead_process_left_is_no_obstacle(tmp_path: Path) -> None:
    case = Case(tmp_path)
    case.stop_after(2)
    with hold(case.out) as process:
        process.kill()
    assert (case.out / LOCK).exists()
    check_unlocked(case.out)
    case.resume()
    case.assert_same()


def test_only_what_a_killed_start_left_counts_as_empty(tmp_path: Path) -> None:
    case = Case(tmp_path)
    case.out.mkdir()
    with hold(case.out) as process:
        process.kill()
    (case.out / ".augstudio-1f.tmp").write_bytes(b"half a line")
    check_empty(case.out)
    case.write(case.out)
    case.assert_same()


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
def test_a_link_in_place_of_the_lock_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "precious").write_text("text")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / LOCK).symlink_to(tmp_path / "precious")
    with pytest.raises(OSError, match="symbolic links"), locked(tmp_path / "out"):
        pass
    assert (tmp_path / "precious").read_text() == "text"
