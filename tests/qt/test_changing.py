"""A data set that changes while it is open is shown as it is now, or said to be gone."""

import shutil
import threading
import zipfile
from collections.abc import Callable, Hashable
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QImage, QPixmap
from PySide6.QtWidgets import QLabel, QListView, QPushButton
from pytestqt.qtbot import QtBot

from studio.dataset.library import Library, open_library
from studio.dataset.store import FolderStore
from studio.qt.library.thumbnails import REASON_ROLE
from studio.qt.library.view import LibraryView
from studio.qt.window import Window
from tests.qt.conftest import write_photo

Open = Callable[[Path], Window]
TIMEOUT = 20_000


def picture(window: Window) -> QImage:
    """What the canvas shows."""
    return window.augment_page.canvas.grab().toImage()


def grid_of(window: Window) -> QListView:
    grid = window.findChild(QListView, "library.thumbnails")
    assert grid is not None
    return grid


def keys_of(window: Window) -> list[str]:
    return [image.key for image in window.augment_page.library_view.visible_images()]


def current_key(window: Window) -> str:
    image = window.augment_page.library_view.current()
    return image.key if image else ""


def tile(window: Window, key: str, role: int) -> object:
    return grid_of(window).model().index(keys_of(window).index(key), 0).data(role)


def thumbnail(window: Window, key: str) -> QImage | None:
    pixmap = tile(window, key, int(Qt.ItemDataRole.DecorationRole))
    return pixmap.toImage() if isinstance(pixmap, QPixmap) else None


def wait_for_thumbnail(qtbot: QtBot, window: Window, key: str) -> QImage:
    qtbot.waitUntil(lambda: thumbnail(window, key) is not None, timeout=TIMEOUT)
    found = thumbnail(window, key)
    assert found is not None
    return found


def label(window: Window, name: str) -> str:
    found = window.findChild(QLabel, name)
    assert found is not None
    return found.text() if found.isVisible() else ""


def replace(path: Path, seed: int) -> None:
    """Put another picture in a file's place, as editors do."""
    write_photo(path.with_name("new.tmp.png"), seed=seed)
    path.with_name("new.tmp.png").replace(path)


def dismiss_all(window: Window) -> bool:
    """Make room for the canvas where messages were."""
    while window.message_bar.isVisible():
        window.message_bar.dismiss()
    return True


def activate(window: Window) -> None:
    """Come back to the window from another one."""
    QCoreApplication.sendEvent(window, QEvent(QEvent.Type.WindowActivate))


@pytest.mark.parametrize("way", ["replaced", "written_over"])
def test_a_current_image_that_changes_is_shown_without_a_click(
    qtbot: QtBot, open_window: Open, photos: Path, way: str
) -> None:
    window = open_window(photos)
    before, small = picture(window), wait_for_thumbnail(qtbot, window, "cats/0.png")
    if way == "replaced":
        replace(photos / "cats" / "0.png", seed=50)
    else:
        write_photo(photos / "cats" / "0.png", seed=50)
    qtbot.waitUntil(lambda: picture(window) != before, timeout=TIMEOUT)
    qtbot.waitUntil(lambda: thumbnail(window, "cats/0.png") not in (None, small), timeout=TIMEOUT)


def test_the_newest_of_many_versions_is_shown_at_last(
    qtbot: QtBot, open_window: Open, photos: Path
) -> None:
    path = photos / "cats" / "0.png"
    write_photo(path, seed=60)
    window = open_window(photos)
    last = picture(window)
    wait_for_thumbnail(qtbot, window, "cats/0.png")
    for seed in (61, 62, 63, 64, 60):
        replace(path, seed)
        window.augment_page.preview.refresh()
        QCoreApplication.processEvents()
    qtbot.waitUntil(lambda: picture(window) == last, timeout=TIMEOUT)
    shown = window.augment_page.preview
    assert window.library is not None
    stamp = window.library.store.stamp("cats/0.png")
    qtbot.waitUntil(lambda: shown._stamp == stamp, timeout=TIMEOUT)
    assert picture(window) == last


