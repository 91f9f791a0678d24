"""Which images may be mixed with each other, and what that makes of their labels."""

from collections.abc import Iterable, Mapping

from msgspec.structs import replace

from studio.augment.operation import get
from studio.augment.plan import PlannedStep
from studio.augment.recipe import Recipe
from studio.dataset.exports.manifest import Entry
from studio.dataset.library import ImageRef


def mixes(recipe: Recipe) -> bool:
    """Return whether a step of the recipe takes other images."""
    return any(step.operation.partners for step in recipe.all_steps())


def borrows(recipe: Recipe) -> bool:
    """Return whether a step of the recipe takes the mean image of a class."""
    return any(step.operation.borrows for step in recipe.all_steps())


def mixing_pools(images: Iterable[ImageRef]) -> dict[str, tuple[str, ...]]:
    """Return the keys of the images of each split: nothing of a test set gets into training."""
    pools: dict[str, list[str]] = {}
    for image in images:
        pools.setdefault(image.split, []).append(image.key)
    return {split: tuple(keys) for split, keys in pools.items()}


def with_labels(entry: Entry, classes: Mapping[str, str]) -> Entry:
    """Return the entry with the share of each class, if other images were mixed in.

    `classes` holds the class of every key that can be among them, none where nothing is mixed.
    """
    if not classes or entry.plan is None or not any(map(_mixes, entry.plan.steps)):
        return entry
    labels: dict[str, float] = {}
    for key, share in entry.plan.shares().items():
        name = classes.get(key, "")
        labels[name] = labels.get(name, 0.0) + share
    return replace(entry, labels={name: round(share, 6) for name, share in labels.items()})


def _mixes(step: PlannedStep) -> bool:
    return bool(get(step.op).partners)
