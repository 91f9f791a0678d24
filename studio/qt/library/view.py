"""The library pane: what the open data set holds, its thumbnails, and which image is current."""

from operator import attrgetter

from PySide6.QtCore import (
    QModelIndex,
    QSignalBlocker,
    QSize,
    Qt,
    QTimer,
    Signal,
    Slot,
)
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from studio.dataset.library import ImageRef, Library, Problem
from studio.qt.library.model import (
    SCOPE_ROLE,
    ImageModel,
    ProblemModel,
    Scope,
    ScopeModel,
)
from studio.qt.library.parts import ProblemList, ScopeTree, TreeSplitter
from studio.qt.library.thumbnails import ThumbnailGrid, ThumbnailLoader
from studio.qt.plain_label import PlainLabel
from studio.qt.theme import icon

_SEARCH_DELAY = 120
_MARGIN = 12
_GAP = 8


class LibraryView(QFrame):
    """Shows a library; the current image follows the thumbnails, the tree and the search filter."""

    current_changed = Signal(object)
    """The current `ImageRef`, or None."""
    open_requested = Signal()
    problem_found = Signal(object)
    """A `Problem`: an image that turned out to be unreadable while it was shown."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._library: Library | None = None
        self._current: ImageRef | None = None
        self._found: dict[str, Problem] = {}
        self._scanning: int | None = None
        self._loader = ThumbnailLoader(self)
        self._images = ImageModel(self._loader, self)
        self._problems = ProblemModel(self)
        self._scopes = ScopeModel(self)
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

    def set_library(self, library: Library | None) -> None:
        """Show this library from its first image on, or none."""
        self._library = library
        self._current = None
        self._scanning = None
        self._found.clear()
        self._loader.set_library(library)
        self._images.forget_problems()
        self._show_library()
        if self._current is None:
            self.current_changed.emit(None)

    def set_scanning(self, count: int | None) -> None:
        """Say that a folder is being looked through, with `count` images so far; None: no more."""
        self._scanning = count
        self._show_header()
        self._show_page()

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

    def select(self, key: str) -> None:
        """Make the image with this key the current one, dropping a filter that hides it."""
        if self._images.row_of(key) is None:
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

    @Slot(object)
    def note_problems(self, problems: tuple[Problem, ...]) -> None:
        """List more files of this data set that cannot be read; those known already are not new."""
        new = [problem for problem in problems if problem.key not in self._found]
        if not new:
            return
        self._found.update((problem.key, problem) for problem in new)
        self._show_problem_count()
        self._list_problems()
        for problem in new:
            self.problem_found.emit(problem)

    @Slot()
    def focus_images(self) -> None:
        """Let the keyboard go through the thumbnails."""
        self._grid.setFocus(Qt.FocusReason.OtherFocusReason)

    def focus_search(self) -> None:
        """Put the cursor into the search field, its text selected."""
        self._search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._search.selectAll()

    def shutdown(self) -> None:
        """Join the threads that read thumbnails; the view shows no more of them."""
        self._search_timer.stop()
        self._loader.shutdown()

    def _build(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, _MARGIN, 0, 0)
        layout.setSpacing(_GAP)
        layout.addLayout(self._build_header())
        layout.addLayout(self._build_search())
        self._tree = ScopeTree(self._scopes, self)
        self._splitter = TreeSplitter(self._tree, self._build_pages(), self)
        layout.addWidget(self._splitter, 1)

    def _build_header(self) -> QHBoxLayout:
        self._title = PlainLabel(self)
        self._title.setElideMode(Qt.TextElideMode.ElideMiddle)
        self._title.setObjectName("library.title")
        self._title.setProperty("role", "title")
        self._counts = PlainLabel(self)
        self._counts.setObjectName("library.counts")
        self._counts.setProperty("role", "muted")
        self._open = QToolButton(self)
        self._open.setObjectName("library.open")
        self._open.setProperty("role", "flat")
        self._open.setIcon(icon("open"))
        self._open.setToolTip(self.tr("Open another folder"))
        self._open.setAccessibleName(self._open.toolTip())
        names = QVBoxLayout()
        names.setSpacing(2)
        names.addWidget(self._title)
        names.addWidget(self._counts)
        header = QHBoxLayout()
        header.setContentsMargins(_MARGIN, 0, _GAP, 0)
        header.addLayout(names, 1)
        header.addWidget(self._open, 0, Qt.AlignmentFlag.AlignTop)
        return header

    def _build_search(self) -> QHBoxLayout:
        self._search = QLineEdit(self)
        self._search.setObjectName("library.search")
        self._search.setPlaceholderText(self.tr("Search by name"))
        self._search.setToolTip(self.tr("Show only images whose folder or name contains this text"))
        self._search.setAccessibleName(self.tr("Search images by name"))
        self._search.setClearButtonEnabled(True)
        self._search.addAction(icon("search", "muted"), QLineEdit.ActionPosition.LeadingPosition)
        row = QHBoxLayout()
        row.setContentsMargins(_MARGIN, 0, _MARGIN, 0)
        row.addWidget(self._search)
        return row

    def _build_pages(self) -> QStackedWidget:
        self._grid = ThumbnailGrid(self)
        self._grid.setObjectName("library.thumbnails")
        self._grid.setAccessibleName(self.tr("Images"))
        self._grid.setToolTip(self.tr("The images of the data set"))
        self._grid.setModel(self._images)
        self._problem_list = ProblemList(self._problems, self)
        self._message = QLabel(self)
        self._message.setObjectName("library.message")
        self._message.setProperty("role", "muted")
        self._message.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._message.setTextFormat(Qt.TextFormat.PlainText)
        self._message.setWordWrap(True)
        self._message.setMargin(_MARGIN)
        self._pages = QStackedWidget(self)
        for page in (self._grid, self._problem_list, self._message):
            self._pages.addWidget(page)
        return self._pages

    def _connect(self) -> None:
        self._open.clicked.connect(self.open_requested)
        self._search.textChanged.connect(self._search_timer.start)
        self._search.returnPressed.connect(self._filter)
        self._search_timer.timeout.connect(self._filter)
        self._tree.selectionModel().currentChanged.connect(self._filter)
        self._grid.selectionModel().currentChanged.connect(self._follow_grid)
        self._grid.rows_in_view.connect(self._images.keep_requests)
        self._grid.pixel_ratio_changed.connect(self._loader.set_pixel_ratio)
        self._images.problem_found.connect(self._note_problem)

    def _show_library(self) -> None:
        library = self._library
        counts = library.counts() if library else {}
        self._class_count = len({class_name for _, class_name in counts} - {""})
        for control in (self._search, self._tree):
            control.setEnabled(library is not None)
        # The rows of the library before must not filter this one.
        with QSignalBlocker(self._tree.selectionModel()):
            self._scopes.set_counts(counts)
        self._tree.show_top()
        self._show_problem_count()
        self._clear_filters()

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
        self._list_problems()
        self._show_header()
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

    def _list_problems(self) -> None:
        text = self._text().casefold()
        problems = [problem for problem in self._all_problems() if text in problem.key.casefold()]
        self._problems.set_problems(sorted(problems, key=attrgetter("key")))

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
            self.current_changed.emit(image)

    @Slot(object)
    def _note_problem(self, problem: Problem) -> None:
        self.note_problems((problem,))

    def _show_problem_count(self) -> None:
        self._scopes.set_problem_count(len(self._all_problems()))
        self._splitter.fit_tree()

    def _show_header(self) -> None:
        root = self._library.root if self._library else None
        idle = self.tr("No folder open") if self._scanning is None else self.tr("Opening a folder")
        self._title.setText((root.name or str(root)) if root else idle)
        self._title.setToolTip(str(root) if root else "")
        self._counts.setText(self._describe_counts())

    def _describe_counts(self) -> str:
        if self._scanning is not None:
            return self.tr("Scanning… {}").format(self._count_images(self._scanning))
        if self._library is None:
            return self.tr("Open a folder of images")
        all_images = self._count_images(len(self._library.images))
        if self._text():
            return self.tr("{} of {}").format(f"{len(self._images.images()):,}", all_images)
        return all_images + self._count_classes()

    def _show_page(self) -> None:
        if self._scope().problems:
            self._pages.setCurrentWidget(self._problem_list)
        elif self._images.images():
            self._pages.setCurrentWidget(self._grid)
        else:
            self._message.setText(self._explain_empty())
            self._pages.setCurrentWidget(self._message)

    def _explain_empty(self) -> str:
        if self._library is None:
            return self.tr("The images of the folder appear here")
        if self._text():
            return self.tr("No image here has “{}” in its name").format(self._text())
        return self.tr("No images here")

    def _count_images(self, count: int) -> str:
        return self.tr("1 image") if count == 1 else self.tr("{} images").format(f"{count:,}")

    def _count_classes(self) -> str:
        if self._class_count == 0:
            return ""
        if self._class_count == 1:
            return self.tr(" · 1 class")
        return self.tr(" · {} classes").format(f"{self._class_count:,}")

    def _scope(self) -> Scope:
        scope = self._tree.currentIndex().data(SCOPE_ROLE)
        return scope if isinstance(scope, Scope) else Scope()

    def _text(self) -> str:
        return self._search.text().strip()

    def _all_problems(self) -> list[Problem]:
        return [*(self._library.problems if self._library else ()), *self._found.values()]
