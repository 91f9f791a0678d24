"""Drives an export page as a person does, and looks at what it wrote."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import cv2
import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QLabel,
    QLineEdit,
    QProgressBar,
    QTreeView,
    QWidget,
)
from pytestqt.qtbot import QtBot

from studio.dataset.exports.manifest import MANIFEST, read_manifest
from studio.dataset.library import Library, open_library
from studio.qt.export.page import ExportPage
from studio.qt.recipe.number_field import NumberField
from studio.qt.session import Session

MakePage = Callable[[Library | None], ExportPage]
W = TypeVar("W", bound=QWidget)


@contextmanager
def pages(qtbot: QtBot) -> Iterator[MakePage]:
    """Give what makes pages; at the end, stop them and see that nothing runs any more."""
    made: list[ExportPage] = []

    def make(library: Library | None) -> ExportPage:
        session = Session()
        page = ExportPage(session)
        session.setParent(page)
        qtbot.addWidget(page)
        made.append(page)
        page.resize(1280, 730)
        page.set_library(library)
        page.show()
        return page

    yield make
    for page in made:
        page.stop_and_wait()
    assert not busy_threads()


def busy_threads() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name in ("task", "latest")]


def write_image(path: Path, seed: int, width: int = 32) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    shape = (width * 3 // 4, width, 3)
    pixels = np.random.default_rng(seed).integers(0, 255, shape, np.uint8)
    path.write_bytes(cv2.imencode(".png", pixels)[1].tobytes())


def make_set(root: Path, *folders: str, each: int = 2) -> Library:
    for folder in folders:
        for number in range(each):
            write_image(root / folder / f"{number}.png", number)
    return open_library(root)


def make_long_set(root: Path) -> Library:
    """Return a set whose 800 copies take one worker a second or more."""
    for number in range(8):
        write_image(root / f"cat/{number}.png", number, width=160)
    return open_library(root)


def find(page: QWidget, kind: type[W], name: str) -> W:
    found = page.findChild(kind, name)
    assert isinstance(found, kind), name
    return found


def text(page: QWidget, name: str) -> str:
    return find(page, QLabel, name).text()


def press(page: QWidget, name: str) -> None:
    QTest.mouseClick(find(page, QAbstractButton, name), Qt.MouseButton.LeftButton)


def put(page: QWidget, name: str, value: int) -> None:
    """Type a number into a field, as a person does."""
    field = find(page, NumberField, name)
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, str(value))
    QTest.keyClick(field, Qt.Key.Key_Return)


def aim(page: QWidget, folder: Path | str) -> None:
    field = find(page, QLineEdit, "export.target")
    field.selectAll()
    field.insert(str(folder))


def tick(page: QWidget, class_name: str) -> None:
    """Click on a class's row."""
    view = find(page, QTreeView, "export.class_list")
    rows = (view.model().index(row, 0) for row in range(view.model().rowCount()))
    index = next(index for index in rows if index.data() == class_name)
    view.scrollTo(index)
    spot = view.visualRect(index).center()
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=spot)


def files_below(folder: Path) -> set[str]:
    return {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and path.name != MANIFEST
    }


def outputs(folder: Path) -> list[str]:
    """Return what the manifest lists."""
    _, entries = read_manifest((folder / MANIFEST).read_bytes())
    return [entry.output for entry in entries]


def export(qtbot: QtBot, page: ExportPage, folder: Path) -> None:
    aim(page, folder)
    press(page, "export.start")
    assert page.is_running()
    qtbot.waitUntil(lambda: not page.is_running(), timeout=20_000)


def begin_long(qtbot: QtBot, page: ExportPage, folder: Path) -> None:
    """Start an export of 100 copies each, and wait until some files are shown as written."""
    put(page, "export.copies", 100)
    put(page, "export.workers", 1)
    aim(page, folder)
    press(page, "export.start")
    bar = find(page, QProgressBar, "export.progress")
    qtbot.waitUntil(lambda: bar.value() > 0, timeout=20_000)
    assert page.is_running()