def test_a_removed_image_is_said_to_be_gone_and_shown_when_it_is_back(
    qtbot: QtBot, open_window: Open, photos: Path
) -> None:
    window = open_window(photos)
    before = picture(window)
    wait_for_thumbnail(qtbot, window, "cats/0.png")
    path = photos / "cats" / "0.png"
    with qtbot.waitSignal(window.augment_page.preview.unreadable, timeout=TIMEOUT) as told:
        path.rename(photos / "kept")
    assert told.args is not None
    assert told.args[0].reason == "no longer exists"
    assert not window.augment_page.canvas._pictures()
    assert tile(window, "cats/0.png", REASON_ROLE) == "no longer exists"
    (photos / "kept").rename(path)
    qtbot.waitUntil(lambda: picture(window) == before, timeout=TIMEOUT)
    qtbot.waitUntil(lambda: thumbnail(window, "cats/0.png") is not None, timeout=TIMEOUT)


def test_a_file_that_is_mended_under_the_preview_is_shown(
    qtbot: QtBot, open_window: Open, photos: Path
) -> None:
    window = open_window(photos)
    path = photos / "cats" / "0.png"
    with qtbot.waitSignal(window.augment_page.preview.unreadable, timeout=TIMEOUT):
        path.write_bytes(b"")
    write_photo(path, seed=9)
    qtbot.waitUntil(lambda: bool(window.augment_page.canvas._pictures()), timeout=TIMEOUT)
    qtbot.waitUntil(lambda: tile(window, "cats/0.png", REASON_ROLE) == "", timeout=TIMEOUT)


def test_a_folder_that_goes_is_named_with_a_way_out_and_works_when_it_is_back(
    qtbot: QtBot, open_window: Open, photos: Path
) -> None:
    window = open_window(photos)
    before, away = picture(window), photos.with_name("away")
    for key in keys_of(window):
        wait_for_thumbnail(qtbot, window, key)
    photos.rename(away)
    qtbot.waitUntil(
        lambda: label(window, "message_bar.text") == "“photos” is no longer there", timeout=TIMEOUT
    )
    assert label(window, "library.counts") == "No longer there"
    window.augment_page.library_view.select_next()
    rescan = window.message_bar.findChild(QPushButton, "message_bar.action")
    assert rescan is not None
    assert rescan.text() == "Rescan"
    rescan.click()
    qtbot.waitUntil(lambda: "no such folder" in label(window, "message_bar.text"), timeout=TIMEOUT)
    assert window.library is not None
    away.rename(photos)
    window.augment_page.library_view.select("cats/0.png")
    qtbot.waitUntil(lambda: bool(window.augment_page.canvas._pictures()), timeout=TIMEOUT)
    qtbot.waitUntil(lambda: dismiss_all(window) and picture(window) == before, timeout=TIMEOUT)
    for key in keys_of(window):
        wait_for_thumbnail(qtbot, window, key)
    qtbot.waitUntil(lambda: label(window, "library.counts") == "6 images · 2 classes")


def test_a_folder_that_a_disk_was_mounted_on_is_gone_with_the_disk(
    qtbot: QtBot, open_window: Open, photos: Path
) -> None:
    window = open_window(photos)
    watch = window.augment_page.preview._watch
    qtbot.waitUntil(lambda: watch._first is not None, timeout=TIMEOUT)
    photos.rename(photos.with_name("away"))
    photos.mkdir()
    told = "“photos” is no longer there"
    qtbot.waitUntil(lambda: label(window, "message_bar.text") == told, timeout=TIMEOUT)
    photos.rmdir()
    photos.with_name("away").rename(photos)
    told = "“photos” is there again"
    qtbot.waitUntil(lambda: label(window, "message_bar.text") == told, timeout=TIMEOUT)
    assert label(window, "library.counts") == "6 images · 2 classes"


