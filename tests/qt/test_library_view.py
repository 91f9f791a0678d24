"""The library pane shows what a folder holds, loads only what is seen, and survives bad files."""

import contextlib
import gc
import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
from PySide6.QtCore import QAbstractItemModel, QModelIndex, QPoint, Qt
from PySide6.QtGui import QColor, QPixmap
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QLabel, QLineEdit, QListView, QToolButton, QTreeView, QWidget
from pytestqt.qtbot import QtBot

from studio.dataset.library import ImageRef, Library, Problem, open_library
from studio.dataset.store import FolderStore
from studio.qt.library.rows import COUNT_ROLE
from studio.qt.library.thumbnails import ThumbnailGrid
from studio.qt.library.view import LibraryView

DECORATION = Qt.ItemDataRole.DecorationRole
TOOLTIP = Qt.ItemDataRole.ToolTipRole

MakeView = Callable[[Library | None], LibraryView]


@pytest.fixture
def make_view(qtbot: QtBot) -> Iterator[MakeView]:
    hosts: list[QWidget] = []

    def make(library: Library | None) -> LibraryView:
        host = QWidget()
        qtbot.addWidget(host)
        host.resize(260, 700)
        view = LibraryView(host)
        hosts.append(host)
        view.setGeometry(host.rect())
        host.show()
        view.set_library(library)
        return view

    yield make
    for host in hosts:
        for view in host.findChildren(LibraryView):
            view.shutdown()
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("thumbnail")]


def write_image(path: Path, colour: tuple[int, int, int] = (40, 80, 200)) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    pixels = np.full((24, 32, 3), colour, np.uint8)
    path.write_bytes(cv2.imencode(".png", pixels)[1].tobytes())


def make_folder(root: Path, *keys: str) -> Library:
    for key in keys:
        write_image(root / key)
    return open_library(root)


def make_absent(root: Path, count: int) -> Library:
    """Return a library none of whose files exists."""
    keys = (f"class_{number % 7}/{number:06}.jpg" for number in range(count))
    images = sorted((ImageRef(key, "", key[:7]) for key in keys), key=lambda image: image.key)
    return Library(FolderStore(root), tuple(images), ())


needs_slow_files = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="has no named pipes")


def make_slow_files(*paths: Path) -> None:
    """Make files that hold up whoever reads them."""
    for path in paths:
        path.parent.mkdir(parents=True, exist_ok=True)
        os.mkfifo(path)


def end_slow_files(*paths: Path) -> bool:
    """Let those who are reading such files go on: the files are empty."""
    for path in paths:
        with contextlib.suppress(OSError):
            os.close(os.open(path, os.O_WRONLY | os.O_NONBLOCK))
    return True


def grid_of(view: LibraryView) -> ThumbnailGrid:
    grid = view.findChild(ThumbnailGrid, "library.thumbnails")
    assert isinstance(grid, ThumbnailGrid)
    return grid


def tree_of(view: LibraryView) -> QTreeView:
    tree = view.findChild(QTreeView, "library.tree")
    assert isinstance(tree, QTreeView)
    return tree


def rows_of(model: QAbstractItemModel, parent: QModelIndex | None = None) -> list[object]:
    """Return the tree as [name, count, children] for each row."""
    parent = parent or QModelIndex()
    rows: list[object] = []
    for row in range(model.rowCount(parent)):
        index = model.index(row, 0, parent)
        rows.append([index.data(), index.data(COUNT_ROLE), rows_of(model, index)])
    return rows


def choose(view: LibraryView, *names: str) -> None:
    """Select the row of the tree at this path of names."""
    tree = tree_of(view)
    index = QModelIndex()
    for name in names:
        rows = range(tree.model().rowCount(index))
        index = next(i for r in rows if (i := tree.model().index(r, 0, index)).data() == name)
    tree.setCurrentIndex(index)


def search(view: LibraryView, text: str) -> None:
    field = view.findChild(QLineEdit, "library.search")
    assert field is not None
    field.clear()
    QTest.keyClicks(field, text)
    QTest.keyClick(field, Qt.Key.Key_Return)


def label(view: LibraryView, name: str) -> str:
    found = view.findChild(QLabel, name)
    assert found is not None
    return found.text()


def visible_keys(view: LibraryView) -> list[str]:
    return [image.key for image in view.visible_images()]


def current_key(view: LibraryView) -> str | None:
    image = view.current()
    return image.key if image else None


