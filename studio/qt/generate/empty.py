"""The generate page before there is a run."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from studio.qt.generate.parts import make_label, name_control

_WIDTH = 420


class EmptyPanel(QWidget):
    """Says what this page is for, and how to get what it needs."""

    train_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title = make_label("title", "empty.title")
        self._text = make_label("muted", "empty.text", wraps=True)
        self._train = QPushButton(self.tr("Train a generator"))
        self._build()
        self._train.clicked.connect(self.train_wanted)
        self.show_runs(has_runs=True)

    def show_runs(self, *, has_runs: bool) -> None:
        """Say what to do without a run, or where none of the runs is chosen that can be used."""
        self._train.setVisible(not has_runs)
        if has_runs:
            self._title.setText(self.tr("Choose a run"))
            self._text.setText(self.tr("Its generator makes the images."))
            return
        self._title.setText(self.tr("New images from your own"))
        self._text.setText(
            self.tr(
                "A generator that was trained on your images makes new ones here: look through"
                " them, tick what is good, and write it into the data set. There is no trained"
                " generator yet; a first one takes a few minutes."
            )
        )

    def _build(self) -> None:
        tip = self.tr("Go to the page that trains a generator on the open data set")
        name_control(self._train, "train", self._train.text(), tip)
        self._train.setProperty("role", "primary")
        for label in (self._title, self._text):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        # A box of a fixed width in a row without alignment: else the text is given too few lines.
        box = QWidget()
        box.setFixedWidth(_WIDTH)
        inside = QVBoxLayout(box)
        inside.setSpacing(12)
        inside.addWidget(self._title)
        inside.addWidget(self._text)
        inside.addWidget(self._train, 0, Qt.AlignmentFlag.AlignHCenter)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(box)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.addStretch(1)
        column.addLayout(row)
        column.addStretch(2)
