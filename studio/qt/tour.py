"""Drives the real window through the main job and keeps pictures of it: a demonstration, the
end-to-end test, and where the README's pictures come from."""

import json
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import (
    QElapsedTimer,
    QEventLoop,
    QMessageLogContext,
    QPoint,
    QSize,
    Qt,
    QTimer,
    QtMsgType,
    qInstallMessageHandler,
)
from PySide6.QtGui import QPainter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QLineEdit, QWidget

from studio.dataset.exports.target import check_empty
from studio.errors import UserError
from studio.qt.app import build_app
from studio.qt.errors import install_error_handlers
from studio.qt.window import Window

_W = TypeVar("_W", bound=QWidget)
_PATIENCE = 120_000
_LOOK = 10


def run_tour(out: Path) -> int:
    """Open the sample, move sliders, compare, export; leave pictures and the export below `out`.

    Needs no display. The user's own settings, sample and recipe are not touched. Returns the
    exit code; UserError where `out` is not empty or cannot be written. Any error of the window
    ends the tour.
    """
    out = out.absolute()
    check_empty(out)
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(f"{out}: cannot be made: {(error.strerror or '').lower()}") from None
    with _home_of_its_own() as home:
        _use_large_screen(home)
        _Tour(out).run()
    return 0


def _use_large_screen(home: Path) -> None:
    """Where there is no display, give the offscreen platform a screen as people have one."""
    displays = (os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY"))
    platform = os.environ.get("QT_QPA_PLATFORM", "")
    if platform == "offscreen" or (
        not platform and sys.platform.startswith("linux") and not any(displays)
    ):
        config = home / "screen.json"
        screen = {"name": "tour", "x": 0, "y": 0, "width": 1920, "height": 1200}
        screen |= {"logicalDpi": 96, "logicalBaseDpi": 96, "dpr": 1}
        config.write_text(json.dumps({"screens": [screen]}))
        os.environ["QT_QPA_PLATFORM"] = f"offscreen:configfile={config}"


def _print_message(kind: QtMsgType, context: QMessageLogContext, text: str) -> None:
    # The offscreen platform warns of what it cannot do for popups, which nobody needs here.
    if not text.startswith("This plugin does not support"):
        print(text, file=sys.stderr)


@contextmanager
def _home_of_its_own() -> Iterator[Path]:
    before = os.environ.get("AUGSTUDIO_HOME")
    with tempfile.TemporaryDirectory(prefix="augstudio-tour-") as home:
        os.environ["AUGSTUDIO_HOME"] = home
        try:
            yield Path(home)
        finally:
            if before is None:
                del os.environ["AUGSTUDIO_HOME"]
            else:
                os.environ["AUGSTUDIO_HOME"] = before


class _Tour:
    """The steps in order. Each acts as a person does: by mouse and keyboard on named controls."""

    def __init__(self, out: Path) -> None:
        self._out = out
        self._pictures = 0
        self._faults: list[str] = []
        self._app = build_app()
        qInstallMessageHandler(_print_message)
        self._handlers = install_error_handlers(self._note_fault)
        self._window = Window()

    def run(self) -> None:
        window = self._window
        window.actions_by_name["theme_light"].trigger()
        window.resize(QSize(1280, 800))
        window.show()
        try:
            self._open_sample()
            self._move_sliders()
            self._add_a_step()
            self._compare()
            self._export()
        finally:
            window.close()
            self._handlers.uninstall()
        if self._faults:
            raise RuntimeError(self._faults[0])

    def _note_fault(self, message: str, hint: str, details: str) -> None:
        self._faults.append(f"{message}\n{details or hint}")

    def _open_sample(self) -> None:
        self._window.open(None)
        self._wait(lambda: self._window.library is not None, "the sample is open")
        self._settle()
        self._picture("open")

    def _move_sliders(self) -> None:
        slider = self._find(QWidget, "step.rotate.angle.slider")
        handle = QPoint(round(slider.width() * 0.55), slider.height() // 2)
        QTest.mousePress(slider, Qt.MouseButton.LeftButton, pos=handle)
        for step in range(1, 9):
            QTest.mouseMove(slider, handle + QPoint(4 * step, 0))
            self._app.processEvents()
        self._settle()
        self._picture("drag")
        QTest.mouseRelease(slider, Qt.MouseButton.LeftButton, pos=handle + QPoint(32, 0))
        self._settle()

    def _add_a_step(self) -> None:
        for name in ("brightness", "erase"):
            QTest.mouseClick(self._find(QAbstractButton, "recipe.add"), Qt.MouseButton.LeftButton)
            search = self._find(QLineEdit, "picker.search")
            QTest.keyClicks(search, name)
            self._settle()
            if name == "brightness":
                self._picture("add")
            QTest.keyClick(search, Qt.Key.Key_Return)
            self._settle()

    def _compare(self) -> None:
        self._picture("recipe")
        self._click("canvas_bar.wipe")
        self._settle()
        self._picture("wipe")
        self._click("canvas_bar.side_by_side")
        self._window.actions_by_name["theme_dark"].trigger()
        self._settle()
        self._picture("dark")
        self._window.actions_by_name["theme_light"].trigger()

    def _export(self) -> None:
        self._click("top_bar.show_export")
        target = self._find(QLineEdit, "export.target")
        target.selectAll()
        QTest.keyClicks(target, str(self._out / "export"))
        self._wait(
            lambda: self._find(QAbstractButton, "export.start").isEnabled(), "the export is ready"
        )
        self._settle(1500)
        self._picture("export")
        self._click("export.start")
        self._wait(lambda: not self._window.export_page.is_running(), "the export is done")
        self._settle()
        self._picture("exported")

    def _click(self, name: str) -> None:
        QTest.mouseClick(self._find(QAbstractButton, name), Qt.MouseButton.LeftButton)

    def _find(self, kind: type[_W], name: str) -> _W:
        for widget in self._app.allWidgets():
            if widget.objectName() == name and isinstance(widget, kind):
                return widget
        raise LookupError(f"the window has no {name}")

    def _wait(self, is_so: Callable[[], bool], what: str) -> None:
        clock = QElapsedTimer()
        clock.start()
        while not is_so():
            if clock.elapsed() > _PATIENCE:
                raise TimeoutError(f"waited in vain until {what}")
            self._settle(_LOOK)

    def _settle(self, milliseconds: int = 400) -> None:
        # Long enough for renders and thumbnails on a slow machine to be in the picture.
        loop = QEventLoop()
        QTimer.singleShot(milliseconds, loop.quit)
        loop.exec()

    def _picture(self, name: str) -> None:
        self._pictures += 1
        path = self._out / f"{self._pictures}-{name}.png"
        picture = self._window.grab()
        painter = QPainter(picture)
        for popup in self._app.topLevelWidgets():
            if popup.isVisible() and popup.windowType() == Qt.WindowType.Popup:
                place = self._window.mapFromGlobal(popup.mapToGlobal(QPoint()))
                painter.drawPixmap(place, popup.grab())
        painter.end()
        if not picture.save(str(path)):
            raise UserError(f"{path}: cannot be written")