def test_header_and_tree_count_images_by_class(tmp_path: Path, make_view: MakeView) -> None:
    view = make_view(make_folder(tmp_path / "pets", "cat/1.png", "cat/2.png", "dog/1.png"))
    assert label(view, "library.title") == "pets"
    assert label(view, "library.counts") == "3 images · 2 classes"
    classes = [["cat", "2", []], ["dog", "1", []]]
    assert rows_of(tree_of(view).model()) == [["All images", "3", classes]]
    assert current_key(view) == "cat/1.png"


def test_splits_stand_above_their_classes_in_the_order_of_training(
    tmp_path: Path, make_view: MakeView
) -> None:
    keys = ("train/cat/1.png", "train/cat/2.png", "train/dog/1.png", "test/cat/1.png")
    view = make_view(make_folder(tmp_path, *keys))
    [top] = rows_of(tree_of(view).model())
    train = ["train", "3", [["cat", "2", []], ["dog", "1", []]]]
    assert top == ["All images", "4", [train, ["test", "1", [["cat", "1", []]]]]]
    choose(view, "All images", "train", "cat")
    assert visible_keys(view) == ["train/cat/1.png", "train/cat/2.png"]
    assert view.selected_scope() == ("train", "cat")
    choose(view, "All images", "test")
    assert visible_keys(view) == ["test/cat/1.png"]
    assert view.selected_scope() == ("test", None)


def test_class_filter_shows_its_images_and_moves_to_the_first(
    tmp_path: Path, make_view: MakeView, qtbot: QtBot
) -> None:
    view = make_view(make_folder(tmp_path, "cat/1.png", "cat/2.png", "dog/1.png"))
    with qtbot.waitSignal(view.current_changed) as changed:
        choose(view, "All images", "dog")
    assert changed.args is not None
    assert changed.args[0].key == "dog/1.png"
    assert visible_keys(view) == ["dog/1.png"]
    assert view.selected_scope() == (None, "dog")
    choose(view, "All images")
    assert current_key(view) == "dog/1.png"
    assert view.selected_scope() == (None, None)


def test_search_filters_after_a_moment_and_says_when_nothing_is_found(
    tmp_path: Path, make_view: MakeView, qtbot: QtBot
) -> None:
    view = make_view(make_folder(tmp_path, "cat/Anna.png", "cat/bob.png", "dog/anton.png"))
    field = view.findChild(QLineEdit, "library.search")
    assert field is not None
    QTest.keyClicks(field, "an")
    qtbot.waitUntil(lambda: visible_keys(view) == ["cat/Anna.png", "dog/anton.png"])
    assert label(view, "library.counts") == "2 of 3 images"
    search(view, "nobody")
    assert visible_keys(view) == []
    assert label(view, "library.message") == "No image here has “nobody” in its name"
    assert not grid_of(view).isVisible()
    assert current_key(view) == "cat/Anna.png"
    field.clear()
    qtbot.waitUntil(lambda: len(view.visible_images()) == 3)
    assert grid_of(view).isVisible()


def test_thumbnails_appear_upright_as_they_were_drawn(
    tmp_path: Path, make_view: MakeView, qtbot: QtBot
) -> None:
    write_image(tmp_path / "red.png", (0, 0, 255))
    grey = np.full((4, 600), 128, np.uint16) * 256
    (tmp_path / "wide.png").write_bytes(cv2.imencode(".png", grey)[1].tobytes())
    glass = np.zeros((20, 20, 4), np.uint8)
    (tmp_path / "glass.png").write_bytes(cv2.imencode(".png", glass)[1].tobytes())
    view = make_view(open_library(tmp_path))
    model = grid_of(view).model()

    view.grab()

    def thumbnails() -> list[QPixmap | None]:
        return [model.index(row, 0).data(DECORATION) for row in range(3)]

    qtbot.waitUntil(lambda: None not in thumbnails())
    glass_shown, red, wide = thumbnails()
    assert glass_shown
    assert red
    assert wide
    assert red.toImage().pixelColor(5, 5) == QColor(255, 0, 0)
    assert glass_shown.toImage().pixelColor(5, 5).alpha() == 0
    assert (wide.width(), wide.toImage().pixelColor(5, 0).red()) == (128, 128)
    shown = grid_of(view).viewport().grab().toImage()
    rect = grid_of(view).visualRect(model.index(1, 0))
    ratio = shown.devicePixelRatio()
    assert shown.pixelColor(rect.center() * ratio) == QColor(255, 0, 0)


