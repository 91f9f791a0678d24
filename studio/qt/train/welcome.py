"""The train page before any run: what this is, and how to begin."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from studio.qt.train.parts import make_label, name_control

_WIDTH = 480


class Welcome(QWidget):
    """Says in two sentences what a training is, with a button to begin one."""

    start_wanted = Signal()
    open_wanted = Signal()
    """A run that is kept elsewhere is to be shown."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        card = QFrame()
        card.setProperty("role", "card")
        card.setFixedWidth(_WIDTH)
        self.start = QPushButton()
        self.start.setProperty("role", "primary")
        self.start.clicked.connect(self.start_wanted)
        self.open = QPushButton(self.tr("Open a run…"))
        self.open.clicked.connect(self.open_wanted)
        tip = self.tr("Show a run that is kept in another folder")
        name_control(self.open, "welcome.open_run", self.open.text(), tip)
        self._note = make_label("muted", "welcome.note", wraps=True)
        title = make_label("title", text=self.tr("Make new images like yours"))
        text = self.tr(
            "Two networks learn from your images: one makes new ones, the other tells them from the"
            " real ones, until it hardly can. You watch both get better, see in minutes whether it"
            " works, and can stop and go on at any time."
        )
        words = make_label("plain", text=text, wraps=True)
        inner = QVBoxLayout(card)
        inner.setContentsMargins(24, 24, 24, 24)
        inner.setSpacing(12)
        for widget in (title, words, self.start, self._note, self.open):
            inner.addWidget(widget)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(card)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.addStretch(2)
        column.addLayout(row)
        column.addStretch(3)
        self.offer("", "", can_start=False)

    def offer(self, name: str, problem: str, *, can_start: bool) -> None:
        """Offer to train on a data set, or say why not."""
        text = self.tr("Train on {name}").format(name=name) if name else self.tr("Start training")
        tip = self.tr("Start with the options at the left, which fit these images")
        name_control(self.start, "welcome.start", text, tip)
        self.start.setText(text.replace("&", "&&"))
        self.start.setEnabled(can_start)
        usual = self.tr("Everything stays on this computer; your images are not touched.")
        self._note.setText(problem or usual)
