from collections.abc import Generator

import pytest
from PySide6.QtCore import QObject, QTimer
from pytestqt.qtbot import QtBot

from studio.qt.in_pieces import InPieces


def note(done: list[int], count: int = 3) -> Generator[None, None, None]:
    for number in range(count):
        done.append(number)
        yield


def test_other_events_come_in_between(qtbot: QtBot) -> None:
    parent, done = QObject(), list[int]()
    others: list[int] = []
    pieces, timer = InPieces(parent, rest=20), QTimer(parent)
    timer.timeout.connect(lambda: others.append(len(done)))
    timer.start(1)
    pieces.run(note(done))
    assert not done
    qtbot.waitUntil(lambda: not pieces.is_running())
    assert done == [0, 1, 2]
    assert {1, 2} <= set(others)


def test_the_rest_can_be_done_at_once_or_left(qtbot: QtBot) -> None:
    parent, done = QObject(), list[int]()
    pieces = InPieces(parent, rest=0)
    pieces.run(note(done, 100))
    qtbot.waitUntil(lambda: bool(done))
    pieces.finish()
    assert done == list(range(100))
    assert not pieces.is_running()
    pieces.run(note(done, 1000))
    pieces.run(note(done := [], 2))
    pieces.finish()
    assert done == [0, 1]
    pieces.run(note(done := []))
    pieces.cancel()
    assert not pieces.is_running()
    pieces.finish()
    assert not done


def test_a_fault_ends_it(qtbot: QtBot) -> None:
    def fail() -> Generator[None, None, None]:
        yield
        raise RuntimeError("no")

    parent = QObject()
    pieces = InPieces(parent, rest=0)
    with qtbot.captureExceptions() as raised:
        pieces.run(fail())
        qtbot.waitUntil(lambda: not pieces.is_running())
        qtbot.waitUntil(lambda: bool(raised))
    assert [kind for kind, _, _ in raised] == [RuntimeError]
    pieces.run(fail())
    with pytest.raises(RuntimeError):
        pieces.finish()
