"""Unexpected errors of any thread are shown once, on the GUI thread, and kept in the log."""

import logging
import os
import signal
import sys
import threading
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QTimer, qInfo, qWarning
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from studio import __version__
from studio.errors import UserError
from studio.paths import log_folder
from studio.qt.errors import ErrorHandlers, install_error_handlers
from studio.qt.latest import Latest
from studio.qt.repeats import QUIET, Repeats
from studio.qt.task import Task


class Shown:
    def __init__(self) -> None:
        self.messages: list[tuple[str, str, str]] = []
        self.threads: set[int] = set()

    def __call__(self, message: str, hint: str, details: str) -> None:
        self.messages.append((message, hint, details))
        self.threads.add(threading.get_ident())


@pytest.fixture
def shown() -> Shown:
    return Shown()


@pytest.fixture
def handlers(qtbot: QtBot, shown: Shown) -> Iterator[ErrorHandlers]:
    handlers = install_error_handlers(shown)
    yield handlers
    handlers.uninstall()


def log() -> str:
    return Path(log_folder(), "studio.log").read_text("utf-8")


def fail(message: str) -> None:
    raise ValueError(message)


@pytest.mark.usefixtures("handlers")
def test_an_error_in_a_slot_is_shown_and_logged(qtbot: QtBot, shown: Shown) -> None:
    QTimer.singleShot(0, lambda: fail("in a slot"))
    qtbot.waitUntil(lambda: bool(shown.messages))
    message, hint, details = shown.messages[0]
    assert message == "ValueError: in a slot"
    assert "in the log" in hint
    assert f"Augmentation Studio {__version__}" in details.splitlines()[0]
    assert "Traceback" in details
    assert "ValueError: in a slot" in log()


@pytest.mark.usefixtures("handlers")
def test_an_error_of_another_thread_is_shown_on_the_gui_thread(qtbot: QtBot, shown: Shown) -> None:
    thread = threading.Thread(target=fail, args=("in a thread",), name="worker-7")
    thread.start()
    thread.join()
    assert shown.messages == []
    qtbot.waitUntil(lambda: bool(shown.messages))
    assert shown.messages[0][0] == "ValueError: in a thread"
    assert shown.threads == {threading.get_ident()}
    assert "worker-7" in log()


@pytest.mark.usefixtures("handlers")
def test_an_error_that_python_cannot_raise_is_shown(qtbot: QtBot, shown: Shown) -> None:
    class Careless:
        def __del__(self) -> None:
            fail("while going")

    Careless()
    qtbot.waitUntil(lambda: bool(shown.messages))
    assert shown.messages[0][0] == "ValueError: while going"


@pytest.mark.usefixtures("handlers")
def test_a_user_error_is_shown_as_message_and_hint(qtbot: QtBot, shown: Shown) -> None:
    error = UserError("no such folder", "choose another")
    sys.excepthook(type(error), error, None)
    qtbot.waitUntil(lambda: bool(shown.messages))
    assert shown.messages == [("no such folder", "choose another", "")]


@pytest.mark.usefixtures("handlers")
def test_qt_messages_are_logged_and_still_reach_the_handler_before(
    qtlog: Any, shown: Shown
) -> None:
    qInfo("a remark of Qt")
    assert "INFO MainThread Qt: a remark of Qt" in log()
    assert [record.message for record in qtlog.records] == ["a remark of Qt"]
    assert shown.messages == []


def test_qt_messages_are_printed_where_nobody_else_does(
    qtlog: Any, shown: Shown, capsys: pytest.CaptureFixture[str]
) -> None:
    with qtlog.disabled():
        handlers = install_error_handlers(shown)
        qWarning("a warning of Qt")
        handlers.uninstall()
    assert "WARNING MainThread Qt: a warning of Qt" in log()
    assert capsys.readouterr().err == "a warning of Qt\n"


def test_what_cannot_be_shown_is_only_logged(qtbot: QtBot) -> None:
    tried: list[str] = []

    def show(message: str, hint: str, details: str) -> None:
        tried.append(message)
        raise OSError("no window")

    handlers = install_error_handlers(show)
    error = ValueError("first")
    sys.excepthook(type(error), error, None)
    qtbot.waitUntil(lambda: bool(tried))
    qtbot.waitUntil(lambda: "no window" in log())
    handlers.uninstall()
    assert tried == ["ValueError: first"]


def test_uninstalling_puts_everything_back(qtbot: QtBot, shown: Shown) -> None:
    before = (sys.excepthook, threading.excepthook, sys.unraisablehook)
    logged = list(logging.getLogger("studio").handlers)
    handlers = install_error_handlers(shown)
    assert sys.excepthook is not before[0]
    handlers.uninstall()
    handlers.uninstall()
    assert (sys.excepthook, threading.excepthook, sys.unraisablehook) == before
    assert logging.getLogger("studio").handlers == logged


def test_a_log_that_cannot_be_opened_stops_nothing(
    qtbot: QtBot, shown: Shown, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "file"))
    handlers = install_error_handlers(shown)
    error = ValueError("still shown")
    sys.excepthook(type(error), error, None)
    qtbot.waitUntil(lambda: bool(shown.messages))
    handlers.uninstall()


def test_an_interrupt_is_left_to_the_hook_before(
    qtbot: QtBot, shown: Shown, monkeypatch: pytest.MonkeyPatch
) -> None:
    before: list[type[BaseException]] = []
    monkeypatch.setattr(sys, "excepthook", lambda kind, *_: before.append(kind))
    handlers = install_error_handlers(shown)
    sys.excepthook(KeyboardInterrupt, KeyboardInterrupt(), None)
    QCoreApplication.processEvents()
    handlers.uninstall()
    assert before == [KeyboardInterrupt]
    assert shown.messages == []


