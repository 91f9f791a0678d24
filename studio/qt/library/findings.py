"""What is known of the images of a library: which cannot be read, what is to be told of others."""

from collections.abc import Hashable, Iterable
from operator import attrgetter

from PySide6.QtCore import QObject, Signal

from studio.dataset.check import Verdict
from studio.dataset.library import Library, Problem


class Findings(QObject):
    """The newest verdict on each image, whoever looked at it: header, thumbnail, preview, check."""

    image_changed = Signal(str)
    """The key of an image that is to be shown in another way."""

    problem_found = Signal(object)
    """A `Problem`, each time that somebody finds an image unreadable."""

    changed = Signal()
    """The lists have changed; once for many verdicts."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._passed_over: tuple[Problem, ...] = ()
        self._unreadable: dict[str, Verdict] = {}
        self._notices: dict[str, tuple[str, ...]] = {}

    def begin(self, library: Library | None) -> None:
        """Forget everything about the library before."""
        self._passed_over = library.problems if library else ()
        self._unreadable.clear()
        self._notices.clear()

    def renew(self, library: Library) -> None:
        """Keep what was found of the images that this new look at the same library has too."""
        self._passed_over = library.problems
        if not self._unreadable and not self._notices:
            return
        keys = {image.key for image in library.images}
        self._unreadable = {key: each for key, each in self._unreadable.items() if key in keys}
        self._notices = {key: each for key, each in self._notices.items() if key in keys}

    def note(self, verdicts: Iterable[Verdict]) -> None:
        """Take verdicts; a newer one of an image replaces the one before."""
        verdicts = tuple(verdicts)
        changed = [verdict.key for verdict in verdicts if self._note(verdict)]
        for key in changed:
            self.image_changed.emit(key)
        if changed:
            self.changed.emit()
        for verdict in verdicts:
            if verdict.reason:
                self.problem_found.emit(Problem(verdict.key, verdict.reason))

    def reason(self, key: str) -> str:
        """Return why an image cannot be read, "" if nothing of the kind is known."""
        found = self._unreadable.get(key)
        return found.reason if found else ""

    def notices(self, key: str) -> tuple[str, ...]:
        """Return what is to be told of an image."""
        return self._notices.get(key, ())

    def problems(self) -> list[Problem]:
        """Return everything that cannot be read, sorted by key."""
        found = [Problem(key, verdict.reason) for key, verdict in self._unreadable.items()]
        return sorted((*self._passed_over, *found), key=attrgetter("key"))

    def notes(self) -> list[Problem]:
        """Return the images with a notice, sorted by key; `reason` holds the notices."""
        notes = (Problem(key, join_notices(each)) for key, each in self._notices.items())
        return sorted(notes, key=attrgetter("key"))

    def problem_count(self) -> int:
        return len(self._passed_over) + len(self._unreadable)

    def note_count(self) -> int:
        return len(self._notices)

    def stamps(self) -> dict[str, Hashable]:
        """Return the stamps of the unreadable images as they were when they were looked at."""
        return {key: verdict.stamp for key, verdict in self._unreadable.items()}

    def _note(self, verdict: Verdict) -> bool:
        """Take a verdict; tell whether anything that people see has changed."""
        key = verdict.key
        before = (self.reason(key), self.notices(key))
        if verdict.reason:
            self._unreadable[key] = verdict
            self._notices.pop(key, None)
        elif verdict.is_whole:
            self._unreadable.pop(key, None)
        if not verdict.reason and verdict.notices is not None:
            self._note_notices(key, verdict.notices, is_whole=verdict.is_whole)
        return before != (self.reason(key), self.notices(key))

    def _note_notices(self, key: str, notices: tuple[str, ...], *, is_whole: bool) -> None:
        if is_whole:
            self._notices.pop(key, None)
        if notices and key not in self._unreadable:
            # A header tells less than the pixels that were seen before.
            self._notices.setdefault(key, notices)


def join_notices(notices: Iterable[str]) -> str:
    """Return notices on one line."""
    return "; ".join(notices)
