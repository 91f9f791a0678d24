"""An export as a generator of progress. Closing the generator stops it, with whole files only."""

from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import BrokenExecutor, Executor
from contextlib import contextmanager, nullcontext
from pathlib import Path, PurePosixPath

from studio.augment.recipe import Recipe
from studio.dataset.exports.copies import Order
from studio.dataset.exports.jobs import choose_workers, run_jobs
from studio.dataset.exports.journal import opened_journal
from studio.dataset.exports.ledger import rewrite
from studio.dataset.exports.manifest import MANIFEST, encode_line
from studio.dataset.exports.order import ExportOptions, make_items, make_order, select_images
from studio.dataset.exports.outputs import Outputs
from studio.dataset.exports.provenance import make_header
from studio.dataset.exports.record import ExportReport, Progress, Record
from studio.dataset.exports.resume import Rest, find_unfinished, prepare_rest, sort_lines
from studio.dataset.exports.target import check_apart, check_empty, leave_nothing, taken
from studio.dataset.exports.workers import one_opencv_thread
from studio.dataset.library import ImageRef, Library
from studio.errors import UserError


def export(
    library: Library,
    recipe: Recipe,
    out: Path,
    options: ExportOptions,
    *,
    resume: bool = False,
    executor: Executor | None = None,
) -> Generator[ExportReport, None, ExportReport]:
    """Write augmented copies and a manifest to the new or empty folder `out`; yield progress.

    The files do not depend on the executor or the number of workers. Sources are only read. An
    image that cannot be read is skipped and reported. With `resume`, `out` holds an export that
    was interrupted, and holds in the end what it would without that, byte for byte.

    UserError: a bad option or target, or something that is not as it was when the export began,
    before anything is written; a target that stops taking files, or a worker that died, and what
    was written stays, whole. An export that wrote no file leaves nothing.
    """
    images = select_images(library, options)
    check_export_target(library, out, resume=resume)
    return (
        yield from write_copies(
            library, images, recipe, out, options, resume=resume, executor=executor
        )
    )


def check_export_target(library: Library, out: Path, *, resume: bool = False) -> None:
    """Raise UserError unless `out` is new or empty and apart from the data set, links followed.

    With `resume` it need not be empty.
    """
    check_apart(library.root, out, _folders(library))
    if resume:
        return
    unfinished = find_unfinished(out)
    if unfinished:
        there = f"{unfinished.written:,} of {unfinished.total:,} files"
        raise UserError(
            f"{out}: holds an export that was interrupted: {there}",
            "Resume it, or choose a new or empty folder.",
        )
    check_empty(out)


def _folders(library: Library) -> set[Path]:
    names = {library.store.real_name(image.key).rpartition("/")[0] for image in library.images}
    below = {
        place for name in names for place in (PurePosixPath(name), *PurePosixPath(name).parents)
    }
    return {library.root / place for place in below}


def write_copies(
    library: Library,
    images: Sequence[ImageRef],
    recipe: Recipe,
    out: Path,
    options: ExportOptions,
    *,
    resume: bool = False,
    executor: Executor | None = None,
) -> Generator[ExportReport, None, ExportReport]:
    """Do the work of `export` for images and a target that were checked already."""
    order = make_order(library, images, recipe, out, options)
    items = tuple(make_items(library, images, options))
    header = make_header(library, images, items, recipe, options)
    progress = Progress(header.files)
    with _told_faults(out, progress), taken(out) as lock:
        if resume:
            rest = yield from prepare_rest(out, header, items, order, progress, options.workers)
        else:
            check_empty(out)
            Outputs(out).remove_waiting([])
            rest = Rest(items, {}, is_sorted=True, is_finished=False)
        if rest.is_finished:
            return progress.report()
        try:
            if not resume:
                rewrite(out, [encode_line(header)])
            yield from _write(order, rest, progress, options.workers, lock, executor)
        finally:
            if not progress.done:
                leave_nothing(out)
    return progress.report()


def _write(
    order: Order,
    rest: Rest,
    progress: Progress,
    workers: int,
    lock: int,
    executor: Executor | None,
) -> Generator[ExportReport, None, None]:
    out, items = order.out, rest.items
    with opened_journal(out / MANIFEST) as journal:
        given = nullcontext(executor) if executor else None
        with (
            one_opencv_thread(),
            given or choose_workers(order, items, workers, lock) as chosen,
        ):
            yield from run_jobs(order, items, chosen, Record(journal, progress, out))
        if rest.is_sorted:
            journal.add(encode_line(progress.end()))
            journal.sync()
    if not rest.is_sorted:
        sort_lines(out, rest.wanted, progress.end())


@contextmanager
def _told_faults(out: Path, progress: Progress) -> Iterator[None]:
    """Tell what ended an export in a person's words, and how much of it there is."""
    try:
        yield
    except BrokenExecutor as error:
        message = f"{out}: a process that made copies has died, perhaps for want of memory"
        raise UserError(message, _describe_rest(progress)) from error
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        hint = _describe_rest(progress) if progress.done else "Choose a folder elsewhere."
        raise UserError(f"{out}: cannot be written: {reason}", hint) from error


def _describe_rest(progress: Progress) -> str:
    done, missing = progress.done, progress.total - progress.done
    if not missing:
        return f"All {done:,} files were written; resume the export to see whether they stayed."
    return (
        f"{done:,} of {progress.total:,} files were written, all whole; {missing:,} are missing."
        " Resume the export to write them."
    )
