"""The slider between images that are alike and images that are varied."""

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from studio.qt.generate.parts import make_label, name_control
from studio.qt.recipe.number_field import ShareSlider

_STEPS_PER_UNIT = 20
_LEAST, _MOST = 4, 41
"""In twentieths: truncation 0.2 to 2.0, and one beyond that for none at all."""


class VarietyField(QWidget):
    """A truncation, or None at the right end: images out of the whole normal distribution."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.slider = ShareSlider(self)
        self.slider.setRange(_LEAST, _MOST)
        self.slider.setPageStep(4)
        self._value = make_label("muted", "truncation.value")
        self._build()
        self.slider.setValue(_MOST)
        self._tell()
        self.slider.valueChanged.connect(self._follow)
        self.slider.reset_requested.connect(self._reset)

    def value(self) -> float | None:
        """Return the truncation, None for the whole variety."""
        place = self.slider.value()
        return None if place == _MOST else place / _STEPS_PER_UNIT

    @Slot()
    def _reset(self) -> None:
        self.slider.setValue(_MOST)

    @Slot()
    def _follow(self) -> None:
        self._tell()
        self.changed.emit()

    def _tell(self) -> None:
        value = self.value()
        text = self.tr("whole variety")
        if value is not None:
            text = self.tr("truncation {value}").format(value=f"{value:.2f}")
        self._value.setText(text)
        self.slider.setAccessibleDescription(text)

    def _build(self) -> None:
        tip = self.tr(
            "How far from the usual the images may be. To the left they are more alike, and most"
            " often better; at the right end they have the whole variety that was learned."
        )
        name_control(self.slider, "truncation", self.tr("Variety of the images"), tip)
        title = make_label("title", text=self.tr("Variety"))
        title.setBuddy(self.slider)
        head = QHBoxLayout()
        head.addWidget(title)
        head.addStretch(1)
        head.addWidget(self._value)
        ends = QHBoxLayout()
        ends.addWidget(make_label("muted", text=self.tr("more alike")))
        ends.addStretch(1)
        ends.addWidget(make_label("muted", text=self.tr("more varied")))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addLayout(head)
        column.addWidget(self.slider)
        column.addLayout(ends)
        self._value.setAlignment(Qt.AlignmentFlag.AlignRight)
