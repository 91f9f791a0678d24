"""A dry run: what an export would write, and how long it would take, from a few images."""

import os
import time
from collections.abc import Generator
from pathlib import Path
from typing import cast

import cv2
import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from studio.augment.image import Image
from studio.augment.recipe import Recipe
from studio.dataset.copies import Copy, render_copies
from studio.dataset.export import ExportOptions, make_jobs, select_images
from studio.dataset.image_file import ImageError, read_image
from studio.dataset.library import Library, Problem
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
    copies: list[Copy] = []
    problems: list[Problem] = []
    original_bytes, reading, rendering = 0, 0.0, 0.0
    few = replace(options, copies=min(options.copies, _COPIES_LOOKED_AT))
    for number, job in enumerate(make_jobs(library, looked_at, recipe, Path(), few), start=1):
        start = time.perf_counter()
        try:
            image = read_image(job.source)
            original_bytes += job.source.stat().st_size
            middle = time.perf_counter()
            copies += render_copies(job, image)
        except ImageError as error:
            problems.append(Problem(job.key, error.reason))
            continue
        reading += middle - start
        rendering += time.perf_counter() - middle
        yield number / len(looked_at)
    readable = len(looked_at) - len(problems)
    if not readable:
        raise UserError("none of the images looked at can be read", f"{problems[0].reason}")
    each = original_bytes / readable * options.include_originals
    each += sum(len(copy.data) for copy in copies) / len(copies) * options.copies
    seconds = reading / readable + rendering / len(copies) * options.copies
    return Estimate(
        files=len(images) * (options.copies + options.include_originals),
        bytes=round(each * len(images)),
        seconds=seconds * len(images) / min(options.workers, os.cpu_count() or 1),
        samples=tuple(map(_sample, copies[:: max(1, len(copies) // _SAMPLES)][:_SAMPLES])),
        problems=tuple(problems),
    )


def _sample(copy: Copy) -> Sample:
    image = cv2.imdecode(np.frombuffer(copy.data, np.uint8), cv2.IMREAD_UNCHANGED)
    return Sample(copy.name, cast(Image, image))
