"""Journeys through the real window, as a person makes them."""

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QFileDialog, QLabel, QLineEdit, QWidget
from pytestqt.qtbot import QtBot
from superqt import QDoubleRangeSlider

from studio.augment.engine import apply
from studio.augment.plan import draw
from studio.augment.recipe import Recipe
from studio.augment.recipe_file import load_recipe
from studio.dataset.exports.manifest import read_manifest
from studio.dataset.reading.image_file import read_image
from studio.qt.commands import COMMANDS
from studio.qt.help import shortcut_rows
from studio.qt.settings import recent_folders
from studio.qt.window import Window
from tests.dataset.archive_files import class_files, write_zip
from tests.qt.conftest import write_photo

Open = Callable[[Path], Window]


def picture(window: Window) -> QImage:
    """What the canvas shows."""
    return window.augment_page.canvas.grab().toImage()


def wait_for_picture(qtbot: QtBot, window: Window, act: Callable[[], object]) -> None:
    """Do something and wait until the newest render is painted."""
    preview, painted = window.augment_page.preview, list[int]()
    window.augment_page.canvas.painted.connect(painted.append)
    before = preview.generation
    act()
    qtbot.waitUntil(
        lambda: preview.generation > before and painted[-1:] == [preview.generation],
        timeout=20_000,
    )
    window.augment_page.canvas.painted.disconnect(painted.append)


def find(window: Window, name: str) -> QAbstractButton:
    button = window.findChild(QAbstractButton, name)
    assert isinstance(button, QAbstractButton), name
    return button


def test_a_drag_shows_the_handles_value_and_undo_takes_it_back(
    qtbot: QtBot, open_window: Open, photos: Path
) -> None:
    window = open_window(photos)
    before, recipe = picture(window), window.session.recipe
    slider = window.findChild(QDoubleRangeSlider, "step.rotate.angle.slider")
    assert slider is not None
    handle = _upper_handle(slider)
    QTest.mousePress(slider, Qt.MouseButton.LeftButton, pos=handle)

    def drag() -> None:
        for step in range(1, 9):
            QTest.mouseMove(slider, handle + QPoint(4 * step, 0))

    wait_for_picture(qtbot, window, drag)
    held = window.session.held
    assert held is not None
    assert held.value == pytest.approx(window.session.recipe.step("rotate").params["angle"][1])
    assert held.value > 20
    assert picture(window) != before
    end = handle + QPoint(32, 0)
    wait_for_picture(
        qtbot, window, lambda: QTest.mouseRelease(slider, Qt.MouseButton.LeftButton, pos=end)
    )
    assert window.session.held is None
    assert window.session.history.count() == 1
    wait_for_picture(qtbot, window, window.actions_by_name["undo"].trigger)
    assert window.session.recipe == recipe
    assert picture(window) == before
    wait_for_picture(qtbot, window, window.actions_by_name["redo"].trigger)
    assert picture(window) != before


