"""The generate page while images are written."""

from pathlib import Path

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QProgressBar, QVBoxLayout, QWidget

from studio.gan.reports import Waiting
from studio.gan.samples import WriteReport
from studio.qt.export.parts import format_seconds
from studio.qt.export.writing_head import WritingHead
from studio.qt.generate.parts import make_figures, make_label, name_control
from studio.qt.generate.twin_panel import PixelPicture
from studio.qt.generate.words import describe_waiting
from studio.qt.latest import Latest

_PICTURE = 320
_PAUSE = 200


class WriteProgress(QWidget):
    """Shows the newest report and the picture written last, five times a second at most."""

    cancelled = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pictures: Latest | None = None
        self._requested: Path | None = None
        self._report: WriteReport | None = None
        self._pause = QTimer(self, interval=_PAUSE)
        self._pause.timeout.connect(self._show_newest)
        self._head = WritingHead("generate.write.folder")
        self.cancel = self._head.cancel
        self._bar = QProgressBar()
        self._state = make_label("muted", "write.state")
        self._figures = make_figures(
            {
                "write.files": self.tr("images written"),
                "write.rate": self.tr("images per second"),
                "write.left": self.tr("left"),
                "write.copies": self.tr("near copies left out"),
            }
        )
        self._picture = PixelPicture(_PICTURE)
        self._build()
        self._head.cancelled.connect(self.cancelled)

    def begin(self, total: int, target: Path) -> None:
        """Show writing that starts."""
        self._head.begin(target)
        self._state.setText(describe_waiting(""))
        self._picture.set_image(QImage())
        self._requested = self._report = None
        self._show(WriteReport(0, total, 0, None, 0, 0.0))
        if self._pictures is None:
            self._pictures = Latest(_read_picture, self)
            self._pictures.ready.connect(self._show_picture)
        self._pause.start()

    def end(self) -> None:
        """Stop following."""
        self._pause.stop()

    @Slot(object)
    def note(self, report: WriteReport | Waiting) -> None:
        """Take a report; it is shown if no newer one comes at once."""
        if isinstance(report, WriteReport):
            self._report = report
        elif self._report is None:
            self._state.setText(describe_waiting(report.what))

    @Slot()
    def _show_newest(self) -> None:
        report = self._report
        if report is None:
            return
        self._state.setText("")
        self._show(report)
        if self._pictures is not None and report.latest not in (None, self._requested):
            self._requested = report.latest
            self._pictures.request(report.latest)

    def close_pictures(self) -> None:
        """End the thread that reads pictures; the next writing starts another."""
        self._pause.stop()
        if self._pictures is not None:
            self._pictures.close()
            self._pictures.deleteLater()
            self._pictures = None

    def _show(self, report: WriteReport) -> None:
        self._bar.setRange(0, max(1, report.total))
        self._bar.setValue(report.done)
        left = report.seconds_left
        self._figures.show_texts(
            {
                "write.files": f"{report.done:,} / {report.total:,}",
                "write.rate": f"{report.files_per_second:,.0f}" if report.done else "–",
                "write.left": "–" if left is None else format_seconds(left),
                "write.copies": f"{report.left_out:,}",
            }
        )

    @Slot(object, object)
    def _show_picture(self, path: Path, image: QImage) -> None:
        if path == self._requested and not image.isNull():
            self._picture.set_image(image)

    def _build(self) -> None:
        progress = self.tr("Progress of the writing")
        name_control(self._bar, "progress", progress, progress)
        tip = self.tr("Stop; images that are written stay, each of them whole")
        name_control(self.cancel, "cancel", self.tr("Cancel the writing"), tip)
        live = self.tr("The image written last")
        name_control(self._picture, "live", live, live)
        self._bar.setTextVisible(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 10, 24, 24)
        column.setSpacing(12)
        column.addWidget(self._head)
        for widget in (self._bar, self._figures, self._state, self._picture):
            column.addWidget(widget)
        column.addStretch(1)


def _read_picture(path: Path) -> QImage:
    # Any error leaves a null image: a file may be gone by now, which matters to nobody here.
    return QImage(str(path))
