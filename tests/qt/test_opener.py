"""Opening one data set after another: the newest choice wins, and nothing of the others stays."""

from pathlib import Path

from pytestqt.qtbot import QtBot

from studio.dataset.library import Library
from studio.qt.opener import Opener
from studio.qt.task import Task
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
