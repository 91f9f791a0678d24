"""The window of "Score fills": how well each method fills this data set's pixels."""

from pathlib import Path

from PySide6.QtCore import QSize, Qt, QTimer, Slot
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QSplitter, QVBoxLayout, QWidget

from studio.augment.engine import Partner
from studio.augment.recipe import Recipe
from studio.dataset.atomic_file import write_atomic
from studio.dataset.library import Library
from studio.dataset.scoring.borrowing import borrow_from_classes
from studio.dataset.scoring.methods import Method, all_methods
from studio.dataset.scoring.record import ScoreReport, Scores
from studio.errors import UserError
from studio.qt.errors import report as report_error
from studio.qt.recipe.form import translated
from studio.qt.scoring.head import ScoreHead
from studio.qt.scoring.into_recipe import can_take_fill, with_fill
from studio.qt.scoring.parts import find_operation, name_method
from studio.qt.scoring.picture_pane import PicturePane
from studio.qt.scoring.result_pane import ResultPane
from studio.qt.scoring.run import ScoreRun
from studio.qt.scoring.table_file import encode_table
from studio.qt.session import Session
from studio.qt.train.picture_file import ask_path, cannot_write

_LEAST = QSize(900, 600)
_USUAL = QSize(1200, 780)
_PAUSE = 300


