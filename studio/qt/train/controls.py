"""The bar above a training: which run it is, how far, and what can be done with it."""

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QHBoxLayout,
    QMenu,
    QProgressBar,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from studio.gan.config import TrainConfig
from studio.gan.reports import Preparing, Report, Stats, Waiting
from studio.gan.runs import RunSummary
from studio.qt.export.parts import format_seconds
from studio.qt.plain_label import PlainLabel
from studio.qt.train.parts import describe_state, make_label, name_control
from studio.qt.train.resuming import needs_more, ways_to_resume

_PER_MILLE = 1000
_QUIET_SECONDS = 3.0


class RunBar(QWidget):
    """Controls the training that runs, or the old run that is shown."""

    options_toggled = Signal(bool)
    pause_toggled = Signal(bool)
    stop_wanted = Signal()
    discard_wanted = Signal()
    resume_wanted = Signal(object)
    """The run that is shown is to be gone on with; as this TrainConfig says."""

    generate_wanted = Signal()
    return_wanted = Signal()
    """The training that runs is to be shown again."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.options = QToolButton()
        self.pause = QPushButton()
        self.stop = QPushButton(self.tr("Stop and keep"))
        self.discard = QPushButton(self.tr("Stop and discard…"))
        self.resume = QPushButton()
        self.generate = QPushButton(self.tr("Generate from this run"))
        self.back = QPushButton(self.tr("Show the running one"))
        self._name = PlainLabel()
        self._state = make_label("muted", "state")
        self._bar = QProgressBar()
        self._ways = QMenu(self)
        self._config: TrainConfig | None = None
        self._is_running = False
        self._is_ending = False
        self._name_controls()
        self._lay_out()
        self._connect()
        self.show_run(None)

    # What is shown

    def begin(self, name: str) -> None:
        """Show a training that starts."""
        self._is_running, self._is_ending = True, False
        self._show_name(name)
        self._show_paused(False)
        self._state.setText(self.tr("Starting …"))
        self._bar.setRange(0, 0)
        self._show_buttons(None)

    def note(self, report: Report | Waiting) -> None:
        """Show how far the training is."""
        if self._is_ending:
            return
        if isinstance(report, Waiting):
            self._note_waiting(report)
        elif isinstance(report, Preparing):
            self._show_share(report.share)
            self._state.setText(self.tr("Preparing: {what}").format(what=report.what))
        elif isinstance(report, Stats):
            self._show_share(report.share_done)
            percent = f"{report.share_done:.0%}"
            if not self.pause.isChecked():
                self._state.setText(self.tr("Training, {percent}").format(percent=percent))

    def show_ending(self, text: str) -> None:
        """Say that the training is about to end; nothing can be pressed meanwhile."""
        self._is_ending = True
        self._state.setText(text)
        self._bar.setRange(0, 0)
        # Disabled, a button would hand its focus to whatever comes next in the window.
        if any(button.hasFocus() for button in self._running_buttons()):
            self.setFocus()
        for button in self._running_buttons():
            button.setEnabled(False)

    def end(self) -> None:
        """The training is over."""
        self._is_running = self._is_ending = False

    def show_other(self, name: str) -> None:
        """While a training runs, name the run that is looked at instead; "" for none."""
        text = self.tr("looking at {name}").format(name=name) if name else ""
        self._other.setText(text)
        self._other.setVisible(bool(name))
        self.back.setVisible(bool(name))

    def show_run(self, run: RunSummary | None, state: str = "") -> None:
        """Show a run that does not run; `state` is said of it in place of the usual."""
        if self._is_running:
            return
        self._show_name(run.path.name if run else "")
        self._state.setText(state or (self._describe(run) if run else ""))
        self._show_buttons(run)
        if run is not None:
            self._offer_resume(run)

    def state(self) -> str:
        return self._state.text()

    def _describe(self, run: RunSummary) -> str:
        if run.state == "damaged":
            return run.problem
        if not run.images:
            return describe_state(run.state)
        text = self.tr("{state} after {time}, {images} images seen")
        time, images = format_seconds(run.seconds), f"{run.images:,}"
        return text.format(state=describe_state(run.state), time=time, images=images)

    def _note_waiting(self, report: Waiting) -> None:
        is_starting = self._bar.maximum() == 0
        if is_starting or report.seconds >= _QUIET_SECONDS:
            what, seconds = report.what, format_seconds(report.seconds)
            text = self.tr("{what} … {seconds}")
            self._state.setText(text.format(what=what[:1].upper() + what[1:], seconds=seconds))

    def _show_name(self, name: str) -> None:
        self._name.setText(name)
        self._name.setToolTip(name)

    def _show_share(self, share: float) -> None:
        self._bar.setRange(0, _PER_MILLE)
        self._bar.setValue(round(_PER_MILLE * share))

    def _show_buttons(self, run: RunSummary | None) -> None:
        for button in self._running_buttons():
            button.setVisible(self._is_running)
            button.setEnabled(True)
        self._bar.setVisible(self._is_running)
        self.show_other("")
        is_old = run is not None and not self._is_running
        self.resume.setVisible(is_old and run is not None and run.can_resume)
        self.generate.setVisible(is_old and run is not None and run.can_resume)

    def _offer_resume(self, run: RunSummary) -> None:
        self._config = run.config
        ways = ways_to_resume(run)
        self._ways.clear()
        for text, config in ways:
            self._ways.addAction(text).setData(config)
        self.resume.setMenu(self._ways if ways else None)  # type: ignore[arg-type]
        if needs_more(run):
            text = self.tr("Train longer")
            tip = self.tr("Go on where it ended, with the same data and options")
        else:
            text = self.tr("Resume")
            tip = self.tr("Go on from its last checkpoint, to the length it was begun with")
        self.resume.setText(text)
        name_control(self.resume, "resume", text, tip)

    def _running_buttons(self) -> tuple[QPushButton, ...]:
        return self.pause, self.stop, self.discard

    @Slot(bool)
    def _show_paused(self, is_paused: bool) -> None:
        self.pause.setChecked(is_paused)
        self.pause.setText(self.tr("Go on") if is_paused else self.tr("Pause"))
        self.pause.setAccessibleName(self.pause.text())
        if is_paused:
            self._state.setText(self.tr("Paused"))

    # Building

    def _name_controls(self) -> None:
        tip = self.tr("Show or hide the options, and the button that starts a run")
        name_control(self.options, "options", self.tr("New run"), tip)
        self.options.setText(self.tr("New run"))
        self.options.setCheckable(True)
        self.options.setChecked(True)
        self.options.setProperty("role", "segment")
        self.pause.setCheckable(True)
        name_control(
            self.pause, "pause", self.tr("Pause"), self.tr("Hold the training, or let it go on")
        )
        tip = self.tr("End now; the generator and a checkpoint are saved, and it can be resumed")
        name_control(self.stop, "stop", self.stop.text(), tip)
        tip = self.tr("End now, and remove what this run has written")
        name_control(self.discard, "discard", self.discard.text(), tip)
        name_control(self.resume, "resume", self.tr("Resume"), self.tr("Go on with this run"))
        tip = self.tr("Make images with the generator of this run")
        name_control(self.generate, "generate", self.generate.text(), tip)
        tip = self.tr("Go back to the curves and pictures of the training that runs")
        name_control(self.back, "back", self.back.text(), tip)
        name_control(self._bar, "progress", self.tr("Progress"), self.tr("How far it is"))
        self._bar.setTextVisible(False)
        self._name.setObjectName("train.run")
        self._name.setProperty("role", "title")
        self._other = PlainLabel()
        self._other.setObjectName("train.other")
        self._other.setProperty("role", "muted")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.options)
        texts = QVBoxLayout()
        texts.setSpacing(0)
        line = QHBoxLayout()
        line.setSpacing(8)
        line.addWidget(self._name, 1)
        line.addWidget(self._other, 1)
        texts.addLayout(line)
        texts.addWidget(self._state)
        row.addLayout(texts, 1)
        buttons = (self.back, *self._running_buttons(), self.generate, self.resume)
        for button in buttons:
            row.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(row)
        column.addWidget(self._bar)

    def _connect(self) -> None:
        self.options.toggled.connect(self.options_toggled)
        self.pause.toggled.connect(self._show_paused)
        self.pause.toggled.connect(self.pause_toggled)
        self.stop.clicked.connect(self.stop_wanted)
        self.discard.clicked.connect(self.discard_wanted)
        self.resume.clicked.connect(self._resume_as_it_was)
        self._ways.triggered.connect(self._resume_otherwise)
        self.generate.clicked.connect(self.generate_wanted)
        self.back.clicked.connect(self.return_wanted)

    @Slot()
    def _resume_as_it_was(self) -> None:
        if self.resume.menu() is None:
            self.resume_wanted.emit(self._config)

    @Slot(QAction)
    def _resume_otherwise(self, action: QAction) -> None:
        self.resume_wanted.emit(action.data())
