"""CIFAR-10 and CIFAR-100, in the Python and the binary version, as their authors give them out.

A. Krizhevsky, Learning Multiple Layers of Features from Tiny Images, 2009. Pictures are 32×32, red,
green and blue one after the other.
"""

import re
from collections.abc import Generator, Iterator, Sequence
from typing import Any

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from studio.dataset.archives.arrays import ArraySet, Part, name_classes
from studio.dataset.archives.members import Listing
from studio.dataset.archives.pickles import read_pickle
from studio.dataset.archives.pixels import Pixels
from studio.dataset.archives.region import ArchiveError, Region, Spool
from studio.dataset.walk import Problem

_SIDE, _CHANNELS = 32, 3
_BYTES = _SIDE * _SIDE * _CHANNELS
_MOST_BYTES = 1_000_000_000
_A_LOOK = 4096


class _Version(Struct, frozen=True):
    """Which files make a version up. `labels` are the bytes before a picture, or 0 for pickles."""

    train: str
    test: str
    meta: str
    needs_meta: bool
    labels: int


_VERSIONS = (
    _Version(r"data_batch_\d+", "test_batch", "batches.meta", False, 0),
    _Version(r"data_batch_\d+\.bin", r"test_batch\.bin", "batches.meta.txt", False, 1),
    _Version("train", "test", "meta", True, 0),
    _Version(r"train\.bin", r"test\.bin", "fine_label_names.txt", True, 2),
)


def find_cifar(names: Sequence[str]) -> list[str]:
    """Return the files that make up a CIFAR data set, of files in one folder."""
    version = _find_version(names)
    if version is None:
        return []
    return _pick(names, f"{version.train}|{version.test}|{re.escape(version.meta)}")


def load_cifar(
    listing: Listing, names: Sequence[str], spool: Spool
) -> Generator[None, None, ArraySet]:
    """Return the data set of these files."""
    version = _find_version(names)
    assert version
    classes = _read_meta(listing, names, version)
    parts = []
    for pattern, split in ((version.train, "train"), (version.test, "test")):
        for name in _pick(names, pattern):
            try:
                load = _load_records if version.labels else _load_pickle
                pixels, labels = yield from load(_region(listing, name), version, spool)
                texts = name_classes(labels, classes)
            except ArchiveError as error:
                raise ArchiveError(error.reason, name) from None
            parts.append(Part(split, pixels, texts, listing.file_of(name)))
    return ArraySet(tuple(parts))


def _find_version(names: Sequence[str]) -> _Version | None:
    last = {_last(name) for name in names}
    for version in _VERSIONS:
        if version.meta not in last and version.needs_meta:
            continue
        if _pick(names, f"{version.train}|{version.test}"):
            return version
    return None


def _load_records(
    region: Region, version: _Version, spool: Spool
) -> Generator[None, None, tuple[Pixels, NDArray[Any]]]:
    stride = version.labels + _BYTES
    count, rest = divmod(region.size, stride)
    if rest or not count:
        raise ArchiveError(f"is truncated or damaged: it is not made of {stride}-byte records")
    labels = []
    for first in range(0, count, _A_LOOK):
        raw = region.read(first * stride, min(_A_LOOK, count - first) * stride)
        # Of CIFAR-100's two labels the second is the fine one.
        labels.append(np.frombuffer(raw, np.uint8).reshape(-1, stride)[:, version.labels - 1])
        yield
    return _pixels(region, version.labels, stride, count), np.concatenate(labels)


def _load_pickle(
    region: Region, version: _Version, spool: Spool
) -> Generator[None, None, tuple[Pixels, NDArray[Any]]]:
    table = _read_table(region)
    data = table.get("data")
    labels = table.get("fine_labels", table.get("labels"))
    if not isinstance(data, np.ndarray) or data.dtype != np.uint8 or data.ndim != 2:
        raise ArchiveError("holds no pixels")
    if data.shape[1] != _BYTES or not len(data):
        raise ArchiveError("holds pictures of another size than 32×32")
    numbers = _read_labels(labels, len(data))
    place = yield from spool.add(_cut(data))
    return _pixels(place, 0, _BYTES, len(data)), numbers


def _cut(data: NDArray[np.uint8]) -> Iterator[bytes]:
    return (data[first : first + _A_LOOK].tobytes() for first in range(0, len(data), _A_LOOK))


def _read_table(region: Region) -> dict[str, Any]:
    if region.size > _MOST_BYTES:
        raise ArchiveError("is far larger than the files of CIFAR")
    return read_pickle(region.read(0, region.size))


def _read_labels(labels: Any, count: int) -> NDArray[Any]:
    is_list = isinstance(labels, list) and all(type(each) is int for each in labels)
    if not is_list and not isinstance(labels, np.ndarray):
        raise ArchiveError("holds no labels")
    if len(labels) != count:
        raise ArchiveError(f"has labels for {len(labels):,} images, but there are {count:,}")
    try:
        return np.asarray(labels, np.int64).reshape(-1)
    except (OverflowError, ValueError):
        raise ArchiveError("holds labels out of all bounds") from None


def _read_meta(listing: Listing, names: Sequence[str], version: _Version) -> list[str]:
    name = next((name for name in names if _last(name) == version.meta), "")
    if not name:
        listing.problems.append(Problem(version.meta, "is missing, so classes are numbers"))
        return []
    try:
        region = _region(listing, name)
        if version.labels:
            lines = region.read(0, region.size).decode(errors="backslashreplace").splitlines()
            return [line.strip() for line in lines if line.strip()]
        table = _read_table(region)
    except ArchiveError as error:
        raise ArchiveError(error.reason, name) from None
    texts = table.get("fine_label_names", table.get("label_names"))
    if not isinstance(texts, list) or not all(isinstance(text, str | bytes) for text in texts):
        raise ArchiveError("holds no names of classes", name)
    return [text if isinstance(text, str) else text.decode("latin-1") for text in texts]


def _region(listing: Listing, name: str) -> Region:
    region = listing.members[name].region()
    if region is None:
        raise ArchiveError("is packed; unpack the archive to use it", name)
    return region


def _pixels(region: Region, start: int, stride: int, count: int) -> Pixels:
    return Pixels(region, start, stride, count, _SIDE, _SIDE, _CHANNELS, planar=True)


def _pick(names: Sequence[str], pattern: str) -> list[str]:
    def number(name: str) -> tuple[int, str]:
        digits = re.search(r"\d+", _last(name))
        return (int(digits[0]) if digits else 0, name)

    return sorted((name for name in names if re.fullmatch(pattern, _last(name))), key=number)


def _last(name: str) -> str:
    return name.rpartition("/")[2]
