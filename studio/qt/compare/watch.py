"""Notices when the image that is shown changes on the disk, or the place of all images goes."""

from collections.abc import Hashable
from pathlib import Path
from typing import Literal, NamedTuple

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from studio.dataset.reading.image_file import ImageError
from studio.dataset.store import FolderStore, Store
from studio.qt.compare.sources import Source
from studio.qt.latest import Latest
from studio.qt.missing.finder import find_mask_stamp

RootState = Literal["there", "gone", "replaced"]

_INTERVAL = 250


class Sight(NamedTuple):
    """What one look found. None stands for what is not there."""

    image: Hashable
    folder: Hashable
    root: Hashable
    mask: Hashable


class _Look(NamedTuple):
    source: Source
    at_mask: bool


class Watch(QObject):
    """Looks at a source's file, at its folder and at the root, four times a second.

    At its mask file it looks where that is asked for.

    The looks are made on a thread of their own, as a network share may let one wait; and they are
    made at all, as a share does not tell of changes, and as a watch held by the system can keep a
    folder from being renamed. What is being written counts as changed only once two looks agree.
    """

    image_seen = Signal(object, object)
    """A Source, and the stamp that its file keeps, None while it is not there."""

    mask_seen = Signal(object, object)
    """A Source, and the stamp of its mask file, None while there is none."""

    folder_changed = Signal()
    """Files came to the source's folder or went from it."""

    root_changed = Signal(str)
    """The RootState: an archive counts as replaced when its file changes."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._source: Source | None = None
        self._last: Sight | None = None
        self._folder: Hashable = None
        self._first: Sight | None = None
        self._state: RootState = "there"
        self._is_active = True
        self._at_mask = False
        self._looks = Latest(_look, self)
        self._looks.ready.connect(self._take)
        self._timer = QTimer(self, interval=_INTERVAL)
        self._timer.timeout.connect(self.look)

    def set_source(self, source: Source | None) -> None:
        """Watch another image, or none."""
        if source is None or self._source is None or source.store is not self._source.store:
            self._first = None
            self._state = "there"
        self._source = source
        self._last = self._folder = None
        self.set_active(self._is_active)

    def set_at_mask(self, at_mask: bool) -> None:
        """Look at the mask file too, or no longer."""
        self._at_mask = at_mask

    def set_active(self, active: bool) -> None:
        """Look from now on, as it is from the start, or pause."""
        self._is_active = active
        if active and self._source is not None:
            self._timer.start()
            self.look()
        else:
            self._timer.stop()

    @Slot()
    def look(self) -> None:
        """Look now."""
        if self._source is not None:
            self._looks.request(_Look(self._source, self._at_mask))

    def close(self) -> None:
        """End the thread."""
        self._timer.stop()
        self._looks.close()

    @Slot(object, object)
    def _take(self, look: _Look, sight: Sight) -> None:
        source = look.source
        if self._source is None or source is not self._source:
            return
        before, self._last = self._last, sight
        if before is None:
            return
        if before.root == sight.root and before.image == sight.image:
            first = self._first = self._first or sight
            self._note_root(source, first, sight)
        if before.image == sight.image:
            self.image_seen.emit(source, sight.image)
        if look.at_mask and before.mask == sight.mask:
            self.mask_seen.emit(source, sight.mask)
        if before.folder == sight.folder:
            folder, self._folder = self._folder, sight.folder
            if folder not in (None, sight.folder):
                self.folder_changed.emit()

    def _note_root(self, source: Source, first: Sight, sight: Sight) -> None:
        state = _judge_root(source, first, sight)
        if state != self._state:
            self._state = state
            self.root_changed.emit(state)


def _judge_root(source: Source, first: Sight, sight: Sight) -> RootState:
    if sight.root is None:
        return "gone"
    if not isinstance(source.store, FolderStore):
        return "replaced" if sight.image != first.image else "there"
    # A folder that a disk was mounted on is still there without the disk.
    is_other = sight.root != first.root
    return "gone" if is_other and sight.image is None else "there"


def _look(look: _Look) -> Sight:
    source, store = look.source, look.source.store
    try:
        folder = store.container(source.key).parent
    except ImageError:
        folder = store.root
    return Sight(
        _find_stamp(store, source.key),
        _find_state(folder),
        _find_identity(store.root),
        find_mask_stamp(store, source.key) if look.at_mask else None,
    )


def _find_stamp(store: Store, key: str) -> Hashable:
    try:
        return store.stamp(key)
    except ImageError:
        return None


def _find_state(folder: Path) -> Hashable:
    try:
        return folder.stat().st_mtime_ns
    except OSError:
        return None


def _find_identity(root: Path) -> Hashable:
    try:
        about = root.stat()
    except OSError:
        return None
    return (about.st_dev, about.st_ino)
