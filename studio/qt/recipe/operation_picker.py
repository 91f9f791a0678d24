"""The popup that offers every operation: grouped, and found by typing."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QFont, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from studio.augment.operation import Operation, all_operations
from studio.qt.recipe.form import translated
from studio.qt.theme import icon, tokens

_OPERATION = Qt.ItemDataRole.UserRole
_WIDTH = 316
_HEIGHT = 460
_ROW = 44
_HEADING = 28
_SCROLL_KEYS = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)
_ICONS_BY_WORD = ("flip", "rotate", "scale", "shear", "translate", "noise", "blur", "erase")
_ICONS_BY_GROUP = {
    "Geometry": "fit",
    "Colour and tone": "sun-contrast",
    "Noise": "noise",
    "Blur and quality": "blur",
    "Occlusion and weather": "erase",
}


def icon_name(operation: Operation) -> str:
    """Return the name of the icon that stands for an operation, its group's if it has none."""
    for word in _ICONS_BY_WORD:
        if word in operation.name:
            return word
    return _ICONS_BY_GROUP.get(operation.group, "layers")


class OperationPicker(QFrame):
    """A popup to choose an operation from, by typing, with the arrow keys or by a click."""

    picked = Signal(str)
    """The name of the chosen operation; the popup is closed by then."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Popup | Qt.WindowType.FramelessWindowHint)
        self.setObjectName("picker")
        self.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground)
        self.setAccessibleName(self.tr("Add a step"))
        self._search = QLineEdit(self)
        self._search.setObjectName("picker.search")
        self._search.setPlaceholderText(self.tr("Search operations"))
        self._search.setAccessibleName(self.tr("Search operations"))
        self._search.setToolTip(self.tr("Type a part of a name, a group or a description"))
        self._search.addAction(icon("search", "muted"), QLineEdit.ActionPosition.LeadingPosition)
        self._list = self._build_list()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.setSpacing(8)
        layout.addWidget(self._search)
        layout.addWidget(self._list, 1)
        self._search.textChanged.connect(self._fill)
        self._search.returnPressed.connect(self._pick_current)
        self._list.itemClicked.connect(self._pick)
        self._fill("")

    def open_at(self, anchor: QWidget) -> None:
        """Open below `anchor`, right edges in line, with an empty search that has the focus."""
        self._search.clear()
        self._fill("")
        corner = anchor.mapToGlobal(QPoint(anchor.width(), anchor.height() + 4))
        screen = anchor.screen().availableGeometry()
        height = min(_HEIGHT, screen.height())
        left = max(screen.left(), min(corner.x() - _WIDTH, screen.right() - _WIDTH))
        top = max(screen.top(), min(corner.y(), screen.bottom() - height))
        self.setGeometry(QRect(left, top, _WIDTH, height))
        self.show()
        self._search.setFocus(Qt.FocusReason.PopupFocusReason)

    def paintEvent(self, event: QPaintEvent) -> None:
        # A translucent window gets no background of its own, and rounded corners need one.
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(tokens().line)
        painter.setBrush(tokens().panel)
        painter.drawRoundedRect(self.rect().toRectF().adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in _SCROLL_KEYS:
            QApplication.sendEvent(self._list, event)
        else:
            super().keyPressEvent(event)

    def _build_list(self) -> QListWidget:
        view = QListWidget(self)
        view.setObjectName("picker.list")
        view.setAccessibleName(self.tr("Operations"))
        view.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        view.setVerticalScrollMode(QListWidget.ScrollMode.ScrollPerPixel)
        view.setMouseTracking(True)
        view.setItemDelegate(_Row(view))
        return view

    def _fill(self, text: str) -> None:
        words = text.lower().split()
        found = [operation for operation in all_operations() if _matches(operation, words)]
        self._list.clear()
        group = ""
        for operation in found:
            if operation.group != group:
                group = operation.group
                self._list.addItem(_heading(translated(group)))
            self._list.addItem(_row(operation))
        if found:
            best = min(found, key=lambda operation: _rank(operation, " ".join(words)))
            self._select(best)
        else:
            self._list.addItem(_heading(self.tr("Nothing found")))

    def _select(self, operation: Operation) -> None:
        for index in range(self._list.count()):
            if self._list.item(index).data(_OPERATION) is operation:
                self._list.setCurrentRow(index)
        self._list.scrollToItem(self._list.currentItem())
        if self._list.currentRow() == 1:
            self._list.scrollToTop()

    def _pick_current(self) -> None:
        if item := self._list.currentItem():
            self._pick(item)

    def _pick(self, item: QListWidgetItem) -> None:
        operation = item.data(_OPERATION)
        if isinstance(operation, Operation):
            self.close()
            self.picked.emit(operation.name)


def _matches(operation: Operation, words: list[str]) -> bool:
    title, group, help = map(translated, (operation.title, operation.group, operation.help))
    text = f"{title} {operation.name} {group} {help}".lower()
    return all(word in text for word in words)


def _rank(operation: Operation, text: str) -> int:
    title = translated(operation.title).lower()
    return next(
        (
            rank
            for rank, hit in enumerate((title.startswith(text), f" {text}" in title, text in title))
            if hit
        ),
        3,
    )


def _heading(text: str) -> QListWidgetItem:
    item = QListWidgetItem(text)
    item.setFlags(Qt.ItemFlag.NoItemFlags)
    item.setSizeHint(QSize(0, _HEADING))
    return item


def _row(operation: Operation) -> QListWidgetItem:
    item = QListWidgetItem(translated(operation.title))
    item.setData(_OPERATION, operation)
    item.setToolTip(translated(operation.help))
    item.setSizeHint(QSize(0, _ROW))
    return item


class _Row(QStyledItemDelegate):
    """Paints a group's heading, or an operation's icon, title and summary."""

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        operation = index.data(_OPERATION)
        painter.save()
        if isinstance(operation, Operation):
            self._paint_operation(painter, option, operation)
        else:
            box = option.rect.adjusted(8, 6, -8, 0)
            _write(painter, box, index.data(), _font(option, 12, QFont.Weight.DemiBold), muted=True)
        painter.restore()

    def _paint_operation(
        self, painter: QPainter, option: QStyleOptionViewItem, operation: Operation
    ) -> None:
        # The keyboard is the search field's, but what it acts on is the list.
        option.state |= QStyle.StateFlag.State_Active
        panel = QStyle.PrimitiveElement.PE_PanelItemViewItem
        option.widget.style().drawPrimitive(panel, option, painter, option.widget)
        box = option.rect.adjusted(8, 4, -8, -4)
        square = QRect(box.left(), 0, 18, 18)
        square.moveCenter(QPoint(square.center().x(), box.center().y()))
        icon(icon_name(operation), "muted").paint(painter, square)
        box.setLeft(square.right() + 11)
        top, bottom = QRect(box), QRect(box)
        top.setHeight(box.height() // 2)
        bottom.setTop(top.bottom() + 1)
        _write(painter, top, translated(operation.title), option.font)
        summary = translated(operation.help).partition("\n")[0]
        _write(painter, bottom, summary, _font(option, 12), muted=True)


def _font(
    option: QStyleOptionViewItem, pixels: int, weight: QFont.Weight = QFont.Weight.Normal
) -> QFont:
    font = QFont(option.font)
    font.setPixelSize(pixels)
    font.setWeight(weight)
    return font


def _write(painter: QPainter, box: QRect, text: str, font: QFont, *, muted: bool = False) -> None:
    painter.setFont(font)
    painter.setPen(QPen(tokens().muted if muted else tokens().text))
    elided = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, box.width())
    painter.drawText(box, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, elided)
