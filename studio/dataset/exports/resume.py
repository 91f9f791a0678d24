"""Going on with an export that was interrupted, so that nothing tells it from another one."""

# ruff: noqa: PTH108
import os
from collections.abc import Generator, Mapping, Sequence
from contextlib import suppress
from itertools import pairwise
from pathlib import Path

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from studio.dataset.exports.copies import Item, Order
from studio.dataset.exports.journal import opened_journal
from studio.dataset.exports.kept import (
    Kept,
    Name,
    Place,
    Wanted,
    check_sources,
    find_kept,
    list_wanted,
    refusal,
)
from studio.dataset.exports.ledger import Ledger, decode_line, load_ledger, rewrite
from studio.dataset.exports.manifest import (
    MANIFEST,
    End,
    Header,
    decode_end,
    decode_header,
    encode_line,
)
from studio.dataset.exports.outputs import Outputs
from studio.dataset.exports.provenance import describe_changes
from studio.dataset.exports.record import ExportReport, Progress
from studio.dataset.exports.workers import thread_workers
from studio.errors import UserError

_LONGEST_HEADER = 100_000_000


class Unfinished(Struct, frozen=True):
    """What a target holds of an export that was interrupted: files, and how many it was to have."""

    written: int
    total: int


class Rest(Struct, frozen=True):
    """What there is still to do. `is_sorted` tells whether its lines can go after the others'."""

    items: tuple[Item, ...]
    wanted: Mapping[Name, Wanted]
    is_sorted: bool
    is_finished: bool


def find_unfinished(out: Path) -> Unfinished | None:
    """Return what a folder holds of an interrupted export; None for all other folders.

    Only the manifest is read: whether the files are as it says shows when the export is resumed.
    """
    try:
        with (out / MANIFEST).open("rb") as file:
            header = decode_header(file.readline(_LONGEST_HEADER))
            lines, last = 0, b""
            for last in file:
                lines += last.endswith(b"\n")
    except (OSError, ValueError, msgspec.DecodeError):
        return None
    return None if decode_end(last) else Unfinished(lines, header.files)


def prepare_rest(
    out: Path,
    header: Header,
    items: Sequence[Item],
    order: Order,
    progress: Progress,
    workers: int,
) -> Generator[ExportReport, None, Rest]:
    """Find what is still to be done in a target that nobody else writes to; yield progress.

    What does not match its line, and what is left of files that were being written, goes. A
    UserError names what is not as it was, before anything is changed.
    """
    ledger = load_ledger(out)
    _check_same(out, ledger, header)
    wanted = list_wanted(items, order.format)
    folders = {output.rpartition("/")[0] for _, output in wanted.values()}
    outputs = Outputs(out)
    _check_folders(out, outputs, folders)
    kept: list[Kept] = []
    with thread_workers(workers) as executor:
        for found in find_kept(out, ledger.lines, wanted, executor):
            kept += found
            progress.keep(len(found), sum(file.line.size for file in found))
            yield progress.report()
        check_sources(out, order, kept, executor)
    there = {file.name for file in kept}
    left = tuple(_without(item, there) for item in items)
    rest = Rest(
        items=tuple(item for item in left if item.count_files()),
        wanted=wanted,
        is_sorted=_is_sorted([wanted[file.name].place for file in kept], wanted, there),
        is_finished=ledger.end is not None and len(there) == len(wanted) == len(ledger.lines),
    )
    _remove_strays(out, [file.output for name, file in wanted.items() if name not in there])
    outputs.remove_waiting(folders)
    if not rest.is_finished:
        _keep_lines(out, ledger, [file.number for file in kept])
    return rest


def sort_lines(out: Path, wanted: Mapping[Name, Wanted], end: End) -> None:
    """Replace a manifest by one whose lines have their order, and that says it is finished."""
    ledger = load_ledger(out)

    def place(raw: bytes) -> Place:
        line = decode_line(raw)
        assert line is not None
        return wanted[line.source, line.variant].place

    rewrite(out, [ledger.first, *sorted(ledger.lines, key=place), encode_line(end)])


def _check_same(out: Path, ledger: Ledger, header: Header) -> None:
    if ledger.end is not None and ledger.end.undone:
        hint = "Export into a new folder."
        raise UserError(f"{out}: holds only what was left of an export when it was undone", hint)
    changes = describe_changes(ledger.header, header)
    if changes:
        raise refusal(out, changes)


def _check_folders(out: Path, outputs: Outputs, folders: set[str]) -> None:
    for folder in sorted(folders):
        if not outputs.is_plain(folder):
            message = f"{out}/{folder}: is a link or in one, and leads out of the export"
            raise UserError(message, "Put the folder itself back in its place.")


def _without(item: Item, there: set[Name]) -> Item:
    variants = tuple(v for v in item.variants if (item.key, v) not in there)
    original = "" if (item.key, 0) in there else item.original
    return replace(item, variants=variants, original=original)


def _is_sorted(places: Sequence[Place], wanted: Mapping[Name, Wanted], there: set[Name]) -> bool:
    first = next((file.place for name, file in wanted.items() if name not in there), None)
    all_places = [*places] if first is None else [*places, first]
    return all(one < other for one, other in pairwise(all_places))


def _remove_strays(out: Path, outputs: Sequence[str]) -> None:
    for output in outputs:
        with suppress(FileNotFoundError, NotADirectoryError):
            os.unlink(f"{out}/{output}")


def _keep_lines(out: Path, ledger: Ledger, numbers: Sequence[int]) -> None:
    """Leave only these lines in the manifest, at the end of which more can be added."""
    count = len(numbers)
    lines = [ledger.first, *(ledger.lines[number] for number in numbers)]
    if numbers != list(range(count)):
        rewrite(out, lines)
    elif count < len(ledger.lines) or ledger.rest or ledger.end:
        with opened_journal(out / MANIFEST) as journal:
            journal.cut(sum(map(len, lines)))
