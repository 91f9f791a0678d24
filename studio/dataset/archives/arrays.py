"""Data sets of arrays: pictures with a class each, and how those are called as files."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from studio.dataset.archives.names import plain_class
from studio.dataset.archives.pixels import Pixels
from studio.dataset.archives.region import ArchiveError

_DIGITS = 5
_FASHION = (
    "T-shirt/top",
    "Trouser",
    "Pullover",
    "Dress",
    "Coat",
    "Sandal",
    "Shirt",
    "Sneaker",
    "Bag",
    "Ankle boot",
)


@dataclass(frozen=True)
class Part:
    """Pictures of a split, "" where there are none, and their classes, or no classes at all.

    `file` is the file on the disk that they are in.
    """

    split: str
    pixels: Pixels
    classes: Sequence[str]
    file: Path


@dataclass(frozen=True)
class ArraySet:
    """A data set; all of its parts are in a split or none. Pictures count on within a split."""

    parts: tuple[Part, ...]

    def keys(self) -> Iterable[str]:
        """Yield `train/cat/00012.png` and so on, one for each picture."""
        firsts: dict[str, int] = {}
        totals: dict[str, int] = {}
        for part in self.parts:
            totals[part.split] = totals.get(part.split, 0) + part.pixels.count
        for part in self.parts:
            first = firsts.get(part.split, 0)
            digits = max(_DIGITS, len(str(totals[part.split] - 1)))
            above = f"{part.split}/" if part.split else ""
            classes = (f"{name}/" for name in part.classes) if part.classes else _nothing(part)
            for number, folder in enumerate(classes, start=first):
                yield f"{above}{folder}{number:0{digits}}.png"
            firsts[part.split] = first + part.pixels.count

    def find(self, key: str) -> tuple[Part, int]:
        """Return the part that a key of ours is in and its index there; KeyError for any other."""
        pieces = key.split("/")
        split = pieces[0] if any(part.split for part in self.parts) else ""
        digits = pieces[-1].removesuffix(".png")
        index = int(digits) if digits.isascii() and digits.isdigit() else -1
        for part in self.parts:
            if part.split == split:
                if 0 <= index < part.pixels.count:
                    return part, index
                index -= part.pixels.count
        raise KeyError(key)


def _nothing(part: Part) -> Iterable[str]:
    return ("" for _ in range(part.pixels.count))


def class_names_of(*places: Path) -> Sequence[str]:
    """Return the names that go with labels 0 to 9 where a path tells; otherwise none.

    Fashion-MNIST's files are made like MNIST's to the last byte of their headers.
    """
    pieces = {piece.lower() for place in places for piece in place.parts[-3:]}
    return _FASHION if any("fashion" in piece for piece in pieces) else ()


def name_classes(labels: NDArray[Any], names: Sequence[str] = ()) -> list[str]:
    """Return a class for each label: its name where there is one for each, otherwise its number.

    Labels are N or N×1 numbers or texts, or N×C with a single one in each row. ArchiveError for
    any others.
    """
    labels = _flatten(labels.astype(np.uint8) if labels.dtype.kind == "b" else labels)
    kinds, places = np.unique(labels, return_inverse=True)
    if kinds.dtype.kind in "SU":
        texts = [_text(kind) for kind in kinds.tolist()]
    elif (kinds != np.round(kinds)).any() or not np.isfinite(kinds).all():
        raise ArchiveError("holds labels that are no whole numbers")
    elif names and kinds.min() >= 0 and kinds.max() < len(names):
        texts = [names[int(kind)] for kind in kinds.tolist()]
    else:
        texts = [str(int(kind)) for kind in kinds.tolist()]
    plain = [plain_class(text) for text in texts]
    return [plain[place] for place in places.reshape(-1).tolist()]


def _flatten(labels: NDArray[Any]) -> NDArray[Any]:
    if labels.ndim == 2 and labels.shape[1] > 1 and labels.dtype.kind in "biuf":
        if not ((labels != 0).sum(axis=1) == 1).all():
            raise ArchiveError("holds several labels for an image")
        kinds: NDArray[Any] = (labels != 0).argmax(axis=1)
        return kinds
    if labels.size != labels.shape[0]:
        raise ArchiveError("holds no labels: there is not one for each image")
    return labels.reshape(-1)


def _text(label: str | bytes) -> str:
    return label.decode(errors="backslashreplace") if isinstance(label, bytes) else label
