"""The command "Score fills" of the main window."""

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QWidget

from studio.dataset.library import Library
from studio.qt.scoring.dialog import ScoreDialog
from studio.qt.session import Session


class ScoreFills(QObject):
    """Opens the one window of "Score fills", and keeps it with the data set that is open."""

    def __init__(self, session: Session, window: QWidget) -> None:
        super().__init__(window)
        self._session = session
        self._window = window
        self._library: Library | None = None
        self._dialog: ScoreDialog | None = None

    @Slot()
    def score_fills(self) -> None:
        """Show the window, in front of others."""
        if self._dialog is None:
            self._dialog = ScoreDialog(self._session, self._library, self._window)
        self._dialog.open()

    @Slot(object)
    def set_library(self, library: Library | None) -> None:
        """Score the images of another library from now on."""
        self._library = library
        if self._dialog is not None:
            self._dialog.set_library(library)

    def stop_and_wait(self) -> None:
        """Close the window; return when nothing runs for it any more."""
        if self._dialog is not None:
            self._dialog.close()
            self._dialog.stop_and_wait()
