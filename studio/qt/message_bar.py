"""The slim bar at the window's top that says what went wrong, or what was done."""

import html
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QSize, QTimer, Slot
from PySide6.QtGui import QAccessible, QAccessibleEvent, QEnterEvent
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


class MessageBar(QFrame):
    """One message at a time, hidden without one; of a hint it shows the first line.

    An error stays until it is dismissed; a notice that comes meanwhile waits behind it. A notice
    goes by itself after 8 seconds, but not from under the pointer.
    """

    # On the class, as Qt sends change events before `__init__` has got that far.
    _shown: _Message | None = None

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("message_bar")
        self.setProperty("role", "message")
        self._waiting: _Message | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_NOTICE_TIME)
        self._timer.timeout.connect(self.dismiss)
        self._build()
        self.hide()

    def show_error(self, message: str, hint: str = "") -> None:
        """Show an error until it is dismissed, in place of what was shown."""
        if self._shown is not None and self._shown.kind == "notice":
            self._waiting = self._shown
        self._show(_Message("error", _one_line(message), _first_line(hint)))

    def show_notice(
        self,
        message: str,
        hint: str = "",
        action_text: str = "",
        action: Callable[[], object] | None = None,
    ) -> None:
        """Show a notice for 8 seconds; its button, if any, runs `action` and dismisses it."""
        notice = _Message("notice", _one_line(message), _first_line(hint), action_text, action)
        if self._shown is not None and self._shown.kind == "error":
            self._waiting = notice
        else:
            self._show(notice)

    @Slot()
    def dismiss(self) -> None:
        """Hide the message, or show the one that waits behind it."""
        self._timer.stop()
        waiting, self._waiting, self._shown = self._waiting, None, None
        if waiting is None:
            self.hide()
        else:
            self._show(waiting)

    def withdraw(self, message: str) -> None:
        """Dismiss this error if it is the one that is shown."""
        shown = self._shown
        if shown is not None and (shown.kind, shown.text) == ("error", _one_line(message)):
            self.dismiss()

    def _build(self) -> None:
        self._icon = QLabel(self)
        self._icon.setObjectName("message_bar.icon")
        self._text = PlainLabel(self)
        self._text.setObjectName("message_bar.text")
        self._hint = PlainLabel(self)
        self._hint.setObjectName("message_bar.hint")
        self._hint.setProperty("role", "muted")
        self._action = QPushButton(self)
        self._action.setObjectName("message_bar.action")
        self._action.clicked.connect(self._run_action)
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
        row.addWidget(self._action)
        row.addWidget(self._close)

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
        self._draw_icon()
        full = "\n".join(filter(None, (message.text, message.hint)))
        for widget in (self, self._text, self._hint):
            # Escaped, as Qt would take a file name with a tag in it for rich text.
            widget.setToolTip("<qt>" + html.escape(full).replace("\n", "<br>") + "</qt>")
        self.setAccessibleName(self._kind_name(message))
        self.setAccessibleDescription(full)
        self.show()
        if message.kind == "notice":
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

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._draw_icon()

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self._timer.stop()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        if self._shown is not None and self._shown.kind == "notice":
            self._timer.start()


def _first_line(text: str) -> str:
    return _one_line(text.strip().partition("\n")[0])


def _one_line(text: str) -> str:
    return " ".join(text.split())
