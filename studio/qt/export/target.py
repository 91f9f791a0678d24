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

from studio.dataset.target import check_target, free_folder
from studio.errors import UserError
from studio.paths import data_folder
from studio.qt.export.parts import make_label, name_control


class TargetField(QWidget):
    """A path with the reason below it why it cannot be written to, where there is one."""

    changed = Signal()
    """The path is another one, or it can be written to where it could not before."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._root: Path | None = None
        self._problem = ""
        self.edit = _PathEdit(self)
        self.browse = QPushButton(self.tr("Browse…"), self)
        self._note = make_label("danger", "target.problem", wraps=True)
        self._build()
        self.edit.textChanged.connect(self.check)
        self.browse.clicked.connect(self._choose)

    def set_source(self, root: Path | None) -> None:
        """Suggest a folder for copies of the data set in `root`, the source to stay apart from."""
        self._root = root
        self.edit.show_path(str(free_folder(_suggest(root))) if root else "")
        self.check()

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
        self.refuse(self._find_problem())

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
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.edit, 1)
        row.addWidget(self.browse)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(row)
        column.addWidget(self._note)

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
            check_target(self._root, self.path())
        except UserError as error:
            return self.phrase(error)
        except ValueError:
            return self.tr("This is not a path.")
        return ""

    @Slot()
    def _choose(self) -> None:
        start = self.path()
        while not start.is_dir() and start != start.parent:
            start = start.parent
        name = QFileDialog.getExistingDirectory(self, self.tr("Write the export to"), str(start))
        if name:
            self.edit.show_path(name)


class _PathEdit(QLineEdit):
    """Shows the end of a path that is too long, which is the part that tells folders apart."""

    def show_path(self, path: str) -> None:
        self.setText(path)
        self.end(False)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.end(False)


def _suggest(root: Path) -> Path:
    """Return a folder beside `root`, or in the user's pictures if that is no place for theirs."""
    if root.is_relative_to(data_folder()):
        return _pictures() / "sample-augmented"
    if not root.name or not os.access(root.parent, os.W_OK):
        return _pictures() / f"{root.name or 'images'}-augmented"
    return root.with_name(f"{root.name}-augmented")


def _without_number(path: Path) -> Path:
    """Return the folder that `path` is a numbered sibling of, if there is one."""
    plain = path.with_name(re.sub(r"(?<=.)-\d+$", "", path.name)) if path.name else path
    return plain if plain.exists() else path


def _pictures() -> Path:
    place = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.PicturesLocation)
    return Path(place) if Path(place).is_dir() else Path.home()
