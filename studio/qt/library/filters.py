"""What narrows the images of the library pane: the tree, the search, and what is missing."""

from PySide6.QtCore import QObject, QSignalBlocker, Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from studio.dataset.library import ImageRef, Library
from studio.qt.library.head import SearchField
from studio.qt.library.missing_filter import MissingFilter
from studio.qt.library.missing_shares import MissingShares
from studio.qt.library.parts import ScopeTree
from studio.qt.library.scopes import SCOPE_ROLE, FindingKind, Scope, ScopeModel
from studio.qt.library.share_words import ShareWords
from studio.qt.library.words import LibraryWords

_SEARCH_DELAY = 120
_MARGIN = 12
_GAP = 8


class Filters(QObject):
    """The tree, the search field and the choice by missing pixels, read as one."""

    changed = Signal()
    """Other images are to be shown."""

    def __init__(self, shares: MissingShares, parent: QWidget) -> None:
        super().__init__(parent)
        self._shares = shares
        self._words = LibraryWords(self)
        self._share_words = ShareWords(self)
        self.scopes = ScopeModel(self)
        self.search = SearchField(parent)
        self.missing = MissingFilter(shares, parent)
        self.tree = ScopeTree(self.scopes, parent)
        self._delay = QTimer(self, singleShot=True, interval=_SEARCH_DELAY)
        self.search.textChanged.connect(self._delay.start)
        self.search.returnPressed.connect(self._tell)
        self._delay.timeout.connect(self._tell)
        self.tree.selectionModel().currentChanged.connect(self._tell)
        self.missing.changed.connect(self._tell)

    def lay_out(self) -> QVBoxLayout:
        """Return the rows of what stands above the tree."""
        row = QHBoxLayout()
        row.setContentsMargins(_MARGIN, 0, _MARGIN, 0)
        row.addWidget(self.search)
        rows = QVBoxLayout()
        rows.setSpacing(_GAP)
        rows.addLayout(row)
        rows.addWidget(self.missing)
        return rows

    def scope(self) -> Scope:
        """Return what the tree's row stands for."""
        scope = self.tree.currentIndex().data(SCOPE_ROLE)
        return scope if isinstance(scope, Scope) else Scope()

    def text(self) -> str:
        """Return what is searched for."""
        return self.search.text().strip()

    def is_searching(self) -> bool:
        """Return whether images of the tree's row may be hidden."""
        return bool(self.text()) or self.missing.kind() != "all"

    def select(self, library: Library) -> tuple[ImageRef, ...]:
        """Return the images of a library that are to be shown, in their order."""
        scope = self.scope()
        images = library.select(
            splits=None if scope.split is None else (scope.split,),
            classes=None if scope.class_name is None else (scope.class_name,),
            text=self.text(),
        )
        return self.missing.choose(images)

    def explain_empty(self, library: Library | None) -> str:
        """Return why no image of a library is shown."""
        kind, text = self.missing.kind(), self.text()
        if library is None or kind == "all":
            return self._words.explain_empty(library, text)
        return self._share_words.explain_empty(kind, text, is_busy=self._shares.is_busy())

    def clear(self) -> None:
        """Let every image be shown."""
        self.search.clear()
        self.missing.show_all()
        top = self.scopes.index(0, 0)
        if self.tree.currentIndex() == top:
            self._tell()
        else:
            self.tree.setCurrentIndex(top)

    def set_counts(self, counts: dict[tuple[str, str], int]) -> None:
        """Show another library's splits and classes, without a word; off where it has none."""
        for control in (self.search, self.missing, self.tree):
            control.setEnabled(bool(counts))
        # The rows of the library before must not filter this one.
        with QSignalBlocker(self.tree.selectionModel()):
            self.scopes.set_counts(counts)
        self.tree.show_top()

    def go_to(self, scope: Scope) -> None:
        """Choose the tree's row of this scope, the first one where it has none."""
        row = self.scopes.find(scope)
        self.tree.setCurrentIndex(row if row.isValid() else self.scopes.index(0, 0))

    def show_findings(self, kind: FindingKind) -> None:
        """Choose the problems or the notes, if there are any."""
        row = self.scopes.find(Scope(findings=kind))
        if row.isValid():
            self.search.clear()
            self.tree.setCurrentIndex(row)

    def focus_search(self) -> None:
        """Put the cursor into the search field, its text selected."""
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    def stop(self) -> None:
        """Tell nothing of what was typed last."""
        self._delay.stop()

    @Slot()
    def _tell(self) -> None:
        self._delay.stop()
        self.changed.emit()
