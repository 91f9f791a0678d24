"""What the generate page's controls are made of, beyond the parts of the export page."""

from collections.abc import Mapping

from PySide6.QtWidgets import QLabel, QToolButton, QWidget

from studio.qt.export import parts
from studio.qt.export.fields import ChoiceField

_PAGE = "generate"


def name_control(widget: QWidget, name: str, spoken: str, tip: str) -> None:
    """Give a control its object name, its name for assistive technology, and its tooltip."""
    parts.name_control(widget, name, spoken, tip, page=_PAGE)


def make_label(role: str, name: str = "", text: str = "", *, wraps: bool = False) -> QLabel:
    """Return a label of plain text in one of the stylesheet's roles."""
    return parts.make_label(role, name, text, wraps=wraps, page=_PAGE)


def make_choice(name: str, choices: Mapping[str, tuple[str, str]]) -> ChoiceField:
    """Return a choice of a few: text and tooltip by value."""
    return ChoiceField(name, choices, page=_PAGE)


def make_figures(captions: dict[str, str]) -> parts.Figures:
    """Return a row of large numbers, each over its caption."""
    return parts.Figures(captions, page=_PAGE)


def make_flat_button(name: str, text: str, tip: str) -> QToolButton:
    """Return a small button without a frame."""
    button = QToolButton()
    button.setText(text)
    button.setProperty("role", "flat")
    name_control(button, name, tip, tip)
    return button
