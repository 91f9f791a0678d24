"""Make the copies of images: draw, apply, encode, write. Any worker can, thread or process."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import cv2
from msgspec import Struct

from studio.augment.engine import apply_each
from studio.augment.image import Image
from studio.augment.plan import Drawer, Plan
from studio.augment.recipe import Recipe
from studio.dataset.atomic_file import write_atomic
from studio.dataset.image_file import ImageError, encode_image
from studio.dataset.manifest import Entry, encode_line
from studio.dataset.mixing import with_labels
from studio.dataset.naming import copy_name
from studio.dataset.store import Store
from studio.errors import UserError

COPIES_AN_ITEM = 16
"""So that a stopped export never has long to finish, and no image is decoded too often."""
_SUFFIX_OF = {"jpeg": "jpg", "jpe": "jpg", "tif": "tiff", "gif": "png"}


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
    """Some copies of one image."""

    key: str
    split: str
    stem: str
    variants: tuple[int, ...]
    copy_original: bool


class Job(Struct, frozen=True):
    """The items that one worker makes at a stretch; all of it is plain data."""

    order: Order
    items: tuple[Item, ...]


class Done(Struct, frozen=True):
    """What became of an item: its files, and why there are not all of them.

    `lines` are the manifest's, `latest` is the file written last, below the target. `reason` is a
    fault of the image, `fault` one of the target.
    """

    item: Item
    lines: bytes = b""
    files: int = 0
    size: int = 0
    latest: str = ""
    reason: str = ""
    fault: OSError | None = None


class Copy(NamedTuple):
    """One rendered copy, before it is written."""

    name: str
    plan: Plan
    data: bytes


def output_suffix(key: str, format: str) -> str:
    """Return the suffix, without dot, of an image's copies. GIF cannot be written: PNG instead."""
    if format != "same":
        return format
    suffix = key.rpartition(".")[2].lower()
    return _SUFFIX_OF.get(suffix, suffix)


def render_copies(order: Order, item: Item, image: Image, faults: list[str]) -> Iterator[Copy]:
    """Yield the item's copies of an image, encoded.

    A copy whose partner cannot be read is left out, and the reason added to `faults`.
    """
    suffix = output_suffix(item.key, order.format)
    drawer = Drawer(order.recipe, order.pools.get(item.split, ()))
    partners: dict[str, Image] = {}
    plans: list[Plan] = []

    def draw_plans() -> Iterator[Plan]:
        for variant in item.variants:
            plan = drawer.draw(item.key, variant)
            partners.clear()
            try:
                partners.update(_read_partners(order.store, plan))
            except ImageError as error:
                faults.append(error.reason)
            else:
                plans.append(plan)
                yield plan

    for copy in apply_each(draw_plans(), image, partner=partners.__getitem__):
        data = encode_image(copy, suffix, order.quality)
        yield Copy(copy_name(item.stem, plans[-1].variant, suffix), plans[-1], data)


def make_copies(job: Job) -> list[Done]:
    """Write the job's copies, each file whole or not at all.

    An image that cannot be read or worked on, and a target that takes no file, are told in the
    result, beside the files that were written before. Nothing follows a fault of the target.
    """
    done: list[Done] = []
    for item in job.items:
        done.append(_make_item(job.order, item))
        if done[-1].fault:
            break
    return done


def _make_item(order: Order, item: Item) -> Done:
    try:
        image = order.store.read(item.key).pixels
        original = order.store.data(item.key) if item.copy_original else None
    except ImageError as error:
        return Done(item, reason=error.reason)
    written = _Written(order)
    try:
        if original is not None:
            written.write(Entry(item.key, item.key, 0, None), original)
        faults: list[str] = []
        for copy in render_copies(order, item, image, faults):
            written.write(Entry(copy.name, item.key, copy.plan.variant, copy.plan), copy.data)
    except ImageError as error:
        return written.done(item, error.reason)
    except (UserError, cv2.error, MemoryError) as error:
        return written.done(item, f"cannot be worked on: {error}")
    except OSError as error:
        return written.done(item, fault=error)
    return written.done(item, faults[0] if faults else "")


class _Written:
    """The files that were written for one item."""

    def __init__(self, order: Order) -> None:
        self._order = order
        self._entries: list[Entry] = []
        self._size = 0

    def write(self, entry: Entry, data: bytes) -> None:
        path = f"{self._order.out}/{entry.output}"
        try:
            write_atomic(path, data)
        except FileNotFoundError:
            # Only the first file of a folder pays for making it.
            Path(path).parent.mkdir(parents=True, exist_ok=True)
            write_atomic(path, data)
        self._entries.append(with_labels(entry, self._order.classes))
        self._size += len(data)

    def done(self, item: Item, reason: str = "", fault: OSError | None = None) -> Done:
        entries = self._entries
        return Done(
            item,
            files=len(entries),
            size=self._size,
            lines=b"".join(map(encode_line, entries)),
            latest=entries[-1].output if entries else "",
            reason=reason,
            fault=fault,
        )


def _read_partners(store: Store, plan: Plan) -> Iterator[tuple[str, Image]]:
    for key in {key for step in plan.steps for key in step.partners} - {plan.image}:
        try:
            yield key, store.read(key).pixels
        except ImageError as error:
            reason = f"was to be mixed with {key}, which {error.reason}"
            raise ImageError(error.path, reason) from error
