"""What an export was asked for: which images, how many copies of each, under which names."""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from msgspec import Struct

from studio.augment.recipe import Recipe
from studio.dataset.copies import COPIES_AN_ITEM, Item, Order
from studio.dataset.library import ImageRef, Library
from studio.dataset.mixing import mixes, mixing_pools
from studio.dataset.naming import output_stems
from studio.errors import UserError

FORMATS = ("same", "jpg", "png", "webp")
MOST_COPIES = 100
_MOST_NAMED = 12


class ExportOptions(Struct, frozen=True):
    """What an export writes. `splits` and `classes` None means all of them."""

    copies: int = 4
    include_originals: bool = False
    format: str = "same"
    quality: int = 95
    splits: tuple[str, ...] | None = None
    classes: tuple[str, ...] | None = None
    workers: int = os.cpu_count() or 1


def select_images(library: Library, options: ExportOptions) -> tuple[ImageRef, ...]:
    """Return the images that an export takes; UserError says which option is out of bounds."""
    if not 1 <= options.copies <= MOST_COPIES:
        raise UserError(f"copies: must be within 1..{MOST_COPIES}")
    if options.format not in FORMATS:
        raise UserError(f"format: must be one of {', '.join(FORMATS)}")
    if not 1 <= options.quality <= 100:
        raise UserError("quality: must be within 1..100")
    if options.workers < 1:
        raise UserError("workers: must be 1 or more")
    _check_known("split", options.splits, {image.split for image in library.images})
    _check_known("class", options.classes, {image.class_name for image in library.images})
    images = library.select(splits=options.splits, classes=options.classes)
    if not images:
        raise UserError("nothing to export: no image is in the chosen split and classes")
    return images


def _check_known(what: str, wanted: Iterable[str] | None, known: set[str]) -> None:
    for name in wanted or ():
        if name not in known:
            there = sorted(known - {""})
            more = f" and {len(there) - _MOST_NAMED} more" if len(there) > _MOST_NAMED else ""
            names = ", ".join(there[:_MOST_NAMED]) or "none"
            raise UserError(
                f"{what} {name!r} is not in this data set", f"There are: {names}{more}."
            )


def make_order(
    library: Library,
    images: Iterable[ImageRef],
    recipe: Recipe,
    out: Path,
    options: ExportOptions,
) -> Order:
    """Return what all jobs of an export have in common."""
    partners = tuple(images) if mixes(recipe) else ()
    return Order(
        store=library.store,
        out=out,
        recipe=recipe,
        format=options.format,
        quality=options.quality,
        pools=mixing_pools(partners),
        classes={image.key: image.class_name for image in partners},
    )


def make_items(
    library: Library, images: Iterable[ImageRef], options: ExportOptions
) -> Iterator[Item]:
    """Yield what makes up an export, in the order of the images."""
    stems = output_stems(library.images)
    for image in images:
        for first in range(1, options.copies + 1, COPIES_AN_ITEM):
            yield Item(
                key=image.key,
                split=image.split,
                stem=stems[image.key],
                variants=tuple(range(first, min(first + COPIES_AN_ITEM, options.copies + 1))),
                copy_original=options.include_originals and first == 1,
            )
