"""The head of a card: grip, name, note, and the buttons that are on every card."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QLabel, QToolButton, QWidget

from studio.qt.recipe.card_controls import Grip, RevealedButton, Switch
from studio.qt.recipe.labels import NoteLabel
from studio.qt.theme import icon


class CardHead(QWidget):
    """The controls in a card's first line; `path` begins their object names."""

    def __init__(self, path: str, title: str, help: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.grip = Grip(self)
        self.remove = RevealedButton(self)
        self.switch = Switch(self)
        self.chevron = QToolButton(self)
        self._name = QLabel(title, self)
        self._note = NoteLabel(self)
        self._name.setProperty("role", "title")
        self._name.setToolTip(help)
        self._note.setObjectName(f"{path}.state")
        self.remove.setIcon(icon("remove"))
        self._set_up(path, title)
        self._lay_out()

    def show_note(self, text: str) -> None:
        """Show a note beside the name, whole in its tooltip where it is cut short."""
        self._note.setText(text)
        self._note.setToolTip(text)

    def show_state(self, *, is_enabled: bool) -> None:
        """Show whether the step is on."""
        self.switch.setChecked(is_enabled)
        self._name.setEnabled(is_enabled)

    def show_open(self, is_open: bool) -> None:
        """Show whether the parameters are seen."""
        self.chevron.setIcon(icon("chevron-down" if is_open else "chevron-right", "muted"))

    def _set_up(self, path: str, title: str) -> None:
        controls: tuple[tuple[QAbstractButton, str, str, str], ...] = (
            (
                self.grip,
                "grip",
                self.tr("Drag to reorder, or press Alt+Up, Alt+Down"),
                self.tr("{step}: move"),
            ),
            (self.remove, "remove", self.tr("Remove this step"), self.tr("{step}: remove")),
            (self.switch, "enabled", self.tr("Switch this step on or off"), self.tr("{step}: on")),
            (
                self.chevron,
                "open",
                self.tr("Show or hide the parameters"),
                self.tr("{step}: parameters"),
            ),
        )
        for control, name, tooltip, spoken in controls:
            control.setObjectName(f"{path}.{name}")
            control.setToolTip(tooltip)
            control.setAccessibleName(spoken.format(step=title))
            control.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            if isinstance(control, QToolButton):
                control.setProperty("role", "flat")
                control.setIconSize(QSize(12, 12))
                control.setFixedSize(22, 22)

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2)
        row.addWidget(self.grip)
        row.addWidget(self._name)
        row.addSpacing(2)
        row.addWidget(self._note)
        row.addStretch(1)
        for control in (self.remove, self.switch, self.chevron):
            row.addWidget(control)
