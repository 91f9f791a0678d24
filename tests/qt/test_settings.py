"""Damaged settings never stop the program: they are put aside and told, and defaults hold."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as effort
from hypothesis import strategies as st
from PySide6.QtWidgets import QApplication, QLabel, QToolButton
from pytestqt.qtbot import QtBot

from studio.augment.recipe import starting_recipe
from studio.augment.recipe_file import dump_recipe
from studio.paths import data_folder
from studio.qt.app import open_window
from studio.qt.autosave import Autosave
from studio.qt.preferences import MEGAPIXELS, OPENS_LAST, THEME, max_pixels, read, write
from studio.qt.session import Session
from studio.qt.settings import (
    add_recent_folder,
    last_folder,
    recent_folders,
    set_last_folder,
    settings,
    settings_file,
)
from studio.qt.settings_repair import FORMAT, repair_settings
from studio.qt.theme import apply_theme
from studio.qt.window import Window

Start = Callable[[Path | None], Window]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qapp: QApplication) -> Path:
    monkeypatch.setenv("AUGSTUDIO_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def start(qtbot: QtBot, qapp: QApplication) -> Iterator[Start]:
    """Starts the window as the program does, and waits for its first picture."""
    windows: list[Window] = []

    def begin(folder: Path | None) -> Window:
        window = open_window(folder)
        windows.append(window)
        with qtbot.waitSignal(window.augment_page.canvas.painted, timeout=20_000):
            pass
        return window

    yield begin
    for window in windows:
        window.close()
        window.deleteLater()
    apply_theme(qapp, "light")


def put(text: str | bytes) -> bytes:
    data = text.encode() if isinstance(text, str) else text
    settings_file().write_bytes(data)
    return data


def beside() -> dict[str, bytes]:
    """What lies beside the settings."""
    files = settings_file().parent.iterdir()
    return {path.name: path.read_bytes() for path in files if path != settings_file()}


def message(window: Window) -> str:
    label = window.message_bar.findChild(QLabel, "message_bar.text")
    assert isinstance(label, QLabel)
    return label.text() if window.message_bar.isVisible() else ""


def dismiss(window: Window) -> None:
    button = window.message_bar.findChild(QToolButton, "message_bar.dismiss")
    assert isinstance(button, QToolButton)
    button.click()


JUNK = {
    "binary": bytes(range(256)) * 8,
    "zeros": b"\0" * 4096,
    "no text": "[General]\nlast_folder=/tmp\n".encode("utf-16"),
    "no settings": b"<html><body>Not found</body></html>\n",
    "cut inside a line": b"[General]\nlast_folder=/tmp\n[export]\ncopi",
    "huge": b"[General]\n" + b"key=value\n" * 200_000,
    "an object": b"[General]\nlast_folder=@Variant(\\0\\0\\0\\x7f\\0\\0\\0\\x1)\n",
}


@pytest.mark.parametrize("kind", JUNK)
def test_a_damaged_file_is_put_aside_and_told(kind: str) -> None:
    data = put(JUNK[kind])
    (notice,) = repair_settings()
    assert "studio.ini.damaged" in notice
    assert beside() == {"studio.ini.damaged": data}
    assert last_folder() is None
    assert recent_folders() == []
    assert max_pixels() == 250_000_000
    assert repair_settings() == []


def test_what_was_put_aside_before_stays(home: Path) -> None:
    for number in range(3):
        put(f"junk {number}")
        repair_settings()
    assert beside() == {
        "studio.ini.damaged": b"junk 0",
        "studio.ini.damaged-2": b"junk 1",
        "studio.ini.damaged-3": b"junk 2",
    }


def test_sound_settings_are_left_alone(tmp_path: Path) -> None:
    assert repair_settings() == []
    folder = tmp_path / "ein Ordner, mit = und; é"
    folder.mkdir()
    set_last_folder(folder)
    add_recent_folder(folder)
    write(MEGAPIXELS, 40)
    write(OPENS_LAST, False)
    settings().setValue("of a later version", "x")
    assert repair_settings() == []
    assert beside() == {}
    assert (last_folder(), recent_folders()) == (folder, [folder])
    assert (max_pixels(), read(OPENS_LAST)) == (40_000_000, False)
    assert settings().value("of a later version") == "x"


WRONG = {
    "last_folder": "/one, /two",
    "recent_folders": "@ByteArray(\\x1)",
    "window\\geometry": "5",
    "window\\panes": "left, right",
    "window\\compare": "@ByteArray(x)",
    "window\\theme": "purple",
    "export\\copies": "many",
    "export\\quality": "-5",
    "export\\originals": "yes",
    "export\\workers": "1, 2",
    "export\\format": "@Invalid()",
    "reading\\megapixels": "1e3",
    "start\\opens_last": "perhaps",
    "format": "new",
}


@pytest.mark.parametrize("key", WRONG)
def test_a_setting_of_the_wrong_kind_is_at_its_default_and_the_others_stay(key: str) -> None:
    data = put(f"[General]\nkept=as it was\n{key}={WRONG[key]}\n")
    name = key.replace("\\", "/")
    (notice,) = repair_settings()
    assert name in notice
    assert beside() == {"studio.ini.damaged": data}
    assert settings().value(name) in (None, FORMAT)
    assert settings().value("kept") == "as it was"
    assert repair_settings() == []


def test_numbers_out_of_bounds_count_as_the_nearest() -> None:
    put("[reading]\nmegapixels=99999\n")
    assert repair_settings() == []
    assert max_pixels() == 1_000_000_000


def test_settings_of_a_later_version_are_kept_and_told_once() -> None:
    data = put("[General]\nformat=7\nnew_thing=1\n[window]\ntheme=dark\n")
    (notice,) = repair_settings()
    assert "later version" in notice
    assert beside() == {"studio.ini.format-7": data}
    assert read(THEME) == "dark"
    assert (settings().value("format"), settings().value("new_thing")) == ("7", "1")
    assert repair_settings() == []


def test_folders_that_no_system_has_are_not_recent() -> None:
    names = ["/" + "long" * 400, "relative", "", "/no/such/folder", "a\0b"]
    settings().setValue("recent_folders", names)
    settings().setValue("last_folder", names[0])
    assert recent_folders() == []
    assert last_folder() is None


@effort(
    deadline=None,
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    st.binary(max_size=300)
    | st.text(alphabet='[]=;#\\@(),\n "%xabc0ByteArVin', max_size=200).map(str.encode)
    | st.lists(
        st.tuples(
            st.sampled_from([*WRONG, "x"]), st.sampled_from([*WRONG.values(), "@x", '"', "\\"])
        )
    ).map(lambda pairs: "".join(f"{key}={value}\n" for key, value in pairs).encode())
)
def test_whatever_the_file_holds_the_settings_can_be_read_afterwards(data: bytes) -> None:
    put(data)
    notices = repair_settings()
    assert all(notice.isprintable() for notice in notices)
    assert 1_000_000 <= max_pixels() <= 1_000_000_000
    assert read(THEME) in ("system", "light", "dark")
    assert isinstance(recent_folders(), list)
    assert last_folder() is None or last_folder() == Path("/")
    for path in settings_file().parent.iterdir():
        path.unlink()


def test_a_folder_in_the_files_place_is_moved_aside() -> None:
    settings_file().mkdir()
    (settings_file() / "inside").write_text("something")
    (notice,) = repair_settings()
    assert "studio.ini.damaged" in notice
    assert Path(f"{settings_file()}.damaged", "inside").read_text() == "something"
    write(MEGAPIXELS, 10)
    assert max_pixels() == 10_000_000


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_takes_no_settings_is_told() -> None:
    settings_file().parent.chmod(0o500)
    (notice,) = repair_settings()
    settings_file().parent.chmod(0o700)
    assert str(settings_file().parent) in notice


# The recipe in work


def test_damaged_recipes_are_all_kept(qtbot: QtBot) -> None:
    work = data_folder() / "recipe-in-work.yaml"
    texts = ("version: 99\nsteps: []\n", "steps: [", "x" * 200_000)
    for text in texts:
        work.write_text(text)
        session = Session()
        keeper = Autosave(session)
        assert "recipe-in-work.damaged.yaml" in keeper.restore()
        assert session.recipe == starting_recipe()
        keeper.close()
    names = ("damaged.yaml", "damaged.yaml-2", "damaged.yaml-3")
    kept = [data_folder() / f"recipe-in-work.{name}" for name in names]
    assert tuple(path.read_text() for path in kept) == texts


def test_the_recipe_is_kept_after_an_edit_and_at_the_end(qtbot: QtBot) -> None:
    session, work = Session(), data_folder() / "recipe-in-work.yaml"
    keeper = Autosave(session)
    session.edit(session.recipe.with_added("shear"), "add")
    qtbot.waitUntil(lambda: work.exists(), timeout=10_000)
    assert work.read_text() == dump_recipe(session.recipe)
    session.edit(session.recipe.with_added("erase"), "add")
    keeper.close()
    assert work.read_text() == dump_recipe(session.recipe)
    later = Session()
    keeper = Autosave(later)
    assert keeper.restore() == ""
    assert later.recipe == session.recipe
    keeper.close()


# The window


def test_the_program_starts_with_everything_damaged_and_tells_each(
    start: Start, qtbot: QtBot, photos: Path
) -> None:
    put(JUNK["binary"])
    work = data_folder() / "recipe-in-work.yaml"
    work.write_bytes(b"\xff\xfe not a recipe")
    window = start(photos)
    assert window.session.recipe == starting_recipe()
    told = [message(window)]
    dismiss(window)
    told.append(message(window))
    dismiss(window)
    assert message(window) == ""
    assert any("settings" in text and "studio.ini.damaged" in text for text in told)
    assert any("recipe" in text and "recipe-in-work.damaged.yaml" in text for text in told)
    assert work.with_suffix(".damaged.yaml").read_bytes() == b"\xff\xfe not a recipe"


def test_geometry_and_panes_that_are_bytes_but_nonsense_are_harmless(
    start: Start, photos: Path
) -> None:
    put(
        "[window]\ngeometry=@ByteArray(\\x1\\xd9\\xd0\\xcb\\0\\x3)\npanes=@ByteArray(\\0\\0\\0\\xff)\n"
    )
    window = start(photos)
    assert window.width() >= 960
    assert window.augment_page.canvas.width() > 200


def test_a_recipe_that_cannot_be_kept_is_told_once(
    start: Start, qtbot: QtBot, photos: Path
) -> None:
    window = start(photos)
    (data_folder() / "recipe-in-work.yaml").mkdir()
    window.session.edit(window.session.recipe.with_added("shear"), "add")
    qtbot.waitUntil(lambda: "cannot be kept" in message(window), timeout=10_000)
    dismiss(window)
    window.session.edit(window.session.recipe.with_added("erase"), "add")
    window.close()
    assert message(window) == ""


def test_the_last_data_set_is_opened_again_unless_that_is_switched_off(
    start: Start, qtbot: QtBot, photos: Path
) -> None:
    start(photos).close()
    again = start(None)
    assert again.library is not None
    assert again.library.root == photos
    again.close()
    write(OPENS_LAST, False)
    window = open_window(None)
    with qtbot.waitSignal(window._opener.drawing, timeout=20_000):
        pass
    window.close()
    window.deleteLater()
