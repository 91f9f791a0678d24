"""The copies of an image, made in memory: drawn, applied and encoded."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from msgspec import Struct

from studio.augment.engine import apply_each
from studio.augment.image import Image, Mask
from studio.augment.plan import CLASS_MEAN, Drawer, Plan
from studio.augment.recipe import Recipe
from studio.dataset.exports.naming import copy_name
from studio.dataset.exports.source import Loaded, load_source
from studio.dataset.missing.class_mean import ClassMean, ClassMeans
from studio.dataset.reading.image_file import ImageError, encode_image
from studio.dataset.store import Store

COPIES_AN_ITEM = 16
"""So that a stopped export never has long to finish, and no image is decoded too often."""
_SUFFIX_OF = {"jpeg": "jpg", "jpe": "jpg", "tif": "tiff"}
_WRITTEN = frozenset({"jpg", "png", "webp", "bmp", "tiff"})


class Order(Struct, frozen=True):
    """What all jobs of an export have in common.

    `pools` holds, for each split, the keys of the images that may be mixed in, `classes` their
    classes; both are empty where nothing is mixed. `means` are there where classes' means are
    wanted.
    """

    store: Store
    out: Path
    recipe: Recipe
    format: str
    quality: int
    pools: Mapping[str, tuple[str, ...]]
    classes: Mapping[str, str]
    means: ClassMeans | None = None


class Item(Struct, frozen=True):
    """Some copies of one image. `original` names the original's own copy, "" where none is made."""

    key: str
    split: str
    stem: str
    variants: tuple[int, ...]
    original: str = ""

    def count_files(self) -> int:
        """Return how many files this makes, the original's copy among them."""
        return len(self.variants) + bool(self.original)


class Copy(NamedTuple):
    """One rendered copy, before it is written, and the hashes of what else it was made from."""

    name: str
    plan: Plan
    data: bytes
    partners: dict[str, str]


def output_suffix(key: str, format: str) -> str:
    """Return the suffix, without dot, of an image's copies. What cannot be written becomes PNG."""
    if format != "same":
        return format
    suffix = key.rpartition(".")[2].lower()
    suffix = _SUFFIX_OF.get(suffix, suffix)
    return suffix if suffix in _WRITTEN else "png"


def render_copies(order: Order, item: Item, source: Loaded, faults: list[str]) -> Iterator[Copy]:
    """Yield the item's copies of an image, encoded.

    A copy that cannot be made is left out, and the reason added to `faults`.
    """
    suffix = output_suffix(item.key, order.format)
    drawer = Drawer(order.recipe, order.pools.get(item.split, ()))
    plans = [drawer.draw(item.key, variant) for variant in item.variants]
    for plan, data, partners in render_plans(
        source, plans, suffix, order.quality, order.means, faults
    ):
        yield Copy(copy_name(item.stem, plan.variant, suffix), plan, data, partners)


def render_plans(
    source: Loaded,
    plans: Sequence[Plan],
    suffix: str,
    quality: int,
    means: ClassMeans | None,
    faults: list[str],
) -> Iterator[tuple[Plan, bytes, dict[str, str]]]:
    """Yield what each plan makes of an image, as a file, and the hashes of what else went into it.

    The plans are of one recipe. One whose partner cannot be read, or that fills an image of which
    nothing is known, is left out, and the reason added to `faults`.
    """
    partners: dict[str, Loaded | ClassMean] = {}
    current: list[Plan] = []
    holes = _find_holes(source, plans)

    def ready_plans() -> Iterator[Plan]:
        for plan in plans:
            partners.clear()
            try:
                if plan.fills and holes.fault:
                    raise holes.fault
                partners.update(_load_partners(source.store, plan, means))
            except ImageError as error:
                faults.append(error.reason)
            else:
                current[:] = (plan,)
                yield plan

    copies = apply_each(
        ready_plans(),
        holes.image,
        partner=lambda key: partners[key].image,
        missing=holes.missing,
    )
    for copy in copies:
        data = encode_image(copy, suffix, quality)
        hashes = {key: partner.hash for key, partner in partners.items()}
        # A mask also tells which of a float image's numbers have no say in how it is scaled.
        used = current[0].fills or holes.image is not source.image
        yield current[0], data, {**hashes, **(holes.files if used else {})}


class _Holes(NamedTuple):
    """An image, what of it is missing, and the hash of the mask file that told it, by its key."""

    image: Image
    missing: Mask | None = None
    files: Mapping[str, str] = {}
    fault: ImageError | None = None


def _find_holes(source: Loaded, plans: Sequence[Plan]) -> _Holes:
    rules = plans[0].missing if plans else ()
    try:
        found = source.find_missing(rules)
    except ImageError as error:
        return _Holes(source.image, fault=error)
    files = {found.mask_key: found.mask_hash} if found.mask_key else {}
    return _Holes(found.image, found.missing, files)


def _load_partners(
    store: Store, plan: Plan, means: ClassMeans | None
) -> Iterator[tuple[str, Loaded | ClassMean]]:
    for key in sorted({key for step in plan.steps for key in step.partners} - {plan.image}):
        if means is not None and key.startswith(CLASS_MEAN):
            yield key, means.of(key.removeprefix(CLASS_MEAN), plan.missing)
            continue
        try:
            yield key, load_source(store, key)
        except ImageError as error:
            reason = f"was to be mixed with {key}, which {error.reason}"
            raise ImageError(error.path, reason) from error
