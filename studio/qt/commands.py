"""Every command once: the menus, the shortcuts, and the table of them in Help."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication, QObject
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu

from studio.qt.theme import icon


@dataclass(frozen=True)
class Command:
    """A command of the window. Triggering it calls the slot `name` of one of its handlers.

    `choice` puts it into a group of which one is checked. `begins_group` draws a line above it.
    """

    name: str
    menu: str
    text: str
    shortcut: str = ""
    icon: str = ""
    tip: str = ""
    choice: str = ""
    begins_group: bool = False


_T: Callable[[str, str], str] = QT_TRANSLATE_NOOP  # type: ignore[assignment]

MENUS = (_T("Menu", "&File"), _T("Menu", "&Edit"), _T("Menu", "&View"), _T("Menu", "&Help"))
RECENT = "open_recent"
COMMANDS = (
    Command("open_folder", "&File", _T("Command", "&Open folder…"), "Ctrl+O", "folder"),
    Command(
        "open_archive",
        "&File",
        _T("Command", "Open arc&hive…"),
        "Ctrl+Shift+D",
        tip=_T("Command", "A ZIP or TAR of images, CIFAR, MNIST, or arrays of NumPy"),
    ),
    Command(RECENT, "&File", _T("Command", "Open &recent")),
    Command("open_sample", "&File", _T("Command", "Open the &sample data set")),
    Command(
        "rescan",
        "&File",
        _T("Command", "R&escan the data set"),
        "F5",
        "rescan",
        _T("Command", "Look for images that came and went since it was opened"),
        begins_group=True,
    ),
    Command(
        "check_files",
        "&File",
        _T("Command", "Check every &file"),
        "Ctrl+Shift+K",
        "check",
        _T("Command", "Decode each image in the background, and list what is damaged"),
    ),
    Command("new_recipe", "&File", _T("Command", "&New recipe"), "Ctrl+N", begins_group=True),
    Command("open_recipe", "&File", _T("Command", "Open re&cipe…"), "Ctrl+Shift+O", "open"),
    Command("save_recipe", "&File", _T("Command", "&Save recipe"), "Ctrl+S", "save"),
    Command("save_recipe_as", "&File", _T("Command", "Save recipe &as…"), "Ctrl+Shift+S"),
    Command("quit", "&File", _T("Command", "&Quit"), "Ctrl+Q", begins_group=True),
    Command("undo", "&Edit", _T("Command", "&Undo"), "Ctrl+Z", "undo"),
    Command("redo", "&Edit", _T("Command", "&Redo"), "Ctrl+Shift+Z", "redo"),
    Command("add_step", "&Edit", _T("Command", "&Add a step…"), "Ctrl+K", "add", begins_group=True),
    Command(
        "reroll",
        "&Edit",
        _T("Command", "&Re-roll"),
        "Ctrl+R",
        "dice",
        _T("Command", "A new seed: other draws of the same recipe"),
    ),
    Command(
        "score_fills",
        "&Edit",
        _T("Command", "Score &fills…"),
        icon="score",
        tip=_T("Command", "Hide known pixels, try every fill on them, and see which is nearest"),
    ),
    Command(
        "find_images",
        "&Edit",
        _T("Command", "&Find images by name"),
        "Ctrl+F",
        "search",
        begins_group=True,
    ),
    Command(
        "show_preferences",
        "&Edit",
        _T("Command", "&Preferences…"),
        "Ctrl+,",
        "settings",
        _T("Command", "The largest image to read, colours, and other settings for all work"),
        begins_group=True,
    ),
    Command("show_augment", "&View", _T("Command", "&Augment"), "Alt+1", "images", choice="page"),
    Command(
        "show_train",
        "&View",
        _T("Command", "&Train"),
        "Alt+2",
        "train",
        _T("Command", "Train a GAN on the data set, and watch it learn"),
        "page",
    ),
    Command(
        "show_generate",
        "&View",
        _T("Command", "&Generate"),
        "Alt+3",
        "generate",
        _T("Command", "Make new images with a trained GAN"),
        "page",
    ),
    Command("show_export", "&View", _T("Command", "&Export"), "Alt+4", "export", choice="page"),
    Command(
        "side_by_side",
        "&View",
        _T("Command", "&Side by side"),
        "Ctrl+1",
        "side-by-side",
        _T("Command", "Original and augmented picture beside each other"),
        "compare",
        begins_group=True,
    ),
    Command(
        "wipe",
        "&View",
        _T("Command", "&Wipe"),
        "Ctrl+2",
        "wipe",
        _T("Command", "One over the other, with a divider to drag"),
        "compare",
    ),
    Command(
        "fit", "&View", _T("Command", "&Fit"), "Ctrl+0", "fit", _T("Command", "The whole picture")
    ),
    Command(
        "actual_size",
        "&View",
        _T("Command", "&100 %"),
        "Ctrl+9",
        "actual-size",
        _T("Command", "One image pixel on one screen pixel"),
    ),
    Command("zoom_in", "&View", _T("Command", "Zoom &in"), "Ctrl++"),
    Command("zoom_out", "&View", _T("Command", "Zoom &out"), "Ctrl+-"),
    Command(
        "select_previous",
        "&View",
        _T("Command", "&Previous image"),
        "Ctrl+PgUp",
        begins_group=True,
    ),
    Command("select_next", "&View", _T("Command", "&Next image"), "Ctrl+PgDown"),
    Command("previous_draw", "&View", _T("Command", "Previous &draw"), "Ctrl+Shift+PgUp"),
    Command("next_draw", "&View", _T("Command", "Next dra&w"), "Ctrl+Shift+PgDown"),
    Command(
        "theme_system",
        "&View",
        _T("Command", "Colours of the s&ystem"),
        choice="theme",
        begins_group=True,
    ),
    Command("theme_light", "&View", _T("Command", "&Light"), "", "sun", choice="theme"),
    Command("theme_dark", "&View", _T("Command", "&Dark"), "", "moon", choice="theme"),
    Command("show_shortcuts", "&Help", _T("Command", "&Keyboard shortcuts"), "F1", "keyboard"),
    Command("open_logs", "&Help", _T("Command", "Open the &log folder")),
    Command("show_about", "&Help", _T("Command", "&About Augmentation Studio")),
)
HELD_KEY = "O"
"""While it is down the original is shown in the augmented picture's place."""