def test_only_tiles_that_are_painted_are_read(
    tmp_path: Path, make_view: MakeView, qtbot: QtBot
) -> None:
    found: list[Problem] = []
    view = make_view(None)
    view.problem_found.connect(found.append)
    view.set_library(make_absent(tmp_path, 100_000))
    grid = grid_of(view)
    view.grab()
    in_view = grid.columns() * (2 + grid.viewport().height() // grid.gridSize().height())
    qtbot.waitUntil(lambda: len(found) >= in_view - 2 * grid.columns())
    grid.verticalScrollBar().setValue(grid.verticalScrollBar().maximum() // 2)
    view.grab()
    middle = grid.indexAt(grid.viewport().rect().center()).data(TOOLTIP).partition("\n")[0]
    qtbot.waitUntil(lambda: any(problem.key == middle for problem in found))
    assert len(found) <= 2 * in_view


@needs_slow_files
def test_tiles_scrolled_away_while_workers_are_busy_are_never_read(
    tmp_path: Path, make_view: MakeView, qtbot: QtBot
) -> None:
    library = make_absent(tmp_path, 5_000)
    slow = [library.path(image) for image in library.images[:2]]
    make_slow_files(*slow)
    found: list[str] = []
    view = make_view(None)
    view.problem_found.connect(lambda problem: found.append(problem.key))
    view.set_library(library)
    view.grab()
    grid = grid_of(view)
    bar = grid.verticalScrollBar()
    for step in range(1, 20):
        bar.setValue(bar.maximum() * step // 20)
        view.grab()
    bar.setValue(bar.maximum())
    view.grab()
    keys = visible_keys(view)
    qtbot.waitUntil(lambda: end_slow_files(*slow) and keys[-1] in found)
    top = keys.index(grid.indexAt(QPoint(0, 0)).data(TOOLTIP).partition("\n")[0])
    assert [key for key in found if key not in keys[:2]] == keys[top:]


def test_thumbnails_kept_are_bounded(tmp_path: Path, make_view: MakeView, qtbot: QtBot) -> None:
    library = make_folder(tmp_path, *(f"{number:04}.png" for number in range(900)))
    model = grid_of(make_view(library)).model()

    def thumbnails(first: int, last: int) -> list[QPixmap | None]:
        return [model.index(row, 0).data(DECORATION) for row in range(first, last)]

    for first in range(0, 900, 50):
        qtbot.waitUntil(lambda first=first: None not in thumbnails(first, first + 50))  # type: ignore[misc]
    newest_first = reversed(range(900))
    assert [row for row in newest_first if None not in thumbnails(row, row + 1)][-1] == 100


def test_unreadable_file_gets_a_sign_and_is_listed_with_its_reason(
    tmp_path: Path, make_view: MakeView, qtbot: QtBot
) -> None:
    write_image(tmp_path / "a.png")
    (tmp_path / "broken.png").write_bytes(b"")
    view = make_view(open_library(tmp_path))
    with qtbot.waitSignal(view.problem_found) as found:
        view.grab()
    assert found.args == [Problem("broken.png", "is empty")]
    assert grid_of(view).model().index(1, 0).data(TOOLTIP) == "broken.png\nis empty"
    assert rows_of(tree_of(view).model())[1:] == [["Problems", "1", []]]
    choose(view, "Problems")
    problems = view.findChild(QListView, "library.problems")
    assert problems is not None
    assert problems.isVisible()
    assert problems.model().index(0, 0).data(TOOLTIP) == "broken.png\nis empty"
    assert current_key(view) == "a.png"
    view.grab()


def test_problems_of_the_scan_are_listed_first_of_all(tmp_path: Path, make_view: MakeView) -> None:
    library = make_folder(tmp_path, "a.png")
    problems = (Problem("x", "cannot be read"), Problem("y", "cannot be read"))
    view = make_view(Library(library.store, library.images, problems))
    assert rows_of(tree_of(view).model())[1] == ["Problems", "2", []]


def test_next_and_previous_walk_the_filtered_list_and_stop_at_its_ends(
    tmp_path: Path, make_view: MakeView
) -> None:
    view = make_view(make_folder(tmp_path, "cat/1.png", "dog/1.png", "dog/2.png"))
    choose(view, "All images", "dog")
    view.select_next()
    view.select_next()
    assert current_key(view) == "dog/2.png"
    view.select_previous()
    view.select_previous()
    assert current_key(view) == "dog/1.png"


def test_arrow_keys_move_the_current_image(
    tmp_path: Path, make_view: MakeView, qtbot: QtBot
) -> None:
    view = make_view(make_folder(tmp_path, *(f"{number}.png" for number in range(6))))
    grid = grid_of(view)
    assert grid.columns() == 2
    QTest.keyClick(grid, Qt.Key.Key_Right)
    QTest.keyClick(grid, Qt.Key.Key_Down)
    assert current_key(view) == "3.png"
    QTest.mouseClick(
        grid.viewport(), Qt.MouseButton.LeftButton, pos=grid.viewport().rect().bottomRight()
    )
    assert [index.row() for index in grid.selectedIndexes()] == [3]


def test_selecting_a_hidden_image_drops_the_filter(
    tmp_path: Path, make_view: MakeView, qtbot: QtBot
) -> None:
    view = make_view(make_folder(tmp_path, "cat/1.png", "dog/1.png"))
    choose(view, "All images", "dog")
    search(view, "1")
    view.select("cat/1.png")
    assert current_key(view) == "cat/1.png"
    assert view.selected_scope() == (None, None)
    assert len(view.visible_images()) == 2
    view.select("gone.png")
    assert current_key(view) == "cat/1.png"


def test_another_library_replaces_everything_of_the_one_before(
    tmp_path: Path, make_view: MakeView, qtbot: QtBot
) -> None:
    """Same names in both folders: the thumbnails must be the second's."""
    for number in range(40):
        write_image(tmp_path / "first" / f"{number:02}.png", (255, 0, 0))
        write_image(tmp_path / "second" / f"{number:02}.png", (0, 255, 0))
    write_image(tmp_path / "first/bad.png")
    (tmp_path / "first/bad.png").write_bytes(b"no image")
    view = make_view(open_library(tmp_path / "first"))
    view.grab()
    search(view, "0")
    second = open_library(tmp_path / "second")
    with qtbot.waitSignal(view.current_changed) as changed:
        view.set_library(second)
    assert changed.args == [second.images[0]]
    assert view.library() is second
    assert len(view.visible_images()) == 40
    model = grid_of(view).model()
    indexes = [model.index(row, 0) for row in range(8)]
    qtbot.waitUntil(lambda: all(index.data(DECORATION) is not None for index in indexes))
    colours = {index.data(DECORATION).toImage().pixelColor(3, 3).name() for index in indexes}
    assert colours == {"#00ff00"}
    assert len(rows_of(tree_of(view).model())) == 1


@needs_slow_files
def test_a_late_result_of_the_library_before_never_arrives(
    tmp_path: Path, make_view: MakeView, qtbot: QtBot
) -> None:
    slow = tmp_path / "first/00.png"
    make_slow_files(slow)
    found: list[Problem] = []
    view = make_view(Library(FolderStore(slow.parent), (ImageRef("00.png", "", ""),), ()))
    view.problem_found.connect(found.append)
    view.grab()
    view.set_library(make_folder(tmp_path / "second", "00.png", "01.png"))
    view.grab()
    model = grid_of(view).model()
    last = model.index(1, 0)
    qtbot.waitUntil(lambda: end_slow_files(slow) and last.data(DECORATION) is not None)
    assert found == []
    assert model.index(0, 0).data(DECORATION) is not None


def test_no_library_and_a_scan_in_progress(
    tmp_path: Path, make_view: MakeView, qtbot: QtBot
) -> None:
    view = make_view(None)
    assert view.current() is None
    view.set_scanning(12_000)
    assert label(view, "library.counts") == "Scanning… 12,000 images"
    view.set_library(make_folder(tmp_path, "a.png"))
    assert label(view, "library.counts") == "1 image"
    with qtbot.waitSignal(view.current_changed) as changed:
        view.set_library(None)
    assert changed.args == [None]
    button = view.findChild(QToolButton, "library.open")
    assert button is not None
    with qtbot.waitSignal(view.open_requested):
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def test_tree_takes_at_most_two_fifths_of_the_height(tmp_path: Path, make_view: MakeView) -> None:
    view = make_view(make_folder(tmp_path, *(f"class {n:02}/1.png" for n in range(40))))
    assert 100 < tree_of(view).height() <= 0.4 * view.height()
    view.set_library(make_folder(tmp_path / "class 01"))
    assert tree_of(view).height() < 60


def test_a_deleted_view_ends_its_threads(tmp_path: Path, qtbot: QtBot) -> None:
    view = LibraryView()
    view.set_library(make_absent(tmp_path, 1_000))
    view.grab()
    view.deleteLater()
    del view
    gc.collect()
    qtbot.waitUntil(
        lambda: not [t for t in threading.enumerate() if t.name.startswith("thumbnail")]
    )


def test_models_keep_the_rules_of_qt(tmp_path: Path, make_view: MakeView, qtbot: QtBot) -> None:
    view = make_view(make_folder(tmp_path, "cat/1.png", "dog/2.png"))
    fail = QAbstractItemModelTester.FailureReportingMode.Warning
    models = [grid_of(view).model(), tree_of(view).model()]
    testers = [QAbstractItemModelTester(model, fail) for model in models]
    search(view, "cat")
    view.set_library(make_folder(tmp_path / "dog"))
    assert len(testers) == 2
