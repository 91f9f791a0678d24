"""What of an interrupted export still holds: lines whose files and sources are as they were."""

from collections import defaultdict
from collections.abc import Generator, Iterable, Mapping, Sequence
from concurrent.futures import Executor
from functools import partial
from pathlib import Path
from typing import NamedTuple

from studio.augment.plan import CLASS_MEAN, Drawer
from studio.dataset.exports.copies import Item, Order, output_suffix
from studio.dataset.exports.jobs import in_batches, map_ahead
from studio.dataset.exports.ledger import decode_line
from studio.dataset.exports.manifest import Line
from studio.dataset.exports.naming import copy_name
from studio.dataset.exports.outputs import Outputs
from studio.dataset.hashes import hash_bytes
from studio.dataset.missing.finding import reads_mask_file
from studio.dataset.reading.image_file import ImageError
from studio.errors import UserError

_A_BATCH = 64
_MOST_NAMED = 3

Name = tuple[str, int]
"""A file by what it is: the key of its image and its variant, 0 for the original itself."""
Place = tuple[int, int]
"""Where a file's line is among all of an export: the number of its item, and its variant."""


class Wanted(NamedTuple):
    """A file that there is to be."""

    place: Place
    output: str


class Kept(NamedTuple):
    """A file that is there as its line says, and the number of that line."""

    name: Name
    number: int
    line: Line


def list_wanted(items: Sequence[Item], format: str) -> dict[Name, Wanted]:
    """Return every file of an export, in the order of its lines."""
    wanted: dict[Name, Wanted] = {}
    for number, item in enumerate(items):
        if item.original:
            wanted[item.key, 0] = Wanted((number, 0), item.original)
        suffix = output_suffix(item.key, format)
        for variant in item.variants:
            output = copy_name(item.stem, variant, suffix)
            wanted[item.key, variant] = Wanted((number, variant), output)
    return wanted


def find_kept(
    out: Path, lines: Sequence[bytes], wanted: Mapping[Name, Wanted], executor: Executor
) -> Generator[Sequence[Kept], None, None]:
    """Yield, a batch at a time, the files that are there, are wanted and match their lines.

    UserError where a file has another name now.
    """
    seen: set[Name] = set()
    numbered = list(enumerate(lines))
    look = partial(_look, Outputs(out))
    for batch in map_ahead(executor, look, in_batches(numbered, _A_BATCH)):
        kept: list[Kept] = []
        for number, line, is_sound in batch:
            name = (line.source, line.variant)
            if name not in wanted or name in seen:
                continue
            if wanted[name].output != line.output:
                other = wanted[name].output
                change = f"{line.output}, made of {line.source}, would now be called {other}"
                raise refusal(out, [change])
            if is_sound:
                seen.add(name)
                kept.append(Kept(name, number, line))
        yield kept


def _look(outputs: Outputs, lines: Iterable[tuple[int, bytes]]) -> list[tuple[int, Line, bool]]:
    decoded = ((number, decode_line(line)) for number, line in lines)
    return [
        (number, line, not outputs.find_fault(line)) for number, line in decoded if line is not None
    ]


def check_sources(out: Path, order: Order, kept: Sequence[Kept], executor: Executor) -> None:
    """Raise UserError unless everything that something kept was made from has the same bytes."""
    hashes: defaultdict[str, set[str]] = defaultdict(set)
    for _, _, line in kept:
        hashes[line.source].add(line.source_hash)
        for key, hash in line.partners.items():
            hashes[key].add(hash)
    look = partial(_find_changes, order)
    changes = _find_other_masks(order, kept)
    for found in map_ahead(executor, look, in_batches(list(hashes.items()), _A_BATCH)):
        changes += found
    if changes:
        raise refusal(out, changes)


def _find_other_masks(order: Order, kept: Iterable[Kept]) -> list[str]:
    """Tell of mask files that would be read now, and were not when copies were made."""
    if not reads_mask_file(order.recipe.missing):
        return []
    drawer = Drawer(order.recipe)
    masks: dict[str, None] = {}
    for _, _, line in kept:
        mask = order.store.mask_key(line.source) if line.variant else ""
        if mask and mask not in line.partners and drawer.draw(line.source, line.variant).fills:
            masks[mask] = None
    return [f"{mask} was not there when copies were made" for mask in masks]


def _find_changes(order: Order, hashes: Iterable[tuple[str, set[str]]]) -> list[str]:
    changes: list[str] = []
    for key, known in hashes:
        image = key.removeprefix(CLASS_MEAN)
        try:
            if key == image:
                if known != {hash_bytes(order.store.content(key))}:
                    changes.append(f"{key} is another file than when copies were made of it")
            elif order.means and known != {order.means.of(image, order.recipe.missing).hash}:
                changes.append(f"the mean of the class of {image} is another one than it was")
        except ImageError as error:
            changes.append(f"{key}, of which copies were made, {error.reason}")
    return changes


def refusal(out: Path, changes: Sequence[str]) -> UserError:
    """Return why an export cannot be resumed: what has changed, and what to do."""
    named = "; ".join(changes[:_MOST_NAMED])
    more = f"; and {len(changes) - _MOST_NAMED:,} more" if len(changes) > _MOST_NAMED else ""
    hint = "Resume it with what it was begun with, or export into a new folder."
    return UserError(f"{out}: cannot be resumed: {named}{more}", hint)
