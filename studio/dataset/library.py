"""Which images a folder holds: class folders, split folders above them, or just files."""

import os
import sys
from collections import Counter
from collections.abc import Collection, Generator
from functools import cached_property
from pathlib import Path

from msgspec import Struct

from studio.dataset.store import FolderStore, Store
from studio.dataset.walk import Problem, find_images
from studio.errors import UserError

__all__ = ["ImageRef", "Library", "Problem", "open_library", "scan"]

_SPLITS = {
    "train": "train",
    "training": "train",
    "valid": "valid",
    "val": "valid",
    "validation": "valid",
    "dev": "valid",
    "test": "test",
    "testing": "test",
}
_EXPECTED = (
    "Expected are JPEG, PNG, WebP, BMP, TIFF or GIF files in the folder itself, in one folder per"
    " class, or in class folders below train, valid and test."
)


class ImageRef(Struct, frozen=True, gc=False):
    """An image: its `/`-separated path below the root, its split and its class.

    `key` is the image's identity in plans and manifests. `split` is "", "train", "valid" or
    "test"; `class_name` is "" for a file that is in no class folder.
    """

    key: str
    split: str
    class_name: str


class Library(Struct, frozen=True, dict=True):
    """The images of a store, sorted by key, and what could not be taken in."""

    store: Store
    images: tuple[ImageRef, ...]
    problems: tuple[Problem, ...]

    @property
    def root(self) -> Path:
        """The folder, or the file that holds them all."""
        return self.store.root

    def path(self, image: ImageRef) -> Path:
        """Return where the image is, for people; not every image is a file of its own."""
        return self.store.place(image.key)

    def select(
        self,
        *,
        splits: Collection[str] | None = None,
        classes: Collection[str] | None = None,
        text: str = "",
    ) -> tuple[ImageRef, ...]:
        """Return the images of these splits and classes whose key contains `text`, in any case.

        None stands for all.
        """
        images = self.images
        if text:
            needle = text.casefold()
            pairs = zip(images, self._folded_keys, strict=True)
            images = tuple(image for image, key in pairs if needle in key)
        if splits is not None:
            images = tuple(image for image in images if image.split in splits)
        if classes is not None:
            images = tuple(image for image in images if image.class_name in classes)
        return images

    def counts(self) -> dict[tuple[str, str], int]:
        """Return the number of images by (split, class name), sorted."""
        return dict(self._counts)

    @cached_property
    def _counts(self) -> dict[tuple[str, str], int]:
        return dict(sorted(Counter((i.split, i.class_name) for i in self.images).items()))

    @cached_property
    def _folded_keys(self) -> tuple[str, ...]:
        return tuple(image.key.casefold() for image in self.images)


def scan(root: Path) -> Generator[int, None, Library]:
    """Look through a folder; yield now and then how many images were found, return the library.

    The first folder below the root is an image's class. Folders named train, valid or test (or
    val, testing and the like) are splits, with the classes below them, when there are two of them
    or when no other folder holds images. Only names are read: whether a file is a sound image
    shows when it is opened. `UserError` if `root` is missing, no folder, unreadable or without
    images.
    """
    root = root.absolute()
    _check_folder(root)
    keys, problems = yield from find_images(root)
    if not keys:
        passed = f"Passed over: {problems[0].key} {problems[0].reason}. " if problems else ""
        raise UserError(f"{root}: no images in this folder", passed + _EXPECTED)
    return Library(FolderStore(root), _describe(keys), tuple(problems))


def open_library(root: Path) -> Library:
    """Return the library below a folder; `UserError` as in `scan`."""
    steps = scan(root)
    while True:
        try:
            next(steps)
        except StopIteration as end:
            library: Library = end.value
            return library


def _check_folder(root: Path) -> None:
    try:
        os.scandir(root).close()
    except FileNotFoundError as error:
        raise UserError(f"{root}: no such folder", "Check the path, or choose another.") from error
    except NotADirectoryError as error:
        raise UserError(f"{root}: is a file, not a folder", _EXPECTED) from error
    except OSError as error:
        raise UserError(f"{root}: cannot be read: {str(error.strerror).lower()}") from error


def _describe(keys: list[str]) -> tuple[ImageRef, ...]:
    folders = {key.partition("/")[0] for key in keys if "/" in key}
    splits = {name: _SPLITS[name.casefold()] for name in folders if name.casefold() in _SPLITS}
    if len(set(splits.values())) < 2 and len(splits) < len(folders):
        splits = {}

    def describe(key: str) -> ImageRef:
        first, *deeper = key.split("/", 2)
        if first not in splits:
            return ImageRef(key, "", sys.intern(first) if deeper else "")
        return ImageRef(key, splits[first], sys.intern(deeper[0]) if len(deeper) > 1 else "")

    return tuple(map(describe, keys))
