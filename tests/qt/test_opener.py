"""Opening one data set after another: the newest choice wins, and nothing of the others stays."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
from pytestqt.qtbot import QtBot

from studio.dataset.library import Library, Problem
from studio.qt.opener import Opener
from studio.qt.task import Task
from studio.qt.window import Window
from tests.dataset.files import noise
from tests.qt.conftest import write_photo


def test_only_the_newest_choice_is_opened_and_kept(qtbot: QtBot, tmp_path: Path) -> None:
    folders = [tmp_path / name for name in "abcdef"]
    for folder in folders:
        write_photo(folder / "0.png")
    opener = Opener()
    opened: list[Library] = []
    opener.opened.connect(opened.append)
    with qtbot.waitSignal(opener.opened, timeout=20_000):
        for folder in folders:
            opener.open(folder)
    assert [library.root for library in opened] == [folders[-1]]
    qtbot.waitUntil(lambda: len(opener.findChildren(Task)) == 1)
    opener.close()


def test_a_missing_folder_is_told_after_a_scan_was_given_up(qtbot: QtBot, photos: Path) -> None:
    opener = Opener()
    with (
        qtbot.waitSignal(opener.failed, timeout=20_000) as told,
        qtbot.assertNotEmitted(opener.opened),
    ):
        opener.open(photos)
        opener.open(photos / "elsewhere")
    assert told.args is not None
    assert "no such folder" in str(told.args[0])
    opener.close()


def test_files_that_are_no_images_are_known_before_anybody_looks(
    qtbot: QtBot, open_window: Callable[[Path], Window], photos: Path
) -> None:
    for number in range(40):
        write_photo(photos / "zebras" / f"{number:02}.png")
    (photos / "zebras" / "39.png").write_bytes(b"not a picture")
    window = open_window(photos)
    problems: list[Problem] = []
    window.augment_page.library_view.problem_found.connect(problems.append)
    window.open(photos)
    qtbot.waitUntil(lambda: bool(problems), timeout=20_000)
    assert problems[0].key == "zebras/39.png"


def test_an_archive_is_opened_off_the_gui_thread_and_a_broken_one_told(
    qtbot: QtBot, tmp_path: Path
) -> None:
    np.savez_compressed(tmp_path / "a.npz", x_train=noise((5, 8, 9)), y_train=np.arange(5))
    opener = Opener()
    with qtbot.waitSignal(opener.opened, timeout=20_000) as told:
        opener.open(tmp_path / "a.npz")
    assert told.args is not None
    assert len(told.args[0].images) == 5
    data = (tmp_path / "a.npz").read_bytes()
    (tmp_path / "b.npz").write_bytes(data[:-30])
    with qtbot.waitSignal(opener.failed, timeout=20_000) as told:
        opener.open(tmp_path / "b.npz")
    assert told.args is not None
    assert "b.npz" in str(told.args[0])
    opener.close()
