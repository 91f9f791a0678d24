"""Newest wins: one request running, one waiting, and a newer one takes the waiting one's place."""

import atexit
import threading
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QMetaMethod, QObject, Qt, Signal, Slot

from studio.qt.errors import report


class Latest(QObject):
    """Runs `work(request)` on one thread of its own, for the newest request only.

    Results come in the order of their requests, on the GUI thread; requests that were overtaken
    while they waited give none. A failing `work` emits `failed`, and the thread lives on; an error
    that nobody is there for ends in `studio.qt.errors`.
    """

    ready = Signal(object, object)
    failed = Signal(object, object)

    def __init__(self, work: Callable[[Any], Any], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._worker = _Worker(work)
        self._worker.relay.done.connect(self._deliver, Qt.ConnectionType.QueuedConnection)
        self.destroyed.connect(self._worker.close)

    def request(self, request: Any) -> None:
        """Ask for `work(request)`; returns at once. After `close` it does nothing."""
        self._worker.put(request)

    def close(self) -> None:
        """End and join the thread. What was not delivered before never is."""
        self._worker.close()

    @Slot(object, object, object)
    def _deliver(self, request: Any, result: Any, error: BaseException | None) -> None:
        if self._worker.closed:
            return
        if error is None:
            self.ready.emit(request, result)
        elif self.isSignalConnected(QMetaMethod.fromSignal(self.failed)):
            self.failed.emit(request, error)
        else:
            report(error)


class _Relay(QObject):
    # The worker emits from here and not from Latest, which its parent may delete at any moment.
    done = Signal(object, object, object)


class _Worker:
    def __init__(self, work: Callable[[Any], Any]) -> None:
        self.relay = _Relay()
        self.closed = False
        self._work = work
        self._waiting: list[Any] = []
        self._wake = threading.Condition()
        self._thread = threading.Thread(target=self._run, name="latest", daemon=True)
        self._thread.start()
        atexit.register(self.close)

    def put(self, request: Any) -> None:
        with self._wake:
            self._waiting[:] = [request]
            self._wake.notify()

    def close(self) -> None:
        with self._wake:
            self.closed = True
            self._wake.notify()
        self._thread.join()
        atexit.unregister(self.close)

    def _take(self) -> list[Any]:
        with self._wake:
            self._wake.wait_for(lambda: self._waiting or self.closed)
            taken = [] if self.closed else self._waiting[:]
            self._waiting.clear()
            return taken

    def _run(self) -> None:
        while taken := self._take():
            request = taken[0]
            result, error = None, None
            try:
                result = self._work(request)
            except BaseException as raised:
                error = raised
            if not self.closed:
                self.relay.done.emit(request, result, error)
            elif error is not None:
                report(error)
