"""The options of an export: one control each, checked as they are typed."""

import os
from pathlib import Path

from PySide6.QtCore import QSignalBlocker, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QAbstractButton,
    QButtonGroup,
    QCheckBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSlider,
    QSpinBox,
    QToolButton,
    QWidget,
)

from studio.augment.recipe import SEED, Recipe
from studio.dataset.export import MOST_COPIES, ExportOptions
from studio.dataset.library import Library
from studio.dataset.target import check_target, free_folder
from studio.errors import UserError
from studio.qt.class_list import ClassList
from studio.qt.session import Session
from studio.qt.settings import settings

_DEFAULTS = ExportOptions()
_FIELD_WIDTH = 64


class ExportForm(QWidget):
    """Shows and edits `ExportOptions` and the target folder of one data set's export."""

    changed = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._library: Library | None = None
        self._target = QLineEdit()
        self._problem = QLabel(wordWrap=True)
        self._copies = QSpinBox(minimum=1, maximum=MOST_COPIES)
        self._splits: dict[str, QCheckBox] = {}
        self._split_row = QWidget()
        self._classes = ClassList()
        self._originals = QCheckBox(self.tr("Include the originals"))
        self._formats = QButtonGroup(self)
        self._quality = QSpinBox(minimum=1, maximum=100)
        self._seed = QSpinBox(minimum=0, maximum=int(SEED.high))
        self._workers = QSpinBox(minimum=1, maximum=os.cpu_count() or 1)
        self._build()
        self._recall()
        self._connect()

    def set_library(self, library: Library | None) -> None:
        """Offer a data set's splits and classes, and a free folder beside it as target."""
        self._library = library
        splits = sorted({image.split for image in library.images}) if library else []
        self._offer_splits(splits if splits != [""] else [])
        self._classes.set_counts(self._class_counts())
        if library:
            self.suggest_target()
        self._note_change()

    def set_scope(self, split: str | None, class_name: str | None) -> None:
        """Choose one split or class, or all of them with None."""
        for name, box in self._splits.items():
            with QSignalBlocker(box):
                box.setChecked(split is None or name == split)
        self._classes.set_counts(self._class_counts())
        self._classes.choose(None if class_name is None else (class_name,))
        self._note_change()

    def suggest_target(self) -> None:
        """Put a folder that is not there yet into the target field."""
        if self._library:
            root = self._library.root
            self._target.setText(str(free_folder(root.with_name(f"{root.name}-augmented"))))

    def target(self) -> Path:
        """Return the folder to write to."""
        return Path(self._target.text().strip()).expanduser()

    def options(self) -> ExportOptions:
        """Return what the controls say."""
        return ExportOptions(
            copies=self._copies.value(),
            include_originals=self._originals.isChecked(),
            format=self._format(),
            quality=self._quality.value(),
            splits=self._chosen_splits(),
            classes=self._classes.chosen(),
            workers=self._workers.value(),
        )

    def problem(self) -> str:
        """Return why an export cannot start, empty where it can."""
        if self._library is None:
            return self.tr("Open a data set first.")
        if not self._target.text().strip():
            return self.tr("Choose a folder to write to.")
        try:
            check_target(self._library.root, self.target())
        except UserError as error:
            return f"{error.message} {error.hint}".strip()
        return ""

    # Building

    def _build(self) -> None:
        form = QFormLayout(self)
        form.setContentsMargins(16, 12, 16, 12)
        form.setVerticalSpacing(12)
        form.setHorizontalSpacing(12)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft)
        self._problem.setProperty("role", "danger")
        self._add(form, self.tr("Folder"), self._target_row(), self._target)
        form.addRow("", self._problem)
        copies, slider = _with_slider(self._copies)
        self._add(form, self.tr("Copies per image"), copies, self._copies)
        self._name(slider, "copies.slider", self.tr("How many augmented copies of each image"))
        form.addRow(self.tr("Splits"), self._split_row)
        QHBoxLayout(self._split_row).setContentsMargins(0, 0, 0, 0)
        form.addRow(self.tr("Classes"), self._classes)
        form.addRow("", self._originals)
        form.addRow(self.tr("Format"), self._format_row())
        self._quality_row, slider = _with_slider(self._quality)
        self._add(form, self.tr("Quality"), self._quality_row, self._quality)
        self._name(slider, "quality.slider", self.tr("Quality of JPEG and WebP files"))
        self._add(form, self.tr("Seed"), self._seed)
        self._add(form, self.tr("Workers"), self._workers)
        self._form = form
        for widget, name, tip in (
            (self._target, "target", self.tr("A new or empty folder, apart from the data set")),
            (self._copies, "copies", self.tr("How many augmented copies of each image, 1 to 100")),
            (self._originals, "originals", self.tr("Copy each original too, byte for byte")),
            (self._quality, "quality", self.tr("Quality of JPEG and WebP files, 1 to 100")),
            (self._seed, "seed", self.tr("The recipe's seed: another one gives other draws")),
            (self._workers, "workers", self.tr("How many images are worked on at once")),
        ):
            self._name(widget, name, tip)

    def _add(
        self, form: QFormLayout, text: str, field: QWidget, buddy: QWidget | None = None
    ) -> None:
        label = QLabel(text)
        label.setBuddy(buddy or field)
        form.addRow(label, field)

    def _name(self, widget: QWidget, name: str, tip: str) -> None:
        widget.setObjectName(f"export.{name}")
        widget.setToolTip(tip)
        widget.setAccessibleName(tip)

    def _target_row(self) -> QWidget:
        browse = QPushButton(self.tr("Browse…"))
        self._name(browse, "browse", self.tr("Choose the folder to write to"))
        browse.clicked.connect(self._browse)
        return _row(self._target, browse)

    def _format_row(self) -> QWidget:
        texts = {
            "same": self.tr("As source"),
            "jpg": "JPEG",
            "png": "PNG",
            "webp": "WebP",
        }
        buttons: list[QWidget] = []
        for name, text in texts.items():
            button = QToolButton()
            button.setText(text)
            button.setCheckable(True)
            button.setProperty("role", "segment")
            button.setProperty("format", name)
            self._name(button, f"format.{name}", self.tr("Write files as: {0}").format(text))
            self._formats.addButton(button)
            buttons.append(button)
        row = _row(*buttons)
        layout = row.layout()
        assert isinstance(layout, QHBoxLayout)
        layout.setSpacing(0)
        layout.addStretch(1)
        return row

    def _connect(self) -> None:
        self._target.textChanged.connect(self._note_change)
        self._copies.valueChanged.connect(self._note_change)
        self._classes.changed.connect(self._note_change)
        self._originals.toggled.connect(self._note_change)
        self._formats.buttonClicked.connect(self._note_format)
        self._quality.valueChanged.connect(self._note_change)
        self._workers.valueChanged.connect(self._note_change)
        self._seed.valueChanged.connect(self._reseed)
        self._session.recipe_changed.connect(self._show_recipe)

    # State

    def _format(self) -> str:
        button = self._formats.checkedButton()
        return str(button.property("format")) if button else _DEFAULTS.format

    def _recall(self) -> None:
        kept = settings()

        def number(name: str, usual: int) -> int:
            text = str(kept.value(f"export/{name}", usual))
            return int(text) if text.isdecimal() else usual

        self._copies.setValue(number("copies", _DEFAULTS.copies))
        self._quality.setValue(number("quality", _DEFAULTS.quality))
        self._workers.setValue(number("workers", _DEFAULTS.workers))
        self._originals.setChecked(bool(number("originals", 0)))
        wanted = kept.value("export/format", _DEFAULTS.format)
        buttons = {button.property("format"): button for button in self._formats.buttons()}
        buttons.get(wanted, buttons["same"]).setChecked(True)
        self._seed.setValue(self._session.recipe.seed)

    def remember(self) -> None:
        """Keep the options for the next session; the target and the scope belong to this one."""
        options = self.options()
        for name, value in (
            ("copies", options.copies),
            ("quality", options.quality),
            ("workers", options.workers),
            ("originals", int(options.include_originals)),
            ("format", options.format),
        ):
            settings().setValue(f"export/{name}", value)

    def _offer_splits(self, splits: list[str]) -> None:
        for box in self._splits.values():
            box.deleteLater()
        self._splits = {}
        for split in splits:
            box = QCheckBox(split or self.tr("none"))
            box.setChecked(True)
            self._name(box, f"split.{split}", self.tr("Export the split {0}").format(split))
            box.toggled.connect(self._note_splits)
            layout = self._split_row.layout()
            assert layout is not None
            layout.addWidget(box)
            self._splits[split] = box
        self._form.setRowVisible(self._split_row, bool(splits))

    def _chosen_splits(self) -> tuple[str, ...] | None:
        if all(box.isChecked() for box in self._splits.values()):
            return None
        return tuple(name for name, box in self._splits.items() if box.isChecked())

    def _class_counts(self) -> dict[str, int]:
        counts: dict[str, int] = {}
        splits = self._chosen_splits()
        for (split, name), count in (self._library.counts() if self._library else {}).items():
            if splits is None or split in splits:
                counts[name] = counts.get(name, 0) + count
        return counts

    @Slot()
    def _note_splits(self) -> None:
        self._classes.set_counts(self._class_counts())
        self._note_change()

    @Slot(QAbstractButton)
    def _note_format(self, _button: QAbstractButton) -> None:
        self._note_change()

    @Slot()
    def _note_change(self) -> None:
        lossy = self._format() != "png"
        self._form.setRowVisible(self._quality_row, lossy)
        several = self._library is not None and len(self._class_counts()) > 1
        self._form.setRowVisible(self._classes, several)
        problem = self.problem() if self._library else ""
        self._problem.setText(problem)
        self._form.setRowVisible(self._problem, bool(problem))
        self.changed.emit()

    @Slot(int)
    def _reseed(self, seed: int) -> None:
        self._session.reseed(seed, self.tr("Change seed"))

    @Slot(object)
    def _show_recipe(self, recipe: Recipe) -> None:
        with QSignalBlocker(self._seed):
            self._seed.setValue(recipe.seed)
        self.changed.emit()

    @Slot()
    def _browse(self) -> None:
        start = str(self.target().parent)
        name = QFileDialog.getExistingDirectory(self, self.tr("Export to"), start)
        if name:
            self._target.setText(name)


def _row(*widgets: QWidget) -> QWidget:
    row = QWidget()
    layout = QHBoxLayout(row)
    layout.setContentsMargins(0, 0, 0, 0)
    for widget in widgets:
        layout.addWidget(widget)
    return row


def _with_slider(field: QSpinBox) -> tuple[QWidget, QSlider]:
    slider = QSlider(Qt.Orientation.Horizontal)
    slider.setRange(field.minimum(), field.maximum())
    slider.valueChanged.connect(field.setValue)
    field.valueChanged.connect(slider.setValue)
    field.setFixedWidth(_FIELD_WIDTH)
    return _row(slider, field), slider
