"""Arrays by their names, in an NPZ file or as NPY files: which are pictures, which their labels.

Keras' layout is `x_train y_train x_test y_test`, MedMNIST's `train_images train_labels val_images`
and so on; `images labels`, `data target`, `x y` and `arr_0 arr_1` are common too.
"""

import re
from collections.abc import Generator, Sequence

from msgspec import Struct

from studio.dataset.archives.arrays import ArraySet, Part, class_names_of, name_classes
from studio.dataset.archives.members import Listing
from studio.dataset.archives.npy import load_array, peek_array, read_values
from studio.dataset.archives.pixels import arrange_pixels
from studio.dataset.archives.region import ArchiveError, Spool
from studio.dataset.splits import SPLITS
from studio.dataset.walk import Problem

_IMAGES = {"x", "images", "image", "imgs", "img", "data", "pixels", "features", "inputs", "input"}
_LABELS = {"y", "labels", "label", "target", "targets", "fine"}
_NAMES = {"classnames", "labelnames", "targetnames", "categories", "names"}


class _Pair(Struct, frozen=True):
    split: str
    images: str
    labels: str


def find_arrays(names: Sequence[str]) -> list[str]:
    """Return those that are arrays by their names."""
    return [name for name in names if name.lower().endswith(".npy")]


def with_labels(listing: Listing, name: str) -> list[str]:
    """Return an NPY file of a folder and, where there are some, its labels beside it."""
    stem = name.removesuffix(".npy")
    swapped = stem.replace("images", "labels").replace("data", "target")
    wanted = (
        f"{stem}_labels",
        f"{stem}-labels",
        swapped if swapped != stem else re.sub(r"(?i)(?<![a-z])x(?![a-z])", "y", stem),
        "labels",
    )
    names = (f"{each}.npy" for each in wanted)
    return [name, *[each for each in names if each != name and each in listing.members][:1]]


def load_arrays(
    listing: Listing, names: Sequence[str], spool: Spool
) -> Generator[None, None, ArraySet]:
    """Return the pictures among these arrays with their labels; ArchiveError where there are none.

    Arrays that are neither are passed over.
    """
    pairs = _find_pairs(listing, names)
    texts = yield from _load_class_names(listing, names, spool)
    parts = []
    for pair in pairs:
        parts.append((yield from _load_part(listing, pair, texts, spool)))
    return ArraySet(tuple(parts))


def _find_pairs(listing: Listing, names: Sequence[str]) -> list[_Pair]:
    roles: dict[tuple[str, str], str] = {}
    for name in names:
        roles.setdefault(_find_role(name), name)
    pairs = [
        _Pair(split, name, roles.get(("labels", split), ""))
        for (role, split), name in roles.items()
        if role == "images"
    ]
    if any(pair.split for pair in pairs):
        pairs = [pair for pair in pairs if pair.split]
    return pairs or [_guess_pair(listing, names)]


def _guess_pair(listing: Listing, names: Sequence[str]) -> _Pair:
    """Return the only array that may be pictures, with the one that has a number for each."""
    shapes = {name: _peek_shape(listing, name) for name in names}
    pictures = [name for name, shape in shapes.items() if len(shape) >= 3]
    if len(pictures) != 1:
        what = "several arrays may be the images" if pictures else "no array has a shape of images"
        expected = "x_train, y_train, x_test, y_test or images, labels are understood"
        raise ArchiveError(f"holds no images by known names, and {what}; {expected}")
    image = pictures[0]
    labels = (name for name in names if name != image and shapes[name][:1] == shapes[image][:1])
    return _Pair("", image, next(labels, ""))


def _peek_shape(listing: Listing, name: str) -> tuple[int, ...]:
    try:
        return peek_array(listing.members[name]).shape
    except ArchiveError as error:
        raise ArchiveError(error.reason, name) from None


def _find_role(name: str) -> tuple[str, str]:
    """Return "images", "labels", "names" or the name itself, and the split."""
    stem = name.rpartition("/")[2].lower().removesuffix(".npy")
    words = re.findall(r"[a-z]+|\d+", stem)
    splits = [SPLITS[word] for word in words if word in SPLITS]
    rest = [word for word in words if word not in SPLITS]
    split = splits[0] if splits else ""
    if "".join(rest) in _NAMES:
        return "names", ""
    for role, known in (("labels", _LABELS), ("images", _IMAGES)):
        if (rest and rest[-1] in known) or (len(rest) > 1 and rest[0] in known):
            return role, split
    return ("images", split) if splits and not rest else (stem, split)


def _load_class_names(
    listing: Listing, names: Sequence[str], spool: Spool
) -> Generator[None, None, Sequence[str]]:
    for name in names:
        if _find_role(name)[0] == "names":
            try:
                header, place = yield from load_array(listing.members[name], spool)
                values = read_values(header, place)
            except ArchiveError as error:
                listing.problems.append(Problem(name, error.reason))
                continue
            if values.ndim == 1 and values.dtype.kind in "SU":
                return [
                    value.decode(errors="backslashreplace") if isinstance(value, bytes) else value
                    for value in values.tolist()
                ]
    return class_names_of(listing.path)


def _load_part(
    listing: Listing, pair: _Pair, texts: Sequence[str], spool: Spool
) -> Generator[None, None, Part]:
    try:
        header, place = yield from load_array(listing.members[pair.images], spool)
        if header.is_fortran and len(header.shape) > 1:
            raise ArchiveError("is stored column by column; numpy.ascontiguousarray mends that")
        pixels = yield from arrange_pixels(place, header.start, header.shape, header.type)
    except ArchiveError as error:
        raise ArchiveError(error.reason, pair.images) from None
    file = listing.file_of(pair.images)
    if not pair.labels:
        reason = "has no labels beside it, so its images have no classes"
        listing.problems.append(Problem(pair.images, reason))
        return Part(pair.split, pixels, (), file)
    try:
        header, place = yield from load_array(listing.members[pair.labels], spool)
        if header.shape[:1] != (pixels.count,):
            many = header.shape[0] if header.shape else 1
            reason = f"has labels for {many:,} images, but there are {pixels.count:,}"
            raise ArchiveError(reason)
        classes = name_classes(read_values(header, place), texts)
    except ArchiveError as error:
        raise ArchiveError(error.reason, pair.labels) from None
    return Part(pair.split, pixels, classes, file)
