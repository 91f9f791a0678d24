"""The left side of the generate page: which generator, how varied, of what, and what to write."""

from collections import Counter
from collections.abc import Mapping

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QFrame, QPushButton, QScrollArea, QVBoxLayout, QWidget

from studio.dataset.library import Library
from studio.gan.runs import RunSummary
from studio.gan.samples import MOST_COUNT, Made, Sample
from studio.qt.generate.class_field import ClassField
from studio.qt.generate.parts import make_label, name_control
from studio.qt.generate.run_field import RunField, classes_of
from studio.qt.generate.variety import VarietyField
from studio.qt.generate.write_form import WriteForm
from studio.qt.generate.writing import Order

_WIDTH = 380


class GeneratePane(QFrame):
    """Edits what to make and to write; its button can be pressed when there is something to."""

    run_changed = Signal()
    variety_changed = Signal()
    classes_changed = Signal()
    start_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ticked: list[Made] = []
        self._seed = 0
        self._is_running = False
        self.run = RunField()
        self.variety = VarietyField()
        self.classes = ClassField()
        self.form = WriteForm()
        self._sum = make_label("muted", "sum", wraps=True)
        self._start = QPushButton()
        self._build()
        self.run.changed.connect(self._follow_run)
        self.variety.changed.connect(self.variety_changed)
        self.classes.changed.connect(self.classes_changed)
        for change in (self.variety.changed, self.classes.changed, self.form.changed):
            change.connect(self._show_sum)
        self._start.clicked.connect(self.start_wanted)
        self._enable()
        self._show_sum()

    def set_library(self, library: Library | None) -> None:
        """Count the images of another data set."""
        self.form.target.set_library(library)

    def show_ticked(self, ticked: list[Made], seed: int) -> None:
        """Take what is ticked in the gallery, and its first seed."""
        self._ticked, self._seed = ticked, seed
        self._show_sum()

    def set_running(self, is_running: bool) -> None:
        """While images are written the options can be seen, but not changed."""
        self._is_running = is_running
        self._enable()
        self._show_sum()

    def order(self) -> Order | None:
        """Return what is to be written, None where there is nothing or nowhere to write."""
        run = self.run.run()
        if run is None or not self._start.isEnabled():
            return None
        return Order(
            run=run.path,
            which=self.run.which(),
            samples=self._plan(run),
            target=self.form.target.path(),
            format=self.form.format(),
            keep_near_copies=self.form.keeps_copies(),
            draws_more=self.form.what() != "ticked",
        )

    def close_threads(self) -> None:
        self.run.close_reader()
        self.form.target.close_looker()

    def _enable(self) -> None:
        self.run.setEnabled(not self._is_running)
        has_run = self.run.run() is not None
        for part in (self.variety, self.classes, self.form):
            part.setEnabled(has_run and not self._is_running)

    @Slot()
    def _follow_run(self) -> None:
        self._enable()
        run = self.run.run()
        self.classes.set_classes(classes_of(run) if run else ("",))
        self.run_changed.emit()
        self._show_sum()

    @Slot()
    def _aim(self) -> None:
        """Have the folder looked at for what is to be written there."""
        names = self.classes.names()
        if self.form.what() == "ticked":
            ticked = {made.class_name for made in self._ticked}
            names = tuple(name for name in self.classes.all_names() if name in ticked)
        self.form.target.set_run(self.run.run(), names)

    def _first_seed(self) -> int:
        """Return the first seed of what is not ticked: the gallery's, or one that is not there."""
        findings = self.form.target.findings()
        return max(self._seed, findings.place.next_seed if findings else 0)

    def _plan(self, run: RunSummary) -> tuple[Sample, ...]:
        if self.form.what() == "ticked":
            return tuple(made.sample for made in self._ticked)
        return self.form.plan(
            classes_of(run),
            self.classes.names(),
            self.form.target.counts(),
            seed=self._first_seed(),
            truncation=self.variety.value(),
        )

    def _count(self) -> Mapping[str, int]:
        """Return how many images of each class would be written."""
        if self.run.run() is None or self._uncounted():
            return {}
        if self.form.what() == "ticked":
            return Counter(made.class_name for made in self._ticked if self._takes(made))
        return self.form.count(self.classes.names(), self.form.target.counts())

    def _takes(self, made: Made) -> bool:
        return not made.is_copy or self.form.keeps_copies()

    def _uncounted(self) -> str:
        """Return why it is not known how many images there are to fill up, empty where it is."""
        findings = self.form.target.findings()
        if self.form.what() != "fill" or (findings and findings.counts is not None):
            return ""
        return findings.uncounted if findings else self.tr("Counting the images that are there …")

    @Slot()
    def _show_sum(self) -> None:
        self._aim()
        have, more = self.form.target.counts(), self._count()
        will = {name: have.get(name, 0) + count for name, count in more.items()}
        self.classes.show_counts(have, will)
        count = sum(more.values())
        text = self.tr("Write {count} image") if count == 1 else self.tr("Write {count} images")
        self._start.setText(text.format(count=f"{count:,}") if count else self.tr("Write"))
        self._start.setAccessibleName(self._start.text())
        is_possible = 0 < count <= MOST_COUNT and not self.form.target.problem()
        self._start.setEnabled(is_possible and not self._is_running)
        self._sum.setText(self._describe(count) if self.run.run() else "")

    def _describe(self, count: int) -> str:
        if self.form.what() == "ticked":
            return self._describe_ticked()
        if not self.classes.names():
            return self.tr("No class is ticked.")
        if reason := self._uncounted():
            return reason
        if not count:
            return self.tr("Every class has as many already.")
        if count > MOST_COUNT:
            return self.tr("That is more than {most}.").format(most=f"{MOST_COUNT:,}")
        text = self.tr("From seed {seed} on; others take the places of near copies.")
        if self.form.keeps_copies():
            text = self.tr("From seed {seed} on.")
        return text.format(seed=self._first_seed())

    def _describe_ticked(self) -> str:
        if not self._ticked:
            return self.tr("Nothing is ticked in the gallery.")
        copies = sum(made.is_copy for made in self._ticked)
        if copies and not self.form.keeps_copies():
            text = self.tr("{count} of the ticked are near copies, and will be left out.")
            return text.format(count=f"{copies:,}")
        return ""

    def _build(self) -> None:
        self.setProperty("role", "pane")
        self.setFixedWidth(_WIDTH)
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(16, 16, 16, 8)
        column.setSpacing(16)
        head = QVBoxLayout()
        head.setSpacing(8)
        title = make_label("title", text=self.tr("Run"))
        title.setBuddy(self.run.combo)
        head.addWidget(title)
        head.addWidget(self.run)
        column.addLayout(head)
        column.addWidget(self.variety)
        column.addWidget(self.classes, 1)
        column.addWidget(self.form)
        column.addStretch(0)
        scroll = QScrollArea()
        scroll.setObjectName("generate.scroll")
        scroll.setWidgetResizable(True)
        scroll.setWidget(inside)
        for surface in (inside, scroll.viewport()):
            surface.setAutoFillBackground(False)
        tip = self.tr("Write the images")
        name_control(self._start, "start", tip, tip)
        self._start.setProperty("role", "primary")
        foot = QVBoxLayout()
        foot.setContentsMargins(16, 8, 16, 16)
        foot.setSpacing(8)
        foot.addWidget(self._sum)
        foot.addWidget(self._start)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(scroll, 1)
        whole.addLayout(foot)
