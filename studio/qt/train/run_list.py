"""The list of runs: one is shown, another can be laid over it."""

from collections.abc import Iterable
from pathlib import Path

from PySide6.QtCore import QPoint, QSortFilterProxyModel, Qt, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QHeaderView,
    QMenu,
    QPushButton,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from studio.gan.runs import RunSummary
from studio.qt.train.parts import make_flat_button, make_label, name_control
from studio.qt.train.run_model import DATE, KID, SORT_ROLE, SOURCE, RunModel

_MOST_OFFERED = 20


class RunList(QWidget):
    """Shows the runs, and asks for what is to be done with the one that is chosen."""

    chosen = Signal(object)
    """The RunSummary of the row that was chosen."""

    overlay_wanted = Signal(object)
    """The RunSummary of the run to lay over the one that is shown, None for none."""

    open_wanted = Signal(object)
    """The folder of a run elsewhere."""

    folder_wanted = Signal(object)
    remove_wanted = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("train.run_list")
        self.model = RunModel(self)
        self._sorted = QSortFilterProxyModel(self)
        self._sorted.setSourceModel(self.model)
        self._sorted.setSortRole(SORT_ROLE)
        self.view = QTreeView()
        self._title = make_label("title", text=self.tr("Runs"))
        self._over = QPushButton(self.tr("Lay over…"))
        self._others = QMenu(self)
        self._overlaid: Path | None = None
        self._open = QPushButton(self.tr("Open a run…"))
        tip = self.tr("Show the run's folder in the file manager")
        self._folder = make_flat_button("folder_button", "folder", self.tr("Show the folder"), tip)
        tip = self.tr("Remove the run's files; others in its folder stay")
        self._remove = make_flat_button("remove", "remove", self.tr("Remove the run…"), tip)
        self._build()
        self._connect()
        self._follow_choice()

    def set_runs(self, runs: Iterable[RunSummary]) -> None:
        """Show these runs; the one that is chosen stays so."""
        chosen = self.current()
        self.model.set_runs(runs)
        if chosen is not None and self.current() is None:
            self.choose(chosen.path)
        self._follow_choice()

    def note(self, run: RunSummary) -> None:
        """Show what is new of a run."""
        self.model.note(run)
        self._follow_choice()

    def current(self) -> RunSummary | None:
        """Return the run that is chosen."""
        rows = self.view.selectionModel().selectedRows()
        return self.model.run_at(self._sorted.mapToSource(rows[0]).row()) if rows else None

    def choose(self, path: Path | None) -> None:
        """Mark the run in a folder, or none, without asking for it to be shown."""
        selection = self.view.selectionModel()
        was_blocked = selection.blockSignals(True)
        row = self.model.row_of(path) if path is not None else None
        if row is None:
            selection.clear()
        else:
            index = self._sorted.mapFromSource(self.model.index(row, 0))
            flags = selection.SelectionFlag
            selection.setCurrentIndex(index, flags.ClearAndSelect | flags.Rows)
            self.view.scrollTo(index)
        selection.blockSignals(was_blocked)
        self.view.viewport().update()
        self._follow_choice()

    def show_overlaid(self, path: Path | None) -> None:
        """Say which run is laid over the one that is shown."""
        self._overlaid = path
        self._over.setChecked(path is not None)
        text = self.tr("Laid over: {name}") if path else self.tr("Lay over…")
        self._over.setText(text.format(name=path.name if path else ""))

    # Building

    def _build(self) -> None:
        self.view.setModel(self._sorted)
        self.view.setProperty("role", "card")
        self.view.setRootIsDecorated(False)
        self.view.setUniformRowHeights(True)
        self.view.setSortingEnabled(True)
        self.view.sortByColumn(DATE, Qt.SortOrder.DescendingOrder)
        self.view.setAllColumnsShowFocus(True)
        self.view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        header = self.view.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(SOURCE, QHeaderView.ResizeMode.Stretch)
        name_control(self.view, "runs", self.tr("Runs"), "")
        tip = self.tr("Draw the curves of a second run over those of the one that is shown")
        name_control(self._over, "overlay", self.tr("Lay another run over this one"), tip)
        self._over.setMenu(self._others)
        tip = self.tr("Show a run that is kept in another folder")
        name_control(self._open, "open_run", self._open.text(), tip)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self._title)
        row.addStretch(1)
        for button in (self._over, self._open, self._folder, self._remove):
            row.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 8, 0, 0)
        column.setSpacing(4)
        column.addLayout(row)
        column.addWidget(self.view, 1)

    def _connect(self) -> None:
        self.view.selectionModel().selectionChanged.connect(self._follow_selection)
        self.view.activated.connect(self._follow_selection)
        self.view.customContextMenuRequested.connect(self._show_menu)
        self._others.aboutToShow.connect(self._fill_others)
        self._others.triggered.connect(self._lay_over)
        self._open.clicked.connect(self.choose_folder)
        self._folder.clicked.connect(self._ask_for_folder)
        self._remove.clicked.connect(self._ask_to_remove)

    # Doing

    @Slot()
    def _follow_selection(self) -> None:
        self._follow_choice()
        run = self.current()
        if run is not None:
            self.chosen.emit(run)

    def _follow_choice(self) -> None:
        run = self.current()
        self._folder.setEnabled(run is not None)
        self._remove.setEnabled(run is not None and run.state != "running")
        self._over.setEnabled(len(self.model.runs()) > 1)
        count = len(self.model.runs())
        self._title.setText(self.tr("Runs ({count})").format(count=count) if count else "")

    @Slot()
    def _fill_others(self) -> None:
        self._others.clear()
        none = self._others.addAction(self.tr("None"))
        none.setData(None)
        self._others.addSeparator()
        current = self.current()
        for run in self.model.runs()[:_MOST_OFFERED]:
            if run.state == "damaged" or (current is not None and run.path == current.path):
                continue
            cells = (self.model.index(self._row(run), column).data() for column in (SOURCE, DATE))
            kid = self.model.index(self._row(run), KID).data()
            text = self.tr("{run}, KID {kid}").format(run=" — ".join(cells), kid=kid)
            action = self._others.addAction(text.replace("&", "&&"))
            action.setData(str(run.path))
            action.setCheckable(True)
            action.setChecked(run.path == self._overlaid)

    def _row(self, run: RunSummary) -> int:
        row = self.model.row_of(run.path)
        assert row is not None
        return row

    @Slot(QAction)
    def _lay_over(self, action: QAction) -> None:
        path = action.data()
        row = self.model.row_of(Path(path)) if path and action.isChecked() else None
        self.overlay_wanted.emit(self.model.run_at(row) if row is not None else None)

    @Slot(QPoint)
    def _show_menu(self, spot: QPoint) -> None:
        index = self._sorted.mapToSource(self.view.indexAt(spot))
        if not index.isValid():
            return
        run = self.model.run_at(index.row())
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        over = menu.addAction(self.tr("Lay over the run that is shown"))
        over.setEnabled(run.state != "damaged")
        over.triggered.connect(lambda: self.overlay_wanted.emit(run))
        menu.addAction(self._folder.accessibleName()).triggered.connect(
            lambda: self.folder_wanted.emit(run)
        )
        remove = menu.addAction(self._remove.accessibleName())
        remove.setEnabled(run.state != "running")
        remove.triggered.connect(lambda: self.remove_wanted.emit(run))
        menu.popup(self.view.viewport().mapToGlobal(spot))

    @Slot()
    def _ask_for_folder(self) -> None:
        if (run := self.current()) is not None:
            self.folder_wanted.emit(run)

    @Slot()
    def _ask_to_remove(self) -> None:
        if (run := self.current()) is not None:
            self.remove_wanted.emit(run)

    @Slot()
    def choose_folder(self) -> None:
        """Ask for the folder of a run that is kept elsewhere."""
        name = QFileDialog.getExistingDirectory(self, self.tr("Open a run"), str(Path.home()))
        if name:
            self.open_wanted.emit(Path(name))
