"""Undo removes exactly what was written and has not changed; nothing else, wherever names lead."""

import shutil
from pathlib import Path

import pytest

from studio.dataset.exports.manifest import MANIFEST
from studio.dataset.exports.resume import find_unfinished
from studio.dataset.exports.undo import UndoReport, undo
from studio.dataset.exports.verify import Finding, verify
from studio.errors import UserError
from tests.dataset.interruptions import Case
from tests.dataset.trees import contents, drain


@pytest.fixture
def case(tmp_path: Path) -> Case:
    case = Case(tmp_path)
    case.write(case.out)
    return case


def test_everything_that_was_written_goes(case: Case) -> None:
    before = contents(case.source)
    assert drain(undo(case.out)) == UndoReport(18, 18, 18, ())
    assert list(case.out.iterdir()) == []
    assert contents(case.source) == before


def test_what_has_changed_and_what_is_foreign_stays_and_is_said(case: Case) -> None:
    (case.out / "cat" / "a0_aug_1.png").write_text("retouched")
    (case.out / "cat" / "a0_aug_2.png").unlink()
    (case.out / "dog" / "notes.txt").write_text("mine")
    report = drain(undo(case.out))
    assert report == UndoReport(
        done=18,
        total=18,
        removed=16,
        kept=(Finding("cat/a0_aug_1.png", "differs from the manifest"),),
        extra=("dog/notes.txt",),
    )
    assert set(contents(case.out)) == {MANIFEST, "cat/a0_aug_1.png", "dog/notes.txt"}
    assert drain(verify(case.out)).findings == report.kept
    assert find_unfinished(case.out) is None
    with pytest.raises(UserError, match="when it was undone"):
        case.resume()


def test_what_was_left_goes_once_it_is_as_it_was(case: Case) -> None:
    (case.out / "cat" / "a0_aug_1.png").write_text("retouched")
    drain(undo(case.out))
    (case.out / "cat" / "a0_aug_1.png").write_bytes(case.whole["cat/a0_aug_1.png"])
    assert drain(undo(case.out)).removed == 1
    assert list(case.out.iterdir()) == []


def test_an_interrupted_export_and_a_stopped_undo_can_be_undone(tmp_path: Path) -> None:
    case = Case(tmp_path)
    case.stop_after(4)
    (case.out / "cat" / ".augstudio-3a.tmp").write_bytes(b"half")
    work = undo(case.out)
    next(work)
    work.close()
    drain(undo(case.out))
    assert list(case.out.iterdir()) == []


@pytest.mark.parametrize("name", ["../canary", "{tmp}/canary", "cat/../../canary", "a/../canary"])
def test_a_hostile_manifest_removes_nothing_outside(case: Case, tmp_path: Path, name: str) -> None:
    canary = tmp_path / "canary"
    canary.write_bytes(case.whole["cat/a0.png"])
    text = (case.out / MANIFEST).read_text()
    name = name.format(tmp=tmp_path)
    text = text.replace('"output":"cat/a0.png"', f'"output":"{name}"', 1)
    (case.out / MANIFEST).write_text(text)
    report = drain(undo(case.out))
    assert report.kept == (Finding(name, "is a name that leads out of the folder"),)
    assert canary.exists()
    assert report.extra == ("cat/a0.png",)


def test_links_out_of_the_folder_are_not_followed(case: Case, tmp_path: Path) -> None:
    shutil.move(case.out / "cat", tmp_path / "cat")
    (case.out / "cat").symlink_to(tmp_path / "cat", target_is_directory=True)
    (tmp_path / "picture.png").write_bytes(case.whole["dog/a0.png"])
    (case.out / "dog" / "a0.png").unlink()
    (case.out / "dog" / "a0.png").symlink_to(tmp_path / "picture.png")
    report = drain(undo(case.out))
    assert len(report.kept) == 10
    assert len(contents(tmp_path / "cat")) == 9
    assert (tmp_path / "picture.png").exists()


def test_a_folder_that_holds_no_export_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "a.png").write_text("mine")
    with pytest.raises(UserError, match="holds no export"):
        drain(undo(tmp_path / "out"))
    assert set(contents(tmp_path)) == {"out/a.png"}
