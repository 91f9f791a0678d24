"""A look at the settings before anything reads them: what is damaged is put aside, and told."""

import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QByteArray, QCoreApplication, QSettings

from studio.dataset.exports.target import free_folder
from studio.qt.preferences import PREFERENCES
from studio.qt.settings import settings, settings_file

FORMAT = 1
"""Of the settings' file, in its key `format`; a later program that changes it raises this."""
_FORMAT_KEY = "format"
_LARGEST_FILE = 1_000_000
_LINE = re.compile(r"\s*(?:[;#].*|\[.*\]|[^=\[]+=.*)?\Z")


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_texts(value: object) -> bool:
    # None is an empty list, and a list of one entry that entry.
    parts = value if isinstance(value, list) else [value or ""]
    return all(isinstance(part, str) for part in parts)


def _is_number(value: object) -> bool:
    # Read from the file it is a text, and what it was set to in this session.
    return isinstance(value, str | int) and str(value).isascii() and str(value).isdigit()


def _is_bytes(value: object) -> bool:
    return isinstance(value, QByteArray)


_SHAPES: dict[str, Callable[[object], bool]] = {
    _FORMAT_KEY: _is_number,
    "last_folder": _is_text,
    "recent_folders": _is_texts,
    "window/geometry": _is_bytes,
    "window/panes": _is_bytes,
    "window/compare": _is_text,
    "export/copies": _is_number,
    "export/quality": _is_number,
    "export/originals": _is_number,
    "export/balance": _is_number,
    "export/format": _is_text,
}


def repair_settings() -> list[str]:
    """Make sure that the settings can be read; return what a person should know, a line for each.

    A file that is damaged is put aside, next to where it was, and the program has its defaults.
    Where only some settings are damaged, a copy is put aside and those go back to their defaults.
    """
    path = settings_file()
    try:
        fault = _find_fault(path)
        if fault:
            kept = _free_name(path, "damaged")
            path.replace(kept)
            return [_describe_loss(fault, kept), *_check_writing(path)]
        return [*_repair_values(path), *_check_writing(path)]
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        text = _tr("The settings in {file} cannot be read: {reason}. Defaults are used.")
        return [text.format(file=path, reason=reason)]


def _find_fault(path: Path) -> str:
    """Return what is wrong with the file as a whole, empty where nothing is."""
    if path.is_dir():
        return _tr("are a folder and not a file")
    if not path.exists():
        return ""
    with path.open("rb") as file:
        data = file.read(_LARGEST_FILE + 1)
    if len(data) > _LARGEST_FILE:
        return _tr("are too large")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return _tr("are no text")
    lines = text.split("\n")
    if "\0" in text or "@Variant(" in text or not all(map(_LINE.match, lines)):
        return _tr("are damaged")
    kept = QSettings(str(path), QSettings.Format.IniFormat)
    return "" if kept.status() == QSettings.Status.NoError else _tr("are damaged")


def _repair_values(path: Path) -> list[str]:
    kept = settings()
    checks = _SHAPES | {each.key: _parses(each.parse) for each in PREFERENCES}
    wrong = sorted(
        key for key, fits in checks.items() if kept.contains(key) and not fits(kept.value(key))
    )
    notices = _note_newer(path, kept) if _FORMAT_KEY not in wrong else []
    if wrong:
        copy = _free_name(path, "damaged")
        shutil.copy2(path, copy)
        for key in wrong:
            kept.remove(key)
        text = _tr("Damaged settings are back at their defaults: {names}. A copy is in {file}.")
        notices.append(text.format(names=", ".join(wrong), file=copy.name))
    if not kept.contains(_FORMAT_KEY):
        kept.setValue(_FORMAT_KEY, FORMAT)
    return notices


def _note_newer(path: Path, kept: QSettings) -> list[str]:
    version = str(kept.value(_FORMAT_KEY, FORMAT))
    copy = path.with_name(f"{path.name}.format-{version[:6]}")
    # Once is enough: from now on both programs write to the file.
    if int(version) <= FORMAT or copy.exists():
        return []
    shutil.copy2(path, copy)
    text = _tr("The settings are of a later version; those that this one knows are used.")
    return [f"{text} {_tr('A copy is in {file}.').format(file=copy.name)}"]


def _parses(parse: Callable[[object], object]) -> Callable[[object], bool]:
    return lambda value: parse(value) is not None


def _check_writing(path: Path) -> list[str]:
    if settings().isWritable() and os.access(path.parent, os.W_OK):
        return []
    text = _tr("Settings cannot be kept: {folder} cannot be written to.")
    return [text.format(folder=path.parent)]


def _describe_loss(fault: str, kept: Path) -> str:
    text = _tr("The settings {fault}, so the defaults are used. The old file is kept: {file}")
    return text.format(fault=fault, file=kept.name)


def _free_name(path: Path, word: str) -> Path:
    return free_folder(path.with_name(f"{path.name}.{word}"))


def _tr(text: str) -> str:
    return QCoreApplication.translate("Settings", text)
