"""Options that several commands take."""

from pathlib import Path
from typing import Annotated

import typer
from msgspec.structs import replace

from studio.augment.recipe import SEED, Recipe, starting_recipe
from studio.augment.recipe_file import build_recipe, load_recipe
from studio.dataset.exports.ledger import load_ledger
from studio.dataset.exports.order import FORMATS, ExportOptions
from studio.dataset.exports.provenance import recorded_options
from studio.dataset.reading.image_file import MAX_PIXELS
from studio.errors import UserError

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

Megapixels = Annotated[
    int,
    typer.Option(
        "--max-megapixels", metavar="M", min=1, max=1000, help="Larger images are not read."
    ),
]
MEGAPIXELS = MAX_PIXELS // 1_000_000


def choose_recipe(file: Path | None, seed: int | None) -> Recipe:
    """Return the recipe in a file, or the starting one, with this seed if one is given."""
    return _with_seed(load_recipe(file) if file else starting_recipe(), seed)


def as_begun(
    context: typer.Context, out: Path, recipe: Recipe, options: ExportOptions
) -> tuple[Recipe, ExportOptions, int]:
    """Return what the export in a folder was begun with, but for what the command line gives.

    The last is the most pixels that an image of it may have.
    """
    header = load_ledger(out).header
    most = header.max_pixels
    given = {name for name in context.params if _is_given(context, name)}
    changes = {name: getattr(options, name) for name in given & set(options.__struct_fields__)}
    begun = replace(recorded_options(header), **{"workers": options.workers, **changes})
    if "megapixels" in given:
        most = context.params["megapixels"] * 1_000_000
    if "recipe_file" in given:
        return recipe, begun, most
    recorded = _with_seed(build_recipe(header.recipe), context.params["seed"])
    return recorded, begun, most


def _is_given(context: typer.Context, name: str) -> bool:
    source = context.get_parameter_source(name)
    return source is not None and source.name == "COMMANDLINE"


def _with_seed(recipe: Recipe, seed: int | None) -> Recipe:
    if seed is None:
        return recipe
    try:
        SEED.parse(seed)
    except ValueError as error:
        raise UserError(f"seed: {error}") from None
    return replace(recipe, seed=seed)
