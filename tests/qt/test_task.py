"""Long work on a worker thread: reports in order, one last signal, closed where it ran."""

import gc
import subprocess
import sys
import threading
from collections.abc import Callable, Generator
from typing import Any

import pytest
from PySide6.QtCore import QObject, QTimer
from pytestqt.qtbot import QtBot

from studio.errors import UserError
from studio.qt.task import Task, stop_all

Reports = Generator[Any, None, Any]


class Record:
    """What a task emitted, in order, and on which threads."""

    def __init__(self, task: Task) -> None:
        self.events: list[tuple[str, Any]] = []
        self.threads: set[int] = set()
        task.reported.connect(lambda report: self._add("reported", report))
        task.finished.connect(lambda result: self._add("finished", result))
        task.failed.connect(lambda error: self._add("failed", error))
        task.stopped.connect(lambda: self._add("stopped", None))

    def _add(self, name: str, value: Any) -> None:
        self.events.append((name, value))
        self.threads.add(threading.get_ident())

    def has_ended(self) -> bool:
        return bool(self.events) and self.events[-1][0] != "reported"


def toil() -> None:
    """Be busy for about a millisecond."""
    sum(range(50_000))


def count_to(end: int) -> Reports:
    yield from range(end)
    return "done"


def run_until_told(seen: dict[str, Any]) -> Reports:
    """Yield for ever; tell where the generator ran and where its `finally` ran."""
    seen["ran"] = threading.get_ident()
    seen["steps"] = 0
    try:
        while True:
            seen["steps"] += 1
            yield 1
            toil()
    finally:
        seen["closed"] = threading.get_ident()


def start(task: Task) -> Record:
    record = Record(task)
    task.start()
    return record


def test_reports_come_in_order_and_the_result_last(qtbot: QtBot) -> None:
    task = Task(count_to(3))
    record = start(task)
    qtbot.waitUntil(record.has_ended)
    assert record.events == [
        ("reported", 0),
        ("reported", 1),
        ("reported", 2),
        ("finished", "done"),
    ]
    assert record.threads == {threading.get_ident()}
    assert not task.is_running()


def test_many_quick_reports_all_arrive_before_the_last_signal(qtbot: QtBot) -> None:
    record = start(Task(count_to(2_000), parent := QObject()))
    qtbot.waitUntil(record.has_ended)
    assert [value for name, value in record.events if name == "reported"] == list(range(2_000))
    assert record.events[-1] == ("finished", "done")
    parent.deleteLater()


def test_slow_receivers_leave_room_for_other_events(qtbot: QtBot) -> None:
    task = Task(count_to(100))
    between: list[int] = []
    delivered: list[int] = []
    ticker = QTimer()
    ticker.timeout.connect(lambda: between.append(len(delivered)))
    task.reported.connect(toil)
    task.reported.connect(delivered.append)
    with qtbot.waitSignal(task.finished):
        ticker.start(0)
        task.start()
    ticker.stop()
    assert delivered == list(range(100))
    assert len({count for count in between if 0 < count < 100}) > 3


def test_stop_closes_the_generator_on_the_worker(qtbot: QtBot) -> None:
    seen: dict[str, Any] = {}
    task = Task(run_until_told(seen))
    record = start(task)
    qtbot.waitUntil(lambda: bool(record.events))
    assert task.is_running()
    task.stop()
    qtbot.waitUntil(record.has_ended)
    assert record.events[-1] == ("stopped", None)
    assert seen["closed"] == seen["ran"] != threading.get_ident()


def test_a_paused_task_waits_and_goes_on_or_stops(qtbot: QtBot) -> None:
    seen: dict[str, Any] = {}
    task = Task(run_until_told(seen))
    record = start(task)
    qtbot.waitUntil(lambda: bool(record.events))
    task.pause()
    assert task.is_paused()
    assert task.is_running()
    before = seen["steps"]
    with qtbot.waitSignal(task.stopped, timeout=100, raising=False):
        pass
    # One may have been under way.
    assert seen["steps"] <= before + 1
    task.resume()
    qtbot.waitUntil(lambda: seen["steps"] > before + 1)
    task.pause()
    task.stop()
    qtbot.waitUntil(record.has_ended)
    assert record.events[-1][0] == "stopped"
    assert "closed" in seen


def test_a_task_stopped_before_it_starts_says_so(qtbot: QtBot) -> None:
    task = Task(count_to(3))
    task.stop()
    record = start(task)
    qtbot.waitUntil(record.has_ended)
    assert record.events == [("stopped", None)]


