"""The message bar: errors stay, notices go, nothing is lost between them."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QToolButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from studio.qt.message_bar import MessageBar
from studio.qt.theme import apply_theme


@pytest.fixture
def bar(qtbot: QtBot, qapp: QApplication) -> Iterator[MessageBar]:
    apply_theme(qapp, "light")
    window = QWidget()
    qtbot.addWidget(window)
    column = QVBoxLayout(window)
    bar = MessageBar()
    column.addWidget(bar)
    window.resize(600, 100)
    window.show()
    yield bar
    window.close()


def text(bar: MessageBar) -> str:
    label = bar.findChild(QLabel, "message_bar.text")
    assert isinstance(label, QLabel)
    return label.text()


def button(bar: MessageBar, name: str) -> QPushButton | QToolButton:
    found = bar.findChild(QPushButton, name) or bar.findChild(QToolButton, name)
    assert isinstance(found, QPushButton | QToolButton)
    return found


def let_time_pass(bar: MessageBar, qtbot: QtBot) -> None:
    """Let the bar's timer, if it runs, run out now."""
    timer = bar.findChild(QTimer)
    assert isinstance(timer, QTimer)
    if timer.isActive():
        with qtbot.waitSignal(timer.timeout):
            timer.start(0)


def test_it_is_hidden_until_there_is_something_to_say(bar: MessageBar) -> None:
    assert not bar.isVisible()


def test_an_error_stays_until_it_is_dismissed(bar: MessageBar, qtbot: QtBot) -> None:
    bar.show_error("a.jpg: not an image", "Choose another file")
    let_time_pass(bar, qtbot)
    assert bar.isVisible()
    assert text(bar) == "a.jpg: not an image"
    button(bar, "message_bar.dismiss").click()
    assert not bar.isVisible()


def test_a_notice_goes_by_itself(bar: MessageBar, qtbot: QtBot) -> None:
    bar.show_notice("Recipe saved")
    timer = bar.findChild(QTimer)
    assert isinstance(timer, QTimer)
    assert (timer.interval(), timer.isActive()) == (8_000, True)
    assert not button(bar, "message_bar.action").isVisible()
    let_time_pass(bar, qtbot)
    assert not bar.isVisible()


def test_the_action_runs_and_dismisses(bar: MessageBar, qtbot: QtBot) -> None:
    ran: list[bool] = []
    bar.show_notice("Exported", "1,488 images", "Open folder", lambda: ran.append(True))
    action = button(bar, "message_bar.action")
    assert action.text() == "Open folder"
    action.click()
    assert ran == [True]
    assert not bar.isVisible()


def test_an_action_may_show_the_next_message(bar: MessageBar, qtbot: QtBot) -> None:
    bar.show_notice("First", "", "Next", lambda: bar.show_notice("Second"))
    button(bar, "message_bar.action").click()
    assert bar.isVisible()
    assert text(bar) == "Second"


def test_a_notice_waits_behind_an_error(bar: MessageBar, qtbot: QtBot) -> None:
    bar.show_error("Broken")
    bar.show_notice("Saved")
    assert text(bar) == "Broken"
    bar.dismiss()
    assert (bar.isVisible(), text(bar)) == (True, "Saved")
    let_time_pass(bar, qtbot)
    assert not bar.isVisible()


def test_notices_that_stay_come_one_after_the_other(bar: MessageBar, qtbot: QtBot) -> None:
    bar.show_notice("Settings are damaged", stays=True)
    bar.show_notice("The recipe is damaged", stays=True)
    bar.show_notice("Saved")
    bar.show_notice("Saved again")
    for expected in ("Settings are damaged", "The recipe is damaged"):
        let_time_pass(bar, qtbot)
        assert text(bar) == expected
        bar.dismiss()
    assert text(bar) == "Saved again"
    let_time_pass(bar, qtbot)
    assert not bar.isVisible()


def test_details_are_copied_and_asked_for_only_where_there_are_any(
    bar: MessageBar, qtbot: QtBot
) -> None:
    bar.show_error("a.jpg: not an image")
    assert not button(bar, "message_bar.copy_details").isVisible()
    assert not button(bar, "message_bar.open_logs").isVisible()
    bar.show_error("ValueError: 1", "A fault of the program.", "Traceback\nof it")
    button(bar, "message_bar.copy_details").click()
    assert QApplication.clipboard().text() == "Traceback\nof it"
    with qtbot.waitSignal(bar.logs_wanted):
        button(bar, "message_bar.open_logs").click()
    assert text(bar) == "ValueError: 1"
    bar.show_error("ValueError: 2", "A fault of the program.", "Another")
    assert button(bar, "message_bar.copy_details").text() == "Copy details"


def test_a_text_is_whole_where_there_is_room_for_it(bar: MessageBar) -> None:
    bar.show_error("A text that needs half of the bar", "and a hint")
    for width in (700, 300, 800, 900):
        bar.window().resize(width, 100)
        QApplication.processEvents()
    label = bar.findChild(QLabel, "message_bar.text")
    assert isinstance(label, QLabel)
    assert label.width() >= label.fontMetrics().horizontalAdvance(label.text())


def test_only_the_error_that_is_shown_can_be_withdrawn(bar: MessageBar) -> None:
    bar.show_error("Broken")
    bar.show_notice("Saved")
    bar.withdraw("Another")
    assert text(bar) == "Broken"
    bar.withdraw("Broken")
    assert text(bar) == "Saved"
    bar.withdraw("Saved")
    assert (bar.isVisible(), text(bar)) == (True, "Saved")


def test_an_error_comes_before_a_notice_that_is_shown(bar: MessageBar) -> None:
    bar.show_notice("Saved")
    bar.show_error("Broken")
    assert text(bar) == "Broken"
    bar.dismiss()
    assert text(bar) == "Saved"


def test_a_long_message_is_cut_on_screen_and_whole_for_those_who_ask(bar: MessageBar) -> None:
    message = "a very long way to say it, " * 20 + "\nin two lines with <b>signs</b>"
    bar.show_error(message, "and a hint\n\nTraceback of many lines")
    whole = " ".join(message.split())
    assert bar.minimumSizeHint().width() < 400
    assert "in two lines with &lt;b&gt;signs&lt;/b&gt;<br>and a hint" in bar.toolTip()
    assert bar.accessibleName() == "Error"
    assert bar.accessibleDescription() == f"{whole}\nand a hint"


def test_the_bar_takes_its_colours_from_the_scheme(bar: MessageBar, qapp: QApplication) -> None:
    bar.show_error("Broken")
    error = bar.grab().toImage()
    bar.dismiss()
    bar.show_notice("Broken")
    notice = bar.grab().toImage()
    assert error.pixelColor(300, 2) != notice.pixelColor(300, 2)
    apply_theme(qapp, "dark")
    dark = bar.grab().toImage()
    assert dark.pixelColor(300, 2).lightness() < 100 < notice.pixelColor(300, 2).lightness()
    apply_theme(qapp, "light")


def test_a_name_that_looks_like_markup_is_shown_as_it_is(bar: MessageBar) -> None:
    name = "<b>bold</b>.png"
    bar.show_error(f"{name}: is truncated")
    label = next(label for label in bar.findChildren(QLabel) if name in label.text())
    assert label.textFormat() == Qt.TextFormat.PlainText
