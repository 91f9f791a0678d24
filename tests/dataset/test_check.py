"""Looks into files find what is damaged, and say what the loader would say."""

from pathlib import Path

from PIL import Image

from studio.dataset.check import CheckReport, Verdict, check_changed, check_files, check_headers
from studio.dataset.library import Library, Problem, open_library
from studio.dataset.reading.image_file import ImageError
from tests.dataset.trees import write_classes, write_image


def verdicts_of(reports: list[CheckReport]) -> dict[str, Verdict]:
    return {verdict.key: verdict for report in reports for verdict in report.verdicts}


def reason_of(library: Library, key: str) -> str:
    try:
        library.store.read(key)
    except ImageError as error:
        return error.reason
    return ""


def cut(path: Path) -> None:
    data = path.read_bytes()
    path.write_bytes(data[: len(data) * 2 // 3])


def damage(root: Path) -> list[str]:
    """Spoil some files of the two classes, and return their keys."""
    cut(root / "cat/a0.png")
    (root / "cat/a1.png").write_bytes(b"")
    (root / "dog/a2.png").write_bytes(b"%PDF-1.7 nothing else")
    return ["cat/a0.png", "cat/a1.png", "dog/a2.png"]


def test_every_file_gets_the_verdict_of_the_loader(tmp_path: Path) -> None:
    library = open_library(write_classes(tmp_path))
    bad = damage(tmp_path)
    reports = list(check_files(library))
    verdicts = verdicts_of(reports)
    assert list(verdicts) == [image.key for image in library.images]
    assert [key for key, verdict in verdicts.items() if verdict.reason] == bad
    assert all(verdict.reason == reason_of(library, key) for key, verdict in verdicts.items())
    assert (reports[-1].done, reports[-1].total) == (6, 6)
    problems = [problem for report in reports for problem in report.problems]
    assert problems == [Problem(key, verdicts[key].reason) for key in bad]


def test_headers_tell_what_is_no_image_but_not_what_is_cut_short(tmp_path: Path) -> None:
    library = open_library(write_classes(tmp_path))
    _, *bad = damage(tmp_path)
    verdicts = verdicts_of(list(check_headers(library)))
    assert list(verdicts) == bad
    assert all(verdict.reason == reason_of(library, key) for key, verdict in verdicts.items())
    assert not any(verdict.is_whole for verdict in verdicts.values())


def test_a_file_that_is_gone_says_so(tmp_path: Path) -> None:
    library = open_library(write_classes(tmp_path))
    (tmp_path / "cat/a0.png").unlink()
    for check in (check_headers, check_files):
        verdict = verdicts_of(list(check(library)))["cat/a0.png"]
        assert (verdict.reason, verdict.stamp) == ("no longer exists", None)


def test_notices_come_from_headers_and_from_whole_files_alike(tmp_path: Path) -> None:
    frames = [Image.new("RGB", (8, 8), colour) for colour in ("red", "blue", "green")]
    frames[0].save(tmp_path / "moving.gif", save_all=True, append_images=frames[1:])
    write_image(tmp_path / "still.png")
    library = open_library(tmp_path)
    headers, files = (verdicts_of(list(check(library))) for check in (check_headers, check_files))
    assert list(headers) == ["moving.gif"]
    assert headers["moving.gif"].notices == files["moving.gif"].notices
    assert headers["moving.gif"].notices == library.store.read("moving.gif").notices != ()
    assert files["still.png"].notices == ()


def test_only_files_that_changed_are_looked_at_again(tmp_path: Path) -> None:
    library = open_library(write_classes(tmp_path))
    bad = damage(tmp_path)
    known = {key: each.stamp for key, each in verdicts_of(list(check_files(library))).items()}
    assert verdicts_of(list(check_changed(library.store, known))) == {}
    write_image(tmp_path / bad[0])
    (tmp_path / "dog/a0.png").unlink()
    changed = verdicts_of(list(check_changed(library.store, known)))
    assert {key: each.reason for key, each in changed.items()} == {
        bad[0]: "",
        "dog/a0.png": "no longer exists",
    }
    known |= {key: each.stamp for key, each in changed.items()}
    assert verdicts_of(list(check_changed(library.store, known))) == {}
    write_image(tmp_path / "dog/a0.png")
    assert verdicts_of(list(check_changed(library.store, known)))["dog/a0.png"].reason == ""
