"""The right side of the export page: before, during and after."""

from pathlib import Path

from PySide6.QtCore import QLocale, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QImage, QPixmap, QResizeEvent
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QSizePolicy,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)
from superqt import QElidingLabel

from studio.dataset.estimate import Estimate
from studio.dataset.export import ExportReport
from studio.dataset.image_file import read_thumbnail
from studio.dataset.library import Problem
from studio.qt.latest import Latest
from studio.qt.pixels import to_qimage

_SAMPLES = 3
_LIVE_SIZE = 480
_LIVE_PAUSE = 200


def format_bytes(count: float) -> str:
    """Return a size as people read it, such as `96 MB`."""
    return QLocale().formattedDataSize(int(count), 1, QLocale.DataSizeFormat.DataSizeSIFormat)


def format_seconds(seconds: float) -> str:
    """Return a time as people read it: `12 s`, `3 min 20 s`, `2 h 5 min`."""
    whole = max(1, round(seconds))
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    if minutes < 60:
        return f"{minutes} min {rest} s" if minutes < 10 else f"{minutes} min"
    return f"{minutes // 60} h {minutes % 60} min"


def _label(role: str, name: str = "", *, wraps: bool = False) -> QLabel:
    label = QLabel(wordWrap=wraps)
    label.setProperty("role", role)
    if name:
        label.setObjectName(f"export.{name}")
    return label


class _Panel(QWidget):
    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(24, 20, 24, 20)
        self._column.setSpacing(12)


