"""What is below the library pane's tree: thumbnails, problems, notes, or why there is nothing."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QStackedWidget, QWidget

from studio.qt.library.finding_list import FindingPage
from studio.qt.library.findings import Findings
from studio.qt.library.model import ImageModel
from studio.qt.library.places import Places
from studio.qt.library.scopes import FindingKind
from studio.qt.library.thumbnails import ThumbnailGrid
from studio.qt.library.words import LibraryWords

_MARGIN = 12


class LibraryPages(QStackedWidget):
    """Shows one of its pages; a list of findings is filled only while it is shown."""

    image_wanted = Signal(str)
    """The image with this key is to be the current one."""
    check_wanted = Signal()

    def __init__(
        self,
        images: ImageModel,
        findings: Findings,
        places: Places,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._words = LibraryWords(self)
        self._findings = findings
        self._images = images
        self._kind: FindingKind | None = None
        self._text = ""
        self.grid = self._build_grid(images, places)
        self._lists: dict[FindingKind, FindingPage] = {
            "problems": FindingPage("problems", self.tr("Files that cannot be read, and why")),
            "notes": FindingPage("notes", self.tr("Images with something to be said of them")),
        }
        self._message = self._build_message()
        for page in (self.grid, *self._lists.values(), self._message):
            self.addWidget(page)
        for shown in self._lists.values():
            shown.folder_wanted.connect(places.open_folder)
            shown.path_wanted.connect(places.copy_path)
            shown.list_wanted.connect(places.copy_list)
            shown.image_wanted.connect(self.image_wanted)
            shown.check_wanted.connect(self.check_wanted)
        findings.changed.connect(self._list)

    def show_page(self, kind: FindingKind | None, text: str, message: str) -> None:
        """List the problems or the notes of files whose keys contain `text`, in any case.

        Without a `kind`, show the images, and `message` where there are none.
        """
        self._kind, self._text = kind, text.casefold()
        if kind is not None:
            self._list()
            self.setCurrentWidget(self._lists[kind])
        elif self._images.images():
            self.setCurrentWidget(self.grid)
        else:
            self._message.setText(message)
            self.setCurrentWidget(self._message)

    def _list(self) -> None:
        kind = self._kind
        if kind is None:
            return
        found = self._findings.problems() if kind == "problems" else self._findings.notes()
        listed = [each for each in found if self._text in each.key.casefold()]
        count = self._words.count_findings(kind, len(listed), len(found))
        self._lists[kind].set_findings(listed, count)

    def _build_grid(self, images: ImageModel, places: Places) -> ThumbnailGrid:
        grid = ThumbnailGrid(self)
        grid.setObjectName("library.thumbnails")
        grid.setAccessibleName(self.tr("Images"))
        grid.setToolTip(self.tr("The images of the data set"))
        grid.setModel(images)
        grid.addActions(places.actions)
        grid.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        return grid

    def _build_message(self) -> QLabel:
        label = QLabel(self)
        label.setObjectName("library.message")
        label.setProperty("role", "muted")
        label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setWordWrap(True)
        label.setMargin(_MARGIN)
        return label
