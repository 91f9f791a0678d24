"""The scale of the difference map: its colours, what they stand for, and where it ends."""

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QSizePolicy, QWidget

from studio.qt.pixels import to_qimage
from studio.qt.scoring.parts import make_label, name_control
from studio.qt.scoring.pictures import LEVELS, colour_levels
from studio.qt.theme import tokens

_BAR = QSize(64, 10)
_CHOICE_LETTERS = 8


class DifferenceLegend(QWidget):
    """Tells the scale that is in use, and lets another one be chosen."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bar = _ColourBar()
        self._end = make_label("muted", "levels.end")
        self._choice = QComboBox()
        self._choice.addItem(self.tr("Automatic"), 0)
        for levels in LEVELS:
            text = self.tr("Up to {levels} levels").format(levels=levels)
            self._choice.addItem(text, levels)
        tip = self.tr(
            "Which difference, in levels of 255, has the brightest colour; a fixed one makes "
            "the maps of several methods comparable"
        )
        name_control(self._choice, "levels", self.tr("Scale of the difference"), tip)
        self._choice.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self._choice.setMinimumContentsLength(_CHOICE_LETTERS)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        row.addWidget(make_label("muted", text="0"))
        row.addWidget(self._bar)
        row.addWidget(self._end)
        row.addSpacing(6)
        row.addWidget(self._choice)
        self._choice.activated.connect(self.changed)
        self.show_levels(0)

    def levels(self) -> int:
        """Return the end of the scale that was chosen, 0 for one that suits the picture."""
        return int(self._choice.currentData())

    @Slot(int)
    def show_levels(self, levels: int) -> None:
        """Tell where the scale ends that is in use, 0 for none."""
        text = self.tr("{levels} levels").format(levels=levels)
        self._end.setText(text if levels else self.tr("levels"))


class _ColourBar(QWidget):
    def __init__(self) -> None:
        super().__init__()
        ramp = np.arange(256, dtype=np.uint8).reshape(1, -1)
        self._image: QImage = to_qimage(colour_levels(ramp, 255))
        self.setObjectName("scoring.levels.bar")
        self.setAccessibleName(self.tr("Colours of the difference, from none to much"))
        self.setToolTip(self.accessibleName())
        self.setFixedSize(_BAR)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        area = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawImage(area, self._image)
        painter.setPen(tokens().line)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(area)
        painter.end()
