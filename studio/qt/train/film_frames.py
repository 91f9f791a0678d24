"""The grids of a run as frames of a film: where they are, what they are called, their pixels."""

from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QImage

from studio.dataset.reading.image_file import read_image
from studio.errors import UserError
from studio.gan.reports import Grid
from studio.qt.errors import report
from studio.qt.latest import Latest
from studio.qt.pixels import to_qimage
from studio.qt.train.film_strip import Frame, frame_of

Kind = Literal["average", "raw"]
_CACHED_BYTES = 96_000_000


def frames_of(folder: Path, grids: Sequence[Grid], kind: Kind) -> list[Frame]:
    """Return the grids of a run below `folder`, in their order, each with its time."""
    return [frame_of(folder / getattr(grid, kind), grid.seconds) for grid in grids]


class FrameReader(QObject):
    """Reads pictures on a thread of its own, the newest wanted first, and keeps the last ones."""

    ready = Signal(object, QImage)
    """The path and its pixels; null where the file cannot be read."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._kept: OrderedDict[Path, QImage] = OrderedDict()
        self._latest: Latest | None = None

    def get(self, path: Path) -> QImage | None:
        """Return a picture that is at hand; None tells that `ready` will, if no other is wanted."""
        image = self._kept.get(path)
        if image is not None:
            self._kept.move_to_end(path)
            return image
        if self._latest is None:
            self._latest = Latest(_read, self)
            self._latest.ready.connect(self._keep)
            self._latest.failed.connect(self._give_up)
        self._latest.request(path)
        return None

    def forget(self) -> None:
        """Read all pictures anew when they are wanted again."""
        self._kept.clear()

    def close(self) -> None:
        """End the thread; the next `get` starts another."""
        if self._latest is not None:
            self._latest.close()
            self._latest.deleteLater()
            self._latest = None

    @Slot(object, object)
    def _keep(self, path: Path, image: QImage) -> None:
        self._kept[path] = image
        room = _CACHED_BYTES - sum(one.sizeInBytes() for one in self._kept.values())
        while room < 0 and len(self._kept) > 1:
            room += self._kept.popitem(last=False)[1].sizeInBytes()
        self.ready.emit(path, image)

    @Slot(object, object)
    def _give_up(self, path: Path, error: Exception) -> None:
        if not isinstance(error, UserError | OSError):
            report(error)
        self.ready.emit(path, QImage())


def _read(path: Path) -> QImage:
    return to_qimage(read_image(path))
