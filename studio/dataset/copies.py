"""Make the copies of one image: draw, apply, encode, write. Any worker can, thread or process."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import cv2
from msgspec import Struct

from studio.augment.engine import apply
from studio.augment.image import Image
from studio.augment.plan import Plan, draw
from studio.augment.recipe import Recipe
from studio.dataset.image_file import ImageError, encode_image, read_image, write_atomic
from studio.dataset.manifest import Entry
from studio.dataset.naming import copy_name

_SUFFIX_OF = {"jpeg": "jpg", "jpe": "jpg", "tif": "tiff", "gif": "png"}


class Job(Struct, frozen=True):
    """The copies of one image that one worker makes; all of it is plain data."""

    source: Path
    key: str
    out: Path
    stem: str
    variants: tuple[int, ...]
    copy_original: bool
    recipe: Recipe
    format: str
    quality: int


class Done(Struct, frozen=True):
    """What became of a job: its files, and why there are not all of them.

    `reason` is a fault of the image, `fault` one of the target.
    """

    key: str
    entries: tuple[Entry, ...] = ()
    bytes: int = 0
    reason: str = ""
    fault: OSError | None = None


class Copy(NamedTuple):
    """One rendered copy, before it is written."""

    name: str
    plan: Plan
    data: bytes


def output_suffix(key: str, format: str) -> str:
    """Return the suffix, without dot, of an image's copies. GIF cannot be written: PNG instead."""
    if format != "same":
        return format
    suffix = key.rpartition(".")[2].lower()
    return _SUFFIX_OF.get(suffix, suffix)


def render_copies(job: Job, image: Image) -> Iterator[Copy]:
    """Yield the job's copies of an image, encoded."""
    suffix = output_suffix(job.key, job.format)
    for variant in job.variants:
        plan = draw(job.recipe, job.key, variant)
        data = encode_image(apply(plan, image), suffix, job.quality)
        yield Copy(copy_name(job.stem, variant, suffix), plan, data)


def make_copies(job: Job) -> Done:
    """Write the job's copies, each file whole or not at all.

    An image that cannot be read or worked on, and a target that takes no file, are told in the
    result, beside the files that were written before.
    """
    try:
        image = read_image(job.source)
        original = job.source.read_bytes() if job.copy_original else None
    except ImageError as error:
        return Done(job.key, reason=error.reason)
    except OSError as error:
        return Done(job.key, reason=f"cannot be read: {error.strerror}")
    entries: list[Entry] = []
    size = 0
    try:
        if original is not None:
            size += _write(job.out / job.key, original)
            entries.append(Entry(job.key, job.key, 0, None))
        for copy in render_copies(job, image):
            size += _write(job.out / copy.name, copy.data)
            entries.append(Entry(copy.name, job.key, copy.plan.variant, copy.plan))
    except (ImageError, cv2.error, MemoryError) as error:
        reason = error.reason if isinstance(error, ImageError) else f"cannot be worked on: {error}"
        return Done(job.key, tuple(entries), size, reason)
    except OSError as error:
        return Done(job.key, tuple(entries), size, fault=error)
    return Done(job.key, tuple(entries), size)


def _write(path: Path, data: bytes) -> int:
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomic(path, data)
    return len(data)
