"""IDX, the files of MNIST and its kin: pictures in one, labels in another beside it."""

import math
import re
import struct
from collections.abc import Generator, Sequence

import numpy as np

from studio.dataset.archives.arrays import ArraySet, Part, class_names_of, name_classes
from studio.dataset.archives.members import Listing
from studio.dataset.archives.pixels import arrange_pixels
from studio.dataset.archives.region import ArchiveError, Region, Spool
from studio.dataset.archives.unpack import make_readable
from studio.dataset.walk import Problem

_PICTURES = re.compile(r"images[-.]?idx\d", re.IGNORECASE)
_SPLITS = (("train", "train"), ("t10k", "test"), ("test", "test"), ("val", "valid"))


def is_idx(head: bytes) -> bool:
    """Tell an IDX file by its first bytes."""
    return len(head) >= 4 and head[:2] == b"\0\0" and head[2] in range(8, 15) and 0 < head[3] < 5


def find_idx(names: Sequence[str]) -> list[str]:
    """Return those that are pictures by their names."""
    return [name for name in names if _PICTURES.search(_last(name))]


def find_pictures(listing: Listing, name: str) -> str:
    """Return the pictures that a file of pictures or of labels stands for, "" if they are gone."""
    if "labels" not in name.lower():
        return name
    wanted = _plain(name).replace("labels", "images").replace("idx1", "idx3")
    return next((other for other in listing.members if _plain(other) == wanted), "")


def load_idx(listing: Listing, names: list[str], spool: Spool) -> Generator[None, None, ArraySet]:
    """Return the pictures of these files with the labels that lie beside them."""
    parts = []
    for name in names:
        split = next((split for mark, split in _SPLITS if mark in _last(name).lower()), "")
        parts.append((yield from _load_part(listing, name, split, spool)))
    if len({part.split for part in parts}) < len(parts):
        raise ArchiveError("holds several data sets; open one of their files by itself")
    return ArraySet(tuple(parts))


def _load_part(
    listing: Listing, name: str, split: str, spool: Spool
) -> Generator[None, None, Part]:
    shape, place = yield from _load(listing, name, spool)
    try:
        pixels = yield from arrange_pixels(place, 4 + 4 * len(shape), shape, "u1")
    except ArchiveError as error:
        raise ArchiveError(error.reason, name) from None
    labels_name = _find_labels(listing, name)
    if not labels_name:
        reason = "has no labels beside it, so its images have no classes"
        listing.problems.append(Problem(name, reason))
        return Part(split, pixels, (), listing.file_of(name))
    (count, *more), place = yield from _load(listing, labels_name, spool)
    if more or count != shape[0]:
        raise ArchiveError(
            f"has labels for {count:,} images, but there are {shape[0]:,}", labels_name
        )
    labels = np.frombuffer(place.read(8, count), np.uint8)
    classes = name_classes(labels, class_names_of(listing.path, listing.file_of(name)))
    return Part(split, pixels, classes, listing.file_of(name))


def _load(
    listing: Listing, name: str, spool: Spool
) -> Generator[None, None, tuple[tuple[int, ...], Region]]:
    try:
        place = yield from make_readable(listing.members[name], spool, _measure)
        return _read_shape(place.head(32)), place
    except ArchiveError as error:
        raise ArchiveError(error.reason, name) from None


def _measure(head: bytes) -> int:
    shape = _read_shape(head)
    return 4 + 4 * len(shape) + math.prod(shape)


def _read_shape(head: bytes) -> tuple[int, ...]:
    if not is_idx(head) or len(head) < 4 + 4 * head[3]:
        raise ArchiveError("is no IDX file: its first bytes are others")
    if head[2] != 8:
        raise ArchiveError("is an IDX file of other numbers than unsigned bytes")
    return struct.unpack_from(f">{head[3]}I", head, 4)


def _find_labels(listing: Listing, name: str) -> str:
    wanted = re.sub(r"idx\d", "idx1", _plain(name).replace("images", "labels"))
    found = (other for other in listing.members if _plain(other) == wanted and other != name)
    return next(found, "")


def _plain(name: str) -> str:
    folder, slash, last = name.rpartition("/")
    return folder + slash + last.lower().removesuffix(".gz")


def _last(name: str) -> str:
    return name.rpartition("/")[2]
