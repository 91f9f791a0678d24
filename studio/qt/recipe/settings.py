"""What holds for all steps of a recipe: the borders and the seed."""

from msgspec.structs import replace
from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtGui import (
    QWheelEvent,
)
from PySide6.QtWidgets import (
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QToolButton,
    QWidget,
)

from studio.augment.recipe import BORDER, FILL, SEED, Recipe
from studio.qt.recipe.form import help_of, translated
from studio.qt.recipe.number_field import NumberField
from studio.qt.session import Session
from studio.qt.theme import icon

_PADDING = 12
_GAP = 8


class RecipeSettings(QWidget):
    """What holds for all steps: the borders and the seed."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._border = BorderBox(self)
        self._fill = NumberField(FILL, self)
        self._seed = NumberField(SEED, self)
        self.reroll_button = QToolButton(self)
        self._name_controls()
        self._lay_out()
        self._border.currentIndexChanged.connect(self._set_border)
        self._fill.valueChanged.connect(self._set_fill)
        self._seed.valueChanged.connect(self._set_seed)
        for field in (self._fill, self._seed):
            field.editingFinished.connect(session.end_merge)
        self.reroll_button.clicked.connect(self.reroll)
        session.recipe_changed.connect(self._show)
        self._show(session.recipe)

    def reroll(self) -> None:
        """Give all draws a new random seed."""
        self._session.reroll(self.tr("Re-roll"))

    def _show(self, recipe: Recipe) -> None:
        self._border.show_allowed(recipe.border)
        self._fill.setVisible("constant" in recipe.border)
        self._fill.show_value(recipe.fill[0])
        self._seed.show_value(recipe.seed)

    def _set_border(self, index: int) -> None:
        recipe = replace(self._session.recipe, border=(BORDER.options[index],))
        self._session.edit(recipe, self.tr("Change borders"))

    def _set_fill(self, level: float) -> None:
        recipe = replace(self._session.recipe, fill=(level, level))
        self._session.edit(recipe, self.tr("Change border level"), merge="fill")

    def _set_seed(self, seed: float) -> None:
        recipe = replace(self._session.recipe, seed=int(seed))
        self._session.edit(recipe, self.tr("Change seed"), merge="seed")

    def _name_controls(self) -> None:
        named = (
            (self._border, "border", self.tr("Borders"), help_of(BORDER)),
            (self._fill, "fill", self.tr("Border level"), help_of(FILL)),
            (self._seed, "seed", self.tr("Seed"), help_of(SEED)),
            (
                self.reroll_button,
                "reroll",
                self.tr("Re-roll"),
                self.tr("Re-roll: a new random seed"),
            ),
        )
        for control, name, spoken, tooltip in named:
            control.setObjectName(f"recipe.{name}")
            control.setAccessibleName(spoken)
            control.setToolTip(tooltip)
        self.reroll_button.setIcon(icon("dice"))
        self.reroll_button.setProperty("role", "flat")
        self.reroll_button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._fill.setFixedWidth(self._fill.column_width())
        self._seed.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self._seed.lineEdit().setTextMargins(4, 0, 0, 0)
        self._border.setFixedHeight(self._seed.height())
        self.reroll_button.setFixedSize(28, 28)

    def _lay_out(self) -> None:
        borders = QHBoxLayout()
        borders.addWidget(self._border, 1)
        borders.addWidget(self._fill)
        seed = QHBoxLayout()
        seed.addWidget(self._seed, 1)
        seed.addWidget(self.reroll_button)
        layout = QGridLayout(self)
        layout.setContentsMargins(_PADDING, 0, _PADDING, 0)
        layout.setHorizontalSpacing(_GAP)
        layout.setVerticalSpacing(4)
        for row, (text, controls) in enumerate(
            ((self.tr("Borders"), borders), (self.tr("Seed"), seed))
        ):
            controls.setSpacing(4)
            layout.addWidget(QLabel(text, self), row, 0)
            layout.addLayout(controls, row, 1)
        layout.setColumnStretch(1, 1)


class BorderBox(QComboBox):
    """A choice of one border, which can also say that a recipe allows several."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.addItems([translated(option).capitalize() for option in BORDER.options])
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def show_allowed(self, allowed: tuple[str, ...]) -> None:
        """Show the allowed borders without a signal."""
        blocker = QSignalBlocker(self)
        names = ", ".join(translated(option) for option in allowed)
        self.setPlaceholderText(self.tr("Several ({names})").format(names=names))
        self.setCurrentIndex(BORDER.options.index(allowed[0]) if len(allowed) == 1 else -1)
        blocker.unblock()

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()
