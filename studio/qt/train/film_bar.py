"""The controls around the grids: what is shown, when, how fast, and into which file."""

from collections.abc import Callable

from PySide6.QtCore import QSize, Signal, Slot
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLabel, QMenu, QToolButton, QWidget

from studio.augment.operation import Number
from studio.qt.recipe.number_field import NumberField, ShareSlider
from studio.qt.theme import icon
from studio.qt.train.film_frames import Kind
from studio.qt.train.parts import make_choice, make_flat_button, make_label, name_control

SPEED = Number(
    name="speed",
    low=1,
    high=30,
    default=(10, 10),
    integer=True,
    help="Frames a second, of the film here and of the one that is saved.",
)


class FilmHead(QWidget):
    """Above the grids: which of them, whether real ones beside, the view, and saving."""

    kind_changed = Signal()
    real_toggled = Signal(bool)
    fit_wanted = Signal()
    save_wanted = Signal(str)
    """"gif", "mp4", "picture" or "strip"."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._kind = make_choice(
            "film.kind",
            {
                "average": (
                    self.tr("EMA"),
                    self.tr("Of the generator's moving average, which is what is kept"),
                ),
                "raw": (self.tr("Raw"), self.tr("Of the generator as it is at that step")),
            },
        )
        self._real = QCheckBox(self.tr("Real images"))
        self._fit = make_flat_button(
            "film.fit", "fit", self.tr("Show all"), self.tr("Show the whole grid")
        )
        self._save = make_flat_button(
            "film.save", "save", self.tr("Save"), self.tr("Save the film, or a picture of it")
        )
        self._build_menu()
        self._lay_out()
        self._kind.changed.connect(self.kind_changed)
        self._real.toggled.connect(self.real_toggled)
        self._fit.clicked.connect(self.fit_wanted)

    def kind(self) -> Kind:
        return "raw" if self._kind.value() == "raw" else "average"

    def shows_real(self) -> bool:
        return self._real.isChecked() and self._real.isEnabled()

    def set_has_real(self, has_real: bool) -> None:
        """Offer real images where the run has a picture of them."""
        self._real.setEnabled(has_real)

    def set_can_save(self, can_save: bool) -> None:
        """Offer to save while there is anything and nothing is being saved."""
        self._save.setEnabled(can_save)

    def _build_menu(self) -> None:
        menu = QMenu(self._save)
        for kind, text in (
            ("gif", self.tr("Film as GIF…")),
            ("mp4", self.tr("Film as MP4…")),
            ("strip", self.tr("Film strip as PNG…")),
            ("picture", self.tr("This picture as PNG…")),
        ):
            action = menu.addAction(text)
            action.setObjectName(f"train.film.save.{kind}")
            action.triggered.connect(self._ask(kind))
        self._save.setMenu(menu)
        self._save.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)

    def _ask(self, kind: str) -> Callable[[], None]:
        return lambda: self.save_wanted.emit(kind)

    def _lay_out(self) -> None:
        tip = self.tr("Show real images beside, laid out in the same rows")
        name_control(self._real, "film.real", self.tr("Real images beside"), tip)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 8, 8, 6)
        row.setSpacing(8)
        row.addWidget(make_label("title", text=self.tr("Samples")))
        row.addSpacing(8)
        row.addWidget(self._kind)
        row.addWidget(self._real)
        row.addStretch(1)
        for button in (self._fit, self._save):
            button.setIconSize(QSize(18, 18))
            row.addWidget(button)


class FilmTimeline(QWidget):
    """Below the grids: a slider over all of them, and the film's playing."""

    moved = Signal(int)
    play_toggled = Signal()
    speed_changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._play = make_flat_button(
            "film.play", "play", self.tr("Play"), self.tr("Play all grids as a film")
        )
        self._slider = ShareSlider(self)
        self._place = make_label("muted", "film.place")
        self._speed = NumberField(SPEED, self)
        self._speed.setValue(SPEED.default[0])
        self._lay_out()
        self._slider.valueChanged.connect(self._follow)
        self._play.clicked.connect(self.play_toggled)
        self._speed.valueChanged.connect(self.speed_changed)
        self.set_count(0)

    def index(self) -> int:
        return self._slider.value()

    def count(self) -> int:
        return self._slider.maximum() + 1 if self._slider.isEnabled() else 0

    def is_at_end(self) -> bool:
        return self._slider.value() == self._slider.maximum()

    def speed(self) -> float:
        """Return the frames a second."""
        return float(self._speed.value())

    def set_count(self, count: int) -> None:
        """Offer so many grids; whoever was at the newest stays there."""
        was_at_end = self.is_at_end()
        blocked = self._slider.blockSignals(True)
        self._slider.setEnabled(count > 0)
        self._play.setEnabled(count > 1)
        self._slider.setRange(0, max(0, count - 1))
        if was_at_end:
            self._slider.setValue(count - 1)
        self._slider.setPageStep(max(1, count // 10))
        self._slider.blockSignals(blocked)
        self._show_place()

    @Slot(int)
    def move_to(self, index: int) -> None:
        """Go to a grid, within the ones there are; `moved` tells if it is another."""
        self._slider.setValue(index)

    def show_playing(self, is_playing: bool) -> None:
        """Let the button say what it would do."""
        text = self.tr("Pause") if is_playing else self.tr("Play")
        self._play.setIcon(icon("pause" if is_playing else "play"))
        self._play.setAccessibleName(text)

    @Slot(int)
    def _follow(self, index: int) -> None:
        self._show_place()
        self.moved.emit(index)

    def _show_place(self) -> None:
        count = self.count()
        text = self.tr("{number} of {count}")
        self._place.setText(text.format(number=self.index() + 1, count=count) if count else "")

    def _lay_out(self) -> None:
        tip = self.tr("Go through all grids; at the end the newest one is followed")
        name_control(self._slider, "film.time", self.tr("Time"), tip)
        name_control(self._speed, "film.speed", self.tr("Frames a second"), SPEED.help)
        self._play.setIconSize(QSize(18, 18))
        self._speed.setFixedWidth(40)
        widest = self.tr("{number} of {count}").format(number=888, count=888)
        self._place.setMinimumWidth(self._place.fontMetrics().horizontalAdvance(widest))
        unit = QLabel(self.tr("a second"))
        unit.setProperty("role", "muted")
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 4, 12, 8)
        row.setSpacing(8)
        row.addWidget(self._play)
        row.addWidget(self._slider, 1)
        row.addWidget(self._place)
        row.addWidget(self._speed)
        row.addWidget(unit)
