"""An export as a generator of progress. Closing the generator stops it, with whole files only."""

import os
from collections import deque
from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import Executor, Future
from contextlib import AbstractContextManager, nullcontext, suppress
from itertools import islice
from pathlib import Path, PurePosixPath

from studio import __version__
from studio.augment.recipe import Recipe
from studio.augment.recipe_file import plain_recipe
from studio.dataset.copies import Done, Item, Job, Order, make_copies
from studio.dataset.image_file import ImageError
from studio.dataset.library import ImageRef, Library
from studio.dataset.manifest import MANIFEST, PROGRAM, Header, encode_line
from studio.dataset.order import ExportOptions, make_items, make_order, select_images
from studio.dataset.record import ExportReport, Progress, Record
from studio.dataset.store import Store
from studio.dataset.target import check_target
from studio.dataset.workers import one_opencv_thread, process_workers, thread_workers
from studio.errors import UserError

_JOBS_AHEAD = 32
_MANY_FILES = 4000
_SMALL = 128 * 128
_LOOKED_AT = 16


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
    order = make_order(library, images, recipe, out, options)
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
    progress = Progress(len(images) * (options.copies + options.include_originals))
    try:
        out.mkdir(parents=True, exist_ok=True)
        with (out / MANIFEST).open("xb") as manifest:
            manifest.write(encode_line(header))
            record = Record(manifest, progress, out)
            items = make_items(library, images, options)
            with one_opencv_thread(), _executor(order, images, options, executor) as workers:
                yield from _run(order, items, workers, record)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        written = f"{progress.done} of {progress.total} files were written before, all whole."
        hint = written if progress.done else "Choose a folder elsewhere."
        raise UserError(f"{out}: cannot be written: {reason}", hint) from error
    return progress.report()


def _executor(
    order: Order, images: Sequence[ImageRef], options: ExportOptions, given: Executor | None
) -> AbstractContextManager[Executor]:
    if given is not None:
        return nullcontext(given)
    # Every job takes its order along, which is long where the keys of all partners are in it.
    wants_processes = (
        options.workers > 1
        and not order.pools
        and len(images) * options.copies >= _MANY_FILES
        and _are_small(order.store, images)
    )
    return process_workers(options.workers) if wants_processes else thread_workers(options.workers)


def _are_small(store: Store, images: Sequence[ImageRef]) -> bool:
    for image in images[:: max(1, len(images) // _LOOKED_AT)]:
        with suppress(ImageError):
            header = store.header(image.key)
            if header.width * header.height > _SMALL:
                return False
    return True


def _run(
    order: Order, items: Iterator[Item], executor: Executor, record: "Record"
) -> Generator[ExportReport, None, None]:
    # Results are taken in the order of the jobs, so that the manifest's order is always the same.
    waiting: deque[Future[list[Done]]] = deque()
    try:
        while chunk := tuple(islice(items, record.items_a_job())):
            waiting.append(executor.submit(make_copies, Job(order, chunk)))
            if len(waiting) > _JOBS_AHEAD:
                yield record.add(_next_done(waiting))
        while waiting:
            yield record.add(_next_done(waiting))
    finally:
        # After a stop or a fault, files of jobs that had begun are there and get their lines.
        begun = [future for future in waiting if not future.cancel()]
        for future in begun:
            if future.exception() is None:
                with suppress(OSError):
                    record.add(future.result())


def _next_done(waiting: deque[Future[list[Done]]]) -> list[Done]:
    done = waiting[0].result()
    waiting.popleft()
    return done
