"""How far a training is and how fast, in large numbers."""

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from studio.gan.reports import Began, Ended, Report, Stats
from studio.qt.export.parts import Figures, format_seconds
from studio.qt.plain_label import PlainLabel
from studio.qt.train.amounts import clock
from studio.qt.train.history import RunHistory

_NOTHING = "–"


class FiguresRow(QWidget):
    """Images per second, images seen, elapsed, time left, and the device, of the newest report."""

    def __init__(self, history: RunHistory, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._history = history
        self._figures = Figures(
            {
                "rate": self.tr("images per second"),
                "images": self.tr("images seen"),
                "elapsed": self.tr("elapsed"),
                "left": self.tr("left, about"),
            },
            page="train.figures",
        )
        self._device = PlainLabel()
        self.setObjectName("train.figures")
        self._lay_out()
        history.reset.connect(self._show)
        history.added.connect(self._follow)
        self._show()

    @Slot(object)
    def _follow(self, report: Report) -> None:
        if isinstance(report, Stats | Began | Ended):
            self._show()

    @Slot()
    def _show(self) -> None:
        stats, ended, began = self._history.stats, self._history.ended, self._history.began
        texts = dict.fromkeys(("rate", "images", "elapsed", "left"), _NOTHING)
        if stats:
            newest = stats[-1]
            texts = {
                "rate": f"{newest.images_per_second:,.0f}",
                "images": f"{newest.images:,}",
                "elapsed": clock(newest.seconds),
                "left": _NOTHING if ended is not None else _left(newest),
            }
        if ended is not None:
            texts |= {"images": f"{ended.images:,}", "elapsed": clock(ended.seconds)}
        self._figures.show_texts(texts)
        self._device.setText(began.device if began is not None else _NOTHING)
        self._device.setToolTip(self._describe(began))

    def _describe(self, began: Began | None) -> str:
        if began is None:
            return self.tr("What trains is told before the training starts")
        text = self.tr("Trains on {device}, with {count} images; {apart} are held out to compare")
        return text.format(
            device=began.device, count=f"{began.trained_on:,}", apart=f"{began.held_out:,}"
        )

    def _lay_out(self) -> None:
        self._device.setObjectName("train.figures.device")
        self._device.setAccessibleName(self.tr("Device"))
        self._device.setProperty("role", "muted")
        self._device.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignBottom)
        tips = {
            "rate": self.tr("How many real images the networks train on in a second, now"),
            "images": self.tr("How many real images were shown so far, each of them many times"),
            "elapsed": self.tr("Time of training, watching it included and pauses left out"),
            "left": self.tr("What is left of the time or the images that were asked for"),
        }
        for name, tip in tips.items():
            label = self._figures.findChild(QLabel, f"train.figures.{name}")
            assert isinstance(label, QLabel)
            label.setToolTip(tip)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._figures)
        row.addWidget(self._device, 1)


def _left(newest: Stats) -> str:
    if not 0 < newest.share_done <= 1:
        return _NOTHING
    seconds = newest.seconds * (1 - newest.share_done) / newest.share_done
    return format_seconds(seconds)
