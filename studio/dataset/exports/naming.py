"""Names of output files: each system takes them and tells them apart, whatever sources are called.

They follow from the keys of a data set and from nothing else, so every machine gives the same ones.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import count
from typing import NamedTuple, TypeVar

from studio.dataset.export_mark import GENERATED
from studio.dataset.exports.choosing import choose_names
from studio.dataset.exports.lock import LOCK
from studio.dataset.exports.manifest import MANIFEST
from studio.dataset.exports.portable import LONGEST_NAME, fit_path, fold_name, mend_name, split_path
from studio.dataset.library import ImageRef

_COPY = re.compile(r"(.+)_aug_[0-9]+\.[^./]*", re.DOTALL)
_LONGEST_STEM = LONGEST_NAME - len("_aug_1000.tiff")
_OURS = frozenset({MANIFEST, GENERATED, LOCK})

_Key = TypeVar("_Key", str, tuple[str, str])
_Home = tuple[str, ...]
"""The folders that an image is in: its split's and its class's, empty if none, then the deeper."""


class OutputName(NamedTuple):
    """Paths below the target: what an image's copies start with, and its original's own copy."""

    stem: str
    original: str


def output_names(images: Iterable[ImageRef]) -> dict[str, OutputName]:
    """Return for each image's key the names of what is made of it.

    An original keeps its path, unless a system could not take it (see `mend_name`) or not tell it
    from another: then the later one has a number added. Folders likewise, and a class has the same
    folder name in every split. Folders of one split that differ by case alone become one.

    Copies are called like their original. Where two images would share a stem (`a.jpg` beside
    `a.png`) the later one has its suffix added: `a_png`. A stem whose copies could meet an
    original that is called `a_aug_1.jpg` is passed over as well.
    """
    homes = {image.key: _find_home(image) for image in images}
    folders, taken = _name_folders(set(homes.values()))
    best, changed = _mend(
        (key, folders[home], key.rpartition("/")[2]) for key, home in homes.items()
    )
    originals = choose_names(best, changed, taken)
    barred = {match[1] for path in taken if (match := _COPY.fullmatch(path))}
    stems = choose_names(
        {key: fit_path(split_path(path)[0], "", _LONGEST_STEM) for key, path in originals.items()},
        {key for key, path in originals.items() if path != key},
        barred,
        others=lambda key: _add_suffix(originals[key]),
    )
    return {key: OutputName(stems[key], path) for key, path in originals.items()}


def copy_name(stem: str, variant: int, suffix: str) -> str:
    """Return the relative path of one copy: `<class>/<stem>_aug_<n>.<ext>`."""
    return f"{stem}_aug_{variant}.{suffix}"


def _add_suffix(original: str) -> Iterator[str]:
    path, suffix = split_path(original)
    tail = f"_{suffix[1:].lower()}"
    yield fit_path(path, tail, _LONGEST_STEM)
    for number in count(2):
        yield fit_path(path, f"{tail}_{number}", _LONGEST_STEM)


def _mend(names: Iterable[tuple[_Key, str, str]]) -> tuple[dict[_Key, str], set[_Key]]:
    """Return paths of names in folders (`/` at their end) by key, and the keys of those mended."""
    best: dict[_Key, str] = {}
    changed: set[_Key] = set()
    for key, folder, name in names:
        mended = mend_name(name)
        best[key] = folder + mended
        if mended != name:
            changed.add(key)
    return best, changed


# Folders


def _find_home(image: ImageRef) -> _Home:
    *folders, _ = image.key.split("/")
    split, below = (folders[:1], folders[1:]) if image.split else ([], folders)
    return (*(split or [""]), *(below or [""]))


def _name_folders(homes: set[_Home]) -> tuple[dict[_Home, str], set[str]]:
    """Return the output folder of each home, `/` at its end, and all paths taken so, folded."""
    made = dict.fromkeys(homes, "")
    taken = set(_OURS)
    for depth in range(max(map(len, homes), default=0)):
        level = [home for home in homes if len(home) > depth and home[depth]]
        wanted = {(made[home], home[depth]) for home in level}
        if depth == 0:
            names = _name_splits({name for _, name in wanted})
        elif depth == 1:
            names = _name_classes(wanted, splits=set(taken))
        else:
            names = choose_names(
                *_mend(((folder, name), folder, name) for folder, name in wanted), taken
            )
        for home in level:
            made[home] = f"{names[made[home], home[depth]]}/"
            taken.add(fold_name(made[home][:-1]))
    return made, taken


def _name_splits(names: set[str]) -> dict[tuple[str, str], str]:
    """Return a name for each folder of a split; those that differ by case alone share one."""
    alike: defaultdict[str, list[str]] = defaultdict(list)
    for name in sorted(names, key=lambda name: (mend_name(name) != name, name)):
        alike[fold_name(mend_name(name))].append(name)
    chosen = choose_names(*_mend((same[0], "", same[0]) for same in alike.values()), set(_OURS))
    return {("", name): chosen[same[0]] for same in alike.values() for name in same}


def _name_classes(wanted: set[tuple[str, str]], *, splits: set[str]) -> dict[tuple[str, str], str]:
    """Return the path of each folder of a class, which has the same name below every split."""
    at_root = {name for folder, name in wanted if not folder}
    best, changed = _mend((name, "", name) for _, name in wanted)
    chosen = choose_names(best, changed, set(_OURS), barred=dict.fromkeys(at_root, splits))
    return {(folder, name): folder + chosen[name] for folder, name in wanted}
