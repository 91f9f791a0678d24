"""What an export is made of and with, and how that differs from what another was made with."""

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote_from_bytes

import cv2
import msgspec
import numpy as np
import PIL

from studio import __version__
from studio.augment.recipe import Recipe
from studio.augment.recipe_file import plain_recipe
from studio.dataset.exports.copies import Item
from studio.dataset.exports.manifest import HASH, MANIFEST, PROGRAM, Header
from studio.dataset.exports.options import ExportOptions
from studio.dataset.library import ImageRef, Library
from studio.dataset.store import Store
from studio.errors import UserError

_COMPARED = ("source", "recipe", "options", "max_pixels", "version", "libraries")
_MOST_NAMED = 3
_LONGEST_VALUE = 60
_NOTHING = object()
_Images = Mapping[str, tuple[str, str]]


def make_header(
    library: Library,
    images: Sequence[ImageRef],
    items: Sequence[Item],
    recipe: Recipe,
    options: ExportOptions,
) -> Header:
    """Return the first line of an export's manifest: the same for the same work on any machine."""
    plain_options = msgspec.to_builtins(options)
    # How many hands do the work is no part of it.
    del plain_options["workers"]
    return Header(
        program=PROGRAM,
        version=__version__,
        libraries=library_versions(),
        hash=HASH,
        source=os.fsencode(library.root).decode(errors="backslashreplace"),
        max_pixels=library.store.max_pixels,
        recipe=plain_recipe(recipe),
        seed=recipe.seed,
        options=plain_options,
        files=sum(item.count_files() for item in items),
        images={image.key: (image.split, image.class_name) for image in images},
        names=dict(_list_odd_names(library.store, images)),
    )


def _list_odd_names(store: Store, images: Sequence[ImageRef]) -> Iterator[tuple[str, str]]:
    for image in images:
        name = store.real_name(image.key)
        if name != image.key:
            yield image.key, quote_from_bytes(os.fsencode(name))


def recorded_options(header: Header) -> ExportOptions:
    """Return what an export was asked for; UserError where the manifest does not say it soundly."""
    try:
        return msgspec.convert(header.options, ExportOptions)
    except msgspec.ValidationError as error:
        raise UserError(f"{MANIFEST}: options cannot be read: {error}") from None


def library_versions() -> dict[str, str]:
    """Return the versions of the libraries that pixels depend on, by their names."""
    return {"OpenCV": cv2.__version__, "numpy": np.__version__, "Pillow": PIL.__version__}


def describe_changes(old: Header, new: Header) -> list[str]:
    """Return what is not as it was, each as a phrase: `copies was 4 and is 2`."""
    before, after = (_plain(header) for header in (old, new))
    if _is_same_place(old.source, new.source):
        before["source"] = new.source
    changes: list[str] = []
    for name in _COMPARED:
        changes += _differences("" if name == "options" else name, before[name], after[name])
    changes += _other_images(old.images, new.images)
    # Another number of files comes of something else, and is told only where nothing else is.
    return changes or list(_differences("files", old.files, new.files))


def _plain(header: Header) -> dict[str, Any]:
    # As it comes back from a manifest, which knows lists alone.
    read = msgspec.json.decode(msgspec.json.encode(header), type=dict[str, Any])
    return {name: read[name] for name in _COMPARED}


def _other_images(old: _Images, new: _Images) -> Iterator[str]:
    removed, added = sorted(old.keys() - new.keys()), sorted(new.keys() - old.keys())
    moved = sorted(key for key in old.keys() & new.keys() if old[key] != new[key])
    yield from _name_images(removed, "was removed", "were removed")
    yield from _name_images(added, "was added", "were added")
    yield from _name_images(moved, "has another split or class", "have other splits or classes")


def _name_images(keys: Sequence[str], one: str, many: str) -> Iterator[str]:
    if keys:
        more = f" and {len(keys) - _MOST_NAMED:,} more" if len(keys) > _MOST_NAMED else ""
        yield f"{', '.join(keys[:_MOST_NAMED])}{more} {one if len(keys) == 1 else many}"


def _is_same_place(old: str, new: str) -> bool:
    try:
        return Path(old).samefile(new)
    except (OSError, ValueError):
        return False


def _differences(label: str, old: Any, new: Any) -> Iterator[str]:
    if old == new:
        return
    if isinstance(old, dict) and isinstance(new, dict):
        for name in dict.fromkeys([*old, *new]):
            inner = f"{label}.{name}" if label else name
            yield from _differences(inner, old.get(name, _NOTHING), new.get(name, _NOTHING))
    elif _are_steps(old) and _are_steps(new) and _ops(old) == _ops(new):
        for number, (before, after) in enumerate(zip(old, new, strict=True)):
            yield from _differences(f"{label}[{number}]", before, after)
    else:
        yield f"{label} was {_show(old)} and is {_show(new)}"


def _are_steps(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, dict) and "op" in one for one in value)


def _ops(steps: list[Any]) -> list[Any]:
    return [step["op"] for step in steps]


def _show(value: Any) -> str:
    if value is None or value is _NOTHING:
        return "not set"
    if _are_steps(value) and value:
        value = _ops(value)
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _LONGEST_VALUE else f"{text[: _LONGEST_VALUE - 2]} …"
