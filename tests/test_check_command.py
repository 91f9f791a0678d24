"""`augstudio check` lists what cannot be read, with an exit code that a script can act on."""

from pathlib import Path

import pytest
from PIL import Image

from studio.__main__ import main
from tests.dataset.trees import write_classes

Capture = pytest.CaptureFixture[str]


def test_a_sound_data_set(tmp_path: Path, capsys: Capture) -> None:
    assert not main(["check", str(write_classes(tmp_path))])
    assert capsys.readouterr().out == "All 6 files are sound\n"


def test_what_is_damaged_inside_is_listed_with_exit_code_2(tmp_path: Path, capsys: Capture) -> None:
    path = write_classes(tmp_path) / "cat" / "a1.png"
    path.write_bytes(path.read_bytes()[:-30])
    assert main(["check", str(tmp_path)]) == 2
    told = capsys.readouterr()
    assert told.out == "cat/a1.png: is truncated or corrupt\n"
    assert told.err == "1 of 6 files cannot be read\n"


def test_notes_tell_what_is_special(tmp_path: Path, capsys: Capture) -> None:
    frames = [Image.new("RGB", (8, 8), colour) for colour in ("red", "blue")]
    frames[0].save(tmp_path / "moving.gif", save_all=True, append_images=frames[1:])
    assert not main(["check", str(tmp_path), "--notes"])
    first, last = capsys.readouterr().out.splitlines()
    assert first.startswith("note on moving.gif: ")
    assert last == "The one file is sound"
