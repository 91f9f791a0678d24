"""The dialogs of the Help menu."""

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QHeaderView,
    QMessageBox,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from studio import __version__
from studio.qt.commands import COMMANDS, HELD_KEY, plain_text

_CONTEXT = "Help"


def _tr(text: str) -> str:
    return QCoreApplication.translate(_CONTEXT, text)


def shortcut_rows() -> list[tuple[str, str]]:
    """Return what each key does: the commands' shortcuts, then keys of single widgets."""
    rows = [
        (
            plain_text(QCoreApplication.translate("Command", command.text)).rstrip("…"),
            QKeySequence(command.shortcut).toString(QKeySequence.SequenceFormat.NativeText),
        )
        for command in COMMANDS
        if command.shortcut
    ]
    return [
        *rows,
        (_tr("Show the original while held"), HELD_KEY),
        (_tr("Zoom at the pointer"), _tr("Wheel")),
        (_tr("Pan"), _tr("Drag, or the arrow keys")),
        (_tr("Switch between fit and 100 %"), _tr("Double click")),
        (_tr("Move a step"), _tr("Alt+Up, Alt+Down")),
    ]


def show_shortcuts(parent: QWidget) -> None:
    """Open the table of keyboard shortcuts, without blocking the window."""
    rows = shortcut_rows()
    table = QTableWidget(len(rows), 2)
    table.setObjectName("shortcuts.table")
    table.setAccessibleName(_tr("Keyboard shortcuts"))
    table.setHorizontalHeaderLabels([_tr("Command"), _tr("Keys")])
    table.verticalHeader().hide()
    table.setShowGrid(False)
    table.setProperty("role", "card")
    table.setTabKeyNavigation(False)
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
    table.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
    table.horizontalHeader().setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
    table.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft)
    for row, texts in enumerate(rows):
        for column, text in enumerate(texts):
            table.setItem(row, column, QTableWidgetItem(text))
    dialog = QDialog(parent)
    dialog.setObjectName("shortcuts")
    dialog.setWindowTitle(_tr("Keyboard shortcuts"))
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
    buttons.rejected.connect(dialog.reject)
    layout = QVBoxLayout(dialog)
    layout.addWidget(table)
    layout.addWidget(buttons)
    dialog.resize(460, 640)
    dialog.open()


def show_about(parent: QWidget) -> None:
    """Open what the program is, without blocking the window."""
    box = QMessageBox(parent)
    box.setObjectName("about")
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.setWindowTitle(_tr("About Augmentation Studio"))
    box.setText(f"<b>Augmentation Studio</b> {__version__}")
    box.setInformativeText(
        _tr("Augment image data sets by point and click: preview, tune, export. MIT licence.")
    )
    box.setIconPixmap(parent.windowIcon().pixmap(64, 64))
    box.open()
