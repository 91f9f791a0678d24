"""What the methods achieved, what was left out, and what can be done with it."""

from collections.abc import Mapping

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from studio.dataset.scoring.methods import Method
from studio.dataset.scoring.record import Scores
from studio.qt.export.file_list import FileList
from studio.qt.scoring.parts import (
    find_operation,
    make_button,
    make_choice,
    make_label,
    name_control,
)
from studio.qt.scoring.score_model import ScoreModel
from studio.qt.scoring.score_table import ScoreTable

BEST_PER_IMAGE = "fill_best"
_MOST_LEFT_OUT = 104


class ResultPane(QWidget):
    """Shows scores, of all images or of the chosen one, and asks for a method to be used."""

    method_chosen = Signal()
    """Another row of the table is the current one."""

    use_wanted = Signal(str)
    """The operation or the method of this name is to be used, see `is_method`."""

    table_wanted = Signal()
    """The figures are to be written to a file."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._scores: Scores | None = None
        self._methods: Mapping[str, Method] = {}
        self._key = ""
        self.model = ScoreModel(self)
        self.table = ScoreTable(self.model)
        self._scope = make_choice("scope", self._scopes())
        self._state = make_label("muted", "state", wraps=True)
        self._fault = make_label("danger", "fault", wraps=True)
        self._left_out_title = make_label("title", "left_out.title")
        self._left_out = FileList()
        self._build_buttons()
        self._lay_out()
        self._connect()
        self.show_scores(None, {})

    # Content

    def show_scores(
        self, scores: Scores | None, methods: Mapping[str, Method], *, is_final: bool = True
    ) -> None:
        """Show scores; of those that are not final nothing can be used yet."""
        self._scores, self._methods = scores, methods
        if self._key and (scores is None or all(row.key != self._key for row in scores.rows)):
            self._key = ""
        self._refresh()
        problems = scores.problems if scores is not None else ()
        self._left_out.show_files([(each.key, each.reason) for each in problems])
        self._left_out.setFixedHeight(min(self._left_out.maximumHeight(), _MOST_LEFT_OUT))
        count = len(problems)
        text = self.tr("1 image left out") if count == 1 else self.tr("{count} images left out")
        self._left_out_title.setText(text.format(count=f"{count:,}"))
        self._left_out_title.setVisible(count > 0)
        is_usable = scores is not None and is_final
        for button in (self._use_best, self._use_best_each, self._write):
            button.setEnabled(is_usable)
        self._is_final = is_final
        self._follow_choice()

    def set_image(self, key: str) -> None:
        """Set which image is shown where it is not all of them."""
        self._key = key
        if self._scope.value() == "image":
            self._refresh()

    def show_state(self, text: str) -> None:
        """Say what goes on, or what came of it."""
        self._state.setText(text)
        self._state.setVisible(bool(text))

    def show_fault(self, text: str) -> None:
        """Say what went wrong; nothing with ""."""
        self._fault.setText(text)
        self._fault.setVisible(bool(text))

    def method(self) -> Method | None:
        """Return the method that is chosen; None for the best one per image, too."""
        row = self.table.current()
        return row.method if row is not None else None

    # Following

    @Slot()
    def _refresh(self) -> None:
        key = self._key if self._scope.value() == "image" else ""
        self.model.show_scores(self._scores, self._methods, key)

    @Slot()
    def _follow_choice(self) -> None:
        is_usable = self._scores is not None and self._is_final
        self._use_chosen.setEnabled(is_usable and self.method() is not None)
        self.method_chosen.emit()

    @Slot()
    def _ask_for_best(self) -> None:
        if self._scores is not None:
            self.use_wanted.emit(self._scores.best)

    @Slot()
    def _ask_for_chosen(self) -> None:
        if (method := self.method()) is not None:
            self.use_wanted.emit(method.name)

    @Slot()
    def _ask_for_best_each(self) -> None:
        self.use_wanted.emit(BEST_PER_IMAGE)

    # Building

    def _scopes(self) -> dict[str, tuple[str, str]]:
        return {
            "all": (self.tr("All images"), self.tr("Show the means over all images")),
            "image": (
                self.tr("This image"),
                self.tr("Show the figures of the image whose pictures are shown"),
            ),
        }

    def _build_buttons(self) -> None:
        self._use_best = make_button(
            "use_best",
            self.tr("Use the best"),
            self.tr("Put the method with the highest mean PSNR into the recipe, as its fill"),
        )
        self._use_best.setProperty("role", "primary")
        self._use_chosen = make_button(
            "use_selected",
            self.tr("Use the selected"),
            self.tr("Put the method that is selected in the table into the recipe, as its fill"),
        )
        self._use_best_each = make_button(
            "use_best_per_image",
            self.tr("Use best per image"),
            self.tr("Put a step into the recipe that tries the methods on each image"),
        )
        self._use_best_each.setVisible(find_operation(BEST_PER_IMAGE) is not None)
        self._write = make_button(
            "export_table",
            self.tr("Export table…"),
            self.tr("Write the figures of all images and methods to a CSV file"),
        )

    def _connect(self) -> None:
        self.table.chosen.connect(self._follow_choice)
        self.model.modelReset.connect(self._follow_choice)
        self._scope.changed.connect(self._refresh)
        self._use_best.clicked.connect(self._ask_for_best)
        self._use_chosen.clicked.connect(self._ask_for_chosen)
        self._use_best_each.clicked.connect(self._ask_for_best_each)
        self._write.clicked.connect(self.table_wanted)

    def _lay_out(self) -> None:
        self._is_final = True
        self._fault.hide()
        spoken = self.tr("Images that were left out, and why")
        name_control(self._left_out, "left_out", spoken, spoken)
        above = QHBoxLayout()
        above.addWidget(self._scope)
        above.addWidget(self._write)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        for button in (self._use_best, self._use_chosen, self._use_best_each):
            buttons.addWidget(button, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(above)
        column.addWidget(self._fault)
        column.addWidget(self.table, 1)
        column.addWidget(self._state)
        column.addWidget(self._left_out_title)
        column.addWidget(self._left_out)
        column.addLayout(buttons)
