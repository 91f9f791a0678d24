"""What the train page's panels share: how its controls are named, and how runs are put in words."""

from collections.abc import Mapping

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QLabel, QToolButton, QWidget

from studio.gan.runs import RunState
from studio.qt.export import parts
from studio.qt.export.fields import ChoiceField
from studio.qt.theme import icon

translate = QCoreApplication.translate


def name_control(widget: QWidget, name: str, spoken: str, tip: str) -> None:
    """Give a control its object name, its name for assistive technology, and its tooltip."""
    parts.name_control(widget, name, spoken, tip, page="train")


def make_label(role: str, name: str = "", text: str = "", *, wraps: bool = False) -> QLabel:
    """Return a label of plain text in one of the stylesheet's roles."""
    return parts.make_label(role, name, text, wraps=wraps, page="train")


def make_choice(name: str, choices: Mapping[str, tuple[str, str]]) -> ChoiceField:
    """Return a choice of a few, each with its text and its tooltip by value."""
    return ChoiceField(name, choices, page="train")


def make_flat_button(name: str, picture: str, text: str, tip: str) -> QToolButton:
    """Return a button that shows an icon only."""
    button = QToolButton()
    button.setIcon(icon(picture))
    button.setProperty("role", "flat")
    name_control(button, name, text, tip)
    return button


def describe_state(state: RunState) -> str:
    """Return how a run is, in a word or two."""
    texts: dict[RunState, str] = {
        "running": translate("Train", "running"),
        "done": translate("Train", "done"),
        "stopped": translate("Train", "stopped"),
        "not finite": translate("Train", "not finite"),
        "damaged": translate("Train", "damaged"),
    }
    return texts[state]


def format_images(count: int) -> str:
    """Return a number of images as people read it: `12.8 k` from ten thousand on."""
    if count < 10_000:
        return f"{count:,}"
    return translate("Train", "{count} k").format(count=f"{count / 1000:,.1f}")
