"""Where made images are written: a folder of their own, or beside an augmented export."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from studio.dataset.exports.target import free_folder
from studio.dataset.library import Library
from studio.errors import UserError
from studio.gan.place import Place, count_images, find_place
from studio.gan.runs import RunSummary
from studio.qt.export.target import PathEdit, suggest_folder
from studio.qt.generate.parts import make_label, name_control
from studio.qt.latest import Latest


class Findings(NamedTuple):
    """What is known of a folder to write to.

    `counts` says how many images of each class there are to train on, with those of the data set
    where the folder is no export; None where they cannot be counted, for the reason in `uncounted`.
    """

    place: Place
    counts: Mapping[str, int] | None
    uncounted: str = ""


class TargetField(QWidget):
    """A folder, and below it what it is: a new one, one to add to, or why it is neither.

    It is looked at in the background, as its images are counted.
    """

    changed = Signal()
    """The folder is another one, or more is known of it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._library: Library | None = None
        self._run: RunSummary | None = None
        self._classes: tuple[str, ...] = ("",)
        self._suggested = ""
        self._problem = ""
        self._findings: Findings | None = None
        self._is_fresh = False
        self._looker: Latest | None = None
        self.edit = PathEdit(self)
        self.browse = QPushButton(self.tr("Browse…"), self)
        self._note = make_label("muted", "target.note", wraps=True)
        self._fault = make_label("danger", "target.problem", wraps=True)
        self.ask_folder: Callable[..., str] = QFileDialog.getExistingDirectory
        self._build()
        self.edit.textChanged.connect(self.check)
        self.browse.clicked.connect(self._choose)

    def set_library(self, library: Library | None) -> None:
        """Suggest a folder beside a data set, unless one was chosen by hand."""
        self._library = library
        if library is not None and self.edit.text() == self._suggested:
            self._suggested = str(free_folder(suggest_folder(library.root, "generated")))
            self.edit.show_path(self._suggested)
        self.check()

    def set_run(self, run: RunSummary | None, classes: Sequence[str]) -> None:
        """Look whether the folder can take images of a run, of these of its classes."""
        if (run, tuple(classes)) != (self._run, self._classes):
            self._run, self._classes = run, tuple(classes)
            self.check()

    def path(self) -> Path:
        return Path(self.edit.text().strip())

    def problem(self) -> str:
        """Return why the folder cannot take images, empty where none is known."""
        return self._problem

    def findings(self) -> Findings | None:
        """Return what is known of the folder; None until it was looked at for what is wanted."""
        return self._findings if self._is_fresh else None

    def counts(self) -> Mapping[str, int]:
        """Return how many images of each class there are, as far as that is known."""
        return (self._findings.counts if self._findings else None) or {}

    @Slot()
    def check(self) -> None:
        """Look again at the folder."""
        self._is_fresh = False
        # For the same folder, what was found stays on show until it is known better.
        if self._findings is not None and self._findings.place.out != self.path():
            self._findings = None
        self._refuse(self._find_problem())
        if self._run is not None and not self._problem:
            if self._looker is None:
                self._looker = Latest(_look, self)
                self._looker.ready.connect(self._note_findings)
                self._looker.failed.connect(self._note_problem)
            self._looker.request(_Wanted(self._run, self._classes, self.path(), self._library))

    def renew(self) -> None:
        """Take a folder that is not there yet, unless this one is an export to add to."""
        is_export = self._findings is not None and self._findings.place.is_export
        if not is_export and self.edit.text().strip():
            self.edit.show_path(str(free_folder(self.path())))
        self.check()

    def close_looker(self) -> None:
        """End the thread that looks at folders; the next look starts another."""
        if self._looker is not None:
            self._looker.close()
            self._looker.deleteLater()
            self._looker = None

    def _refuse(self, problem: str) -> None:
        self._problem = problem
        self._fault.setText(problem)
        self._fault.setVisible(bool(problem))
        self._note.setText(self._describe())
        self._note.setVisible(not problem)
        self.edit.setAccessibleDescription(problem or self._note.text())
        self.changed.emit()

    def _describe(self) -> str:
        place = self._findings.place if self._findings else None
        if place is not None and place.is_export:
            return self.tr("Beside the export that is there, in its train split only.")
        if place is not None and place.generated is not None:
            return self.tr("To the images that were generated there before.")
        return self.tr("A new folder. Or choose an augmented export, to add to its train split.")

    def _find_problem(self) -> str:
        try:
            if not self.edit.text().strip():
                return self.tr("Choose a folder to write to.")
            if not self.path().is_absolute():
                return self.tr("Give the folder's whole path.")
        except ValueError:
            return self.tr("This is not a path.")
        return ""

    @Slot(object, object)
    def _note_findings(self, wanted: "_Wanted", findings: Findings) -> None:
        if self._is_current(wanted):
            self._findings = findings
            self._is_fresh = True
            self._refuse("")

    @Slot(object, object)
    def _note_problem(self, wanted: "_Wanted", error: Exception) -> None:
        if not isinstance(error, UserError | OSError | ValueError):
            raise error
        if not self._is_current(wanted):
            return
        self._findings = None
        message = error.message if isinstance(error, UserError) else str(error)
        hint = error.hint if isinstance(error, UserError) else ""
        reason = message.removeprefix(f"{self.path()}: ")
        if reason != message:
            reason = self.tr("This folder {is_so}").format(is_so=reason)
        self._refuse(f"{reason}. {hint}".strip())

    def _is_current(self, wanted: "_Wanted") -> bool:
        return wanted == _Wanted(self._run, self._classes, self.path(), self._library)

    @Slot()
    def _choose(self) -> None:
        start = self.path()
        while not start.is_dir() and start != start.parent:
            start = start.parent
        name = self.ask_folder(self, self.tr("Write the images to"), str(start))
        if name:
            self.edit.show_path(name)

    def _build(self) -> None:
        tip = self.tr("A new or empty folder, or the folder of an augmented export")
        name_control(self.edit, "target", self.tr("Folder to write to"), tip)
        tip = self.tr("Choose the folder to write to")
        name_control(self.browse, "browse", tip, tip)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.edit, 1)
        row.addWidget(self.browse)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(row)
        column.addWidget(self._note)
        column.addWidget(self._fault)


class _Wanted(NamedTuple):
    run: RunSummary | None
    classes: tuple[str, ...]
    out: Path
    library: Library | None


def _look(wanted: _Wanted) -> Findings:
    run = wanted.run
    assert run is not None
    place = find_place(run.path, wanted.out, wanted.classes)
    if not place.is_export and wanted.library and wanted.library.root == Path(run.source):
        # The data set is open, so that it need not be counted again.
        return Findings(place, Counter(count_train(wanted.library)) + Counter(place.counts))
    try:
        return Findings(place, count_images(place, run.path))
    except UserError as error:
        return Findings(place, None, error.message)


def count_train(library: Library) -> dict[str, int]:
    """Return the images of each class to train on."""
    counts: Counter[str] = Counter()
    has_splits = any(split for split, _ in library.counts())
    for (split, name), count in library.counts().items():
        if not has_splits or split == "train":
            counts[name] += count
    return dict(counts)
