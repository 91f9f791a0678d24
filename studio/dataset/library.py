"""Which images a folder or an archive holds: class folders, split folders above, or just files."""

import os
import sys
from collections import Counter
from collections.abc import Collection, Generator
from dataclasses import replace
from functools import cached_property
from pathlib import Path

from msgspec import Struct

from studio.dataset.archives.names import is_archive
from studio.dataset.archives.store import open_store
from studio.dataset.reading.image_file import MAX_PIXELS
from studio.dataset.splits import SPLITS
from studio.dataset.store import FolderStore, Store
from studio.dataset.walk import Problem, find_images
from studio.errors import UserError

__all__ = ["ImageRef", "Library", "Problem", "open_library", "scan"]

_EXPECTED = (
    "Expected are JPEG, PNG, WebP, BMP, TIFF or GIF files in the folder itself, in one folder per"
    " class, or in class folders below train, valid and test; an archive of such folders (ZIP or"
    " TAR); or the files of CIFAR, of MNIST, or NumPy's arrays."
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


def scan(root: Path, *, max_pixels: int = MAX_PIXELS) -> Generator[int, None, Library]:
    """Look through a data set; yield now and then how many images were found, return the library.

    The first folder below the root is an image's class. Folders named train, valid or test (or
    val, testing and the like) are splits, with the classes below them, when there are two of them
    or when no other folder holds images. Only names are read: whether a file is a sound image
    shows when it is opened. Images of more than `max_pixels` cannot be read.

    `root` may also be an archive of such folders, a file of CIFAR's, MNIST's or NumPy's, or a
    folder of those and no images. `UserError` if it is missing, unreadable or without images.
    """
    root = root.absolute()
    is_folder = _check_root(root)
    if is_folder:
        keys, problems, names = yield from find_images(root)
        if keys:
            return Library(FolderStore(root, max_pixels, names), _describe(keys), tuple(problems))
    found = yield from open_store(root)
    if found:
        store, passed_over = replace(found[0], max_pixels=max_pixels), found[1]
        keys = sorted(store.keys())
        return Library(store, _describe(keys), tuple(sorted(passed_over, key=_key_of)))
    if not is_folder and is_archive(root):
        raise UserError(f"{root}: is damaged, or of a kind that is not known", _EXPECTED)
    if not is_folder:
        raise UserError(f"{root}: is a file, not a folder", _EXPECTED)
    passed = f"Passed over: {problems[0].key} {problems[0].reason}. " if problems else ""
    raise UserError(f"{root}: no images in this folder", passed + _find_hint(root))


def open_library(root: Path, *, max_pixels: int = MAX_PIXELS) -> Library:
    """Return the library of a folder or an archive; `UserError` as in `scan`."""
    steps = scan(root, max_pixels=max_pixels)
    while True:
        try:
            next(steps)
        except StopIteration as end:
            library: Library = end.value
            return library


def _check_root(root: Path) -> bool:
    """Tell whether it is a folder; UserError where it is not there or cannot be read."""
    try:
        if root.is_file():
            return False
        os.scandir(root).close()
    except FileNotFoundError as error:
        raise UserError(f"{root}: no such folder", "Check the path, or choose another.") from error
    except NotADirectoryError as error:
        raise UserError(f"{root}: is neither a folder nor an archive", _EXPECTED) from error
    except OSError as error:
        raise UserError(f"{root}: cannot be read: {str(error.strerror).lower()}") from error
    return True


def _find_hint(root: Path) -> str:
    archives = sorted(path.name for path in root.iterdir() if is_archive(path))
    return f"Open {archives[0]} itself, which is an archive." if archives else _EXPECTED


def _key_of(problem: Problem) -> str:
    return problem.key


def _describe(keys: list[str]) -> tuple[ImageRef, ...]:
    folders = {key.partition("/")[0] for key in keys if "/" in key}
    splits = {name: SPLITS[name.casefold()] for name in folders if name.casefold() in SPLITS}
    if len(set(splits.values())) < 2 and len(splits) < len(folders):
        splits = {}

    def describe(key: str) -> ImageRef:
        first, *deeper = key.split("/", 2)
        if first not in splits:
            return ImageRef(key, "", sys.intern(first) if deeper else "")
        return ImageRef(key, splits[first], sys.intern(deeper[0]) if len(deeper) > 1 else "")

    return tuple(map(describe, keys))
