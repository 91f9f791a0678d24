"""Images of a library as one array of small squares, read once before a training."""

import contextlib
import errno
import math
import os
import shutil
import time
from collections import Counter
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import NamedTuple, cast

import cv2
import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from studio.augment.image import Image
from studio.dataset.library import ImageRef, Library, Problem
from studio.dataset.reading.image_file import ImageError
from studio.dataset.reading.pixels import lay_on_white, shrink, to_8_bit
from studio.errors import UserError
from studio.gan.config import FEWEST_IMAGES, TrainConfig

Pixels = NDArray[np.uint8]

_IN_MEMORY = 1_500_000_000
_BATCH = 64
_SECONDS_BETWEEN_REPORTS = 0.2
_HELD_OUT_SHARE = 0.05
_MOST_HELD_OUT = 1000
_FEWEST_HELD_OUT = 8
_READERS = 2


class TrainingSet(NamedTuple):
    """Images (N, S, S, C) as uint8, of colour in the order RGB, and their labels (N,) as int32.

    `held_out` and `held_out_labels` are images that are never trained on. `classes` has one name
    for each label; it is `("",)` where there are none.
    """

    images: Pixels
    labels: NDArray[np.int32]
    keys: tuple[str, ...]
    held_out: Pixels
    held_out_labels: NDArray[np.int32]
    classes: tuple[str, ...]
    problems: tuple[Problem, ...]


class LoadReport(Struct, frozen=True):
    """How many of the images are read."""

    done: int
    total: int


def load_training_set(
    library: Library, config: TrainConfig, cache: Path, *, in_memory: int = _IN_MEMORY
) -> Generator[LoadReport, None, TrainingSet]:
    """Read the images to train on: the train split, or all where there are no splits.

    Those of the other splits are held out; without any, a twentieth of the images. More than
    `in_memory` bytes are kept in the file `cache`, which is nobody's afterwards. UserError for
    fewer than `FEWEST_IMAGES` readable images, a class with a single one, or images smaller than
    the size asked for; OSError where there is no room for the cache.
    """
    chosen, held_out = _choose(library)
    sides = (config.size, config.size, config.channels)
    total = len(chosen) + len(held_out)
    with ThreadPoolExecutor(_READERS, thread_name_prefix="training-set") as pool:
        read = partial(pool.map, partial(_read_square, library, config))
        room = _make_room((len(chosen), *sides), cache, in_memory)
        train = yield from _read_all(chosen, room, read, LoadReport(0, total))
        room = np.empty((len(held_out), *sides), np.uint8)
        spare = yield from _read_all(held_out, room, read, LoadReport(len(chosen), total))
    problems = (*train.problems, *spare.problems)
    _check(train, config, problems)
    classes = tuple(sorted({ref.class_name for ref in train.refs}))
    number = {name: label for label, name in enumerate(classes)}
    return TrainingSet(
        images=train.images,
        labels=np.array([number[ref.class_name] for ref in train.refs], np.int32),
        keys=tuple(ref.key for ref in train.refs),
        held_out=spare.images,
        held_out_labels=np.array([number.get(r.class_name, 0) for r in spare.refs], np.int32),
        classes=classes,
        problems=problems,
    )


class _Read(NamedTuple):
    """What could be read, and the shorter sides of the images before they were resized."""

    images: Pixels
    refs: list[ImageRef]
    sides: list[int]
    problems: list[Problem]


def _read_all(
    refs: Sequence[ImageRef],
    room: Pixels,
    read: Callable[[Sequence[ImageRef]], Iterable[tuple[Pixels, int] | Problem]],
    before: LoadReport,
) -> Generator[LoadReport, None, _Read]:
    """Read images into `room`, close together; yield how far it is."""
    found: list[ImageRef] = []
    sides: list[int] = []
    problems: list[Problem] = []
    due = 0.0
    for first in range(0, len(refs), _BATCH):
        batch = refs[first : first + _BATCH]
        for number, (ref, result) in enumerate(zip(batch, read(batch), strict=True), first):
            if time.monotonic() >= due:
                yield LoadReport(before.done + number, before.total)
                due = time.monotonic() + _SECONDS_BETWEEN_REPORTS
            if isinstance(result, Problem):
                problems.append(result)
                continue
            room[len(found)] = result[0]
            found.append(ref)
            sides.append(result[1])
    yield LoadReport(before.done + len(refs), before.total)
    return _Read(room[: len(found)], found, sides, problems)


