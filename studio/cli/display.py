"""What long work shows: a bar on a terminal, otherwise now and then a line."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from studio.dataset.exports.record import ExportReport
from studio.gan.samples import WriteReport

_SECONDS_BETWEEN_LINES = 5.0


class Counted(Protocol):
    """How far work on files is."""

    @property
    def done(self) -> int: ...
    @property
    def total(self) -> int: ...


Show = Callable[[Counted], None]


def can_redraw(console: Console) -> bool:
    """Return whether what was printed can be replaced."""
    # rich also takes what the environment calls a terminal; a log there would fill with bars.
    return sys.stdout.isatty() and not console.is_dumb_terminal


@contextmanager
def counting() -> Iterator[Show]:
    """Give what shows how far work is, with the rate and the time left where they are known."""
    console = Console()
    if not can_redraw(console):
        yield _lines()
        return
    columns = (
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TextColumn("{task.fields[left]}"),
    )
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("", total=None, rate="", left="")

        def show(report: Counted) -> None:
            rate, left = _rate_and_left(report)
            progress.update(task, completed=report.done, total=report.total, rate=rate, left=left)

        yield show


def describe_seconds(seconds: float) -> str:
    """Return a duration as people say it: `8 s`, `2 min 5 s`, `3 h 20 min`."""
    whole = max(1, round(seconds))
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600:,} h {whole % 3600 // 60} min"


def _lines() -> Show:
    due = time.monotonic() + _SECONDS_BETWEEN_LINES

    def show(report: Counted) -> None:
        nonlocal due
        if time.monotonic() < due:
            return
        due = time.monotonic() + _SECONDS_BETWEEN_LINES
        told = (f"{report.done:,} of {report.total:,} files", *_rate_and_left(report))
        print(", ".join(filter(None, told)), flush=True)

    return show


def _rate_and_left(report: Counted) -> tuple[str, str]:
    if not isinstance(report, ExportReport | WriteReport):
        return "", ""
    left = f"{describe_seconds(report.seconds_left)} left" if report.seconds_left else ""
    return f"{report.files_per_second:,.0f} files/s", left
