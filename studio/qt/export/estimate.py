"""The export page before an export: what it would come to, and three of its pictures."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from studio.dataset.exports.estimate import Estimate
from studio.qt.export.dry_run import Forecast
from studio.qt.export.parts import Figures, Picture, format_bytes, format_seconds, make_label
from studio.qt.plain_label import PlainLabel

_ASPECT = 0.75


class EstimatePanel(QWidget):
    """Shows a Forecast; the number of files at once, the rest when it is there."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._figures = Figures(
            {
                "estimate.files": self.tr("files"),
                "estimate.bytes": self.tr("on disk, about"),
                "estimate.seconds": self.tr("time, about"),
            }
        )
        self._note = make_label("muted", "estimate.note", wraps=True)
        self._warning = make_label("warning", "estimate.warning", wraps=True)
        self._pictures = [Picture(), Picture(_ASPECT), Picture(_ASPECT)]
        self._names = [PlainLabel() for _ in self._pictures]
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 16, 24, 24)
        column.setSpacing(16)
        column.addWidget(make_label("title", text=self.tr("What will be written")))
        column.addWidget(self._figures)
        column.addWidget(self._note)
        column.addWidget(self._warning)
        column.addLayout(self._lay_out_samples())
        column.addStretch(1)
        self.show_nothing("")

    def show_nothing(self, reason: str) -> None:
        """Show why there is nothing to write."""
        self._show_figures("–")
        self._show_notes(reason)
        self._show_samples(())

    def begin(self, files: int) -> None:
        """Show the number of files, and that the rest is being found out."""
        self._show_figures(f"{files:,}")
        # The last warning stays meanwhile, so that nothing moves.
        self._show_notes(self.tr("Trying it on a few images …"), self._warning.text())

    def show_forecast(self, forecast: Forecast) -> None:
        """Show the figures and the samples."""
        estimate = forecast.estimate
        size, time = format_bytes(estimate.bytes), format_seconds(estimate.seconds)
        self._show_figures(f"{estimate.files:,}", size, time)
        note = self.tr("Some of them, as they will be. Nothing is written yet.")
        self._show_notes(self._describe_classes(estimate) + note, self._describe_problems(estimate))
        self._show_samples(forecast.samples)

    def show_fault(self, text: str) -> None:
        """Show why there is no forecast."""
        self._show_notes("", text)
        self._show_samples(())

    def _describe_classes(self, estimate: Estimate) -> str:
        """Return how many files each class gets, split by split, where classes are balanced."""
        counts = [f"{split} {files:,}".strip() for split, files in estimate.each_class.items()]
        if not counts:
            return ""
        return self.tr("Files of each class: {counts}. ").format(counts=", ".join(counts))

    def _describe_problems(self, estimate: Estimate) -> str:
        if not estimate.problems:
            return ""
        problem = estimate.problems[0]
        text = self.tr("Images that cannot be read will be skipped, such as {key}: {reason}.")
        return text.format(key=problem.key, reason=problem.reason)

    def _show_figures(self, files: str, size: str = "–", time: str = "–") -> None:
        self._figures.show_texts(
            {"estimate.files": files, "estimate.bytes": size, "estimate.seconds": time}
        )

    def _show_notes(self, note: str, warning: str = "") -> None:
        for label, text in ((self._note, note), (self._warning, warning)):
            label.setText(text)
            label.setVisible(bool(text))

    def _show_samples(self, samples: tuple[tuple[str, QImage], ...]) -> None:
        for index, (picture, label) in enumerate(zip(self._pictures, self._names, strict=True)):
            name, image = samples[index] if index < len(samples) else ("", QImage())
            picture.set_image(image)
            picture.setToolTip(name)
            picture.setAccessibleDescription(name)
            label.setText(name)
            label.setToolTip(name)

    def _lay_out_samples(self) -> QGridLayout:
        """Return a large picture at the left of two small ones, each over its name."""
        for index, (picture, name) in enumerate(zip(self._pictures, self._names, strict=True)):
            picture.setObjectName(f"export.sample.{index}")
            picture.setAccessibleName(self.tr("Sample of what will be written"))
            name.setProperty("role", "muted")
            name.setElideMode(Qt.TextElideMode.ElideMiddle)
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(6)
        grid.addWidget(self._pictures[0], 0, 0, 3, 1)
        grid.addWidget(self._names[0], 3, 0)
        for row, index in ((0, 1), (2, 2)):
            grid.addWidget(self._pictures[index], row, 1)
            grid.addWidget(self._names[index], row + 1, 1)
        grid.setColumnStretch(0, 2)
        grid.setColumnStretch(1, 1)
        return grid
