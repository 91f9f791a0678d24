"""Making the files of an export once more from its manifest, to compare them."""

import os
from collections.abc import Iterable, Sequence
from pathlib import Path

import cv2
import msgspec

from studio.augment.plan import CLASS_MEAN, Plan
from studio.dataset.exports.copies import render_plans
from studio.dataset.exports.manifest import Entry, Header, Line
from studio.dataset.exports.source import Loaded, load_source
from studio.dataset.hashes import hash_bytes
from studio.dataset.library import open_library
from studio.dataset.missing.class_mean import ClassMeans
from studio.dataset.reading.image_file import ImageError
from studio.dataset.store import FolderStore, Store
from studio.errors import UserError

_DIFFERENT = "is made differently now"
_NOT_AGAIN = "cannot be made again: "
_FAULTS = (UserError, cv2.error, MemoryError, ArithmeticError, LookupError, TypeError, ValueError)
"""What a plan can lead to that nobody has drawn."""


def open_source(header: Header, keys: Iterable[str]) -> Store:
    """Return where an export's images are; UserError where that is no longer so."""
    root = Path(header.source)
    if root.is_dir() and all(os.path.isfile(f"{root}/{key}") for key in keys):  # noqa: PTH113
        # Looking through a folder may take long, and single images may have come from any.
        return FolderStore(root, header.max_pixels)
    return open_library(root, max_pixels=header.max_pixels).store


def compare_again(
    store: Store, means: ClassMeans, quality: int, lines: Sequence[bytes]
) -> dict[str, str]:
    """Make the files of some lines in memory; return the reasons of those that are not the same.

    Each image is read once where its lines follow each other.
    """
    faults: dict[str, str] = {}
    key, source, reason = "", None, ""
    for line in lines:
        try:
            entry = msgspec.json.decode(line, type=Entry)
        except msgspec.DecodeError as error:
            faults[msgspec.json.decode(line, type=Line).output] = f"{_NOT_AGAIN}{error}"
            continue
        if source is None or entry.source != key:
            key, reason = entry.source, ""
            source, reason = _load(store, key)
        fault = reason or _find_fault(means, quality, entry, source)
        if fault:
            faults[entry.output] = fault
    return faults


def _load(store: Store, key: str) -> tuple[Loaded | None, str]:
    try:
        return load_source(store, key), ""
    except ImageError as error:
        return None, f"{_NOT_AGAIN}{key} {error.reason}"
    except MemoryError:
        return None, f"{_NOT_AGAIN}{key} is too large for this machine's memory"


def _find_fault(means: ClassMeans, quality: int, entry: Entry, source: Loaded | None) -> str:
    if source is None or source.hash != entry.source_hash:
        return f"{_NOT_AGAIN}{entry.source} is another file than it was"
    if entry.plan is None:
        original = source.store.as_file(entry.source, source.content)
        return "" if hash_bytes(original) == entry.hash else _DIFFERENT
    try:
        return _apply(means, quality, entry, entry.plan, source)
    except _FAULTS as error:
        return f"{_NOT_AGAIN}{error}"


def _apply(means: ClassMeans, quality: int, entry: Entry, plan: Plan, source: Loaded) -> str:
    suffix = entry.output.rpartition(".")[2]
    faults: list[str] = []
    for _, data, partners in render_plans(source, [plan], suffix, quality, means, faults):
        keys = {**entry.partners, **partners}
        other = next((key for key in keys if partners.get(key) != entry.partners.get(key)), None)
        if other is not None:
            return f"{_NOT_AGAIN}{_describe_change(other, plan, other in partners)}"
        return "" if hash_bytes(data) == entry.hash else _DIFFERENT
    return f"{_NOT_AGAIN}{entry.source} {faults[0]}"


def _describe_change(key: str, plan: Plan, is_there: bool) -> str:
    if key.startswith(CLASS_MEAN):
        return f"the mean of the class of {plan.image} is another one than it was"
    if any(key in step.partners for step in plan.steps):
        return f"{key}, which was mixed in, is another file than it was"
    return f"{key}, the mask file, {'is another file than it was' if is_there else 'is gone'}"
