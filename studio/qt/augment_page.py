"""The page for the main work: library, comparison, recipe."""

from PySide6.QtCore import QByteArray, QEvent, Qt, Signal, Slot
from PySide6.QtGui import QAction, QHideEvent, QKeySequence, QShowEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QSplitter,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from studio.dataset.library import ImageRef, Library
from studio.qt.commands import HELD_KEY
from studio.qt.compare.canvas import CompareCanvas
from studio.qt.compare.image_line import ImageLine
from studio.qt.compare.preview import Preview
from studio.qt.compare.sources import Source
from studio.qt.compare.strip import DrawStrip
from studio.qt.compare.watch import RootState
from studio.qt.library.view import LibraryView
from studio.qt.missing.picking import PixelPick
from studio.qt.missing.pixel import Pixel
from studio.qt.recipe.view import RecipeView
from studio.qt.session import Session
from studio.qt.settings import settings
from studio.qt.theme import icon

_WIDTHS = (260, 680, 340)
_ZOOM_WIDTH = 72
_SHOW_MASK = "window/show_mask"


class AugmentPage(QWidget):
    """Choose an image on the left, see it in the middle, tune the recipe on the right."""

    message = Signal(str, str, str, object)
    """A notice for the message bar, its hint, and the text and the call of its button."""

    def __init__(
        self, session: Session, actions: dict[str, QAction], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("augment_page")
        self.library_view = LibraryView()
        self.canvas = CompareCanvas()
        self.strip = DrawStrip()
        # Before the recipe's view, so that an edit is rendered while the cards follow it.
        self.preview = Preview(session, self.canvas, self.strip, self)
        self.recipe_view = RecipeView(session)
        self._open_keys = actions["open_folder"].shortcut()
        self._image_line = ImageLine()
        self._zoom = QToolButton()
        self._splitter = QSplitter(Qt.Orientation.Horizontal)
        self._pick = PixelPick(self.canvas)
        self._build(actions)
        self._connect()
        self._connect_missing(actions)

    def set_library(self, library: Library | None) -> None:
        """Show another data set, from its first image; a new look at the same one, where it was."""
        shown = self.library_view.library()
        if library is None or shown is None or library.root != shown.root:
            self.preview.show_image(None)
            self.preview.set_variant(1)
        self.library_view.set_library(library)

    def save_layout(self) -> QByteArray:
        """Return the widths of the panes."""
        return self._splitter.saveState()

    def restore_layout(self, layout: QByteArray) -> None:
        """Bring back widths that were saved; damaged ones are ignored."""
        self._splitter.restoreState(layout)

    def close_threads(self) -> None:
        """End everything that runs for this page."""
        self.preview.close()
        self.recipe_view.close_threads()
        self.library_view.shutdown()

    def show_invitation(self) -> None:
        """Say on the canvas, where there is no picture, how to open a folder."""
        keys = self._open_keys.toString(QKeySequence.SequenceFormat.NativeText)
        hint = self.tr("or open one with {keys}").format(keys=keys)
        self.canvas.set_empty_text(self.tr("Drop a folder of images or an archive here"), hint)

    def _connect(self) -> None:
        library, preview = self.library_view, self.preview
        library.current_changed.connect(self._show_image)
        library.findings_changed.connect(self._show_notices)
        library.message.connect(self.message)
        preview.plan_changed.connect(self.recipe_view.show_plan)
        preview.judged.connect(library.note_verdict)
        preview.folder_changed.connect(library.recheck)
        preview.root_changed.connect(self._tell_root)
        self.canvas.zoom_changed.connect(self._show_zoom)
        self.canvas.addActions(library.places.actions)
        self.canvas.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        self._image_line.notes_wanted.connect(library.show_notes)

    def _connect_missing(self, actions: dict[str, QAction]) -> None:
        card, preview, pick = self.recipe_view.missing, self.preview, self._pick
        preview.missing_changed.connect(card.show_missing)
        preview.pixel_read.connect(self._take_pixel)
        pick.picked.connect(preview.read_pixel)
        pick.ended.connect(card.end_pick)
        card.pick_toggled.connect(self._toggle_pick)
        card.score_requested.connect(actions["score_fills"].trigger)
        # A file has it as a text.
        shown = str(settings().value(_SHOW_MASK, True)).lower() != "false"
        card.set_mask_shown(shown)
        self.canvas.set_shows_missing(shown)
        card.mask_toggled.connect(self._show_mask)

    def _build(self, actions: dict[str, QAction]) -> None:
        self.show_invitation()
        centre = QWidget()
        column = QVBoxLayout(centre)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._build_bar(actions))
        column.addWidget(self.canvas, 1)
        column.addWidget(self.strip)
        self._splitter.setObjectName("augment_page.splitter")
        self._splitter.setChildrenCollapsible(False)
        self._splitter.setHandleWidth(1)
        for index, pane in enumerate((self.library_view, centre, self.recipe_view)):
            self._splitter.addWidget(pane)
            self._splitter.setStretchFactor(index, int(pane is centre))
        self._splitter.setSizes(_WIDTHS)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._splitter)

    def _build_bar(self, actions: dict[str, QAction]) -> QFrame:
        bar = QFrame()
        bar.setProperty("role", "pane")
        bar.setObjectName("canvas_bar")
        row = QHBoxLayout(bar)
        row.setContentsMargins(12, 4, 8, 4)
        row.setSpacing(4)
        row.addWidget(self._image_line, 1)
        for name in ("side_by_side", "wipe"):
            row.addWidget(_tool_button(actions[name], "segment"))
        row.addSpacing(8)
        row.addWidget(self._build_hold())
        for name in ("fit", "actual_size"):
            row.addWidget(_tool_button(actions[name], "flat"))
        self._zoom.setProperty("role", "flat")
        self._zoom.setObjectName("canvas_bar.zoom")
        self._zoom.setAccessibleName(self.tr("Zoom"))
        self._zoom.setToolTip(self.tr("Zoom; a click shows the whole picture or 100 %"))
        self._zoom.setMinimumWidth(_ZOOM_WIDTH)
        self._zoom.clicked.connect(lambda: self.canvas.toggle_fit())
        row.addWidget(self._zoom)
        return bar

    def _build_hold(self) -> QToolButton:
        button = QToolButton()
        button.setIcon(icon("eye"))
        button.setProperty("role", "flat")
        button.setObjectName("canvas_bar.hold_original")
        tip = self.tr("Show the original while this is held")
        button.setAccessibleName(tip)
        button.setToolTip(f"{tip} ({HELD_KEY})")
        button.pressed.connect(self._show_original)
        button.released.connect(self._show_augmented)
        return button

    @Slot()
    def _show_original(self) -> None:
        self.canvas.set_show_original(True)

    @Slot()
    def _show_augmented(self) -> None:
        self.canvas.set_show_original(False)

    @Slot(bool)
    def _show_mask(self, shown: bool) -> None:
        self.canvas.set_shows_missing(shown)
        settings().setValue(_SHOW_MASK, shown)

    @Slot(bool)
    def _toggle_pick(self, is_wanted: bool) -> None:
        if is_wanted:
            self._pick.start()
        else:
            self._pick.stop()

    @Slot(object)
    def _take_pixel(self, pixel: Pixel) -> None:
        if pixel.is_finite:
            self.recipe_view.missing.take_pixel(pixel)
        else:
            text = self.tr("That pixel holds no finite number")
            hint = self.tr("The rule “NaN or infinite” finds such pixels.")
            self.message.emit(text, hint, "", None)

    @Slot(object)
    def _show_image(self, image: ImageRef | None) -> None:
        library, source = self.library_view.library(), None
        if image is not None and library is not None:
            source = Source(library.store, image.key, image.split, library)
        self._image_line.show_source(source)
        self._show_notices()
        self.preview.show_image(source)
        self.recipe_view.set_source(source)

    @Slot()
    def _show_notices(self) -> None:
        image = self.library_view.current()
        self._image_line.show_notices(self.library_view.notices(image.key) if image else ())

    @Slot(str)
    def _tell_root(self, state: RootState) -> None:
        """Say that the place of all images is gone, or there again."""
        library = self.library_view.library()
        if library is None:
            return
        faults = {
            "gone": self.tr("No longer there"),
            "replaced": self.tr("Has changed since it was opened"),
            "there": "",
        }
        texts = {
            "gone": self.tr("“{name}” is no longer there"),
            "replaced": self.tr("“{name}” has changed since it was opened"),
            "there": self.tr("“{name}” is there again"),
        }
        self.library_view.set_fault(faults[state])
        self.library_view.recheck()
        text = texts[state].format(name=library.root.name or library.root)
        if state == "there":
            self.message.emit(text, "", "", None)
        else:
            rescan = self.library_view.rescan
            self.message.emit(text, str(library.root), self.tr("Rescan"), rescan)

    @Slot(float)
    def _show_zoom(self, zoom: float) -> None:
        percent = zoom * 100
        self._zoom.setText(f"{percent:,.0f} %" if percent >= 99.95 else f"{percent:.3g} %")

    # Events

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.WindowActivate:
            self.preview.retry()
        return super().event(event)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.preview.set_active(True)

    def hideEvent(self, event: QHideEvent) -> None:
        self.preview.set_active(False)
        super().hideEvent(event)


def _tool_button(action: QAction, role: str) -> QToolButton:
    button = QToolButton()
    button.setDefaultAction(action)
    button.setProperty("role", role)
    button.setObjectName(f"canvas_bar.{action.objectName().removeprefix('action.')}")
    button.setAccessibleName(action.text().replace("&", ""))
    return button
