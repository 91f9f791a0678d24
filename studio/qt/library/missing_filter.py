"""Which images are shown, and in what order, by what is missing of them."""

from collections.abc import Callable
from typing import Literal, cast

from PySide6.QtCore import QSignalBlocker, Qt, Signal, Slot
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QSizePolicy,
    QStyle,
    QStyleOptionComboBox,
    QStylePainter,
    QWidget,
)

from studio.dataset.library import ImageRef
from studio.qt.library.measuring import Measured
from studio.qt.library.missing_shares import MissingShares

_MARGIN = 12
_GAP = 4

MissingKind = Literal["all", "some", "none", "whole"]
"""Every image, those with missing pixels, those without any, those with nothing else."""


class MissingFilter(QWidget):
    """Two lists to choose from; hidden, and without effect, where no rule looks for pixels."""

    changed = Signal()
    """Other images are to be shown, or in another order."""

    def __init__(self, shares: MissingShares, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shares = shares
        self._show = _ElidingComboBox(self)
        self._show.setObjectName("library.missing.show")
        self._show.setAccessibleName(self.tr("Show images by their missing pixels"))
        self._show.setToolTip(self._show.accessibleName())
        self._sort = QComboBox(self)
        self._sort.setObjectName("library.missing.sort")
        self._sort.setAccessibleName(self.tr("Sort images"))
        self._sort.setToolTip(self.tr("Sort images by name, or those that miss most first"))
        self._fill()
        row = QHBoxLayout(self)
        row.setContentsMargins(_MARGIN, 0, _MARGIN, 0)
        row.setSpacing(_GAP)
        row.addWidget(self._show, 1)
        row.addWidget(self._sort)
        self.hide()
        self._show.currentIndexChanged.connect(self.changed)
        self._sort.currentIndexChanged.connect(self.changed)
        shares.rules_changed.connect(self._follow_rules)

    def kind(self) -> MissingKind:
        """Return which images are to be shown."""
        return cast(MissingKind, self._show.currentData())

    def is_sorting(self) -> bool:
        """Return whether images are sorted by share and not by name."""
        return bool(self._sort.currentData())

    def is_active(self) -> bool:
        """Return whether the images shown depend on their shares in any way."""
        return self.kind() != "all" or self.is_sorting()

    def show_all(self) -> None:
        """Hide no image any more, without a word."""
        with QSignalBlocker(self._show):
            self._show.setCurrentIndex(0)

    def choose(self, images: tuple[ImageRef, ...]) -> tuple[ImageRef, ...]:
        """Return those of the images that are to be shown, in their order."""
        find, kind = self._shares.find, self.kind()
        if kind != "all":
            is_wanted = _WANTED[kind]
            known = ((image, find(image.key)) for image in images)
            images = tuple(image for image, found in known if found and is_wanted(found))
        if self.is_sorting():
            shares = {image.key: found.share for image in images if (found := find(image.key))}
            # Stable: images of one share stay sorted by name.
            images = tuple(sorted(images, key=lambda image: -shares.get(image.key, -1.0)))
        return images

    def _fill(self) -> None:
        _add(self._show, "all", self.tr("All"), self.tr("All images"))
        _add(self._show, "some", self.tr("With missing"), self.tr("Images with missing pixels"))
        _add(self._show, "none", self.tr("Complete"), self.tr("Images without missing pixels"))
        _add(self._show, "whole", self.tr("Fully missing"), self.tr("Images without known pixels"))
        _add(self._sort, False, self.tr("By name"), self.tr("Sorted by folder and name"))
        _add(self._sort, True, self.tr("By share"), self.tr("Those that miss most first"))

    @Slot()
    def _follow_rules(self) -> None:
        has_rules = self._shares.has_rules()
        self.setVisible(has_rules)
        if not has_rules and self.is_active():
            with QSignalBlocker(self):
                self._show.setCurrentIndex(0)
                self._sort.setCurrentIndex(0)
            self.changed.emit()


_WANTED: dict[MissingKind, Callable[[Measured], bool]] = {
    "some": lambda found: found.share > 0,
    "none": lambda found: found.share == 0 and not found.reason,
    "whole": lambda found: found.share >= 1,
}


def _add(box: QComboBox, value: object, text: str, tip: str) -> None:
    box.addItem(text, value)
    box.setItemData(box.count() - 1, tip, Qt.ItemDataRole.ToolTipRole)


class _ElidingComboBox(QComboBox):
    """Takes what room there is, and shortens its text where that is little."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def showPopup(self) -> None:
        self.view().setMinimumWidth(self.sizeHint().width())
        super().showPopup()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QStylePainter(self)
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        field = self.style().subControlRect(
            QStyle.ComplexControl.CC_ComboBox,
            option,
            QStyle.SubControl.SC_ComboBoxEditField,
            self,
        )
        right = Qt.TextElideMode.ElideRight
        option.currentText = self.fontMetrics().elidedText(self.currentText(), right, field.width())
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)
