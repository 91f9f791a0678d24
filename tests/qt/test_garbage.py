import gc
import threading
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject, QTimer
from pytestqt.qtbot import QtBot

from studio.qt.garbage import GarbageKeeper


class Cycle(QObject):
    """What a widget often is: it has a timer that runs, and something of its own knows it."""

    def __init__(self, ends: list[threading.Thread]) -> None:
        super().__init__()
        self._timer = QTimer(self)
        self._timer.start(10_000)
        self._me = self
        self._witness = Witness(ends)


class Witness:
    def __init__(self, ends: list[threading.Thread]) -> None:
        self._ends = ends

    def __del__(self) -> None:
        self._ends.append(threading.current_thread())


@pytest.fixture
def keeper_parent(qtbot: QtBot) -> Iterator[QObject]:
    parent = QObject()
    yield parent
    parent.deleteLater()
    qtbot.waitUntil(gc.isenabled)
    gc.unfreeze()


def allocate_much() -> list[list[int]]:
    return [[number] for number in range(400_000)]


def test_a_worker_deletes_no_object_of_the_window(qtbot: QtBot, keeper_parent: QObject) -> None:
    GarbageKeeper(keeper_parent)
    ends: list[threading.Thread] = []
    for _ in range(20):
        Cycle(ends)
    worker = threading.Thread(target=allocate_much)
    worker.start()
    worker.join()
    for _ in range(3000):
        Cycle(ends)
    qtbot.waitUntil(lambda: len(ends) >= 20)
    assert set(ends) == {threading.main_thread()}
