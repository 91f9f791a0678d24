"""The popup that offers every operation: grouped, and found by typing."""

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from studio.augment.operation import Kind, Operation, all_operations
from studio.qt.compare.sources import Source
from studio.qt.recipe.effects import EffectPictures
from studio.qt.recipe.form import translated
from studio.qt.recipe.operation_rows import GROUP, OPERATION, PICTURE, RowDelegate, heading, row
from studio.qt.theme import icon, tokens

_SIZE = QSize(580, 560)
_GROUPS_WIDTH = 176
_SCROLL_KEYS = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)


class OperationPicker(QFrame):
    """A popup to choose an operation from, by typing, with the arrow keys or by a click.

    Each has a picture of what it does to the image that is worked on.
    """

    picked = Signal(str)
    """The name of the chosen operation; the popup is closed by then."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Popup | Qt.WindowType.FramelessWindowHint)
        self.setObjectName("picker")
        self.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground)
        self.setAccessibleName(self.tr("Add a step"))
        self._offered = tuple(all_operations())
        self._source: Source | None = None
        self._effects = EffectPictures(self)
        self._search = self._build_search()
        self._groups = self._build_groups()
        self._list = self._build_list()
        self._lay_out()
        self._search.textChanged.connect(self._fill)
        self._search.returnPressed.connect(self._pick_current)
        self._list.itemClicked.connect(self._pick)
        self._list.verticalScrollBar().valueChanged.connect(self._follow)
        self._list.currentItemChanged.connect(self._follow)
        self._groups.itemClicked.connect(self._go_to)
        self._effects.changed.connect(self._show_pictures)
        self._fill("")

    def set_source(self, source: Source | None) -> None:
        """Show what the operations do to this image, or to a sample where there is none."""
        self._source = source

    def open_at(self, anchor: QWidget, *, with_groups: bool = True) -> None:
        """Open below `anchor`, right edges in line, with an empty search that has the focus.

        Groups of steps are left out where they cannot be, which is inside of one.
        """
        self._offered = tuple(
            operation
            for operation in all_operations()
            if with_groups or operation.kind is not Kind.GROUP
        )
        self._effects.begin(self._source, PICTURE * self.devicePixelRatioF())
        self._search.clear()
        self._fill("")
        corner = anchor.mapToGlobal(QPoint(anchor.width(), anchor.height() + 4))
        screen = anchor.screen().availableGeometry()
        size = _SIZE.boundedTo(screen.size())
        left = max(screen.left(), min(corner.x(), screen.right()) - size.width())
        top = max(screen.top(), min(corner.y(), screen.bottom() - size.height()))
        self.setGeometry(QRect(QPoint(left, top), size))
        self.show()
        self._search.setFocus(Qt.FocusReason.PopupFocusReason)

    def close_threads(self) -> None:
        """End everything that runs for this popup."""
        self._effects.close()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._follow()

    def paintEvent(self, event: QPaintEvent) -> None:
        # A translucent window gets no background of its own, and rounded corners need one.
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(tokens().line)
        painter.setBrush(tokens().panel)
        painter.drawRoundedRect(self.rect().toRectF().adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        jumps = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier and event.key() in jumps:
            self._jump(jumps[Qt.Key(event.key())])
        elif event.key() in _SCROLL_KEYS:
            QApplication.sendEvent(self._list, event)
        else:
            super().keyPressEvent(event)

    # Building

    def _build_search(self) -> QLineEdit:
        search = _Search(self)
        search.setObjectName("picker.search")
        search.setPlaceholderText(self.tr("Search operations"))
        search.setAccessibleName(self.tr("Search operations"))
        search.setToolTip(self.tr("Type a part of a name, a group or a description"))
        search.addAction(icon("search", "muted"), QLineEdit.ActionPosition.LeadingPosition)
        return search

    def _build_groups(self) -> QListWidget:
        view = QListWidget(self)
        view.setObjectName("picker.groups")
        view.setAccessibleName(self.tr("Groups"))
        view.setToolTip(self.tr("Go to a group, also with Ctrl+Up and Ctrl+Down"))
        view.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        view.setProperty("role", "groups")
        view.setFixedWidth(_GROUPS_WIDTH)
        view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        return view

    def _build_list(self) -> QListWidget:
        view = QListWidget(self)
        view.setObjectName("picker.list")
        view.setAccessibleName(self.tr("Operations"))
        view.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        view.setVerticalScrollMode(QListWidget.ScrollMode.ScrollPerPixel)
        view.setMouseTracking(True)
        view.setItemDelegate(RowDelegate(self._effects, view))
        return view

    def _lay_out(self) -> None:
        line = QFrame(self)
        line.setProperty("role", "line")
        line.setFixedWidth(1)
        columns = QHBoxLayout()
        columns.setSpacing(8)
        columns.addWidget(self._groups)
        columns.addWidget(line)
        columns.addWidget(self._list, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.setSpacing(8)
        layout.addWidget(self._search)
        layout.addLayout(columns, 1)

    # Content

    def _fill(self, text: str) -> None:
        words = text.lower().split()
        found = [operation for operation in self._offered if _matches(operation, words)]
        self._list.clear()
        group = ""
        for operation in found:
            if operation.group != group:
                group = operation.group
                self._list.addItem(heading(translated(group), group))
            self._list.addItem(row(operation))
        self._fill_groups({operation.group for operation in found})
        if found:
            best = min(found, key=lambda operation: _rank(operation, " ".join(words)))
            self._select(best)
        else:
            self._list.addItem(heading(self.tr("Nothing found")))
        self._follow()

    def _fill_groups(self, found: set[str]) -> None:
        self._groups.clear()
        for group in dict.fromkeys(operation.group for operation in self._offered):
            item = QListWidgetItem(translated(group))
            item.setData(GROUP, group)
            if group not in found:
                item.setFlags(Qt.ItemFlag.NoItemFlags)
            self._groups.addItem(item)

    def _select(self, operation: Operation) -> None:
        for index in range(self._list.count()):
            if self._list.item(index).data(OPERATION) is operation:
                self._list.setCurrentRow(index)
        self._list.scrollToItem(self._list.currentItem())
        if self._list.currentRow() == 1:
            self._list.scrollToTop()

    # Groups

    def _jump(self, direction: int) -> None:
        current = self._list.currentItem()
        groups = [self._groups.item(index) for index in range(self._groups.count())]
        groups = [item for item in groups if item.flags() & Qt.ItemFlag.ItemIsEnabled]
        names = [item.data(GROUP) for item in groups]
        if current is not None:
            index = names.index(current.data(GROUP)) + direction
            self._go_to(groups[min(max(index, 0), len(groups) - 1)])

    def _go_to(self, group: QListWidgetItem) -> None:
        name = group.data(GROUP)
        for index in range(self._list.count() - 1):
            if self._list.item(index).data(GROUP) == name:
                self._list.setCurrentRow(index + 1)
                hint = QListWidget.ScrollHint.PositionAtTop
                self._list.scrollToItem(self._list.item(index), hint)
                return

    def _follow(self) -> None:
        """Mark the group that is looked at, and ask for the pictures of what is seen."""
        current = self._list.currentItem()
        seen = self._seen()
        if current is None or not seen:
            return
        leading = current if current in seen else seen[0]
        for index in range(self._groups.count()):
            if self._groups.item(index).data(GROUP) == leading.data(GROUP):
                self._groups.setCurrentRow(index)
        if self.isVisible():
            operations = (item.data(OPERATION) for item in seen)
            self._effects.want(one.name for one in operations if isinstance(one, Operation))

    def _seen(self) -> list[QListWidgetItem]:
        area = self._list.viewport().rect()
        items = (self._list.item(index) for index in range(self._list.count()))
        return [item for item in items if self._list.visualItemRect(item).intersects(area)]

    def _show_pictures(self) -> None:
        self._list.viewport().update()
        self._follow()

    # Choosing

    def _pick_current(self) -> None:
        if item := self._list.currentItem():
            self._pick(item)

    def _pick(self, item: QListWidgetItem) -> None:
        operation = item.data(OPERATION)
        if isinstance(operation, Operation):
            self.close()
            self.picked.emit(operation.name)


class _Search(QLineEdit):
    """A field that leaves the keys to move in the list to the popup, also with Ctrl."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in _SCROLL_KEYS:
            event.ignore()
        else:
            super().keyPressEvent(event)


def _matches(operation: Operation, words: list[str]) -> bool:
    title, group, help = map(translated, (operation.title, operation.group, operation.help))
    text = f"{title} {operation.name} {group} {help}".lower()
    return all(word in text for word in words)


def _rank(operation: Operation, text: str) -> int:
    title = translated(operation.title).lower()
    hits = (title.startswith(text), f" {text}" in title, text in title)
    return next((rank for rank, hit in enumerate(hits) if hit), 3)
