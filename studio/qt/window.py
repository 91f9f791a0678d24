"""The main window: its frame, its commands, and what it remembers."""

from functools import partial
from pathlib import Path

from PySide6.QtCore import QByteArray, QSize, Qt, Slot
from PySide6.QtGui import (
    QCloseEvent,
    QDragEnterEvent,
    QDropEvent,
)
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QMainWindow,
    QMenu,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from studio.dataset.library import Library
from studio.errors import UserError
from studio.qt.augment_page import AugmentPage
from studio.qt.autosave import Autosave
from studio.qt.closing import Closing
from studio.qt.commands import HELD_KEY, RECENT, build_actions, connect_actions
from studio.qt.compare.canvas import Mode
from studio.qt.export.page import ExportPage
from studio.qt.gan_pages import GanPages
from studio.qt.held_key import HeldKey
from studio.qt.message_bar import MessageBar
from studio.qt.open_commands import OpenCommands
from studio.qt.opener import Opener
from studio.qt.preferences import MEGAPIXELS, THEME, WORKERS, Preference, read
from studio.qt.program_commands import ProgramCommands
from studio.qt.recent_menu import RecentMenu
from studio.qt.recipe_commands import RecipeCommands
from studio.qt.scoring.score_fills import ScoreFills
from studio.qt.session import Session
from studio.qt.settings import add_recent_folder, set_last_folder, settings
from studio.qt.theme import icon

_LEAST = QSize(960, 600)
_MOST = QSize(1600, 1000)


