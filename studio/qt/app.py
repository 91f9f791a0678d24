"""Starts the program with its window."""

import signal
import sys
from pathlib import Path

from PySide6.QtWidgets import QApplication

from studio import __version__
from studio.qt.errors import install_error_handlers
from studio.qt.settings import settings
from studio.qt.task import stop_all
from studio.qt.window import Window


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
    """Show the window on a folder, the one opened last, or the sample; return the exit code."""
    app = build_app()
    window = Window()
    handlers = install_error_handlers(window.message_bar.show_error)
    # Without this, Ctrl-C in the terminal waits until Qt next calls Python.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    window.show()
    window.open(folder or _last_folder())
    code = app.exec()
    stop_all()
    handlers.uninstall()
    return code


def _last_folder() -> Path | None:
    last = settings().value("last_folder")
    folder = Path(last) if isinstance(last, str) else None
    return folder if folder and folder.is_dir() else None