def test_a_tile_that_changed_meanwhile_is_read_again_on_return_to_the_window(
    qtbot: QtBot, open_window: Open, photos: Path
) -> None:
    window = open_window(photos)
    before = wait_for_thumbnail(qtbot, window, "dogs/3.png")
    write_photo(photos / "dogs" / "3.png", seed=70)
    activate(window)
    qtbot.waitUntil(lambda: thumbnail(window, "dogs/3.png") not in (None, before), timeout=TIMEOUT)


def test_a_neighbour_that_goes_is_noticed_without_a_click(
    qtbot: QtBot, open_window: Open, photos: Path
) -> None:
    window = open_window(photos)
    wait_for_thumbnail(qtbot, window, "cats/2.png")
    changed = window.augment_page.preview.folder_changed
    # The watch must have seen the folder as it was.
    qtbot.waitUntil(lambda: window.augment_page.preview._watch._folder is not None, timeout=TIMEOUT)
    with qtbot.waitSignal(changed, timeout=TIMEOUT):
        (photos / "cats" / "2.png").unlink()
    gone = "no longer exists"
    qtbot.waitUntil(lambda: tile(window, "cats/2.png", REASON_ROLE) == gone, timeout=TIMEOUT)


def test_a_rescan_finds_new_images_and_stays_where_it_was(
    qtbot: QtBot, open_window: Open, photos: Path
) -> None:
    for number in range(60):
        write_photo(photos / "dogs" / f"more{number:02}.png", seed=number)
    window = open_window(photos)
    view = window.augment_page.library_view
    choose_class(view, "dogs")
    view.select("dogs/more30.png")
    window.augment_page.preview.set_variant(4)
    bar = grid_of(window).verticalScrollBar()
    bar.setValue(bar.value() + 37)
    top = bar.value()
    write_photo(photos / "dogs" / "zoo.png")
    (photos / "dogs" / "5.png").unlink()
    (photos / "dogs" / "more59.png").unlink()
    write_photo(photos / "cats" / "new.png")
    window.actions_by_name["rescan"].trigger()
    qtbot.waitUntil(lambda: "dogs/zoo.png" in keys_of(window), timeout=TIMEOUT)
    assert view.selected_scope() == (None, "dogs")
    assert "dogs/5.png" not in keys_of(window)
    assert current_key(window) == "dogs/more30.png"
    assert bar.value() == top
    assert window.augment_page.preview.variant == 4
    assert label(window, "message_bar.text") == "Rescanned: 2 images new, 2 images gone"
    choose_class(view, "cats")
    assert "cats/new.png" in keys_of(window)


def choose_class(view: LibraryView, name: str) -> None:
    model = view._scopes
    top = model.index(0, 0)
    rows = (model.index(row, 0, top) for row in range(model.rowCount(top)))
    view._tree.setCurrentIndex(next(row for row in rows if row.data() == name))


def test_a_rescan_moves_on_from_an_image_and_a_class_that_are_gone(
    qtbot: QtBot, open_window: Open, photos: Path
) -> None:
    window = open_window(photos)
    view = window.augment_page.library_view
    choose_class(view, "cats")
    view.select("cats/4.png")
    shutil.rmtree(photos / "cats")
    qtbot.waitUntil(lambda: not window.augment_page.canvas._pictures(), timeout=TIMEOUT)
    with qtbot.waitSignal(view.current_changed, timeout=TIMEOUT):
        window.actions_by_name["rescan"].trigger()
    assert keys_of(window) == ["dogs/1.png", "dogs/3.png", "dogs/5.png"]
    assert view.selected_scope() == (None, None)
    assert current_key(window) == "dogs/1.png"
    qtbot.waitUntil(lambda: bool(window.augment_page.canvas._pictures()), timeout=TIMEOUT)


def test_a_rescan_goes_to_the_neighbour_of_an_image_that_is_gone(
    qtbot: QtBot, open_window: Open, photos: Path
) -> None:
    window = open_window(photos)
    view = window.augment_page.library_view
    view.select("dogs/3.png")
    (photos / "dogs" / "3.png").unlink()
    with qtbot.waitSignal(view.current_changed, timeout=TIMEOUT) as told:
        window.actions_by_name["rescan"].trigger()
    assert told.args is not None
    assert told.args[0].key == current_key(window) == "dogs/5.png"


