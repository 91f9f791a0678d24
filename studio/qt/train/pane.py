"""The left side of the train page: the options, the device that trains, and the button."""

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QPushButton, QScrollArea, QVBoxLayout, QWidget

from studio.dataset.library import Library
from studio.qt.train.form import TrainForm
from studio.qt.train.parts import make_label, name_control

_WIDTH = 380


class TrainPane(QFrame):
    """Edits the options of a training; its button can be pressed when one can begin."""

    start_wanted = Signal()

    changed = Signal()
    """The options are others, or it can begin where it could not before."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.form = TrainForm(self)
        self._device = make_label("muted", "device", wraps=True)
        self.start = QPushButton(self.tr("Start training"))
        self._has_library = False
        self._is_running = False
        self.setProperty("role", "pane")
        self.setFixedWidth(_WIDTH)
        self._lay_out()
        self.show_device(None)
        self.form.changed.connect(self._follow)
        self.start.clicked.connect(self.start_wanted)
        self._follow()

    def set_library(self, library: Library | None) -> None:
        """Offer a data set."""
        self._has_library = library is not None
        self.form.set_library(library)

    def set_running(self, is_running: bool) -> None:
        """While a training runs the options can be seen, but not changed."""
        self._is_running = is_running
        self._follow()

    def show_device(self, device: str | None) -> None:
        """Say what will train; None stands for not known yet."""
        if device is None:
            self._device.setText(self.tr("Looking for the device …"))
        else:
            self._device.setText(self.tr("Trains on: {device}").format(device=device))

    def can_start(self) -> bool:
        """Tell whether a training can begin."""
        return self._has_library and not self._is_running and not self.form.problem()

    def _lay_out(self) -> None:
        scroll = QScrollArea()
        scroll.setObjectName("train.scroll")
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(self.form)
        for surface in (self.form, scroll.viewport()):
            surface.setAutoFillBackground(False)
        tip = self.tr("Train with these options; what was set is kept")
        name_control(self.start, "start", self.start.text(), tip)
        self.start.setProperty("role", "primary")
        foot = QVBoxLayout()
        foot.setContentsMargins(16, 8, 16, 16)
        foot.setSpacing(8)
        foot.addWidget(self._device)
        foot.addWidget(self.start)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(scroll, 1)
        column.addLayout(foot)

    @Slot()
    def _follow(self) -> None:
        self.form.setEnabled(self._has_library and not self._is_running)
        self.start.setEnabled(self.can_start())
        self.changed.emit()
