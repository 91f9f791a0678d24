"""Taking an export back: what it wrote goes, what has changed since stays."""

# ruff: noqa: PTH106, PTH108
import os
from collections.abc import Generator, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path, PurePosixPath

from msgspec import Struct

from studio.dataset.exports.jobs import in_batches, map_ahead
from studio.dataset.exports.ledger import Ledger, decode_line, load_ledger, rewrite
from studio.dataset.exports.lock import locked
from studio.dataset.exports.manifest import MANIFEST, End, Line, encode_line
from studio.dataset.exports.outputs import MISSING, Outputs, is_inside
from studio.dataset.exports.verify import Finding, list_extra
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
    """Remove exactly what the manifest says was written and has not changed since; yield progress.

    Then go folders that are empty, and the manifest, which otherwise keeps the lines of what is
    left. Nothing outside of `out` is touched, whatever the manifest says and wherever links lead.
    A stopped undo can be repeated. UserError where there is no manifest that can be read, where
    somebody else writes to the folder, or where files cannot be removed.
    """
    ledger = load_ledger(out)
    try:
        with locked(out):
            # Whoever had the lock until now may have changed it.
            ledger = load_ledger(out)
            report = yield from _remove_files(out, ledger)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise UserError(f"{out}: cannot be undone: {reason}") from error
    return report


def _remove_files(out: Path, ledger: Ledger) -> Generator[UndoReport, None, UndoReport]:
    total, done, removed = len(ledger.lines), 0, 0
    kept: list[Finding] = []
    left: list[bytes] = []
    folders: set[str] = set()
    outputs = Outputs(out)
    with thread_workers(os.cpu_count() or 1) as executor:
        remove = partial(_remove, outputs)
        for batch in map_ahead(executor, remove, in_batches(ledger.lines, _A_BATCH)):
            for line, reason in batch:
                if reason is None:
                    removed += 1
                elif reason:
                    kept.append(Finding(line.output if line else MANIFEST, reason))
                    left.append(ledger.lines[done])
                if line is not None and is_inside(line.output):
                    folders.add(line.output.rpartition("/")[0])
                done += 1
            yield UndoReport(done, total, removed, tuple(kept))
    outputs.remove_waiting(folders)
    _remove_folders(outputs, folders)
    if kept:
        size = sum(line.size for line in map(decode_line, left) if line is not None)
        end = End(finished=True, files=len(left), bytes=size, undone=True)
        rewrite(out, [ledger.first, *left, encode_line(end)])
    else:
        (out / MANIFEST).unlink()
    extra = list_extra(out, {finding.output for finding in kept})
    return UndoReport(done, total, removed, tuple(kept), extra)


def _remove(outputs: Outputs, lines: Sequence[bytes]) -> list[tuple[Line | None, str | None]]:
    """Remove the files of some lines; for each return why it stays, "" if gone before, or None."""
    results: list[tuple[Line | None, str | None]] = []
    for raw in lines:
        line = decode_line(raw)
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
