from collections.abc import Iterator

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QAccessible, QColor, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from studio.qt.compare.strip import DrawStrip
from studio.qt.pixels import to_qimage


@pytest.fixture
def strip(qtbot: QtBot) -> Iterator[DrawStrip]:
    host = QWidget()
    host.resize(1000, 100)
    strip = DrawStrip(host)
    strip.resize(560, 88)
    qtbot.addWidget(host)
    with qtbot.waitExposed(host):
        host.show()
    yield strip
    host.hide()


def filled(colour: str, size: QSize) -> QImage:
    image = QImage(size, QImage.Format.Format_RGB32)
    image.fill(QColor(colour))
    return image


def tile_rect(strip: DrawStrip, index: int) -> QRect:
    return strip.visualRect(strip.model().index(index, 0))


def colour_at(strip: DrawStrip, index: int) -> str:
    middle = tile_rect(strip, index).center() - QPoint(2, 0)
    return strip.viewport().grab().toImage().pixelColor(middle).name()


@pytest.mark.parametrize("width", [560, 680, 1000])
def test_all_tiles_fit_the_width(strip: DrawStrip, qtbot: QtBot, width: int) -> None:
    strip.resize(width, strip.height())
    qtbot.waitUntil(lambda: tile_rect(strip, 11).isValid())
    area = strip.viewport().rect().adjusted(0, 0, 4, 0)
    assert strip.count() == 12
    assert all(area.contains(tile_rect(strip, index)) for index in range(12))
    assert strip.height() <= (88 if width >= 1000 else 176)


def test_a_tile_is_selected_by_click_and_by_arrow_keys(strip: DrawStrip) -> None:
    chosen: list[int] = []
    strip.selected.connect(chosen.append)
    left = Qt.MouseButton.LeftButton
    QTest.mouseClick(strip.viewport(), left, pos=tile_rect(strip, 4).center())
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Left, Qt.Key.Key_End):
        QTest.keyClick(strip, key)
    assert chosen == [4, 5, 6, 5, 11]
    assert strip.selected_index() == 11


def test_the_program_selects_silently(strip: DrawStrip, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(strip.selected):
        strip.select(3)
        assert strip.selected_index() == 3
        strip.select(-1)
        assert strip.selected_index() == -1
        strip.setFocus(Qt.FocusReason.TabFocusReason)
    assert strip.selected_index() == -1


def test_a_click_beside_the_tiles_keeps_the_selection(strip: DrawStrip) -> None:
    strip.set_count(3)
    strip.select(1)
    control = Qt.KeyboardModifier.ControlModifier
    left = Qt.MouseButton.LeftButton
    QTest.mouseClick(strip.viewport(), left, pos=QPoint(tile_rect(strip, 2).right() + 2, 30))
    QTest.mouseClick(strip.viewport(), left, control, tile_rect(strip, 1).center())
    assert strip.selected_index() == 1


def test_a_tile_keeps_its_image_until_the_next_one_arrives(strip: DrawStrip) -> None:
    size = strip.tile_size()
    for index in range(12):
        strip.set_tile(index, filled("#ff0000", size))
    strip.set_tile(2, filled("#00ff00", size))
    strip.set_tile(40, filled("#00ff00", size))
    assert [colour_at(strip, index) for index in (1, 2, 3)] == ["#ff0000", "#00ff00", "#ff0000"]
    strip.clear()
    assert colour_at(strip, 2) not in ("#ff0000", "#00ff00")


def test_images_of_the_tile_size_are_painted_pixel_by_pixel(strip: DrawStrip) -> None:
    size = strip.tile_size()
    height = size.height() - 9
    image = np.random.default_rng(0).integers(0, 256, (height, size.width(), 3), dtype=np.uint8)
    strip.set_tile(0, to_qimage(image))
    shown = strip.viewport().grab().toImage().convertToFormat(QImage.Format.Format_BGR888)
    rows = np.frombuffer(shown.constBits(), np.uint8).reshape(shown.height(), -1)
    pixels = rows[:, : shown.width() * 3].reshape(shown.height(), -1, 3)
    tile = tile_rect(strip, 0)
    above_badge = image[: height // 3]
    places = [
        pixels[y : y + len(above_badge), tile.left() + 3 : tile.left() + 3 + size.width()]
        for y in range(tile.bottom() - height)
    ]
    assert any((place == above_badge).all() for place in places)


def test_the_size_that_images_should_have_is_told_once_the_width_rests(
    strip: DrawStrip, qtbot: QtBot
) -> None:
    qtbot.waitUntil(lambda: strip.tile_size().width() > 0)
    with qtbot.waitSignal(strip.tile_size_changed):
        pass_widths(strip, 560)
    told: list[QSize] = []
    strip.tile_size_changed.connect(told.append)
    with qtbot.waitSignal(strip.tile_size_changed):
        pass_widths(strip, 700, 800, 960)
    assert told == [strip.tile_size()]


def pass_widths(strip: DrawStrip, *widths: int) -> None:
    for width in widths:
        strip.resize(width, strip.height())


def test_each_tile_has_a_name_for_assistive_technology(strip: DrawStrip) -> None:
    names = [
        strip.model().index(row, 0).data(Qt.ItemDataRole.AccessibleTextRole) for row in range(12)
    ]
    assert names[:2] == ["Draw 1", "Draw 2"]
    interface = QAccessible.queryAccessibleInterface(strip)
    assert interface is not None
    assert interface.childCount() >= 12
