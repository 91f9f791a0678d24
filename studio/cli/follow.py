"""Run long work to its end, or to where Ctrl-C or SIGTERM stops it."""

import signal
import threading
from collections.abc import Callable, Generator, Iterator
from contextlib import closing, contextmanager
from types import FrameType
from typing import TypeVar

from studio.cli.faults import Cancelled
from studio.errors import UserError

_SIGNALS = (signal.SIGINT, signal.SIGTERM)
_Report = TypeVar("_Report")
_Result = TypeVar("_Result")


def follow(
    work: Generator[_Report, None, _Result], show: Callable[[_Report], object] = lambda report: None
) -> _Result:
    """Show each report of a generator and return its result.

    A signal closes the generator between two reports, so that it can wind up undisturbed;
    Cancelled is raised then.
    """
    with _noticed_signals() as is_asked_to_stop, closing(work):
        while True:
            try:
                report = next(work)
            except StopIteration as end:
                result: _Result = end.value
                return result
            except UserError:
                # A signal that reached the worker processes, too, made them fail.
                if is_asked_to_stop():
                    raise Cancelled("cancelled") from None
                raise
            show(report)
            if is_asked_to_stop():
                work.close()
                raise Cancelled("cancelled")


@contextmanager
def terminable() -> Iterator[None]:
    """Let SIGTERM raise KeyboardInterrupt, as Ctrl-C does."""
    with _handled((signal.SIGTERM,), signal.default_int_handler):
        yield


@contextmanager
def _noticed_signals() -> Iterator[Callable[[], bool]]:
    asked = threading.Event()

    def notice(number: int, frame: FrameType | None) -> None:
        asked.set()

    with _handled(_SIGNALS, notice):
        yield asked.is_set


@contextmanager
def _handled(
    numbers: tuple[signal.Signals, ...], handler: Callable[[int, FrameType | None], object]
) -> Iterator[None]:
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.getsignal(number) for number in numbers}
    # Who starts a program in the background may have it ignore Ctrl-C, which is not ours to undo.
    before = {number: old for number, old in before.items() if old is not signal.SIG_IGN}
    for number in before:
        signal.signal(number, handler)
    try:
        yield
    finally:
        for number, old in before.items():
            signal.signal(number, old)