class _Figures(QWidget):
    """A row of large numbers, each over a word that says what it is."""

    def __init__(self, names: list[tuple[str, str]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(32)
        self._values: dict[str, QLabel] = {}
        for name, text in names:
            cell = QVBoxLayout()
            cell.setSpacing(2)
            self._values[name] = _label("figure", name)
            caption = _label("muted")
            caption.setText(text)
            cell.addWidget(self._values[name])
            cell.addWidget(caption)
            row.addLayout(cell)
        row.addStretch(1)

    def set(self, **texts: str) -> None:
        """Show these texts, by name."""
        for name, text in texts.items():
            self._values[name].setText(text)


class _Picture(QLabel):
    """An image as large as its place allows, never enlarged beyond four times."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._image = QImage()
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setProperty("role", "picture")
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self.setMinimumSize(80, 80)

    def set_image(self, image: QImage) -> None:
        self._image = image
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        if self._image.isNull():
            self.clear()
            return
        ratio = self.devicePixelRatioF()
        room = self.contentsRect().size() * ratio
        size = self._image.size().scaled(
            room.boundedTo(self._image.size() * 4), Qt.AspectRatioMode.KeepAspectRatio
        )
        smooth = Qt.TransformationMode.SmoothTransformation
        pixmap = QPixmap.fromImage(self._image.scaled(size, mode=smooth))
        pixmap.setDevicePixelRatio(ratio)
        self.setPixmap(pixmap)


class EstimatePanel(_Panel):
    """What an export will come to, with three outputs to look at."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        title = _label("title")
        title.setText(self.tr("What will be written"))
        self._figures = _Figures(
            [
                ("estimate.files", self.tr("files")),
                ("estimate.bytes", self.tr("on disk, about")),
                ("estimate.seconds", self.tr("time, about")),
            ]
        )
        self._note = _label("muted", "estimate.note", wraps=True)
        self._pictures = [_Picture() for _ in range(_SAMPLES)]
        self._names = [QElidingLabel() for _ in range(_SAMPLES)]
        self._column.addWidget(title)
        self._column.addWidget(self._figures)
        self._column.addWidget(self._note)
        self._column.addLayout(self._build_samples(), 1)

    def begin(self, files: int) -> None:
        """Show the number of files, and that the rest is being found out."""
        self._figures.set(
            **{
                "estimate.files": f"{files:,}" if files else "–",
                "estimate.bytes": "–",
                "estimate.seconds": "–",
            }
        )
        text = self.tr("Looking at a few images …") if files else self.tr("Nothing is chosen.")
        self._note.setText(text)

    def show_estimate(self, estimate: Estimate, workers: int) -> None:
        """Show the figures and the samples."""
        self._figures.set(
            **{
                "estimate.files": f"{estimate.files:,}",
                "estimate.bytes": format_bytes(estimate.bytes),
                "estimate.seconds": format_seconds(estimate.seconds),
            }
        )
        if estimate.problems:
            problem = estimate.problems[0]
            self._note.setText(
                self.tr(
                    "Some images cannot be read and will be skipped, such as {key}: {reason}"
                ).format(key=problem.key, reason=problem.reason)
            )
        else:
            self._note.setText(self.tr("Three of them, as they will be. Nothing is written yet."))
        for index, (picture, name) in enumerate(zip(self._pictures, self._names, strict=True)):
            shown = estimate.samples[index] if index < len(estimate.samples) else None
            picture.set_image(to_qimage(shown.image) if shown else QImage())
            name.setText(shown.name if shown else "")
            name.setToolTip(shown.name if shown else "")

    def show_fault(self, text: str) -> None:
        """Show why there is no estimate."""
        self._note.setText(text)

    def _build_samples(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setSpacing(8)
        grid.setRowStretch(0, 1)
        for index, (picture, name) in enumerate(zip(self._pictures, self._names, strict=True)):
            picture.setObjectName(f"export.sample.{index}")
            picture.setAccessibleName(self.tr("Sample of what will be written"))
            name.setProperty("role", "muted")
            name.setElideMode(Qt.TextElideMode.ElideMiddle)
            name.setAlignment(Qt.AlignmentFlag.AlignCenter)
            grid.addWidget(picture, 0, index)
            grid.addWidget(name, 1, index)
            grid.setColumnStretch(index, 1)
        return grid


class RunPanel(_Panel):
    """A running export: how far it is, and the file that was written last."""

    cancelled = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._report: ExportReport | None = None
        self._title = _label("title")
        self._bar = QProgressBar()
        self._bar.setObjectName("export.progress")
        self._bar.setAccessibleName(self.tr("Progress of the export"))
        self._bar.setTextVisible(False)
        self._figures = _Figures(
            [
                ("run.files", self.tr("files written")),
                ("run.rate", self.tr("images per second")),
                ("run.left", self.tr("left")),
                ("run.skipped", self.tr("skipped")),
            ]
        )
        self._picture = _Picture()
        self._picture.setObjectName("export.live")
        self._picture.setAccessibleName(self.tr("The picture written last"))
        self._name = QElidingLabel()
        self._name.setProperty("role", "muted")
        self._name.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._live = Latest(lambda path: to_qimage(read_thumbnail(path, _LIVE_SIZE)), self)
        self._live.ready.connect(self._show_picture)
        self._pause = QTimer(self, interval=_LIVE_PAUSE)
        self._pause.timeout.connect(self._request_picture)
        cancel = QPushButton(self.tr("Cancel"))
        cancel.setObjectName("export.cancel")
        cancel.setToolTip(self.tr("Stop; files that are written stay, each of them whole"))
        cancel.clicked.connect(self.cancelled)
        head = QHBoxLayout()
        head.addWidget(self._title, 1)
        head.addWidget(cancel)
        self._column.addLayout(head)
        self._column.addWidget(self._bar)
        self._column.addWidget(self._figures)
        self._column.addWidget(self._picture, 1)
        self._column.addWidget(self._name)

    def begin(self, total: int, target: Path) -> None:
        """Show an export that starts."""
        self._report = None
        self._title.setText(self.tr("Writing to {folder}").format(folder=target))
        self._bar.setRange(0, total)
        self._bar.setValue(0)
        self._figures.set(
            **{"run.files": f"0 / {total:,}", "run.rate": "–", "run.left": "–", "run.skipped": "0"}
        )
        self._picture.set_image(QImage())
        self._name.setText("")
        self._pause.start()

    def end(self) -> None:
        """Stop following."""
        self._pause.stop()

    def report(self) -> ExportReport | None:
        """Return the newest report, None before the first."""
        return self._report

    @Slot(object)
    def show_report(self, report: ExportReport) -> None:
        """Show how far the export is."""
        self._report = report
        self._bar.setRange(0, max(1, report.total))
        self._bar.setValue(report.done)
        left = report.seconds_left
        self._figures.set(
            **{
                "run.files": f"{report.done:,} / {report.total:,}",
                "run.rate": f"{report.files_per_second:,.0f}",
                "run.left": "–" if left is None else format_seconds(left),
                "run.skipped": f"{len(report.skipped):,}",
            }
        )

    @Slot()
    def _request_picture(self) -> None:
        if self._report is not None and self._report.latest is not None:
            self._live.request(self._report.latest)

    @Slot(object, object)
    def _show_picture(self, path: Path, image: QImage) -> None:
        self._picture.set_image(image)
        self._name.setText(path.name)


class SummaryPanel(_Panel):
    """What an export has written, and what it left out and why."""

    open_wanted = Signal()
    again_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._target = Path()
        self._title = _label("title", "summary")
        self._fault = _label("danger", "summary.fault", wraps=True)
        self._folder = _label("muted", "summary.folder", wraps=True)
        self._figures = _Figures(
            [
                ("summary.files", self.tr("files written")),
                ("summary.bytes", self.tr("on disk")),
                ("summary.seconds", self.tr("time")),
                ("summary.rate", self.tr("images per second")),
            ]
        )
        self._skipped_title = _label("title")
        self._skipped = QTreeWidget()
        self._skipped.setObjectName("export.skipped")
        self._skipped.setAccessibleName(self.tr("Images that were skipped"))
        self._skipped.setHeaderLabels([self.tr("Image"), self.tr("Why it was skipped")])
        self._skipped.setRootIsDecorated(False)
        self._skipped.setUniformRowHeights(True)
        self._column.addWidget(self._title)
        self._column.addWidget(self._fault)
        self._column.addWidget(self._folder)
        self._column.addWidget(self._figures)
        self._column.addLayout(self._build_buttons())
        self._column.addWidget(self._skipped_title)
        self._column.addWidget(self._skipped, 1)
        self._column.addStretch(0)

    def begin(self, target: Path) -> None:
        """Note the folder that is written to."""
        self._target = target

    def target(self) -> Path:
        """Return the folder that was written to."""
        return self._target

    def show_summary(self, report: ExportReport | None, fault: str) -> None:
        """Show the end of an export; `fault` says why it ended early, None reports none at all."""
        self._title.setText(self.tr("Export stopped") if fault else self.tr("Export done"))
        self._fault.setText(fault)
        self._fault.setVisible(bool(fault))
        self._folder.setText(str(self._target))
        self._figures.set(
            **{
                "summary.files": f"{report.done:,}" if report else "0",
                "summary.bytes": format_bytes(report.bytes) if report else "–",
                "summary.seconds": format_seconds(report.seconds) if report else "–",
                "summary.rate": f"{report.files_per_second:,.0f}" if report else "–",
            }
        )
        self._show_skipped(report.skipped if report else ())

    def _show_skipped(self, skipped: tuple[Problem, ...]) -> None:
        self._skipped.clear()
        self._skipped.addTopLevelItems(
            [QTreeWidgetItem([problem.key, problem.reason]) for problem in skipped]
        )
        self._skipped.resizeColumnToContents(0)
        self._skipped.setVisible(bool(skipped))
        self._skipped_title.setVisible(bool(skipped))
        self._skipped_title.setText(self.tr("Skipped: {count}").format(count=f"{len(skipped):,}"))

    def _build_buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        for text, name, tip, signal in (
            (
                self.tr("Open folder"),
                "open_folder",
                self.tr("Show the files in the system's file manager"),
                self.open_wanted,
            ),
            (
                self.tr("Export again…"),
                "again",
                self.tr("Back to the options, with a fresh folder"),
                self.again_wanted,
            ),
        ):
            button = QPushButton(text)
            button.setObjectName(f"export.{name}")
            button.setToolTip(tip)
            button.clicked.connect(signal)
            row.addWidget(button)
        row.addStretch(1)
        return row
