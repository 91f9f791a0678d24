"""What a run has told so far, for all that shows it: a live run and an old one look the same."""

from collections.abc import Iterable
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from studio.gan.config import TrainConfig
from studio.gan.reports import (
    Began,
    Condition,
    Ended,
    Grid,
    Quality,
    Reference,
    Report,
    Stats,
)


class RunHistory(QObject):
    """The reports of one run, in order, sorted by what they are about."""

    reset = Signal()
    """All is another: another run, or none."""

    added = Signal(object)
    """One report, which is in the lists already."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._empty(None, None)

    def clear(self, folder: Path | None = None, config: TrainConfig | None = None) -> None:
        """Begin with a run that has told nothing yet, or with none."""
        self._empty(folder, config)
        self.reset.emit()

    def show(self, folder: Path, config: TrainConfig, reports: Iterable[Report]) -> None:
        """Replay a run from its reports, with one `reset` for all of them."""
        self._empty(folder, config)
        for report in reports:
            self._take(report)
        self.reset.emit()

    def add(self, report: Report) -> None:
        """Take in what a running training tells."""
        self._take(report)
        self.added.emit(report)

    def _empty(self, folder: Path | None, config: TrainConfig | None) -> None:
        self.folder = folder
        self.config = config
        self.began: Began | None = None
        self.reference: Reference | None = None
        self.ended: Ended | None = None
        self.stats: list[Stats] = []
        self.grids: list[Grid] = []
        self.qualities: list[Quality] = []
        self.conditions: list[Condition] = []

    @property
    def condition(self) -> Condition | None:
        """The newest finding of how the training goes."""
        return self.conditions[-1] if self.conditions else None

    def _take(self, report: Report) -> None:
        # A reference is a quality, too, and must not be taken for one.
        if isinstance(report, Reference):
            self.reference = report
        elif isinstance(report, Stats):
            self.stats.append(report)
        elif isinstance(report, Grid):
            self.grids.append(report)
        elif isinstance(report, Quality):
            self.qualities.append(report)
        elif isinstance(report, Condition):
            self.conditions.append(report)
        elif isinstance(report, Began):
            self.began = report
            self.ended = None
        elif isinstance(report, Ended):
            self.ended = report