class Careless(QWidget):
    """Fails at everything that Qt calls, each time in other words."""

    painted = 0

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.drawLine(0, 0, 10, 10)
        type(self).painted += 1
        raise ValueError(f"in paint {self.painted}")

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.User:
            raise ValueError("in an event")
        return super().event(event)


@pytest.mark.usefixtures("handlers")
@pytest.mark.qt_log_ignore("active painter", extend=True)
def test_painting_that_always_fails_is_shown_once_and_counted_in_the_log(
    qtbot: QtBot, shown: Shown
) -> None:
    before = len(log())
    Careless.painted = 0
    careless = Careless()
    qtbot.addWidget(careless)
    careless.show()
    while careless.painted < 1_200:
        careless.update()
        QCoreApplication.processEvents()
    assert [message for message, _, _ in shown.messages] == ["ValueError: in paint 1"]
    written = log()[before:]
    assert written.count("Traceback") == 1
    assert "ValueError: in paint 1000 (1,000 times)" in written
    assert len(written) < 5_000
    careless.hide()


@pytest.mark.usefixtures("handlers")
def test_an_event_that_fails_is_shown(qtbot: QtBot, shown: Shown) -> None:
    careless = Careless()
    qtbot.addWidget(careless)
    QCoreApplication.postEvent(careless, QEvent(QEvent.Type.User))
    qtbot.waitUntil(lambda: bool(shown.messages))
    assert shown.messages[0][0] == "ValueError: in an event"


def test_what_rested_is_news_again() -> None:
    now = 100.0
    repeats = Repeats(lambda: now)
    assert repeats.note("fault").is_news
    for _ in range(10):
        now += QUIET - 1
        assert not repeats.note("fault").is_news
    assert repeats.note("another").is_news
    now += QUIET
    assert repeats.note("fault") == (12, True)


def test_of_many_kinds_of_faults_only_the_newest_are_known() -> None:
    repeats = Repeats()
    for number in range(2_000):
        repeats.note(number)
    assert repeats.note(1_999).times == 2
    assert repeats.note(0).times == 1


def test_messages_of_qt_that_come_in_a_flood_fill_no_log(
    qtlog: Any, handlers: ErrorHandlers
) -> None:
    before = len(log())
    for _ in range(1_000):
        qInfo("the same remark")
    assert len(log()) - before < 1_000
    assert "the same remark (1,000 times)" in log()


# Threads


def fail_after(*reports: int, text: str) -> Generator[int, None, None]:
    try:
        yield from reports
    finally:
        fail(text)


@pytest.mark.usefixtures("handlers")
def test_the_error_of_a_task_that_nobody_listens_to_is_shown(qtbot: QtBot, shown: Shown) -> None:
    task = Task(fail_after(1, 2, text="in a task"))
    task.start()
    qtbot.waitUntil(lambda: bool(shown.messages))
    assert shown.messages[0][0] == "ValueError: in a task"
    assert not task.is_running()


@pytest.mark.usefixtures("handlers")
def test_the_error_of_a_task_that_was_deleted_is_shown(qtbot: QtBot, shown: Shown) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def work() -> Generator[int, None, None]:
        try:
            begun.set()
            yield 1
            go_on.wait(10)
        finally:
            fail("while it was closed")

    task = Task(work())
    task.failed.connect(lambda error: None)
    task.start()
    begun.wait(10)
    task.deleteLater()
    del task
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    go_on.set()
    qtbot.waitUntil(lambda: bool(shown.messages))
    assert shown.messages[0][0] == "ValueError: while it was closed"


@pytest.mark.usefixtures("handlers")
def test_a_fault_of_the_user_in_a_task_that_was_given_up_is_nobodys_business(
    qtbot: QtBot, shown: Shown
) -> None:
    def work() -> Generator[int, None, None]:
        yield 1
        raise UserError("no such folder")

    task = Task(work())
    task.start()
    qtbot.waitUntil(lambda: not task.is_running())
    fail_once = Task(fail_after(text="afterwards"))
    fail_once.start()
    qtbot.waitUntil(lambda: bool(shown.messages))
    assert [message for message, _, _ in shown.messages] == ["ValueError: afterwards"]


@pytest.mark.usefixtures("handlers")
def test_the_error_of_newest_wins_work_is_shown_and_the_next_one_is_done(
    qtbot: QtBot, shown: Shown
) -> None:
    latest = Latest(lambda request: 1 // request)
    latest.request(0)
    qtbot.waitUntil(lambda: bool(shown.messages))
    assert shown.messages[0][0].startswith("ZeroDivisionError")
    with qtbot.waitSignal(latest.ready):
        latest.request(1)
    latest.close()


@pytest.mark.skipif(os.name != "posix", reason="is about signals of POSIX systems")
@pytest.mark.usefixtures("handlers")
def test_an_error_in_a_signals_handler_is_shown(qtbot: QtBot, shown: Shown) -> None:
    before = signal.signal(signal.SIGUSR1, lambda number, frame: fail("in a signal"))
    QTimer.singleShot(0, lambda: os.kill(os.getpid(), signal.SIGUSR1))
    qtbot.waitUntil(lambda: bool(shown.messages))
    signal.signal(signal.SIGUSR1, before)
    assert shown.messages[0][0] == "ValueError: in a signal"
