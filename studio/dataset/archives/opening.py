"""Opening a file, or a folder of arrays, as a data set: what it is, what is in it."""

import time
from collections.abc import Callable, Generator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple, TypeVar

from msgspec import Struct

from studio.dataset.archives.arrays import ArraySet
from studio.dataset.archives.cifar import find_cifar, load_cifar
from studio.dataset.archives.contents import Arrays, Contents, Files
from studio.dataset.archives.idx import find_idx, find_pictures, is_idx, load_idx
from studio.dataset.archives.members import Listing, PlainMember, list_folder
from studio.dataset.archives.named_arrays import find_arrays, load_arrays, with_labels
from studio.dataset.archives.names import find_common_folder
from studio.dataset.archives.npy import MAGIC
from studio.dataset.archives.region import ArchiveError, Loan, Region, Spool, whole_file
from studio.dataset.archives.tar_index import is_tar, list_tar
from studio.dataset.archives.unpack import PackedMember, find_packing, first_bytes, unpack
from studio.dataset.archives.zip_index import is_zip, list_zip
from studio.dataset.reading.image_file import IMAGE_SUFFIXES
from studio.dataset.walk import Problem, is_hidden

_REPORT_SECONDS = 0.05
_SNIFFED = 512
_SEVERAL = "holds several data sets; open one of them by itself"
_NO_DATA_SET = "no images in it, and no arrays that are known as a data set"

_Result = TypeVar("_Result")
_Find = Callable[[Sequence[str]], list[str]]
_Load = Callable[[Listing, list[str], Spool], Generator[None, None, ArraySet]]
_KINDS: tuple[tuple[_Find, _Load], ...] = (
    (find_cifar, load_cifar),
    (find_idx, load_idx),
    (find_arrays, load_arrays),
)


class _Found(NamedTuple):
    load: _Load
    files: list[str]


class Opened(Struct, frozen=True):
    """An open data set and what was passed over in it."""

    contents: Contents
    problems: tuple[Problem, ...]


def open_archive(path: Path, loan: Loan | None = None) -> Generator[int, None, Opened | None]:
    """Return what a file holds as a data set, None if it is none by its first bytes.

    Yields how many files were found so far, some twenty times a second. `loan` is what another
    process has unpacked of it. ArchiveError where it is damaged or not sound; OSError.
    """
    place = whole_file(path)
    head = place.head(_SNIFFED)
    packing = find_packing(head)
    if packing:
        member = PackedMember(PlainMember(place), packing)
        head = first_bytes(member, _SNIFFED)
    if is_idx(head):
        return (yield from _open_beside(path, load_idx))
    if not packing and head.startswith(MAGIC):
        return (yield from _open_beside(path, load_arrays))
    listing, spool = Listing(path), None
    if not packing and is_zip(head):
        steps = list_zip(place, listing)
    elif is_tar(head):
        if packing:
            place, spool = yield from _unpack(place, packing, loan)
        steps = list_tar(place, listing)
    else:
        return None
    yield from _pace(steps, listing.members)
    return (yield from _open_listing(listing, spool))


def open_arrays(folder: Path, depth: int = 2) -> Generator[int, None, Opened | None]:
    """Return the data set of arrays in a folder, None if there is none; else as `open_archive`.

    Where the folder has none of its own, those below it are looked into, `depth` levels deep.
    """
    listing = list_folder(folder, folder)
    archives = [name for name in listing.members if name.lower().endswith(".npz")]
    found = _find_sets(listing)
    if len(archives) + len(found) > 1:
        raise ArchiveError(_SEVERAL)
    if archives:
        return (yield from open_archive(folder / archives[0]))
    if found:
        return (yield from _load_found(listing, found))
    below = [path for path in folder.iterdir() if path.is_dir() and not is_hidden(path.name)]
    several = [path for path in below if depth and _holds_arrays(path, depth - 1)]
    if len(several) > 1:
        raise ArchiveError(_SEVERAL)
    return (yield from open_arrays(several[0], depth - 1)) if several else None


def _holds_arrays(folder: Path, depth: int) -> bool:
    """Tell whether a folder, or one below it, looks as if it held a data set of arrays."""
    try:
        listing = list_folder(folder, folder)
        if _find_sets(listing) or any(name.lower().endswith(".npz") for name in listing.members):
            return True
        return depth > 0 and any(
            _holds_arrays(path, depth - 1)
            for path in folder.iterdir()
            if path.is_dir() and not path.is_symlink()
        )
    except OSError:
        return False


def _open_listing(listing: Listing, spool: Spool | None) -> Generator[int, None, Opened]:
    images = [name for name in listing.members if _is_image(name)]
    if not images:
        opened = yield from _load_found(listing, _find_sets(listing))
        if opened is None:
            raise ArchiveError(_explain(listing))
        return opened
    common = len(find_common_folder(images))
    members = {name[common:]: listing.members[name] for name in images}
    return Opened(Files(listing.path, members, spool), tuple(listing.problems))


def _explain(listing: Listing) -> str:
    for problem in listing.problems[:1]:
        return f"{_NO_DATA_SET}; passed over: {problem.key} {problem.reason}"
    return _NO_DATA_SET


def _find_sets(listing: Listing) -> list[_Found]:
    folders: dict[str, list[str]] = {}
    for name in listing.members:
        folders.setdefault(name.rpartition("/")[0], []).append(name)
    found = []
    for names in folders.values():
        for find, load in _KINDS:
            if files := find(names):
                found.append(_Found(load, files))
                break
    return found


def _load_found(listing: Listing, found: list[_Found]) -> Generator[int, None, Opened | None]:
    if not found:
        return None
    if len(found) > 1:
        raise ArchiveError(_SEVERAL)
    return (yield from _load(listing, found[0]))


def _open_beside(path: Path, load: _Load) -> Generator[int, None, Opened]:
    """Open one file of a folder, with what goes with it."""
    listing = list_folder(path.parent, path)
    if load is load_arrays:
        return (yield from _load(listing, _Found(load, with_labels(listing, path.name))))
    pictures = find_pictures(listing, path.name)
    if not pictures:
        raise ArchiveError("holds labels, and no images are beside it")
    return (yield from _load(listing, _Found(load, [pictures])))


def _load(listing: Listing, found: _Found) -> Generator[int, None, Opened]:
    for name, member in listing.members.items():
        if name.lower().endswith(".gz"):
            listing.members[name] = PackedMember(member, "gzip")
    arrays = yield from _pace(found.load(listing, found.files, Spool()), {})
    return Opened(Arrays(arrays), tuple(listing.problems))


def _unpack(
    place: Region, packing: str, loan: Loan | None
) -> Generator[int, None, tuple[Region, Spool | None]]:
    borrowed = loan.borrow() if loan else None
    if borrowed:
        return borrowed, None
    spool = Spool()
    region = yield from _pace(spool.add(unpack(place, packing)), {})
    return region, spool


def _pace(
    steps: Generator[None, None, _Result], found: Mapping[str, object]
) -> Generator[int, None, _Result]:
    """Take all steps and return their result; yield now and then how many were found."""
    due = time.perf_counter() + _REPORT_SECONDS
    while True:
        try:
            next(steps)
        except StopIteration as end:
            result: _Result = end.value
            return result
        if time.perf_counter() >= due:
            yield len(found)
            due = time.perf_counter() + _REPORT_SECONDS


def _is_image(name: str) -> bool:
    return name[name.rfind(".") :].lower() in IMAGE_SUFFIXES
