"""Whether the window may close now: what runs is asked about, and saved first."""

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QMessageBox, QWidget

from studio.qt.export.page import ExportPage
from studio.qt.gan_pages import GanPages


class Closing(QObject):
    """Asks before something ends. What takes long to save is waited for with the window alive."""

    saving = Signal()
    """The window closes itself when all is saved, unless that fails."""

    def __init__(self, export_page: ExportPage, gan: GanPages, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._export_page = export_page
        self._gan = gan
        self._waits = False
        gan.failed.connect(self._stay)
        for changed in (gan.training_changed, gan.generating_changed):
            # When the page that told this is done with it.
            changed.connect(lambda: QTimer.singleShot(0, self, self._close_if_saved))

    def may_close(self) -> bool:
        """Tell whether nothing runs that could not end with the window."""
        if self._export_page.is_running() and not self._may_stop_export():
            return False
        if not self._gan.is_running():
            return True
        if not self._waits and self._gan.may_stop():
            self._waits = True
            self.saving.emit()
            self._gan.stop()
        return False

    def _stay(self) -> None:
        self._waits = False

    def _close_if_saved(self) -> None:
        if self._waits and not self._gan.is_running():
            self._window.close()

    def _may_stop_export(self) -> bool:
        answer = QMessageBox.question(
            self._window,
            self.tr("An export is running"),
            self.tr("Stop the export and close? Files that are written stay, each of them whole."),
        )
        return answer == QMessageBox.StandardButton.Yes
