"""What a training would use: the open data set in a few words, and what is wrong with it."""

from PySide6.QtWidgets import QVBoxLayout, QWidget

from studio.dataset.archives.names import data_set_name
from studio.dataset.library import Library
from studio.gan.data_facts import DataFacts, Look, describe_data
from studio.qt.plain_label import PlainLabel
from studio.qt.train.parts import make_label


class DataField(QWidget):
    """Names the data set, and says how many images of it would be trained on."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._facts: DataFacts | None = None
        self._look: Look | None = None
        self._name = PlainLabel(self)
        self._name.setObjectName("train.data")
        self._name.setProperty("role", "title")
        self._what = make_label("muted", "data.facts", wraps=True)
        self._problem = make_label("danger", "data.problem", wraps=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        for label in (self._name, self._what, self._problem):
            column.addWidget(label)
        self.set_library(None)

    def set_library(self, library: Library | None) -> None:
        """Describe a data set, or say that there is none."""
        self._look = None
        self._facts = describe_data(library) if library is not None else None
        name = data_set_name(library.root) if library is not None else ""
        self._name.setText(name or self.tr("No data set"))
        self._name.setToolTip(str(library.root) if library is not None else "")
        self._show()

    def show_look(self, look: Look) -> None:
        """Add what a look at the images has shown."""
        self._look = look
        self._show()

    def problem(self) -> str:
        """Return what keeps the data from being trained on."""
        if self._facts is None:
            return self.tr("Open a folder of images first.")
        return self._problem.text()

    def _show(self) -> None:
        facts = self._facts
        self._what.setText(self._describe(facts) if facts else self.problem())
        problem = f"{_sentence(facts.problem)} {facts.hint}" if facts and facts.problem else ""
        if self._look is not None and not self._look.side and not problem:
            problem = self.tr("None of the images that were looked at can be read.")
        self._problem.setText(problem)
        self._problem.setVisible(bool(problem))

    def _describe(self, facts: DataFacts) -> str:
        text = self.tr("{count} images").format(count=f"{facts.images:,}")
        if facts.has_train_split:
            text = self.tr("{count} images of the train split").format(count=f"{facts.images:,}")
        parts = [text]
        if facts.classes > 1:
            parts.append(self.tr("{count} classes").format(count=f"{facts.classes:,}"))
        if self._look is not None and self._look.side:
            grey = self.tr("grey") if self._look.is_grey else self.tr("colour")
            sides = self.tr("{side} pixels, {colours}").format(side=self._look.side, colours=grey)
            parts.append(sides)
        if facts.has_train_split and facts.others:
            held = self.tr("judged by images of the other splits")
        else:
            held = self.tr("a twentieth is held out to judge by")
        return ", ".join(parts) + "; " + held + "."


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:] + "."
