"""Whether an export is as its manifest says, and whether it would be made the same again."""

import os
from collections.abc import Callable, Generator, Sequence
from functools import partial
from itertools import groupby
from pathlib import Path

from msgspec import Struct

from studio import __version__
from studio.dataset.atomic_file import OURS
from studio.dataset.exports.jobs import in_batches, map_ahead
from studio.dataset.exports.ledger import Ledger, decode_line, load_ledger
from studio.dataset.exports.lock import check_unlocked
from studio.dataset.exports.manifest import MANIFEST, Header
from studio.dataset.exports.outputs import Outputs
from studio.dataset.exports.provenance import library_versions, recorded_options
from studio.dataset.exports.rerender import compare_again, open_source
from studio.dataset.exports.workers import one_opencv_thread, thread_workers

_A_BATCH = 64
_A_BATCH_TO_MAKE = 8
_DAMAGED = "has a damaged line"


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


def verify(out: Path, *, rerender: bool = False) -> Generator[VerifyReport, None, VerifyReport]:
    """Compare every file with its hash in the manifest; yield progress.

    With `rerender` each is made again from its line and its source, in memory, and compared, too.
    Nothing is written. UserError where there is no manifest that can be read, where somebody
    writes to the folder, or where the data set that is to be made again from is gone.
    """
    check_unlocked(out)
    ledger = load_ledger(out)
    total = len(ledger.lines)
    findings = _judge_manifest(ledger)
    listed: set[str] = set()
    done = 0
    look = partial(_look, Outputs(out), _remaker(ledger) if rerender else None)
    batches = in_batches(ledger.lines, _A_BATCH_TO_MAKE if rerender else _A_BATCH)
    with one_opencv_thread(), thread_workers(os.cpu_count() or 1) as executor:
        for found in map_ahead(executor, look, batches):
            for output, reasons in found:
                listed.add(output)
                findings += [Finding(output, reason) for reason in reasons]
            done += len(found)
            yield VerifyReport(done, total, tuple(findings))
    return VerifyReport(
        done, total, tuple(findings), _compare_versions(ledger.header), list_extra(out, listed)
    )


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
) -> list[tuple[str, list[str]]]:
    """Return each line's file and what is wrong with it."""
    decoded = [(raw, decode_line(raw)) for raw in lines]
    sound = [raw for raw, line in decoded if line is not None]
    made = remake(sound) if remake else {}
    found: list[tuple[str, list[str]]] = []
    for _, line in decoded:
        if line is None:
            found.append((MANIFEST, [_DAMAGED]))
        else:
            reasons = [outputs.find_fault(line), made.get(line.output, "")]
            found.append((line.output, [reason for reason in reasons if reason]))
    return found


def _remaker(ledger: Ledger) -> Callable[[Sequence[bytes]], dict[str, str]]:
    decoded = [line for line in map(decode_line, ledger.lines) if line is not None]
    keys = [key for key, _ in groupby(line.source for line in decoded)]
    quality = recorded_options(ledger.header).quality
    return partial(compare_again, open_source(ledger.header, keys), quality)


def _judge_manifest(ledger: Ledger) -> list[Finding]:
    end, lines = ledger.end, len(ledger.lines)
    if end is None:
        reason = f"tells of {lines:,} of {ledger.header.files:,} files: not finished"
        return [Finding(MANIFEST, reason)]
    if end.files != lines:
        return [Finding(MANIFEST, f"has lines of {lines:,} files instead of {end.files:,}")]
    return []


def _compare_versions(header: Header) -> tuple[str, ...]:
    then = {"Augmentation Studio": header.version, **header.libraries}
    now = {"Augmentation Studio": __version__, **library_versions()}
    return tuple(
        f"was made with {name} {version}; this is {now.get(name, 'none')}"
        for name, version in then.items()
        if now.get(name) != version
    )
