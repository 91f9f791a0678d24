"""Taking back what was written: it goes, what has changed since stays."""

# ruff: noqa: PTH106, PTH108
import os
from collections.abc import Generator, Sequence
from contextlib import suppress
from functools import partial
from itertools import chain, islice
from pathlib import Path, PurePosixPath

from msgspec import Struct

from studio.dataset.export_mark import GENERATED
from studio.dataset.exports.generated import Generated, GeneratedLine, keep_lines
from studio.dataset.exports.jobs import map_ahead
from studio.dataset.exports.ledger import Ledger, decode_line, rewrite
from studio.dataset.exports.lock import locked
from studio.dataset.exports.manifest import MANIFEST, End, Line, encode_line
from studio.dataset.exports.outputs import MISSING, Outputs, is_inside
from studio.dataset.exports.verify import Finding, list_extra, load_lists
from studio.dataset.exports.workers import thread_workers
from studio.errors import UserError

_A_BATCH = 64


class UndoReport(Struct, frozen=True):
    """How far taking back is, in files: how many are removed, and which were left and why.

    At the end, `extra` names the files in the folder that the export did not write.
    """

    done: int
    total: int
    removed: int
    kept: tuple[Finding, ...]
    extra: tuple[str, ...] = ()


def undo(out: Path) -> Generator[UndoReport, None, UndoReport]:
    """Remove exactly what was written and has not changed since; yield progress.

    That is what the manifest says, and the list of generated images. Then go folders that are
    empty, and both lists, which otherwise keep the lines of what is left. Nothing outside of `out`
    is touched, whatever the lists say and wherever links lead. A stopped undo can be repeated.
    UserError where there is no list that can be read, where somebody else writes to the folder, or
    where files cannot be removed.
    """
    load_lists(out)
    try:
        with locked(out):
            # Whoever had the lock until now may have changed them.
            report = yield from _remove_files(out, *load_lists(out))
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise UserError(f"{out}: cannot be undone: {reason}") from error
    return report


def count_written(out: Path) -> int:
    """Return how many files the lists of a folder name; UserError where it has none."""
    ledger, generated = load_lists(out)
    return (len(ledger.lines) if ledger else 0) + (len(generated.files()) if generated else 0)


_Line = Line | GeneratedLine


def _remove_files(
    out: Path, ledger: Ledger | None, generated: Generated | None
) -> Generator[UndoReport, None, UndoReport]:
    exported = ledger.lines if ledger else []
    made = [line for _, line in generated.files()] if generated else []
    total, done, removed = len(exported) + len(made), 0, 0
    kept: list[Finding] = []
    left: list[int] = []
    folders: set[str] = set()
    outputs = Outputs(out)
    with thread_workers(os.cpu_count() or 1) as executor:
        remove = partial(_remove, outputs)
        lines = chain(map(decode_line, exported), made)
        for batch in map_ahead(executor, remove, iter(lambda: tuple(islice(lines, _A_BATCH)), ())):
            for line, reason in batch:
                if reason is None:
                    removed += 1
                elif reason:
                    where = MANIFEST if done < len(exported) else GENERATED
                    kept.append(Finding(line.output if line else where, reason))
                    left.append(done)
                if line is not None and is_inside(line.output):
                    folders.add(line.output.rpartition("/")[0])
                done += 1
            yield UndoReport(done, total, removed, tuple(kept))
    outputs.remove_waiting(folders)
    _remove_folders(outputs, folders)
    if ledger:
        _keep_manifest(out, ledger, [exported[number] for number in left if number < len(exported)])
    if generated:
        keep_lines(out, generated, {number - len(exported) for number in left})
    extra = list_extra(out, {GENERATED, *(finding.output for finding in kept)})
    return UndoReport(done, total, removed, tuple(kept), extra)


def _keep_manifest(out: Path, ledger: Ledger, left: Sequence[bytes]) -> None:
    if left:
        size = sum(line.size for line in map(decode_line, left) if line is not None)
        end = End(finished=True, files=len(left), bytes=size, undone=True)
        rewrite(out, [ledger.first, *left, encode_line(end)])
    else:
        (out / MANIFEST).unlink()


def _remove(
    outputs: Outputs, lines: Sequence[_Line | None]
) -> list[tuple[_Line | None, str | None]]:
    """Remove the files of some lines; for each return why it stays, "" if gone before, or None."""
    results: list[tuple[_Line | None, str | None]] = []
    for line in lines:
        reason = outputs.find_fault(line) if line else "has a damaged line"
        if line and not reason:
            os.unlink(outputs.path(line.output))
            results.append((line, None))
        else:
            results.append((line, "" if reason == MISSING else reason))
    return results


def _remove_folders(outputs: Outputs, folders: set[str]) -> None:
    """Remove folders, the deepest first; those with something in them stay."""
    above = {str(place) for folder in folders for place in (folder, *PurePosixPath(folder).parents)}
    for folder in sorted(above - {"", "."}, key=lambda folder: -folder.count("/")):
        if outputs.is_plain(folder):
            with suppress(OSError):
                os.rmdir(outputs.path(folder))
