"""What is above the gallery: which images, how many of them are ticked, and how large they are."""

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from studio.augment.operation import Number
from studio.augment.recipe import SEED
from studio.qt.export.parts import make_buddy
from studio.qt.generate.gallery import SIZES, USUAL_SIZE
from studio.qt.generate.parts import make_choice, make_flat_button, make_label, name_control
from studio.qt.recipe.number_field import NumberField, ShareSlider
from studio.qt.theme import icon

COUNT = Number(name="count", low=1, high=1000, default=(64, 64), integer=True, help="")
_SLIDER_WIDTH = 96
_SEED_WIDTH = 96
_COUNT_WIDTH = 56
_PAUSE = 200


class GalleryHead(QWidget):
    """Edits which images the gallery has."""

    plan_changed = Signal()
    """Another number of images, or another seed."""

    others_wanted = Signal()

    tick_wanted = Signal(str)
    """ "all", "none" or "invert"."""

    show_wanted = Signal(str)
    """ "all", "ticked" or "copies"."""

    side_changed = Signal(int)

    retry_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = make_label("muted", "state")
        self._fault = make_label("danger", "fault", wraps=True)
        self._retry = QPushButton(self.tr("Try again"))
        self._others = QPushButton(icon("dice"), self.tr("Other images"))
        self._seed = NumberField(SEED)
        self._count = NumberField(COUNT)
        self._show = make_choice(
            "show",
            {
                "all": (self.tr("All"), self.tr("Show all images")),
                "ticked": (self.tr("Ticked"), self.tr("Show only what is ticked")),
                "copies": (self._phrase_copies(0), self.tr("Show only near copies")),
            },
        )
        self._ticks = {
            "all": make_flat_button(
                "tick.all", self.tr("All"), self.tr("Tick all images but near copies")
            ),
            "none": make_flat_button("tick.none", self.tr("None"), self.tr("Untick all images")),
            "invert": make_flat_button(
                "tick.invert", self.tr("Invert"), self.tr("Tick what is not ticked")
            ),
        }
        self._side = ShareSlider()
        # A number that is typed digit by digit is not a request for each digit.
        self._pause = QTimer(self, singleShot=True, interval=_PAUSE)
        self._build()
        self._connect()

    def count(self) -> int:
        return int(self._count.value())

    def seed(self) -> int:
        return int(self._seed.value())

    def go_on(self) -> None:
        """Take the seeds that come after those of this gallery."""
        following = self.seed() + self.count()
        self._seed.show_value(following if following <= self._seed.maximum() else 0)
        self._pause.stop()
        self.plan_changed.emit()

    def show_state(self, text: str) -> None:
        """Say what goes on."""
        self._state.setText(text)

    def show_counts(self, made: int, ticked: int, copies: int) -> None:
        """Say how many images there are."""
        text = self.tr("{made} images, {ticked} ticked")
        self._state.setText(text.format(made=f"{made:,}", ticked=f"{ticked:,}"))
        self._show.buttons()[2].setText(self._phrase_copies(copies))

    def show_fault(self, text: str, *, can_retry: bool) -> None:
        """Say what keeps images from being made."""
        self._fault.setText(text)
        self._fault.setVisible(bool(text))
        self._retry.setVisible(can_retry)

    def _phrase_copies(self, count: int) -> str:
        text = self.tr("Near copies")
        return f"{text} ({count:,})" if count else text

    # Building

    def _connect(self) -> None:
        self._pause.timeout.connect(self.plan_changed)
        self._others.clicked.connect(self.others_wanted)
        for field in (self._seed, self._count):
            field.valueChanged.connect(self._pause.start)
        for button in self._ticks.values():
            button.clicked.connect(self._ask_to_tick)
        self._show.changed.connect(self._ask_to_show)
        self._side.valueChanged.connect(self.side_changed)
        self._side.reset_requested.connect(self._reset_side)
        self._retry.clicked.connect(self.retry_wanted)

    @Slot()
    def _ask_to_tick(self) -> None:
        self.tick_wanted.emit(next(k for k, b in self._ticks.items() if b is self.sender()))

    @Slot()
    def _ask_to_show(self) -> None:
        self.show_wanted.emit(self._show.value())

    @Slot()
    def _reset_side(self) -> None:
        self._side.setValue(USUAL_SIZE)

    def _build(self) -> None:
        tip = self.tr("Make other images, from the seeds that follow; what you ticked stays")
        name_control(self._others, "others", self._others.text(), tip)
        tip = self.tr("The first image's number: the same seed makes the same images")
        name_control(self._seed, "seed", self.tr("Seed"), tip)
        tip = self.tr("How many images to look at, besides those that were ticked before")
        name_control(self._count, "count", self.tr("Number of images"), tip)
        name_control(self._side, "size", self.tr("Size"), self.tr("Size of the pictures"))
        tip = self.tr("Ask for the images again")
        name_control(self._retry, "retry", self._retry.text(), tip)
        self._side.setRange(SIZES[0], SIZES[-1])
        self._side.setValue(USUAL_SIZE)
        self._side.setFixedWidth(_SLIDER_WIDTH)
        self._seed.setFixedWidth(_SEED_WIDTH)
        self._count.setFixedWidth(_COUNT_WIDTH)
        self._count.setValue(COUNT.default[0])
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(self._lay_out_first())
        column.addLayout(self._lay_out_second())
        column.addLayout(self._lay_out_fault())

    def _lay_out_first(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(make_label("title", text=self.tr("Gallery")))
        row.addWidget(self._state)
        row.addStretch(1)
        row.addWidget(make_buddy(self.tr("Images"), self._count))
        row.addWidget(self._count)
        row.addSpacing(8)
        row.addWidget(make_buddy(self.tr("Seed"), self._seed))
        row.addWidget(self._seed)
        row.addWidget(self._others)
        return row

    def _lay_out_second(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(4)
        row.addWidget(self._label(self.tr("Show")))
        row.addWidget(self._show)
        row.addStretch(1)
        row.addWidget(self._label(self.tr("Tick")))
        for button in self._ticks.values():
            row.addWidget(button)
        row.addSpacing(16)
        row.addWidget(self._label(self.tr("Size")))
        row.addWidget(self._side)
        return row

    def _label(self, text: str) -> QLabel:
        label = make_label("muted", text=text)
        label.setAlignment(Qt.AlignmentFlag.AlignVCenter)
        return label

    def _lay_out_fault(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self._fault, 1)
        row.addWidget(self._retry)
        self._fault.hide()
        self._retry.hide()
        return row
