"""An export as a generator of progress. Closing the generator stops it, with whole files only."""

import os
import threading
import time
from collections import deque
from collections.abc import Generator, Iterable, Iterator, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import BinaryIO

import cv2
from msgspec import Struct

from studio import __version__
from studio.augment.recipe import Recipe
from studio.augment.recipe_file import plain_recipe
from studio.dataset.copies import Done, Job, make_copies
from studio.dataset.library import ImageRef, Library, Problem
from studio.dataset.manifest import MANIFEST, PROGRAM, Header, encode_line
from studio.dataset.naming import output_stems
from studio.dataset.target import check_target
from studio.errors import UserError

FORMATS = ("same", "jpg", "png", "webp")
MOST_COPIES = 100
_MOST_NAMED = 12
_JOBS_AHEAD = 32
_COPIES_A_JOB = 16
"""So that a stopped export never has long to finish, and no image is decoded too often."""


class ExportOptions(Struct, frozen=True):
    """What an export writes. `splits` and `classes` None means all of them."""

    copies: int = 4
    include_originals: bool = False
    format: str = "same"
    quality: int = 95
    splits: tuple[str, ...] | None = None
    classes: tuple[str, ...] | None = None
    workers: int = os.cpu_count() or 1


class ExportReport(Struct, frozen=True):
    """How far an export is: files, bytes, seconds; `latest` is the file written last."""

    done: int
    total: int
    bytes: int
    seconds: float
    skipped: tuple[Problem, ...]
    latest: Path | None

    @property
    def files_per_second(self) -> float:
        return self.done / self.seconds if self.seconds else 0.0

    @property
    def seconds_left(self) -> float | None:
        """Return an estimate, None while there is nothing to estimate from."""
        rate = self.files_per_second
        return (self.total - self.done) / rate if rate else None


def select_images(library: Library, options: ExportOptions) -> tuple[ImageRef, ...]:
    """Return the images that an export takes; UserError says which option is out of bounds."""
    if not 1 <= options.copies <= MOST_COPIES:
        raise UserError(f"copies: must be within 1..{MOST_COPIES}")
    if options.format not in FORMATS:
        raise UserError(f"format: must be one of {', '.join(FORMATS)}")
    if not 1 <= options.quality <= 100:
        raise UserError("quality: must be within 1..100")
    if options.workers < 1:
        raise UserError("workers: must be 1 or more")
    _check_known("split", options.splits, {image.split for image in library.images})
    _check_known("class", options.classes, {image.class_name for image in library.images})
    images = library.select(splits=options.splits, classes=options.classes)
    if not images:
        raise UserError("nothing to export: no image is in the chosen split and classes")
    return images


def _check_known(what: str, wanted: Iterable[str] | None, known: set[str]) -> None:
    for name in wanted or ():
        if name not in known:
            there = sorted(known - {""})
            more = f" and {len(there) - _MOST_NAMED} more" if len(there) > _MOST_NAMED else ""
            names = ", ".join(there[:_MOST_NAMED]) or "none"
            raise UserError(
                f"{what} {name!r} is not in this data set", f"There are: {names}{more}."
            )


def export(
    library: Library,
    recipe: Recipe,
    out: Path,
    options: ExportOptions,
    *,
    executor: Executor | None = None,
) -> Generator[ExportReport, None, ExportReport]:
    """Write augmented copies and a manifest to the new or empty folder `out`; yield progress.

    The files do not depend on the executor or the number of workers. Sources are only read. An
    image that cannot be read is skipped and reported. UserError: a bad option or target, before
    anything is written, or a target that stops taking files; what was written stays, whole.
    """
    images = select_images(library, options)
    check_export_target(library, out)
    return (yield from write_copies(library, images, recipe, out, options, executor=executor))


def check_export_target(library: Library, out: Path) -> None:
    """Raise UserError unless `out` is new or empty and apart from the data set, links followed."""
    check_target(library.root, out, _folders(library))


def _folders(library: Library) -> set[Path]:
    keys = {image.key.rpartition("/")[0] for image in library.images}
    below = {place for key in keys for place in (PurePosixPath(key), *PurePosixPath(key).parents)}
    return {library.root / place for place in below}


