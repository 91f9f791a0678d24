"""The commands: what each takes, and which part of the program does it."""

import io
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated

import typer
from msgspec.structs import replace
from rich.filesize import decimal

from studio import __version__
from studio.augment.recipe import SEED, Recipe, starting_recipe
from studio.augment.recipe_file import load_recipe
from studio.cli.faults import CANCELLED, MENDABLE, complain, one_line
from studio.cli.follow import follow, terminable
from studio.cli.images import gather_images
from studio.cli.operations import print_json, print_operations, print_schema
from studio.cli.progress import describe_seconds, find_images, print_skipped, run_export
from studio.cli.sheet import write_sheet
from studio.dataset.estimate import estimate
from studio.dataset.export import check_export_target, export, write_copies
from studio.dataset.image_file import read_image
from studio.dataset.library import Library
from studio.dataset.order import FORMATS, ExportOptions, select_images
from studio.dataset.target import check_empty
from studio.errors import UserError

WINDOW = "`augstudio [DIR]` opens the window."

RecipeFile = Annotated[
    Path | None,
    typer.Option(
        "--recipe",
        metavar="FILE",
        help="A recipe in YAML. Default: what a new recipe holds, flip, rotate, scale and noise.",
    ),
]
Seed = Annotated[
    int | None,
    typer.Option("--seed", metavar="S", help="Other draws of the recipe. Default: its own seed."),
]
Format = Annotated[
    str,
    typer.Option("--format", metavar="|".join(FORMATS), help="Format of the copies."),
]
Quality = Annotated[int, typer.Option("--quality", metavar="Q", help="Of JPEG and WebP, 1 to 100.")]


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
    app.command("export")(_export)
    app.command("apply")(_apply)
    app.command("ops")(_ops)

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


def _export(
    source: Annotated[Path, typer.Argument(metavar="SRC", help="The data set's folder.")],
    out: Annotated[Path, typer.Argument(metavar="OUT", help="New or empty folder elsewhere.")],
    recipe_file: RecipeFile = None,
    copies: Annotated[
        int, typer.Option("--copies", metavar="N", help="Copies of each image, 1 to 100.")
    ] = 4,
    seed: Seed = None,
    workers: Annotated[
        int | None,
        typer.Option("--workers", metavar="W", help="Threads. Default: one for each processor."),
    ] = None,
    include_originals: Annotated[
        bool, typer.Option("--include-originals", help="Copy the originals beside their copies.")
    ] = False,
    splits: Annotated[
        list[str] | None,
        typer.Option("--split", metavar="NAME", help="Only this split; may be repeated."),
    ] = None,
    classes: Annotated[
        list[str] | None,
        typer.Option("--class", metavar="NAME", help="Only this class; may be repeated."),
    ] = None,
    format: Format = "same",
    quality: Quality = 95,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only tell what would be written.")
    ] = False,
) -> None:
    """Write augmented copies of every image in SRC to OUT, and a manifest that tells each draw."""
    recipe = _load_recipe(recipe_file, seed)
    options = ExportOptions(
        copies=copies,
        include_originals=include_originals,
        format=format,
        quality=quality,
        splits=tuple(splits) if splits else None,
        classes=tuple(classes) if classes else None,
        workers=workers if workers is not None else os.cpu_count() or 1,
    )
    library = find_images(source)
    if dry_run:
        check_export_target(library, out)
        _print_estimate(library, recipe, options)
    else:
        run_export(export(library, recipe, out, options), out, library.problems)


def _apply(
    images: Annotated[list[Path], typer.Argument(metavar="IMAGE...", help="Image files.")],
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="New or empty folder.")],
    recipe_file: RecipeFile = None,
    variants: Annotated[
        int, typer.Option("--variants", metavar="N", help="Copies of each image, 1 to 100.")
    ] = 4,
    seed: Seed = None,
    format: Format = "same",
    quality: Quality = 95,
) -> None:
    """Write augmented copies of single images, and a manifest that tells each draw."""
    recipe = _load_recipe(recipe_file, seed)
    library = gather_images(images)
    options = ExportOptions(copies=variants, format=format, quality=quality)
    chosen = select_images(library, options)
    check_empty(out)
    run_export(write_copies(library, chosen, recipe, out, options), out, ())


def _ops(
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


def _load_recipe(file: Path | None, seed: int | None) -> Recipe:
    recipe = load_recipe(file) if file else starting_recipe()
    if seed is None:
        return recipe
    try:
        SEED.parse(seed)
    except ValueError as error:
        raise UserError(f"seed: {error}") from None
    return replace(recipe, seed=seed)


def _print_estimate(library: Library, recipe: Recipe, options: ExportOptions) -> None:
    result = follow(estimate(library, recipe, options))
    print_skipped((*library.problems, *result.problems))
    print(f"{result.files:,} files would be written")
    print(f"about {decimal(result.bytes)}, about {describe_seconds(result.seconds)}")
    print(one_line(f"such as {', '.join(sample.name for sample in result.samples)}"))
