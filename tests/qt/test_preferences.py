"""The settings dialog shows what is in force, and what is changed in it holds at once."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox, QComboBox, QWidget
from pytestqt.qtbot import QtBot

from studio.dataset.library import Problem
from studio.qt.preferences import (
    MEGAPIXELS,
    OPENS_LAST,
    PREFERENCES,
    THEME,
    WORKERS,
    max_pixels,
    read,
    write,
)
from studio.qt.preferences_dialog import PreferencesDialog
from studio.qt.recipe.number_field import NumberField
from studio.qt.theme import tokens
from studio.qt.window import Window
from tests.qt.conftest import write_photo
from tests.qt.exporting import find, press

Open = Callable[[Path], Window]
NAMES = {each.key: f"preferences.{each.key.replace('/', '.')}" for each in PREFERENCES}


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUGSTUDIO_HOME", str(tmp_path / "home"))


@pytest.fixture
def dialog(qtbot: QtBot) -> Iterator[PreferencesDialog]:
    dialog = PreferencesDialog()
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(dialog)
    dialog.show()
    yield dialog
    dialog.close()


def type_number(field: NumberField, number: int) -> None:
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, str(number))


def test_every_setting_has_a_control_that_says_what_it_is(dialog: PreferencesDialog) -> None:
    for each in PREFERENCES:
        control = find(dialog, QWidget, NAMES[each.key])
        assert control.accessibleName() == each.title
        assert control.toolTip() == each.help


def test_what_is_changed_is_kept_and_told(dialog: PreferencesDialog, qtbot: QtBot) -> None:
    type_number(find(dialog, NumberField, NAMES[MEGAPIXELS.key]), 40)
    find(dialog, QCheckBox, NAMES[OPENS_LAST.key]).click()
    with qtbot.waitSignal(dialog.changed) as told:
        press(dialog, "preferences.ok")
    assert told.args == [{MEGAPIXELS, OPENS_LAST}]
    assert (max_pixels(), read(OPENS_LAST)) == (40_000_000, False)


def test_cancelling_keeps_nothing(dialog: PreferencesDialog, qtbot: QtBot) -> None:
    type_number(find(dialog, NumberField, NAMES[MEGAPIXELS.key]), 40)
    with qtbot.assertNotEmitted(dialog.changed):
        press(dialog, "preferences.cancel")
    assert max_pixels() == 250_000_000


def test_no_number_beyond_the_bounds_can_be_kept(dialog: PreferencesDialog) -> None:
    type_number(find(dialog, NumberField, NAMES[MEGAPIXELS.key]), 0)
    press(dialog, "preferences.ok")
    assert max_pixels() == 1_000_000


def test_the_defaults_come_back(qtbot: QtBot) -> None:
    write(MEGAPIXELS, 7)
    write(THEME, "dark")
    dialog = PreferencesDialog()
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(dialog)
    dialog.show()
    assert find(dialog, NumberField, NAMES[MEGAPIXELS.key]).value() == 7
    press(dialog, "preferences.defaults")
    assert max_pixels() == 7_000_000
    press(dialog, "preferences.ok")
    assert (max_pixels(), read(THEME)) == (250_000_000, "system")


# The window


def problems(window: Window) -> Sequence[Problem]:
    """What the library knows."""
    return window.augment_page.library_view._findings.problems()


def change(window: Window, act: Callable[[PreferencesDialog], object]) -> None:
    window.actions_by_name["show_preferences"].trigger()
    dialog = window.findChild(PreferencesDialog)
    assert isinstance(dialog, PreferencesDialog)
    act(dialog)
    press(dialog, "preferences.ok")


def test_a_smaller_limit_holds_for_the_open_data_set_at_once(
    qtbot: QtBot, open_window: Open, photos: Path
) -> None:
    large = photos / "cats" / "large.png"
    write_photo(large, (1600, 1200))
    window = open_window(photos)
    view = window.augment_page.library_view
    view.select("cats/large.png")
    change(window, lambda dialog: type_number(find(dialog, NumberField, NAMES[MEGAPIXELS.key]), 1))
    qtbot.waitUntil(
        lambda: window.library is not None and window.library.store.max_pixels == 1_000_000,
        timeout=20_000,
    )
    qtbot.waitUntil(
        lambda: any(
            problem.key == "cats/large.png" and "megapixels" in problem.reason
            for problem in problems(window)
        ),
        timeout=20_000,
    )
    current = view.current()
    assert current is not None
    assert current.key == "cats/large.png"
    change(window, lambda dialog: press(dialog, "preferences.defaults"))
    qtbot.waitUntil(lambda: not problems(window), timeout=20_000)
    assert window.library is not None
    assert window.library.store.max_pixels == 250_000_000


def test_workers_and_colours_follow(qtbot: QtBot, open_window: Open, photos: Path) -> None:
    window = open_window(photos)

    def edit(dialog: PreferencesDialog) -> None:
        type_number(find(dialog, NumberField, NAMES[WORKERS.key]), 1)
        box = find(dialog, QComboBox, NAMES[THEME.key])
        box.setCurrentIndex(box.findData("dark"))

    change(window, edit)
    assert find(window, NumberField, "export.workers").value() == 1
    assert tokens().window.lightness() < 60
    assert window.actions_by_name["theme_dark"].isChecked()
