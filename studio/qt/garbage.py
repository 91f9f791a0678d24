"""Python's garbage is collected on the GUI thread only, and little by little.

A cycle of Qt objects that a worker thread happens to collect is deleted there: its timers cannot
be stopped and its children not be told, which can end the program.
"""

import gc

from PySide6.QtCore import QObject, QTimer, Slot

_PAUSE = 250
_RARELY = 10
"""All of the program's objects take a tenth of a second to go through."""


class GarbageKeeper(QObject):
    """Collects in place of Python's own collector, while `parent` is there."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        young, middle, old = gc.get_threshold()
        self._limits = (young, middle, old * _RARELY)
        self._timer = QTimer(self, interval=_PAUSE)
        self._timer.timeout.connect(self._collect)
        self._timer.start()
        gc.disable()
        # What there is by now stays to the end, and need not be looked at again.
        gc.collect()
        gc.freeze()
        self.destroyed.connect(_leave_to_python)

    @Slot()
    def _collect(self) -> None:
        counts = gc.get_count()
        due = [number for number, limit in enumerate(self._limits) if counts[number] > limit]
        if due:
            gc.collect(max(due))


def _leave_to_python() -> None:
    gc.enable()