class Window(QMainWindow):
    """The studio. Its public slots without arguments are commands, see `commands`."""

    def __init__(self, session: Session | None = None) -> None:
        super().__init__()
        self.setObjectName("window")
        self.session = session or Session(self)
        self._library: Library | None = None
        self._fault = ""
        self._wanted = ""
        self._recipes = RecipeCommands(self.session, self)
        self._choice = OpenCommands(self)
        self.actions_by_name = build_actions(self)
        self.message_bar = MessageBar()
        self.augment_page = AugmentPage(self.session, self.actions_by_name)
        self.export_page = ExportPage(self.session)
        self._opener = Opener(self)
        self._autosave = Autosave(self.session, self)
        self._pages = QStackedWidget()
        self.gan = GanPages(self._pages, self)
        self._scoring = ScoreFills(self.session, self)
        self._closing = Closing(self.export_page, self.gan, self)
        self._build()
        self._connect()
        self._restore()

    @property
    def library(self) -> Library | None:
        """The data set that is open."""
        return self._library

    @Slot(object)
    def open(self, folder: Path | None) -> None:
        """Open a data set in the background, the built-in sample with None."""
        self._withdraw_fault()
        self._wanted = ""
        self.show_augment()
        self.augment_page.library_view.set_scanning(0)
        self._opener.open(folder)

    @Slot(object)
    def _open_around(self, image: Path) -> None:
        self.open(image.parent)
        self._wanted = image.name

    def show_error(self, error: Exception) -> None:
        """Show a fault in the message bar: a user's own with its way out, any other by its name."""
        if isinstance(error, UserError):
            self._fault = error.message
            self.message_bar.show_error(error.message, error.hint)
        else:
            raise error

    @Slot()
    def _withdraw_fault(self) -> None:
        # Whoever has got past a fault need not dismiss it as well.
        self.message_bar.withdraw(self._fault)

    # Building

    def _build(self) -> None:
        self.setWindowIcon(icon("app"))
        self.setAcceptDrops(True)
        self.setMinimumSize(_LEAST)
        self.resize(_MOST.boundedTo(self.screen().availableSize() * 0.9).expandedTo(_LEAST))
        self._pages.addWidget(self.augment_page)
        self._pages.addWidget(self.export_page)
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._build_top_bar())
        column.addWidget(self.message_bar)
        column.addWidget(self._pages, 1)
        self.setCentralWidget(body)

    def _build_top_bar(self) -> QFrame:
        bar = QFrame()
        bar.setObjectName("top_bar")
        bar.setProperty("role", "bar")
        row = QHBoxLayout(bar)
        row.setContentsMargins(12, 6, 12, 6)
        row.setSpacing(4)
        for name in ("show_augment", "show_train", "show_generate", "show_export"):
            row.addWidget(
                self._button(name, "segment", Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
            )
        row.addStretch(1)
        for name in ("undo", "redo", "show_shortcuts"):
            row.addWidget(self._button(name, "flat", Qt.ToolButtonStyle.ToolButtonIconOnly))
        return bar

    def _button(self, name: str, role: str, style: Qt.ToolButtonStyle) -> QToolButton:
        action = self.actions_by_name[name]
        button = QToolButton()
        button.setDefaultAction(action)
        button.setToolButtonStyle(style)
        button.setProperty("role", role)
        button.setObjectName(f"top_bar.{name}")
        button.setAccessibleName(action.text().replace("&", ""))
        return button

    def _connect(self) -> None:
        self._opener.counted.connect(self.augment_page.library_view.set_scanning)
        self._opener.drawing.connect(self._show_drawing)
        self._opener.opened.connect(self._show_library)
        self._opener.checked.connect(self.augment_page.library_view.note_report)
        self._opener.failed.connect(self._fail_to_open)
        self.augment_page.library_view.open_requested.connect(self._choice.open_folder)
        self.augment_page.library_view.rescan_requested.connect(self.open)
        self.augment_page.library_view.follow(self.session)
        self.augment_page.message.connect(self.message_bar.show_notice)
        self.augment_page.preview.failed.connect(self.show_error)
        self.export_page.message.connect(self.message_bar.show_notice)
        self.export_page.failed.connect(self.show_error)
        self.export_page.skipped.connect(self.augment_page.library_view.note_skipped)
        names = (self.tr("&Export"), self.tr("&Export, running …"))
        self.export_page.running_changed.connect(partial(self._name, "show_export", *names))
        self.gan.made.connect(self._show_made)
        self.gan.message.connect(self.message_bar.show_notice)
        self.gan.failed.connect(self.show_error)
        self.gan.open_requested.connect(self.open)
        self.gan.train_requested.connect(self.show_train)
        self.gan.generate_requested.connect(self.show_generate)
        names = (self.tr("&Train"), self.tr("&Train, running …"))
        self.gan.training_changed.connect(partial(self._name, "show_train", *names))
        names = (self.tr("&Generate"), self.tr("&Generate, running …"))
        self.gan.generating_changed.connect(partial(self._name, "show_generate", *names))
        self._closing.saving.connect(self._tell_saving)
        self._choice.data_chosen.connect(self.open)
        self._choice.image_chosen.connect(self._open_around)
        self._choice.recipe_chosen.connect(self._recipes.load)
        self._choice.failed.connect(self.show_error)
        self._recipes.failed.connect(self.show_error)
        self._recipes.opened.connect(self._withdraw_fault)
        self._recipes.saved.connect(self._tell_saved)
        self._recipes.name_history(self.actions_by_name["undo"], self.actions_by_name["redo"])
        self.session.file_changed.connect(self._show_title)
        recent = self.actions_by_name[RECENT].menu()
        assert isinstance(recent, QMenu)
        RecentMenu(recent).chosen.connect(self.open)
        page, program = self.augment_page, ProgramCommands(self)
        program.preferences_changed.connect(self._follow_preferences)
        self.message_bar.logs_wanted.connect(program.open_logs)
        self._autosave.failed.connect(self._tell_unkept)
        handlers = (
            self,
            self._choice,
            self._recipes,
            self._scoring,
            program,
            page.canvas,
            page.library_view,
            page.preview,
        )
        connect_actions(self.actions_by_name, *handlers)
        HeldKey(HELD_KEY, self).held.connect(self.augment_page.canvas.set_show_original)

    def _restore(self) -> None:
        kept = settings()
        for restore, name in (
            (self.restoreGeometry, "window/geometry"),
            (self.augment_page.restore_layout, "window/panes"),
        ):
            value = kept.value(name)
            if isinstance(value, QByteArray):
                restore(value)
        self._choose("theme", str(kept.value("window/theme", "system")), "system")
        self._choose("compare", str(kept.value("window/compare", "side_by_side")), "side_by_side")
        self.show_augment()
        if fault := self._autosave.restore():
            text = self.tr("The last recipe could not be restored: {fault}")
            self.message_bar.show_notice(text.format(fault=fault), stays=True)
        self._show_title()

    def _choose(self, group: str, value: str, default: str) -> None:
        prefix = "theme_" if group == "theme" else ""
        known = self.actions_by_name.get(prefix + value)
        (known or self.actions_by_name[prefix + default]).trigger()

    # Data set

    @Slot(float)
    def _show_drawing(self, share: float) -> None:
        text = self.tr("Drawing the sample data set … {percent} %").format(percent=int(share * 100))
        self.augment_page.canvas.set_empty_text(text)

    @Slot(object)
    def _show_library(self, library: Library) -> None:
        self._library = library
        self._choice.set_start(library.root.parent)
        add_recent_folder(library.root)
        set_last_folder(library.root)
        self.augment_page.set_library(library)
        if self._wanted:
            self.augment_page.library_view.select(self._wanted)
        self.augment_page.library_view.focus_images()
        self.export_page.set_library(library)
        self.gan.set_library(library)
        self._scoring.set_library(library)
        self._show_title()

    @Slot(object)
    def _fail_to_open(self, error: Exception) -> None:
        self.augment_page.library_view.set_scanning(None)
        self.augment_page.show_invitation()
        self.show_error(error)

    @Slot()
    def _show_title(self) -> None:
        name = self._library.root.name if self._library else ""
        file = self.session.file.name if self.session.file else self.tr("new recipe")
        parts = [part for part in (name, file, "Augmentation Studio") if part]
        self.setWindowTitle(" — ".join(parts) + "[*]")
        self.setWindowModified(self.session.is_modified)

    def _name(self, action: str, idle: str, busy: str, is_running: bool) -> None:
        self.actions_by_name[action].setText(busy if is_running else idle)

    @Slot()
    def _tell_saving(self) -> None:
        self.message_bar.show_notice(self.tr("Saving, then closing …"), stays=True)

    @Slot(str)
    def _tell_saved(self, name: str) -> None:
        self._withdraw_fault()
        self.message_bar.show_notice(self.tr("Saved {name}").format(name=name))

    @Slot(str)
    def _tell_unkept(self, reason: str) -> None:
        text = self.tr("The recipe in work cannot be kept for the next start: {reason}")
        hint = self.tr("Save it to a file of your own.")
        self.message_bar.show_notice(text.format(reason=reason), hint, stays=True)

    @Slot(object)
    def _follow_preferences(self, changed: set[Preference]) -> None:
        if THEME in changed:
            self._choose("theme", read(THEME), THEME.default)
        if WORKERS in changed:
            self.export_page.set_workers(read(WORKERS))
        if MEGAPIXELS in changed and self._library is not None:
            self.augment_page.library_view.rescan()

    # Commands: file

    @Slot()
    def quit(self) -> None:
        self.close()

    # Commands: edit

    @Slot()
    def add_step(self) -> None:
        self.show_augment()
        self.augment_page.recipe_view.open_picker()

    @Slot()
    def find_images(self) -> None:
        self.show_augment()
        self.augment_page.library_view.focus_search()

    # Commands: view

    @Slot()
    def show_augment(self) -> None:
        self.actions_by_name["show_augment"].setChecked(True)
        self._pages.setCurrentWidget(self.augment_page)

    @Slot()
    def show_export(self) -> None:
        self.actions_by_name["show_export"].setChecked(True)
        self.export_page.set_scope(*self.augment_page.library_view.selected_scope())
        self._pages.setCurrentWidget(self.export_page)

    @Slot()
    def show_train(self) -> None:
        self.actions_by_name["show_train"].setChecked(True)
        self.gan.make("train")

    @Slot()
    def show_generate(self) -> None:
        self.actions_by_name["show_generate"].setChecked(True)
        self.gan.make("generate")

    @Slot(str)
    def _show_made(self, name: str) -> None:
        # Another page may have been asked for meanwhile.
        if self.actions_by_name[f"show_{name}"].isChecked():
            self._pages.setCurrentWidget(self.gan.train if name == "train" else self.gan.generate)

    @Slot()
    def side_by_side(self) -> None:
        self._compare("side_by_side")

    @Slot()
    def wipe(self) -> None:
        self._compare("wipe")

    def _compare(self, mode: Mode) -> None:
        self.augment_page.canvas.set_mode(mode)
        settings().setValue("window/compare", mode)

    # Events

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if self._choice.takes(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        event.acceptProposedAction()
        self._choice.take(event.mimeData())

    def closeEvent(self, event: QCloseEvent) -> None:
        if not self._closing.may_close():
            event.ignore()
            return
        self._save_layout()
        self._autosave.close()
        self._opener.close()
        self.export_page.stop_and_wait()
        self.gan.stop_and_wait()
        self._scoring.stop_and_wait()
        self.augment_page.close_threads()
        super().closeEvent(event)

    def _save_layout(self) -> None:
        kept = settings()
        kept.setValue("window/geometry", self.saveGeometry())
        kept.setValue("window/panes", self.augment_page.save_layout())
