"""Runs as a training tells them, without any training."""

import math
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication, QWidget

from studio.gan.config import TrainConfig
from studio.gan.reports import Began, Grid, Quality, Reference, Report, Stats
from studio.qt.train.history import RunHistory

CLASSES = ("cat", "dog")


def began(real: str = "", classes: tuple[str, ...] = CLASSES) -> Began:
    return Began("processor, 2 cores", 600, 100, classes, 0, (1.25, 0.5), real=real)


def stats(number: int) -> Stats:
    """Return the report after so many half seconds of 64 images each; no two are alike."""
    wave = math.sin(number * 0.7)
    return Stats(
        step=number,
        images=64 * number,
        seconds=0.5 * number,
        images_per_second=128.0 + wave,
        loss_d=0.7 + 0.1 * wave,
        loss_g=1.5 - 0.3 * wave,
        score_real=1 / 3 + wave,
        score_made=-1 / 3 - wave,
        accuracy=0.75,
        penalty_real=0.2 + 0.01 * wave,
        penalty_made=0.1 + 0.02 * wave,
        share_done=min(1.0, number / 200),
    )


def quality(number: int, kid: float, agreement: float | None = 0.5) -> Quality:
    each = () if agreement is None else (agreement, agreement / 2)
    return Quality(64 * number, 0.5 * number, kid, kid / 10, 0.8, 0.6, agreement, each)


def reference(agreement: float | None = 0.9) -> Reference:
    each = () if agreement is None else (1.0, 0.8)
    return Reference(0, 0.0, 0.001, 0.0002, 0.95, 0.9, agreement, each)


def grid_pixels(number: int, side: int = 58) -> NDArray[np.uint8]:
    """Return a grey picture of two shades that tell its number."""
    shade = 20 + 7 * number
    picture = np.full((side, side), shade, np.uint8)
    picture[: side // 2, : side // 2] = 255 - shade
    return picture


def write_grid(run: Path, number: int, side: int = 58) -> Grid:
    """Write the pictures of a look; the raw one is the other upside down."""
    (run / "samples").mkdir(parents=True, exist_ok=True)
    picture = grid_pixels(number, side)
    names = [f"samples/{number:010d}-{kind}.png" for kind in ("ema", "raw")]
    for name, pixels in zip(names, (picture, picture[::-1]), strict=True):
        (run / name).write_bytes(cv2.imencode(".png", pixels)[1].tobytes())
    return Grid(64 * number, 0.5 * number, *names)


def history_of(*reports: Report, folder: Path = Path("run-a")) -> RunHistory:
    """Return an old run that told this."""
    history = RunHistory()
    history.show(folder, TrainConfig(), reports)
    return history


def move_mouse(widget: QWidget, spot: QPoint | QPointF) -> None:
    """Send a pointer's move without buttons to exactly this widget."""
    place = QPointF(spot)
    QApplication.sendEvent(
        widget,
        QMouseEvent(
            QEvent.Type.MouseMove,
            place,
            QPointF(widget.mapToGlobal(place)),
            Qt.MouseButton.NoButton,
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
        ),
    )
