"""Fields of a training's options: the preset with its words, how long, and the run's folder."""

from datetime import datetime
from pathlib import Path

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from studio.augment.operation import Number
from studio.dataset.archives.names import data_set_name
from studio.gan.config import PRESETS
from studio.paths import data_folder
from studio.qt.plain_label import PlainLabel
from studio.qt.recipe.form import help_of
from studio.qt.recipe.number_field import NumberField
from studio.qt.train.parts import make_choice, make_label, name_control, translate

_FIELD_WIDTH = 96
MINUTES = Number(
    name="minutes",
    low=0.1,
    high=100_000,
    default=(5, 5),
    step=0.1,
    help="How many minutes to train; pauses do not count.",
)
KIMG = Number(
    name="kimg",
    low=0.001,
    high=10_000_000,
    default=(250, 250),
    step=0.001,
    help="How many thousand images the discriminator is to see, the same one again and again.",
)


def runs_folder() -> Path:
    """Return the folder for runs, of which nobody has said where they are to be."""
    return data_folder() / "runs"


class PresetField(QWidget):
    """A choice among the presets; below it, when to use the one that is chosen."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._choice = QComboBox(self)
        for name, preset in PRESETS.items():
            self._choice.addItem(preset.title, name)
        tip = self.tr("The networks and losses, with all the numbers that go with them")
        name_control(self._choice, "preset", self.tr("Preset"), tip)
        self._use = make_label("muted", "preset.use", wraps=True)
        self._more = QCheckBox(self.tr("Why it differs from the textbook"), self)
        self._help = make_label("muted", "preset.help", wraps=True)
        tip = self.tr("Show which lines had to change, and why")
        name_control(self._more, "preset.more", self._more.text(), tip)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        for widget in (self._choice, self._use, self._more, self._help):
            column.addWidget(widget)
        self._choice.currentIndexChanged.connect(self._follow)
        self._more.toggled.connect(self._show_words)
        self._show_words()

    def value(self) -> str:
        return str(self._choice.currentData())

    def set_value(self, preset: str) -> None:
        """Choose a preset; an unknown one changes nothing."""
        if preset in PRESETS:
            self._choice.setCurrentIndex(self._choice.findData(preset))

    def controls(self) -> list[QWidget]:
        return [self._choice, self._more]

    @Slot()
    def _follow(self) -> None:
        self._show_words()
        self.changed.emit()

    @Slot()
    def _show_words(self) -> None:
        preset = PRESETS[self.value()]
        self._use.setText(preset.use)
        self._help.setText(preset.help)
        self._more.setVisible(bool(preset.help))
        self._help.setVisible(bool(preset.help) and self._more.isChecked())


class LengthField(QWidget):
    """How long to train: minutes, or thousand images."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        minutes, kimg = self.tr("minutes"), self.tr("thousand images")
        choices = {
            "minutes": (minutes, self.tr("End after so much training; pauses do not count")),
            "kimg": (kimg, self.tr("End after so many images, however long it takes")),
        }
        self._unit = make_choice("length", choices)
        self._fields = {"minutes": NumberField(MINUTES, self), "kimg": NumberField(KIMG, self)}
        self._stack = QStackedWidget()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self._stack)
        row.addWidget(self._unit, 1)
        for (name, field), number in zip(self._fields.items(), (MINUTES, KIMG), strict=True):
            name_control(field, name, self.tr("Length of the training"), help_of(number))
            field.setFixedWidth(_FIELD_WIDTH)
            field.setValue(number.default[0])
            field.valueChanged.connect(self.changed)
            self._stack.addWidget(field)
        self._stack.setFixedSize(_FIELD_WIDTH, field.height())
        self._unit.changed.connect(self._follow)

    def minutes(self) -> float | None:
        """Return the minutes, None where the number of images counts."""
        return self._read("minutes")

    def kimg(self) -> float | None:
        """Return the thousands of images, None where minutes count."""
        return self._read("kimg")

    def texts(self) -> dict[str, str]:
        """Return what is to be remembered of both, and of which counts."""
        texts = {name: str(field.value()) for name, field in self._fields.items()}
        return texts | {"length": self._unit.value()}

    def recall(self, texts: dict[str, str]) -> None:
        """Show what was remembered; what is no number changes nothing."""
        for name, field in self._fields.items():
            try:
                field.setValue(float(texts[name]))
            except (KeyError, ValueError):
                continue
        self._unit.set_value(texts.get("length", ""))

    def controls(self) -> list[QWidget]:
        return [*self._fields.values(), *self._unit.buttons()]

    def _read(self, name: str) -> float | None:
        if self._unit.value() != name:
            return None
        return round(self._fields[name].value(), self._fields[name].decimals())

    @Slot()
    def _follow(self) -> None:
        self._stack.setCurrentWidget(self._fields[self._unit.value()])
        self.changed.emit()


class FolderField(QWidget):
    """The folder that holds runs, and below it the name that the next run gets there."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.edit = QLineEdit(str(runs_folder()), self)
        self.browse = QPushButton(self.tr("Browse…"), self)
        self._name = PlainLabel(self)
        self._problem = make_label("danger", "folder.problem", wraps=True)
        self._stem = ""
        tip = self.tr("Where runs are kept, each in a folder of its own")
        name_control(self.edit, "folder", self.tr("Folder of the runs"), tip)
        name_control(self.browse, "browse", self.tr("Choose the folder of the runs"), tip)
        tip = self.tr("The run's own folder, named after the data set, the preset and the time")
        name_control(self._name, "folder.name", "", tip)
        self._name.setProperty("role", "muted")
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.edit, 1)
        row.addWidget(self.browse)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(row)
        column.addWidget(self._name)
        column.addWidget(self._problem)
        self.edit.textChanged.connect(self.check)
        self.browse.clicked.connect(self._choose)
        self.check()

    def set_run(self, root: Path | None, preset: str) -> None:
        """Name the next run after a data set and a preset."""
        self._stem = f"{data_set_name(root)}-{preset}" if root is not None else ""
        when = self.tr("date and time")
        self._name.setText(f"{self._stem}-‹{when}›" if self._stem else "")

    def parent_folder(self) -> Path:
        """Return the folder that holds the runs."""
        return Path(self.edit.text().strip())

    def new_run(self) -> Path:
        """Return a folder that is not there yet, named after what is trained and the time."""
        wanted = self.parent_folder() / f"{self._stem}-{datetime.now():%Y%m%d-%H%M%S}"
        path, number = wanted, 1
        while path.exists():
            number += 1
            path = wanted.with_name(f"{wanted.name}-{number}")
        return path

    def problem(self) -> str:
        return self._problem.text()

    @Slot()
    def check(self) -> None:
        """Look whether the folder can hold runs."""
        self._problem.setText(_find_fault(self.edit.text().strip()))
        self._problem.setVisible(bool(self.problem()))
        self.edit.setAccessibleDescription(self.problem())
        self.changed.emit()

    @Slot()
    def _choose(self) -> None:
        start = self.parent_folder()
        while not start.is_dir() and start != start.parent:
            start = start.parent
        name = QFileDialog.getExistingDirectory(self, self.tr("Keep runs in"), str(start))
        if name:
            self.edit.setText(name)
            self.edit.end(False)


def _find_fault(text: str) -> str:
    if not text:
        return translate("Train", "Choose a folder for the runs.")
    try:
        if not Path(text).is_absolute():
            return translate("Train", "Give the folder's whole path.")
        if Path(text).exists() and not Path(text).is_dir():
            return translate("Train", "This is a file, not a folder.")
    except (OSError, ValueError):
        return translate("Train", "This is not a path.")
    return ""
