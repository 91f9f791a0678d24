"""Files that the Train page writes on request: where to, and what is said if it fails."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QCoreApplication, QIODevice, QMetaMethod, QObject
from PySide6.QtWidgets import QFileDialog, QWidget

from studio.errors import UserError
from studio.qt.errors import report


def ask_path(parent: QWidget, title: str, start: Path, kind: str) -> Path | None:
    """Ask for a file to write, with the suffix of `start`; None where nobody wants one."""
    name, _ = QFileDialog.getSaveFileName(parent, title, str(start), kind)
    if not name:
        return None
    path = Path(name)
    return path if path.suffix else path.with_suffix(start.suffix)


def encode_grab(widget: QWidget) -> bytes:
    """Return what a widget shows, as PNG."""
    return encode_png(widget.grab().toImage())


def encode_png(image: object) -> bytes:
    """Return a QImage as PNG."""
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[attr-defined]
    return bytes(data.data())


def try_to_write(view: QObject, write: Callable[[Path], None], path: Path | None) -> None:
    """Write a file and say so by the view's `message`, or say by its `failed` why not."""
    if path is None:
        return
    try:
        write(path)
    except OSError as error:
        tell_failure(view, cannot_write(path, error))
    else:
        text = QCoreApplication.translate("Train", "Saved {path}")
        view.message.emit(text.format(path=path))  # type: ignore[attr-defined]


def cannot_write(path: Path, error: OSError) -> UserError:
    """Return what to say of a file that could not be written."""
    reason = (error.strerror or str(error)).lower()
    text = QCoreApplication.translate("Train", "{path}: cannot be written: {reason}")
    hint = QCoreApplication.translate("Train", "Choose another folder, or make room.")
    return UserError(text.format(path=path, reason=reason), hint)


def tell_failure(view: QObject, error: BaseException) -> None:
    """Emit a view's `failed`; without anybody there the error ends where all of them do."""
    signal = view.failed  # type: ignore[attr-defined]
    if view.isSignalConnected(QMetaMethod.fromSignal(signal)):
        signal.emit(error)
    else:
        report(error)
