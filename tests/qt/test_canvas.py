import gc
import os
import subprocess
import sys
import weakref
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, QRect, QSize, Qt
from PySide6.QtGui import QImage, QNativeGestureEvent, QPointingDevice, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from studio.augment.image import Image
from studio.qt.compare.canvas import CompareCanvas
from studio.qt.pixels import to_qimage

LEFT = QRect(0, 0, 320, 400)
RIGHT = QRect(321, 0, 320, 400)
BELOW_CAPTIONS = 40


@pytest.fixture
def canvas(qtbot: QtBot) -> Iterator[CompareCanvas]:
    host = QWidget()
    host.resize(641, 400)
    canvas = CompareCanvas(host)
    canvas.resize(641, 400)
    qtbot.addWidget(host)
    with qtbot.waitExposed(host):
        host.show()
    yield canvas
    host.hide()


def make_image(height: int, width: int, seed: int = 0, channels: int = 3) -> Image:
    shape = (height, width) if channels == 1 else (height, width, channels)
    return np.random.default_rng(seed).integers(0, 256, shape, dtype=np.uint8)


def size_of(image: Image) -> QSize:
    return QSize(image.shape[1], image.shape[0])


def show(canvas: CompareCanvas, original: Image, augmented: Image) -> None:
    canvas.set_original(to_qimage(original), size_of(original))
    canvas.set_augmented(to_qimage(augmented), size_of(augmented))


def grab(canvas: CompareCanvas, area: QRect) -> Image:
    picture = canvas.grab(area).toImage().convertToFormat(QImage.Format.Format_BGR888)
    rows = np.frombuffer(picture.constBits(), np.uint8).reshape(picture.height(), -1)
    return rows[:, : picture.width() * 3].reshape(picture.height(), picture.width(), 3).copy()


def as_shown(image: Image) -> Image:
    return np.dstack([image] * 3) if image.ndim == 2 else image[:, :, :3]


def turn_wheel(canvas: CompareCanvas, at: QPointF, notches: int) -> None:
    scroll(canvas, at, QPoint(), QPoint(0, 120 * notches), Qt.ScrollPhase.NoScrollPhase)


def scroll_trackpad(canvas: CompareCanvas, at: QPointF, pixels: int) -> None:
    scroll(canvas, at, QPoint(0, pixels), QPoint(0, 8 * pixels), Qt.ScrollPhase.ScrollUpdate)


def scroll(
    canvas: CompareCanvas, at: QPointF, pixels: QPoint, angle: QPoint, phase: Qt.ScrollPhase
) -> None:
    held, keys = Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier
    place = canvas.mapToGlobal(at)
    event = QWheelEvent(at, place, pixels, angle, held, keys, phase, False)
    QApplication.sendEvent(canvas, event)


def drag(canvas: CompareCanvas, start: QPoint, end: QPoint) -> None:
    QTest.mousePress(canvas, Qt.MouseButton.LeftButton, pos=start)
    QTest.mouseMove(canvas, (start + end) / 2)
    QTest.mouseMove(canvas, end)
    QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=end)


