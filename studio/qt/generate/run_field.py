"""The choice of a run and of its checkpoint."""

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import QSignalBlocker, Signal, Slot
from PySide6.QtWidgets import QComboBox, QFileDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from studio.gan.config import PRESETS
from studio.gan.runs import RunSummary, list_runs, summarise_run
from studio.gan.samples import Which, known_classes
from studio.qt.generate.parts import make_choice, make_label, name_control
from studio.qt.latest import Latest
from studio.qt.train.fields import runs_folder


def classes_of(run: RunSummary) -> tuple[str, ...]:
    """Return the classes that a run's generator can be asked for, `("",)` without any."""
    return known_classes(run.config, run.classes) if run.config else ("",)


class RunField(QWidget):
    """Lists the runs that there are; another can be opened from anywhere."""

    changed = Signal()
    """Another run, or another of its checkpoints."""

    listed = Signal()
    """The list was read."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._runs: list[RunSummary] = []
        self._opened: list[Path] = []
        self._wanted: Path | None = None
        self._shown: RunSummary | None = None
        self._is_listed = False
        self._reader: Latest | None = None
        self.combo = QComboBox()
        self.open = QPushButton(self.tr("Open a run…"))
        best = (self.tr("Best"), self.tr("The checkpoint that was best by KID"))
        last = (self.tr("Last"), self.tr("The newest checkpoint"))
        self.which_field = make_choice("which", {"best": best, "last": last})
        self._about = make_label("muted", "run.about", wraps=True)
        self._problem = make_label("danger", "run.problem", wraps=True)
        self.ask_folder: Callable[..., str] = QFileDialog.getExistingDirectory
        self._build()
        self.combo.currentIndexChanged.connect(self._choose)
        self.open.clicked.connect(self._open)
        self.which_field.changed.connect(self.changed)

    def refresh(self) -> None:
        """Read the list of runs again, in the background."""
        if self._reader is None:
            self._reader = Latest(_read, self)
            self._reader.ready.connect(self._show)
        self._reader.request(_Places(runs_folder(), tuple(self._opened)))

    def choose(self, run: Path | None) -> None:
        """Choose a run, from wherever it is, as soon as the list is read."""
        if run is not None:
            if run.parent != runs_folder() and run not in self._opened:
                self._opened.append(run)
            self._wanted = run
        self.refresh()

    def run(self) -> RunSummary | None:
        """Return the run that is chosen, if images can be made with it."""
        return self._shown if self._shown and self._shown.state != "damaged" else None

    def which(self) -> Which:
        return "best" if self.which_field.value() == "best" else "last"

    def is_empty(self) -> bool:
        """Tell whether the list was read and there is no run."""
        return self._is_listed and not self._runs

    def close_reader(self) -> None:
        """End the thread that reads the list; `refresh` starts another."""
        if self._reader is not None:
            self._reader.close()
            self._reader.deleteLater()
            self._reader = None

    @Slot(object, object)
    def _show(self, _places: object, runs: list[RunSummary]) -> None:
        self._is_listed = True
        before = self._wanted or (self._shown.path if self._shown else None)
        self._runs = runs
        paths = [run.path for run in runs]
        with QSignalBlocker(self.combo):
            self.combo.clear()
            for run in runs:
                self.combo.addItem(_name(run), run.path)
                self.combo.setItemData(self.combo.count() - 1, str(run.path), 3)
            newest = 0 if runs else -1
            self.combo.setCurrentIndex(paths.index(before) if before in paths else newest)
        if before in paths:
            self._wanted = None
        self.combo.setEnabled(bool(runs))
        self._choose()
        self.listed.emit()

    @Slot()
    def _choose(self) -> None:
        row = self.combo.currentIndex()
        before, self._shown = self._shown, self._runs[row] if row >= 0 else None
        self._tell()
        if _identity(before) != _identity(self._shown):
            self.changed.emit()

    @Slot()
    def _open(self) -> None:
        start = self._shown.path.parent if self._shown else runs_folder()
        name = self.ask_folder(self, self.tr("Open a run"), str(start))
        if name:
            self.choose(Path(name))

    def _tell(self) -> None:
        run = self._shown
        problem = run.problem if run and run.state == "damaged" else ""
        self._problem.setText(problem)
        self._problem.setVisible(bool(problem))
        self._about.setText(self._describe(run) if run and not problem else "")
        self._about.setVisible(bool(self._about.text()))
        self.combo.setToolTip(str(run.path) if run else self.tr("The run to make images with"))
        self.which_field.setEnabled(run is not None and not problem)

    def _describe(self, run: RunSummary) -> str:
        preset = PRESETS[run.preset].title if run.preset in PRESETS else run.preset
        parts = [preset, self.tr("{size} px").format(size=run.size)]
        parts.append(self.tr("{count} images seen").format(count=f"{run.images:,}"))
        if run.best_kid is not None:
            parts.append(self.tr("best KID {kid}").format(kid=f"{run.best_kid:.3g}"))
        if run.state == "running":
            parts.append(self.tr("still training"))
        return " · ".join(parts)

    def _build(self) -> None:
        spoken = self.tr("Run")
        name_control(self.combo, "run", spoken, self.tr("The run to make images with"))
        self.combo.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self.combo.setMinimumContentsLength(12)
        self.combo.setPlaceholderText(self.tr("No run yet"))
        tip = self.tr("Open the folder of a run that is kept elsewhere")
        name_control(self.open, "open_run", tip, tip)
        self._problem.hide()
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.combo, 1)
        row.addWidget(self.open)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addLayout(row)
        column.addWidget(self._problem)
        column.addWidget(self._about)
        column.addWidget(self.which_field)


class _Places(NamedTuple):
    parent: Path
    opened: tuple[Path, ...]


def _read(places: _Places) -> list[RunSummary]:
    found = list_runs(places.parent)
    with suppress(OSError):
        found += [summarise_run(path) for path in places.opened]
    return found


def _name(run: RunSummary) -> str:
    return run.path.name or str(run.path)


def _identity(run: RunSummary | None) -> object:
    return (run.path, run.state == "damaged", run.classes) if run else None
