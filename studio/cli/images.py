"""Single images from the command line, as a library that has no folder structure of its own."""

import os
from collections.abc import Container, Sequence
from itertools import chain, count
from pathlib import Path

from studio.dataset.library import ImageRef, Library
from studio.dataset.mask_file import leave_out_masks, mask_names
from studio.dataset.reading.image_file import IMAGE_SUFFIXES, MAX_PIXELS
from studio.dataset.store import FolderStore
from studio.errors import UserError


def gather_images(paths: Sequence[Path], max_pixels: int = MAX_PIXELS) -> Library:
    """Return a library of these files below the folder that they share.

    Mask files beside images among them are no images.
    UserError for a path that is no image file, by its name.
    """
    files = sorted({_find(path) for path in paths})
    try:
        root = Path(os.path.commonpath([file.parent for file in files]))
    except ValueError:
        raise UserError("the images are on different drives", "Give those of one drive.") from None
    names: dict[str, str] = {}
    for name in sorted((file.relative_to(root).as_posix() for file in files), key=_is_odd):
        names[_find_key(name, names)] = name
    images = tuple(ImageRef(key, "", "") for key in leave_out_masks(sorted(names)))
    odd = {key: name for key, name in names.items() if key != name}
    for key, name in tuple(odd.items()):
        odd.update(zip(mask_names(key), mask_names(name), strict=True))
    return Library(FolderStore(root, max_pixels, odd), images, ())


def _find_key(name: str, taken: Container[str]) -> str:
    """Return the file's key: its name, where bytes that are no valid UTF-8 are written `\\xNN`."""
    plain = _printable(name)
    stem, dot, suffix = plain.rpartition(".")
    numbered = (f"{stem}-{number}{dot}{suffix}" for number in count(2))
    return next(key for key in chain([plain], numbered) if key not in taken)


def _is_odd(name: str) -> bool:
    return _printable(name) != name


def _printable(name: str) -> str:
    return os.fsencode(name).decode(errors="backslashreplace")


def _find(path: Path) -> Path:
    try:
        if path.is_dir():
            hint = "Folders are for `augstudio export`."
            raise UserError(f"{path}: is a folder, not an image", hint)
        if not path.is_file():
            raise UserError(f"{path}: no such file")
        # The image may be a link with a better name than the file that it leads to.
        found = path.parent.resolve() / path.name
    except (OSError, RuntimeError) as error:
        raise UserError(f"{path}: cannot be read: {error}") from None
    if path.suffix.lower() not in IMAGE_SUFFIXES:
        known = ", ".join(sorted(IMAGE_SUFFIXES))
        raise UserError(f"{path}: is not an image by its name", f"Known are: {known}.")
    return found
