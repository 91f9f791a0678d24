"""What can be told of a data set before a training reads it: its images' number, size, colour."""

from collections import Counter

import numpy as np
from msgspec import Struct

from studio.dataset.library import ImageRef, Library
from studio.dataset.reading.image_file import ImageError
from studio.gan.config import FEWEST_IMAGES, SIZES

_LOOKED_AT = 48
_COLOURS_LOOKED_AT = 3
_THUMBNAIL = 64
_MOST_SUGGESTED = 32


class DataFacts(Struct, frozen=True):
    """`images` in `classes` are what would be trained on: the train split where there is one."""

    images: int
    classes: int
    has_train_split: bool
    others: int
    """How many images of other splits there are."""
    problem: str = ""
    hint: str = ""


class Look(Struct, frozen=True):
    """What a look at a few of the images has shown.

    `side` is the shorter side that most of them have at least, in pixels, 0 if none could be read.
    """

    side: int
    is_grey: bool

    @property
    def size(self) -> int:
        """The size to suggest: that of small images, and what trains in minutes for others."""
        fitting = [size for size in SIZES if size <= min(self.side, _MOST_SUGGESTED)]
        return max(fitting, default=SIZES[0])


def describe_data(library: Library) -> DataFacts:
    """Count what a training would use, and say what keeps it from beginning. Reads no file."""
    images = _choose(library)
    counts = Counter(image.class_name for image in images)
    problem = hint = ""
    single = sorted(name for name, count in counts.items() if name and count < 2)
    if len(images) < FEWEST_IMAGES:
        problem = f"{len(images)} images are too few to train on"
        hint = f"Give at least {FEWEST_IMAGES}; a few hundred show something."
    elif single:
        problem = f"class {single[0]!r} has a single image"
        hint = "Add images or take it out."
    return DataFacts(
        images=len(images),
        classes=len(counts.keys() - {""}),
        has_train_split=any(image.split == "train" for image in library.images),
        others=len(library.images) - len(images),
        problem=problem,
        hint=hint,
    )


def look_at(library: Library) -> Look:
    """Read the headers of some of the images, spread over all of them, and the colours of a few."""
    images = _choose(library)
    sides = []
    for image in images[:: max(1, len(images) // _LOOKED_AT)]:
        try:
            header = library.store.header(image.key)
        except ImageError:
            continue
        sides.append(min(header.width, header.height))
    some = images[:: max(1, len(images) // _COLOURS_LOOKED_AT)]
    middle = sorted(sides)[len(sides) // 2] if sides else 0
    return Look(middle, bool(sides) and all(_is_grey(library, image) for image in some))


def _choose(library: Library) -> tuple[ImageRef, ...]:
    has_train_split = any(image.split == "train" for image in library.images)
    return library.select(splits={"train"} if has_train_split else None)


def _is_grey(library: Library, image: ImageRef) -> bool:
    try:
        pixels = library.store.thumbnail(image.key, _THUMBNAIL)
    except ImageError:
        return True
    if pixels.ndim == 2:
        return True
    colours = pixels[..., :3]
    return bool(np.array_equal(colours[..., :1] + np.zeros_like(colours), colours))
