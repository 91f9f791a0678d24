"""Looks into files, so that what is wrong with them is known before anybody meets it."""

import time
from collections.abc import Callable, Collection, Generator, Hashable, Iterable, Mapping

from msgspec import Struct

from studio.dataset.library import Library, Problem
from studio.dataset.reading.image_file import ImageError
from studio.dataset.store import Store

_REPORT_SECONDS = 0.05
_STRETCH_SECONDS = 0.002


class Verdict(Struct, frozen=True):
    """What a look at an image came to; `reason` is why it cannot be read, "" where it can.

    `notices` are phrases like "is animated; its first frame is used", None where nobody looked for
    them. `stamp` is that of the file that was looked at, None of one that is gone. `is_whole`
    tells whether the image was decoded and not only its header read.
    """

    key: str
    reason: str = ""
    notices: tuple[str, ...] | None = None
    stamp: Hashable = None
    is_whole: bool = True


class CheckReport(Struct, frozen=True):
    """How many images were looked at, and the verdicts that came since the report before."""

    done: int
    total: int
    verdicts: tuple[Verdict, ...]

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Return the images that cannot be read."""
        return tuple(Problem(each.key, each.reason) for each in self.verdicts if each.reason)


def check_headers(library: Library) -> Generator[CheckReport, None, None]:
    """Report the images of which magic bytes and headers tell a problem or a notice.

    What is damaged further inside shows when the image is decoded.
    """

    def look(key: str) -> Verdict | None:
        verdict = _judge_header(library.store, key)
        return verdict if verdict.reason or verdict.notices else None

    yield from _report(_keys(library), look)


def check_files(library: Library, *, rest: float = 0.0) -> Generator[CheckReport, None, None]:
    """Decode every image; report a verdict on each.

    With `rest`, the thread sleeps so many times as long as it works, for the sake of others.
    """
    worked = 0.0

    def look(key: str) -> Verdict:
        nonlocal worked
        start = time.perf_counter()
        verdict = judge(library.store, key)
        worked += time.perf_counter() - start
        if rest and worked >= _STRETCH_SECONDS:
            time.sleep(rest * worked)
            worked = 0.0
        return verdict

    yield from _report(_keys(library), look)


def check_changed(
    store: Store, stamps: Mapping[str, Hashable]
) -> Generator[CheckReport, None, None]:
    """Decode the images whose stamp is no longer the one given here; report a verdict on each.

    None stands for an image that was gone, or of which no stamp is known.
    """

    def look(key: str) -> Verdict | None:
        return judge(store, key) if _find_stamp(store, key) != stamps[key] else None

    yield from _report(stamps, look)


def judge(store: Store, key: str) -> Verdict:
    """Decode an image and return what it came to."""
    stamp = _find_stamp(store, key)
    try:
        return Verdict(key, "", store.read(key).notices, stamp)
    except ImageError as error:
        return Verdict(key, error.reason, None, stamp)


def _judge_header(store: Store, key: str) -> Verdict:
    stamp = _find_stamp(store, key)
    try:
        return Verdict(key, "", store.header(key).notices, stamp, is_whole=False)
    except ImageError as error:
        return Verdict(key, error.reason, None, stamp, is_whole=False)


def _find_stamp(store: Store, key: str) -> Hashable:
    try:
        return store.stamp(key)
    except ImageError:
        return None


def _keys(library: Library) -> list[str]:
    return [image.key for image in library.images]


def _report(
    keys: Collection[str] | Iterable[str], look: Callable[[str], Verdict | None]
) -> Generator[CheckReport, None, None]:
    """Look at each image; report about twenty times a second, and at the end."""
    keys = list(keys)
    verdicts: list[Verdict] = []
    due = time.perf_counter() + _REPORT_SECONDS
    for done, key in enumerate(keys, start=1):
        verdict = look(key)
        if verdict is not None:
            verdicts.append(verdict)
        if time.perf_counter() >= due:
            yield CheckReport(done, len(keys), tuple(verdicts))
            verdicts.clear()
            due = time.perf_counter() + _REPORT_SECONDS
    yield CheckReport(len(keys), len(keys), tuple(verdicts))
