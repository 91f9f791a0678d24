"""A dry run: what an export would write, and how long it would take, from a few images."""

import os
import time
from collections.abc import Generator
from pathlib import Path
from statistics import fmean
from typing import cast

import cv2
import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from studio.augment.image import Image
from studio.augment.recipe import Recipe
from studio.dataset.copies import Copy, Item, Order, render_copies
from studio.dataset.image_file import ImageError
from studio.dataset.library import Library, Problem
from studio.dataset.order import ExportOptions, make_items, make_order, select_images
from studio.dataset.workers import one_opencv_thread
from studio.errors import UserError

_LOOKED_AT = 12
_COPIES_LOOKED_AT = 2
_SAMPLES = 3


class Sample(Struct, frozen=True):
    """One output as it would be: its name, and its pixels after encoding and decoding."""

    name: str
    image: Image


class Estimate(Struct, frozen=True):
    """What an export would come to: counts are exact, bytes and seconds are extrapolated."""

    files: int
    bytes: int
    seconds: float
    samples: tuple[Sample, ...]
    problems: tuple[Problem, ...]


def estimate(
    library: Library, recipe: Recipe, options: ExportOptions
) -> Generator[float, None, Estimate]:
    """Render some of an export's images in memory; yield the share done, return the estimate.

    UserError as `export` for bad options. Nothing is written.
    """
    images = select_images(library, options)
    looked_at = images[:: max(1, len(images) // _LOOKED_AT)][:_LOOKED_AT]
    looks: list[_Look] = []
    problems: list[Problem] = []
    few = replace(options, copies=min(options.copies, _COPIES_LOOKED_AT))
    order = make_order(library, images, recipe, Path(), few)
    for number, item in enumerate(make_items(library, looked_at, few), start=1):
        try:
            looks.append(_look(order, item, warm_up=not looks))
        except ImageError as error:
            problems.append(Problem(item.key, error.reason))
        yield number / len(looked_at)
    if not looks:
        raise UserError("none of the images looked at can be read", f"{problems[0].reason}.")
    copies = [copy for look in looks for copy in look.copies]
    each = fmean(look.bytes for look in looks) * options.include_originals
    each += fmean(len(copy.data) for copy in copies) * options.copies
    seconds = fmean(look.reading for look in looks)
    seconds += sum(look.rendering for look in looks) / len(copies) * options.copies
    return Estimate(
        files=len(images) * (options.copies + options.include_originals),
        bytes=round(each * len(images)),
        seconds=seconds * len(images) / min(options.workers, os.cpu_count() or 1),
        samples=tuple(map(_sample, copies[:: max(1, len(copies) // _SAMPLES)][:_SAMPLES])),
        problems=tuple(problems),
    )


class _Look(Struct, frozen=True):
    """What one image took: its file's bytes, seconds to read it, seconds to render the copies."""

    bytes: int
    reading: float
    rendering: float
    copies: list[Copy]


def _look(order: Order, item: Item, *, warm_up: bool) -> _Look:
    with one_opencv_thread():
        start = time.perf_counter()
        size = len(order.store.data(item.key))
        image = order.store.read(item.key).pixels
        read = time.perf_counter()
        if warm_up:
            # Tables that are made once would count as if every image needed them.
            next(render_copies(order, item, image, []), None)
        rendering = time.perf_counter()
        faults: list[str] = []
        copies = list(render_copies(order, item, image, faults))
        done = time.perf_counter()
    if not copies:
        raise ImageError(order.store.place(item.key), faults[0])
    return _Look(size, read - start, done - rendering, copies)


def _sample(copy: Copy) -> Sample:
    image = cv2.imdecode(np.frombuffer(copy.data, np.uint8), cv2.IMREAD_UNCHANGED)
    return Sample(copy.name, cast(Image, image))
