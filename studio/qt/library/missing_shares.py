"""What share of each image is missing by the recipe's rules, as far as it is known."""

from collections.abc import Iterable, Mapping

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from studio.augment.missing.rules import MissingRule
from studio.augment.recipe import Recipe
from studio.dataset.check import Verdict
from studio.dataset.library import Library
from studio.dataset.missing.finding import reads_mask_file
from studio.qt.errors import report as report_error
from studio.qt.library.measuring import Measured, MeasureReport, measure_again
from studio.qt.task import Task

_REST = 500
_SETTLE = 1_000
_MOST_KEPT = 4

Rules = tuple[MissingRule, ...]


class MissingShares(QObject):
    """Measures the images of a library in the background, anew after its recipe's rules change.

    Without enabled rules nothing runs and nothing is known. What was measured by the last few
    sets of rules is kept, and holds as long as an image's file stays as it is.
    """

    rules_changed = Signal()
    """Other rules are in force; nothing is known by them yet."""
    measured = Signal()
    """Images have other shares; up to twenty times a second."""
    settled = Signal()
    """It is worth while to sort the images anew: now and then, and at the end."""
    progressed = Signal(int, int)
    """How many of how many images are known."""
    ended = Signal()
    """Nothing runs any more."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._library: Library | None = None
        self._rules: Rules = ()
        self._found: dict[str, Measured] = {}
        self._kept: list[tuple[Rules, dict[str, Measured]]] = []
        self._task: Task | None = None
        self._is_stopped = False
        self._rest = QTimer(self, singleShot=True, interval=_REST)
        self._rest.timeout.connect(self.begin)
        self._settle = QTimer(self, interval=_SETTLE)
        self._settle.timeout.connect(self.settled)

    def set_library(self, library: Library | None) -> None:
        """Measure another library; a new look at the same one is compared with what is known."""
        before, self._library = self._library, library
        self._reset()
        if library is None or before is None or library.root != before.root:
            self._kept.clear()
            self._found = {}
            self.measured.emit()
        self._wait()

    @Slot(object)
    def follow_recipe(self, recipe: Recipe) -> None:
        """Measure by the enabled rules of this recipe, once they rest for half a second."""
        rules = tuple(rule for rule in recipe.missing if rule.enabled)
        if rules == self._rules:
            return
        self._reset()
        self._keep()
        self._rules = rules
        self._found = {}
        self._wait()
        self.rules_changed.emit()
        self.measured.emit()

    def has_rules(self) -> bool:
        return bool(self._rules)

    def is_stopped(self) -> bool:
        """Return whether somebody has ended the search before all images were measured."""
        return self._is_stopped

    def is_busy(self) -> bool:
        """Return whether more will be known soon."""
        return self._task is not None or self._rest.isActive()

    def find(self, key: str) -> Measured | None:
        """Return what is known of an image."""
        return self._found.get(key)

    def note(self, verdicts: Iterable[Verdict]) -> None:
        """Measure anew those of these files that are no longer what was measured."""
        for verdict in verdicts:
            found = self._found.get(verdict.key)
            if found is None or found.stamp == verdict.stamp:
                continue
            del self._found[verdict.key]
            self.measured.emit()
            if not self._is_stopped:
                self._wait()

    def recheck(self) -> None:
        """Look whether mask files have changed, where the rules read any."""
        if not self.is_busy() and not self._is_stopped and reads_mask_file(self._rules):
            self._wait()

    @Slot()
    def begin(self) -> None:
        """Measure what is not known; what runs ends before."""
        self._drop_task()
        self._is_stopped = False
        if self._library is None or not self._rules:
            return
        known: Mapping[str, Measured] = self._found or self._recall()
        self._task = Task(measure_again(self._library, self._rules, dict(known)), self)
        self._task.reported.connect(self._take)
        self._task.finished.connect(self._end)
        self._task.stopped.connect(self._note_stop)
        self._task.failed.connect(self._fail)
        self._task.start()
        self._settle.start()

    @Slot()
    def stop(self) -> None:
        """End soon; what was measured stays."""
        if self._task is not None:
            self._task.stop()

    def close(self) -> None:
        """End, and join what runs; nothing is measured from now on."""
        self._library = None
        self._rest.stop()
        self._drop_task(wait=True)

    def _wait(self) -> None:
        if self._library is not None and self._rules:
            self._rest.start()

    def _keep(self) -> None:
        if self._found:
            others = [each for each in self._kept if each[0] != self._rules]
            self._kept = [*others, (self._rules, self._found)][-_MOST_KEPT:]

    def _recall(self) -> Mapping[str, Measured]:
        return next((found for rules, found in self._kept if rules == self._rules), {})

    def _reset(self) -> None:
        self._is_stopped = False
        self._drop_task()
        self.ended.emit()

    def _drop_task(self, *, wait: bool = False) -> None:
        self._rest.stop()
        self._settle.stop()
        task, self._task = self._task, None
        if task is not None:
            task.drop(self, wait=wait)

    @Slot(object)
    def _take(self, report: MeasureReport) -> None:
        self._found.update(report.found)
        self.progressed.emit(report.done, report.total)
        if report.found:
            self.measured.emit()

    @Slot()
    def _note_stop(self) -> None:
        self._is_stopped = True
        self._end()

    @Slot()
    def _end(self) -> None:
        self._drop_task()
        self.ended.emit()
        self.settled.emit()

    @Slot(object)
    def _fail(self, error: Exception) -> None:
        self._end()
        report_error(error)
