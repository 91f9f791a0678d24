"""Starts the program with its window."""

import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from PySide6.QtCore import QObject, QSocketNotifier, Slot
from PySide6.QtWidgets import QApplication

from studio import __version__
from studio.errors import UserError
from studio.paths import data_folder, settings_folder
from studio.qt.errors import install_error_handlers
from studio.qt.garbage import GarbageKeeper
from studio.qt.preferences import OPENS_LAST, read
from studio.qt.settings import last_folder
from studio.qt.settings_repair import repair_settings
from studio.qt.task import stop_all
from studio.qt.window import Window

_CANCELLED = 130


def build_app() -> QApplication:
    """Return the application, made on the first call."""
    app = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(app, QApplication)
    app.setApplicationName("Augmentation Studio")
    app.setApplicationVersion(__version__)
    app.setDesktopFileName("augmentation-studio")
    # A worker that runs Python code hands over to the window after this time, not after 5 ms.
    sys.setswitchinterval(0.001)
    return app


def run(folder: Path | None) -> int:
    """Show the window on a folder, the one opened last, or the sample; return the exit code.

    Ctrl-C and SIGTERM end it as cancelling does: what is written is whole. UserError where the
    user's own folders cannot be made.
    """
    _check_home()
    app = build_app()
    handlers = install_error_handlers()
    window = open_window(folder)
    handlers.show_with(window.message_bar.show_error)
    with _ended_by_signals(app):
        code = app.exec()
    stop_all()
    return code


def open_window(folder: Path | None) -> Window:
    """Return the window, shown on a folder, the one opened last, or the sample.

    It has its defaults where settings are damaged, and says so.
    """
    notices = repair_settings()
    window = Window()
    GarbageKeeper(window)
    for notice in notices:
        window.message_bar.show_notice(notice, stays=True)
    window.show()
    window.open(folder or (last_folder() if read(OPENS_LAST) else None))
    return window


def _check_home() -> None:
    try:
        data_folder()
        settings_folder()
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        hint = "Set AUGSTUDIO_HOME to a folder that can be written."
        raise UserError(f"{error.filename}: cannot be made: {reason}", hint) from None


@contextmanager
def _ended_by_signals(app: QApplication) -> Iterator[None]:
    # Python handles a signal when it next runs; the socket makes it run while Qt waits.
    ours, woken = socket.socketpair()
    ours.setblocking(False)
    woken.setblocking(False)
    drain = _Drain(woken)
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    # Who starts a program in the background may have it ignore Ctrl-C, which is not ours to undo.
    before = {number: old for number, old in before.items() if old is not signal.SIG_IGN}
    descriptor = signal.set_wakeup_fd(ours.fileno(), warn_on_full_buffer=False)

    def end(number: int, frame: FrameType | None) -> None:
        app.exit(_CANCELLED)

    for number in before:
        signal.signal(number, end)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(descriptor)
        drain.close()
        ours.close()


class _Drain(QObject):
    def __init__(self, woken: socket.socket) -> None:
        super().__init__()
        self._woken = woken
        self._notifier = QSocketNotifier(woken.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._read)

    @Slot()
    def _read(self) -> None:
        self._woken.recv(4096)

    def close(self) -> None:
        self._notifier.setEnabled(False)
        self._woken.close()
