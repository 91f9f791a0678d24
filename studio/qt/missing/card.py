"""The card at the top of the recipe's pane: which pixels are missing, and what fills them."""

from functools import partial
from itertools import pairwise

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QMenu, QToolButton, QVBoxLayout, QWidget

from studio.augment.missing.rules import all_rules, get_rule
from studio.augment.operation import get
from studio.augment.recipe import Recipe
from studio.qt.missing import edits
from studio.qt.missing.finder import Shown
from studio.qt.missing.footer import MissingFooter
from studio.qt.missing.pixel import Pixel
from studio.qt.missing.rule_row import RuleRow
from studio.qt.recipe.form import translated
from studio.qt.recipe.labels import NoteLabel
from studio.qt.recipe.places import has_room
from studio.qt.session import Session


class MissingCard(QFrame):
    """Shows the rules of the session's recipe, and edits them through the session."""

    mask_toggled = Signal(bool)
    """Missing pixels are to be marked on the original, or no longer."""

    pick_toggled = Signal(bool)
    """A pixel of the original is wanted, for `take_pixel`, or no longer."""

    score_requested = Signal()
    """Fills are to be tried and scored."""

    fill_added = Signal(str)
    """The id of a step that was added."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._rows: list[RuleRow] = []
        self._picking: RuleRow | None = None
        self.setObjectName("missing")
        self.setProperty("role", "card")
        self.setAccessibleName(self.tr("Missing pixels"))
        self._note = NoteLabel(self)
        self.look_for = QToolButton(self)
        self._column = QVBoxLayout()
        self._footer = MissingFooter([*edits.fill_operations()], self)
        self._hint = QLabel(self)
        self._build_button()
        self._lay_out()
        self._footer.show_mask.toggled.connect(self.mask_toggled)
        self._footer.fill_chosen.connect(self._add_fill)
        self._footer.score.clicked.connect(self.score_requested)
        session.recipe_changed.connect(self.show_recipe)
        self.show_recipe(session.recipe)

    @property
    def last_control(self) -> QWidget:
        """The control that Tab leaves the card from."""
        return self._footer.score

    def show_recipe(self, recipe: Recipe) -> None:
        """Give every rule its row, and say what the recipe lacks."""
        self._show_rules(recipe)
        has_rules = bool(recipe.missing)
        self._note.setText("" if has_rules else self.tr("no rules yet"))
        self._footer.setVisible(has_rules)
        self._footer.fill.setEnabled(has_room(recipe))
        self.look_for.setEnabled(edits.has_room_for_rules(recipe))
        hint = self._find_hint(recipe)
        self._hint.setText(hint)
        self._hint.setVisible(bool(hint))

    def show_missing(self, shown: Shown | None) -> None:
        """Say how much of the chosen picture is missing."""
        self._footer.show_missing(shown)

    def set_mask_shown(self, shown: bool) -> None:
        """Show whether missing pixels are marked on the original."""
        self._footer.show_mask.setChecked(shown)

    def take_pixel(self, pixel: Pixel) -> None:
        """Give a pixel's values to the rule that they are wanted for."""
        row, self._picking = self._picking, None
        if row is not None:
            row.end_pick()
            row.take_pixel(pixel)

    def end_pick(self) -> None:
        """Show that no click is waited for any more."""
        if self._picking is not None:
            self._picking.end_pick()

    # Building

    def _build_button(self) -> None:
        self.look_for.setObjectName("missing.look_for")
        self.look_for.setText(self.tr("Look for …"))
        self.look_for.setProperty("role", "flat")
        self.look_for.setToolTip(self.tr("Add a rule that finds missing pixels"))
        self.look_for.setAccessibleName(self.tr("Look for missing pixels"))
        self.look_for.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.look_for.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(self)
        menu.setObjectName("missing.look_for.menu")
        menu.setToolTipsVisible(True)
        for rule in all_rules():
            action = menu.addAction(translated(rule.title))
            action.setObjectName(f"missing.look_for.{rule.name}")
            action.setToolTip(translated(rule.summary))
            action.setData(rule.name)
        menu.triggered.connect(self._add_rule)
        self.look_for.setMenu(menu)

    def _lay_out(self) -> None:
        title = QLabel(self.tr("Missing pixels"), self)
        title.setProperty("role", "title")
        self._hint.setObjectName("missing.hint")
        self._hint.setProperty("role", "muted")
        self._hint.setWordWrap(True)
        self._hint.setContentsMargins(6, 0, 6, 4)
        self._note.setObjectName("missing.note")
        self._note.setToolTip(self.tr("Nothing looks for missing pixels"))
        head = QHBoxLayout()
        head.setContentsMargins(6, 0, 0, 0)
        head.setSpacing(6)
        head.addWidget(title)
        head.addWidget(self._note, 1)
        head.addWidget(self.look_for)
        self._column.setSpacing(6)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(4, 4, 4, 4)
        layout.setSpacing(2)
        layout.addLayout(head)
        layout.addLayout(self._column)
        layout.addWidget(self._footer)
        layout.addWidget(self._hint)

    # Showing

    def _find_hint(self, recipe: Recipe) -> str:
        fills, looks = edits.fills(recipe), edits.looks(recipe)
        if looks and not fills:
            return self.tr("No step fills them yet.")
        if fills and not looks and not edits.loses(recipe):
            return self.tr("A step fills missing pixels, but nothing is looked for.")
        return ""

    def _show_rules(self, recipe: Recipe) -> None:
        pairs = zip(self._rows, recipe.missing, strict=False)
        alike = [row.rule.rule == rule.rule for row, rule in pairs]
        same = [*alike, False].index(False)
        is_new = not len(self._rows) == len(recipe.missing) == same
        for row in self._rows[same:]:
            self._drop(row)
        del self._rows[same:]
        for index, rule in enumerate(recipe.missing):
            if index < same:
                self._rows[index].show_rule(rule)
            else:
                self._build_row(index)
        if is_new:
            self._order_tabs()

    def _build_row(self, index: int) -> None:
        row = RuleRow(self._session, index, self._session.recipe.missing[index], self)
        row.pick_toggled.connect(partial(self._toggle_pick, index))
        row.remove_requested.connect(partial(self._remove_rule, index))
        self._rows.append(row)
        self._column.addWidget(row)
        row.show()

    def _drop(self, row: RuleRow) -> None:
        if row is self._picking:
            self._picking = None
            self.pick_toggled.emit(False)
        row.hide()
        row.setParent(None)
        row.deleteLater()

    def _order_tabs(self) -> None:
        chain: list[QWidget] = [self.look_for]
        for row in self._rows:
            chain += row.focus_chain()
        chain += [self._footer.show_mask, self._footer.fill, self._footer.score]
        for earlier, later in pairwise(chain):
            QWidget.setTabOrder(earlier, later)

    # Edits

    def _add_rule(self, action: QAction) -> None:
        name = action.data()
        text = self.tr("Look for {rule}").format(rule=translated(get_rule(name).title).lower())
        self._session.edit(edits.with_rule(self._session.recipe, name), text)
        self._rows[-1].take_focus()

    def _remove_rule(self, index: int) -> None:
        title = translated(get_rule(self._rows[index].rule.rule).title).lower()
        text = self.tr("Remove {rule}").format(rule=title)
        self._session.edit(edits.without_rule(self._session.recipe, index), text)
        # Qt would give the focus to whatever is first in the window.
        left = self._rows[min(index, len(self._rows) - 1)].remove if self._rows else self.look_for
        left.setFocus()

    def _add_fill(self, op: str) -> None:
        text = self.tr("Add {step}").format(step=translated(get(op).title).lower())
        recipe, id = edits.with_fill(self._session.recipe, op)
        self._session.edit(recipe, text)
        self.fill_added.emit(id)

    def _toggle_pick(self, index: int, is_wanted: bool) -> None:
        row = self._rows[index]
        if row is not self._picking:
            self.end_pick()
        self._picking = row if is_wanted else None
        self.pick_toggled.emit(is_wanted)
