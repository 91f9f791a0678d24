"""What is written, where and how."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from studio.augment.operation import Number
from studio.gan.samples import GenerateOptions, Sample, plan_samples
from studio.qt.generate.parts import make_choice, make_label, name_control
from studio.qt.generate.target_field import TargetField
from studio.qt.recipe.number_field import NumberField
from studio.qt.settings import settings

_WIDTH = 80
_EACH = Number(low=1, high=10_000, default=(100, 100), integer=True, help="")
_FILL = Number(low=1, high=100_000, default=(500, 500), integer=True, help="")


class WriteForm(QWidget):
    """Edits what to write: what is ticked, so many of each class, or what fills the classes."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.target = TargetField()
        self._what = make_choice(
            "what",
            {
                "ticked": (self.tr("Ticked ones"), self.tr("The images ticked in the gallery")),
                "each": (self.tr("Count"), self.tr("So many images of each ticked class")),
                "fill": (self.tr("Fill up"), self.tr("As many as a class lacks of a number")),
            },
        )
        self._numbers = {"each": NumberField(_EACH), "fill": NumberField(_FILL)}
        self._stack = QStackedWidget()
        self._format = make_choice(
            "format",
            {
                "png": ("PNG", self.tr("Without any loss: each can be made again and compared")),
                "jpg": ("JPEG", self.tr("Smaller files with a slight loss")),
                "webp": ("WebP", self.tr("Smaller than JPEG at the same quality")),
            },
        )
        self._copies = QCheckBox(self.tr("Keep near copies of training images"))
        self._build()
        self._recall()
        self._connect()
        self._follow_what()

    def what(self) -> str:
        return self._what.value()

    def format(self) -> str:
        return self._format.value()

    def keeps_copies(self) -> bool:
        return self._copies.isChecked()

    def count(self, chosen: Sequence[str], have: Mapping[str, int]) -> dict[str, int]:
        """Return how many images of each class to make, where what is ticked does not say it."""
        if self.what() == "each":
            return dict.fromkeys(chosen, self._number())
        return {name: max(0, self._number() - have.get(name, 0)) for name in chosen}

    def plan(
        self,
        classes: tuple[str, ...],
        chosen: tuple[str, ...],
        have: Mapping[str, int],
        *,
        seed: int,
        truncation: float | None,
    ) -> tuple[Sample, ...]:
        """Return those images. UserError where they are too many."""
        is_fill = self.what() == "fill"
        options = GenerateOptions(
            count=None if is_fill else self._number() * len(chosen),
            fill_to=self._number() if is_fill else None,
            classes=None if classes == ("",) else chosen,
            truncation=truncation,
            seed=seed,
        )
        return plan_samples(classes, options, have)

    def _number(self) -> int:
        return int(self._numbers[self.what()].value())

    def remember(self) -> None:
        """Keep the options for the next session."""
        kept = settings()
        kept.setValue("generate/format", self.format())
        for name, field in self._numbers.items():
            kept.setValue(f"generate/{name}", int(field.value()))

    def _recall(self) -> None:
        kept = settings()
        self._format.set_value(str(kept.value("generate/format", "png")))
        for (name, field), number in zip(self._numbers.items(), (_EACH, _FILL), strict=True):
            text = str(kept.value(f"generate/{name}", int(number.default[0])))
            field.setValue(int(text) if text.isdecimal() and len(text) < 8 else number.default[0])

    @Slot()
    def _follow_what(self) -> None:
        self._stack.setCurrentIndex(("ticked", "each", "fill").index(self.what()))
        self.changed.emit()

    def _connect(self) -> None:
        self._what.changed.connect(self._follow_what)
        for change in (self._format.changed, self._copies.toggled, self.target.changed):
            change.connect(self.changed)
        for field in self._numbers.values():
            field.valueChanged.connect(self.changed)

    def _build(self) -> None:
        tip = self.tr("How many images of each class to make")
        name_control(self._numbers["each"], "each", self.tr("Images of each class"), tip)
        tip = self.tr("How many images each class is to have, with those that are there")
        name_control(self._numbers["fill"], "fill", self.tr("Fill classes up to"), tip)
        tip = self.tr("Near copies show what the generator learned by heart; usually left out")
        name_control(self._copies, "keep_copies", self._copies.text(), tip)
        for field in self._numbers.values():
            field.setFixedWidth(_WIDTH)
        self._stack.addWidget(self._line(self.tr("What you see ticked, and nothing else."), None))
        self._stack.addWidget(self._line(self.tr("of each class"), self._numbers["each"]))
        self._stack.addWidget(self._line(self.tr("in every class"), self._numbers["fill"]))
        self._stack.setFixedHeight(28)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(make_label("title", text=self.tr("Write")))
        for widget in (self._what, self._stack, self.target):
            column.addWidget(widget)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(make_label("muted", text=self.tr("Format")))
        row.addWidget(self._format, 1)
        column.addLayout(row)
        column.addWidget(self._copies)

    def _line(self, text: str, field: QWidget | None) -> QWidget:
        line = QWidget()
        row = QHBoxLayout(line)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        if field is not None:
            row.addWidget(field)
        row.addWidget(make_label("muted", text=text), 1)
        return line
