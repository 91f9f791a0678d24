"""Running long work from the command line, and what is said when it ends."""

from collections.abc import Generator, Sequence
from pathlib import Path

from rich.console import Console
from rich.filesize import decimal

from studio.cli.display import can_redraw, counting, describe_seconds
from studio.cli.faults import Cancelled, one_line
from studio.cli.follow import follow
from studio.dataset.exports.record import ExportReport
from studio.dataset.exports.resume import find_unfinished
from studio.dataset.library import Library, Problem, scan
from studio.dataset.reading.image_file import MAX_PIXELS
from studio.errors import UserError

__all__ = ["describe_seconds", "find_images", "print_skipped", "run_export"]

_MOST_SKIPPED = 10


def find_images(source: Path, max_pixels: int = MAX_PIXELS) -> Library:
    """Return the library below a folder, with the count of what was found on a terminal."""
    work = scan(source, max_pixels=max_pixels)
    console = Console()
    if not can_redraw(console):
        return follow(work)
    with console.status("looking for images") as status:
        return follow(work, lambda found: status.update(f"{found:,} images found"))


def run_export(
    work: Generator[ExportReport, None, ExportReport], out: Path, passed_over: Sequence[Problem]
) -> None:
    """Run an export under a progress display, then print what was skipped and what was written.

    Cancelled tells how many files are there, UserError that none of the images could be read.
    """
    try:
        with counting() as show:
            report = follow(work, show)
    except Cancelled:
        raise Cancelled(_describe_stop(out)) from None
    skipped = (*passed_over, *report.skipped)
    if not report.done:
        first = f"{skipped[0].key}: {skipped[0].reason}."
        raise UserError("no file was written: none of the images could be read", first)
    print_skipped(skipped)
    print(one_line(_describe_end(report, out)))


def print_skipped(skipped: Sequence[Problem]) -> None:
    """Print what was left out and why, the first few of many."""
    for problem in skipped[:_MOST_SKIPPED]:
        print(one_line(f"skipped {problem.key}: {problem.reason}"))
    if len(skipped) > _MOST_SKIPPED:
        print(f"and {len(skipped) - _MOST_SKIPPED:,} more")


def _describe_end(report: ExportReport, out: Path) -> str:
    written = report.done - report.kept
    if report.kept and not written:
        return f"nothing was missing: all {report.done:,} files are in {out}"
    rate = f"{report.files_per_second:,.0f} files/s"
    if report.kept:
        return (
            f"{written:,} files written ({rate}), {report.kept:,} kept;"
            f" {decimal(report.bytes)} in {out}"
        )
    return f"{written:,} files written ({decimal(report.bytes)}, {rate}) in {out}"


def _describe_stop(out: Path) -> str:
    left = find_unfinished(out)
    if left is None:
        return "cancelled"
    return f"cancelled: {left.written:,} whole files are in {out}; --resume writes the others"
