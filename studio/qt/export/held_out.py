"""What becomes of validation and test images."""

from PySide6.QtCore import QSignalBlocker, Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from studio.dataset.exports.options import HELD_OUT, HELD_OUT_SPLITS
from studio.dataset.library import Library
from studio.qt.export.fields import ChoiceField
from studio.qt.export.parts import make_label


class HeldOutField(QWidget):
    """Whether such images are copied, left out or augmented; seen where a data set has some."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        choices = {
            "copy": (
                self.tr("Copy as is"),
                self.tr(
                    "Copy these images byte for byte: scores are to be measured on real images"
                ),
            ),
            "omit": (self.tr("Leave out"), self.tr("Write the images for training only")),
            "augment": (
                self.tr("Augment too"),
                self.tr("Augment these images as well: scores measured on them lie"),
            ),
        }
        self.choice = ChoiceField("held_out", {name: choices[name] for name in HELD_OUT}, self)
        self._warning = make_label("warning", "held_out.warning", wraps=True)
        self._is_idle = False
        self._lay_out()
        self._show_warning()
        self.choice.changed.connect(self._follow)

    def set_library(self, library: Library | None, *, is_new: bool = True) -> None:
        """Offer the choice for a data set where it has such images; for a new one, the usual."""
        splits = {split for split, _ in library.counts()} if library else set()
        if is_new:
            with QSignalBlocker(self):
                self.choice.set_value(HELD_OUT[0])
        self.setVisible(not splits.isdisjoint(HELD_OUT_SPLITS))

    def value(self) -> str:
        """Return one of HELD_OUT."""
        return self.choice.value()

    def show_idle(self, is_idle: bool) -> None:
        """Show whether these are all the images chosen, so that there is nothing to augment."""
        self._is_idle = is_idle
        self._show_warning()

    def _lay_out(self) -> None:
        title = make_label("title", text=self.tr("Validation and test images"))
        title.setBuddy(self.choice.buttons()[0])
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        for widget in (title, self.choice, self._warning):
            column.addWidget(widget)

    def _show_warning(self) -> None:
        text = ""
        if self._is_idle:
            text = self.tr("No image for training is chosen: nothing to augment.")
        elif self.value() == "augment":
            text = self.tr("Scores on augmented images say little about real ones.")
        self._warning.setText(text)
        self._warning.setVisible(bool(text))

    @Slot()
    def _follow(self) -> None:
        self._show_warning()
        self.changed.emit()
