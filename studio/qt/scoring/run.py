"""One scoring on a worker thread: what is asked of it, and how it ends."""

from collections.abc import Sequence

from msgspec import Struct
from PySide6.QtCore import QObject, Signal, Slot

from studio.augment.engine import Partner
from studio.augment.missing.rules import MissingRule
from studio.dataset.library import Library
from studio.dataset.scoring.hiding import Pattern
from studio.dataset.scoring.record import (
    ImageScores,
    ScoreReport,
    Scores,
    sum_up,
)
from studio.dataset.scoring.score import score_fills
from studio.qt.task import Task


class Asked(Struct, frozen=True):
    """What a scoring is asked for: `images` of the data set, with this hidden of each."""

    pattern: Pattern
    images: int
    seed: int


class ScoreRun(QObject):
    """Scores. `ended` comes exactly once, last, unless the run is dropped."""

    reported = Signal(object)
    """A ScoreReport."""

    ended = Signal(object, object)
    """The Scores, of the images that were done where it was stopped, None where there are none;
    and the error that it ended with, or None."""

    def __init__(
        self,
        library: Library,
        rules: Sequence[MissingRule],
        asked: Asked,
        partner: Partner | None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.asked = asked
        self.rows: list[ImageScores] = []
        self.newest = ScoreReport(0, asked.images)
        self._rules = tuple(rules)
        work = score_fills(
            library,
            rules,
            pattern=asked.pattern,
            images=asked.images,
            seed=asked.seed,
            partner=partner,
        )
        self._task = Task(work, self)
        self._task.reported.connect(self._note)
        self._task.finished.connect(self._finish)
        self._task.stopped.connect(self._end_early)
        self._task.failed.connect(self._fail)

    def start(self) -> None:
        self._task.start()

    def stop(self) -> None:
        """Ask it to end after the fill that is being made; returns at once."""
        self._task.stop()

    def drop(self, *, wait: bool = False) -> None:
        """End without a word; with `wait`, return when nothing runs any more."""
        self._task.drop(self, wait=wait)
        self.deleteLater()

    def scores_so_far(self) -> Scores | None:
        """Return the scores of the images that are done, None while there are none."""
        if not self.rows:
            return None
        return sum_up(self.asked.pattern, self.asked.seed, self._rules, self.rows)

    @Slot(object)
    def _note(self, report: ScoreReport) -> None:
        self.newest = report
        if report.row is not None:
            self.rows.append(report.row)
        self.reported.emit(report)

    @Slot(object)
    def _finish(self, scores: Scores) -> None:
        self.ended.emit(scores, None)

    @Slot()
    def _end_early(self) -> None:
        self.ended.emit(self.scores_so_far(), None)

    @Slot(object)
    def _fail(self, error: Exception) -> None:
        self.ended.emit(None, error)
