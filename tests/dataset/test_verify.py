"""What verify finds: every kind of damage, and nothing else."""

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from studio.dataset.exports.export import export
from studio.dataset.exports.manifest import MANIFEST
from studio.dataset.exports.order import ExportOptions
from studio.dataset.exports.verify import Finding, VerifyReport, verify
from studio.dataset.library import open_library
from studio.errors import UserError
from tests.dataset.files import noise
from tests.dataset.interruptions import MIXING, Case
from tests.dataset.trees import contents, drain, write_image


@pytest.fixture
def case(tmp_path: Path) -> Case:
    case = Case(tmp_path)
    case.write(case.out)
    return case


def look(case: Case, *, rerender: bool = False) -> VerifyReport:
    before = contents(case.out)
    report = drain(verify(case.out, rerender=rerender))
    assert contents(case.out) == before
    return report


def change_manifest(case: Case, old: str, new: str) -> None:
    text = (case.out / MANIFEST).read_text()
    assert old in text
    (case.out / MANIFEST).write_text(text.replace(old, new, 1))


@pytest.mark.parametrize("rerender", [False, True])
def test_an_export_as_it_was_written(case: Case, rerender: bool) -> None:
    assert look(case, rerender=rerender) == VerifyReport(18, 18, ())


def test_mixed_images_are_made_again_from_all_their_sources(tmp_path: Path) -> None:
    case = Case(tmp_path, MIXING)
    case.write(case.out)
    assert look(case, rerender=True).findings == ()
    write_image(case.source / "cat" / "a0.png", noise((18, 24, 3), seed=99))
    reasons = {finding.reason for finding in look(case, rerender=True).findings}
    assert "cannot be made again: cat/a0.png is another file than it was" in reasons
    mixed = "cannot be made again: cat/a0.png, which was mixed in, is another file than it was"
    assert mixed in reasons
    (case.source / "cat" / "a0.png").unlink()
    reasons = {finding.reason for finding in look(case, rerender=True).findings}
    assert any("was to be mixed with cat/a0.png" in reason for reason in reasons)


def _shorten(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def _flip_a_bit(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[-20] ^= 1
    path.write_bytes(data)


def _make_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def _make_pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


DAMAGES: dict[str, tuple[Callable[[Path], None], str]] = {
    "gone": (Path.unlink, "is missing"),
    "shorter": (_shorten, "differs from the manifest"),
    "one bit": (_flip_a_bit, "differs from the manifest"),
    "folder": (_make_folder, "differs from the manifest"),
    "pipe": (_make_pipe, "differs from the manifest"),
}


@pytest.mark.parametrize("name", DAMAGES)
def test_damage_is_found(case: Case, name: str) -> None:
    if name == "pipe" and sys.platform == "win32":
        pytest.skip("Windows has no such pipes")
    damage, reason = DAMAGES[name]
    damage(case.out / "dog" / "a1_aug_2.png")
    assert look(case).findings == (Finding("dog/a1_aug_2.png", reason),)


def test_a_link_to_the_same_bytes_is_no_file_of_the_export(case: Case, tmp_path: Path) -> None:
    (case.out / "cat").rename(tmp_path / "cat")
    (case.out / "cat").symlink_to(tmp_path / "cat", target_is_directory=True)
    reasons = {finding.reason for finding in look(case).findings}
    assert reasons == {"is a link, or behind one, instead of the file that was written"}


@pytest.mark.parametrize("name", ["../canary", "/tmp/canary", "cat/../../canary", "cat//a", "."])
def test_names_that_lead_out_are_not_followed(case: Case, name: str) -> None:
    change_manifest(case, '"output":"cat/a0.png"', f'"output":"{name}"')
    assert look(case).findings == (Finding(name, "is a name that leads out of the folder"),)


def test_what_is_made_differently_is_found(case: Case) -> None:
    change_manifest(case, '"op":"rotate","id":"rotate","seed":', '"op":"invert","id":"r","seed":')
    text = (case.out / MANIFEST).read_text()
    start = text.index('"values":{"angle"')
    end = text.index("}", start) + 1
    (case.out / MANIFEST).write_text(f'{text[:start]}"values":{{}}{text[end:]}')
    assert look(case).findings == ()
    assert look(case, rerender=True).findings == (
        Finding("cat/a0_aug_1.png", "is made differently now"),
    )


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"op":"rotate","id"', '"op":"nothing of that name","id"'),
        ('"plan":{', '"plan":{"image":7,'),
        ('"values":{"angle"', '"values":{"angel"'),
        ('"border":"reflect"', '"border":"wall"'),
    ],
)
def test_a_plan_that_nobody_drew_is_a_finding(case: Case, old: str, new: str) -> None:
    change_manifest(case, old, new)
    (finding,) = look(case, rerender=True).findings
    assert finding.reason.startswith("cannot be made again: ")


def test_an_unfinished_export_is_no_sound_one(tmp_path: Path) -> None:
    case = Case(tmp_path)
    case.stop_after(2)
    (finding,) = look(case).findings
    assert finding.output == MANIFEST
    assert "of 18 files: not finished" in finding.reason


def test_lines_that_are_missing_or_damaged_are_found(case: Case) -> None:
    lines = (case.out / MANIFEST).read_bytes().splitlines(keepends=True)
    (case.out / MANIFEST).write_bytes(b"".join([lines[0], b"\0\0\n", *lines[3:]]))
    report = look(case, rerender=True)
    assert [finding.output for finding in report.findings] == [MANIFEST, MANIFEST]
    assert len(report.extra) == 2


def test_other_files_and_versions_are_told_but_no_faults(case: Case) -> None:
    (case.out / "cat" / "notes.txt").write_text("mine")
    change_manifest(case, '"version":"', '"version":"7.')
    change_manifest(case, '"OpenCV":"', '"OpenCV":"7.')
    report = look(case)
    assert report.findings == ()
    assert report.extra == ("cat/notes.txt",)
    assert [note[:40] for note in report.notes] == [
        "was made with Augmentation Studio 7.0.1."[:40],
        report.notes[1][:40],
    ]
    assert report.notes[1].startswith("was made with OpenCV 7.")


@pytest.mark.parametrize("text", [None, "", "junk", "{}\n", '{"program":"x","hash":"md5"}\n'])
def test_a_folder_without_a_manifest_of_ours_is_an_error(tmp_path: Path, text: str | None) -> None:
    if text is not None:
        (tmp_path / MANIFEST).write_text(text)
    with pytest.raises(UserError, match=r"holds no export|no manifest that"):
        drain(verify(tmp_path))


def test_a_source_that_is_gone_is_an_error_only_where_it_is_needed(case: Case) -> None:
    case.source.rename(case.source.with_name("gone"))
    assert look(case).findings == ()
    with pytest.raises(UserError, match="no such"):
        drain(verify(case.out, rerender=True))


def test_closing_midway_ends_the_work(tmp_path: Path) -> None:
    case = Case(tmp_path)
    drain(export(open_library(case.source), case.recipe, case.out, ExportOptions(copies=100)))
    work = verify(case.out, rerender=True)
    assert next(work).done < 600
    work.close()