def test_a_rescan_tries_problems_again(qtbot: QtBot, open_window: Open, photos: Path) -> None:
    (photos / "cats" / "2.png").write_bytes(b"")
    (photos / "dogs" / "1.png").write_bytes(b"")
    window = open_window(photos)
    view = window.augment_page.library_view
    qtbot.waitUntil(
        lambda: (
            bool(tile(window, "dogs/1.png", REASON_ROLE))
            and bool(tile(window, "cats/2.png", REASON_ROLE))
        ),
        timeout=TIMEOUT,
    )
    write_photo(photos / "cats" / "2.png", seed=3)
    with qtbot.waitSignal(view.current_changed, timeout=TIMEOUT):
        window.actions_by_name["rescan"].trigger()
    qtbot.waitUntil(lambda: tile(window, "cats/2.png", REASON_ROLE) == "", timeout=TIMEOUT)
    assert tile(window, "dogs/1.png", REASON_ROLE) == "is empty"


def write_archive(photos: Path) -> Path:
    """Write the photos, as they are now, into an archive beside their folder."""
    archive = photos.with_suffix(".zip")
    with zipfile.ZipFile(archive, "w") as packed:
        for path in sorted(photos.rglob("*.png")):
            packed.write(path, path.relative_to(photos))
    return archive


def test_an_archive_that_is_replaced_is_told_and_a_rescan_opens_the_new_one(
    qtbot: QtBot, open_window: Open, photos: Path
) -> None:
    window = open_window(write_archive(photos))
    before = wait_for_thumbnail(qtbot, window, "cats/0.png")
    # The watch must have seen the archive as it was.
    watch = window.augment_page.preview._watch
    qtbot.waitUntil(lambda: watch._first is not None, timeout=TIMEOUT)
    write_photo(photos / "cats" / "0.png", seed=90)
    write_photo(photos / "cats" / "00.png", seed=91)
    write_archive(photos)
    told = "“photos.zip” has changed since it was opened"
    qtbot.waitUntil(lambda: label(window, "message_bar.text") == told, timeout=TIMEOUT)

    def has_problem() -> bool:
        return bool(tile(window, "cats/0.png", REASON_ROLE))

    qtbot.waitUntil(has_problem, timeout=TIMEOUT)
    window.actions_by_name["rescan"].trigger()
    qtbot.waitUntil(lambda: "cats/00.png" in keys_of(window), timeout=TIMEOUT)
    qtbot.waitUntil(lambda: not has_problem(), timeout=TIMEOUT)
    qtbot.waitUntil(lambda: thumbnail(window, "cats/0.png") not in (None, before), timeout=TIMEOUT)
    assert bool(window.augment_page.canvas._pictures())


class TellTale(FolderStore):
    """A folder that notes which threads ask it for stamps."""

    asked: list[str]

    def stamp(self, key: str) -> Hashable:
        self.asked.append(threading.current_thread().name)
        return super().stamp(key)


def test_no_file_is_asked_for_its_state_on_the_gui_thread(
    qtbot: QtBot, open_window: Open, photos: Path
) -> None:
    """On a network share that hangs the window would hang with it."""
    window = open_window(photos)
    store = TellTale(photos)
    asked: list[str] = []
    object.__setattr__(store, "asked", asked)
    library = open_library(photos)
    page = window.augment_page
    page.set_library(Library(store, library.images, ()))
    page.library_view.select("cats/2.png")
    for key in keys_of(window):
        wait_for_thumbnail(qtbot, window, key)
    replace(photos / "cats" / "2.png", seed=80)
    before = len(asked)
    activate(window)
    page.library_view.recheck()
    page.library_view.check_files()
    bar = grid_of(window).verticalScrollBar()
    bar.setValue(bar.maximum())
    qtbot.waitUntil(lambda: len(asked) > before + 12, timeout=TIMEOUT)
    assert "MainThread" not in asked
    assert set(asked) >= {"latest", "task"}
