"""Looks in the background whether files are still those that were seen."""

from collections.abc import Hashable, Mapping

from PySide6.QtCore import QObject, Signal, Slot

from studio.dataset.check import check_changed
from studio.dataset.store import Store
from studio.qt.errors import report
from studio.qt.task import Task


class Recheck(QObject):
    """Decodes the images whose files are no longer those that were seen, one bunch at a time."""

    reported = Signal(object)
    """A CheckReport on images whose files have changed."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._task: Task | None = None
        self._waiting: tuple[Store, dict[str, Hashable]] | None = None

    def request(self, store: Store, stamps: Mapping[str, Hashable]) -> None:
        """Look whether these images' files still have these stamps; what runs ends before."""
        if not stamps:
            return
        waiting = self._waiting[1] if self._waiting and self._waiting[0] is store else {}
        self._waiting = (store, {**waiting, **stamps})
        if self._task is None:
            self._begin()

    def close(self, *, wait: bool = False) -> None:
        """End without a word; with `wait`, return when nothing runs any more."""
        self._waiting = None
        task, self._task = self._task, None
        if task is not None:
            task.drop(self, wait=wait)

    def _begin(self) -> None:
        assert self._waiting is not None
        store, stamps = self._waiting
        self._waiting = None
        self._task = Task(check_changed(store, stamps), self)
        self._task.reported.connect(self.reported)
        self._task.finished.connect(self._end)
        self._task.failed.connect(self._fail)
        self._task.start()

    @Slot()
    def _end(self) -> None:
        assert self._task is not None
        self._task.deleteLater()
        self._task = None
        if self._waiting is not None:
            self._begin()

    @Slot(object)
    def _fail(self, error: Exception) -> None:
        self._end()
        report(error)
