"""The commands: what each takes, and which part of the program does it."""

import io
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated

import typer

from studio import __version__
from studio.cli.checking import check_command
from studio.cli.exporting import apply_command, export_command
from studio.cli.faults import CANCELLED, MENDABLE, complain
from studio.cli.follow import terminable
from studio.cli.generating import generate_command
from studio.cli.listing import ops_command
from studio.cli.scoring import fill_score_command
from studio.cli.training import train_command
from studio.cli.written import undo_command, verify_command

WINDOW = "`augstudio [DIR]` opens the window."


def run(arguments: Sequence[str], *, tour: Callable[[Path], int]) -> int:
    """Do what the arguments say and return the exit code; UserError, Cancelled as they come.

    `tour` does the command of that name: it is the window's, which is not known here.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # No file's name may end a run, whatever characters the terminal knows.
            stream.reconfigure(errors="backslashreplace")
    command = typer.main.get_command(build_app(tour))
    try:
        with terminable():
            code = command.main(list(arguments), prog_name="augstudio", standalone_mode=False)
    except typer.TyperException as error:
        complain(f"{error.format_message().rstrip('.')}. `augstudio --help` tells what there is.")
        return MENDABLE
    if code == CANCELLED:
        complain("cancelled")
    return code or 0


def build_app(tour: Callable[[Path], int]) -> typer.Typer:
    """Return the command line; `tour` is called with the folder that its results go to."""
    app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)
    app.callback()(_describe)
    app.command("export")(export_command)
    app.command("verify")(verify_command)
    app.command("undo")(undo_command)
    app.command("apply")(apply_command)
    app.command("check")(check_command)
    app.command("fill-score")(fill_score_command)
    app.command("train")(train_command)
    app.command("generate")(generate_command)
    app.command("ops")(ops_command)

    @app.command("tour")
    def _tour(
        out: Annotated[Path, typer.Argument(metavar="OUT", help="New or empty folder.")],
    ) -> int:
        """Drive the window through the main job, and save pictures of it and an export in OUT."""
        return tour(out)

    return app


def _print_version(wanted: bool) -> None:
    if wanted:
        print(f"augstudio {__version__}. {WINDOW}")
        raise typer.Exit


def _describe(
    version: Annotated[
        bool,
        typer.Option(
            "--version", help="Print the version.", is_eager=True, callback=_print_version
        ),
    ] = False,
) -> None:
    """Augment image data sets. `augstudio [DIR]` opens the window; the commands do without.

    Exit codes: 0 done, 2 a mistake that one line tells, 130 cancelled.
    """
