"""The library pane: what the open data set holds, its thumbnails, and which image is current."""

from collections.abc import Iterable

from PySide6.QtCore import QEvent, QModelIndex, QSignalBlocker, QSize, Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from studio.dataset.check import CheckReport, Verdict
from studio.dataset.library import ImageRef, Library, Problem
from studio.qt.library.file_check import CheckBar
from studio.qt.library.filters import Filters
from studio.qt.library.findings import Findings
from studio.qt.library.head import LibraryHead
from studio.qt.library.loader import ThumbnailLoader
from studio.qt.library.measure_bar import MeasureBar
from studio.qt.library.missing_shares import MissingShares
from studio.qt.library.model import ImageModel
from studio.qt.library.pages import LibraryPages
from studio.qt.library.parts import TreeSplitter
from studio.qt.library.places import Places
from studio.qt.library.upkeep import Upkeep
from studio.qt.library.words import LibraryWords
from studio.qt.session import Session

_MARGIN = 12
_GAP = 8


class LibraryView(QFrame):
    """Shows a library; the current image follows the thumbnails, the tree and the filters."""

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
        self._tells_rescan = False
        self._words = LibraryWords(self)
        self._findings = Findings(self)
        self._loader = ThumbnailLoader(self)
        self._shares = MissingShares(self)
        self._images = ImageModel(self._loader, self._findings, self._shares, self)
        self.places = Places(self)
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
        self._head.forget()
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
        self._tells_rescan = self._tells_rescan and count is not None
        self._head.set_scanning(count)
        self._show_page()

    def set_fault(self, fault: str) -> None:
        """Say below the title what keeps the whole data set from being read; "" if nothing does."""
        self._head.set_fault(fault)

    def follow(self, session: Session) -> None:
        """Measure by the rules of the session's recipe what is missing of each image."""
        session.recipe_changed.connect(self._shares.follow_recipe)
        self._shares.follow_recipe(session.recipe)

    def library(self) -> Library | None:
        return self._library

    def current(self) -> ImageRef | None:
        return self._current

    def visible_images(self) -> tuple[ImageRef, ...]:
        """Return the images that tree, search and filter leave, in their order."""
        return self._images.images()

    def selected_scope(self) -> tuple[str | None, str | None]:
        """Return the split and the class selected in the tree; None stands for all of them."""
        scope = self._filters.scope()
        return scope.split, scope.class_name

    def notices(self, key: str) -> tuple[str, ...]:
        """Return what is to be told of an image."""
        return self._findings.notices(key)

    # What is current

    @Slot(str)
    def select(self, key: str) -> None:
        """Make the image with this key the current one, dropping a filter that hides it."""
        if self._images.row_of(key) is None or self._filters.scope().findings:
            self._filters.clear()
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
        self._filters.focus_search()

    @Slot()
    def show_problems(self) -> None:
        """List the files that cannot be read, if there are any."""
        self._filters.show_findings("problems")

    @Slot()
    def show_notes(self) -> None:
        """List the images with a notice, if there are any."""
        self._filters.show_findings("notes")

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
        self._filters.stop()
        self._check_bar.close_check(wait=True)
        self._upkeep.shutdown()

    # Building

    def _build(self) -> None:
        self._head = LibraryHead(self)
        self._filters = Filters(self._shares, self)
        self._tree, self._scopes = self._filters.tree, self._filters.scopes
        self._check_bar = CheckBar(self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, _MARGIN, 0, 0)
        layout.setSpacing(_GAP)
        layout.addWidget(self._head)
        layout.addLayout(self._filters.lay_out())
        layout.addWidget(MeasureBar(self._shares, self))
        layout.addWidget(self._check_bar)
        self._pages = LibraryPages(self._images, self._findings, self.places, self)
        self._grid = self._pages.grid
        known = (self._loader, self._findings, self._shares)
        self._upkeep = Upkeep(*known, self._images, self._grid, self)
        self._splitter = TreeSplitter(self._tree, self._pages, self)
        layout.addWidget(self._splitter, 1)

    def _connect(self) -> None:
        self._head.open_requested.connect(self.open_requested)
        self._head.problems_wanted.connect(self.show_problems)
        self._filters.changed.connect(self._filter)
        self._shares.settled.connect(self._filter_anew)
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
        self._set_counts()
        self._filters.clear()

    def _set_counts(self) -> None:
        self._filters.set_counts(self._library.counts() if self._library else {})
        self._show_finding_counts()
        self._splitter.fit_tree()

    def _return_to_place(self, before: Library, library: Library) -> None:
        """Show a new look at the same data set where the one before was."""
        scope, top = self._filters.scope(), self._grid.verticalScrollBar().value()
        before_key = self._current.key if self._current else ""
        before_row = self._images.row_of(before_key)
        # Until the place is found again nobody is told of images on the way there.
        with QSignalBlocker(self):
            self._set_counts()
            self._filters.go_to(scope)
            if images := self._images.images():
                place = min(self._images.place_of(before_key, before_row), len(images) - 1)
                self._grid.setCurrentIndex(self._images.index(place))
            self._grid.verticalScrollBar().setValue(top)
        self.current_changed.emit(self._current)
        # Also where no stamp has changed: of an archive it is its new look that can be read.
        self._upkeep.try_again(self._findings.problems())
        if self._tells_rescan:
            self._tells_rescan = False
            self.message.emit(self._words.describe_rescan(before, library), "", "", None)

    @Slot()
    def _filter(self) -> None:
        self._set_images(self._select_images())
        self._keep_current()

    @Slot()
    def _filter_anew(self) -> None:
        """Take in the shares measured since, without a jump of what is in view."""
        if (images := self._select_images()) and images == self._images.images():
            return
        bar, top = self._grid.verticalScrollBar(), self._grid.verticalScrollBar().value()
        self._set_images(images)
        # Of an image not measured yet nobody knows whether it is to go.
        if self._current is None or self._shares.find(self._current.key):
            self._keep_current()
        self._grid.doItemsLayout()
        bar.setValue(top)

    def _select_images(self) -> tuple[ImageRef, ...]:
        return self._filters.select(self._library) if self._library else ()

    def _set_images(self, images: tuple[ImageRef, ...]) -> None:
        self._images.set_images(images, by_key=not self._filters.missing.is_sorting())
        shown = len(images) if self._filters.is_searching() else None
        self._head.show_library(self._library, shown)
        # Shown with the focus, the grid makes its first image the current one.
        with QSignalBlocker(self._grid.selectionModel()):
            self._show_page()
            self._grid.selectionModel().clear()

    def _show_page(self) -> None:
        kind, text = self._filters.scope().findings, self._filters.text()
        self._pages.show_page(kind, text, self._filters.explain_empty(self._library))

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

    @Slot(str, int)
    def _tell_check(self, text: str, bad: int) -> None:
        button = (self.tr("Show problems"), self.show_problems) if bad else ("", None)
        self.message.emit(text, "", *button)

    # Events

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.WindowActivate:
            self.recheck()
        return super().event(event)