def plain_text(text: str) -> str:
    """Return a command's text as a person reads it, without the mark of its mnemonic."""
    return text.replace("&", "")


def connect_actions(actions: dict[str, QAction], *handlers: QObject) -> None:
    """Let each action call the slot of its name of the first handler that has it."""
    for name, action in actions.items():
        if name != RECENT:
            handler = next(each for each in handlers if hasattr(each, name))
            action.triggered.connect(getattr(handler, name))


def build_actions(window: QMainWindow) -> dict[str, QAction]:
    """Make the window's actions and menus. Returns the actions by their commands' names."""
    menus = {name: _add_menu(window, name) for name in MENUS}
    groups: dict[str, QActionGroup] = {}
    actions: dict[str, QAction] = {}
    for command in COMMANDS:
        menu = menus[command.menu]
        if command.begins_group:
            menu.addSeparator()
        text = QCoreApplication.translate("Command", command.text)
        if command.name == RECENT:
            submenu = menu.addMenu(text)
            submenu.setObjectName(f"menu.{RECENT}")
            actions[RECENT] = submenu.menuAction()
            continue
        action = _build_action(window, command, text)
        if command.choice:
            group = groups.setdefault(command.choice, QActionGroup(window))
            action.setCheckable(True)
            group.addAction(action)
        menu.addAction(action)
        actions[command.name] = action
    return actions


def _add_menu(window: QMainWindow, name: str) -> QMenu:
    menu = window.menuBar().addMenu(QCoreApplication.translate("Menu", name))
    menu.setObjectName(f"menu.{plain_text(name).lower()}")
    menu.setToolTipsVisible(True)
    return menu


def _build_action(window: QMainWindow, command: Command, text: str) -> QAction:
    action = QAction(text, window)
    action.setObjectName(f"action.{command.name}")
    if command.shortcut:
        action.setShortcut(QKeySequence(command.shortcut))
    if command.icon:
        action.setIcon(icon(command.icon))
    tip = QCoreApplication.translate("Command", command.tip) if command.tip else plain_text(text)
    keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
    action.setToolTip(f"{tip} ({keys})" if keys else tip)
    return action
