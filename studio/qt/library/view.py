"""The library pane: what the open data set holds, its thumbnails, and which image is current."""

from collections.abc import Iterable

from PySide6.QtCore import QEvent, QModelIndex, QSignalBlocker, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from studio.dataset.check import CheckReport, Verdict
from studio.dataset.library import ImageRef, Library, Problem
from studio.qt.library.file_check import CheckBar
from studio.qt.library.findings import Findings
from studio.qt.library.head import LibraryHead, SearchField
from studio.qt.library.loader import ThumbnailLoader
from studio.qt.library.model import ImageModel
from studio.qt.library.pages import LibraryPages
from studio.qt.library.parts import ScopeTree, TreeSplitter
from studio.qt.library.places import Places
from studio.qt.library.scopes import SCOPE_ROLE, FindingKind, Scope, ScopeModel
from studio.qt.library.upkeep import Upkeep
from studio.qt.library.words import LibraryWords

_SEARCH_DELAY = 120
_MARGIN = 12
_GAP = 8


class LibraryView(QFrame):
    """Shows a library; the current image follows the thumbnails, the tree and the search filter."""

    current_changed = Signal(object)
    """The current `ImageRef`, or None; again when the same data set was looked through anew."""
    open_requested = Signal()
    rescan_requested = Signal(object)
    """The root, as a Path, of the data set that is to be looked through anew."""
    problem_found = Signal(object)
    """A `Problem`, each time that somebody finds an image unreadable."""
    findings_changed = Signal()
    """Problems or notices of images came or went."""
    message = Signal(str, str, str, object)
    """A notice for the message bar, its hint, and the text and the call of its button."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._library: Library | None = None
        self._current: ImageRef | None = None
        self._scanning: int | None = None
        self._tells_rescan = False
        self._fault = ""
        self._words = LibraryWords(self)
        self._findings = Findings(self)
        self._loader = ThumbnailLoader(self)
        self._images = ImageModel(self._loader, self._findings, self)
        self._scopes = ScopeModel(self)
        self.places = Places(self)
        self._search_timer = QTimer(self, singleShot=True, interval=_SEARCH_DELAY)
        self.setObjectName("library")
        self.setProperty("role", "pane")
        self.setAccessibleName(self.tr("Library"))
        self.setMinimumWidth(200)
        self.setMaximumWidth(420)
        self._build()
        self._connect()
        self._show_library()

    def sizeHint(self) -> QSize:
        return QSize(260, 640)

    # What is shown

    def set_library(self, library: Library | None) -> None:
        """Show this library from its first image on, or none.

        If it is a new look at the one that is shown, everything stays where it is as far as it is
        still there, and files that cannot be read are tried again.
        """
        before, self._library = self._library, library
        self._scanning = None
        self._fault = ""
        self._check_bar.close_check()
        self._upkeep.set_library(library)
        self.places.set_library(library)
        if before and library and before.root == library.root:
            self._findings.renew(library)
            self._return_to_place(before, library)
            return
        self._current = None
        self.places.set_current("")
        self._findings.begin(library)
        self._show_library()
        if self._current is None:
            self.current_changed.emit(None)

    def set_scanning(self, count: int | None) -> None:
        """Say that a folder is being looked through, with `count` images so far; None: no more."""
        self._scanning = count
        self._tells_rescan = self._tells_rescan and count is not None
        self._show_head()
        self._show_page()

    def set_fault(self, fault: str) -> None:
        """Say below the title what keeps the whole data set from being read; "" if nothing does."""
        self._fault = fault
        self._show_head()

    def library(self) -> Library | None:
        return self._library

    def current(self) -> ImageRef | None:
        return self._current

    def visible_images(self) -> tuple[ImageRef, ...]:
        """Return the images that the tree and the search leave."""
        return self._images.images()

    def selected_scope(self) -> tuple[str | None, str | None]:
        """Return the split and the class selected in the tree; None stands for all of them."""
        scope = self._scope()
        return scope.split, scope.class_name

    def notices(self, key: str) -> tuple[str, ...]:
        """Return what is to be told of an image."""
        return self._findings.notices(key)

    # What is current

    @Slot(str)
    def select(self, key: str) -> None:
        """Make the image with this key the current one, dropping a filter that hides it."""
        if self._images.row_of(key) is None or self._scope().findings:
            self._clear_filters()
        row = self._images.row_of(key)
        if row is not None:
            self._grid.setCurrentIndex(self._images.index(row))

    @Slot()
    def select_next(self) -> None:
        self._step(1)

    @Slot()
    def select_previous(self) -> None:
        self._step(-1)

    @Slot()
    def focus_images(self) -> None:
        """Let the keyboard go through the thumbnails."""
        self._grid.setFocus(Qt.FocusReason.OtherFocusReason)

    def focus_search(self) -> None:
        """Put the cursor into the search field, its text selected."""
        self._search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._search.selectAll()

    @Slot()
    def show_problems(self) -> None:
        """List the files that cannot be read, if there are any."""
        self._show_findings("problems")

    @Slot()
    def show_notes(self) -> None:
        """List the images with a notice, if there are any."""
        self._show_findings("notes")

    # What is known of files

    @Slot(object)
    def note_verdict(self, verdict: Verdict) -> None:
        """Take what anybody found out about an image of this data set."""
        self._upkeep.note_verdict(verdict)

    @Slot(object)
    def note_report(self, report: CheckReport) -> None:
        """Take what a look into files of this data set has found out."""
        self._upkeep.note_report(report)

    @Slot(object)
    def note_skipped(self, problems: Iterable[Problem]) -> None:
        """Look anew at images that somebody could not use, those of them that are shown here."""
        self._upkeep.try_again(problems)

    @Slot()
    def recheck(self) -> None:
        """Look in the background which files of problems and of tiles in view have changed."""
        self._upkeep.recheck()

    @Slot()
    def check_files(self) -> None:
        """Decode every file in the background, and list what is damaged."""
        if self._library is not None:
            self._check_bar.start(self._library)

    @Slot()
    def rescan(self) -> None:
        """Ask for the folder to be looked through anew."""
        if self._library is not None:
            self._tells_rescan = True
            self.rescan_requested.emit(self._library.root)

    def shutdown(self) -> None:
        """Join the threads of this pane; it shows nothing more."""
        self._search_timer.stop()
        self._check_bar.close_check(wait=True)
        self._upkeep.shutdown()

    # Building

    def _build(self) -> None:
        self._head = LibraryHead(self)
        self._search = SearchField(self)
        self._check_bar = CheckBar(self)
        row = QHBoxLayout()
        row.setContentsMargins(_MARGIN, 0, _MARGIN, 0)
        row.addWidget(self._search)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, _MARGIN, 0, 0)
        layout.setSpacing(_GAP)
        layout.addWidget(self._head)
        layout.addLayout(row)
        layout.addWidget(self._check_bar)
        self._tree = ScopeTree(self._scopes, self)
        self._pages = LibraryPages(self._images, self._findings, self.places, self)
        self._grid = self._pages.grid
        self._upkeep = Upkeep(self._loader, self._findings, self._images, self._grid, self)
        self._splitter = TreeSplitter(self._tree, self._pages, self)
        layout.addWidget(self._splitter, 1)

    def _connect(self) -> None:
        self._head.open_requested.connect(self.open_requested)
        self._head.problems_wanted.connect(self.show_problems)
        self._search.textChanged.connect(self._search_timer.start)
        self._search.returnPressed.connect(self._filter)
        self._search_timer.timeout.connect(self._filter)
        self._tree.selectionModel().currentChanged.connect(self._filter)
        self._grid.selectionModel().currentChanged.connect(self._follow_grid)
        self._grid.rows_in_view.connect(self._images.keep_requests)
        self._grid.pixel_ratio_changed.connect(self._loader.set_pixel_ratio)
        self._check_bar.reported.connect(self.note_report)
        self._check_bar.ended.connect(self._tell_check)
        self._findings.changed.connect(self._show_findings_changed)
        self._findings.problem_found.connect(self.problem_found)
        self._pages.image_wanted.connect(self.select)
        self._pages.check_wanted.connect(self.check_files)

    # Library and filters

    def _show_library(self) -> None:
        counts = self._set_counts()
        for control in (self._search, self._tree):
            control.setEnabled(bool(counts))
        self._clear_filters()

    def _set_counts(self) -> dict[tuple[str, str], int]:
        counts = self._library.counts() if self._library else {}
        # The rows of the library before must not filter this one.
        with QSignalBlocker(self._tree.selectionModel()):
            self._scopes.set_counts(counts)
        self._tree.show_top()
        self._show_finding_counts()
        self._splitter.fit_tree()
        return counts

    def _return_to_place(self, before: Library, library: Library) -> None:
        """Show a new look at the same data set where the one before was."""
        scope, top = self._scope(), self._grid.verticalScrollBar().value()
        before_key = self._current.key if self._current else ""
        # Until the place is found again nobody is told of images on the way there.
        with QSignalBlocker(self):
            self._set_counts()
            row = self._scopes.find(scope)
            self._tree.setCurrentIndex(row if row.isValid() else self._scopes.index(0, 0))
            if images := self._images.images():
                place = min(self._images.place_of(before_key), len(images) - 1)
                self._grid.setCurrentIndex(self._images.index(place))
            self._grid.verticalScrollBar().setValue(top)
        self.current_changed.emit(self._current)
        # Also where no stamp has changed: of an archive it is its new look that can be read.
        self._upkeep.try_again(self._findings.problems())
        if self._tells_rescan:
            self._tells_rescan = False
            self.message.emit(self._words.describe_rescan(before, library), "", "", None)

    def _clear_filters(self) -> None:
        self._search.clear()
        top = self._scopes.index(0, 0)
        if self._tree.currentIndex() == top:
            self._filter()
        else:
            self._tree.setCurrentIndex(top)

    @Slot()
    def _filter(self) -> None:
        self._search_timer.stop()
        self._images.set_images(self._select_images())
        self._show_head()
        self._show_page()
        self._keep_current()

    def _select_images(self) -> tuple[ImageRef, ...]:
        if self._library is None:
            return ()
        split, class_name = self.selected_scope()
        return self._library.select(
            splits=None if split is None else (split,),
            classes=None if class_name is None else (class_name,),
            text=self._text(),
        )

    def _keep_current(self) -> None:
        row = self._images.row_of(self._current.key) if self._current else None
        if self._images.images():
            self._grid.setCurrentIndex(self._images.index(row or 0))

    def _step(self, step: int) -> None:
        row = self._images.row_of(self._current.key) if self._current else None
        index = self._images.index(0 if row is None else row + step)
        if index.isValid():
            self._grid.setCurrentIndex(index)

    @Slot(QModelIndex)
    def _follow_grid(self, index: QModelIndex) -> None:
        image = self._images.images()[index.row()] if index.isValid() else None
        if image is not None and image != self._current:
            self._current = image
            self.places.set_current(image.key)
            self.current_changed.emit(image)

    def _scope(self) -> Scope:
        scope = self._tree.currentIndex().data(SCOPE_ROLE)
        return scope if isinstance(scope, Scope) else Scope()

    def _text(self) -> str:
        return self._search.text().strip()

    # Findings

    @Slot()
    def _show_findings_changed(self) -> None:
        self._show_finding_counts()
        self.findings_changed.emit()

    def _show_finding_counts(self) -> None:
        rows = self._scopes.rowCount()
        count = self._findings.problem_count()
        self._head.show_problems(count, self._words.count_findings("problems", count, count))
        self._scopes.set_finding_counts(count, self._findings.note_count())
        if self._scopes.rowCount() != rows:
            self._splitter.fit_tree()

    def _show_findings(self, kind: FindingKind) -> None:
        row = self._scopes.find(Scope(findings=kind))
        if row.isValid():
            self._search.clear()
            self._tree.setCurrentIndex(row)

    @Slot(object)
    def _tell_check(self, report: CheckReport, bad: int) -> None:
        text = self._words.describe_check(report.done, report.total, bad)
        if bad:
            self.message.emit(text, "", self.tr("Show problems"), self.show_problems)
        else:
            self.message.emit(text, "", "", None)

    # Head and pages

    def _show_head(self) -> None:
        root = self._library.root if self._library else None
        idle = self.tr("No folder open") if self._scanning is None else self.tr("Opening a folder")
        title = (root.name or str(root)) if root else idle
        counts, warns = self._describe_counts(), False
        if self._fault and self._scanning is None:
            counts, warns = self._fault, True
        self._head.show_texts(title, str(root) if root else "", counts, warns=warns)

    def _describe_counts(self) -> str:
        if self._scanning is not None:
            return self.tr("Scanning… {}").format(self._words.count_images(self._scanning))
        shown = len(self._images.images()) if self._text() else None
        return self._words.describe_library(self._library, shown)

    def _show_page(self) -> None:
        kind = self._scope().findings
        if kind is not None:
            self._pages.show_findings(kind, self._text())
        elif self._images.images():
            self._pages.show_images()
        else:
            self._pages.show_message(self._words.explain_empty(self._library, self._text()))

    # Events

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.WindowActivate:
            self.recheck()
        return super().event(event)
