"""The sample grids of a run: the newest, any before it, and all of them as a film."""

from pathlib import Path

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtGui import QHideEvent, QImage, QShowEvent
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from studio.dataset.atomic_file import write_atomic
from studio.gan.reports import Began, Grid, Report
from studio.qt.train.amounts import clock
from studio.qt.train.film_bar import FilmHead, FilmTimeline
from studio.qt.train.film_export import write_film, write_strip
from studio.qt.train.film_frames import FrameReader, frames_of
from studio.qt.train.film_pane import FilmPane
from studio.qt.train.film_save import FilmSave
from studio.qt.train.film_strip import Frame
from studio.qt.train.history import RunHistory
from studio.qt.train.picture_file import ask_path, tell_failure, try_to_write


class FilmView(QFrame):
    """Follows the newest grid of a run while its slider is at the end."""

    failed = Signal(object)
    """A UserError: a file could not be written."""

    message = Signal(str)

    shown = Signal(int)
    """The grid of this number is on the screen."""

    def __init__(self, history: RunHistory, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._history = history
        self._frames: list[Frame] = []
        self._made = FrameReader(self)
        self._real = FrameReader(self)
        self._head = FilmHead(self)
        self.pane = FilmPane(self)
        self._timeline = FilmTimeline(self)
        self._save = FilmSave(self)
        self._clock = QTimer(self)
        self.setObjectName("train.film")
        self.setProperty("role", "card")
        self._lay_out()
        self._connect()
        self._take_all()

    def frames(self) -> list[Frame]:
        """Return all grids there are, of the kind that is shown."""
        return list(self._frames)

    def is_playing(self) -> bool:
        return self._clock.isActive()

    def is_saving(self) -> bool:
        return self._save.is_running()

    def save_film(self, path: Path) -> None:
        """Write all grids as GIF or MP4 on a thread; `message` or `failed` tells of the end."""
        if self._frames and not self.is_saving():
            rate = self._timeline.speed()
            self._start_saving(write_film(self._frames[:], path, frames_per_second=rate), path)

    def save_strip(self, path: Path) -> None:
        """Write a few grids side by side as PNG, on a thread."""
        if self._frames and not self.is_saving():
            self._start_saving(write_strip(self._frames[:], path), path)

    def save_picture(self, path: Path) -> None:
        """Write the grid of the slider as PNG, as the training wrote it; OSError goes up."""
        write_atomic(path, self._frames[self._timeline.index()].path.read_bytes(), sync=True)

    def stop_and_wait(self) -> None:
        """Stop playing and saving, and end the threads that read pictures."""
        self._stop_playing()
        self._save.stop_and_wait()
        self._made.close()
        self._real.close()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._show_grid()
        self._show_real()

    def hideEvent(self, event: QHideEvent) -> None:
        self._stop_playing()
        super().hideEvent(event)

    # The run

    @Slot()
    def _take_all(self) -> None:
        self._stop_playing()
        self._made.forget()
        self._real.forget()
        self._take_frames()
        self._timeline.move_to(len(self._frames) - 1)
        self._show_real()

    @Slot()
    def _take_frames(self) -> None:
        folder, grids = self._history.folder, self._history.grids
        kind = self._head.kind()
        self._frames = frames_of(folder, grids, kind) if folder is not None else []
        self._timeline.set_count(len(self._frames))
        self._offer_saving()
        self._show_grid()

    @Slot(object)
    def _take_one(self, report: Report) -> None:
        if isinstance(report, Grid):
            self._take_frames()
        elif isinstance(report, Began):
            self._show_real()

    # What is shown

    @Slot()
    def _show_grid(self) -> None:
        if not self.isVisible():
            return
        if not self._frames:
            self.pane.show_message(
                self.tr("No samples yet"),
                self.tr("They appear here at every look, always from the same latents."),
            )
            return
        path = self._frames[self._timeline.index()].path
        image = self._made.get(path)
        if image is not None:
            self._put(path, image)

    @Slot(object, QImage)
    def _put(self, path: Path, image: QImage) -> None:
        # While the slider is dragged fast, pictures on the way show, too; the caption is theirs.
        numbers = {frame.path: number for number, frame in enumerate(self._frames)}
        number = numbers.get(path)
        if number is None:
            return
        grid = self._history.grids[number]
        if image.isNull():
            text = self.tr("{name} cannot be read").format(name=path.name)
            self.pane.show_message(text, str(path.parent), is_problem=True)
        else:
            title = self.tr("{count} images").format(count=f"{grid.images:,}")
            self.pane.show_made(image, title, clock(grid.seconds))
        self.shown.emit(number)

    @Slot()
    def _show_real(self) -> None:
        began, folder = self._history.began, self._history.folder
        has_real = folder is not None and began is not None and bool(began.real)
        self._head.set_has_real(has_real)
        if not self._head.shows_real():
            self.pane.show_real(None)
        elif self.isVisible() and folder is not None and began is not None:
            path = folder / began.real
            image = self._real.get(path)
            if image is not None:
                self._put_real(path, image)

    @Slot(object, QImage)
    def _put_real(self, path: Path, image: QImage) -> None:
        began, folder = self._history.began, self._history.folder
        is_wanted = folder is not None and began is not None and path == folder / began.real
        if is_wanted and self._head.shows_real():
            self.pane.show_real(image)

    # Playing

    @Slot()
    def _toggle_playing(self) -> None:
        if self.is_playing():
            self._stop_playing()
        elif self._timeline.count() > 1:
            if self._timeline.is_at_end():
                self._timeline.move_to(0)
            self._set_speed()
            self._clock.start()
            self._timeline.show_playing(True)

    @Slot()
    def _set_speed(self) -> None:
        self._clock.setInterval(round(1000 / self._timeline.speed()))

    @Slot()
    def _play_on(self) -> None:
        self._timeline.move_to(self._timeline.index() + 1)
        if self._timeline.is_at_end():
            self._stop_playing()

    def _stop_playing(self) -> None:
        self._clock.stop()
        self._timeline.show_playing(False)

    # Saving

    @Slot(str)
    def _ask_to_save(self, kind: str) -> None:
        folder, titles = self._history.folder, {
            "gif": (self.tr("Save the film"), "film.gif", "GIF (*.gif)"),
            "mp4": (self.tr("Save the film"), "film.mp4", "MP4 (*.mp4)"),
            "strip": (self.tr("Save a film strip"), "film-strip.png", "PNG (*.png)"),
            "picture": (self.tr("Save the picture"), "samples.png", "PNG (*.png)"),
        }  # fmt: skip
        title, name, suffixes = titles[kind]
        start = Path(name) if folder is None else folder / name
        path = ask_path(self, title, start, suffixes)
        if path is None:
            return
        if kind == "picture":
            try_to_write(self, self.save_picture, path)
        elif kind == "strip":
            self.save_strip(path)
        else:
            self.save_film(path)

    def _start_saving(self, work: object, path: Path) -> None:
        self._save.start(work, path)  # type: ignore[arg-type]
        self._offer_saving()

    @Slot(object)
    def _note_saved(self, path: Path) -> None:
        self._offer_saving()
        self.message.emit(self.tr("Saved {path}").format(path=path))

    @Slot(object)
    def _note_failure(self, error: Exception) -> None:
        self._offer_saving()
        tell_failure(self, error)

    @Slot()
    def _offer_saving(self) -> None:
        self._head.set_can_save(bool(self._frames) and not self.is_saving())

    def _connect(self) -> None:
        self._history.reset.connect(self._take_all)
        self._history.added.connect(self._take_one)
        self._made.ready.connect(self._put)
        self._real.ready.connect(self._put_real)
        self._head.kind_changed.connect(self._take_frames)
        self._head.real_toggled.connect(self._show_real)
        self._head.fit_wanted.connect(self.pane.fit)
        self._head.save_wanted.connect(self._ask_to_save)
        self._timeline.moved.connect(self._show_grid)
        self._timeline.play_toggled.connect(self._toggle_playing)
        self._timeline.speed_changed.connect(self._set_speed)
        self.pane.play_wanted.connect(self._toggle_playing)
        self._clock.timeout.connect(self._play_on)
        self._save.saved.connect(self._note_saved)
        self._save.failed.connect(self._note_failure)
        self._save.stopped.connect(self._offer_saving)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 1, 1, 1)
        column.setSpacing(0)
        column.addWidget(self._head)
        column.addWidget(self.pane, 1)
        column.addWidget(self._timeline)
        column.addWidget(self._save)
