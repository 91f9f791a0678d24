"""Where unexpected errors of any thread end: in the log file, and in one place that shows them."""

import atexit
import contextlib
import logging
import logging.handlers
import platform
import re
import sys
import threading
import traceback
from collections.abc import Callable, Hashable
from types import TracebackType

from PySide6.QtCore import (
    QMessageLogContext,
    QObject,
    Qt,
    QtMsgType,
    Signal,
    Slot,
    qInstallMessageHandler,
    qVersion,
)
from shiboken6 import Shiboken

from studio import __version__
from studio.errors import UserError
from studio.paths import log_folder
from studio.qt.repeats import Repeat, Repeats

Show = Callable[[str, str, str], object]

_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}
_log = logging.getLogger("studio")
# PySide6 puts this before the text of what a paint or event handler raised, once for each level.
_OVERRIDE = re.compile(r"^(?:Error calling Python override of [^ ]*\(\): )+")
_in_force: "list[ErrorHandlers]" = []


class ErrorHandlers(QObject):
    """The installed hooks; `uninstall` puts back those that were there before."""

    _raised = Signal(str, str, str)

    def __init__(self, show: Show | None) -> None:
        super().__init__()
        self._show = show
        self._repeats = Repeats()
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
        _in_force.append(self)

    def show_with(self, show: Show) -> None:
        """Show errors by this from now on, also those that wait to be shown."""
        self._show = show

    def uninstall(self) -> None:
        """Put the hooks back and close the log; a hook that was replaced meanwhile is left."""
        if not self._installed:
            return
        self._installed = False
        _in_force.remove(self)
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
            repeat = self._repeats.note(("Qt", text))
            if repeat.is_worth_a_line:
                level = _LEVELS.get(kind, logging.WARNING)
                _log.log(level, "Qt: %s%s", text, _times(repeat))
            if self._qt_before is not None:
                self._qt_before(kind, context, text)
            else:
                _print(text)
        except Exception:
            _complain()

    def _report(self, error: BaseException, trace: TracebackType | None) -> None:
        try:
            repeat = self._repeats.note(_identity(error, trace))
            if repeat.is_worth_a_line:
                shown = self._write(error, trace, repeat)
                # A program that is ending may have deleted this already.
                if repeat.is_news and Shiboken.isValid(self):
                    self._raised.emit(*shown)
        except Exception:
            _complain()
        finally:
            _let_go(trace)

    def _write(
        self, error: BaseException, trace: TracebackType | None, repeat: Repeat
    ) -> tuple[str, str, str]:
        """Put an error into the log; return what is to be shown of it."""
        if isinstance(error, UserError):
            _log.warning("%s (%s)%s", error.message, error.hint, _times(repeat))
            return error.message, error.hint, ""
        summary = _summary(error)
        details = "".join(traceback.format_exception(type(error), error, trace))
        if repeat.times == 1:
            _print(details)
            _log.error("Unexpected error in %s\n%s", _describe_program(), details)
        else:
            _log.error("Unexpected error, again: %s%s", summary, _times(repeat))
        about = f"{_describe_program()}{_times(repeat)}"
        return summary, self._explain(), f"{about}\n\n{details}"

    def _explain(self) -> str:
        if isinstance(self._file, logging.FileHandler):
            return self.tr("This is a fault of the program; its details are in the log.")
        return self.tr("This is a fault of the program.")

    @Slot(str, str, str)
    def _deliver(self, message: str, hint: str, details: str) -> None:
        if not self._installed or self._show is None:
            return
        try:
            self._show(message, hint, details)
        except Exception:
            # Not reported again: what cannot be shown once would come back for ever.
            _log.exception("The error could not be shown: %s", message)


def install_error_handlers(show: Show | None = None) -> ErrorHandlers:
    """Send unexpected errors of every thread, and Qt's messages, to the log and to `show`.

    `show(message, hint, details)` is called on the GUI thread, which must be the caller's;
    `details` is empty for a `UserError`, else a traceback to pass on. What comes over and over
    is shown once, until it has rested for 5 seconds; the log counts it. Neither this nor the hooks
    raise. The log is `studio.log` in the log folder: at most 1 MB, and three older ones. The hooks
    stay until the very end of the program, unless `uninstall` is called.
    """
    return ErrorHandlers(show)


def report(error: BaseException) -> None:
    """Hand over an error that nobody waits for, from any thread. A `UserError` is not worth it."""
    if not isinstance(error, UserError):
        sys.excepthook(type(error), error, error.__traceback__)


# Registered before those of the threads, so that it runs after them and their errors are kept.
@atexit.register
def _uninstall_all() -> None:
    for handlers in list(_in_force):
        handlers.uninstall()


def _identity(error: BaseException, trace: TracebackType | None) -> Hashable:
    """Return what is the same for one fault of the program, however often it shows."""
    if isinstance(error, UserError):
        return (type(error), error.message)
    places = [(frame.f_code.co_filename, line) for frame, line in traceback.walk_tb(trace)]
    # Not the whole way there, as one place fails on many ways.
    return (type(error), *places[-2:])


def _let_go(trace: TracebackType | None) -> None:
    # A painter in the variables of what failed would keep its widget from ever being painted.
    if trace is not None:
        traceback.clear_frames(trace)
    for name in ("last_exc", "last_value", "last_traceback"):
        sys.__dict__.pop(name, None)


def _times(repeat: Repeat) -> str:
    return f" ({repeat.times:,} times)" if repeat.times > 1 else ""


def _describe_program() -> str:
    system = f"Python {platform.python_version()}, Qt {qVersion()}, {platform.platform()}"
    return f"Augmentation Studio {__version__}, {system}"


def _summary(error: BaseException) -> str:
    text = _OVERRIDE.sub("", " ".join(str(error).split()))
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
