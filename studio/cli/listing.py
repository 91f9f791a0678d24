"""The command that lists the operations: for people, for programs, as pictures."""

from pathlib import Path
from typing import Annotated

import typer

from studio.cli.operations import print_json, print_operations, print_schema
from studio.cli.sheet import write_sheet
from studio.dataset.reading.image_file import read_image
from studio.errors import UserError


def ops_command(
    as_json: Annotated[bool, typer.Option("--json", help="As a JSON list.")] = False,
    as_schema: Annotated[
        bool, typer.Option("--schema", help="As the JSON Schema of recipe files.")
    ] = False,
    sheet: Annotated[
        Path | None,
        typer.Option("--sheet", metavar="FILE", help="As pictures: a contact sheet, PNG or JPEG."),
    ] = None,
    photo: Annotated[
        Path | None, typer.Option("--photo", metavar="IMAGE", help="What the sheet shows.")
    ] = None,
) -> None:
    """List the operations that a recipe may hold."""
    if as_json + as_schema + (sheet is not None) > 1:
        raise UserError("--json, --schema and --sheet exclude each other", "Give one of them.")
    if photo is not None and sheet is None:
        raise UserError("--photo is for --sheet", "Give both.")
    if sheet is not None:
        write_sheet(sheet, read_image(photo) if photo else None)
        return
    show = print_json if as_json else print_schema if as_schema else print_operations
    show()
