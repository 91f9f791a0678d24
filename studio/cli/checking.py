"""The command that decodes every image of a data set and tells what is damaged."""

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from studio.cli.faults import one_line
from studio.cli.follow import follow
from studio.cli.progress import find_images
from studio.dataset.check import CheckReport, Verdict, check_files
from studio.dataset.library import Library
from studio.errors import UserError


def check_command(
    source: Annotated[Path, typer.Argument(metavar="SRC", help="The data set.")],
    notes: Annotated[
        bool, typer.Option("--notes", help="Also tell what is special, such as CMYK or animation.")
    ] = False,
) -> None:
    """Decode every image in SRC; list those that cannot be read, with exit code 2 if there are."""
    library = find_images(source)
    for problem in library.problems:
        print(one_line(f"passed over {problem.key}: {problem.reason}"))
    verdicts = _check(library)
    bad = [verdict for verdict in verdicts if verdict.reason]
    for verdict in bad:
        print(one_line(f"{verdict.key}: {verdict.reason}"))
    for verdict in verdicts if notes else ():
        for notice in verdict.notices or ():
            print(one_line(f"note on {verdict.key}: {notice}"))
    total = len(library.images)
    if bad:
        sys.stdout.flush()
        raise UserError(f"{len(bad):,} of {total:,} files cannot be read")
    print("The one file is sound" if total == 1 else f"All {total:,} files are sound")


def _check(library: Library) -> list[Verdict]:
    """Return the verdicts on all images, under a count on a terminal."""
    verdicts: list[Verdict] = []
    console = Console()
    if not sys.stdout.isatty() or console.is_dumb_terminal:
        follow(check_files(library), lambda report: verdicts.extend(report.verdicts))
        return verdicts
    with console.status("checking") as status:

        def show(report: CheckReport) -> None:
            verdicts.extend(report.verdicts)
            status.update(f"{report.done:,} of {report.total:,} files checked")

        follow(check_files(library), show)
    return verdicts
