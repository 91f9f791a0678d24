"""The options of a training: on what, with which preset, how large, how long, and where to."""

from itertools import pairwise
from pathlib import Path
from typing import cast

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QCheckBox, QComboBox, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from studio.augment.operation import Number
from studio.augment.recipe import SEED
from studio.dataset.library import Library
from studio.gan.config import FEW_IMAGES, SIZES, TrainConfig, usual_batch
from studio.gan.data_facts import Look, describe_data
from studio.qt.export.fields import ChoiceField
from studio.qt.export.parts import lay_out_section, make_buddy
from studio.qt.recipe.form import help_of
from studio.qt.recipe.number_field import NumberField
from studio.qt.settings import settings
from studio.qt.train.data_field import DataField
from studio.qt.train.fields import FolderField, LengthField, PresetField
from studio.qt.train.parts import make_choice, make_label, name_control

_USUAL = TrainConfig()
_NUMBER_WIDTH = 72
BATCH = Number(
    name="batch",
    low=2,
    high=4096,
    default=(_USUAL.batch, _USUAL.batch),
    integer=True,
    help=(
        "How many images each step looks at. Fewer learn sooner on a processor and take less"
        " memory; more are steadier."
    ),
)
_AUGMENTS = {"auto": None, "on": True, "off": False}


