"""A training that runs, or has just ended: all that it told, and the same in a line."""

from datetime import datetime

from studio.gan.condense import MOST_STATS, condense
from studio.gan.reports import Began, Ended, Quality, Reference, Report, Stats
from studio.gan.runs import RunState, RunSummary
from studio.qt.train.run import Asked


class LiveRun:
    """Keeps the reports of a training, so that it can be shown again at any time."""

    def __init__(self, asked: Asked, told: list[Report], date: datetime) -> None:
        """`told` is what the run had told before it was resumed."""
        self.asked = asked
        self.reports = told
        self._date = date
        self._images = 0
        self._seconds = 0.0
        self._step = 0
        self._best: float | None = None
        self._classes: tuple[str, ...] = ()
        for report in told:
            self._take(report)

    def add(self, report: Report) -> bool:
        """Take a report; tell whether older ones were dropped, as they will be told anew."""
        has_dropped = False
        if isinstance(report, Began) and self.reports:
            seen = self._images_at(report.step)
            self.reports = [each for each in self.reports if getattr(each, "images", 0) <= seen]
            self._best = None
            for kept in self.reports:
                self._take(kept)
            has_dropped = True
        self.reports.append(report)
        self._take(report)
        if len(self.reports) > 2 * MOST_STATS:
            self.reports = condense(self.reports)
        return has_dropped

    def end(self) -> Ended | None:
        """Return what is to be told of a training that was stopped, and so told nothing itself."""
        if self.reports and isinstance(self.reports[-1], Ended):
            return None
        ended = Ended(self._step, self._images, self._seconds, "stopped")
        self.reports.append(ended)
        return ended

    def summarise(self, state: RunState = "running") -> RunSummary:
        """Return the run in a line."""
        config = self.asked.config
        return RunSummary(
            path=self.asked.run,
            date=self._date,
            state=state,
            source=str(self.asked.source),
            preset=config.preset,
            size=config.size,
            images=self._images,
            seconds=self._seconds,
            best_kid=self._best,
            classes=self._classes,
            config=config,
            can_resume=state != "running",
        )

    def _images_at(self, step: int) -> int:
        # Batches may have been of another size before, so that steps alone do not tell.
        told = (each for each in self.reports if isinstance(each, Stats) and each.step <= step)
        return max((each.images for each in told), default=0)

    def _take(self, report: Report) -> None:
        if isinstance(report, Stats | Ended):
            self._step, self._images = report.step, report.images
            self._seconds = report.seconds
        elif isinstance(report, Began):
            self._classes = report.classes
        elif isinstance(report, Quality) and not isinstance(report, Reference):
            best = self._best
            self._best = report.kid if best is None else min(best, report.kid)
