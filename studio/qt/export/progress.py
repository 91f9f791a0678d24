"""The export page during an export: how far it is, and the picture written last."""

from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QProgressBar, QVBoxLayout, QWidget

from studio.dataset.exports.record import ExportReport
from studio.dataset.reading.image_file import decode_thumbnail, read_bytes
from studio.errors import UserError
from studio.qt.export.parts import Figures, Picture, format_seconds, name_control
from studio.qt.export.writing_head import WritingHead
from studio.qt.latest import Latest
from studio.qt.pixels import to_qimage
from studio.qt.plain_label import PlainLabel

_PICTURE_SIZE = 720
_PAUSE = 200


class ProgressPanel(QWidget):
    """Shows the newest report, five times a second at most."""

    cancelled = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._report: ExportReport | None = None
        self._requested: Path | None = None
        self._target = Path()
        self._max_pixels = 0
        self._pictures: Latest | None = None
        self._pause = QTimer(self, interval=_PAUSE)
        self._pause.timeout.connect(self._show_newest)
        self._head = WritingHead("export.run.folder")
        self.cancel = self._head.cancel
        self._bar = QProgressBar()
        self._figures = Figures(
            {
                "run.files": self.tr("files written"),
                "run.rate": self.tr("images per second"),
                "run.left": self.tr("left"),
                "run.skipped": self.tr("skipped"),
            }
        )
        self._picture = Picture()
        self._name = PlainLabel()
        self._head.cancelled.connect(self.cancelled)
        self._name_controls()
        self._lay_out()

    def begin(self, total: int, target: Path, max_pixels: int) -> None:
        """Show an export that starts, and of its pictures those of no more pixels."""
        self._report = self._requested = None
        self._target = target
        self._max_pixels = max_pixels
        self._head.begin(target)
        self._show_figures(0, total)
        self._picture.set_image(QImage())
        self._name.setText("")
        if self._pictures is None:
            self._pictures = Latest(_read_picture, self)
            self._pictures.ready.connect(self._show_picture)
            self._pictures.failed.connect(self._pass_over)
        self._pause.start()

    def end(self) -> None:
        """Stop following."""
        self._pause.stop()

    def close_pictures(self) -> None:
        """End the thread that reads pictures; the next export starts another."""
        self._pause.stop()
        if self._pictures is not None:
            self._pictures.close()
            self._pictures.deleteLater()
            self._pictures = None

    @Slot(object)
    def note_report(self, report: ExportReport) -> None:
        """Take a report; it is shown if no newer one comes at once."""
        self._report = report

    @Slot()
    def _show_newest(self) -> None:
        report = self._report
        if report is None:
            return
        left = report.seconds_left
        self._show_figures(
            report.done,
            report.total,
            f"{report.files_per_second:,.0f}",
            "–" if left is None else format_seconds(left),
            len(report.skipped),
        )
        if self._pictures is not None and report.latest not in (None, self._requested):
            self._requested = report.latest
            self._pictures.request(_Wanted(report.latest, self._max_pixels))

    def _show_figures(
        self, done: int, total: int, rate: str = "–", left: str = "–", skipped: int = 0
    ) -> None:
        self._bar.setRange(0, max(1, total))
        self._bar.setValue(done)
        self._figures.show_texts(
            {
                "run.files": f"{done:,} / {total:,}",
                "run.rate": rate,
                "run.left": left,
                "run.skipped": f"{skipped:,}",
            }
        )

    @Slot(object, object)
    def _show_picture(self, wanted: "_Wanted", image: QImage) -> None:
        if wanted.path == self._requested:
            self._picture.set_image(image)
            self._name.setText(wanted.path.relative_to(self._target).as_posix())

    @Slot(object, object)
    def _pass_over(self, _wanted: "_Wanted", error: Exception) -> None:
        # A file may be gone by now, which matters to nobody here.
        if not isinstance(error, UserError | OSError):
            raise error

    def _name_controls(self) -> None:
        progress = self.tr("Progress of the export")
        name_control(self._bar, "progress", progress, progress)
        tip = self.tr("Stop; files that are written stay, each of them whole")
        name_control(self.cancel, "cancel", self.tr("Cancel the export"), tip)
        live = self.tr("The picture written last")
        name_control(self._picture, "live", live, live)
        self._bar.setTextVisible(False)
        self._name.setObjectName("export.run.name")
        self._name.setProperty("role", "muted")
        self._name.setElideMode(Qt.TextElideMode.ElideMiddle)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 10, 24, 24)
        column.setSpacing(12)
        column.addWidget(self._head)
        column.addWidget(self._bar)
        column.addWidget(self._figures)
        column.addWidget(self._picture, 1)
        column.addWidget(self._name)


class _Wanted(NamedTuple):
    path: Path
    max_pixels: int


def _read_picture(wanted: _Wanted) -> QImage:
    path, most = wanted
    return to_qimage(decode_thumbnail(path, read_bytes(path), _PICTURE_SIZE, max_pixels=most))
