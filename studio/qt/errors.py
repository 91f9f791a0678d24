"""Where unexpected errors of any thread end: in the log file, and in one place that shows them."""

import contextlib
import logging
import logging.handlers
import sys
import threading
import traceback
from collections.abc import Callable
from types import TracebackType

from PySide6.QtCore import (
    QMessageLogContext,
    QObject,
    Qt,
    QtMsgType,
    Signal,
    Slot,
    qInstallMessageHandler,
)
from shiboken6 import Shiboken

from studio.errors import UserError
from studio.paths import log_folder

_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}
_log = logging.getLogger("studio")


class ErrorHandlers(QObject):
    """The installed hooks; `uninstall` puts back those that were there before."""

    _raised = Signal(str, str)

    def __init__(self, show: Callable[[str, str], None]) -> None:
        super().__init__()
        self._show = show
        self._file = _open_log()
        _log.addHandler(self._file)
        self._level = _log.level
        _log.setLevel(logging.INFO)
        self._raised.connect(self._deliver, Qt.ConnectionType.QueuedConnection)
        # Kept as they are: every access to a method makes another object, and `is` tells them.
        self._hooks = (self._on_exception, self._on_thread, self._on_unraisable)
        self._before = (sys.excepthook, threading.excepthook, sys.unraisablehook)
        sys.excepthook, threading.excepthook, sys.unraisablehook = self._hooks
        self._qt_hook = self._on_qt_message
        self._qt_before = qInstallMessageHandler(self._qt_hook)
        self._installed = True

    def uninstall(self) -> None:
        """Put the hooks back and close the log; a hook that was replaced meanwhile is left."""
        if not self._installed:
            return
        self._installed = False
        if sys.excepthook is self._hooks[0]:
            sys.excepthook = self._before[0]
        if threading.excepthook is self._hooks[1]:
            threading.excepthook = self._before[1]
        if sys.unraisablehook is self._hooks[2]:
            sys.unraisablehook = self._before[2]
        current = qInstallMessageHandler(self._qt_before)
        if current is not self._qt_hook:
            qInstallMessageHandler(current)
        _log.removeHandler(self._file)
        _log.setLevel(self._level)
        self._file.close()

    def _on_exception(
        self,
        kind: type[BaseException],
        error: BaseException,
        trace: TracebackType | None,
    ) -> None:
        if issubclass(kind, KeyboardInterrupt):
            self._before[0](kind, error, trace)
            return
        self._report(error, trace)

    def _on_thread(self, args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None and not isinstance(args.exc_value, SystemExit):
            self._report(args.exc_value, args.exc_traceback)

    def _on_unraisable(self, args: "sys.UnraisableHookArgs") -> None:
        if args.exc_value is not None:
            self._report(args.exc_value, args.exc_traceback)

    def _on_qt_message(self, kind: QtMsgType, context: QMessageLogContext, text: str) -> None:
        try:
            _log.log(_LEVELS.get(kind, logging.WARNING), "Qt: %s", text)
            if self._qt_before is not None:
                self._qt_before(kind, context, text)
            else:
                _print(text)
        except Exception:
            _complain()

    def _report(self, error: BaseException, trace: TracebackType | None) -> None:
        try:
            details = "".join(traceback.format_exception(type(error), error, trace))
            _print(details)
            if isinstance(error, UserError):
                _log.warning("%s (%s)", error.message, error.hint)
                shown = (error.message, error.hint)
            else:
                _log.error("Unexpected error\n%s", details)
                shown = (_summary(error), f"{self._where()}\n\n{details}")
            # A program that is ending may have deleted this already.
            if Shiboken.isValid(self):
                self._raised.emit(*shown)
        except Exception:
            _complain()

    def _where(self) -> str:
        if not isinstance(self._file, logging.FileHandler):
            return self.tr("This is a fault of the program.")
        text = self.tr("This is a fault of the program; its details are in {log}")
        return text.format(log=self._file.baseFilename)

    @Slot(str, str)
    def _deliver(self, message: str, details: str) -> None:
        if not self._installed:
            return
        try:
            self._show(message, details)
        except Exception:
            # Not reported again: what cannot be shown once would come back for ever.
            _log.exception("The error could not be shown: %s", message)


def install_error_handlers(show: Callable[[str, str], None]) -> ErrorHandlers:
    """Send unexpected errors of every thread, and Qt's messages, to the log and to `show`.

    `show(message, details)` is called on the GUI thread, which must be the caller's. `details` is
    the hint of a `UserError`; for any other error a line for the user, an empty one, and the
    traceback. Neither this nor the hooks raise. The log is `studio.log` in the log folder: at most
    1 MB, and three older ones.
    """
    return ErrorHandlers(show)


def _summary(error: BaseException) -> str:
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def _open_log() -> logging.Handler:
    handler: logging.Handler
    try:
        handler = logging.handlers.RotatingFileHandler(
            log_folder() / "studio.log", maxBytes=1_000_000, backupCount=3, encoding="utf-8"
        )
    except OSError:
        # A program that cannot log still runs.
        return logging.NullHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(threadName)s %(message)s"))
    return handler


def _complain() -> None:
    with contextlib.suppress(Exception):
        _print(traceback.format_exc())


def _print(text: str) -> None:
    # A windowed program on Windows has no stderr.
    if sys.stderr is not None:
        print(text.rstrip(), file=sys.stderr)
