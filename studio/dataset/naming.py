"""Names of output files, free of collisions whatever the sources are called."""

import re
import unicodedata
from collections.abc import Iterable
from itertools import chain, count

from studio.dataset.library import ImageRef

_COPY = re.compile(r"(.+)_aug_\d+", re.DOTALL | re.IGNORECASE)
_LONGEST_STEM = 230
"""In bytes: with `_aug_100.tiff` and a number it stays below the 255 that file systems take."""


def output_stems(images: Iterable[ImageRef]) -> dict[str, str]:
    """Return for each image's key the relative path, without suffix, that its copies start with.

    Usually that is the key without its suffix. Where two images would share it (`a.jpg` beside
    `a.png`, also where only the case differs), the later one has its suffix added: `a_png`. A
    stem whose copies could meet an original that is called `a_aug_1` is passed over as well, and
    one that leaves no room for the rest of a file's name is cut.
    """
    parts = {image.key: _split(image.key) for image in images}
    copies = ((folder, _COPY.fullmatch(stem)) for folder, stem, _ in parts.values())
    taken = {_place(folder, match[1]) for folder, match in copies if match}
    stems: dict[str, str] = {}
    for key, (folder, whole, suffix) in parts.items():
        plain = _cut(whole)
        longer = f"{plain}_{suffix.lower()}"
        names = chain([plain, longer], (f"{longer}_{number}" for number in count(2)))
        stem = next(name for name in names if _place(folder, name) not in taken)
        taken.add(_place(folder, stem))
        stems[key] = folder + stem
    return stems


def copy_name(stem: str, variant: int, suffix: str) -> str:
    """Return the relative path of one copy: `<class>/<stem>_aug_<n>.<ext>`."""
    return f"{stem}_aug_{variant}.{suffix}"


def _split(key: str) -> tuple[str, str, str]:
    """Return folder (with `/` at its end, or empty), stem and suffix (without dot)."""
    folder, slash, name = key.rpartition("/")
    stem, _, suffix = name.rpartition(".")
    return (folder + slash, stem, suffix) if stem else (folder + slash, name, "")


def _place(folder: str, stem: str) -> str:
    """Return what two stems have in common where a file system takes them for the same."""
    return unicodedata.normalize("NFC", folder + stem).casefold()


def _cut(stem: str) -> str:
    return stem.encode()[:_LONGEST_STEM].decode(errors="ignore")
