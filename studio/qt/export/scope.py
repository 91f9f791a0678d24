"""Which images an export takes: splits and classes of the data set."""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from PySide6.QtCore import QSignalBlocker, Qt, Signal, Slot
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from studio.dataset.exports.options import SPLITS
from studio.dataset.library import Library
from studio.qt.export.class_list import ClassList, ClassModel
from studio.qt.export.parts import make_label, name_control


class ScopeField(QWidget):
    """Boxes for the splits above a list of the classes, each where there are several."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._root: Path | None = None
        self._counts: dict[tuple[str, str], int] = {}
        self._boxes: dict[str, QCheckBox] = {}
        self._classes = ClassModel(self)
        self._count = make_label("muted", "scope")
        self._all = self._build_button("all", self.tr("All"), self.tr("Tick all classes"))
        self._none = self._build_button("none", self.tr("None"), self.tr("Untick all classes"))
        self._split_row = QHBoxLayout()
        self.list = ClassList(self._classes, self)
        self._build()
        self._all.clicked.connect(self._tick_all)
        self._none.clicked.connect(self._tick_none)
        self._classes.ticked_by_user.connect(self._note_change)

    def set_library(self, library: Library | None) -> None:
        """Offer a data set's splits and classes, all of them chosen.

        For the data set that was offered before, what is ticked stays.
        """
        root, counts = (library.root, library.counts()) if library else (None, {})
        is_same = root == self._root and counts.keys() == self._counts.keys()
        self._root, self._counts = root, counts
        if is_same:
            self._list_classes()
            self._note_change()
            return
        self._offer_splits({split for split, _ in self._counts})
        self._list_classes()
        self._classes.tick(None)
        several = len({name for _, name in self._counts}) > 1
        for widget in (self.list, self._all, self._none):
            widget.setVisible(several)
        policy = QSizePolicy.Policy.Expanding if several else QSizePolicy.Policy.Maximum
        self.setSizePolicy(QSizePolicy.Policy.Preferred, policy)
        self._note_change()

    def choose(self, split: str | None, class_name: str | None) -> None:
        """Choose one split or class, or all of them with None."""
        for name, box in self._boxes.items():
            with QSignalBlocker(box):
                box.setChecked(split is None or name == split)
        self._list_classes()
        self._classes.tick(None if class_name is None else [class_name])
        self._note_change()

    def splits(self) -> tuple[str, ...] | None:
        """Return the chosen splits, None for all."""
        chosen = tuple(name for name, box in self._boxes.items() if box.isChecked())
        return None if len(chosen) == len(self._boxes) else chosen

    def classes(self) -> tuple[str, ...] | None:
        """Return the chosen classes, None for all of those in the chosen splits."""
        ticked = self._classes.ticked()
        return None if len(ticked) == self._classes.rowCount() else tuple(ticked)

    def counts(self) -> dict[tuple[str, str], int]:
        """Return how many images are chosen, by split and class."""
        ticked, splits = set(self._classes.ticked()), self.splits()
        return {
            (split, name): count
            for (split, name), count in self._counts.items()
            if name in ticked and (splits is None or split in splits)
        }

    def images(self) -> int:
        """Return how many images are chosen."""
        return sum(self.counts().values())

    def show_files(self, files: Mapping[tuple[str, str], int]) -> None:
        """Show beside the images of each class how many files come of them, where that is told."""
        sums: Counter[str] = Counter()
        for (_, name), count in files.items():
            sums[name] += count
        self._classes.set_files(sums)

    def controls(self) -> list[QWidget]:
        """Return the controls in the order of the tab key."""
        return [self._all, self._none, *self._boxes.values(), self.list]

    # Building

    def _build(self) -> None:
        tip = self.tr("Tick the classes to export")
        name_control(self.list, "class_list", self.tr("Classes to export"), tip)
        head = QHBoxLayout()
        head.setSpacing(8)
        title = make_label("title", text=self.tr("Images"))
        title.setBuddy(self.list)
        head.addWidget(title)
        head.addWidget(self._count)
        head.addStretch(1)
        head.addWidget(self._all)
        head.addWidget(self._none)
        self._split_row.setSpacing(16)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addLayout(head)
        column.addLayout(self._split_row)
        column.addWidget(self.list, 1)

    def _build_button(self, name: str, text: str, tip: str) -> QToolButton:
        button = QToolButton(self)
        button.setText(text)
        button.setProperty("role", "flat")
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        name_control(button, f"class_list.{name}", tip, tip)
        return button

    def _offer_splits(self, found: set[str]) -> None:
        while (item := self._split_row.takeAt(0)) is not None:
            if (box := item.widget()) is not None:
                box.hide()
                box.deleteLater()
        splits = sorted(found, key=SPLITS.index) if len(found) > 1 else []
        self._boxes = {split: self._build_box(split) for split in splits}
        for box in self._boxes.values():
            self._split_row.addWidget(box)
        self._split_row.addStretch(1)

    def _build_box(self, split: str) -> QCheckBox:
        box = QCheckBox(split or self.tr("no split"), self)
        box.setChecked(True)
        images = sum(count for (name, _), count in self._counts.items() if name == split)
        tip = self.tr("Export the images of {split}: {count}")
        name = f"split.{split or 'none'}"
        name_control(box, name, box.text(), tip.format(split=box.text(), count=f"{images:,}"))
        box.toggled.connect(self._follow_splits)
        return box

    # State

    def _split_counts(self) -> dict[str, int]:
        """Return the number of images by class in the chosen splits."""
        counts: dict[str, int] = {}
        splits = self.splits()
        for (split, name), count in self._counts.items():
            if splits is None or split in splits:
                counts[name] = counts.get(name, 0) + count
        return counts

    def _list_classes(self) -> None:
        self._classes.set_counts(self._split_counts())

    @Slot()
    def _follow_splits(self) -> None:
        self._list_classes()
        self._note_change()

    @Slot()
    def _tick_all(self) -> None:
        self._classes.tick(None)
        self._note_change()

    @Slot()
    def _tick_none(self) -> None:
        self._classes.tick(())
        self._note_change()

    @Slot()
    def _note_change(self) -> None:
        chosen, everything = self.images(), sum(self._counts.values())
        text = f"{chosen:,}"
        if chosen != everything:
            text = self.tr("{chosen} of {all}").format(chosen=text, all=f"{everything:,}")
        self._count.setText(text if self._counts else "")
        self.changed.emit()
