"""What can be told of runs without TensorFlow: lists of them, their reports; and their removal."""

from collections import deque
from collections.abc import Generator, Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Literal

from msgspec import Struct

from studio.dataset.atomic_file import OURS
from studio.dataset.exports.lock import LOCK, check_unlocked
from studio.errors import UserError
from studio.gan.config import TrainConfig
from studio.gan.reports import Began, Ended, Quality, Report, Stats, read_reports
from studio.gan.run_folder import (
    CACHE,
    CHECKPOINTS,
    CONFIG,
    GENERATOR,
    JUDGE,
    SAMPLES,
    STATS,
    RunFolder,
)
from studio.gan.signatures import SIGNATURES

RunState = Literal["running", "done", "stopped", "not finite", "damaged"]

_BLOCK = 1 << 20
_FILES = (
    *(STATS, GENERATOR, CACHE, LOCK, JUDGE, SIGNATURES),
    *("events.out.tfevents.*", f"{OURS}-*"),
)
_FOLDERS = {
    SAMPLES: ("*.png", f"{OURS}-*"),
    CHECKPOINTS: ("*.npz", "*.json", f"{OURS}-*"),
    "events": ("events.out.tfevents.*",),
}


class RunSummary(Struct, frozen=True):
    """A run in a line of a list. `images` were seen in `seconds` of training.

    `date` is when the run began, in local time; `source` the data set's folder or file. Where
    `state` is "damaged", `problem` says what is wrong and `config` may be None. `problem` may also
    tell why a run cannot be gone on with, which is when `can_resume` is False.
    """

    path: Path
    date: datetime
    state: RunState
    source: str = ""
    preset: str = ""
    size: int = 0
    images: int = 0
    seconds: float = 0.0
    best_kid: float | None = None
    classes: tuple[str, ...] = ()
    config: TrainConfig | None = None
    can_resume: bool = False
    problem: str = ""


def list_runs(parent: Path) -> list[RunSummary]:
    """Return the runs right below a folder, newest first; no runs where there is no such folder.

    What was a run once and can no longer be read is listed as damaged.
    """
    try:
        folders = [path for path in parent.iterdir() if _looks_like_run(path)]
    except OSError:
        return []
    return sorted(map(summarise_run, folders), key=_newness, reverse=True)


def summarise_run(folder: Path) -> RunSummary:
    """Return a run in short; of any other folder, what keeps it from being one."""
    date = _date(folder)
    try:
        about = RunFolder(folder).about()
        told = _skim(folder)
    except UserError as error:
        return RunSummary(folder, date, "damaged", problem=error.message)
    except OSError as error:
        problem = f"{folder / STATS}: cannot be read: {error.strerror}"
        return RunSummary(folder, date, "damaged", problem=problem)
    config = about.config
    is_running = _is_running(folder)
    has_checkpoint = any(_names(folder / CHECKPOINTS, "*.json"))
    return RunSummary(
        path=folder,
        date=date,
        state="running" if is_running else told.state,
        source=about.source,
        preset=config.preset,
        size=config.size,
        images=told.images,
        seconds=told.seconds,
        best_kid=told.best_kid,
        classes=told.classes or about.classes,
        config=config,
        can_resume=has_checkpoint and not is_running,
        problem="" if has_checkpoint else f"{folder}: holds no checkpoint to go on from",
    )


def replay(folder: Path) -> Generator[float, None, list[Report]]:
    """Read all that a run has told; yield the share that is read, now and then.

    UserError where it cannot be read.
    """
    reports: list[Report] = []
    try:
        with (folder / STATS).open("rb") as file:
            total = max(1, (folder / STATS).stat().st_size)
            while lines := file.readlines(_BLOCK):
                reports += read_reports(b"".join(lines))
                yield min(1.0, file.tell() / total)
    except FileNotFoundError:
        return reports
    except OSError as error:
        raise UserError(f"{folder / STATS}: cannot be read: {error.strerror}") from error
    return reports


def remove_run(folder: Path) -> bool:
    """Remove a run's own files, and tell whether its folder is gone: others in it stay.

    UserError where the run goes on, where the folder is no run, or where files cannot be removed.
    """
    if not _looks_like_run(folder):
        raise UserError(f"{folder}: is no run", "Nothing was removed.")
    check_unlocked(folder)
    try:
        for name, patterns in _FOLDERS.items():
            for path in _names(folder / name, *patterns):
                path.unlink(missing_ok=True)
            with suppress(OSError):
                (folder / name).rmdir()
        # The configuration last: until then it is a run, which can be removed again.
        for path in _names(folder, *_FILES, CONFIG):
            path.unlink(missing_ok=True)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise UserError(f"{folder}: cannot be removed: {reason}", "Try again later.") from error
    with suppress(OSError):
        folder.rmdir()
    return not folder.exists()


class _Told(Struct):
    """What the reports of a run come to."""

    state: RunState = "stopped"
    images: int = 0
    seconds: float = 0.0
    best_kid: float | None = None
    classes: tuple[str, ...] = ()


_BEGAN, _QUALITY = b'{"type":"began"', b'{"type":"quality"'
_LATEST = (b'{"type":"stats"', b'{"type":"ended"', _BEGAN)


def _skim(folder: Path) -> _Told:
    """Decode only the lines of a run's reports that matter: there may be some 100,000 others."""
    # The last line may be half a line.
    latest: deque[bytes] = deque(maxlen=2)
    others: list[bytes] = []
    with suppress(FileNotFoundError), (folder / STATS).open("rb") as lines:
        for line in lines:
            if line.startswith(_LATEST):
                latest.append(line)
            if line.startswith((_BEGAN, _QUALITY)):
                others.append(line)
    told = _Told()
    for report in read_reports(b"".join((*others, *latest))):
        if isinstance(report, Began):
            told.classes = report.classes
        elif isinstance(report, Quality):
            kid = told.best_kid
            told.best_kid = report.kid if kid is None else min(kid, report.kid)
        elif isinstance(report, Stats | Ended):
            told.images, told.seconds = report.images, report.seconds
        told.state = _state(report)
    return told


def _state(report: Report) -> RunState:
    # A run that was gone on with after its end tells of other things last.
    if isinstance(report, Ended) and report.reason in ("done", "not finite"):
        return "done" if report.reason == "done" else "not finite"
    return "stopped"


def _looks_like_run(folder: Path) -> bool:
    try:
        return folder.is_dir() and any((folder / n).exists() for n in (CONFIG, STATS, CHECKPOINTS))
    except (OSError, ValueError):
        return False


def _is_running(folder: Path) -> bool:
    try:
        check_unlocked(folder)
    except UserError:
        return True
    return False


def _names(folder: Path, *patterns: str) -> Iterator[Path]:
    for pattern in patterns:
        yield from (path for path in folder.glob(pattern) if path.is_file() or path.is_symlink())


def _date(folder: Path) -> datetime:
    for path in (folder / CONFIG, folder):
        with suppress(OSError):
            return datetime.fromtimestamp(path.stat().st_mtime)
    return datetime.fromtimestamp(0)


def _newness(run: RunSummary) -> tuple[datetime, str]:
    return run.date, run.path.name
