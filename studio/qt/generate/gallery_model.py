"""The made images that the gallery and the strip show, and which of them are ticked."""

from collections.abc import Iterable, Sequence
from enum import IntEnum
from typing import Any, NamedTuple

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QSortFilterProxyModel,
    Qt,
    Signal,
)
from PySide6.QtGui import QImage

from studio.gan.samples import Made, Sample
from studio.qt.generate.words import describe_distance, describe_sample, name_briefly
from studio.qt.library.tips import plain_tip
from studio.qt.pixels import to_qimage

Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()
_FIRST_ROLE = int(Qt.ItemDataRole.UserRole)


class Role(IntEnum):
    """What the model tells of an image beyond Qt's own roles."""

    SAMPLE = _FIRST_ROLE + 1
    MADE = _FIRST_ROLE + 2
    IS_COPY = _FIRST_ROLE + 3


class Identity(NamedTuple):
    """What stays of an image while its truncation changes."""

    seed: int
    label: int
    toward: int | None
    share: float


def identify(sample: Sample) -> Identity:
    return Identity(sample.seed, sample.label, sample.toward, sample.share)


class Ticks(QObject):
    """Which images are ticked: as was said of each, or else of all that are planned.

    Near copies of training images are ticked only one by one.
    """

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.by_default = True
        self._said: dict[Identity, bool] = {}
        self._planned: frozenset[Identity] = frozenset()

    def set_planned(self, samples: Iterable[Sample]) -> None:
        """Name the images that are meant by all."""
        self._planned = frozenset(map(identify, samples))

    def is_planned(self, sample: Sample) -> bool:
        return identify(sample) in self._planned

    def is_ticked(self, made: Made) -> bool:
        key = identify(made.sample)
        usual = self.by_default and not made.is_copy and key in self._planned
        return self._said.get(key, usual)

    def is_chosen(self, sample: Sample) -> bool:
        """Tell whether an image was ticked by itself, and not along with all."""
        return self._said.get(identify(sample), False)

    def say(self, samples: Iterable[Sample], is_ticked: bool | None) -> None:
        """Tick or untick images, or with None leave them to what is said of all."""
        for sample in samples:
            if is_ticked is None:
                self._said.pop(identify(sample), None)
            else:
                self._said[identify(sample)] = is_ticked
        self.changed.emit()

    def say_all(self, is_ticked: bool) -> None:
        self.by_default = is_ticked
        self._said.clear()
        self.changed.emit()

    def clear(self) -> None:
        """Begin anew: all are ticked but near copies."""
        self.say_all(True)


