"""The controls above the curves: what is across, how smooth, on which axis, and into which file."""

from PySide6.QtCore import QSize, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QHBoxLayout,
    QLabel,
    QMenu,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from studio.qt.export.fields import ChoiceField
from studio.qt.plain_label import PlainLabel
from studio.qt.recipe.number_field import ShareSlider
from studio.qt.theme import icon
from studio.qt.train.parts import name_control

_MOST_SMOOTH = 20
_USUAL = 6
_GROWTH = 1.35
_NARROW = 640
_SLIDER = 72
_SPACE = 8


class CurvesBar(QWidget):
    """A row of controls, two where there is little room; tells which point values belong to."""

    smoothing_changed = Signal()
    axes_changed = Signal()
    whole_wanted = Signal()
    csv_wanted = Signal()
    picture_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._across = ChoiceField(
            "across",
            {
                "images": (self.tr("Images"), self.tr("Over the number of images seen")),
                "time": (self.tr("Time"), self.tr("Over the time of training")),
            },
            self,
            page="train.curves",
        )
        self._log = QCheckBox(self.tr("Log axis"))
        self._smooth = ShareSlider(self)
        self._amount = QLabel()
        self._place = PlainLabel()
        self._whole = QToolButton()
        self._save = QToolButton()
        self._label = QLabel(self.tr("Smoothing"))
        self._middle, self._second = QHBoxLayout(), QHBoxLayout()
        self._is_narrow: bool | None = None
        self._name_controls()
        self._lay_out()
        self._smooth.valueChanged.connect(self._follow_smoothing)
        self._smooth.reset_requested.connect(self._reset_smoothing)
        self._across.changed.connect(self.axes_changed)
        self._log.toggled.connect(self.axes_changed)
        self._whole.clicked.connect(self.whole_wanted)
        self._show_amount()

    def smoothing(self) -> float:
        """Return the time constant in points; 0 is as it was reported."""
        step = self._smooth.value()
        return float(round(_GROWTH**step)) if step else 0.0

    def is_time(self) -> bool:
        return self._across.value() == "time"

    def is_log(self) -> bool:
        return self._log.isChecked()

    def show_place(self, text: str) -> None:
        """Show which point of the run the values belong to."""
        self._place.setText(text)

    def set_has_points(self, has_points: bool) -> None:
        """Offer to save when there is anything."""
        self._save.setEnabled(has_points)

    @Slot()
    def _follow_smoothing(self) -> None:
        self._show_amount()
        self.smoothing_changed.emit()

    @Slot()
    def _reset_smoothing(self) -> None:
        self._smooth.setValue(_USUAL)

    def _show_amount(self) -> None:
        points = self.smoothing()
        self._amount.setText(f"{points:,.0f}" if points else self.tr("off"))
        spoken = self.tr("{n} points").format(n=f"{points:,.0f}") if points else self.tr("off")
        self._smooth.setAccessibleDescription(spoken)

    def _name_controls(self) -> None:
        self._smooth.setRange(0, _MOST_SMOOTH)
        self._smooth.setValue(_USUAL)
        self._smooth.setMinimumWidth(_SLIDER)
        self._smooth.setMaximumWidth(120)
        self._amount.setProperty("role", "muted")
        self._place.setProperty("role", "muted")
        self._place.setObjectName("train.curves.place")
        widest = f"{_GROWTH**_MOST_SMOOTH:,.0f}"
        self._amount.setMinimumWidth(self._amount.fontMetrics().horizontalAdvance(widest))
        self._whole.setIcon(icon("fit"))
        self._save.setIcon(icon("save"))
        for button in (self._whole, self._save):
            button.setIconSize(QSize(18, 18))
        menu = QMenu(self._save)
        picture = menu.addAction(self.tr("Plots as PNG…"))
        picture.setObjectName("train.curves.save_picture")
        picture.triggered.connect(self.picture_wanted)
        numbers = menu.addAction(self.tr("Numbers as CSV…"))
        numbers.setObjectName("train.curves.save_csv")
        numbers.triggered.connect(self.csv_wanted)
        self._save.setMenu(menu)
        self._save.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._name(
            self._smooth,
            "smoothing",
            self.tr("Smoothing"),
            self.tr(
                "Show a running mean over about so many points; what was reported stays faintly "
                "behind it. A double click goes back to the usual"
            ),
        )
        self._name(
            self._log,
            "log",
            self.tr("Log axis"),
            self.tr(
                "Show losses and penalties on a logarithmic axis; scores can be below zero and "
                "stay as they are"
            ),
        )
        self._name(
            self._whole,
            "whole",
            self.tr("Whole run"),
            self.tr("Show the whole run and what comes; a double click on a plot does the same"),
        )
        self._name(
            self._save,
            "save",
            self.tr("Save curves"),
            self.tr("Save the plots as a picture, or the numbers as a table"),
        )

    def _name(self, control: QWidget, name: str, spoken: str, tip: str) -> None:
        name_control(control, f"curves.{name}", spoken, tip)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._set_narrow(self.width() < _NARROW)

    def minimumSizeHint(self) -> QSize:
        # Of the narrow layout, which a wide one can always become.
        return QSize(self._first_width(), super().minimumSizeHint().height())

    def _first_width(self) -> int:
        shown = (self._across, self._label, self._smooth, self._amount, self._whole, self._save)
        gaps = _SPACE * (len(shown) + 1) + 20
        return sum(widget.minimumSizeHint().width() for widget in shown) + _SLIDER + gaps

    def _set_narrow(self, is_narrow: bool) -> None:
        """Put what does not fit into a row below."""
        if is_narrow == self._is_narrow:
            return
        self._is_narrow = is_narrow
        if is_narrow:
            self._second.addWidget(self._log)
            self._second.addWidget(self._place, 1)
        else:
            self._middle.addWidget(self._log)
            self._middle.addWidget(self._place, 1)

    def _lay_out(self) -> None:
        self._label.setBuddy(self._smooth)
        first = QHBoxLayout()
        for row in (first, self._middle, self._second):
            row.setSpacing(_SPACE)
        for widget in (self._across, self._label, self._smooth, self._amount):
            first.addWidget(widget)
        first.addLayout(self._middle, 1)
        first.addWidget(self._whole)
        first.addWidget(self._save)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 8, 0)
        column.setSpacing(2)
        column.addLayout(first)
        column.addLayout(self._second)
        self._set_narrow(False)
