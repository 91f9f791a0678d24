"""The top of the library pane: what is open, and the search field."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QToolButton, QVBoxLayout, QWidget

from studio.dataset.library import Library
from studio.qt.library.words import LibraryWords
from studio.qt.plain_label import PlainLabel
from studio.qt.theme import icon

_MARGIN = 12
_GAP = 8


class LibraryHead(QWidget):
    """The data set's name and counts, a sign where there are problems, a button to open another."""

    open_requested = Signal()
    problems_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = LibraryWords(self)
        self._library: Library | None = None
        self._shown: int | None = None
        self._scanning: int | None = None
        self._fault = ""
        self._title = PlainLabel(self)
        self._title.setElideMode(Qt.TextElideMode.ElideMiddle)
        self._title.setObjectName("library.title")
        self._title.setProperty("role", "title")
        self._counts = PlainLabel(self)
        self._counts.setObjectName("library.counts")
        self._open = flat_button("open", self.tr("Open another folder"), self)
        self._open.setObjectName("library.open")
        self._open.clicked.connect(self.open_requested)
        self._problems = flat_button("warning", "", self, "warning")
        self._problems.setObjectName("library.problems_sign")
        self._problems.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._problems.clicked.connect(self.problems_wanted)
        self._problems.hide()
        names = QVBoxLayout()
        names.setSpacing(2)
        names.addWidget(self._title)
        names.addWidget(self._counts)
        row = QHBoxLayout(self)
        row.setContentsMargins(_MARGIN, 0, _GAP, 0)
        row.addLayout(names, 1)
        row.addWidget(self._problems, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self._open, 0, Qt.AlignmentFlag.AlignTop)
        self._show_role("muted")

    def show_library(self, library: Library | None, shown: int | None) -> None:
        """Show a library's name and its counts; `shown` is how many are left of it, if not all."""
        self._library, self._shown = library, shown
        self._show_texts()

    def set_scanning(self, count: int | None) -> None:
        """Say that a folder is being looked through, with `count` images so far; None: no more."""
        self._scanning = count
        self._show_texts()

    def set_fault(self, fault: str) -> None:
        """Say below the title what keeps the whole data set from being read; "" if nothing does."""
        self._fault = fault
        self._show_texts()

    def forget(self) -> None:
        """Say nothing of a scan or a fault in what is shown next."""
        self._scanning, self._fault = None, ""

    def show_problems(self, count: int, text: str) -> None:
        """Show how many problems there are; `text` says it in words."""
        self._problems.setText(f"{count:,}")
        self._problems.setToolTip(text)
        self._problems.setAccessibleName(text)
        self._problems.setVisible(bool(count))

    def _show_texts(self) -> None:
        root = self._library.root if self._library else None
        idle = self.tr("No folder open") if self._scanning is None else self.tr("Opening a folder")
        self._title.setText((root.name or str(root)) if root else idle)
        self._title.setToolTip(str(root) if root else "")
        if self._scanning is not None:
            count = self._words.count_images(self._scanning)
            self._counts.setText(self.tr("Scanning… {}").format(count))
        else:
            counts = self._words.describe_library(self._library, self._shown)
            self._counts.setText(self._fault or counts)
        warns = bool(self._fault) and self._scanning is None
        self._show_role("warning" if warns else "muted")

    def _show_role(self, role: str) -> None:
        if self._counts.property("role") != role:
            self._counts.setProperty("role", role)
            self._counts.style().unpolish(self._counts)
            self._counts.style().polish(self._counts)


class SearchField(QLineEdit):
    """Where one types a part of a name."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("library.search")
        self.setPlaceholderText(self.tr("Search by name"))
        self.setToolTip(self.tr("Show only images whose folder or name contains this text"))
        self.setAccessibleName(self.tr("Search images by name"))
        self.setClearButtonEnabled(True)
        self.addAction(icon("search", "muted"), QLineEdit.ActionPosition.LeadingPosition)


def flat_button(sign: str, tip: str, parent: QWidget, colour: str = "text") -> QToolButton:
    """Return a button without frame, with this icon in a colour of the theme."""
    button = QToolButton(parent)
    button.setProperty("role", "flat")
    button.setIcon(icon(sign, colour))
    button.setToolTip(tip)
    button.setAccessibleName(tip)
    return button