@pytest.mark.parametrize("channels", [1, 3, 4])
def test_actual_size_paints_exactly_the_pixels(canvas: CompareCanvas, channels: int) -> None:
    original = make_image(151, 207, 1, channels)
    augmented = make_image(151, 207, 2, channels)
    for image in (original, augmented):
        if channels == 4:
            image[:, :, 3] = 255
    show(canvas, original, augmented)
    canvas.actual_size()
    place = QRect((320 - 207) // 2 + 1, (400 - 151) // 2 + 1, 207, 151)
    np.testing.assert_array_equal(grab(canvas, place), as_shown(original))
    place.translate(RIGHT.topLeft())
    np.testing.assert_array_equal(grab(canvas, place), as_shown(augmented))


@pytest.mark.parametrize("shape", [(20, 30), (20, 30, 3), (20, 30, 4)])
def test_16_bit_pictures_are_shown_with_8_bits(
    canvas: CompareCanvas, shape: tuple[int, ...]
) -> None:
    levels = make_image(20, 30, channels=shape[2] if len(shape) == 3 else 1)
    if len(shape) == 3 and shape[2] == 4:
        levels[:, :, 3] = 255
    deep = levels.astype(np.uint16) * 257
    show(canvas, deep, deep)
    canvas.actual_size()
    place = QRect(145, 190, 30, 20)
    np.testing.assert_array_equal(grab(canvas, place), as_shown(levels))


def test_a_qimage_keeps_the_array_it_shares_and_no_longer() -> None:
    image = make_image(20, 31, channels=4)
    alive = weakref.ref(image)
    shared = to_qimage(image)
    copy = QImage(shared)
    del image, shared
    gc.collect()
    assert alive() is not None
    del copy
    assert alive() is None


@pytest.mark.parametrize("zoom", [1, 2, 3, 8, 32])
def test_enlarged_pixels_are_equal_blocks(canvas: CompareCanvas, zoom: int) -> None:
    image = make_image(700, 900)
    show(canvas, image, image)
    canvas.set_zoom(zoom)
    canvas.pan(-77, 53)
    corner = canvas.to_picture(QPointF(0, 0))
    left, top = round(corner.x() * zoom), round(corner.y() * zoom)
    part = image[top // zoom : (top + 400) // zoom + 1, left // zoom : (left + 320) // zoom + 1]
    blocks = part.repeat(zoom, axis=0).repeat(zoom, axis=1)
    blocks = blocks[top % zoom :, left % zoom :][:400, :320]
    for pane in (LEFT, RIGHT):
        shown = grab(canvas, pane)
        np.testing.assert_array_equal(shown[BELOW_CAPTIONS:], blocks[BELOW_CAPTIONS:])


def test_a_proxy_of_the_fitting_size_is_painted_pixel_by_pixel(canvas: CompareCanvas) -> None:
    full = QSize(4000, 3001)
    scale = canvas.needed_scale(full)
    proxy = make_image(round(3001 * scale), round(4000 * scale))
    canvas.set_original(to_qimage(proxy), full)
    canvas.set_augmented(to_qimage(proxy))
    assert canvas.zoom == scale
    top = (400 - proxy.shape[0]) // 2
    shown = grab(canvas, LEFT)
    start = next(y for y in (top - 1, top, top + 1) if (shown[y, 12:16] == proxy[0, :4]).all())
    np.testing.assert_array_equal(
        shown[start : start + proxy.shape[0], 12 : 12 + proxy.shape[1]], proxy
    )


@pytest.mark.parametrize("pane", [LEFT, RIGHT])
def test_the_wheel_zooms_about_the_pointer(canvas: CompareCanvas, pane: QRect) -> None:
    image = make_image(1200, 1600)
    show(canvas, image, image)
    canvas.actual_size()
    pointer = QPointF(pane.topLeft()) + QPointF(211, 97)
    before = canvas.to_picture(pointer)
    for notches in (3, 2, -4):
        turn_wheel(canvas, pointer, notches)
        assert (canvas.to_picture(pointer) - before).manhattanLength() < 1.5
    assert canvas.zoom == pytest.approx(1.25)


def test_trackpad_and_pinch_zoom_too(canvas: CompareCanvas) -> None:
    image = make_image(1200, 1600)
    show(canvas, image, image)
    canvas.set_zoom(2)
    pointer = QPointF(411, 97)
    before = canvas.to_picture(pointer)
    scroll_trackpad(canvas, pointer, 30)
    assert canvas.zoom == pytest.approx(2 * 1.25**0.5)
    pinch = QNativeGestureEvent(
        Qt.NativeGestureType.ZoomNativeGesture,
        QPointingDevice.primaryPointingDevice(),
        2,
        pointer,
        pointer,
        canvas.mapToGlobal(pointer),
        0.5,
        QPointF(),
    )
    QApplication.sendEvent(canvas, pinch)
    assert canvas.zoom == pytest.approx(3 * 1.25**0.5)
    assert (canvas.to_picture(pointer) - before).manhattanLength() < 1.5


def test_both_panes_show_the_same_region(canvas: CompareCanvas) -> None:
    image = make_image(900, 1400)
    show(canvas, image, image)
    turn_wheel(canvas, QPointF(100, 100), 7)
    drag(canvas, QPoint(400, 200), QPoint(333, 150))
    left, right = grab(canvas, LEFT), grab(canvas, RIGHT)
    np.testing.assert_array_equal(left[BELOW_CAPTIONS:], right[BELOW_CAPTIONS:])


def test_dragging_stops_at_the_edges_of_the_picture(canvas: CompareCanvas) -> None:
    image = make_image(600, 800)
    show(canvas, image, image)
    canvas.actual_size()
    for _ in range(3):
        drag(canvas, QPoint(10, 10), QPoint(310, 390))
    assert canvas.to_picture(QPointF(0, 0)) == QPointF(0, 0)
    for _ in range(5):
        drag(canvas, QPoint(310, 390), QPoint(10, 10))
    assert canvas.to_picture(QPointF(320, 400)) == QPointF(800, 600)


def test_fit_follows_the_size_and_a_chosen_zoom_does_not(canvas: CompareCanvas) -> None:
    image = make_image(600, 800)
    show(canvas, image, image)
    assert canvas.zoom == pytest.approx(296 / 800)
    canvas.resize(401, 400)
    assert canvas.zoom == pytest.approx(176 / 800)
    canvas.actual_size()
    canvas.resize(641, 400)
    assert canvas.zoom == 1


def test_keys_and_double_click_change_the_zoom(canvas: CompareCanvas) -> None:
    image = make_image(600, 800)
    show(canvas, image, image)
    fit = canvas.zoom
    zooms: list[float] = []
    canvas.zoom_changed.connect(zooms.append)
    QTest.mouseDClick(canvas, Qt.MouseButton.LeftButton, pos=QPoint(100, 200))
    for key in (Qt.Key.Key_Plus, Qt.Key.Key_Minus, Qt.Key.Key_Minus, Qt.Key.Key_1, Qt.Key.Key_0):
        QTest.keyClick(canvas, key)
    assert zooms == [1, 1.5, 1, pytest.approx(2 / 3), 1, fit]
    QTest.keyClick(canvas, Qt.Key.Key_1)
    before = canvas.to_picture(QPointF(0, 0))
    QTest.keyClick(canvas, Qt.Key.Key_Right)
    assert canvas.to_picture(QPointF(0, 0)) == before + QPointF(48, 0)


def test_the_divider_is_dragged_and_parts_the_two_pictures(
    canvas: CompareCanvas,
) -> None:
    original, augmented = make_image(350, 600, 1), make_image(350, 600, 2)
    canvas.set_mode("wipe")
    show(canvas, original, augmented)
    canvas.actual_size()
    drag(canvas, QPoint(320, 300), QPoint(200, 310))
    assert canvas.divider == pytest.approx(200 / 641)
    corner = canvas.to_picture(QPointF(0, 0)).toPoint()
    shown = grab(canvas, QRect(-corner.x(), -corner.y(), 600, 350))
    split = 200 + corner.x()
    rows = slice(BELOW_CAPTIONS, None)
    np.testing.assert_array_equal(shown[rows, : split - 20], original[rows, : split - 20])
    np.testing.assert_array_equal(shown[rows, split + 20 :], augmented[rows, split + 20 :])
    QTest.keyClick(canvas, Qt.Key.Key_Left)
    assert canvas.divider < 200 / 641
    drag(canvas, QPoint(187, 300), QPoint(-50, 300))
    assert canvas.divider == 0


def test_show_original_puts_the_original_in_both_panes(canvas: CompareCanvas) -> None:
    original, augmented = make_image(200, 300, 1), make_image(200, 300, 2)
    show(canvas, original, augmented)
    before = grab(canvas, RIGHT)
    canvas.set_show_original(True)
    np.testing.assert_array_equal(
        grab(canvas, RIGHT)[BELOW_CAPTIONS:], grab(canvas, LEFT)[BELOW_CAPTIONS:]
    )
    canvas.set_show_original(False)
    np.testing.assert_array_equal(grab(canvas, RIGHT), before)


def test_an_augmented_picture_of_another_size_shares_the_middle(canvas: CompareCanvas) -> None:
    original, augmented = make_image(200, 300, 1), make_image(100, 120, 2)
    show(canvas, original, augmented)
    canvas.actual_size()
    np.testing.assert_array_equal(grab(canvas, QRect(10, 100, 300, 200)), original)
    np.testing.assert_array_equal(grab(canvas, QRect(321 + 100, 150, 120, 100)), augmented)


def test_each_picture_fits_its_pane_and_the_caption_tells_its_size(canvas: CompareCanvas) -> None:
    original, augmented = make_image(600, 800, 1), make_image(74, 74, 2)
    show(canvas, original, augmented)
    assert canvas.zoom == pytest.approx(296 / 800)
    enlarged = augmented.repeat(4, axis=0).repeat(4, axis=1)
    np.testing.assert_array_equal(grab(canvas, QRect(321 + 12, 52, 296, 296)), enlarged)
    with_size = grab(canvas, QRect(321, 0, 320, 40))
    show(canvas, original, make_image(600, 800, 2))
    assert (grab(canvas, QRect(321, 0, 320, 40)) != with_size).any()


def test_the_wheel_over_a_small_picture_zooms_from_its_own_zoom(canvas: CompareCanvas) -> None:
    show(canvas, make_image(600, 800, 1), make_image(74, 74, 2))
    turn_wheel(canvas, QPointF(481, 200), 1)
    assert canvas.zoom == pytest.approx(5)
    canvas.fit()
    turn_wheel(canvas, QPointF(160, 200), 1)
    assert canvas.zoom == pytest.approx(296 / 800 * 1.25)


def test_dragging_a_large_result_pans_the_original_by_its_share(canvas: CompareCanvas) -> None:
    show(canvas, make_image(800, 800, 1), make_image(1600, 1600, 2))
    canvas.actual_size()
    drag(canvas, QPoint(500, 200), QPoint(440, 150))
    assert canvas.to_picture(QPointF(321, 0)) == QPointF(800 - 160 + 60, 800 - 200 + 50)
    assert canvas.to_picture(QPointF(0, 0)) == QPointF(400 - 160 + 30, 400 - 200 + 25)


def test_the_wipe_lays_pictures_of_different_sizes_middle_on_middle(
    canvas: CompareCanvas,
) -> None:
    original = make_image(200, 300, 1)
    canvas.set_mode("wipe")
    show(canvas, original, np.ascontiguousarray(original[50:150, 60:240]))
    canvas.actual_size()
    canvas.set_divider(0.5)
    place = QRect((641 - 300) // 2 + 62, 150, 178, 100)
    shown = grab(canvas, place)
    rows = np.r_[0:30, 75:100]
    np.testing.assert_array_equal(shown[rows, 110:], original[50:150, 61:239][rows, 110:])


def test_a_new_size_of_the_result_moves_nothing_of_the_original(canvas: CompareCanvas) -> None:
    original = make_image(900, 1200, 1)
    show(canvas, original, make_image(500, 700, 2))
    canvas.set_zoom(2)
    drag(canvas, QPoint(100, 200), QPoint(60, 150))
    before = grab(canvas, LEFT)
    for size in (80, 400, 1500):
        canvas.set_augmented(to_qimage(make_image(size, size, 3)), QSize(size, size))
        np.testing.assert_array_equal(grab(canvas, LEFT), before)


def test_a_chequered_ground_shows_through_transparency(canvas: CompareCanvas) -> None:
    clear = np.zeros((100, 100, 4), np.uint8)
    show(canvas, clear, clear)
    canvas.actual_size()
    shown = grab(canvas, QRect(112, 152, 96, 96)).reshape(-1, 3)
    assert len(np.unique(shown, axis=0)) == 2


def test_painted_tells_once_which_picture_is_on_the_screen(
    canvas: CompareCanvas, qtbot: QtBot
) -> None:
    generations: list[int] = []
    canvas.painted.connect(generations.append)
    image = make_image(300, 400)
    canvas.set_original(to_qimage(image), size_of(image))
    with qtbot.waitSignal(canvas.painted):
        canvas.set_augmented(to_qimage(image), generation=7)
    canvas.set_augmented(to_qimage(image), generation=8)
    with qtbot.waitSignal(canvas.painted):
        canvas.set_augmented(to_qimage(image), generation=9)
    canvas.grab()
    assert generations == [7, 9]


def test_a_larger_proxy_is_asked_for_once_the_size_rests_and_at_once_when_zooming(
    canvas: CompareCanvas, qtbot: QtBot
) -> None:
    scales: list[float] = []
    canvas.proxy_scale_changed.connect(scales.append)
    image = make_image(600, 800)
    show(canvas, image, image)
    assert scales == [pytest.approx(296 / 800)]
    with qtbot.waitSignal(canvas.proxy_scale_changed):
        for width in (601, 541, 501, 441):
            canvas.resize(width, 400)
    assert scales[1:] == [pytest.approx(196 / 800)]
    canvas.zoom_in()
    assert scales[2:] == [1.0]
    canvas.fit()
    assert scales[3:] == [pytest.approx(196 / 800)]


def test_a_problem_takes_the_pictures_place_until_the_next_original(
    canvas: CompareCanvas,
) -> None:
    canvas.set_empty_text("Drop a folder of images here", "or open one")
    empty = grab(canvas, canvas.rect())
    image = make_image(200, 300)
    show(canvas, image, image)
    canvas.show_problem("broken.jpg", "the file ends early")
    problem = grab(canvas, canvas.rect())
    canvas.set_augmented(to_qimage(image))
    np.testing.assert_array_equal(grab(canvas, canvas.rect()), problem)
    canvas.set_original(None, QSize())
    np.testing.assert_array_equal(grab(canvas, canvas.rect()), empty)
    assert (empty != problem).any()
    show(canvas, image, image)
    canvas.actual_size()
    np.testing.assert_array_equal(grab(canvas, QRect(10, 100, 300, 200)), image)


def test_without_a_picture_the_controls_do_nothing(canvas: CompareCanvas) -> None:
    canvas.zoom_in()
    canvas.fit()
    turn_wheel(canvas, QPointF(50, 50), 2)
    drag(canvas, QPoint(10, 10), QPoint(60, 60))
    assert canvas.needed_scale() == 1
    assert canvas.is_fit


SCALED = """
import numpy as np
from PySide6.QtCore import QPoint, QSize
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QWidget
app = QApplication([])
from studio.qt.compare.canvas import CompareCanvas
from studio.qt.pixels import to_qimage
host = QWidget()
host.resize(700, 500)
canvas = CompareCanvas(host)
canvas.setGeometry(13, 7, 555, 333)
image = np.random.default_rng(0).integers(0, 256, (201, 233, 3), dtype=np.uint8)
canvas.set_original(to_qimage(image), QSize(233, 201))
canvas.set_augmented(to_qimage(image))
canvas.actual_size()
host.show()
shown = host.grab().toImage().convertToFormat(QImage.Format.Format_BGR888)
rows = np.frombuffer(shown.constBits(), np.uint8).reshape(shown.height(), -1)
pixels = rows[:, : shown.width() * 3].reshape(shown.height(), shown.width(), 3)
first = np.argwhere((pixels[: -201, : -233] == image[0, 0]).all(axis=2))
found = [(y, x) for y, x in first if (pixels[y : y + 201, x : x + 233] == image).all()]
print(shown.devicePixelRatio(), len(found))
"""


@pytest.mark.parametrize("ratio", ["1.25", "1.5", "2"])
def test_actual_size_is_exact_on_high_density_screens(ratio: str) -> None:
    environment = os.environ | {"QT_SCALE_FACTOR": ratio, "PYTHONPATH": os.pathsep.join(sys.path)}
    done: Any = subprocess.run(
        [sys.executable, "-c", SCALED], env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == [str(float(ratio)), "2"]
