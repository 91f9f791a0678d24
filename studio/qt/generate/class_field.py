"""Which classes to make images of, and how many images of each there are or will be."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from studio.qt.export.class_list import ClassList, ClassModel
from studio.qt.generate.parts import make_flat_button, make_label, name_control


class ClassField(QWidget):
    """A list of a run's classes to tick, hidden where the run has none."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._names: tuple[str, ...] = ("",)
        self._model = ClassModel(self)
        self.list = ClassList(self._model, self)
        self._all = make_flat_button("classes.all", self.tr("All"), self.tr("Tick all classes"))
        self._none = make_flat_button("classes.none", self.tr("None"), self.tr("Untick all"))
        self._build()
        self._all.clicked.connect(self._tick_all)
        self._none.clicked.connect(self._tick_none)
        self._model.ticked_by_user.connect(self.changed)

    def set_classes(self, names: Sequence[str]) -> None:
        """Offer the classes of a run, all of them ticked."""
        if tuple(names) == self._names:
            return
        self._names = tuple(names)
        self._model.set_counts(dict.fromkeys(names, 0))
        self._model.tick(None)
        self.setVisible(len(names) > 1)

    def show_counts(self, have: Mapping[str, int], will: Mapping[str, int]) -> None:
        """Show how many images of each class there are, and how many there will be."""
        self._model.set_counts({name: have.get(name, 0) for name in self._names})
        self._model.set_files(will)

    def all_names(self) -> tuple[str, ...]:
        """Return the classes, in the run's order."""
        return self._names

    def names(self) -> tuple[str, ...]:
        """Return the classes that are ticked, in the run's order."""
        ticked = set(self._model.ticked())
        return tuple(name for name in self._names if name in ticked)

    @Slot()
    def _tick_all(self) -> None:
        self._model.tick(None)
        self.changed.emit()

    @Slot()
    def _tick_none(self) -> None:
        self._model.tick(())
        self.changed.emit()

    def _build(self) -> None:
        tip = self.tr("Tick the classes to make images of; beside them, how many images they have")
        name_control(self.list, "classes", self.tr("Classes to make images of"), tip)
        title = make_label("title", text=self.tr("Classes"))
        title.setBuddy(self.list)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(title)
        head.addStretch(1)
        head.addWidget(self._all)
        head.addWidget(self._none)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addLayout(head)
        column.addWidget(self.list, 1)
        self.hide()
