"""A dry run: what an export would write, and how long it would take, from a few images."""

import os
import time
from bisect import bisect_right
from collections import Counter
from collections.abc import Generator
from itertools import accumulate
from pathlib import Path
from statistics import fmean
from typing import cast

import cv2
import numpy as np
from msgspec import Struct

from studio.augment.image import Image
from studio.augment.recipe import Recipe
from studio.dataset.exports.copies import COPIES_AN_ITEM, Copy, Item, Order, render_copies
from studio.dataset.exports.options import ExportOptions
from studio.dataset.exports.order import make_order, make_shares, select_images
from studio.dataset.exports.sharing import (
    Share,
    count_balanced,
    count_by_class,
    count_files,
    share_out,
)
from studio.dataset.exports.source import load_source
from studio.dataset.exports.workers import one_opencv_thread
from studio.dataset.library import Library, Problem
from studio.dataset.reading.image_file import ImageError
from studio.errors import UserError

_LOOKED_AT = 12
_COPIES_LOOKED_AT = 2
_SAMPLES = 3


class Sample(Struct, frozen=True):
    """One output as it would be: its name, and its pixels after encoding and decoding."""

    name: str
    image: Image


class Estimate(Struct, frozen=True):
    """What an export would come to: counts are exact, bytes and seconds are extrapolated.

    `each_class` is the number of files of every class, by split, where classes are balanced.
    """

    files: int
    bytes: int
    seconds: float
    each_class: dict[str, int]
    samples: tuple[Sample, ...]
    problems: tuple[Problem, ...]


def estimate(
    library: Library, recipe: Recipe, options: ExportOptions
) -> Generator[float, None, Estimate]:
    """Render some of an export's images in memory; yield the share done, return the estimate.

    UserError as `export` for bad options. Nothing is written.
    """
    images = select_images(library, options)
    shares = list(share_out(images, options))
    multiplied = [share for share in shares if share.copies]
    copied = [share for share in shares if not share.copies]
    chosen = [*_choose(multiplied), *_choose(copied)]
    order = make_order(library, images, recipe, Path(), options)
    looks: list[_Look] = []
    problems: list[Problem] = []
    few = (share._replace(copies=min(share.copies, _COPIES_LOOKED_AT)) for share, _ in chosen)
    for (share, weight), item in zip(chosen, make_shares(library, few), strict=True):
        try:
            looks.append(_look(order, share, weight, item, warm_up=not looks))
        except ImageError as error:
            problems.append(Problem(item.key, error.reason))
        yield (len(looks) + len(problems)) / len(chosen)
    copies = [copy for look in looks for copy in look.copies]
    if not copies:
        raise UserError("none of the images looked at can be read", f"{problems[0].reason}.")
    parts = [
        _extrapolate(multiplied, [look for look in looks if look.share.copies]),
        _extrapolate(copied, [look for look in looks if not look.share.copies]),
    ]
    counts = count_by_class(images)
    return Estimate(
        files=sum(count_files(counts, options).values()),
        bytes=round(sum(size for size, _ in parts)),
        seconds=sum(seconds for _, seconds in parts) / min(options.workers, os.cpu_count() or 1),
        each_class=count_balanced(counts, options),
        samples=tuple(map(_sample, copies[:: max(1, len(copies) // _SAMPLES)][:_SAMPLES])),
        problems=tuple(problems),
    )


def _choose(shares: list[Share]) -> list[tuple[Share, int]]:
    """Return some of the shares from all over them, those of many copies more likely.

    Beside each is what it weighs in means over all copies.
    """
    sizes = [max(1, share.copies) for share in shares]
    if len(shares) <= _LOOKED_AT:
        return list(zip(shares, sizes, strict=True))
    ends = list(accumulate(sizes))
    places = [(2 * number + 1) * ends[-1] // (2 * _LOOKED_AT) for number in range(_LOOKED_AT)]
    hits = Counter(bisect_right(ends, place) for place in places)
    return [(shares[index], weight) for index, weight in sorted(hits.items())]


class _Look(Struct, frozen=True):
    """What one image took: its file's bytes, seconds to read it, seconds to render the copies."""

    share: Share
    weight: int
    bytes: int
    reading: float
    rendering: float
    copies: list[Copy]


def _extrapolate(shares: list[Share], looks: list[_Look]) -> tuple[float, float]:
    """Return bytes and seconds that all the shares take, going by those that were looked at."""
    if not looks:
        return 0.0, 0.0
    images = [look.weight / max(1, look.share.copies) for look in looks]
    originals = sum(share.has_original for share in shares)
    size = fmean([look.bytes for look in looks], images) * originals
    readings = [
        weight * _count_readings(look.share) for weight, look in zip(images, looks, strict=True)
    ]
    seconds = fmean([look.reading for look in looks], readings) * sum(map(_count_readings, shares))
    if copies := sum(share.copies for share in shares):
        weights = [look.weight for look in looks]
        size += fmean([fmean(len(c.data) for c in look.copies) for look in looks], weights) * copies
        seconds += fmean([look.rendering / len(look.copies) for look in looks], weights) * copies
    return size, seconds


def _count_readings(share: Share) -> int:
    """Return how often an image is read for its share."""
    return -(-max(1, share.copies) // COPIES_AN_ITEM)


def _look(order: Order, share: Share, weight: int, item: Item, *, warm_up: bool) -> _Look:
    with one_opencv_thread():
        start = time.perf_counter()
        source = load_source(order.store, item.key)
        read = time.perf_counter()
        if warm_up:
            # Tables that are made once would count as if every image needed them.
            next(render_copies(order, item, source, []), None)
        rendering = time.perf_counter()
        faults: list[str] = []
        copies = list(render_copies(order, item, source, faults))
        done = time.perf_counter()
    if item.variants and not copies:
        raise ImageError(order.store.place(item.key), faults[0])
    return _Look(
        share,
        weight,
        len(order.store.as_file(item.key, source.content)),
        read - start,
        done - rendering,
        copies,
    )


def _sample(copy: Copy) -> Sample:
    image = cv2.imdecode(np.frombuffer(copy.data, np.uint8), cv2.IMREAD_UNCHANGED)
    return Sample(copy.name, cast(Image, image))
