"""What is inside a group's card: the cards of its steps, and a button for more of them."""

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QToolButton, QVBoxLayout, QWidget

from studio.qt.theme import icon, tokens

_RAIL = 2
_RAIL_X = 5
_INDENT = 14
_GAP = 6
_HINT_INDENT = 11


class GroupInside(QWidget):
    """The indented part of a group's card, with a rail at its left."""

    def __init__(self, path: str, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(f"{path}.inside")
        self._hint = QLabel(self.tr("Add steps to choose from"), self)
        self._hint.setProperty("role", "muted")
        self._hint.setIndent(_HINT_INDENT)
        self.column = QVBoxLayout()
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(_GAP)
        self.add = QToolButton(self)
        self.add.setObjectName(f"{path}.add")
        self.add.setText(self.tr("Add to group"))
        self.add.setIcon(icon("add", "muted"))
        self.add.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.add.setProperty("role", "flat")
        self.add.setToolTip(self.tr("Add an operation to choose from"))
        self.add.setAccessibleName(self.tr("{step}: add to group").format(step=title))
        self.add.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(_INDENT, 2, 0, 2)
        layout.setSpacing(_GAP)
        layout.addWidget(self._hint)
        layout.addLayout(self.column)
        layout.addWidget(self.add, 0, Qt.AlignmentFlag.AlignLeft)

    def show_count(self, count: int) -> None:
        """Say what a group is for while it has no steps."""
        self._hint.setVisible(count == 0)

    def empty_place(self) -> QRect:
        """Return where the first card will be."""
        return self._hint.geometry()

    def paintEvent(self, event: QPaintEvent) -> None:
        rail = QRectF(_RAIL_X, 2, _RAIL, self.height() - 4)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(tokens().accent)
        painter.drawRoundedRect(rail, _RAIL / 2, _RAIL / 2)
