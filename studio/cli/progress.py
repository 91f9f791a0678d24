"""What long work shows: a bar on a terminal, otherwise now and then a line."""

import sys
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.filesize import decimal
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from studio.cli.faults import Cancelled, one_line
from studio.cli.follow import follow
from studio.dataset.library import Library, Problem, scan
from studio.dataset.manifest import MANIFEST
from studio.dataset.record import ExportReport
from studio.errors import UserError

_SECONDS_BETWEEN_LINES = 5.0
_MOST_SKIPPED = 10

Show = Callable[[ExportReport], None]


def find_images(source: Path) -> Library:
    """Return the library below a folder, with the count of what was found on a terminal."""
    console = Console()
    if not _can_redraw(console):
        return follow(scan(source))
    with console.status("looking for images") as status:
        return follow(scan(source), lambda found: status.update(f"{found:,} images found"))


def run_export(
    work: Generator[ExportReport, None, ExportReport], out: Path, passed_over: Sequence[Problem]
) -> None:
    """Run an export under a progress display, then print what was skipped and what was written.

    Cancelled tells how many files are there, UserError that none of the images could be read.
    """
    try:
        with _display() as show:
            report = follow(work, show)
    except Cancelled:
        raise Cancelled(f"cancelled: {_count_files(out):,} whole files are in {out}") from None
    skipped = (*passed_over, *report.skipped)
    if not report.done:
        first = f"{skipped[0].key}: {skipped[0].reason}."
        raise UserError("no file was written: none of the images could be read", first)
    print_skipped(skipped)
    print(
        one_line(
            f"{report.done:,} files written ({decimal(report.bytes)},"
            f" {report.files_per_second:,.0f} files/s) in {out}"
        )
    )


def print_skipped(skipped: Sequence[Problem]) -> None:
    """Print what was left out and why, the first few of many."""
    for problem in skipped[:_MOST_SKIPPED]:
        print(one_line(f"skipped {problem.key}: {problem.reason}"))
    if len(skipped) > _MOST_SKIPPED:
        print(f"and {len(skipped) - _MOST_SKIPPED:,} more")


def describe_seconds(seconds: float) -> str:
    """Return a duration as people say it: `8 s`, `2 min 5 s`, `3 h 20 min`."""
    whole = max(1, round(seconds))
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600:,} h {whole % 3600 // 60} min"


@contextmanager
def _display() -> Iterator[Show]:
    console = Console()
    if not _can_redraw(console):
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

        def show(report: ExportReport) -> None:
            rate, left = _rate_and_left(report)
            progress.update(task, completed=report.done, total=report.total, rate=rate, left=left)

        yield show


def _can_redraw(console: Console) -> bool:
    # rich also takes what the environment calls a terminal; a log there would fill with bars.
    return sys.stdout.isatty() and not console.is_dumb_terminal


def _lines() -> Show:
    due = time.monotonic() + _SECONDS_BETWEEN_LINES

    def show(report: ExportReport) -> None:
        nonlocal due
        if time.monotonic() < due:
            return
        due = time.monotonic() + _SECONDS_BETWEEN_LINES
        rate_and_left = ", ".join(filter(None, _rate_and_left(report)))
        print(f"{report.done:,} of {report.total:,} files, {rate_and_left}", flush=True)

    return show


def _rate_and_left(report: ExportReport) -> tuple[str, str]:
    left = f"{describe_seconds(report.seconds_left)} left" if report.seconds_left else ""
    return f"{report.files_per_second:,.0f} files/s", left


def _count_files(out: Path) -> int:
    try:
        with (out / MANIFEST).open("rb") as manifest:
            return max(0, sum(1 for _ in manifest) - 1)
    except OSError:
        return 0