def _upper_handle(slider: QDoubleRangeSlider) -> QPoint:
    low, high = slider.minimum(), slider.maximum()
    share = (slider.value()[1] - low) / (high - low)
    return QPoint(round(7 + share * (slider.width() - 14)), slider.height() // 2)


def test_at_100_percent_the_preview_equals_the_export_before_encoding(
    qtbot: QtBot, open_window: Open, tmp_path: Path
) -> None:
    folder = tmp_path / "data"
    write_photo(folder / "a" / "large.png", (900, 700), seed=3)
    window = open_window(folder)
    canvas = window.augment_page.canvas
    canvas.actual_size()
    qtbot.waitUntil(lambda: window.augment_page.preview.scale == 1, timeout=20_000)
    shown = picture(window).convertToFormat(QImage.Format.Format_BGR888)
    pixels = np.ndarray(
        (shown.height(), shown.width(), 3),
        np.uint8,
        shown.constBits(),
        strides=(shown.bytesPerLine(), 3, 1),
    )
    out = tmp_path / "out"
    _export(qtbot, window, out)
    _, entries = read_manifest((out / "manifest.jsonl").read_bytes())
    first = next(entry for entry in entries if entry.variant == 1)
    exported = cv2.imread(str(out / first.output))
    assert exported is not None
    again = apply(
        draw(window.session.recipe, "a/large.png", 1), read_image(folder / "a" / "large.png")
    )
    assert np.array_equal(exported, again)
    middle = pixels[pixels.shape[0] // 2 - 100 :, pixels.shape[1] * 3 // 4 - 80 :][:200, :160]
    found = cv2.matchTemplate(exported, np.ascontiguousarray(middle), cv2.TM_SQDIFF)
    _, _, (x, y), _ = cv2.minMaxLoc(found)
    assert np.array_equal(exported[y : y + 200, x : x + 160], middle)


def _export(qtbot: QtBot, window: Window, out: Path) -> None:
    window.actions_by_name["show_export"].trigger()
    target = window.findChild(QLineEdit, "export.target")
    assert target is not None
    target.setText(str(out))
    with qtbot.waitSignal(window.export_page.running_changed, timeout=20_000):
        QTest.mouseClick(find(window, "export.start"), Qt.MouseButton.LeftButton)
    assert find(window, "top_bar.show_export").text().startswith("Export, running")
    qtbot.waitUntil(lambda: not window.export_page.is_running(), timeout=60_000)
    assert find(window, "top_bar.show_export").text() == "Export"


def test_the_export_of_the_window_writes_every_copy(
    qtbot: QtBot, open_window: Open, photos: Path, tmp_path: Path
) -> None:
    window = open_window(photos)
    out = tmp_path / "out"
    _export(qtbot, window, out)
    assert len(list(out.rglob("*_aug_*.png"))) == 6 * 4
    assert {path.name for path in out.iterdir()} == {"cats", "dogs", "manifest.jsonl"}


def test_another_draw_is_chosen_in_the_strip(qtbot: QtBot, open_window: Open, photos: Path) -> None:
    window = open_window(photos)
    before = picture(window)
    wait_for_picture(qtbot, window, window.actions_by_name["next_draw"].trigger)
    assert window.augment_page.strip.selected_index() == 1
    assert picture(window) != before
    wait_for_picture(qtbot, window, window.actions_by_name["previous_draw"].trigger)
    assert picture(window) == before


def test_a_held_key_shows_the_original(qtbot: QtBot, open_window: Open, photos: Path) -> None:
    window = open_window(photos)
    window.activateWindow()
    canvas = window.augment_page.canvas
    canvas.setFocus()
    before = picture(window)
    QTest.keyPress(canvas, Qt.Key.Key_O)
    assert picture(window) != before
    QTest.keyRelease(canvas, Qt.Key.Key_O)
    assert picture(window) == before


def test_a_held_button_shows_the_original(open_window: Open, photos: Path) -> None:
    window = open_window(photos)
    button = find(window, "canvas_bar.hold_original")
    before = picture(window)
    QTest.mousePress(button, Qt.MouseButton.LeftButton)
    assert picture(window) != before
    QTest.mouseRelease(button, Qt.MouseButton.LeftButton)
    assert picture(window) == before


@pytest.mark.parametrize(("zoom", "text"), [(0.5, "50 %"), (1, "100 %"), (24, "2,400 %")])
def test_the_zoom_is_told_in_percent(
    open_window: Open, photos: Path, zoom: float, text: str
) -> None:
    window = open_window(photos)
    window.augment_page.canvas.set_zoom(zoom)
    assert find(window, "canvas_bar.zoom").text() == text


def test_an_unreadable_image_is_named_with_its_reason_and_the_next_one_shown(
    qtbot: QtBot, open_window: Open, photos: Path
) -> None:
    (photos / "cats" / "zero.png").write_bytes(b"")
    window = open_window(photos)
    page = window.augment_page
    with qtbot.waitSignal(page.preview.unreadable, timeout=20_000) as signal:
        page.library_view.select("cats/zero.png")
    assert "zero.png" in str(signal.args[0])
    wait_for_picture(qtbot, window, lambda: page.library_view.select("dogs/1.png"))


def test_a_partner_that_cannot_be_read_is_named_and_the_next_draw_shown(
    qtbot: QtBot, open_window: Open, photos: Path
) -> None:
    window = open_window(photos)
    page = window.augment_page
    for number in range(1, 6):
        (photos / ("cats", "dogs")[number % 2] / f"{number}.png").write_bytes(b"")
    before = picture(window)
    with qtbot.waitSignal(page.preview.unreadable, timeout=20_000) as signal:
        window.session.edit(Recipe().with_added("mixup"), "mix")
    assert signal.args[0].path.parent.parent == photos
    assert signal.args[0].path.name != "0.png"
    wait_for_picture(qtbot, window, lambda: window.session.edit(Recipe(), "no mix"))
    assert picture(window) != before


def test_a_result_that_is_too_large_is_told_in_the_pictures_place(
    qtbot: QtBot, open_window: Open, photos: Path
) -> None:
    window = open_window(photos)
    errors: list[Exception] = []
    window.augment_page.preview.failed.connect(errors.append)
    before = picture(window)
    recipe = Recipe()
    sides = ("left", "top", "right", "bottom")
    for _ in range(9):
        recipe = recipe.with_added("pad")
        for side in sides:
            recipe = recipe.with_step(recipe.steps[-1].with_param(side, (100, 100)))
    window.session.edit(recipe, "pads")
    qtbot.waitUntil(lambda: not window.augment_page.canvas._pictures(), timeout=20_000)
    assert not errors
    wait_for_picture(qtbot, window, window.actions_by_name["undo"].trigger)
    assert picture(window) == before


def test_a_file_replaced_while_open_is_never_shown_from_memory(
    qtbot: QtBot, open_window: Open, photos: Path
) -> None:
    window = open_window(photos)
    before = picture(window)
    write_photo(photos / "cats" / "0.png", (64, 48), seed=99)
    wait_for_picture(qtbot, window, window.augment_page.preview.refresh)
    assert picture(window) != before


def test_a_missing_folder_is_told_and_leaves_the_open_one(
    qtbot: QtBot, open_window: Open, photos: Path, tmp_path: Path
) -> None:
    window = open_window(photos)
    window.open(tmp_path / "nowhere")
    qtbot.waitUntil(window.message_bar.isVisible, timeout=20_000)
    texts = " ".join(label.text() for label in window.message_bar.findChildren(QLabel))
    assert "nowhere" in texts
    assert window.library is not None
    assert window.library.root == photos
    window.open(photos)
    assert not window.message_bar.isVisible()


def test_a_dropped_folder_is_opened_and_remembered(
    qtbot: QtBot, open_window: Open, photos: Path, tmp_path: Path
) -> None:
    window = open_window(photos)
    other = tmp_path / "other"
    write_photo(other / "flat.png")
    _drop(window, other)
    qtbot.waitUntil(lambda: window.library is not None and window.library.root == other)
    assert recent_folders() == [other, photos]


def test_a_dropped_image_opens_its_folder_and_any_other_file_is_refused(
    qtbot: QtBot, open_window: Open, photos: Path, tmp_path: Path
) -> None:
    window = open_window(photos)
    notes = tmp_path / "notes.txt"
    notes.write_text("none of these")
    _drop(window, notes)
    assert window.message_bar.isVisible()
    assert recent_folders() == [photos]
    _drop(window, photos / "cats" / "0.png")
    folder = photos / "cats"
    qtbot.waitUntil(lambda: window.library is not None and window.library.root == folder)


def test_a_dropped_recipe_is_opened_and_undo_brings_the_old_one_back(
    open_window: Open, photos: Path, tmp_path: Path
) -> None:
    window = open_window(photos)
    before = window.session.recipe
    path = tmp_path / "one.yaml"
    path.write_text("version: 1\nsteps:\n- op: shear\n")
    _drop(window, path)
    assert [step.op for step in window.session.recipe.steps] == ["shear"]
    window.actions_by_name["undo"].trigger()
    assert window.session.recipe == before


def test_a_faulty_recipe_is_told_and_changes_nothing(
    open_window: Open, photos: Path, tmp_path: Path
) -> None:
    window = open_window(photos)
    before = window.session.recipe
    path = tmp_path / "bad.yaml"
    path.write_text("version: 1\nsteps:\n- op: rotate\n  params: {angle: 999}\n")
    _drop(window, path)
    texts = " ".join(label.text() for label in window.message_bar.findChildren(QLabel))
    assert "bad.yaml: steps[0].params.angle: must be within -180..180" in texts
    assert window.session.recipe == before
    path.write_text("version: 1\nsteps:\n- op: rotate\n")
    _drop(window, path)
    assert not window.message_bar.isVisible()


def _drop(window: QWidget, path: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    event = QDropEvent(
        QPointF(9, 9),
        Qt.DropAction.CopyAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    window.dropEvent(event)


def test_the_recipe_outlives_the_window(open_window: Open, photos: Path) -> None:
    window = open_window(photos)
    window.session.edit(window.session.recipe.with_added("erase"), "add")
    recipe: Recipe = window.session.recipe
    window.close()
    assert open_window(photos).session.recipe == recipe


def test_a_saved_recipe_loads_again(open_window: Open, photos: Path, tmp_path: Path) -> None:
    window = open_window(photos)
    window.session.reseed(5, "seed")
    assert window.isWindowModified()
    window.session.save(tmp_path / "kept.yaml")
    assert load_recipe(tmp_path / "kept.yaml") == window.session.recipe
    assert not window.isWindowModified()
    assert "kept.yaml" in window.windowTitle()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_theme_is_kept(open_window: Open, photos: Path, scheme: str) -> None:
    window = open_window(photos)
    window.actions_by_name[f"theme_{scheme}"].trigger()
    window.close()
    again = open_window(photos)
    assert again.actions_by_name[f"theme_{scheme}"].isChecked()
    is_dark = again.palette().window().color().lightness() < 128
    assert is_dark == (scheme == "dark")


def test_every_shortcut_is_in_the_table_and_used_once() -> None:
    keys = [keys for _, keys in shortcut_rows()]
    commands = [command.shortcut for command in COMMANDS if command.shortcut]
    assert len(commands) == len(set(commands))
    assert len(keys) >= len(commands)


def test_every_control_has_a_name_for_tests_and_for_screen_readers(
    open_window: Open, photos: Path
) -> None:
    window = open_window(photos)
    window.actions_by_name["show_export"].trigger()
    for button in window.findChildren(QAbstractButton):
        if button.objectName().startswith("qt_") or not button.isVisibleTo(window):
            continue
        assert button.objectName(), (button, button.text())
        assert button.accessibleName() or button.text(), button.objectName()
        assert button.toolTip(), button.objectName()


def test_an_archive_is_chosen_shown_exported_and_remembered(
    qtbot: QtBot,
    open_window: Open,
    photos: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    window = open_window(photos)
    archive = write_zip(tmp_path / "pets.zip", class_files())
    chosen = (str(archive), "")
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *arguments: chosen)
    wait_for_picture(qtbot, window, window.actions_by_name["open_archive"].trigger)
    assert window.windowTitle().startswith("pets.zip")
    assert recent_folders() == [archive, photos]
    out = tmp_path / "out"
    _export(qtbot, window, out)
    assert len(list(out.rglob("*_aug_*.png"))) == 6 * 4


def test_a_dropped_array_is_opened_and_one_that_is_replaced_never_shown(
    qtbot: QtBot, open_window: Open, photos: Path, tmp_path: Path
) -> None:
    window = open_window(photos)
    arrays = tmp_path / "digits.npz"
    pictures = np.full((3, 9, 8), 200, np.uint8)
    np.savez(arrays, x_train=pictures, y_train=np.array([7, 8, 7]))
    wait_for_picture(qtbot, window, lambda: _drop(window, arrays))
    page = window.augment_page
    assert page.library_view.visible_images()[0].key == "train/7/00000.png"
    np.savez_compressed(arrays, x_train=pictures // 2, y_train=np.array([7, 8, 7]))
    with qtbot.waitSignal(page.preview.unreadable, timeout=20_000) as told:
        page.preview.refresh()
    assert "has changed since it was opened" in str(told.args[0])
