"""The gallery: which images are made, looked at and ticked."""

from collections.abc import Sequence
from pathlib import Path

from msgspec.structs import replace
from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from studio.errors import UserError
from studio.gan.samples import GenerateOptions, Made, Sample, Which, plan_samples
from studio.qt.generate.gallery import MadeView
from studio.qt.generate.gallery_head import GalleryHead
from studio.qt.generate.gallery_model import GalleryModel, Role, ShownModel, Ticks, identify
from studio.qt.generate.maker import Maker, Wanted
from studio.qt.generate.parts import name_control
from studio.qt.generate.strip import StepStrip
from studio.qt.generate.twin_panel import TwinPanel
from studio.qt.generate.words import describe_waiting

_PAUSE = 60
_DRAFTS = 64
"""At most, as many as the generator makes at once."""
_MOST_PICKED = 500


class GalleryPanel(QWidget):
    """Makes images with one checkpoint of a run as they are wanted, and shows them.

    Images that were ticked one by one stay when others are made, until the checkpoint is another.
    """

    changed = Signal()
    """Other images are there, or ticked."""

    failed = Signal(object)
    """An exception that is nobody's fault but ours."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._run: Path | None = None
        self._which: Which = "best"
        self._all_classes: tuple[str, ...] = ("",)
        self._classes: tuple[str, ...] = ("",)
        self._truncation: float | None = None
        self._picked: tuple[Sample, ...] = ()
        self._is_hurried = False
        self.ticks = Ticks(self)
        self.model = GalleryModel(self.ticks, self)
        self._shown = ShownModel(self.model, self)
        self.maker = Maker(self)
        self.head = GalleryHead()
        self.view = MadeView()
        self.view.setModel(self._shown)
        self.strip = StepStrip(self.ticks)
        self.twin = TwinPanel()
        self._below = QStackedWidget()
        self._pause = QTimer(self, singleShot=True, interval=_PAUSE)
        # Images come by the dozen; what they come to is told now and then.
        self._telling = QTimer(self, singleShot=True, interval=_PAUSE)
        self._build()
        self._connect()

    def set_source(self, run: Path | None, which: Which, classes: Sequence[str]) -> None:
        """Take another checkpoint: of a run with these classes, or none."""
        if (run, which, tuple(classes)) == (self._run, self._which, self._all_classes):
            return
        self._run, self._which = run, which
        self._all_classes = self._classes = tuple(classes)
        self._picked = ()
        self.model.forget()
        self.strip.set_ends(None)
        self.strip.model.forget()
        self.ticks.clear()
        self.head.show_fault("", can_retry=False)
        self._plan()

    def set_classes(self, names: Sequence[str]) -> None:
        """Make images of these classes only."""
        if tuple(names) != self._classes:
            self._classes = tuple(names)
            self._plan()

    def set_truncation(self, truncation: float | None) -> None:
        """Make the images again with another truncation; those there are stay until then."""
        if truncation == self._truncation:
            return
        self._truncation = truncation
        # A slider that moves shows its effect at once; what takes longer waits until it rests.
        self._is_hurried = True
        self._picked = tuple(replace(s, truncation=truncation) for s in self._picked)
        self._plan()
        self._follow_selection()

    def ticked(self) -> list[Made]:
        """Return the images that are there and ticked."""
        return self.model.ticked()

    def seed(self) -> int:
        """Return the seed of the first image."""
        return self.head.seed()

    def retry(self) -> None:
        """Ask again for what is missing."""
        self.head.show_fault("", can_retry=False)
        self._ask_soon()

    def pause(self) -> None:
        """Make no more images for now."""
        self._is_hurried = False
        self._pause.stop()
        self.maker.request(None)

    def stop_and_wait(self) -> None:
        self._is_hurried = False
        self._pause.stop()
        self._telling.stop()
        self.maker.wait()

    # What to make

    @Slot()
    def _plan(self) -> None:
        samples = (*self._picked, *self._plan_fresh())
        self.ticks.set_planned(samples)
        self.model.set_samples(samples)
        self._ask_soon()
        self._tell()

    def _plan_fresh(self) -> list[Sample]:
        if self._run is None or not self._classes:
            return []
        options = GenerateOptions(
            count=self.head.count(),
            classes=None if self._all_classes == ("",) else self._classes,
            truncation=self._truncation,
            seed=self.head.seed(),
        )
        picked = set(map(identify, self._picked))
        planned = plan_samples(self._all_classes, options)
        fresh = [sample for sample in planned if identify(sample) not in picked]
        return sorted(fresh, key=lambda sample: sample.label)

    @Slot()
    def _ask_soon(self) -> None:
        # Never put off by the next change: a slider that is dragged changes all the time.
        if not self._pause.isActive():
            self._pause.start()

    @Slot()
    def _ask(self) -> None:
        if self._run is None or not self.isVisible():
            return
        missing = self.strip.model.missing() + self._sorted_by_view(self.model.missing())
        if self._is_hurried:
            missing = missing[:_DRAFTS]
        samples = tuple(dict.fromkeys(missing))
        self.maker.request(Wanted(self._run, self._which, samples, are_drafts=self._is_hurried))

    @Slot()
    def _go_on(self) -> None:
        if self._is_hurried and not self._pause.isActive():
            self._is_hurried = False
            self._ask_soon()

    def _sorted_by_view(self, samples: tuple[Sample, ...]) -> tuple[Sample, ...]:
        """Return samples with those first whose images are in view."""
        seen = self.view.viewport().rect()
        rows = (self._shown.index(row, 0) for row in range(self._shown.rowCount()))
        in_view = {
            identify(index.data(Role.SAMPLE))
            for index in rows
            if self.view.visualRect(index).intersects(seen)
        }
        return tuple(sorted(samples, key=lambda sample: identify(sample) not in in_view))

    @Slot()
    def _make_others(self) -> None:
        stay = [sample for sample in self.model.samples() if self.ticks.is_chosen(sample)]
        self._picked = tuple(stay[:_MOST_PICKED])
        self.head.go_on()

    # What was made

    @Slot(object, object)
    def _note(self, wanted: Wanted, made: Made) -> None:
        if (wanted.run, wanted.which) != (self._run, self._which):
            return
        for model in (self.strip.model, self.model):
            if wanted.are_drafts:
                model.show_draft(made)
            else:
                model.note(made)
        if not wanted.are_drafts and not self._telling.isActive():
            self._telling.start()

    @Slot()
    def _tell_made(self) -> None:
        self._tell()
        self._show_twin()

    @Slot(str)
    def _tell_waiting(self, what: str) -> None:
        if self.model.has_pictures():
            self.head.show_state(self.tr("Making images …"))
        else:
            self.head.show_state(describe_waiting(what))

    @Slot(object)
    def _fail(self, error: Exception) -> None:
        self._tell()
        if isinstance(error, UserError):
            self.head.show_fault(f"{error.message}. {error.hint}".strip(), can_retry=True)
        else:
            self.head.show_fault(self.tr("An error of the program ended this."), can_retry=True)
            self.failed.emit(error)

    @Slot()
    def _tell(self) -> None:
        made = self.model.all_made()
        copies = sum(each.is_copy for each in made)
        ticked = sum(map(self.ticks.is_ticked, made))
        self.head.show_counts(len(made), ticked, copies)
        if not made and self.model.has_pictures():
            self.head.show_state(self.tr("Making images …"))
        self.changed.emit()

    # Ticks and selection

    @Slot(object, bool)
    def _tick(self, samples: list[Sample], is_ticked: bool) -> None:
        others = [s for s in samples if is_ticked and not self.ticks.is_planned(s)]
        if others:
            self._picked = (*self._picked, *others)[:_MOST_PICKED]
            self._plan()
            for made in self.strip.model.all_made():
                self.model.note(made)
        self.ticks.say(samples, is_ticked)

    @Slot(str)
    def _tick_all(self, how: str) -> None:
        if how == "invert":
            # Near copies are ticked one by one only, here as with all.
            made = [m for m in self.model.all_made() if not m.is_copy or self.ticks.is_ticked(m)]
            ticked = [each.sample for each in made if self.ticks.is_ticked(each)]
            unticked = [each.sample for each in made if not self.ticks.is_ticked(each)]
            self.ticks.say(ticked, False)
            self.ticks.say(unticked, True)
        else:
            self.ticks.say_all(how == "all")

    @Slot()
    def _follow_selection(self) -> None:
        chosen = [index.data(Role.SAMPLE) for index in self.view.selectionModel().selectedIndexes()]
        plain = [sample for sample in chosen if sample.toward is None]
        has_two = len(chosen) == len(plain) == 2 and plain[0].seed != plain[1].seed
        self.strip.set_ends((plain[0], plain[1]) if has_two else None)
        self._below.setCurrentWidget(self.strip if has_two else self.twin)
        self._show_twin()

    def _show_twin(self) -> None:
        chosen = self.view.selectionModel().selectedIndexes()
        index = chosen[0] if len(chosen) == 1 else self.view.currentIndex()
        self.twin.show_made(index.data(Role.MADE) if index.isValid() else None)

    @Slot(str)
    def _show_some(self, what: str) -> None:
        self._shown.show(what)

    # Building

    def _connect(self) -> None:
        self._pause.timeout.connect(self._ask)
        self._telling.timeout.connect(self._tell_made)
        self.head.plan_changed.connect(self._plan)
        self.head.others_wanted.connect(self._make_others)
        self.head.tick_wanted.connect(self._tick_all)
        self.head.show_wanted.connect(self._show_some)
        self.head.side_changed.connect(self.view.set_side)
        self.head.retry_wanted.connect(self.retry)
        self.ticks.changed.connect(self._tell)
        for view in (self.view, self.strip):
            view.ticks_wanted.connect(self._tick)
        self.view.selection_changed.connect(self._follow_selection)
        self.strip.changed.connect(self._ask_soon)
        self.maker.made.connect(self._note)
        self.maker.waiting.connect(self._tell_waiting)
        self.maker.failed.connect(self._fail)
        self.maker.ended.connect(self._go_on)

    def _build(self) -> None:
        tip = self.tr("Made images. Space, or a click into the box, ticks what to keep")
        name_control(self.view, "gallery", self.tr("Made images"), tip)
        self._below.addWidget(self.twin)
        self._below.addWidget(self.strip)
        self._below.setFixedHeight(self._below.sizeHint().height())
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 16, 24, 12)
        column.setSpacing(12)
        column.addWidget(self.head)
        column.addWidget(self.view, 1)
        column.addWidget(self._below)
