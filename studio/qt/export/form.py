"""The options of an export: where, how many, of which images, in which format."""

import os
from itertools import pairwise

from msgspec.structs import replace
from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QCheckBox, QGridLayout, QLabel, QVBoxLayout, QWidget

from studio.augment.operation import Number
from studio.augment.recipe import SEED, Recipe
from studio.dataset.library import Library
from studio.dataset.order import MOST_COPIES, ExportOptions
from studio.qt.export.fields import FormatField, SlidNumber
from studio.qt.export.parts import make_label, name_control
from studio.qt.export.scope import ScopeField
from studio.qt.export.target import TargetField
from studio.qt.recipe.form import help_of
from studio.qt.recipe.number_field import NumberField
from studio.qt.session import Session
from studio.qt.settings import settings

_USUAL = ExportOptions()
_COPIES = Number(
    name="copies",
    low=1,
    high=MOST_COPIES,
    default=(_USUAL.copies, _USUAL.copies),
    integer=True,
    help="How many augmented copies of each image.",
)
_QUALITY = Number(
    name="quality",
    low=1,
    high=100,
    default=(_USUAL.quality, _USUAL.quality),
    integer=True,
    help="Quality of JPEG and WebP files.",
)
_WORKERS = Number(
    name="workers",
    low=1,
    high=os.cpu_count() or 1,
    default=(_USUAL.workers, _USUAL.workers),
    integer=True,
    help="How many images are worked on at once. The files do not depend on it.",
)
_SEED_WIDTH = 112


class ExportForm(QWidget):
    """Shows and edits `ExportOptions`, the target folder and the recipe's seed."""

    changed = Signal()
    """The options are others."""

    target_changed = Signal()
    """The target is another folder, or it can be written to where it could not before."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.target = TargetField(self)
        self.scope = ScopeField(self)
        self._copies = SlidNumber(_COPIES, self)
        self._originals = QCheckBox(self.tr("Include the originals"), self)
        self._format = FormatField(self)
        self._quality = SlidNumber(_QUALITY, self)
        self._seed = NumberField(SEED, self)
        self._workers = NumberField(_WORKERS, self)
        self._name_controls()
        self._lay_out()
        self._recall()
        self._connect()
        self._show_recipe(session.recipe)

    def set_library(self, library: Library | None) -> None:
        """Offer a data set's splits and classes, and a fresh folder as target."""
        self.target.set_source(library.root if library else None)
        self.scope.set_library(library)
        self._order_tabs()

    def options(self) -> ExportOptions:
        """Return what the controls say."""
        return replace(
            _USUAL,
            copies=self._copies.value(),
            include_originals=self._originals.isChecked(),
            format=self._format.value(),
            quality=self._quality.value(),
            splits=self.scope.splits(),
            classes=self.scope.classes(),
            workers=int(self._workers.value()),
        )

    def remember(self) -> None:
        """Keep the options for the next session; the target and the scope belong to this one."""
        options, kept = self.options(), settings()
        for name in ("copies", "quality", "workers", "format"):
            kept.setValue(f"export/{name}", getattr(options, name))
        kept.setValue("export/originals", int(options.include_originals))

    # Building

    def _name_controls(self) -> None:
        self._copies.name("copies", self.tr("Copies of each image"))
        self._quality.name("quality", self.tr("Quality"))
        tip = self.tr("Put a copy of each original beside its augmented ones, byte for byte")
        name_control(self._originals, "originals", self._originals.text(), tip)
        name_control(self._seed, "seed", self.tr("Seed"), help_of(SEED))
        name_control(self._workers, "workers", self.tr("Workers"), help_of(_WORKERS))
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        self._seed.setAlignment(left)
        self._seed.lineEdit().setTextMargins(4, 0, 0, 0)
        self._seed.setFixedWidth(_SEED_WIDTH)
        self._workers.setFixedWidth(self._copies.field.width())

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 8)
        column.setSpacing(20)
        column.addLayout(_section(self.tr("Write to"), self.target, buddy=self.target.edit))
        title = self.tr("Copies of each image")
        copies = _section(title, self._copies, buddy=self._copies.field)
        copies.addWidget(self._originals, 0, Qt.AlignmentFlag.AlignLeft)
        column.addLayout(copies)
        column.addWidget(self.scope, 1)
        format = _section(self.tr("Format"), self._format, buddy=self._format.buttons()[0])
        format.addLayout(self._lay_out_numbers())
        column.addLayout(format)
        column.addStretch(0)

    def _lay_out_numbers(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(8)
        grid.addWidget(_buddy(self.tr("Quality"), self._quality.field), 0, 0)
        grid.addWidget(self._quality, 0, 1, 1, 4)
        grid.addWidget(_buddy(self.tr("Seed"), self._seed), 1, 0)
        grid.addWidget(self._seed, 1, 1)
        grid.addWidget(_buddy(self.tr("Workers"), self._workers), 1, 3)
        grid.addWidget(self._workers, 1, 4)
        grid.setColumnStretch(2, 1)
        return grid

    def _order_tabs(self) -> None:
        order = [self.target.edit, self.target.browse, *self._copies.controls(), self._originals]
        order += [*self.scope.controls(), *self._format.buttons(), *self._quality.controls()]
        order += [self._seed, self._workers]
        for before, after in pairwise(order):
            QWidget.setTabOrder(before, after)

    def _connect(self) -> None:
        self.target.changed.connect(self.target_changed)
        self.scope.changed.connect(self.changed)
        self._copies.changed.connect(self.changed)
        self._originals.toggled.connect(self.changed)
        self._format.changed.connect(self._follow_format)
        self._quality.changed.connect(self.changed)
        self._workers.valueChanged.connect(self.changed)
        self._seed.valueChanged.connect(self._reseed)
        self._seed.editingFinished.connect(self._session.end_merge)
        self._session.recipe_changed.connect(self._show_recipe)

    # State

    def _recall(self) -> None:
        kept = settings()

        def number(name: str, usual: int) -> int:
            text = str(kept.value(f"export/{name}", usual))
            return int(text) if text.isdecimal() and len(text) < 4 else usual

        self._copies.set_value(number("copies", _USUAL.copies))
        self._quality.set_value(number("quality", _USUAL.quality))
        self._workers.setValue(number("workers", _USUAL.workers))
        self._originals.setChecked(bool(number("originals", 0)))
        self._format.set_value(str(kept.value("export/format", _USUAL.format)))
        self._show_quality()

    def _show_quality(self) -> None:
        self._quality.setEnabled(self._format.value() != "png")

    @Slot()
    def _follow_format(self) -> None:
        self._show_quality()
        self.changed.emit()

    @Slot(float)
    def _reseed(self, seed: float) -> None:
        recipe = replace(self._session.recipe, seed=int(seed))
        self._session.edit(recipe, self.tr("Change seed"), merge="seed")

    @Slot(object)
    def _show_recipe(self, recipe: Recipe) -> None:
        self._seed.show_value(recipe.seed)


def _section(title: str, field: QWidget, *, buddy: QWidget) -> QVBoxLayout:
    label = make_label("title", text=title)
    label.setBuddy(buddy)
    column = QVBoxLayout()
    column.setSpacing(8)
    column.addWidget(label)
    column.addWidget(field)
    return column


def _buddy(text: str, field: QWidget) -> QLabel:
    label = QLabel(text)
    label.setBuddy(field)
    return label
