"""The images that the library pane shows."""

from bisect import bisect_left
from operator import attrgetter
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, Qt, Slot

from studio.dataset.check import Verdict
from studio.dataset.library import ImageRef
from studio.qt.library.badge import BADGE_ROLE
from studio.qt.library.findings import Findings, join_notices
from studio.qt.library.loader import ThumbnailLoader
from studio.qt.library.missing_shares import MissingShares
from studio.qt.library.share_words import ShareWords
from studio.qt.library.thumbnails import NOTICES_ROLE, REASON_ROLE, Index
from studio.qt.library.tips import plain_tip

ROOT = QModelIndex()


class ImageModel(QAbstractListModel):
    """The images shown, in their order; a thumbnail is asked for when it is painted."""

    def __init__(
        self,
        loader: ThumbnailLoader,
        findings: Findings,
        shares: MissingShares,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._loader = loader
        self._findings = findings
        self._shares = shares
        self._words = ShareWords(self)
        self._images: tuple[ImageRef, ...] = ()
        self._rows: dict[str, int] | None = None
        loader.judged.connect(self._refresh_sound)
        findings.image_changed.connect(self.refresh)
        shares.measured.connect(self._refresh_all)

    def images(self) -> tuple[ImageRef, ...]:
        return self._images

    def set_images(self, images: tuple[ImageRef, ...], *, by_key: bool = True) -> None:
        """Show these images; `by_key` tells whether they are sorted by key."""
        self.beginResetModel()
        self._images = images
        self._rows = None if by_key else {image.key: row for row, image in enumerate(images)}
        self._loader.keep(())
        self.endResetModel()

    def row_of(self, key: str) -> int | None:
        """Return the row that shows the image with this key."""
        if self._rows is not None:
            return self._rows.get(key)
        row = self._find_place(key)
        if row < len(self._images) and self._images[row].key == key:
            return row
        return None

    def place_of(self, key: str, before: int | None) -> int:
        """Return the row where an image with this key is, or would be; it was in row `before`."""
        if self._rows is not None:
            return self._rows.get(key, before or 0)
        return self._find_place(key)

    def keep_requests(self, first: int, last: int) -> None:
        """Drop what was asked for rows outside `first` to `last`."""
        self._loader.keep({image.key for image in self._images[first : last + 1]})

    def rowCount(self, parent: Index = ROOT) -> int:
        return 0 if parent.isValid() else len(self._images)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        image = self._images[index.row()]
        reason = self._findings.reason(image.key)
        if role == Qt.ItemDataRole.DecorationRole:
            return None if reason else self._loader.pixmap(image)
        if role == Qt.ItemDataRole.DisplayRole:
            return image.key.rpartition("/")[2]
        if role == REASON_ROLE:
            return reason
        if role == NOTICES_ROLE:
            return join_notices(self._findings.notices(image.key))
        if role == BADGE_ROLE:
            return None if reason else self._words.make_badge(self._shares.find(image.key))
        if role == Qt.ItemDataRole.AccessibleDescriptionRole:
            return join_notices(self._tell(image.key, reason))
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tip("\n".join((image.key, *self._tell(image.key, reason))))
        return None

    @Slot(str)
    def refresh(self, key: str) -> None:
        """Paint an image anew, where it is shown."""
        row = self.row_of(key)
        if row is not None:
            index = self.index(row)
            self.dataChanged.emit(index, index)

    @Slot(object)
    def _refresh_sound(self, verdict: Verdict) -> None:
        if not verdict.reason:
            self.refresh(verdict.key)

    @Slot()
    def _refresh_all(self) -> None:
        if self._images:
            self.dataChanged.emit(self.index(0), self.index(len(self._images) - 1))

    def _tell(self, key: str, reason: str) -> tuple[str, ...]:
        if reason:
            return (reason,)
        missing = self._words.describe(self._shares.find(key))
        return (*self._findings.notices(key), *((missing,) if missing else ()))

    def _find_place(self, key: str) -> int:
        return bisect_left(self._images, key, key=attrgetter("key"))
