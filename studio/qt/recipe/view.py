"""The recipe's pane: its name, its borders and seed, and a card for each step."""

from PySide6.QtCore import QPoint, QSize, Qt, QTimer
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from studio.augment.operation import get
from studio.augment.plan import Plan
from studio.augment.recipe import Recipe
from studio.qt.compare.sources import Source
from studio.qt.missing.card import MissingCard
from studio.qt.recipe.form import translated
from studio.qt.recipe.labels import NoteLabel
from studio.qt.recipe.operation_picker import OperationPicker
from studio.qt.recipe.places import has_room
from studio.qt.recipe.settings import RecipeSettings
from studio.qt.recipe.step_list import StepList
from studio.qt.session import Session
from studio.qt.theme import icon

_PADDING = 12
_GAP = 8


class RecipeView(QWidget):
    """Shows the session's recipe and edits it through the session."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._picker: OperationPicker | None = None
        self._group: str | None = None
        self._source: Source | None = None
        self.setObjectName("recipe")
        self.setProperty("role", "pane")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setMinimumWidth(300)
        self._add = QPushButton(icon("add", "accent_text"), self.tr("Add"), self)
        self._settings = RecipeSettings(session, self)
        self.missing = MissingCard(session, self)
        QWidget.setTabOrder(self._settings.reroll_button, self.missing.look_for)
        self._list = StepList(session, self.missing.last_control, self)
        self._empty = self._build_empty()
        self._top = QVBoxLayout()
        self._content = self._build_content()
        self._scroll = self._build_scroll()
        self._lay_out()
        session.recipe_changed.connect(self._show_recipe)
        self._list.show_recipe(session.recipe)
        self._show_recipe(session.recipe)

    def sizeHint(self) -> QSize:
        return QSize(340, 600)

    def show_plan(self, plan: Plan | None) -> None:
        """Show the values that the current draw took, and the steps it left out."""
        self._list.show_plan(plan)

    def set_source(self, source: Source | None) -> None:
        """Show on this image what the operations do that are offered."""
        self._source = source

    def close_threads(self) -> None:
        """End everything that runs for this pane."""
        if self._picker is not None:
            self._picker.close_threads()

    def open_picker(self) -> None:
        """Offer the operations to add, below the Add button, unless there are as many as may be."""
        if self._add.isEnabled():
            self._open_picker(None, self._add if self._add.isVisible() else self)

    def _offer_for_group(self, id: str) -> None:
        if inside := self._list.card(id).inside:
            self._open_picker(id, inside.add)

    def _open_picker(self, group: str | None, anchor: QWidget) -> None:
        self._group = group
        if self._picker is None:
            self._picker = OperationPicker(self)
            self._picker.picked.connect(self._add_step)
        self._picker.set_source(self._source)
        self._picker.open_at(anchor, with_groups=group is None)

    def _add_step(self, op: str) -> None:
        text = self.tr("Add {step}").format(step=translated(get(op).title).lower())
        group = self._group if self._group in self._list.ids() else None
        recipe = self._session.recipe.with_added(op, group)
        self._session.edit(recipe, text)
        added = recipe.steps_in(group)[-1].id
        self._list.card(added).take_focus()
        self._reveal(added)

    def _reveal(self, id: str) -> None:
        # The card gets its place when the layout runs, which is after this event.
        QTimer.singleShot(0, self._list, lambda: self._show_card(id))

    def _show_card(self, id: str) -> None:
        if id in self._list.ids():
            self._scroll.ensureWidgetVisible(self._list.card(id), 0, _GAP)

    def _show_recipe(self, recipe: Recipe) -> None:
        self._empty.setVisible(not recipe.steps)
        self._list.setVisible(bool(recipe.steps))
        self._add.setEnabled(has_room(recipe))

    def _offer_first(self) -> None:
        self._show_recipe(self._session.recipe)
        self._add_first.setFocus()

    def _build_empty(self) -> QWidget:
        empty = QWidget(self)
        text = QLabel(self.tr("No steps: the images stay as they are"), empty)
        text.setProperty("role", "muted")
        button = QPushButton(self.tr("Add a step"), empty)
        button.setObjectName("recipe.add_first")
        button.setToolTip(self.tr("Choose an operation"))
        button.clicked.connect(self.open_picker)
        self._list.emptied.connect(self._offer_first)
        self._add_first = button
        layout = QVBoxLayout(empty)
        layout.setSpacing(_GAP)
        layout.addStretch(1)
        layout.addWidget(text, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addWidget(button, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addStretch(2)
        return empty

    def _build_content(self) -> QWidget:
        content = QWidget(self)
        self._top.setContentsMargins(_PADDING, 4, _PADDING, 0)
        self._top.addWidget(self.missing)
        layout = QVBoxLayout(content)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(self._top)
        layout.addWidget(self._list, 1)
        layout.addWidget(self._empty, 1)
        return content

    def _build_scroll(self) -> QScrollArea:
        scroll = QScrollArea(self)
        scroll.setObjectName("recipe.steps")
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(self._content)
        for surface in (self._content, self._list, scroll.viewport()):
            surface.setAutoFillBackground(False)
        scroll.verticalScrollBar().rangeChanged.connect(self._make_room_for_bar)
        self._list.moved_near.connect(self._scroll_to)
        self._list.add_requested.connect(self._offer_for_group)
        self._list.card_moved.connect(self._reveal)
        self.missing.fill_added.connect(self._reveal)
        return scroll

    def _make_room_for_bar(self, low: int, high: int) -> None:
        bar = self._scroll.verticalScrollBar().sizeHint().width() if high > low else 0
        self._list.make_room(bar)
        self._top.setContentsMargins(_PADDING, 4, _PADDING - bar, 0)

    def _scroll_to(self, y: int) -> None:
        self._scroll.ensureVisible(0, self._list.mapTo(self._content, QPoint(0, y)).y(), 0, 40)

    def _lay_out(self) -> None:
        self._add.setObjectName("recipe.add")
        self._add.setProperty("role", "primary")
        self._add.setToolTip(self.tr("Add an operation to the recipe"))
        self._add.setAccessibleName(self.tr("Add a step"))
        self._add.clicked.connect(self.open_picker)
        header = QHBoxLayout()
        header.setContentsMargins(_PADDING, _PADDING, _PADDING, 0)
        header.addWidget(RecipeTitle(self._session, self), 1)
        header.addWidget(self._add)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(_GAP)
        layout.addLayout(header)
        layout.addWidget(self._settings)
        layout.addWidget(self._scroll, 1)


class RecipeTitle(QWidget):
    """The pane's title with the name of the recipe's file, and a dot while it is not saved."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        title = QLabel(self.tr("Recipe"), self)
        title.setProperty("role", "title")
        self._name = NoteLabel(self)
        self._name.setObjectName("recipe.name")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(_GAP)
        layout.addWidget(title)
        layout.addWidget(self._name, 1)
        session.file_changed.connect(self._show)
        self._show()

    def _show(self) -> None:
        file, is_modified = self._session.file, self._session.is_modified
        name = file.stem if file else self.tr("Untitled")
        self._name.setText(f"{name} •" if is_modified else name)
        place = str(file) if file else self.tr("This recipe has no file yet")
        self._name.setToolTip(f"{place}\n{self.tr('Not saved')}" if is_modified else place)
