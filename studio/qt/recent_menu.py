"""The menu of data sets that were opened last."""

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from studio.qt.settings import clear_recent_folders, recent_folders


class RecentMenu(QObject):
    """Fills a menu each time it is shown."""

    chosen = Signal(object)
    """The Path of a folder."""

    def __init__(self, menu: QMenu) -> None:
        super().__init__(menu)
        self._menu = menu
        menu.aboutToShow.connect(self._fill)

    @Slot()
    def _fill(self) -> None:
        self._menu.clear()
        for folder in recent_folders():
            action = self._menu.addAction(str(folder))
            action.setData(folder)
            action.triggered.connect(self._choose)
        self._menu.addSeparator()
        clear = self._menu.addAction(self.tr("Clear this list"))
        clear.triggered.connect(clear_recent_folders)

    @Slot()
    def _choose(self) -> None:
        action = self.sender()
        if isinstance(action, QAction):
            self.chosen.emit(action.data())
