"""The line of the library pane that tells how far the search for missing pixels is."""

from PySide6.QtCore import QTimer, Slot
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from studio.qt.library.head import flat_button
from studio.qt.library.missing_shares import MissingShares
from studio.qt.plain_label import PlainLabel
from studio.qt.theme import icon

_MARGIN = 12
_GAP = 8
# What is done sooner needs no line that pushes the images down and up again.
_PATIENCE = 400


class MeasureBar(QWidget):
    """Shows how many images were measured, with a button to stop; after that, to go on.

    Hidden while nothing is left to measure, and for as long as it may be done in a moment.
    """

    def __init__(self, shares: MissingShares, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shares = shares
        self._patience = QTimer(self, singleShot=True, interval=_PATIENCE)
        self._patience.timeout.connect(self.show)
        self._done, self._total = 0, 0
        self.setObjectName("library.measure")
        self._text = PlainLabel(self)
        self._text.setObjectName("library.measure.text")
        self._text.setProperty("role", "muted")
        self._bar = QProgressBar(self)
        self._bar.setObjectName("library.measure.progress")
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName(self.tr("Progress of the search for missing pixels"))
        self._bar.setToolTip(self._bar.accessibleName())
        self._button = flat_button("stop", "", self)
        self._button.setObjectName("library.measure.stop")
        self._button.clicked.connect(self._stop_or_go_on)
        self._lay_out()
        self._show_button(is_running=True)
        self.hide()
        shares.progressed.connect(self._show_progress)
        shares.ended.connect(self._show_end)

    @Slot(int, int)
    def _show_progress(self, done: int, total: int) -> None:
        self._done, self._total = done, total
        text = self.tr("Measured {done} of {total}")
        self._text.setText(text.format(done=f"{done:,}", total=f"{total:,}"))
        self._bar.setRange(0, max(1, total))
        self._bar.setValue(done)
        self._show_button(is_running=True)
        if not self.isVisible() and not self._patience.isActive():
            self._patience.start()

    @Slot()
    def _show_end(self) -> None:
        self._patience.stop()
        is_stopped = self._shares.is_stopped()
        self._show_button(is_running=not is_stopped)
        self.setVisible(is_stopped)

    @Slot()
    def _stop_or_go_on(self) -> None:
        if self._shares.is_stopped():
            self._shares.begin()
        else:
            self._shares.stop()

    def _show_button(self, *, is_running: bool) -> None:
        stop, go_on = self.tr("Stop measuring"), self.tr("Measure the rest")
        self._button.setIcon(icon("stop" if is_running else "play"))
        self._button.setToolTip(stop if is_running else go_on)
        self._button.setAccessibleName(self._button.toolTip())

    def _lay_out(self) -> None:
        column = QVBoxLayout()
        column.setSpacing(4)
        column.addWidget(self._text)
        column.addWidget(self._bar)
        row = QHBoxLayout(self)
        row.setContentsMargins(_MARGIN, 0, _GAP, 0)
        row.addLayout(column, 1)
        row.addWidget(self._button)