class GalleryModel(QAbstractListModel):
    """Images that are planned, in the order given; each appears when it is made.

    An image that is made again with another truncation is shown as it was until then.
    """

    def __init__(self, ticks: Ticks, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._ticks = ticks
        self._samples: tuple[Sample, ...] = ()
        self._rows: dict[Identity, int] = {}
        self._made: dict[Identity, Made] = {}
        self._pictures: dict[Identity, QImage] = {}
        ticks.changed.connect(self._repaint)

    def samples(self) -> tuple[Sample, ...]:
        return self._samples

    def set_samples(self, samples: Sequence[Sample]) -> None:
        """Plan these; rows stay where only the truncation is another."""
        ids = [identify(sample) for sample in samples]
        if ids == list(self._rows):
            self._samples = tuple(samples)
            return
        self.beginResetModel()
        self._samples = tuple(samples)
        self._rows = {each: row for row, each in enumerate(ids)}
        self._made = {each: made for each, made in self._made.items() if each in self._rows}
        self._pictures = {each: p for each, p in self._pictures.items() if each in self._rows}
        self.endResetModel()

    def forget(self) -> None:
        """Forget the images: they are those of another checkpoint."""
        self._made.clear()
        self._pictures.clear()
        self._repaint()

    def note(self, made: Made) -> bool:
        """Show an image, if it is planned; tell whether it is."""
        key = identify(made.sample)
        row = self._rows.get(key)
        if row is None or self._is_older(made, row, key):
            return False
        self._made[key] = made
        self._pictures[key] = to_qimage(made.image)
        self.dataChanged.emit(self.index(row), self.index(row))
        return True

    def show_draft(self, made: Made) -> None:
        """Show the pixels of an image that is planned, until it comes with its twin."""
        key = identify(made.sample)
        row = self._rows.get(key)
        if row is not None and not self._is_current(self._samples[row]):
            self._pictures[key] = to_qimage(made.image)
            self.dataChanged.emit(self.index(row), self.index(row))

    def missing(self) -> tuple[Sample, ...]:
        """Return what is planned and was not made with its truncation yet."""
        return tuple(s for s in self._samples if not self._is_current(s))

    def all_made(self) -> list[Made]:
        """Return the images that are there as planned, in their order."""
        return [self._made[identify(s)] for s in self._samples if self._is_current(s)]

    def ticked(self) -> list[Made]:
        return [made for made in self.all_made() if self._ticks.is_ticked(made)]

    def has_pictures(self) -> bool:
        """Tell whether anything is shown, be it of another truncation."""
        return bool(self._pictures)

    def rowCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self._samples)

    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        return flags | Qt.ItemFlag.ItemIsUserCheckable

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= len(self._samples):
            return None
        sample = self._samples[index.row()]
        if role == Role.SAMPLE:
            return sample
        if role == Qt.ItemDataRole.DecorationRole:
            return self._pictures.get(identify(sample))
        made = self._made.get(identify(sample))
        if made is None:
            is_text = role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole)
            return self.tr("being made …") if is_text else None
        return self._tell(made, role)

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        if role != Qt.ItemDataRole.CheckStateRole or not index.isValid():
            return False
        is_ticked = Qt.CheckState(value) == Qt.CheckState.Checked
        self._ticks.say([self._samples[index.row()]], is_ticked)
        return True

    def _tell(self, made: Made, role: int) -> Any:
        if role == Role.MADE:
            return made
        if role == Role.IS_COPY:
            return made.is_copy
        if role == Qt.ItemDataRole.DisplayRole:
            return name_briefly(made)
        if role == Qt.ItemDataRole.CheckStateRole:
            return Qt.CheckState.Checked if self._ticks.is_ticked(made) else Qt.CheckState.Unchecked
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{made.class_name} {describe_sample(made.sample)}".strip()
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleDescriptionRole):
            lines = (made.class_name, describe_sample(made.sample), describe_distance(made.twin))
            text = "\n".join(filter(None, lines))
            return plain_tip(text) if role == Qt.ItemDataRole.ToolTipRole else text
        return None

    def _is_current(self, sample: Sample) -> bool:
        made = self._made.get(identify(sample))
        return made is not None and made.sample == sample

    def _is_older(self, made: Made, row: int, key: Identity) -> bool:
        """Tell whether what is shown is as planned already, and this is of a request before it."""
        wanted = self._samples[row]
        return made.sample != wanted and key in self._made and self._made[key].sample == wanted

    def _repaint(self) -> None:
        if self._samples:
            self.dataChanged.emit(self.index(0), self.index(len(self._samples) - 1))


class ShownModel(QSortFilterProxyModel):
    """Of the gallery's images all, those that are ticked, or the near copies."""

    def __init__(self, source: GalleryModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._what = "all"
        self.setSourceModel(source)

    def show(self, what: str) -> None:
        """Show "all", "ticked" or "copies"."""
        self._what = what
        self.invalidate()

    def filterAcceptsRow(self, row: int, parent: Index) -> bool:
        index = self.sourceModel().index(row, 0, parent)
        if self._what == "ticked":
            state = index.data(Qt.ItemDataRole.CheckStateRole)
            return state is not None and Qt.CheckState(state) == Qt.CheckState.Checked
        return self._what == "all" or bool(index.data(Role.IS_COPY))
