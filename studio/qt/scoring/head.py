"""What is asked of a scoring: what is hidden, of how many images, and its start and progress."""

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QVBoxLayout,
    QWidget,
)

from studio.augment.operation import Number
from studio.augment.recipe import SEED
from studio.dataset.scoring.hiding import MOST_ROWS, MOST_SHARE, Pattern
from studio.dataset.scoring.record import ScoreReport
from studio.qt.export.parts import make_buddy
from studio.qt.recipe.number_field import NumberField
from studio.qt.scoring.parts import make_button, make_choice, make_label, name_control
from studio.qt.scoring.run import Asked

_USUAL = Pattern()
_LEAST_SHARE = 0.1
_USUAL_IMAGES = 20
_FIELD_WIDTH = 64
_SEED_WIDTH = 96
SHARE = Number(
    name="share",
    low=_LEAST_SHARE,
    high=MOST_SHARE,
    default=(_USUAL.share, _USUAL.share),
    step=0.1,
    unit="%",
    help="",
)
ROWS = Number(
    name="rows",
    low=1,
    high=MOST_ROWS,
    default=(_USUAL.count, _USUAL.count),
    integer=True,
    help="",
)
IMAGES = Number(
    name="images", low=1, high=1_000_000, default=(_USUAL_IMAGES,) * 2, integer=True, help=""
)


