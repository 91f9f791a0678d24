"""A light that says how a training goes, with a sentence that says what to try."""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Slot
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from studio.gan.health import ADVICE, State
from studio.gan.reports import Condition, Ended, Report
from studio.qt.theme import Tokens, tokens
from studio.qt.train.history import RunHistory

_SIDE = 28
_COLOURS = {
    None: "muted",
    State.HEALTHY: "good",
    State.DISCRIMINATOR_WINS: "warning",
    State.COLLAPSE: "danger",
    State.MEMORISING: "warning",
    State.NOT_FINITE: "danger",
}


class HealthLight(QWidget):
    """The state and the advice of the newest finding; until there is one, that it is not known."""

    def __init__(self, history: RunHistory, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._history = history
        self._light = _Light(self)
        self._title = QLabel()
        self._advice = QLabel(wordWrap=True)
        self.setObjectName("train.health")
        self._lay_out()
        history.reset.connect(self._show)
        history.added.connect(self._follow)
        self._show()

    def state(self) -> State | None:
        """Return what is shown, None for not yet known."""
        ended, condition = self._history.ended, self._history.condition
        if ended is not None and ended.reason == "not finite":
            return State.NOT_FINITE
        return condition.state if condition is not None else None

    @Slot(object)
    def _follow(self, report: Report) -> None:
        if isinstance(report, Condition | Ended):
            self._show()

    @Slot()
    def _show(self) -> None:
        state, condition = self.state(), self._history.condition
        if state is None:
            advice = self.tr("The first look is taken after a few seconds of training.")
        elif condition is not None and condition.state == state:
            advice = condition.advice
        else:
            advice = ADVICE[state]
        self._light.show_state(state)
        self._title.setText(self._titles()[state])
        self._advice.setText(advice)
        self.setAccessibleName(f"{self.tr('Health')}: {self._title.text()}. {advice}")

    def _titles(self) -> dict[State | None, str]:
        return {
            None: self.tr("Not yet known"),
            State.HEALTHY: self.tr("Healthy"),
            State.DISCRIMINATOR_WINS: self.tr("The discriminator wins"),
            State.COLLAPSE: self.tr("Collapse"),
            State.MEMORISING: self.tr("Memorising"),
            State.NOT_FINITE: self.tr("Not finite"),
        }

    def _lay_out(self) -> None:
        self._title.setObjectName("train.health.state")
        self._title.setProperty("role", "title")
        self._advice.setObjectName("train.health.advice")
        self._advice.setProperty("role", "muted")
        for label in (self._title, self._advice):
            label.setTextFormat(Qt.TextFormat.PlainText)
        self.setToolTip(
            self.tr("How the training is found to go at each look, with what to try if it goes ill")
        )
        text = QVBoxLayout()
        text.setSpacing(0)
        text.addWidget(self._title)
        text.addWidget(self._advice)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        row.addWidget(self._light)
        row.addLayout(text, 1)


class _Light(QWidget):
    """Each state has a shape besides its colour."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._state: State | None = None
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def show_state(self, state: State | None) -> None:
        self._state = state
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(_SIDE, _SIDE)

    def paintEvent(self, event: QPaintEvent) -> None:
        colours = tokens()
        colour: QColor = getattr(colours, _COLOURS[self._state])
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.translate(QRectF(self.rect()).center())
        if self._state is None:
            painter.setPen(QPen(colour, 2, Qt.PenStyle.DashLine))
            painter.drawEllipse(QPointF(), 9, 9)
            return
        pen = QPen(colour, 3)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.setPen(pen)
        painter.setBrush(colour)
        self._paint_sign(painter, colours)

    def _paint_sign(self, painter: QPainter, colours: Tokens) -> None:
        ink = QPen(colours.window, 2.4)
        ink.setCapStyle(Qt.PenCapStyle.RoundCap)
        ink.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        if self._state == State.HEALTHY:
            painter.drawEllipse(QPointF(), 10, 10)
            painter.setPen(ink)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawPolyline([QPointF(-4.5, 0.5), QPointF(-1.5, 3.8), QPointF(4.8, -3.6)])
        elif _COLOURS[self._state] == "warning":
            painter.drawPolygon(QPolygonF([QPointF(0, -10), QPointF(10.5, 8), QPointF(-10.5, 8)]))
            painter.setPen(ink)
            painter.drawLine(QPointF(0, -4), QPointF(0, 1.5))
            painter.drawPoint(QPointF(0, 5.6))
        else:
            painter.drawRoundedRect(QRectF(-10, -10, 20, 20), 3, 3)
            painter.setPen(ink)
            painter.drawLine(QPointF(-4, -4), QPointF(4, 4))
            painter.drawLine(QPointF(-4, 4), QPointF(4, -4))
