"""Drives the real window through the main job and keeps pictures of it: a demonstration, the
end-to-end test, and where the README's pictures come from."""

import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QElapsedTimer, QEventLoop, QPoint, QSize, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QLineEdit, QWidget

from studio.errors import UserError

_W = TypeVar("_W", bound=QWidget)
_PATIENCE = 120_000
_LOOK = 10


def run_tour(out: Path) -> int:
    """Open the sample, move sliders, compare, export; leave pictures and the export below `out`.

    Needs no display. The user's own settings, sample and recipe are not touched. Returns the
    exit code; UserError where `out` is not empty or cannot be written.
    """
    from studio.dataset.target import check_empty

    check_empty(out)
    if sys.platform == "linux" and not (
        os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    ):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(f"{out}: cannot be made: {(error.strerror or '').lower()}") from None
    with _home_of_its_own():
        _Tour(out).run()
    return 0


@contextmanager
def _home_of_its_own() -> Iterator[None]:
    before = os.environ.get("AUGSTUDIO_HOME")
    with tempfile.TemporaryDirectory(prefix="augstudio-tour-") as home:
        os.environ["AUGSTUDIO_HOME"] = home
        try:
            yield
        finally:
            if before is None:
                del os.environ["AUGSTUDIO_HOME"]
            else:
                os.environ["AUGSTUDIO_HOME"] = before


class _Tour:
    """The steps in order. Each acts as a person does: by mouse and keyboard on named controls."""

    def __init__(self, out: Path) -> None:
        from studio.qt.app import build_app
        from studio.qt.window import Window

        self._out = out
        self._pictures = 0
        self._app = build_app()
        self._window = Window()

    def run(self) -> None:
        window = self._window
        window.theme_light()
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
        self._window.theme_dark()
        self._settle()
        self._picture("dark")
        self._window.theme_light()

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
        if not self._window.grab().save(str(path)):
            raise UserError(f"{path}: cannot be written")
