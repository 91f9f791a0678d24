"""Keeps what the library pane knows of its files true, whoever found it out and when."""

from collections.abc import Hashable, Iterable

from PySide6.QtCore import QObject, QTimer, Slot

from studio.dataset.check import CheckReport, Verdict
from studio.dataset.library import Library, Problem
from studio.qt.library.findings import Findings
from studio.qt.library.loader import ThumbnailLoader
from studio.qt.library.missing_shares import MissingShares
from studio.qt.library.model import ImageModel
from studio.qt.library.recheck import Recheck
from studio.qt.library.thumbnails import ThumbnailGrid

_SCROLL_REST = 300


class Upkeep(QObject):
    """Takes verdicts, and looks for files that are no longer those that were judged."""

    def __init__(
        self,
        loader: ThumbnailLoader,
        findings: Findings,
        shares: MissingShares,
        images: ImageModel,
        grid: ThumbnailGrid,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._library: Library | None = None
        self._loader = loader
        self._findings = findings
        self._shares = shares
        self._images = images
        self._grid = grid
        self._recheck = Recheck(self)
        self._scroll_timer = QTimer(self, singleShot=True, interval=_SCROLL_REST)
        self._scroll_timer.timeout.connect(self._recheck_view)
        self._recheck.reported.connect(self.note_report)
        grid.rows_in_view.connect(self._scroll_timer.start)
        loader.judged.connect(self.note_verdict)

    def set_library(self, library: Library | None) -> None:
        """Look after another library; what ran for the one before ends without a word."""
        self._library = library
        self._recheck.close()
        self._loader.set_library(library)
        self._shares.set_library(library)

    def shutdown(self) -> None:
        """Join the threads; nothing is found out from now on."""
        self._scroll_timer.stop()
        self._recheck.close(wait=True)
        self._shares.close()
        self._loader.shutdown()

    @Slot(object)
    def note_verdict(self, verdict: Verdict) -> None:
        """Take what anybody found out about an image of this library."""
        self._note((verdict,))

    @Slot(object)
    def note_report(self, report: CheckReport) -> None:
        """Take what a look into files of this library has found out."""
        self._note(report.verdicts)

    def try_again(self, problems: Iterable[Problem]) -> None:
        """Decode images that somebody could not use, those of them that are in this library."""
        wanted = {problem.key for problem in problems}
        if self._library is not None and wanted:
            keys = (image.key for image in self._library.images if image.key in wanted)
            self._recheck.request(self._library.store, dict.fromkeys(keys, object()))

    def recheck(self) -> None:
        """Look which files of problems and of tiles in view have changed, and which mask files."""
        self._shares.recheck()
        self._request({**self._findings.stamps(), **self._stamps_in_view()})

    @Slot()
    def _recheck_view(self) -> None:
        self._request(self._stamps_in_view())

    def _request(self, stamps: dict[str, Hashable]) -> None:
        if self._library is not None:
            self._recheck.request(self._library.store, stamps)

    def _stamps_in_view(self) -> dict[str, Hashable]:
        rows = self._grid.find_rows_in_view()
        images = self._images.images()[rows.start : rows.stop]
        return self._loader.stamps(image.key for image in images)

    def _note(self, verdicts: tuple[Verdict, ...]) -> None:
        for verdict in verdicts:
            if self._loader.renew(verdict.key, verdict.stamp):
                self._images.refresh(verdict.key)
        self._shares.note(verdicts)
        self._findings.note(verdicts)
