"""How many files each image and each class gets in an export."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from studio.dataset.exports.options import SPLITS, ExportOptions
from studio.dataset.library import ImageRef
from studio.errors import UserError

MOST_BALANCED = 1000
"""Copies of one image, where it makes up for others that its class does not have."""

Counts = Mapping[tuple[str, str], int]
"""Numbers by (split, class name)."""


class Share(NamedTuple):
    """How many copies there are to be of an image, and whether one of the original as well."""

    image: ImageRef
    copies: int
    has_original: bool


def count_by_class(images: Iterable[ImageRef]) -> Counts:
    """Return the number of images by split and class."""
    return Counter((image.split, image.class_name) for image in images)


def check_multiplied(counts: Counts, options: ExportOptions) -> None:
    """Raise UserError where no image would be multiplied."""
    if not any(counts.values()):
        raise UserError("nothing to export: no image is in the chosen split and classes")
    if not any(count for (split, _), count in counts.items() if options.multiplies(split)):
        become = "left out" if options.held_out == "omit" else "only copied"
        raise UserError(
            f"nothing to augment: all chosen images are for validation or test, which are {become}",
            "Choose to augment these too (held-out: augment), or choose images for training.",
        )


def check_balance(counts: Counts, options: ExportOptions) -> None:
    """Raise UserError where an image of a small class would be multiplied too often."""
    for split, files in count_balanced(counts, options).items():
        sizes = {name: count for (at, name), count in counts.items() if at == split and name}
        sizes = {name: count for name, count in sizes.items() if count}
        smallest, largest = min(sizes, key=sizes.__getitem__), max(sizes, key=sizes.__getitem__)
        needed = -(-files // sizes[smallest]) - options.include_originals
        if needed > MOST_BALANCED:
            raise UserError(
                f"balance: class {smallest!r} would need {needed:,} copies of an image to be as"
                f" large as {largest!r}; {MOST_BALANCED:,} is the most",
                "Leave that class out, ask for fewer copies, or do not balance.",
            )


def count_files(counts: Counts, options: ExportOptions) -> dict[tuple[str, str], int]:
    """Return how many files an export makes of so many images."""
    each = options.copies + options.include_originals
    balanced = count_balanced(counts, options)
    files: dict[tuple[str, str], int] = {}
    for (split, name), count in counts.items():
        if not options.multiplies(split):
            files[split, name] = count if options.held_out == "copy" else 0
        elif name and count and split in balanced:
            files[split, name] = balanced[split]
        else:
            files[split, name] = count * each
    return files


def count_balanced(counts: Counts, options: ExportOptions) -> dict[str, int]:
    """Return how many files each class gets, by split, for the splits that are balanced."""
    if not options.balance:
        return {}
    most: dict[str, int] = {}
    for (split, name), count in counts.items():
        if name and count and options.multiplies(split):
            most[split] = max(count, most.get(split, 0))
    each = options.copies + options.include_originals
    return {split: most[split] * each for split in sorted(most, key=SPLITS.index)}


def share_out(images: Iterable[ImageRef], options: ExportOptions) -> Iterator[Share]:
    """Yield what becomes of each image, but for those that are left out."""
    images = tuple(images)
    counts = count_by_class(images)
    files = count_files(counts, options)
    passed: Counter[tuple[str, str]] = Counter()
    for image in images:
        group = (image.split, image.class_name)
        if options.multiplies(image.split):
            copies = files[group] - counts[group] * options.include_originals
            whole, rest = divmod(copies, counts[group])
            yield Share(image, whole + (passed[group] < rest), options.include_originals)
            passed[group] += 1
        elif options.held_out == "copy":
            yield Share(image, 0, True)
