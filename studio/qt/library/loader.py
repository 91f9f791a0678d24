"""Thumbnails, read off the GUI thread for the tiles in view."""

import os
from collections import OrderedDict
from collections.abc import Container, Hashable, Iterable
from concurrent.futures import ThreadPoolExecutor
from threading import Lock
from typing import NamedTuple

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtGui import QImage, QPixmap

from studio.dataset.check import Verdict
from studio.dataset.library import ImageRef, Library
from studio.dataset.store import Store
from studio.errors import UserError
from studio.qt.pixels import to_qimage

THUMBNAIL_SIZE = 128
"""The longer side of a thumbnail, in device-independent pixels."""

_MOST_THUMBNAILS = 800
_MOST_BYTES = 64 * 2**20


class ThumbnailLoader(QObject):
    """Thumbnails of one library: kept while there is room, read by worker threads when missing.

    Requests are read in their order, so that tiles fill from the top; `keep` drops what is no
    longer in view. Results for an earlier library never arrive, nor those for a file that has
    been `renew`ed since.
    """

    judged = Signal(object)
    """The `Verdict` on an image that was read; `pixmap` returns its thumbnail if it is sound."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._library: Library | None = None
        self._size = THUMBNAIL_SIZE
        self._cache: OrderedDict[str, _Thumbnail] = OrderedDict()
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
        """Return the image's thumbnail, or None: it is asked for, `judged` follows."""
        found = self._cache.get(image.key)
        if found is not None:
            self._cache.move_to_end(image.key)
            return found.pixmap
        if self._library is not None:
            self._reader.ask(image.key, self._library.store, self._size)
        return None

    def stamps(self, keys: Iterable[str]) -> dict[str, Hashable]:
        """Return the stamps of the files whose thumbnails are kept, of these images."""
        return {key: self._cache[key].stamp for key in keys if key in self._cache}

    def renew(self, key: str, stamp: Hashable) -> bool:
        """Drop the thumbnail of a file that no longer has this stamp; tell whether it was one."""
        found = self._cache.get(key)
        if found is not None and found.stamp == stamp:
            return False
        self._reader.forget_one(key)
        if found is not None:
            self._bytes -= _byte_count(self._cache.pop(key).pixmap)
        return True

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

    @Slot(object, object, object)
    def _receive(self, job: "_Job", stamp: Hashable, result: QImage | Exception) -> None:
        if not self._reader.accept(job):
            return
        if isinstance(result, QImage):
            self._store(job, stamp, result)
            self.judged.emit(Verdict(job.key, "", None, stamp))
            return
        self.judged.emit(Verdict(job.key, _reason(result), None, stamp))
        if not isinstance(result, (UserError, OSError)):
            raise result

    def _store(self, job: "_Job", stamp: Hashable, image: QImage) -> None:
        pixmap = QPixmap.fromImage(image)
        pixmap.setDevicePixelRatio(job.size / THUMBNAIL_SIZE)
        self._cache[job.key] = _Thumbnail(pixmap, stamp)
        self._bytes += _byte_count(pixmap)
        while len(self._cache) > _MOST_THUMBNAILS or self._bytes > _MOST_BYTES:
            self._bytes -= _byte_count(self._cache.popitem(last=False)[1].pixmap)


class _Thumbnail(NamedTuple):
    pixmap: QPixmap
    stamp: Hashable


class _Job(NamedTuple):
    number: int
    key: str
    store: Store
    size: int


class _Relay(QObject):
    # The workers emit from here and not from the loader, which its parent may delete any moment.
    done = Signal(object, object, object)


class _Reader:
    """The workers' half: the requests that wait, in their order, and those being read."""

    def __init__(self) -> None:
        self.relay = _Relay()
        self._lock = Lock()
        self._count = 0
        self._closed = False
        self._waiting: dict[str, _Job] = {}
        self._reading: dict[str, int] = {}
        # One core stays free for the GUI thread and the preview.
        threads = max(1, min(2, (os.cpu_count() or 1) - 1))
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="thumbnail")

    def ask(self, key: str, store: Store, size: int) -> None:
        with self._lock:
            if self._closed or key in self._reading or key in self._waiting:
                return
            self._count += 1
            self._waiting[key] = _Job(self._count, key, store, size)
        self._pool.submit(self._read_next)

    def keep(self, keys: Container[str]) -> None:
        with self._lock:
            self._waiting = {key: job for key, job in self._waiting.items() if key in keys}

    def forget(self) -> None:
        with self._lock:
            self._waiting.clear()
            self._reading.clear()

    def forget_one(self, key: str) -> None:
        with self._lock:
            self._waiting.pop(key, None)
            self._reading.pop(key, None)

    def accept(self, job: _Job) -> bool:
        """Note that a result arrived; False when it was forgotten meanwhile."""
        with self._lock:
            if self._closed or self._reading.get(job.key) != job.number:
                return False
            del self._reading[job.key]
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
            self._reading[key] = job.number
        stamp: Hashable = None
        result: QImage | Exception
        try:
            # Before the pixels: a file replaced in between is read again rather than never.
            stamp = job.store.stamp(job.key)
            result = to_qimage(job.store.thumbnail(job.key, job.size))
        except Exception as error:
            result = error
        if not self._closed:
            self.relay.done.emit(job, stamp, result)


def _byte_count(pixmap: QPixmap) -> int:
    return pixmap.width() * pixmap.height() * 4


def _reason(error: Exception) -> str:
    return str(getattr(error, "reason", "") or getattr(error, "strerror", "") or error)
