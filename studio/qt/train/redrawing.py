"""When plots are drawn anew: while they are seen, now and then, and one at a time."""

from collections.abc import Callable, Generator

from PySide6.QtCore import QObject, QTimer, Slot
from PySide6.QtWidgets import QWidget

from studio.qt.in_pieces import InPieces

_PAUSE = 200
_BETWEEN = 20
"""A plot takes some milliseconds to draw and to paint; three at once would be felt."""


class Redrawing(QObject):
    """Draws what `widget` shows whenever that is stale and seen.

    `prepare` is called first, then `draw` is run, a plot up to each of its yields.
    """

    def __init__(
        self,
        widget: QWidget,
        prepare: Callable[[], None],
        draw: Callable[[], Generator[None, None, None]],
    ) -> None:
        super().__init__(widget)
        self._widget = widget
        self._prepare = prepare
        self._draw = draw
        self._is_stale = True
        self._pause = QTimer(self, singleShot=True, interval=_PAUSE)
        self._pause.timeout.connect(self.if_seen)
        self._pieces = InPieces(self, _BETWEEN)

    def is_done(self) -> bool:
        """Tell whether all that was told is drawn."""
        return not self._is_stale and not self._pieces.is_running()

    @Slot()
    def soon(self) -> None:
        """Draw anew, at most five times a second."""
        self._is_stale = True
        if not self._pause.isActive():
            self._pause.start()

    @Slot()
    def if_seen(self) -> None:
        """Begin to draw what is stale."""
        if not self._is_stale or not self._widget.isVisible():
            return
        if self._pieces.is_running():
            self._pause.start()
            return
        self._is_stale = False
        self._pause.stop()
        self._prepare()
        self._pieces.run(self._draw())

    @Slot()
    def at_once(self) -> None:
        """Draw the same data anew, before returning; later if nobody sees it."""
        if not self._widget.isVisible():
            self._is_stale = True
            return
        self._pieces.run(self._draw())
        self._pieces.finish()

    def from_scratch(self) -> None:
        """Leave what is being drawn, and draw all anew before returning."""
        self._is_stale = True
        self._pieces.cancel()
        self.if_seen()
        self._pieces.finish()