def write_copies(
    library: Library,
    images: Sequence[ImageRef],
    recipe: Recipe,
    out: Path,
    options: ExportOptions,
    *,
    executor: Executor | None = None,
) -> Generator[ExportReport, None, ExportReport]:
    """Do the work of `export` for images and a target that were checked already."""
    jobs = make_jobs(library, images, recipe, out, options)
    header = Header(
        program=PROGRAM,
        version=__version__,
        recipe=plain_recipe(recipe),
        seed=recipe.seed,
        source=os.fsencode(library.root).decode(errors="backslashreplace"),
        copies=options.copies,
        format=options.format,
        quality=options.quality,
    )
    progress = _Progress(len(images) * (options.copies + options.include_originals))
    try:
        out.mkdir(parents=True, exist_ok=True)
        with (out / MANIFEST).open("xb") as manifest:
            manifest.write(encode_line(header))
            with one_opencv_thread():
                yield from _run(jobs, executor or _pool(options.workers), progress, manifest)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        written = f"{progress.done} of {progress.total} files were written before, all whole."
        hint = written if progress.done else "Choose a folder elsewhere."
        raise UserError(f"{out}: cannot be written: {reason}", hint) from error
    return progress.report()


def make_jobs(
    library: Library,
    images: Iterable[ImageRef],
    recipe: Recipe,
    out: Path,
    options: ExportOptions,
) -> Iterator[Job]:
    """Yield the jobs that make up an export, in the order of the images."""
    stems = output_stems(library.images)
    for image in images:
        for first in range(1, options.copies + 1, _COPIES_A_JOB):
            yield Job(
                source=library.path(image),
                key=image.key,
                out=out,
                stem=stems[image.key],
                variants=tuple(range(first, min(first + _COPIES_A_JOB, options.copies + 1))),
                copy_original=options.include_originals and first == 1,
                recipe=recipe,
                format=options.format,
                quality=options.quality,
            )


def _run(
    jobs: Iterator[Job], executor: Executor, progress: "_Progress", manifest: BinaryIO
) -> Generator[ExportReport, None, None]:
    # Results are taken in the order of the jobs, so that the manifest's order is always the same.
    waiting: deque[tuple[Job, Future[Done]]] = deque()
    try:
        for job in jobs:
            waiting.append((job, executor.submit(make_copies, job)))
            if len(waiting) > _JOBS_AHEAD:
                yield progress.add(*_next_done(waiting), manifest)
        while waiting:
            yield progress.add(*_next_done(waiting), manifest)
    finally:
        # After a stop or a fault, files of jobs that had begun are there and get their lines.
        begun = [(job, future) for job, future in waiting if not future.cancel()]
        for job, future in begun:
            if future.exception() is None:
                with suppress(OSError):
                    progress.add(job, future.result(), manifest)


def _next_done(waiting: deque[tuple[Job, Future[Done]]]) -> tuple[Job, Done]:
    job, future = waiting[0]
    done = future.result()
    waiting.popleft()
    return job, done


class _OneThread:
    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.users = 0
        self.threads = 0


_ONE_THREAD = _OneThread()


@contextmanager
def one_opencv_thread() -> Iterator[None]:
    """Keep OpenCV from using threads of its own, which would only compete with the workers.

    The setting is the whole process's: the first to come sets it, the last to leave restores it.
    """
    with _ONE_THREAD.lock:
        if _ONE_THREAD.users == 0:
            _ONE_THREAD.threads = cv2.getNumThreads()
            cv2.setNumThreads(1)
        _ONE_THREAD.users += 1
    try:
        yield
    finally:
        with _ONE_THREAD.lock:
            _ONE_THREAD.users -= 1
            if _ONE_THREAD.users == 0:
                cv2.setNumThreads(_ONE_THREAD.threads)


class _Progress:
    def __init__(self, total: int) -> None:
        self.total = total
        self.done = 0
        self._bytes = 0
        self._skipped: dict[str, Problem] = {}
        self._latest: Path | None = None
        self._start = time.perf_counter()

    def add(self, job: Job, done: Done, manifest: BinaryIO) -> ExportReport:
        manifest.write(b"".join(map(encode_line, done.entries)))
        self.done += len(done.entries)
        self._bytes += done.bytes
        if done.entries:
            self._latest = job.out / done.entries[-1].output
        if done.reason:
            wanted = len(job.variants) + job.copy_original
            self.total -= wanted - len(done.entries)
            self._skipped[job.key] = Problem(job.key, done.reason)
        if done.fault:
            raise done.fault
        return self.report()

    def report(self) -> ExportReport:
        return ExportReport(
            done=self.done,
            total=self.total,
            bytes=self._bytes,
            seconds=time.perf_counter() - self._start,
            skipped=tuple(self._skipped.values()),
            latest=self._latest,
        )


@lru_cache
def _pool(workers: int) -> ThreadPoolExecutor:
    # Kept for the program's life: threads that call OpenCV and end leave memory behind.
    return ThreadPoolExecutor(workers, thread_name_prefix="export")
