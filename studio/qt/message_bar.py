"""The slim bar at the window's top that says what went wrong, or what was done."""

import html
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QSize, QTimer, Signal, Slot
from PySide6.QtGui import QAccessible, QAccessibleEvent, QEnterEvent, QGuiApplication
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QToolButton, QWidget

from studio.qt.plain_label import PlainLabel
from studio.qt.theme import icon

_NOTICE_TIME = 8_000


@dataclass(frozen=True)
class _Message:
    kind: str
    text: str
    hint: str
    action_text: str = ""
    action: Callable[[], object] | None = None
    details: str = ""
    stays: bool = False


class MessageBar(QFrame):
    """One message at a time, hidden without one; of a hint it shows the first line.

    An error stays until it is dismissed; notices that come meanwhile wait behind it, of those that
    go by themselves only the newest. These go after 8 seconds, but not from under the pointer.
    """

    logs_wanted = Signal()
    """Somebody wants to see the log that an error is in."""

    # On the class, as Qt sends change events before `__init__` has got that far.
    _shown: _Message | None = None

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("message_bar")
        self.setProperty("role", "message")
        self._waiting: deque[_Message] = deque()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_NOTICE_TIME)
        self._timer.timeout.connect(self.dismiss)
        self._build()
        self.hide()

    def show_error(self, message: str, hint: str = "", details: str = "") -> None:
        """Show an error until it is dismissed, in place of what was shown.

        With `details`, which only those see who copy them, it is one that is in the log, too.
        """
        if self._shown is not None and self._shown.kind == "notice":
            self._waiting.appendleft(self._shown)
        self._show(_Message("error", _one_line(message), _first_line(hint), details=details))

    def show_notice(
        self,
        message: str,
        hint: str = "",
        action_text: str = "",
        action: Callable[[], object] | None = None,
        *,
        stays: bool = False,
    ) -> None:
        """Show a notice for 8 seconds; its button, if any, runs `action` and dismisses it.

        One that `stays` does so until it is dismissed, and only then makes way for the next.
        """
        text, first = _one_line(message), _first_line(hint)
        notice = _Message("notice", text, first, action_text, action, stays=stays)
        if self._shown is None or self._passes(self._shown):
            self._show(notice)
            return
        if not stays:
            self._waiting = deque(each for each in self._waiting if not self._passes(each))
        self._waiting.append(notice)

    @Slot()
    def dismiss(self) -> None:
        """Hide the message, or show the one that waits behind it."""
        self._timer.stop()
        self._shown = None
        if self._waiting:
            self._show(self._waiting.popleft())
        else:
            self.hide()

    def withdraw(self, message: str) -> None:
        """Dismiss this error if it is the one that is shown."""
        shown = self._shown
        if shown is not None and (shown.kind, shown.text) == ("error", _one_line(message)):
            self.dismiss()

    @staticmethod
    def _passes(message: _Message) -> bool:
        return message.kind == "notice" and not message.stays

    def _build(self) -> None:
        self._icon = QLabel(self)
        self._icon.setObjectName("message_bar.icon")
        self._text = _Line(self)
        self._text.setObjectName("message_bar.text")
        self._hint = _Line(self)
        self._hint.setObjectName("message_bar.hint")
        self._hint.setProperty("role", "muted")
        self._action = QPushButton(self)
        self._action.setObjectName("message_bar.action")
        self._action.clicked.connect(self._run_action)
        self._build_details()
        self._close = QToolButton(self)
        self._close.setObjectName("message_bar.dismiss")
        self._close.setProperty("role", "flat")
        self._close.setIcon(icon("remove"))
        self._close.setIconSize(QSize(16, 16))
        self._close.setToolTip(self.tr("Dismiss this message"))
        self._close.setAccessibleName(self.tr("Dismiss message"))
        self._close.clicked.connect(self.dismiss)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 4, 8, 4)
        row.setSpacing(8)
        for widget in (self._icon, self._text, self._hint):
            row.addWidget(widget)
        row.addStretch(1)
        for button in (self._action, self._copy, self._logs, self._close):
            row.addWidget(button)

    def _build_details(self) -> None:
        self._copy, self._logs = QPushButton(self), QPushButton(self)
        self._logs.setText(self.tr("Open log folder"))
        tip = self.tr(
            "Copy what a report of this fault needs: where it happened, and in which version"
        )
        for button, name, spoken in (
            (self._copy, "copy_details", tip),
            (self._logs, "open_logs", self.tr("Show the log files in the system's file manager")),
        ):
            button.setObjectName(f"message_bar.{name}")
            button.setToolTip(spoken)
            button.setAccessibleName(spoken)
        self._copy.clicked.connect(self._copy_details)
        self._logs.clicked.connect(self.logs_wanted)

    def _show(self, message: _Message) -> None:
        self._shown = message
        self.setProperty("kind", message.kind)
        self.style().unpolish(self)
        self.style().polish(self)
        self._text.setText(message.text)
        self._hint.setText(message.hint)
        self._hint.setVisible(bool(message.hint))
        self._action.setText(message.action_text)
        self._action.setToolTip(message.action_text)
        self._action.setAccessibleName(message.action_text)
        self._action.setVisible(message.action is not None)
        self._copy.setText(self.tr("Copy details"))
        for button in (self._copy, self._logs):
            button.setVisible(bool(message.details))
        self._draw_icon()
        full = "\n".join(filter(None, (message.text, message.hint)))
        for widget in (self, self._text, self._hint):
            # Escaped, as Qt would take a file name with a tag in it for rich text.
            widget.setToolTip("<qt>" + html.escape(full).replace("\n", "<br>") + "</qt>")
        self.setAccessibleName(self._kind_name(message))
        self.setAccessibleDescription(full)
        self.show()
        if self._passes(message):
            self._timer.start()
        else:
            self._timer.stop()
        QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.Alert))

    def _kind_name(self, message: _Message) -> str:
        return self.tr("Error") if message.kind == "error" else self.tr("Notice")

    def _draw_icon(self) -> None:
        if self._shown is None:
            return
        error = self._shown.kind == "error"
        image = icon("warning", "danger") if error else icon("info", "accent")
        self._icon.setPixmap(image.pixmap(QSize(18, 18), self.devicePixelRatio()))

    @Slot()
    def _run_action(self) -> None:
        action = self._shown.action if self._shown is not None else None
        self.dismiss()
        if action is not None:
            action()

    @Slot()
    def _copy_details(self) -> None:
        if self._shown is not None:
            QGuiApplication.clipboard().setText(self._shown.details)
            self._copy.setText(self.tr("Copied"))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._draw_icon()

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self._timer.stop()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        if self._shown is not None and self._passes(self._shown):
            self._timer.start()


class _Line(PlainLabel):
    """Asks for the room of its whole text, also while that is shortened."""

    def sizeHint(self) -> QSize:
        width = self.fontMetrics().horizontalAdvance(self.text()) + 2
        return QSize(width, super().sizeHint().height())


def _first_line(text: str) -> str:
    return _one_line(text.strip().partition("\n")[0])


def _one_line(text: str) -> str:
    return " ".join(text.split())
