"""Thumbnails: read off the GUI thread for the tiles in view, and the grid that shows them."""

import os
from collections import OrderedDict
from collections.abc import Container, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Lock
from typing import NamedTuple

from PySide6.QtCore import (
    QEvent,
    QItemSelectionModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QFont, QImage, QPainter, QPaintEvent, QPen, QPixmap, QResizeEvent
from PySide6.QtWidgets import (
    QListView,
    QScrollBar,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from studio.dataset.library import ImageRef, Library
from studio.dataset.store import Store
from studio.errors import UserError
from studio.qt.pixels import to_qimage
from studio.qt.theme import icon, mix, tokens

THUMBNAIL_SIZE = 128
"""The longer side of a thumbnail, in device-independent pixels."""
REASON_ROLE = int(Qt.ItemDataRole.UserRole) + 1
"""Why an image cannot be read; empty for the others."""

Index = QModelIndex | QPersistentModelIndex

_TILE_WIDTH = 112
_GAP = 4
_NAME_HEIGHT = 20
_RADIUS = 6
_MOST_THUMBNAILS = 800
_MOST_BYTES = 64 * 2**20


class ThumbnailLoader(QObject):
    """Thumbnails of one library: kept while there is room, read by worker threads when missing.

    Requests are read in their order, so that tiles fill from the top; `keep` drops what is no
    longer in view. Results for an earlier library never arrive.
    """

    loaded = Signal(str)
    """The key of an image whose thumbnail `pixmap` now returns."""
    failed = Signal(str, str)
    """The key of an image that cannot be read, and the reason."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._library: Library | None = None
        self._size = THUMBNAIL_SIZE
        self._cache: OrderedDict[str, QPixmap] = OrderedDict()
        self._bytes = 0
        self._reader = _Reader()
        self._reader.relay.done.connect(self._receive, Qt.ConnectionType.QueuedConnection)
        self.destroyed.connect(self._reader.close)

    def set_library(self, library: Library | None) -> None:
        """Forget every thumbnail and request of the library before, and serve this one."""
        self._library = library
        self._forget()

    def set_pixel_ratio(self, ratio: float) -> None:
        """Serve thumbnails for a screen with this many device pixels per pixel."""
        size = round(THUMBNAIL_SIZE * ratio)
        if size != self._size:
            self._size = size
            self._forget()

    def pixmap(self, image: ImageRef) -> QPixmap | None:
        """Return the image's thumbnail, or None: it is asked for, `loaded` or `failed` follows."""
        found = self._cache.get(image.key)
        if found is not None:
            self._cache.move_to_end(image.key)
        elif self._library is not None:
            self._reader.ask(image.key, self._library.store, self._size)
        return found

    def keep(self, keys: Container[str]) -> None:
        """Drop the requests that no worker has begun, but for these images."""
        self._reader.keep(keys)

    def shutdown(self) -> None:
        """End and join the worker threads; nothing is loaded from now on."""
        self._reader.close()

    def _forget(self) -> None:
        self._reader.forget()
        self._cache.clear()
        self._bytes = 0

    @Slot(object, object)
    def _receive(self, job: "_Job", result: QImage | Exception) -> None:
        if not self._reader.accept(job):
            return
        if isinstance(result, QImage):
            self._store(job, result)
            self.loaded.emit(job.key)
            return
        self.failed.emit(job.key, _reason(result))
        if not isinstance(result, (UserError, OSError)):
            raise result

    def _store(self, job: "_Job", image: QImage) -> None:
        pixmap = QPixmap.fromImage(image)
        pixmap.setDevicePixelRatio(job.size / THUMBNAIL_SIZE)
        self._cache[job.key] = pixmap
        self._bytes += _byte_count(pixmap)
        while len(self._cache) > _MOST_THUMBNAILS or self._bytes > _MOST_BYTES:
            self._bytes -= _byte_count(self._cache.popitem(last=False)[1])


class _Job(NamedTuple):
    generation: int
    key: str
    store: Store
    size: int


class _Relay(QObject):
    # The workers emit from here and not from the loader, which its parent may delete any moment.
    done = Signal(object, object)


class _Reader:
    """The workers' half: the requests that wait, in their order, and those being read."""

    def __init__(self) -> None:
        self.relay = _Relay()
        self._lock = Lock()
        self._generation = 0
        self._closed = False
        self._waiting: dict[str, _Job] = {}
        self._reading: set[str] = set()
        # One core stays free for the GUI thread and the preview.
        threads = max(1, min(2, (os.cpu_count() or 1) - 1))
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="thumbnail")

    def ask(self, key: str, store: Store, size: int) -> None:
        with self._lock:
            if self._closed or key in self._reading or key in self._waiting:
                return
            self._waiting[key] = _Job(self._generation, key, store, size)
        self._pool.submit(self._read_next)

    def keep(self, keys: Container[str]) -> None:
        with self._lock:
            self._waiting = {key: job for key, job in self._waiting.items() if key in keys}

    def forget(self) -> None:
        with self._lock:
            self._generation += 1
            self._waiting.clear()
            self._reading.clear()

    def accept(self, job: _Job) -> bool:
        """Note that a result arrived; False when it was asked for before `forget` or `close`."""
        with self._lock:
            if self._closed or job.generation != self._generation:
                return False
            self._reading.discard(job.key)
            return True

    def close(self) -> None:
        with self._lock:
            self._closed = True
            self._waiting.clear()
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _read_next(self) -> None:
        with self._lock:
            if not self._waiting:
                return
            key = next(iter(self._waiting))
            job = self._waiting.pop(key)
            self._reading.add(key)
        result: QImage | Exception
        try:
            result = to_qimage(job.store.thumbnail(job.key, job.size))
        except Exception as error:
            result = error
        if not self._closed:
            self.relay.done.emit(job, result)


def _byte_count(pixmap: QPixmap) -> int:
    return pixmap.width() * pixmap.height() * 4


def _reason(error: Exception) -> str:
    return str(getattr(error, "reason", "") or getattr(error, "strerror", "") or error)


class TileDelegate(QStyledItemDelegate):
    """A tile of the grid: the thumbnail, and below it the elided name in small muted text."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        cell = option.rect.adjusted(1, 1, -1, -1)
        _paint_state(painter, cell, option)
        side = option.rect.width() - 2 * _GAP
        box = QRect(option.rect.left() + _GAP, option.rect.top() + _GAP, side, side)
        _paint_thumbnail(painter, box, index)
        _paint_name(painter, box, option, str(index.data()))
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        grid = option.widget
        return grid.gridSize() if isinstance(grid, QListView) else QSize()


def _paint_state(painter: QPainter, cell: QRect, option: QStyleOptionViewItem) -> None:
    selected = option.state & QStyle.StateFlag.State_Selected
    if not selected and not option.state & QStyle.StateFlag.State_MouseOver:
        return
    over = tokens().accent if selected else tokens().text
    focused = selected and option.state & QStyle.StateFlag.State_HasFocus
    painter.setPen(QPen(tokens().accent, 1.5) if focused else Qt.PenStyle.NoPen)
    painter.setBrush(mix(tokens().panel, over, 0.16 if selected else 0.05))
    painter.drawRoundedRect(cell, _RADIUS, _RADIUS)


def _paint_thumbnail(painter: QPainter, box: QRect, index: Index) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(tokens().canvas)
    painter.drawRoundedRect(box, _GAP, _GAP)
    if index.data(REASON_ROLE):
        sign = QRect(0, 0, 24, 24)
        sign.moveCenter(box.center())
        icon("warning", "warning").paint(painter, sign)
        return
    pixmap = index.data(Qt.ItemDataRole.DecorationRole)
    if pixmap is None:
        return
    size = pixmap.size().scaled(box.size(), Qt.AspectRatioMode.KeepAspectRatio)
    target = QRect(box.topLeft(), size.expandedTo(QSize(1, 1)))
    target.moveCenter(box.center())
    # A picture of few pixels is shown as such.
    enlarged = size.width() >= 2 * pixmap.width()
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, not enlarged)
    painter.drawPixmap(target, pixmap)


def _paint_name(painter: QPainter, box: QRect, option: QStyleOptionViewItem, name: str) -> None:
    painter.setFont(small_font(option.font))
    selected = option.state & QStyle.StateFlag.State_Selected
    painter.setPen(tokens().text if selected else tokens().muted)
    line = QRect(box.left(), box.bottom() + 1, box.width(), _NAME_HEIGHT)
    elided = painter.fontMetrics().elidedText(name, Qt.TextElideMode.ElideMiddle, line.width())
    painter.drawText(line, Qt.AlignmentFlag.AlignCenter, elided)


def small_font(font: QFont) -> QFont:
    """Return the font of secondary text beside text in `font`."""
    small = QFont(font)
    small.setPixelSize(12)
    return small


def select_one(index: Index) -> QItemSelectionModel.SelectionFlag:
    """Return what a click or a key does at `index`, so that one row is always selected."""
    flags = QItemSelectionModel.SelectionFlag
    return flags.ClearAndSelect if index.isValid() else flags.NoUpdate


class _QuietScrollBar(QScrollBar):
    """Keeps its place but shows nothing where there is nothing to scroll."""

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.maximum() > self.minimum():
            super().paintEvent(event)


class ThumbnailGrid(QListView):
    """Tiles in as many columns as fit, spread over the whole width."""

    rows_in_view = Signal(int, int)
    """The first and the last row in view, after the grid scrolled."""
    pixel_ratio_changed = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setItemDelegate(TileDelegate(self))
        self.setFlow(QListView.Flow.LeftToRight)
        self.setWrapping(True)
        self.setUniformItemSizes(True)
        self.setResizeMode(QListView.ResizeMode.Fixed)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        # A bar that comes and goes would lay out all the tiles twice.
        self.setVerticalScrollBar(_QuietScrollBar(Qt.Orientation.Vertical, self))
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMouseTracking(True)
        self.setViewportMargins(8, 8, 0, 0)
        self.verticalScrollBar().valueChanged.connect(self._report_rows)

    def columns(self) -> int:
        return max(1, round(self.viewport().width() / _TILE_WIDTH))

    def keyboardSearch(self, search: str) -> None:
        """Do nothing: Qt would look at every name for each key, and there is a search field."""

    def dataChanged(self, first: Index, last: Index, roles: Sequence[int] = ()) -> None:
        """Repaint the tiles; QListView itself would lay out the whole list anew for each."""
        for row in range(first.row(), last.row() + 1):
            self.update(self.model().index(row, 0))

    def selectionCommand(
        self, index: Index, event: QEvent | None = None
    ) -> QItemSelectionModel.SelectionFlag:
        return select_one(index)

    def resizeEvent(self, event: QResizeEvent) -> None:
        # Qt wraps a row that fills the viewport to the last pixel.
        side = (self.viewport().width() - 1) // self.columns()
        tile = QSize(side, side + _NAME_HEIGHT)
        if tile != self.gridSize():
            self.setGridSize(tile)
            self.verticalScrollBar().setSingleStep(tile.height() // 3)
        super().resizeEvent(event)

    def event(self, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Show, QEvent.Type.DevicePixelRatioChange):
            self.pixel_ratio_changed.emit(self.devicePixelRatioF())
        return super().event(event)

    @Slot()
    def _report_rows(self) -> None:
        tile = self.gridSize().height()
        if tile <= 0:
            return
        top = self.verticalScrollBar().value()
        first = top // tile
        last = (top + self.viewport().height()) // tile
        self.rows_in_view.emit(first * self.columns(), (last + 1) * self.columns() - 1)
