"""The steps between two images: a spherical interpolation of their latents."""

from itertools import pairwise

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from studio.augment.operation import Number
from studio.gan.samples import Sample
from studio.qt.generate.gallery import MadeView
from studio.qt.generate.gallery_model import GalleryModel, Ticks
from studio.qt.generate.parts import make_label, name_control
from studio.qt.plain_label import PlainLabel
from studio.qt.recipe.number_field import NumberField

_STEPS = Number(name="steps", low=1, high=48, default=(8, 8), integer=True, help="")
_SIDE = 88
_ROOM = 24
"""For the frame, and a bar to scroll."""


def plan_steps(first: Sample, second: Sample, count: int) -> tuple[Sample, ...]:
    """Return `first`, `count` steps towards `second`, and the end; all of the first one's class."""
    way = [
        Sample(first.seed, first.label, first.truncation, second.seed, step / (count + 1))
        for step in range(1, count + 1)
    ]
    end = Sample(second.seed, first.label, second.truncation)
    return (first, *way, end)


class StepStrip(QWidget):
    """Shows the steps between two images; those that are ticked are kept in the gallery."""

    changed = Signal()
    """Other steps are wanted."""

    ticks_wanted = Signal(object, bool)

    def __init__(self, ticks: Ticks, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ends: tuple[Sample, Sample] | None = None
        self.model = GalleryModel(ticks, self)
        self.view = MadeView(self, is_strip=True)
        self.view.setModel(self.model)
        self.view.set_side(_SIDE)
        self._steps = NumberField(_STEPS)
        self._all = QPushButton(self.tr("Keep all steps"))
        self._note = PlainLabel()
        self._build()
        self._steps.valueChanged.connect(self._plan)
        self._all.clicked.connect(self._keep_all)
        self.view.ticks_wanted.connect(self.ticks_wanted)

    def set_ends(self, ends: tuple[Sample, Sample] | None) -> None:
        """Show the steps between two images that are no steps themselves; none with None."""
        if ends != self._ends:
            self._ends = ends
            self._plan()

    @Slot()
    def _plan(self) -> None:
        steps: tuple[Sample, ...] = ()
        if self._ends is not None:
            steps = plan_steps(*self._ends, int(self._steps.value()))
            self._note.setText(self._tell(*self._ends))
        self.model.set_samples(steps)
        self.changed.emit()

    @Slot()
    def _keep_all(self) -> None:
        self.ticks_wanted.emit(list(self.model.samples()[1:-1]), True)

    def _tell(self, first: Sample, second: Sample) -> str:
        if first.label != second.label:
            return self.tr("All of them of the class of the first image.")
        return self.tr("Tick a step to keep it in the gallery.")

    def _build(self) -> None:
        tip = self.tr("How many images to make between the two")
        name_control(self._steps, "steps", self.tr("Number of steps"), tip)
        self._steps.setFixedWidth(48)
        tip = self.tr("Put all of the steps into the gallery, ticked")
        name_control(self._all, "steps.keep", self._all.text(), tip)
        tip = self.tr("The steps between the two images; tick what to keep")
        name_control(self.view, "strip", self.tr("Steps between two images"), tip)
        self.view.setFixedHeight(self.view.gridSize().height() + _ROOM)
        self._steps.setValue(_STEPS.default[0])
        self._note.setProperty("role", "muted")
        self._note.setObjectName("generate.strip.note")
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(make_label("title", text=self.tr("Steps between the two")))
        head.addWidget(self._steps)
        head.addWidget(self._note, 1)
        head.addWidget(self._all)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(head)
        column.addWidget(self.view)
        column.addStretch(1)
        order = (self._steps, self._all, self.view)
        for before, after in pairwise(order):
            QWidget.setTabOrder(before, after)