class TrainForm(QWidget):
    """Shows and edits a `TrainConfig`, and the folder that the run goes to."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._root: Path | None = None
        self._look: Look | None = None
        self._images = 0
        self._suited_batch = _USUAL.batch
        self.data = DataField(self)
        self.preset = PresetField(self)
        self.folder = FolderField(self)
        self._size = QComboBox(self)
        self._size_problem = make_label("danger", "size.problem", wraps=True)
        self._length = LengthField(self)
        self._mirror = QCheckBox(self.tr("Mirrored images, too"), self)
        self._batch = NumberField(BATCH, self)
        self._seed = NumberField(SEED, self)
        self._build_choices()
        self._name_controls()
        self._lay_out()
        self._recall()
        self._connect()

    def set_library(self, library: Library | None) -> None:
        """Offer a data set; another one than before gets a size and a colour of its own."""
        root = library.root if library else None
        is_new, self._root = root != self._root, root
        self.data.set_library(library)
        if is_new:
            self._images = describe_data(library).images if library else 0
            self._suited_batch = int(self._batch.value())
            self._look = None
            # Right for photos, wrong for digits and text: to be asked for each time.
            self._mirror.setChecked(False)
        self._follow()

    def config(self) -> TrainConfig:
        """Return what the controls say."""
        return TrainConfig(
            preset=self.preset.value(),
            size=int(self._size.currentData()),
            grey=self._colour.value() == "grey",
            fit="pad" if self._fit.value() == "pad" else "crop",
            minutes=self._length.minutes(),
            kimg=self._length.kimg(),
            batch=int(self._batch.value()),
            seed=int(self._seed.value()),
            mirror=self._mirror.isChecked(),
            augment=_AUGMENTS[self._augment.value()],
            devices="all" if self._devices.value() == "all" else "one",
        )

    def problem(self) -> str:
        """Return what keeps a training from beginning, empty where nothing does."""
        problems = (self.data.problem(), self._size_problem.text(), self.folder.problem())
        return next(filter(None, problems), "")

    def show_look(self, look: Look) -> None:
        """Take what a look at the images has shown: what fits them, until a person says else."""
        is_new, self._look = self._look is None, look
        self.data.show_look(look)
        if is_new:
            kept = settings()
            is_known = str(kept.value("train/root", "")) == str(self._root)
            size, grey = look.size, look.is_grey
            if is_known:
                size = _number(kept.value("train/size"), size)
                grey = str(kept.value("train/colour", "")) == "grey"
            self._size.setCurrentIndex(max(0, self._size.findData(size)))
            self._colour.set_value("grey" if grey else "colour")
            self._suit_batch()
            if is_known:
                self._batch.setValue(_number(kept.value("train/batch"), self._suited_batch))
        self._follow()

    def remember(self) -> None:
        """Keep the options for the next session; size, colour and batch for this data set only."""
        kept = settings()
        values = {
            "root": str(self._root),
            "size": str(self._size.currentData()),
            "preset": self.preset.value(),
            "seed": str(int(self._seed.value())),
            "batch": str(int(self._batch.value())),
            "folder": self.folder.edit.text(),
            **self._length.texts(),
            **{name: field.value() for name, field in self._choices().items()},
        }
        for name, value in values.items():
            kept.setValue(f"train/{name}", value)

    # Building

    def _build_choices(self) -> None:
        auto = self.tr("On for fewer than {count} images").format(count=f"{FEW_IMAGES:,}")
        colour = (self.tr("Colour"), self.tr("Red, green and blue"))
        grey = (self.tr("Grey"), self.tr("One channel: a third of the work in the last layers"))
        crop = (self.tr("Crop"), self.tr("Take the middle of images that are not square"))
        pad = (self.tr("Pad"), self.tr("Take all of the image, on black"))
        self._colour = make_choice("colour", {"colour": colour, "grey": grey})
        self._fit = make_choice("fit", {"crop": crop, "pad": pad})
        self._augment = make_choice(
            "augment",
            {
                "auto": (self.tr("Auto"), auto),
                "on": (self.tr("On"), self.tr("Shift, cover and recolour what it sees")),
                "off": (self.tr("Off"), self.tr("Show it the images as they are")),
            },
        )
        one = (self.tr("One"), self.tr("The first graphics card, or the processor"))
        every = (self.tr("All"), self.tr("Share each batch among all graphics cards"))
        self._devices = make_choice("devices", {"one": one, "all": every})

    def _choices(self) -> dict[str, ChoiceField]:
        return {
            "colour": self._colour,
            "fit": self._fit,
            "augment": self._augment,
            "devices": self._devices,
        }

    def _name_controls(self) -> None:
        for size in SIZES:
            self._size.addItem(self.tr("{size} pixels").format(size=size), size)
        self._size.setCurrentIndex(SIZES.index(_USUAL.size))
        tip = self.tr("Side of the images that are made; twice the side is four times the work")
        name_control(self._size, "size", self.tr("Size"), tip)
        tip = self.tr("Train on mirrored images, too. Not for digits, letters or signs")
        name_control(self._mirror, "mirror", self._mirror.text(), tip)
        name_control(self._batch, "batch", self.tr("Batch"), help_of(BATCH))
        tip = self.tr("The same seed and data give the same training")
        name_control(self._seed, "seed", self.tr("Seed"), tip)
        self._batch.setFixedWidth(_NUMBER_WIDTH)
        for field, number in ((self._batch, BATCH), (self._seed, SEED)):
            field.setValue(number.default[0])

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 8)
        column.setSpacing(14)
        column.addWidget(self.data)
        buddy = self.preset.controls()[0]
        column.addLayout(lay_out_section(self.tr("Preset"), self.preset, buddy=buddy))
        images = lay_out_section(self.tr("Images"), self._lay_out_images(), buddy=self._size)
        images.setSpacing(4)
        images.addWidget(self._size_problem)
        column.addLayout(images)
        length = self.tr("How long")
        column.addLayout(lay_out_section(length, self._length, buddy=self._length.controls()[0]))
        details = self._lay_out_details()
        column.addLayout(lay_out_section(self.tr("Details"), details, buddy=self._batch))
        column.addLayout(
            lay_out_section(self.tr("Keep the run in"), self.folder, buddy=self.folder.edit)
        )
        column.addStretch(1)

    def _lay_out_images(self) -> QWidget:
        grid = _make_grid()
        grid.addWidget(make_buddy(self.tr("Size"), self._size), 0, 0)
        grid.addWidget(self._size, 0, 1)
        grid.addWidget(make_buddy(self.tr("Colours"), self._colour.buttons()[0]), 1, 0)
        grid.addWidget(self._colour, 1, 1)
        grid.addWidget(make_buddy(self.tr("Not square"), self._fit.buttons()[0]), 2, 0)
        grid.addWidget(self._fit, 2, 1)
        return _hold(grid)

    def _lay_out_details(self) -> QWidget:
        grid = _make_grid()
        numbers = QHBoxLayout()
        numbers.setSpacing(12)
        numbers.addWidget(self._batch)
        numbers.addWidget(make_buddy(self.tr("Seed"), self._seed))
        numbers.addWidget(self._seed, 1)
        grid.addWidget(make_buddy(self.tr("Batch"), self._batch), 0, 0)
        grid.addLayout(numbers, 0, 1)
        grid.addWidget(make_buddy(self.tr("Augment"), self._augment.buttons()[0]), 1, 0)
        grid.addWidget(self._augment, 1, 1)
        grid.addWidget(make_buddy(self.tr("Devices"), self._devices.buttons()[0]), 2, 0)
        grid.addWidget(self._devices, 2, 1)
        grid.addWidget(self._mirror, 3, 0, 1, 2)
        return _hold(grid)

    def _connect(self) -> None:
        self.preset.changed.connect(self._follow)
        self._size.currentIndexChanged.connect(self._follow)
        self._colour.changed.connect(self._suit_batch)
        self.folder.changed.connect(self._follow)
        self._length.changed.connect(self.changed)
        self._mirror.toggled.connect(self.changed)
        for field in self._choices().values():
            field.changed.connect(self.changed)
        for number in (self._batch, self._seed):
            number.valueChanged.connect(self.changed)
        order: list[QWidget] = [*self.preset.controls(), self._size, *self._colour.buttons()]
        order += [*self._fit.buttons(), *self._length.controls(), self._batch, self._seed]
        order += [*self._augment.buttons(), *self._devices.buttons(), self._mirror]
        order += [self.folder.edit, self.folder.browse]
        for before, after in pairwise(order):
            QWidget.setTabOrder(before, after)

    # State

    def _recall(self) -> None:
        kept = settings()
        texts = {
            name: str(kept.value(f"train/{name}", ""))
            for name in ("preset", "seed", "folder", "length", "minutes", "kimg")
        }
        self.preset.set_value(texts["preset"])
        self._length.recall(texts)
        self._seed.setValue(_number(texts["seed"], _USUAL.seed))
        if texts["folder"]:
            self.folder.edit.setText(texts["folder"])
        for name, field in self._choices().items():
            field.set_value(str(kept.value(f"train/{name}", "")))

    @Slot()
    def _follow(self) -> None:
        self._suit_batch()
        self.folder.set_run(self._root, self.preset.value())
        self._size_problem.setText(self._find_size_problem())
        self._size_problem.setVisible(bool(self._size_problem.text()))
        self.changed.emit()

    @Slot()
    def _suit_batch(self) -> None:
        """Let the batch be what suits the choices, unless a person chose another."""
        suited = usual_batch(self.config(), self._images) if self._images else _USUAL.batch
        if int(self._batch.value()) == self._suited_batch:
            self._batch.setValue(suited)
        self._suited_batch = suited

    def _find_size_problem(self) -> str:
        side = self._look.side if self._look is not None else 0
        if not side or cast(int, self._size.currentData()) <= side:
            return ""
        text = self.tr("Larger than most of the images, which have {side} pixels.")
        return text.format(side=side)


def _number(stored: object, usual: int) -> int:
    text = str(stored)
    return int(text) if text.isdecimal() and len(text) < 11 else usual


def _make_grid() -> QGridLayout:
    grid = QGridLayout()
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(12)
    grid.setVerticalSpacing(4)
    grid.setColumnMinimumWidth(0, 72)
    grid.setColumnStretch(1, 1)
    return grid


def _hold(grid: QGridLayout) -> QWidget:
    holder = QWidget()
    holder.setLayout(grid)
    return holder
