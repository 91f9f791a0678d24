"""Work in a process of its own: reports, ends, errors, and children that die."""

import multiprocessing
import os
import signal
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from studio.errors import UserError
from studio.gan.apart import close_idle, run_apart
from studio.gan.reports import Waiting


def count_to(end: int) -> Generator[int, None, str]:
    yield from range(end)
    return "done"


def fail(error: Exception) -> Generator[int, None, None]:
    yield 1
    raise error


def tell_process_for_ever(mark: Path) -> Generator[int, None, None]:
    try:
        while True:
            yield os.getpid()
    finally:
        mark.write_text("closed")


def follow(job: Generator[Any, None, Any]) -> tuple[list[Any], Any]:
    """Return what a job reported, without its waiting, and what it returned."""
    reports: list[Any] = []
    while True:
        try:
            report = next(job)
        except StopIteration as end:
            return reports, end.value
        if not isinstance(report, Waiting):
            reports.append(report)


def first(job: Generator[Any, None, Any]) -> Any:
    return next(report for report in job if not isinstance(report, Waiting))


def test_reports_and_the_result_arrive_and_the_process_is_used_again(tmp_path: Path) -> None:
    assert follow(run_apart(count_to, 3)) == ([0, 1, 2], "done")
    jobs = [run_apart(tell_process_for_ever, tmp_path / "mark") for _ in range(2)]
    processes = []
    for job in jobs:
        processes.append(first(job))
        job.close()
        assert (tmp_path / "mark").read_text() == "closed"
    assert processes[0] == processes[1] != os.getpid()


def test_errors_arrive_as_they_are_and_nothing_is_left_running() -> None:
    with pytest.raises(UserError, match="too few") as caught:
        follow(run_apart(fail, UserError("too few", "add some")))
    assert caught.value.hint == "add some"
    with pytest.raises(ZeroDivisionError):
        follow(run_apart(fail, ZeroDivisionError()))
    assert follow(run_apart(count_to, 1)) == ([0], "done")
    close_idle()
    assert "tensorflow" not in [child.name for child in multiprocessing.active_children()]


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="knows no such signal")
def test_a_process_that_is_killed_is_told_and_replaced(tmp_path: Path) -> None:
    job = run_apart(tell_process_for_ever, tmp_path / "mark")
    os.kill(first(job), signal.SIGKILL)
    with pytest.raises(UserError, match="out of memory"):
        follow(job)
    again = run_apart(count_to, 1)
    assert isinstance(next(again), Waiting)
    # Nothing has begun that could be lost, so nobody waits for TensorFlow.
    again.close()
