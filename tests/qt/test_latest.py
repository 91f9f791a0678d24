"""Newest wins: few runs, the last one is the newest, and nothing stale comes after it."""

import gc
import subprocess
import sys
import threading
from typing import Any

import pytest
from PySide6.QtCore import QCoreApplication, QObject
from pytestqt.qtbot import QtBot

from studio.qt.latest import Latest


class Gate:
    """Work that waits to be let through, and remembers what it was asked for."""

    def __init__(self) -> None:
        self.asked: list[Any] = []
        self.threads: set[int] = set()
        self.open = threading.Semaphore(0)

    def __call__(self, request: Any) -> Any:
        self.asked.append(request)
        self.threads.add(threading.get_ident())
        self.open.acquire()
        return request * 10


def collect(latest: Latest) -> list[tuple[Any, Any]]:
    results: list[tuple[Any, Any]] = []
    latest.ready.connect(lambda request, result: results.append((request, result)))
    return results


def test_a_newer_request_takes_the_waiting_ones_place(qtbot: QtBot) -> None:
    gate = Gate()
    latest = Latest(gate)
    results = collect(latest)
    latest.request(1)
    qtbot.waitUntil(lambda: gate.asked == [1])
    for request in range(2, 201):
        latest.request(request)
    gate.open.release(2)
    qtbot.waitUntil(lambda: len(results) == 2)
    assert gate.asked == [1, 200]
    assert results == [(1, 10), (200, 2000)]
    assert gate.threads != {threading.get_ident()}
    latest.close()


def test_results_arrive_on_the_gui_thread_and_in_order(qtbot: QtBot) -> None:
    latest = Latest(lambda request: request)
    results: list[int] = []
    threads: set[int] = set()

    def take(request: int, _: Any) -> None:
        results.append(request)
        threads.add(threading.get_ident())
        if request < 300:
            latest.request(request + 1)

    latest.ready.connect(take)
    latest.request(0)
    qtbot.waitUntil(lambda: bool(results) and results[-1] == 300)
    assert results == sorted(results)
    assert threads == {threading.get_ident()}
    latest.close()


@pytest.mark.parametrize("error", [ValueError("bad"), MemoryError(), SystemExit(1)])
def test_a_failure_is_told_and_the_thread_lives_on(qtbot: QtBot, error: BaseException) -> None:
    def work(request: str) -> str:
        if request == "bad":
            raise error
        return request.upper()

    latest = Latest(work)
    with qtbot.waitSignal(latest.failed) as failed:
        latest.request("bad")
    assert failed.args == ["bad", error]
    with qtbot.waitSignal(latest.ready) as ready:
        latest.request("good")
    assert ready.args == ["good", "GOOD"]
    latest.close()


def test_none_is_a_request_and_a_result_like_any_other(qtbot: QtBot) -> None:
    latest = Latest(lambda request: request)
    with qtbot.waitSignal(latest.ready) as ready:
        latest.request(None)
    assert ready.args == [None, None]
    latest.close()


def test_nothing_arrives_after_close(qtbot: QtBot) -> None:
    done = threading.Event()

    def work(request: int) -> int:
        done.set()
        return request

    latest = Latest(work)
    results = collect(latest)
    latest.request(1)
    done.wait()
    latest.close()
    assert not any(thread.name == "latest" for thread in threading.enumerate())
    latest.request(2)
    latest.close()
    QCoreApplication.processEvents()
    assert results == []


def test_a_deleted_owner_ends_the_thread(qtbot: QtBot) -> None:
    for _ in range(20):
        owner = QObject()
        latest = Latest(lambda request: request, owner)
        latest.request(1)
        with qtbot.waitSignal(owner.destroyed):
            owner.deleteLater()
    del latest, owner
    gc.collect()
    assert not any(thread.name == "latest" for thread in threading.enumerate())


def test_a_program_may_end_without_closing_it() -> None:
    program = """
import sys
from PySide6.QtCore import QCoreApplication
from studio.qt.latest import Latest

app = QCoreApplication([])
latest = Latest(lambda request: request)
latest.ready.connect(app.quit)
latest.request(1)
app.exec()
latest.request(2)
"""
    result = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60
    )
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")
