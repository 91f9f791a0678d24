"""A fault of the program, wherever work is done, is one message, and all else goes on."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from studio.augment.image import Image
from studio.dataset.library import Library, open_library
from studio.dataset.reading.image_file import Header, Picture
from studio.dataset.store import FolderStore
from studio.paths import log_folder
from studio.qt.errors import ErrorHandlers, install_error_handlers
from studio.qt.window import Window
from tests.qt.conftest import write_photo
from tests.qt.exporting import aim, press, put, text

Open = Callable[[Path], Window]


@dataclass(frozen=True)
class FaultyStore(FolderStore):
    """Images that one of the ways to read them has a fault of the program for."""

    fault: str = ""

    def header(self, key: str) -> Header:
        self._try("header")
        return super().header(key)

    def data(self, key: str, limit: int = -1) -> bytes:
        self._try("data")
        return super().data(key, limit)

    def read(self, key: str) -> Picture:
        self._try("read")
        return super().read(key)

    def thumbnail(self, key: str, size: int) -> Image:
        self._try("thumbnail")
        return super().thumbnail(key, size)

    def _try(self, way: str) -> None:
        if way == self.fault:
            raise RuntimeError(f"a fault of {way}")


def faulty(folder: Path, fault: str) -> Library:
    return replace(open_library(folder), store=FaultyStore(folder, fault=fault))


def message(window: Window, name: str = "text") -> str:
    label = window.message_bar.findChild(QLabel, f"message_bar.{name}")
    assert isinstance(label, QLabel)
    return label.text() if window.message_bar.isVisible() else ""


def button(window: Window, name: str) -> QPushButton:
    found = window.message_bar.findChild(QPushButton, f"message_bar.{name}")
    assert isinstance(found, QPushButton)
    return found


@pytest.fixture
def handlers(qtbot: QtBot) -> Iterator[ErrorHandlers]:
    handlers = install_error_handlers()
    yield handlers
    handlers.uninstall()


@pytest.fixture
def window(open_window: Open, photos: Path, handlers: ErrorHandlers) -> Window:
    window = open_window(photos)
    handlers.show_with(window.message_bar.show_error)
    return window


def assert_alive(qtbot: QtBot, window: Window, folder: Path) -> None:
    """Open a sound data set and see its picture."""
    with qtbot.waitSignal(window.augment_page.canvas.painted, timeout=20_000):
        window.open(folder)
    assert window.library is not None


def test_thumbnails(qtbot: QtBot, window: Window, photos: Path) -> None:
    window.augment_page.set_library(faulty(photos, "thumbnail"))
    qtbot.waitUntil(lambda: "a fault of thumbnail" in message(window))
    assert_alive(qtbot, window, photos)


def test_the_preview(qtbot: QtBot, window: Window, photos: Path) -> None:
    window.augment_page.set_library(faulty(photos, "read"))
    qtbot.waitUntil(lambda: "a fault of read" in message(window))
    assert_alive(qtbot, window, photos)


def test_the_dry_run(qtbot: QtBot, window: Window, photos: Path) -> None:
    window.show_export()
    window.export_page.set_library(faulty(photos, "data"))
    qtbot.waitUntil(lambda: "a fault of data" in message(window))
    assert "error of the program" in text(window, "export.estimate.warning")
    assert_alive(qtbot, window, photos)


@pytest.mark.parametrize("workers", ["threads", "processes"])
def test_the_workers_of_an_export(
    qtbot: QtBot, window: Window, tmp_path: Path, photos: Path, workers: str
) -> None:
    folder = tmp_path / "small"
    for number in range(41 if workers == "processes" else 2):
        write_photo(folder / "cats" / f"{number}.png", (16, 12), number)
    window.export_page.set_library(faulty(folder, "data"))
    window.show_export()
    if workers == "processes":
        put(window, "export.copies", 100)
        put(window, "export.workers", 2)
    aim(window, tmp_path / "out")
    press(window, "export.start")
    qtbot.waitUntil(lambda: not window.export_page.is_running(), timeout=30_000)
    qtbot.waitUntil(lambda: "a fault of data" in message(window))
    assert text(window, "export.summary") == "Export stopped"
    assert "error of the program" in text(window, "export.summary.fault")
    window.export_page.set_library(open_library(photos))
    press(window, "export.again")
    aim(window, tmp_path / "again")
    put(window, "export.copies", 1)
    press(window, "export.start")
    qtbot.waitUntil(lambda: not window.export_page.is_running(), timeout=30_000)
    assert text(window, "export.summary.files") == "6"


def test_the_message_gives_its_details_and_the_log_folder(
    qtbot: QtBot, window: Window, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[QUrl] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", opened.append)
    window.augment_page.set_library(faulty(photos, "read"))
    qtbot.waitUntil(lambda: "a fault of read" in message(window))
    assert "in the log" in message(window, "hint")
    button(window, "copy_details").click()
    details = QGuiApplication.clipboard().text()
    assert details.startswith("Augmentation Studio ")
    assert "Traceback" in details
    assert "RuntimeError: a fault of read" in details
    assert button(window, "copy_details").text() == "Copied"
    button(window, "open_logs").click()
    assert [url.toLocalFile() for url in opened] == [str(log_folder())]
    assert "RuntimeError: a fault of read" in (log_folder() / "studio.log").read_text("utf-8")
    assert window.message_bar.isVisible()
