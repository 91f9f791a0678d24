"""The head of a page that writes: where to, and the button that stops it."""

from pathlib import Path

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from studio.qt.export.parts import make_label
from studio.qt.plain_label import PlainLabel


class WritingHead(QWidget):
    """Shows the folder, and passes a press of Cancel on once."""

    cancelled = Signal()

    def __init__(self, folder_name: str) -> None:
        """`folder_name` is the object name of the folder's label; the caller names `cancel`."""
        super().__init__()
        self._folder = PlainLabel()
        self._folder.setObjectName(folder_name)
        self._folder.setProperty("role", "muted")
        self._folder.setElideMode(Qt.TextElideMode.ElideMiddle)
        self.cancel = QPushButton(self.tr("Cancel"))
        self.cancel.clicked.connect(self._ask_to_stop)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        row.addWidget(make_label("title", text=self.tr("Writing")))
        row.addWidget(self._folder, 1)
        row.addWidget(self.cancel)

    def begin(self, target: Path) -> None:
        """Show writing that starts."""
        self._folder.setText(str(target))
        self._folder.setToolTip(str(target))
        self.cancel.setEnabled(True)
        self.cancel.setText(self.tr("Cancel"))

    @Slot()
    def _ask_to_stop(self) -> None:
        # Disabled, the button would hand its focus to whatever comes next in the window.
        if self.cancel.hasFocus():
            self.setFocus()
        self.cancel.setEnabled(False)
        self.cancel.setText(self.tr("Stopping …"))
        self.cancelled.emit()
