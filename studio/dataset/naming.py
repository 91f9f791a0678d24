"""Names of output files, free of collisions whatever the sources are called."""

import re
from collections.abc import Iterable
from itertools import chain, count
from pathlib import PurePosixPath

from studio.dataset.library import ImageRef

_COPY = re.compile(r"(.+)_aug_\d+")


def output_stems(images: Iterable[ImageRef]) -> dict[str, str]:
    """Return for each image's key the relative path, without suffix, that its copies start with.

    Usually that is the key without its suffix. Where two images would share it (`a.jpg` beside
    `a.png`, also where only the case differs), the later one has its suffix added: `a_png`. A
    stem whose copies could meet an original that is called `a_aug_1` is passed over as well.
    """
    paths = {image.key: PurePosixPath(image.key) for image in images}
    taken = {
        (str(path.parent), match[1].casefold())
        for path in paths.values()
        if (match := _COPY.fullmatch(path.stem))
    }
    stems: dict[str, str] = {}
    for key, path in paths.items():
        folder, plain = str(path.parent), path.stem
        longer = f"{plain}_{path.suffix.lstrip('.').lower()}"
        names = chain([plain, longer], (f"{longer}_{number}" for number in count(2)))
        stem = next(name for name in names if (folder, name.casefold()) not in taken)
        taken.add((folder, stem.casefold()))
        stems[key] = str(path.with_name(stem))
    return stems


def copy_name(stem: str, variant: int, suffix: str) -> str:
    """Return the relative path of one copy: `<class>/<stem>_aug_<n>.<ext>`."""
    return f"{stem}_aug_{variant}.{suffix}"
