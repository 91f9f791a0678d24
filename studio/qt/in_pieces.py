"""Work of the GUI thread piece by piece, so that the window paints and answers in between."""

from collections.abc import Generator

from PySide6.QtCore import QObject, QTimer, Slot


class InPieces(QObject):
    """Runs a generator up to its next yield in a turn of the event loop, then rests a little."""

    def __init__(self, parent: QObject, rest: int = 10) -> None:
        """`rest` is in milliseconds."""
        super().__init__(parent)
        self._work: Generator[None, None, None] | None = None
        self._timer = QTimer(self, interval=rest)
        self._timer.timeout.connect(self._go_on)

    def run(self, work: Generator[None, None, None]) -> None:
        """Begin, soon; what is left of work that was begun before is not done."""
        self._work = work
        self._timer.start()

    def is_running(self) -> bool:
        return self._work is not None

    def finish(self) -> None:
        """Do all that is left, now."""
        work = self._work
        self.cancel()
        for _ in work or ():
            pass

    def cancel(self) -> None:
        """Leave the rest undone."""
        self._work = None
        self._timer.stop()

    @Slot()
    def _go_on(self) -> None:
        work = self._work
        if work is None:
            return
        try:
            next(work)
        except StopIteration:
            if self._work is work:
                self.cancel()
        except BaseException:
            self.cancel()
            raise
