"""The copies of an image, made in memory: drawn, applied and encoded."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from msgspec import Struct

from studio.augment.engine import apply_each
from studio.augment.image import Image
from studio.augment.plan import Drawer, Plan
from studio.augment.recipe import Recipe
from studio.dataset.exports.naming import copy_name
from studio.dataset.exports.source import Loaded, load_source
from studio.dataset.reading.image_file import ImageError, encode_image
from studio.dataset.store import Store

COPIES_AN_ITEM = 16
"""So that a stopped export never has long to finish, and no image is decoded too often."""
_SUFFIX_OF = {"jpeg": "jpg", "jpe": "jpg", "tif": "tiff"}
_WRITTEN = frozenset({"jpg", "png", "webp", "bmp", "tiff"})


class Order(Struct, frozen=True):
    """What all jobs of an export have in common.

    `pools` holds, for each split, the keys of the images that may be mixed in, `classes` their
    classes; both are empty where nothing is mixed.
    """

    store: Store
    out: Path
    recipe: Recipe
    format: str
    quality: int
    pools: Mapping[str, tuple[str, ...]]
    classes: Mapping[str, str]


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
    """One rendered copy, before it is written, and the hashes of the images mixed into it."""

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


def render_copies(order: Order, item: Item, image: Image, faults: list[str]) -> Iterator[Copy]:
    """Yield the item's copies of an image, encoded.

    A copy whose partner cannot be read is left out, and the reason added to `faults`.
    """
    suffix = output_suffix(item.key, order.format)
    drawer = Drawer(order.recipe, order.pools.get(item.split, ()))
    plans = (drawer.draw(item.key, variant) for variant in item.variants)
    for plan, data, partners in render_plans(
        order.store, plans, image, suffix, order.quality, faults
    ):
        yield Copy(copy_name(item.stem, plan.variant, suffix), plan, data, partners)


def render_plans(
    store: Store,
    plans: Iterable[Plan],
    image: Image,
    suffix: str,
    quality: int,
    faults: list[str],
) -> Iterator[tuple[Plan, bytes, dict[str, str]]]:
    """Yield what each plan makes of an image, as a file, and the hashes of what was mixed in.

    A plan whose partner cannot be read is left out, and the reason added to `faults`.
    """
    partners: dict[str, Loaded] = {}
    current: list[Plan] = []

    def ready_plans() -> Iterator[Plan]:
        for plan in plans:
            partners.clear()
            try:
                partners.update(_load_partners(store, plan))
            except ImageError as error:
                faults.append(error.reason)
            else:
                current[:] = (plan,)
                yield plan

    for copy in apply_each(ready_plans(), image, partner=lambda key: partners[key].image):
        data = encode_image(copy, suffix, quality)
        yield current[0], data, {key: loaded.hash for key, loaded in partners.items()}


def _load_partners(store: Store, plan: Plan) -> Iterator[tuple[str, Loaded]]:
    for key in sorted({key for step in plan.steps for key in step.partners} - {plan.image}):
        try:
            yield key, load_source(store, key)
        except ImageError as error:
            reason = f"was to be mixed with {key}, which {error.reason}"
            raise ImageError(error.path, reason) from error
