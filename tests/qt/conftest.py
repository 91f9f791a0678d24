"""The real window on a real folder, and a check that a test leaves none behind."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from studio.qt.settings import settings
from studio.qt.theme import apply_theme

if TYPE_CHECKING:
    from studio.qt.window import Window
    from tests.qt.recipe_pane import Pane


@pytest.fixture(autouse=True)
def _no_window_left() -> Iterator[None]:
    yield
    app = QApplication.instance()
    if isinstance(app, QApplication):
        left = [widget for widget in app.topLevelWidgets() if widget.isVisible()]
        for widget in left:
            widget.close()
        assert not left, f"left behind: {left}"


def write_photo(path: Path, size: tuple[int, int] = (64, 48), seed: int = 0) -> None:
    """Write a smooth random picture of (width, height)."""
    coarse = np.random.default_rng(seed).integers(0, 256, (4, 5, 3), dtype=np.uint8)
    path.parent.mkdir(parents=True, exist_ok=True)
    data = cv2.imencode(path.suffix, cv2.resize(coarse, size, interpolation=cv2.INTER_CUBIC))[1]
    path.write_bytes(data.tobytes())


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """A data set of two classes with three small pictures each."""
    folder = tmp_path / "photos"
    for number in range(6):
        name = ("cats", "dogs")[number % 2]
        write_photo(folder / name / f"{number}.png", seed=number)
    return folder


@pytest.fixture
def open_window(qtbot: QtBot) -> Iterator[Callable[[Path], "Window"]]:
    """Opens the window on a folder and waits for its first picture."""
    from studio.qt.window import Window

    windows: list[Window] = []

    def open_on(folder: Path) -> Window:
        window = Window()
        windows.append(window)
        window.resize(1280, 800)
        with qtbot.waitExposed(window):
            window.show()
        with qtbot.waitSignal(window.augment_page.canvas.painted, timeout=20_000):
            window.open(folder)
        return window

    settings().clear()
    yield open_on
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    for window in windows:
        window.close()
        window.deleteLater()
    # Before there is another theme: dressing a window that nobody sees again takes long.
    app.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    apply_theme(app, "light")


@pytest.fixture
def pane(qtbot: QtBot, qapp: QApplication) -> Iterator["Pane"]:
    """The recipe's pane by itself."""
    from tests.qt.recipe_pane import Pane

    apply_theme(qapp, "light")
    pane = Pane(qtbot)
    yield pane
    pane.window.close()
