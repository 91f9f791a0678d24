"""Whether files are as their list says, and whether they would be made the same again."""

import os
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from functools import partial
from itertools import chain, groupby
from pathlib import Path

from msgspec import Struct

from studio import __version__
from studio.dataset.atomic_file import OURS
from studio.dataset.export_mark import GENERATED
from studio.dataset.exports.generated import (
    Generated,
    GeneratedHeader,
    GeneratedLine,
    generator_versions,
    load_generated,
)
from studio.dataset.exports.jobs import in_batches, map_ahead
from studio.dataset.exports.ledger import Ledger, decode_line, load_ledger
from studio.dataset.exports.lock import check_unlocked
from studio.dataset.exports.manifest import MANIFEST, Header
from studio.dataset.exports.outputs import Outputs
from studio.dataset.exports.provenance import library_versions, recorded_options
from studio.dataset.exports.rerender import compare_again, open_source
from studio.dataset.exports.workers import one_opencv_thread, thread_workers
from studio.dataset.library import ImageRef
from studio.dataset.missing.class_mean import ClassMeans

_A_BATCH = 64
_A_BATCH_TO_MAKE = 8
_DAMAGED = "has a damaged line"

Remake = Callable[[GeneratedHeader, Sequence[GeneratedLine]], dict[str, str]]
"""Makes generated images again; returns the reasons of those that are not the same."""

_Looked = list[tuple[str, list[str]]]


class Finding(Struct, frozen=True):
    """A file that is not as the manifest says, and how."""

    output: str
    reason: str


class VerifyReport(Struct, frozen=True):
    """How far a check is, in files, and what it has found.

    At the end, `notes` says what was made with other versions, and `extra` names the files that
    are in the folder and not in the manifest; neither is a fault.
    """

    done: int
    total: int
    findings: tuple[Finding, ...]
    notes: tuple[str, ...] = ()
    extra: tuple[str, ...] = ()


def verify(
    out: Path, *, rerender: bool = False, remake: Remake | None = None
) -> Generator[VerifyReport, None, VerifyReport]:
    """Compare every file with its hash in the manifest, or the list of generated images.

    Yields progress. With `rerender` each is made again from its line and its source, in memory, and
    compared, too; generated images by `remake`, without which they are not. Nothing is written.
    UserError where there is no list that can be read, where somebody writes to the folder, or where
    the data set that is to be made again from is gone.
    """
    check_unlocked(out)
    ledger, generated = load_lists(out)
    files = generated.files() if generated else []
    total = (len(ledger.lines) if ledger else 0) + len(files)
    findings = _judge_manifest(ledger) if ledger else []
    listed = {GENERATED} if generated else set()
    done = 0
    with one_opencv_thread(), thread_workers(os.cpu_count() or 1) as executor:
        parts: list[Iterator[_Looked]] = []
        if ledger:
            look = partial(_look, Outputs(out), _remaker(ledger) if rerender else None)
            size = _A_BATCH_TO_MAKE if rerender else _A_BATCH
            parts.append(map_ahead(executor, look, in_batches(ledger.lines, size)))
        # What makes them again has threads of its own.
        examine = partial(_look_at_generated, Outputs(out), remake if rerender else None)
        parts.append(map(examine, in_batches(files, _A_BATCH)))
        for found in chain.from_iterable(parts):
            for output, reasons in found:
                listed.add(output)
                findings += [Finding(output, reason) for reason in reasons]
            done += len(found)
            yield VerifyReport(done, total, tuple(findings))
    notes = _compare_versions(ledger.header, library_versions()) if ledger else ()
    for header, _ in groupby(files, lambda file: file[0]):
        notes += _compare_versions(header, generator_versions()) if header else ()
    if files and rerender and remake is None:
        notes += ("generated images were compared with their hashes alone",)
    notes = tuple(dict.fromkeys(notes))
    return VerifyReport(done, total, tuple(findings), notes, list_extra(out, listed))


def load_lists(out: Path) -> tuple[Ledger | None, Generated | None]:
    """Return the manifest and the list of generated images; UserError where there is neither."""
    generated = load_generated(out)
    has_manifest = generated is None or os.path.lexists(out / MANIFEST)
    return (load_ledger(out) if has_manifest else None), generated


def list_extra(out: Path, listed: set[str]) -> tuple[str, ...]:
    """Return the files below a target that are not among those listed, nor our own, sorted."""
    extra: list[str] = []
    for folder, _, names in os.walk(out):
        below = Path(folder).relative_to(out)
        outputs = [(below / name).as_posix() for name in names if not name.startswith(OURS)]
        extra += [output for output in outputs if output not in listed and output != MANIFEST]
    return tuple(sorted(extra))


def _look(
    outputs: Outputs,
    remake: Callable[[Sequence[bytes]], dict[str, str]] | None,
    lines: Sequence[bytes],
) -> _Looked:
    """Return each line's file and what is wrong with it."""
    decoded = [(raw, decode_line(raw)) for raw in lines]
    sound = [raw for raw, line in decoded if line is not None]
    made = remake(sound) if remake else {}
    found: _Looked = []
    for _, line in decoded:
        if line is None:
            found.append((MANIFEST, [_DAMAGED]))
        else:
            reasons = [outputs.find_fault(line), made.get(line.output, "")]
            found.append((line.output, [reason for reason in reasons if reason]))
    return found


def _look_at_generated(
    outputs: Outputs,
    remake: Remake | None,
    files: Sequence[tuple[GeneratedHeader | None, GeneratedLine | None]],
) -> _Looked:
    made: Mapping[str, str] = {}
    if remake:
        for header, group in groupby(files, lambda file: file[0]):
            lines = [line for _, line in group if line is not None]
            if header is not None and lines:
                made = {**made, **remake(header, lines)}
    found: _Looked = []
    for _, line in files:
        if line is None:
            found.append((GENERATED, [_DAMAGED]))
        else:
            reasons = [outputs.find_fault(line), made.get(line.output, "")]
            found.append((line.output, [reason for reason in reasons if reason]))
    return found


def _remaker(ledger: Ledger) -> Callable[[Sequence[bytes]], dict[str, str]]:
    decoded = [line for line in map(decode_line, ledger.lines) if line is not None]
    keys = [key for key, _ in groupby(line.source for line in decoded)]
    quality = recorded_options(ledger.header).quality
    store = open_source(ledger.header, keys)
    images = (ImageRef(key, *home) for key, home in ledger.header.images.items())
    return partial(compare_again, store, ClassMeans(store, images), quality)


def _judge_manifest(ledger: Ledger) -> list[Finding]:
    end, lines = ledger.end, len(ledger.lines)
    if end is None:
        reason = f"tells of {lines:,} of {ledger.header.files:,} files: not finished"
        return [Finding(MANIFEST, reason)]
    if end.files != lines:
        return [Finding(MANIFEST, f"has lines of {lines:,} files instead of {end.files:,}")]
    return []


def _compare_versions(
    header: Header | GeneratedHeader, libraries: Mapping[str, str]
) -> tuple[str, ...]:
    then = {"Augmentation Studio": header.version, **header.libraries}
    now = {"Augmentation Studio": __version__, **libraries}
    return tuple(
        f"was made with {name} {version}; this is {now.get(name, 'none')}"
        for name, version in then.items()
        if now.get(name) != version
    )
