"""The commands that write copies: of a whole data set, and of single images."""

import os
from pathlib import Path
from typing import Annotated

import typer
from rich.filesize import decimal

from studio.augment.recipe import Recipe
from studio.cli.faults import one_line
from studio.cli.follow import follow
from studio.cli.images import gather_images
from studio.cli.options import (
    MEGAPIXELS,
    Format,
    Megapixels,
    Quality,
    RecipeFile,
    Seed,
    as_begun,
    choose_recipe,
)
from studio.cli.progress import describe_seconds, find_images, print_skipped, run_export
from studio.dataset.exports.estimate import estimate
from studio.dataset.exports.export import check_export_target, export, write_copies
from studio.dataset.exports.options import HELD_OUT, ExportOptions
from studio.dataset.exports.order import select_images
from studio.dataset.exports.target import check_empty, free_folder
from studio.dataset.library import Library
from studio.errors import UserError


def export_command(
    context: typer.Context,
    source: Annotated[
        Path, typer.Argument(metavar="SRC", help="The data set: a folder or an archive.")
    ],
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
    held_out: Annotated[
        str,
        typer.Option(
            "--held-out",
            metavar="|".join(HELD_OUT),
            help="Validation and test images: copied as they are, left out, or augmented too.",
        ),
    ] = "copy",
    balance: Annotated[
        bool,
        typer.Option("--balance", help="As many files of each class: more copies of small ones."),
    ] = False,
    format: Format = "same",
    quality: Quality = 95,
    megapixels: Megapixels = MEGAPIXELS,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only tell what would be written.")
    ] = False,
    resume: Annotated[
        bool,
        typer.Option("--resume", help="Go on with the interrupted export in OUT, as it was begun."),
    ] = False,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Write to OUT-2, OUT-3 ... where OUT is not empty.")
    ] = False,
) -> None:
    """Write augmented copies of every image in SRC to OUT, and a manifest that tells each draw."""
    if resume + fresh + dry_run > 1:
        raise UserError("--resume, --fresh and --dry-run exclude each other", "Give one of them.")
    recipe = choose_recipe(recipe_file, seed)
    options = ExportOptions(
        copies=copies,
        include_originals=include_originals,
        format=format,
        quality=quality,
        splits=tuple(splits) if splits else None,
        classes=tuple(classes) if classes else None,
        workers=workers if workers is not None else os.cpu_count() or 1,
        held_out=held_out,
        balance=balance,
    )
    max_pixels = megapixels * 1_000_000
    if resume:
        recipe, options, max_pixels = as_begun(context, out, recipe, options)
    library = find_images(source, max_pixels)
    if dry_run:
        check_export_target(library, out)
        _print_estimate(library, recipe, options)
        return
    target = _fresh_folder(out) if fresh else out
    run_export(export(library, recipe, target, options, resume=resume), target, library.problems)


def _fresh_folder(out: Path) -> Path:
    try:
        check_empty(out)
    except UserError:
        out = free_folder(out)
        print(one_line(f"writing to {out}"))
    return out


def apply_command(
    images: Annotated[list[Path], typer.Argument(metavar="IMAGE...", help="Image files.")],
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="New or empty folder.")],
    recipe_file: RecipeFile = None,
    variants: Annotated[
        int, typer.Option("--variants", metavar="N", help="Copies of each image, 1 to 100.")
    ] = 4,
    seed: Seed = None,
    format: Format = "same",
    quality: Quality = 95,
    megapixels: Megapixels = MEGAPIXELS,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with what was interrupted; give the same again.")
    ] = False,
) -> None:
    """Write augmented copies of single images, and a manifest that tells each draw."""
    recipe = choose_recipe(recipe_file, seed)
    library = gather_images(images, megapixels * 1_000_000)
    options = ExportOptions(copies=variants, format=format, quality=quality)
    chosen = select_images(library, options)
    if not resume:
        check_empty(out)
    run_export(write_copies(library, chosen, recipe, out, options, resume=resume), out, ())


def _print_estimate(library: Library, recipe: Recipe, options: ExportOptions) -> None:
    result = follow(estimate(library, recipe, options))
    print_skipped((*library.problems, *result.problems))
    print(f"{result.files:,} files would be written")
    for split, files in result.each_class.items():
        print(one_line(f"each class{f' of {split}' if split else ''}: {files:,} files"))
    print(f"about {decimal(result.bytes)}, about {describe_seconds(result.seconds)}")
    print(one_line(f"such as {', '.join(sample.name for sample in result.samples)}"))
