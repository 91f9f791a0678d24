"""The dry run in the background: newest wins, one at a time, after a pause in the edits."""

from collections.abc import Generator
from typing import NamedTuple

import cv2
import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal, Slot
from PySide6.QtGui import QImage

from studio.augment.image import Image
from studio.augment.recipe import Recipe
from studio.dataset.exports.estimate import Estimate, estimate
from studio.dataset.exports.order import ExportOptions
from studio.dataset.library import Library
from studio.qt.pixels import to_qimage
from studio.qt.task import Task

_PAUSE = 400
_SHOWN_SIZE = 1080


class Forecast(NamedTuple):
    """What an export would come to, with its samples ready for the screen."""

    estimate: Estimate
    samples: tuple[tuple[str, QImage], ...]
    """Name and picture of each, the picture at most 1080 pixels wide and high."""


class DryRun(QObject):
    """Forecasts what was asked for last. Results of earlier requests never arrive."""

    ready = Signal(object)
    """The Forecast."""

    failed = Signal(object)
    """The exception that ended it."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._wanted: tuple[Library, Recipe, ExportOptions] | None = None
        self._task: Task | None = None
        self._is_current = False
        self._pause = QTimer(self, interval=_PAUSE, singleShot=True)
        self._pause.timeout.connect(self._begin)

    def request(self, library: Library, recipe: Recipe, options: ExportOptions) -> None:
        """Ask for a forecast; it begins when there was no other request for a moment."""
        self.cancel()
        self._wanted = (library, recipe, options)
        self._pause.start()

    def cancel(self) -> None:
        """Drop the request; what runs for it ends soon, without a word."""
        self._wanted = None
        self._is_current = False
        self._pause.stop()
        if self._task is not None:
            self._task.stop()

    def wait(self) -> None:
        """Drop the request; return when nothing runs any more."""
        self.cancel()
        if self._task is not None:
            self._task.wait()

    @Slot()
    def _begin(self) -> None:
        # A run that was told to stop may still be at its last image: the next one waits for it.
        if self._wanted is None or self._task is not None:
            return
        wanted, self._wanted = self._wanted, None
        self._is_current = True
        self._task = Task(_forecast(*wanted), self)
        self._task.finished.connect(self._deliver)
        self._task.failed.connect(self._fail)
        self._task.stopped.connect(self._end)
        self._task.start()

    @Slot(object)
    def _deliver(self, forecast: Forecast) -> None:
        if self._end():
            self.ready.emit(forecast)

    @Slot(object)
    def _fail(self, error: Exception) -> None:
        if self._end():
            self.failed.emit(error)

    @Slot()
    def _end(self) -> bool:
        """Make way for the next run; tell whether what the last one did is still wanted."""
        assert self._task is not None
        is_current, self._is_current = self._is_current, False
        self._task.deleteLater()
        self._task = None
        if self._wanted is not None and not self._pause.isActive():
            self._begin()
        return is_current


def _forecast(
    library: Library, recipe: Recipe, options: ExportOptions
) -> Generator[float, None, Forecast]:
    result = yield from estimate(library, recipe, options)
    samples = tuple((one.name, to_qimage(_reduce(one.image))) for one in result.samples)
    return Forecast(result, samples)


def _reduce(image: Image) -> Image:
    height, width = image.shape[:2]
    scale = _SHOWN_SIZE / max(height, width)
    if scale >= 1:
        return image
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), dtype=image.dtype)
