"""Below the rules: how much of the picture is missing, and what can be done about it."""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QToolButton, QVBoxLayout, QWidget

from studio.augment.operation import Operation
from studio.qt.library.tips import plain_tip
from studio.qt.missing.finder import Shown
from studio.qt.missing.words import describe_share
from studio.qt.recipe.form import translated
from studio.qt.recipe.labels import NoteLabel
from studio.qt.theme import icon


class MissingFooter(QWidget):
    """The share, a switch of the mask, a menu of fills, and a way to score them."""

    fill_chosen = Signal(str)
    """The name of the operation to add."""

    def __init__(self, fills: list[Operation], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._share = NoteLabel(self)
        self._share.setObjectName("missing.share")
        self.show_mask = QToolButton(self)
        self.fill = QPushButton(self.tr("Fill …"), self)
        self.score = QPushButton(self.tr("Score fills …"), self)
        self._name_controls()
        self._build_menu(fills)
        self._lay_out()

    def show_missing(self, shown: Shown | None) -> None:
        """Say how much of the chosen picture is missing."""
        text = describe_share(shown)
        self._share.setText(text)
        self._share.setToolTip(plain_tip(text))
        self._share.setAccessibleName(text)
        is_alarming = shown is not None and (bool(shown.fault) or shown.share == 1)
        role = "warning" if is_alarming else "muted"
        if role != self._share.property("role"):
            self._share.setProperty("role", role)
            self._share.style().polish(self._share)

    def _name_controls(self) -> None:
        named = (
            (
                self.show_mask,
                "show_mask",
                self.tr("Show mask"),
                self.tr("Mark missing pixels on the original"),
            ),
            (
                self.fill,
                "fill",
                self.tr("Fill missing pixels"),
                self.tr("Add a step that fills missing pixels, before those that change others"),
            ),
            (
                self.score,
                "score",
                self.tr("Score fills"),
                self.tr("Hide known pixels, try every fill on them, and see which is nearest"),
            ),
        )
        for control, name, spoken, tooltip in named:
            control.setObjectName(f"missing.{name}")
            control.setAccessibleName(spoken)
            control.setToolTip(tooltip)
        self.show_mask.setText(self.tr("Mask"))
        self.show_mask.setIcon(icon("eye"))
        self.show_mask.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.show_mask.setIconSize(QSize(14, 14))
        self.show_mask.setFixedHeight(24)
        self.show_mask.setCheckable(True)
        self.show_mask.setProperty("role", "flat")
        self.show_mask.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def _build_menu(self, fills: list[Operation]) -> None:
        menu = QMenu(self)
        menu.setObjectName("missing.fill.menu")
        menu.setToolTipsVisible(True)
        for operation in fills:
            title = translated(operation.title).partition(": ")[2] or translated(operation.title)
            action = menu.addAction(title[:1].upper() + title[1:])
            action.setObjectName(f"missing.fill.{operation.name}")
            action.setToolTip(translated(operation.summary))
            action.setData(operation.name)
        menu.triggered.connect(self._choose)
        self.fill.setMenu(menu)

    def _choose(self, action: QAction) -> None:
        self.fill_chosen.emit(action.data())

    def _lay_out(self) -> None:
        top, bottom = QHBoxLayout(), QHBoxLayout()
        top.addWidget(self._share, 1)
        top.addWidget(self.show_mask)
        bottom.setSpacing(8)
        bottom.addWidget(self.fill, 1)
        bottom.addWidget(self.score, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(6, 4, 4, 4)
        layout.setSpacing(6)
        layout.addLayout(top)
        layout.addLayout(bottom)