class ScoreDialog(QDialog):
    """Scores the methods on the images of a library, with the rules of the session's recipe.

    It blocks no other window. Closing it stops what runs; another library empties it.
    """

    def __init__(
        self, session: Session, library: Library | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._library: Library | None = None
        self._partner: Partner | None = None
        self._run: ScoreRun | None = None
        self._scores: Scores | None = None
        self._methods: dict[str, Method] = {method.name: method for method in all_methods()}
        self._head = ScoreHead()
        self._results = ResultPane()
        self._pictures = PicturePane()
        # With many small images the table would otherwise be made anew for each of them.
        self._pause = QTimer(self, singleShot=True, interval=_PAUSE)
        self._build()
        self._connect()
        self.set_library(library)
        self._follow_recipe(session.recipe)
        if not self._has_rules(session.recipe):
            self._head.choose_pattern("blocks")

    @Slot()
    def open(self) -> None:
        """Show the window, in front of others, and let them be used too."""
        self.show()
        self.raise_()
        self.activateWindow()
        self._head.take_focus()

    @Slot(object)
    def set_library(self, library: Library | None) -> None:
        """Score the images of another library; what runs or is shown of the last one goes."""
        self._drop_run()
        self._library, self._partner = library, None
        self._scores = None
        self._results.show_scores(None, {})
        self._results.show_fault("")
        self._head.set_images(len(library.images) if library is not None else 0)
        self._invite()

    def is_running(self) -> bool:
        """Return whether a scoring runs."""
        return self._run is not None

    def scores(self) -> Scores | None:
        """Return the scores that are shown, None while there are none or more are to come."""
        return self._scores

    def stop_and_wait(self) -> None:
        """Return when nothing runs any more for this window."""
        self._drop_run(wait=True)
        self._pictures.close_thread()

    def closeEvent(self, event: QCloseEvent) -> None:
        self._leave()
        super().closeEvent(event)

    def done(self, result: int) -> None:
        # The Escape key hides a dialog without closing it.
        self._leave()
        super().done(result)

    def _leave(self) -> None:
        if self._run is not None:
            so_far = self._run.scores_so_far()
            self._drop_run()
            self._end(so_far, None)

    # Scoring

    @Slot()
    def _start(self) -> None:
        if self._library is None or self._run is not None:
            return
        self._scores = None
        self._results.show_scores(None, {})
        self._results.show_fault("")
        self._results.show_state("")
        self._pictures.clear(
            self.tr("Scoring …"), self.tr("The pictures can be seen as soon as it has ended.")
        )
        self._head.set_running(True)
        rules = self._session.recipe.missing
        self._partner = borrow_from_classes(self._library, rules)
        self._run = ScoreRun(self._library, rules, self._head.asked(), self._partner, self)
        self._run.reported.connect(self._note)
        self._run.ended.connect(self._finish)
        self._run.start()

    @Slot()
    def _stop(self) -> None:
        if self._run is not None:
            self._head.show_stopping()
            self._run.stop()

    @Slot(object)
    def _note(self, report: ScoreReport) -> None:
        self._head.show_report(report)
        if report.row is not None and not self._pause.isActive():
            self._pause.start()

    @Slot()
    def _show_so_far(self) -> None:
        if self._run is not None:
            scores = self._run.scores_so_far()
            self._results.show_scores(scores, self._methods, is_final=False)

    @Slot(object, object)
    def _finish(self, scores: Scores | None, error: Exception | None) -> None:
        newest = self._run.newest if self._run is not None else None
        self._drop_run()
        self._end(scores, error)
        if scores is not None and newest is not None and newest.done < newest.total:
            text = self.tr("Stopped after {done} of {total} images.")
            stopped = text.format(done=f"{newest.done:,}", total=f"{newest.total:,}")
            self._results.show_state(f"{stopped} {self._sum_up(scores)}")

    def _end(self, scores: Scores | None, error: Exception | None) -> None:
        self._scores = scores
        self._results.show_scores(scores, self._methods)
        if scores is None or self._library is None:
            self._invite()
        else:
            self._results.show_state(self._sum_up(scores))
            self._pictures.show_scores(self._library, scores, self._partner)
            self._results.table.choose(scores.best)
        if isinstance(error, UserError):
            self._results.show_fault(" ".join(filter(None, (error.message, error.hint))))
        elif error is not None:
            report_error(error)

    def _drop_run(self, *, wait: bool = False) -> None:
        self._pause.stop()
        run, self._run = self._run, None
        if run is not None:
            run.disconnect(self)
            run.drop(wait=wait)
        self._head.set_running(False)

    def _sum_up(self, scores: Scores) -> str:
        best = name_method(self._methods[scores.best])
        if len(scores.rows) == 1:
            return self.tr("{method} is best on the one image").format(method=best)
        gain = scores.best_per_image.psnr - scores.means[scores.best].psnr
        text = self.tr("{method} is best over {count} images; best per image: {gain} dB more")
        return text.format(
            method=best,
            count=f"{len(scores.rows):,}",
            gain=f"{gain:.2f}",
        )

    def _invite(self) -> None:
        self._results.show_state("")
        if self._library is None:
            self._pictures.clear(self.tr("No data set is open"))
            return
        detail = self.tr(
            "Known pixels are hidden, filled by every method, and compared with what they were."
        )
        self._pictures.clear(self.tr("How well can this data set be filled?"), detail)

    # Following

    @Slot(object)
    def _follow_recipe(self, recipe: Recipe) -> None:
        self._head.set_rules(self._has_rules(recipe))
        if self._scores is not None and self._scores.rules != recipe.missing:
            text = self.tr("The rules that find missing pixels have changed since.")
            self._results.show_state(text)

    def _has_rules(self, recipe: Recipe) -> bool:
        return any(rule.enabled for rule in recipe.missing)

    @Slot()
    def _follow_method(self) -> None:
        if self._scores is not None:
            self._pictures.show_method(self._results.method())

    @Slot()
    def _follow_image(self) -> None:
        self._results.set_image(self._pictures.key())

    # Using

    @Slot(str)
    def _use(self, name: str) -> None:
        method = self._methods.get(name)
        operation = find_operation(method.op if method else name)
        if operation is None:
            return
        recipe = self._session.recipe
        if not can_take_fill(recipe):
            self._results.show_fault(self.tr("The recipe has no room for another step"))
            return
        settings = method.settings() if method else {}
        title = translated(operation.title)
        text = self.tr("Use {step}").format(step=title.lower())
        self._session.edit(with_fill(recipe, operation.name, settings), text)
        self._results.show_fault("")
        self._results.show_state(self.tr("In the recipe now: {step}").format(step=title))

    @Slot()
    def _write_table(self) -> None:
        if self._scores is None or self._library is None:
            return
        start = Path.home() / f"{self._library.root.stem}-fills.csv"
        kind = self.tr("Tables (*.csv)")
        path = ask_path(self, self.tr("Export the table"), start, kind)
        if path is None:
            return
        try:
            write_atomic(path, encode_table(self._scores))
        except OSError as error:
            self._results.show_fault(cannot_write(path, error).message)
        else:
            self._results.show_fault("")
            self._results.show_state(self.tr("Saved {path}").format(path=path))

    # Building

    def _connect(self) -> None:
        self._head.start_wanted.connect(self._start)
        self._head.stop_wanted.connect(self._stop)
        self._results.method_chosen.connect(self._follow_method)
        self._results.use_wanted.connect(self._use)
        self._results.table_wanted.connect(self._write_table)
        self._pictures.image_changed.connect(self._follow_image)
        self._pause.timeout.connect(self._show_so_far)
        self._session.recipe_changed.connect(self._follow_recipe)

    def _build(self) -> None:
        self.setObjectName("scoring")
        self.setWindowTitle(self.tr("Score fills"))
        self.setWindowFlags(Qt.WindowType.Window)
        self.setModal(False)
        self.setMinimumSize(_LEAST)
        self.resize(_USUAL.boundedTo(self.screen().availableSize() * 0.9).expandedTo(_LEAST))
        self._pictures.set_methods(self._methods)
        split = QSplitter(Qt.Orientation.Horizontal)
        split.setObjectName("scoring.split")
        split.setChildrenCollapsible(False)
        for pane, margins in ((self._results, (12, 12, 12, 12)), (self._pictures, (12,) * 4)):
            side = QWidget()
            row = QHBoxLayout(side)
            row.setContentsMargins(*margins)
            row.addWidget(pane)
            split.addWidget(side)
        split.setStretchFactor(1, 1)
        split.setSizes([580, 620])
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._head)
        column.addWidget(split, 1)
