"""Single images from the command line, as a library that has no folder structure of its own."""

import os
from collections.abc import Sequence
from pathlib import Path

from studio.dataset.image_file import IMAGE_SUFFIXES
from studio.dataset.library import ImageRef, Library
from studio.dataset.store import FolderStore
from studio.errors import UserError


def gather_images(paths: Sequence[Path]) -> Library:
    """Return a library of these files below the folder that they share.

    UserError for a path that is no image file, by its name.
    """
    files = sorted({_find(path) for path in paths})
    try:
        root = Path(os.path.commonpath([file.parent for file in files]))
    except ValueError:
        raise UserError("the images are on different drives", "Give those of one drive.") from None
    keys = sorted(file.relative_to(root).as_posix() for file in files)
    return Library(FolderStore(root), tuple(ImageRef(key, "", "") for key in keys), ())


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
    try:
        str(found).encode()
    except UnicodeEncodeError:
        raise UserError(f"{path}: has a name that is not valid UTF-8", "Rename it.") from None
    return found
