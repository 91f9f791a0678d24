"""The folder an export writes to: typed or chosen, checked at once, suggested afresh."""

import os
import re
from pathlib import Path

from PySide6.QtCore import QStandardPaths, Signal, Slot
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from studio.dataset.archives.names import data_set_name
from studio.dataset.exports.resume import Unfinished, find_unfinished
from studio.dataset.exports.target import check_apart, check_empty, free_folder
from studio.errors import UserError
from studio.paths import data_folder
from studio.qt.export.parts import make_label, name_control


class TargetField(QWidget):
    """A path with the reason below it why it cannot be written to, where there is one.

    Where that is an export that was interrupted, there are two ways out: to resume it, and to take
    a new folder.
    """

    changed = Signal()
    """The path is another one, or it can be written to where it could not before."""

    resume_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._root: Path | None = None
        self._problem = ""
        self.edit = PathEdit(self)
        self.browse = QPushButton(self.tr("Browse…"), self)
        self._note = make_label("danger", "target.problem", wraps=True)
        self._resume = QPushButton(self.tr("Resume"))
        self._renew = QPushButton(self.tr("Use a new folder"))
        self._ways_out = QWidget(self)
        self._build()
        self.edit.textChanged.connect(self.check)
        self.browse.clicked.connect(self._choose)
        self._resume.clicked.connect(self.resume_wanted)
        self._renew.clicked.connect(self.renew)

    def set_source(self, root: Path | None) -> None:
        """Suggest a folder for copies of the data set in `root`, the source to stay apart from."""
        self._root = root
        self.edit.show_path(str(free_folder(suggest_folder(root, "augmented"))) if root else "")
        self.check()

    @Slot()
    def renew(self) -> None:
        """Take a folder that is not there yet: this one, or one beside it with a number."""
        if self.edit.text().strip():
            self.edit.show_path(str(free_folder(_without_number(self.path()))))

    def path(self) -> Path:
        """Return the folder; what it holds matters only while there is no `problem`."""
        return Path(self.edit.text().strip())

    def problem(self) -> str:
        """Return why the folder cannot take an export, empty where it can, as of the last check."""
        return self._problem

    @Slot()
    def check(self) -> None:
        """Look again whether the folder can take an export."""
        problem = self._find_problem()
        unfinished = None if problem else self._find_unfinished()
        self._ways_out.setVisible(unfinished is not None)
        self.refuse(self._describe(unfinished) if unfinished else problem or self._find_contents())

    def refuse(self, problem: str) -> None:
        """Show a reason against this folder until the next check."""
        self._problem = problem
        self._note.setText(problem)
        self._note.setVisible(bool(problem))
        self.edit.setAccessibleDescription(problem)
        self.edit.setToolTip("\n".join(filter(None, (self.edit.text(), self._tip()))))
        self.changed.emit()

    def phrase(self, error: UserError) -> str:
        """Return a fault of the folder as said right below its path."""
        reason = error.message.removeprefix(f"{self.path()}: ")
        if reason != error.message:
            reason = self.tr("This folder {is_so}").format(is_so=reason)
        return f"{reason}. {error.hint}".strip()

    def _build(self) -> None:
        name_control(self.edit, "target", self.tr("Folder to write to"), self._tip())
        tip = self.tr("Choose the folder to write to")
        name_control(self.browse, "browse", tip, tip)
        self._note.hide()
        self._build_ways_out()
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.edit, 1)
        row.addWidget(self.browse)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(row)
        column.addWidget(self._note)
        column.addWidget(self._ways_out)

    def _build_ways_out(self) -> None:
        tip = self.tr(
            "Write what is missing; the recipe and the options must be those it began with"
        )
        name_control(self._resume, "target.resume", self.tr("Resume the export"), tip)
        tip = self.tr("Leave it as it is, and write a whole export beside it")
        name_control(self._renew, "target.renew", self._renew.text(), tip)
        row = QHBoxLayout(self._ways_out)
        row.setContentsMargins(0, 4, 0, 0)
        row.setSpacing(8)
        row.addWidget(self._resume)
        row.addWidget(self._renew)
        row.addStretch(1)
        self._ways_out.hide()

    def _tip(self) -> str:
        return self.tr("A new or empty folder, apart from the data set")

    def _find_problem(self) -> str:
        if self._root is None:
            return ""
        if not self.edit.text().strip():
            return self.tr("Choose a folder to write to.")
        if not self.path().is_absolute():
            return self.tr("Give the folder's whole path.")
        try:
            check_apart(self._root, self.path())
        except UserError as error:
            return self.phrase(error)
        except ValueError:
            return self.tr("This is not a path.")
        return ""

    def _find_unfinished(self) -> Unfinished | None:
        return find_unfinished(self.path()) if self._root is not None else None

    def _find_contents(self) -> str:
        if self._root is None:
            return ""
        try:
            check_empty(self.path())
        except UserError as error:
            return self.phrase(error)
        return ""

    def _describe(self, unfinished: Unfinished) -> str:
        text = self.tr("This folder holds an export that was interrupted: {there} of {all} files.")
        return text.format(there=f"{unfinished.written:,}", all=f"{unfinished.total:,}")

    @Slot()
    def _choose(self) -> None:
        start = self.path()
        while not start.is_dir() and start != start.parent:
            start = start.parent
        name = QFileDialog.getExistingDirectory(self, self.tr("Write the export to"), str(start))
        if name:
            self.edit.show_path(name)


class PathEdit(QLineEdit):
    """Shows the end of a path that is too long, which is the part that tells folders apart."""

    def show_path(self, path: str) -> None:
        self.setText(path)
        self.end(False)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.end(False)


def suggest_folder(root: Path, ending: str) -> Path:
    """Return a folder beside `root`, or in the user's pictures if that is no place for theirs."""
    if root.is_relative_to(data_folder()):
        return _pictures() / f"sample-{ending}"
    if not root.name or not os.access(root.parent, os.W_OK):
        return _pictures() / f"{root.name or 'images'}-{ending}"
    return root.with_name(f"{data_set_name(root)}-{ending}")


def _without_number(path: Path) -> Path:
    """Return the folder that `path` is a numbered sibling of, if there is one."""
    plain = path.with_name(re.sub(r"(?<=.)-\d+$", "", path.name)) if path.name else path
    return plain if plain.exists() else path


def _pictures() -> Path:
    place = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.PicturesLocation)
    return Path(place) if Path(place).is_dir() else Path.home()
