"""What the panels of "Score fills" share: how controls are named, and methods put in words."""

from collections.abc import Mapping

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QLabel, QPushButton, QToolButton, QWidget

from studio.augment.operation import Operation, get
from studio.dataset.scoring.methods import Method
from studio.qt.export import parts
from studio.qt.export.fields import ChoiceField
from studio.qt.recipe.form import translated
from studio.qt.theme import icon

translate = QCoreApplication.translate
_PAGE = "scoring"


def name_control(widget: QWidget, name: str, spoken: str, tip: str) -> None:
    """Give a control its object name, its name for assistive technology, and its tooltip."""
    parts.name_control(widget, name, spoken, tip, page=_PAGE)


def make_label(role: str, name: str = "", text: str = "", *, wraps: bool = False) -> QLabel:
    """Return a label of plain text in one of the stylesheet's roles."""
    return parts.make_label(role, name, text, wraps=wraps, page=_PAGE)


def make_choice(name: str, choices: Mapping[str, tuple[str, str]]) -> ChoiceField:
    """Return a choice of a few, each with its text and its tooltip by value."""
    return ChoiceField(name, choices, page=_PAGE)


def make_button(name: str, text: str, tip: str) -> QPushButton:
    """Return a button that shows a text."""
    button = QPushButton(text)
    # Return in a field ends the typing, and starts nothing.
    button.setAutoDefault(False)
    name_control(button, name, text, tip)
    return button


def make_flat_button(name: str, picture: str, text: str) -> QToolButton:
    """Return a button that shows an icon only."""
    button = QToolButton()
    button.setIcon(icon(picture))
    button.setProperty("role", "flat")
    name_control(button, name, text, text)
    return button


def name_method(method: Method) -> str:
    """Return a method's name among others that fill: its title without the word for filling."""
    title = translated(get(method.op).title)
    name = title.partition(": ")[2] or title
    kind = method.title[len(get(method.op).title) :]
    return f"{name[:1].upper()}{name[1:]}{kind}"


def find_operation(name: str) -> Operation | None:
    """Return an operation by name, None if there is none."""
    try:
        return get(name)
    except KeyError:
        return None