def test_work_that_ends_before_it_sees_the_stop_is_finished(qtbot: QtBot) -> None:
    told = threading.Event()

    def work() -> Reports:
        told.wait()
        return "done"
        yield

    task = Task(work())
    record = start(task)
    task.stop()
    told.set()
    qtbot.waitUntil(record.has_ended)
    assert record.events == [("finished", "done")]


@pytest.mark.parametrize(
    "raised",
    [
        RuntimeError("broken"),
        StopIteration("not the end"),
        UserError("no such folder", "choose another"),
        SystemExit(3),
        GeneratorExit(),
        MemoryError(),
    ],
    ids=lambda error: type(error).__name__,
)
def test_a_failure_arrives_after_the_reports(qtbot: QtBot, raised: BaseException) -> None:
    def work() -> Reports:
        yield "before"
        raise raised

    record = start(Task(work(), parent := QObject()))
    qtbot.waitUntil(record.has_ended)
    assert record.events[0] == ("reported", "before")
    name, error = record.events[1]
    assert name == "failed"
    assert raised in (error, error.__cause__)
    assert len(record.events) == 2
    parent.deleteLater()


def test_a_failure_while_closing_arrives(qtbot: QtBot) -> None:
    def work() -> Reports:
        try:
            while True:
                yield 1
                toil()
        finally:
            raise OSError("disk full")

    task = Task(work())
    record = start(task)
    qtbot.waitUntil(lambda: bool(record.events))
    task.stop()
    qtbot.waitUntil(record.has_ended)
    assert [name for name, _ in record.events if name != "reported"] == ["failed"]


def test_wait_stops_joins_and_delivers_everything(qtbot: QtBot) -> None:
    seen: dict[str, Any] = {}
    task = Task(run_until_told(seen))
    record = start(task)
    qtbot.waitUntil(lambda: "ran" in seen)
    task.wait()
    assert seen["closed"] == seen["ran"]
    assert record.events[-1] == ("stopped", None)
    assert not task.is_running()
    count = len(record.events)
    task.wait()
    assert len(record.events) == count


def test_a_receiver_may_wait_for_the_task_that_calls_it(qtbot: QtBot) -> None:
    task = Task(count_to(10))
    record = Record(task)
    task.reported.connect(lambda report: task.wait() if report == 2 else None)
    task.start()
    qtbot.waitUntil(record.has_ended)
    names = [name for name, _ in record.events]
    assert names.count("finished") + names.count("stopped") == 1
    assert record.has_ended()


def owner_deleted(seen: dict[str, Any]) -> None:
    owner = QObject()
    Task(run_until_told(seen), owner).start()
    owner.deleteLater()


def reference_dropped(seen: dict[str, Any]) -> None:
    task = Task(run_until_told(seen))
    task.start()
    del task
    gc.collect()


@pytest.mark.parametrize("lose", [owner_deleted, reference_dropped])
def test_a_task_that_is_deleted_stops_its_generator(
    qtbot: QtBot, lose: Callable[[dict[str, Any]], None]
) -> None:
    seen: dict[str, Any] = {}
    lose(seen)
    qtbot.waitUntil(lambda: "closed" in seen or not any_task_thread())
    qtbot.waitUntil(lambda: not any_task_thread())
    assert seen.get("closed") == seen.get("ran")


def any_task_thread() -> bool:
    return any(thread.name == "task" for thread in threading.enumerate())


def test_a_receiver_may_delete_the_owner(qtbot: QtBot) -> None:
    owner = QObject()
    seen: dict[str, Any] = {}
    task = Task(run_until_told(seen), owner)
    task.reported.connect(owner.deleteLater)
    with qtbot.waitSignal(owner.destroyed):
        task.start()
    qtbot.waitUntil(lambda: not any_task_thread())
    assert seen["closed"] == seen["ran"]


def test_stop_all_joins_every_worker(qtbot: QtBot) -> None:
    seen: list[dict[str, Any]] = [{}, {}, {}]
    tasks = [Task(run_until_told(one)) for one in seen]
    records = [start(task) for task in tasks]
    qtbot.waitUntil(lambda: all("ran" in one for one in seen))
    stop_all()
    assert all("closed" in one for one in seen)
    qtbot.waitUntil(lambda: all(record.has_ended() for record in records))
    assert [record.events[-1][0] for record in records] == ["stopped"] * 3


def test_a_program_that_ends_runs_the_finally() -> None:
    program = """
import sys
from PySide6.QtCore import QCoreApplication
from studio.qt.task import Task

def work():
    try:
        while True:
            yield sum(range(50_000))
    finally:
        print("closed", flush=True)

app = QCoreApplication([])
task = Task(work())
task.reported.connect(app.quit)
task.start()
sys.exit(app.exec())
"""
    result = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60
    )
    assert (result.returncode, result.stdout, result.stderr) == (0, "closed\n", "")
