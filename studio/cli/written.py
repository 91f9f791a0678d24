"""The commands for what was written, exported or generated: verify it, or take it back."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from studio.cli.display import counting
from studio.cli.faults import MENDABLE, complain, one_line
from studio.cli.follow import follow
from studio.dataset.exports.generated import GeneratedHeader, GeneratedLine
from studio.dataset.exports.undo import count_written, undo
from studio.dataset.exports.verify import Finding, verify
from studio.errors import UserError
from studio.gan.start import start_tensorflow

_MOST_LINES = 20

Out = Annotated[
    Path, typer.Argument(metavar="OUT", help="Folder of an export, or generated images.")
]


def verify_command(
    out: Out,
    rerender: Annotated[
        bool,
        typer.Option("--rerender", help="Also make every file again, in memory, and compare."),
    ] = False,
) -> int:
    """Compare every file in OUT with its hash in the manifest. Nothing is written."""
    with counting() as show:
        report = follow(verify(out, rerender=rerender, remake=_remake), show)
    for note in report.notes:
        print(one_line(note))
    _print_extra("not in the manifest", report.extra)
    if report.findings:
        _print_findings(report.findings)
        count = len(report.findings)
        complain(f"{count:,} {'fault' if count == 1 else 'faults'} in {out}")
        return MENDABLE
    again = ", and each is made the same again" if rerender else ""
    print(one_line(f"all {report.done:,} files in {out} are as they were written{again}"))
    return 0


def undo_command(
    out: Out,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> int:
    """Remove what was exported to OUT, or generated there, except what has changed since."""
    count = count_written(out)
    if not yes and not _confirm(f"Remove {count:,} files from {out}?"):
        print("nothing was removed")
        return 0
    with counting() as show:
        report = follow(undo(out), show)
    _print_extra("not of this export, left alone", report.extra)
    print(one_line(f"{report.removed:,} files removed from {out}"))
    if report.kept:
        _print_findings(report.kept)
        complain(f"{len(report.kept):,} left, as they are not what was written")
        return MENDABLE
    return 0


def _remake(header: GeneratedHeader, lines: Sequence[GeneratedLine]) -> dict[str, str]:
    # TensorFlow takes seconds to import, and few folders need it.
    start_tensorflow()
    from studio.gan.remaking import compare_generated

    return compare_generated(header, lines)


def _confirm(question: str) -> bool:
    if not sys.stdin.isatty():
        raise UserError("undo removes files and asks before it does", "Give --yes to agree.")
    try:
        return input(f"{one_line(question)} [y/N] ").strip().lower() in ("y", "yes")
    except EOFError:
        return False


def _print_findings(findings: Sequence[Finding]) -> None:
    for finding in findings[:_MOST_LINES]:
        print(one_line(f"{finding.output}: {finding.reason}"))
    if len(findings) > _MOST_LINES:
        print(f"and {len(findings) - _MOST_LINES:,} more")


def _print_extra(what: str, extra: Sequence[str]) -> None:
    if extra:
        more = f" and {len(extra) - 1:,} more" if len(extra) > 1 else ""
        print(one_line(f"{what}: {extra[0]}{more}"))
