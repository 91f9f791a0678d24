"""The popup that offers the operations."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QListWidget
from pytestqt.qtbot import QtBot

from studio.augment.operation import Kind, all_operations, get
from studio.dataset.library import open_library
from studio.dataset.reading.image_file import read_thumbnail
from studio.dataset.store import FolderStore
from studio.qt.compare.sources import Source
from studio.qt.recipe.effects import EffectPictures
from studio.qt.recipe.operation_picker import OperationPicker
from tests.qt.recipe_pane import LEFT, Pane

# The offscreen platform says of each popup that it cannot raise it or grab the keyboard.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


def test_a_step_is_added_by_typing_and_enter(pane: Pane) -> None:
    pane.click("recipe.add")
    search = pane.find(QLineEdit, "picker.search")
    assert search.hasFocus()
    QTest.keyClicks(search, "shea")
    QTest.keyClick(search, Qt.Key.Key_Return)
    assert not pane.find(OperationPicker, "picker").isVisible()
    assert pane.ids()[-1] == "shear"
    assert pane.session.history.undoText() == "Add shear"
    pane.assert_cards_show_the_recipe()


def test_a_step_is_added_by_arrow_keys_or_a_click(pane: Pane) -> None:
    pane.view.open_picker()
    picker = pane.find(OperationPicker, "picker")
    search, rows = pane.find(QLineEdit, "picker.search"), pane.find(QListWidget, "picker.list")
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Up):
        QTest.keyClick(search, key)
    QTest.keyClick(search, Qt.Key.Key_Return)
    assert pane.ids()[-1] == "vertical_flip"
    pane.view.open_picker()
    item = next(rows.item(row) for row in range(rows.count()) if rows.item(row).text() == "Scale")
    QTest.mouseClick(rows.viewport(), LEFT, pos=rows.visualItemRect(item).center())
    assert pane.ids()[-1] == "scale-2"
    assert not picker.isVisible()


def test_the_picker_searches_titles_groups_and_help(pane: Pane) -> None:
    pane.view.open_picker()
    search, rows = pane.find(QLineEdit, "picker.search"), pane.find(QListWidget, "picker.list")

    def found(text: str) -> list[str]:
        search.setText(text)
        return [rows.item(row).text() for row in range(rows.count())]

    assert "Speckle" in found("radar")
    assert "Brightness" in found("colour tone")
    assert found("rotate")[0] == "Geometry"
    assert rows.currentItem().text() == "Rotate"
    found("scale")
    assert rows.currentItem().text() == "Scale"
    assert found("qwertz") == ["Nothing found"]
    before = pane.recipe
    QTest.keyClick(search, Qt.Key.Key_Return)
    assert pane.recipe == before
    QTest.keyClick(search, Qt.Key.Key_Escape)
    assert not pane.find(OperationPicker, "picker").isVisible()


def test_the_picker_lists_every_operation_under_its_group(pane: Pane) -> None:
    pane.view.open_picker()
    rows = pane.find(QListWidget, "picker.list")
    texts = [rows.item(row).text() for row in range(rows.count())]
    groups = {operation.group for operation in all_operations()}
    assert set(texts) == groups | {operation.title for operation in all_operations()}
    pane.find(OperationPicker, "picker").close()


def _pictures(pane: Pane) -> EffectPictures:
    effects = pane.find(OperationPicker, "picker").findChild(EffectPictures)
    assert isinstance(effects, EffectPictures)
    return effects


def test_each_operation_is_shown_on_the_image_that_is_worked_on(
    qtbot: QtBot, pane: Pane, photos: Path
) -> None:
    library = open_library(photos)
    sources = [Source(library.store, image.key, "", library) for image in library.images]
    shown: list[list[QImage]] = []
    for source in sources[:2]:
        pane.view.set_source(source)
        pane.view.open_picker()
        effects = _pictures(pane)
        names = ("horizontal_flip", "vertical_flip", "rotate")
        qtbot.waitUntil(lambda: all(map(effects.picture, names)), timeout=20_000)  # noqa: B023
        pictures = [effects.picture(name) for name in names]
        shown.append([picture for picture in pictures if picture is not None])
        pane.find(OperationPicker, "picker").close()
    pixels = {bytes(picture.constBits()) for pictures in shown for picture in pictures}
    assert len(pixels) == 6
    read = read_thumbnail(sources[1].store.place(sources[1].key), 96)
    flipped = cv2.resize(cv2.flip(read, 1), (48, 36), interpolation=cv2.INTER_AREA)
    picture = shown[1][0].convertToFormat(QImage.Format.Format_BGR888)
    rows = np.frombuffer(picture.constBits(), np.uint8).reshape(36, -1)[:, : 48 * 3]
    assert np.abs(rows.reshape(36, 48, 3).astype(int) - flipped).max() <= 2


def test_all_operations_get_a_picture_once_they_are_seen(qtbot: QtBot, pane: Pane) -> None:
    pane.view.open_picker()
    effects, rows = _pictures(pane), pane.find(QListWidget, "picker.list")
    last = all_operations()[-1]
    assert effects.picture(last.name) is None
    before = rows.viewport().grab().toImage()
    qtbot.waitUntil(lambda: effects.picture("horizontal_flip") is not None, timeout=20_000)
    assert rows.viewport().grab().toImage() != before
    groups = pane.find(QListWidget, "picker.groups")
    for index in range(groups.count()):
        click(groups, index)
        name = groups.item(index).text()
        names = [one.name for one in all_operations() if one.group == name][:4]
        with_picture = [name for name in names if get(name).kind is not Kind.GROUP]
        qtbot.waitUntil(lambda: all(map(effects.picture, with_picture)), timeout=20_000)  # noqa: B023
    pane.find(OperationPicker, "picker").close()


def test_a_source_that_cannot_be_read_leaves_the_sample(
    qtbot: QtBot, pane: Pane, tmp_path: Path
) -> None:
    pane.view.set_source(Source(FolderStore(tmp_path), "none.png"))
    pane.view.open_picker()
    effects = _pictures(pane)
    qtbot.waitUntil(lambda: effects.picture("rotate") is not None, timeout=20_000)
    pane.find(OperationPicker, "picker").close()


def click(view: QListWidget, index: int) -> None:
    QTest.mouseClick(view.viewport(), LEFT, pos=view.visualItemRect(view.item(index)).center())


def test_a_click_on_a_group_goes_there_and_the_keys_too(pane: Pane) -> None:
    pane.view.open_picker()
    groups, rows = pane.find(QListWidget, "picker.groups"), pane.find(QListWidget, "picker.list")
    search = pane.find(QLineEdit, "picker.search")
    assert groups.currentItem().text() == "Geometry"
    click(groups, 3)
    assert groups.currentItem().text() == "Blur and quality"
    assert rows.item(rows.currentRow() - 1).text() == "Blur and quality"
    assert rows.visualItemRect(rows.item(rows.currentRow() - 1)).top() <= 2
    assert search.hasFocus()
    QTest.keyClick(search, Qt.Key.Key_Down, Qt.KeyboardModifier.ControlModifier)
    assert groups.currentItem().text() == "Occlusion and weather"
    for _ in range(9):
        QTest.keyClick(search, Qt.Key.Key_Up, Qt.KeyboardModifier.ControlModifier)
    assert rows.currentItem().text() == "Horizontal flip"
    assert groups.currentItem().text() == "Geometry"
    QTest.keyClicks(search, "salt and pepper")
    enabled = [
        groups.item(index).text()
        for index in range(groups.count())
        if groups.item(index).flags() & Qt.ItemFlag.ItemIsEnabled
    ]
    assert enabled == ["Noise"]
    QTest.keyClick(search, Qt.Key.Key_Escape)


def test_scrolling_tells_which_group_is_seen(pane: Pane) -> None:
    pane.view.open_picker()
    groups, rows = pane.find(QListWidget, "picker.groups"), pane.find(QListWidget, "picker.list")
    rows.verticalScrollBar().setValue(rows.verticalScrollBar().maximum() // 2)
    assert groups.currentItem().text() not in ("Geometry", "Policies")
    pane.find(OperationPicker, "picker").close()
