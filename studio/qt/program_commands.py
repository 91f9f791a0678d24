"""The commands that are about the program and not about what is open in it."""

from PySide6.QtCore import QObject, QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QApplication, QWidget

from studio.paths import log_folder
from studio.qt.help import show_about, show_shortcuts
from studio.qt.preferences import THEME, write
from studio.qt.preferences_dialog import PreferencesDialog
from studio.qt.theme import Scheme, apply_theme


class ProgramCommands(QObject):
    """Settings, colours and help."""

    preferences_changed = Signal(object)
    """The set of preferences that have another value now."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window

    @Slot()
    def show_preferences(self) -> None:
        dialog = PreferencesDialog(self._window)
        dialog.changed.connect(self.preferences_changed)
        dialog.open()

    @Slot()
    def theme_system(self) -> None:
        self._set_theme("system")

    @Slot()
    def theme_light(self) -> None:
        self._set_theme("light")

    @Slot()
    def theme_dark(self) -> None:
        self._set_theme("dark")

    @Slot()
    def show_shortcuts(self) -> None:
        show_shortcuts(self._window)

    @Slot()
    def open_logs(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(log_folder())))

    @Slot()
    def show_about(self) -> None:
        show_about(self._window)

    def _set_theme(self, scheme: Scheme) -> None:
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        apply_theme(app, scheme)
        write(THEME, scheme)
