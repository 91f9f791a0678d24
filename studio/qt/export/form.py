"""The options of an export: where, how many, of which images, in which format."""

from itertools import pairwise
from pathlib import Path

from msgspec.structs import replace
from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QCheckBox, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from studio.augment.recipe import SEED, Recipe
from studio.dataset.exports.options import ExportOptions
from studio.dataset.library import Library
from studio.qt.export.fields import COPIES, QUALITY, WORKERS, SlidNumber, build_format_field
from studio.qt.export.held_out import HeldOutField
from studio.qt.export.parts import lay_out_section, make_buddy, make_label, name_control
from studio.qt.export.scope import ScopeField
from studio.qt.export.sums import Sums, sum_up
from studio.qt.export.target import TargetField
from studio.qt.recipe.form import help_of
from studio.qt.recipe.number_field import NumberField
from studio.qt.session import Session
from studio.qt.settings import settings

_USUAL = ExportOptions()
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
        self._root: Path | None = None
        self.target = TargetField(self)
        self.scope = ScopeField(self)
        self._copies = SlidNumber(COPIES, self)
        self._originals = QCheckBox(self.tr("Include the originals"), self)
        self._balance = QCheckBox(self.tr("Balance classes"), self)
        self._unbalanced = make_label("warning", "balance.warning", wraps=True)
        self._held_out = HeldOutField(self)
        self._format = build_format_field(self)
        self._quality = SlidNumber(QUALITY, self)
        self._seed = NumberField(SEED, self)
        self._workers = NumberField(WORKERS, self)
        self._name_controls()
        self._lay_out()
        self._recall()
        self._connect()
        self._show_recipe(session.recipe)

    def set_library(self, library: Library | None) -> None:
        """Offer a data set's splits and classes, and a fresh folder as target.

        For the data set that was offered before, what is chosen stays.
        """
        root = library.root if library else None
        is_new, self._root = root != self._root, root
        if is_new:
            self.target.set_source(root)
        self._held_out.set_library(library, is_new=is_new)
        classes = {name for _, name in library.counts()} - {""} if library else set()
        self._balance.setVisible(len(classes) > 1)
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
            held_out=self._held_out.value(),
            balance=self._balance.isChecked() and not self._balance.isHidden(),
        )

    def sums(self) -> Sums:
        """Return what the options add up to."""
        return sum_up(self.scope.counts(), self.options())

    def remember(self) -> None:
        """Keep the options for the next session, but those that belong to this data set."""
        options, kept = self.options(), settings()
        for name in ("copies", "quality", "workers", "format"):
            kept.setValue(f"export/{name}", getattr(options, name))
        kept.setValue("export/originals", int(options.include_originals))
        kept.setValue("export/balance", int(self._balance.isChecked()))

    # Building

    def _name_controls(self) -> None:
        self._copies.name("copies", self.tr("Copies of each image"))
        self._quality.name("quality", self.tr("Quality"))
        tip = self.tr("Put a copy of each original beside its augmented ones, byte for byte")
        name_control(self._originals, "originals", self._originals.text(), tip)
        tip = self.tr(
            "Bring all classes to the same number of files: the largest gets so many copies of each"
            " image, the smaller ones more. Images that cannot be read are missing from theirs."
        )
        name_control(self._balance, "balance", self._balance.text(), tip)
        name_control(self._seed, "seed", self.tr("Seed"), help_of(SEED))
        name_control(self._workers, "workers", self.tr("Workers"), help_of(WORKERS))
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        self._seed.setAlignment(left)
        self._seed.lineEdit().setTextMargins(4, 0, 0, 0)
        self._seed.setFixedWidth(_SEED_WIDTH)
        self._workers.setFixedWidth(self._copies.field.width())

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 8)
        column.setSpacing(16)
        column.addLayout(lay_out_section(self.tr("Write to"), self.target, buddy=self.target.edit))
        title = self.tr("Copies of each image")
        copies = lay_out_section(title, self._copies, buddy=self._copies.field)
        boxes = QHBoxLayout()
        boxes.setSpacing(16)
        boxes.addWidget(self._originals)
        boxes.addWidget(self._balance)
        boxes.addStretch(1)
        copies.addLayout(boxes)
        copies.addWidget(self._unbalanced)
        column.addLayout(copies)
        column.addWidget(self.scope, 1)
        column.addWidget(self._held_out)
        format = lay_out_section(self.tr("Format"), self._format, buddy=self._format.buttons()[0])
        format.addLayout(self._lay_out_numbers())
        column.addLayout(format)
        column.addStretch(0)

    def _lay_out_numbers(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(8)
        grid.addWidget(make_buddy(self.tr("Quality"), self._quality.field), 0, 0)
        grid.addWidget(self._quality, 0, 1, 1, 4)
        grid.addWidget(make_buddy(self.tr("Seed"), self._seed), 1, 0)
        grid.addWidget(self._seed, 1, 1)
        grid.addWidget(make_buddy(self.tr("Workers"), self._workers), 1, 3)
        grid.addWidget(self._workers, 1, 4)
        grid.setColumnStretch(2, 1)
        return grid

    def _order_tabs(self) -> None:
        order = [self.target.edit, self.target.browse, *self._copies.controls(), self._originals]
        order += [self._balance, *self.scope.controls(), *self._held_out.choice.buttons()]
        order += [*self._format.buttons(), *self._quality.controls(), self._seed, self._workers]
        for before, after in pairwise(order):
            QWidget.setTabOrder(before, after)

    def _connect(self) -> None:
        self.target.changed.connect(self.target_changed)
        for change in (self.scope.changed, self._copies.changed, self._held_out.changed):
            change.connect(self._follow_counts)
        for box in (self._originals, self._balance):
            box.toggled.connect(self._follow_counts)
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
        self._balance.setChecked(bool(number("balance", 0)))
        self._format.set_value(str(kept.value("export/format", _USUAL.format)))
        self._show_quality()

    def _show_quality(self) -> None:
        self._quality.setEnabled(self._format.value() != "png")

    @Slot()
    def _follow_counts(self) -> None:
        sums = self.sums()
        self._held_out.show_idle(sums.is_idle)
        self._unbalanced.setText(sums.imbalance)
        self._unbalanced.setVisible(bool(sums.imbalance))
        shows_files = self.options().balance and not sums.imbalance
        self.scope.show_files(sums.files if shows_files else {})
        self.changed.emit()

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
