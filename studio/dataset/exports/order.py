"""What an export was asked for: which images, how many copies of each, under which names."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from studio.augment.recipe import Recipe
from studio.dataset.exports.copies import COPIES_AN_ITEM, Item, Order
from studio.dataset.exports.mixing import borrows, mixes, mixing_pools
from studio.dataset.exports.naming import output_names
from studio.dataset.exports.options import FORMATS, HELD_OUT, MOST_COPIES, ExportOptions
from studio.dataset.exports.sharing import (
    Share,
    check_balance,
    check_multiplied,
    count_by_class,
    share_out,
)
from studio.dataset.library import ImageRef, Library
from studio.dataset.missing.class_mean import ClassMeans
from studio.errors import UserError

__all__ = ["FORMATS", "MOST_COPIES", "ExportOptions", "make_items", "make_order", "select_images"]

_MOST_NAMED = 12


def select_images(library: Library, options: ExportOptions) -> tuple[ImageRef, ...]:
    """Return the images that an export takes; UserError says which option is out of bounds.

    UserError as well where nothing would be multiplied, or an image of a small class too often.
    """
    if not 1 <= options.copies <= MOST_COPIES:
        raise UserError(f"copies: must be within 1..{MOST_COPIES}")
    if options.format not in FORMATS:
        raise UserError(f"format: must be one of {', '.join(FORMATS)}")
    if options.held_out not in HELD_OUT:
        raise UserError(f"held-out: must be one of {', '.join(HELD_OUT)}")
    if not 1 <= options.quality <= 100:
        raise UserError("quality: must be within 1..100")
    if options.workers < 1:
        raise UserError("workers: must be 1 or more")
    _check_known("split", options.splits, {image.split for image in library.images})
    _check_known("class", options.classes, {image.class_name for image in library.images})
    images = library.select(splits=options.splits, classes=options.classes)
    counts = count_by_class(images)
    check_multiplied(counts, options)
    check_balance(counts, options)
    if options.held_out != "omit":
        return images
    return tuple(image for image in images if options.multiplies(image.split))


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
    images: Sequence[ImageRef],
    recipe: Recipe,
    out: Path,
    options: ExportOptions,
) -> Order:
    """Return what all jobs of an export have in common."""
    multiplied = (image for image in images if options.multiplies(image.split))
    partners = tuple(multiplied) if mixes(recipe) else ()
    return Order(
        store=library.store,
        out=out,
        recipe=recipe,
        format=options.format,
        quality=options.quality,
        pools=mixing_pools(partners),
        classes={image.key: image.class_name for image in partners},
        # Of the images that the manifest names: so they can be made again from it.
        means=ClassMeans(library.store, images) if borrows(recipe) else None,
    )


def make_items(
    library: Library, images: Iterable[ImageRef], options: ExportOptions
) -> Iterator[Item]:
    """Yield what makes up an export, in the order of the images."""
    return make_shares(library, share_out(images, options))


def make_shares(library: Library, shares: Iterable[Share]) -> Iterator[Item]:
    """Yield what makes up the shares of some images, in their order."""
    names = output_names(library.images)
    for image, copies, has_original in shares:
        name = names[image.key]
        for first in range(1, max(2, copies + 1), COPIES_AN_ITEM):
            yield Item(
                key=image.key,
                split=image.split,
                stem=name.stem,
                variants=tuple(range(first, min(first + COPIES_AN_ITEM, copies + 1))),
                original=name.original if has_original and first == 1 else "",
            )
