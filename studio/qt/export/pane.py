"""The left side of the export page: the options, what they add up to, and the button."""

from pathlib import Path

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QFrame, QPushButton, QScrollArea, QVBoxLayout, QWidget

from studio.dataset.exports.order import ExportOptions
from studio.dataset.library import Library
from studio.errors import UserError
from studio.qt.export.form import ExportForm
from studio.qt.export.parts import make_label, name_control
from studio.qt.export.sums import describe_sums
from studio.qt.recipe.number_field import NumberField
from studio.qt.session import Session

_WIDTH = 380


class ExportPane(QFrame):
    """Edits the options of an export; its button can be pressed when the export can be written."""

    changed = Signal()
    """The options are others; once for each change, of however many controls."""

    start_wanted = Signal()

    resume_wanted = Signal()
    """The export that the target holds is to be gone on with."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._form = ExportForm(session, self)
        self._sum = make_label("muted", "sum")
        self._start = QPushButton()
        self._has_library = False
        self._is_running = False
        self.setProperty("role", "pane")
        self.setFixedWidth(_WIDTH)
        self._lay_out()
        self._form.changed.connect(self._follow_form)
        self._form.target_changed.connect(self._show_sum)
        self._form.target.resume_wanted.connect(self.resume_wanted)
        self._start.clicked.connect(self.start_wanted)

    def set_library(self, library: Library | None) -> None:
        """Offer a data set's splits and classes, all of them chosen, and a fresh target."""
        self._has_library = library is not None
        self._form.set_library(library)
        self._enable()

    def set_scope(self, split: str | None, class_name: str | None) -> None:
        """Choose one split or class, or all of them with None."""
        self._form.scope.choose(split, class_name)

    def set_running(self, is_running: bool) -> None:
        """While an export runs the options can be seen, but not changed."""
        self._is_running = is_running
        self._enable()
        self._show_sum()

    def set_workers(self, count: int) -> None:
        """Take another number of workers than was chosen here before."""
        field = self._form.findChild(NumberField, "export.workers")
        assert isinstance(field, NumberField)
        field.setValue(count)

    def options(self) -> ExportOptions:
        return self._form.options()

    def target(self) -> Path:
        return self._form.target.path()

    def count_files(self) -> int:
        """Return how many files the export would write."""
        return self._form.sums().total

    def why_nothing(self) -> str:
        """Return why there is no file to write, empty where there is one."""
        sums = self._form.sums()
        if sums.total:
            return ""
        if sums.imbalance:
            return sums.imbalance
        if sums.is_idle:
            return self.tr("None of the chosen images is to be multiplied.")
        return self.tr("No image is chosen.")

    def can_start(self) -> bool:
        """Tell whether the export can be written, as of the last check of the target."""
        is_possible = self.count_files() > 0 and not self._form.target.problem()
        return is_possible and not self._is_running

    def check(self) -> bool:
        """Look again at the target, and tell whether the export can be written now."""
        self._form.target.check()
        return self.can_start()

    def remember(self) -> None:
        """Keep the options for the next session."""
        self._form.remember()

    def renew_target(self) -> None:
        """Take a fresh folder as target."""
        self._form.target.renew()

    def refuse(self, error: UserError) -> None:
        """Show what is wrong with the target, which only the export has found."""
        self._form.target.refuse(self._form.target.phrase(error))

    def _lay_out(self) -> None:
        scroll = QScrollArea()
        scroll.setObjectName("export.scroll")
        scroll.setWidgetResizable(True)
        scroll.setWidget(self._form)
        for surface in (self._form, scroll.viewport()):
            surface.setAutoFillBackground(False)
        tip = self.tr("Write the files")
        name_control(self._start, "start", tip, tip)
        self._start.setProperty("role", "primary")
        foot = QVBoxLayout()
        foot.setContentsMargins(16, 8, 16, 16)
        foot.setSpacing(8)
        foot.addWidget(self._sum)
        foot.addWidget(self._start)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(scroll, 1)
        column.addLayout(foot)

    def _enable(self) -> None:
        self._form.setEnabled(self._has_library and not self._is_running)

    @Slot()
    def _follow_form(self) -> None:
        self._show_sum()
        self.changed.emit()

    @Slot()
    def _show_sum(self) -> None:
        files = self.count_files()
        text = self.tr("Export {count} file") if files == 1 else self.tr("Export {count} files")
        self._start.setText(text.format(count=f"{files:,}") if files else self.tr("Export"))
        self._start.setAccessibleName(self._start.text())
        self._start.setEnabled(self.can_start())
        sums = describe_sums(self._form.sums(), self._form.options())
        self._sum.setText(sums if files else "")