def _choose(library: Library) -> tuple[tuple[ImageRef, ...], tuple[ImageRef, ...]]:
    """Return the images to train on, and those to hold out."""
    splits = {image.split for image in library.images}
    train = library.select(splits={"train"} if "train" in splits else None)
    known = {image.class_name for image in train}
    if "train" in splits and len(splits) > 1:
        others = [i for i in library.images if i.split != "train" and i.class_name in known]
        return train, tuple(_spread(others, _MOST_HELD_OUT))
    count = min(round(len(train) * _HELD_OUT_SHARE), _MOST_HELD_OUT)
    if count < _FEWEST_HELD_OUT:
        return train, ()
    held = set(_spread(train, count))
    return tuple(image for image in train if image not in held), tuple(sorted(held, key=_key))


def _key(image: ImageRef) -> str:
    return image.key


def _spread(images: Sequence[ImageRef], count: int) -> Iterator[ImageRef]:
    """Yield `count` of the images, or all, evenly spread over the whole."""
    count = min(count, len(images))
    return (images[(2 * number + 1) * len(images) // (2 * count)] for number in range(count))


def _make_room(shape: tuple[int, ...], cache: Path, in_memory: int) -> Pixels:
    size = math.prod(shape)
    if size <= in_memory:
        return np.empty(shape, np.uint8)
    with cache.open("wb") as file:
        _reserve(file.fileno(), cache, size)
    room: Pixels = np.memmap(cache, np.uint8, "r+", shape=shape)
    # Where a mapped file can be removed it goes with the process, however that ends.
    with contextlib.suppress(OSError):
        cache.unlink()
    return room


def _reserve(handle: int, path: Path, size: int) -> None:
    """Give the file its size for good: a full disk ends a process that writes to a mapped file."""
    if hasattr(os, "posix_fallocate"):
        os.posix_fallocate(handle, 0, size)
        return
    if shutil.disk_usage(path.parent).free < size:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    os.ftruncate(handle, size)


def _read_square(
    library: Library, config: TrainConfig, image: ImageRef
) -> tuple[Pixels, int] | Problem:
    """Return a square of the image, and the side that it had before it was resized."""
    try:
        pixels = library.store.read(image.key).pixels
    except ImageError as error:
        return Problem(image.key, error.reason)
    return make_square(pixels, config), min(pixels.shape[:2])


def make_square(image: Image, config: TrainConfig) -> Pixels:
    """Return an image (S, S, C) as uint8, in RGB or grey: its middle, or all of it on black."""
    pixels = to_8_bit(image)
    if pixels.ndim == 3 and pixels.shape[2] == 4:
        pixels = lay_on_white(pixels)
    if config.grey and pixels.ndim == 3:
        pixels = cast(Image, cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY))
    elif not config.grey:
        code = cv2.COLOR_BGR2RGB if pixels.ndim == 3 else cv2.COLOR_GRAY2RGB
        pixels = cast(Image, cv2.cvtColor(pixels, code))
    height, width = pixels.shape[:2]
    side = min(height, width) if config.fit == "crop" else max(height, width)
    top, left = abs(height - side) // 2, abs(width - side) // 2
    if config.fit == "crop":
        pixels = pixels[top : top + side, left : left + side]
    else:
        bottom, right = side - height - top, side - width - left
        pixels = cast(
            Image, cv2.copyMakeBorder(pixels, top, bottom, left, right, cv2.BORDER_CONSTANT)
        )
    if side < config.size:
        sides = (config.size, config.size)
        pixels = cast(Image, cv2.resize(pixels, sides, interpolation=cv2.INTER_CUBIC))
    else:
        pixels = shrink(pixels, (config.size, config.size))
    return cast(Pixels, pixels.reshape(config.size, config.size, config.channels))


def _check(train: _Read, config: TrainConfig, problems: Sequence[Problem]) -> None:
    if len(train.refs) < FEWEST_IMAGES:
        unread = f" ({len(problems)} cannot be read)" if problems else ""
        raise UserError(
            f"{len(train.refs)} images are too few to train on{unread}",
            f"Give at least {FEWEST_IMAGES}; a few hundred show something.",
        )
    counts = Counter(ref.class_name for ref in train.refs)
    for name, count in sorted(counts.items()):
        if name and count < 2:
            raise UserError(f"class {name!r} has a single image", "Add images or take it out.")
    middle = sorted(train.sides)[len(train.sides) // 2]
    if middle < config.size:
        raise UserError(
            f"size: {config.size} is larger than most of the images, which have {middle} pixels",
            "Choose a smaller size.",
        )
