"""Unexpected errors of any thread are shown once, on the GUI thread, and kept in the log."""

import logging
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QCoreApplication, QTimer, qInfo, qWarning
from pytestqt.qtbot import QtBot

from studio.errors import UserError
from studio.paths import log_folder
from studio.qt.errors import ErrorHandlers, install_error_handlers


class Shown:
    def __init__(self) -> None:
        self.messages: list[tuple[str, str]] = []
        self.threads: set[int] = set()

    def __call__(self, message: str, details: str) -> None:
        self.messages.append((message, details))
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
    message, details = shown.messages[0]
    assert message == "ValueError: in a slot"
    assert str(log_folder() / "studio.log") in details.splitlines()[0]
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
    assert shown.messages == [("no such folder", "choose another")]


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

    def show(message: str, details: str) -> None:
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