class ScoreHead(QFrame):
    """Edits what is asked for; while a scoring runs, nothing but its end can be asked for."""

    start_wanted = Signal()
    stop_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._count = 0
        self._has_rules = False
        self._is_running = False
        self._pattern = make_choice("pattern", self._patterns())
        self._share, self._rows = NumberField(SHARE), NumberField(ROWS)
        self._share_label = make_buddy(self.tr("Share"), self._share)
        self._rows_label = make_buddy(self.tr("Rows"), self._rows)
        self._images, self._seed = NumberField(IMAGES), NumberField(SEED)
        self._of = make_label("muted", "of")
        self._hint = make_label("muted", "hint")
        self._start = make_button(
            "start", self.tr("Start"), self.tr("Hide known pixels and fill them by every method")
        )
        self._cancel = make_button(
            "cancel",
            self.tr("Cancel"),
            self.tr("Stop; what was scored until now stays in the table"),
        )
        self._bar = QProgressBar()
        self._progress = make_label("muted", "progress.text")
        self._build()
        self._connect()
        self.set_images(0)
        self.set_running(False)
        self._follow_pattern()

    def asked(self) -> Asked:
        """Return what is asked for."""
        pattern = Pattern(
            self._pattern.value(), share=self._share.value(), count=int(self._rows.value())
        )
        return Asked(pattern, int(self._images.value()), int(self._seed.value()))

    def set_images(self, count: int) -> None:
        """Set how many images there are to choose from."""
        self._count = count
        self._images.setRange(1, max(1, count))
        self._images.setValue(min(_USUAL_IMAGES, max(1, count)))
        self._of.setText(self.tr("of {count}").format(count=f"{count:,}"))
        self._follow_state()

    def set_rules(self, has_rules: bool) -> None:
        """Tell whether the recipe looks for missing pixels."""
        self._has_rules = has_rules
        self._follow_pattern()

    def choose_pattern(self, kind: str) -> None:
        """Choose what is hidden, a kind of `Pattern`."""
        self._pattern.set_value(kind)

    def set_running(self, is_running: bool) -> None:
        """Show whether a scoring runs."""
        self._is_running = is_running
        if is_running:
            self._bar.setRange(0, 0)
            self._progress.setText(self.tr("Looking for missing pixels …"))
            self._cancel.setEnabled(True)
        has_focus = self._start.hasFocus() or self._cancel.hasFocus()
        shown, hidden = self._start, self._cancel
        if is_running:
            shown, hidden = hidden, shown
        shown.show()
        if has_focus:
            shown.setFocus()
        hidden.hide()
        self._follow_state()

    def take_focus(self) -> None:
        """Give the keyboard to the button that starts or ends a scoring."""
        (self._cancel if self._is_running else self._start).setFocus()

    def show_report(self, report: ScoreReport) -> None:
        """Show how far a scoring is."""
        text = self.tr("{done} of {total} images")
        self._progress.setText(text.format(done=f"{report.done:,}", total=f"{report.total:,}"))
        self._bar.setRange(0, max(1, report.total))
        self._bar.setValue(report.done)

    def show_stopping(self) -> None:
        """Say that the end was asked for, which comes after the fill that is being made."""
        self._cancel.setEnabled(False)
        self._progress.setText(self.tr("Stopping …"))

    # Following

    @Slot()
    def _follow_pattern(self) -> None:
        kind = self._pattern.value()
        drawn = kind == "blocks" or (kind == "missing" and not self._has_rules)
        for widget in (self._share, self._share_label):
            widget.setVisible(kind == "pixels" or drawn)
        for widget in (self._rows, self._rows_label):
            widget.setVisible(kind == "rows")
        hint = ""
        if kind == "missing" and not self._has_rules:
            hint = self.tr("The recipe looks for no missing pixels: blocks are hidden instead")
        elif kind == "missing":
            hint = self.tr("Known pixels, in the pattern and size of the missing ones")
        self._hint.setText(hint)

    def _follow_state(self) -> None:
        for field in (*self._pattern.buttons(), *self._fields()):
            field.setEnabled(not self._is_running and self._count > 0)
        self._start.setEnabled(self._count > 0)
        for widget in (self._bar, self._progress):
            widget.setVisible(self._is_running)

    def _fields(self) -> tuple[NumberField, ...]:
        return self._share, self._rows, self._images, self._seed

    # Building

    def _patterns(self) -> dict[str, tuple[str, str]]:
        return {
            "missing": (
                self.tr("As missing"),
                self.tr("Hide in the same pattern and size as what is missing in this data set"),
            ),
            "pixels": (self.tr("Single pixels"), self.tr("Hide pixels here and there")),
            "blocks": (self.tr("Blocks"), self.tr("Hide squares of several sizes")),
            "rows": (self.tr("Rows"), self.tr("Hide whole rows of pixels")),
        }

    def _connect(self) -> None:
        self._pattern.changed.connect(self._follow_pattern)
        self._start.clicked.connect(self.start_wanted)
        self._cancel.clicked.connect(self.stop_wanted)

    def _build(self) -> None:
        self.setObjectName("scoring.head")
        self.setProperty("role", "bar")
        self._start.setProperty("role", "primary")
        tip = self.tr("How much of each picture is hidden")
        name_control(self._share, "share", self.tr("Share that is hidden"), tip)
        tip = self.tr("How many rows of each picture are hidden")
        name_control(self._rows, "rows", self.tr("Rows that are hidden"), tip)
        tip = self.tr("How many images are scored, evenly spread over the data set")
        name_control(self._images, "images", self.tr("Number of images"), tip)
        tip = self.tr("Another seed hides other pixels; the same one hides the same")
        name_control(self._seed, "seed", self.tr("Seed"), tip)
        spoken = self.tr("Progress of the scoring")
        name_control(self._bar, "progress", spoken, spoken)
        self._bar.setTextVisible(False)
        self._bar.setFixedWidth(160)
        for field in (self._share, self._rows, self._images):
            field.setFixedWidth(_FIELD_WIDTH)
        self._seed.setFixedWidth(_SEED_WIDTH)
        self._share.setValue(_USUAL.share)
        self._rows.setValue(_USUAL.count)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 10, 12, 10)
        column.setSpacing(8)
        column.addLayout(self._lay_out_first())
        column.addLayout(self._lay_out_second())

    def _lay_out_first(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(_caption(self.tr("Hide")))
        row.addWidget(self._pattern)
        for widget in (self._share_label, self._share, self._rows_label, self._rows):
            row.addWidget(widget)
        row.addWidget(self._hint, 1)
        row.addStretch(1)
        return row

    def _lay_out_second(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(make_buddy(self.tr("Images"), self._images))
        row.addWidget(self._images)
        row.addWidget(self._of)
        row.addSpacing(16)
        row.addWidget(make_buddy(self.tr("Seed"), self._seed))
        row.addWidget(self._seed)
        row.addStretch(1)
        for widget in (self._progress, self._bar, self._cancel, self._start):
            row.addWidget(widget)
        return row


def _caption(text: str) -> QLabel:
    return make_label("title", text=text)
