"""A resumed export ends as an uninterrupted one, and nothing of another one is mixed in."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from studio.augment.recipe_file import build_recipe
from studio.dataset.exports.export import export
from studio.dataset.exports.lock import LOCK
from studio.dataset.exports.manifest import MANIFEST
from studio.dataset.exports.order import ExportOptions
from studio.dataset.exports.resume import find_unfinished
from studio.dataset.library import open_library
from studio.errors import UserError
from tests.dataset.files import noise
from tests.dataset.interruptions import MIXING, Case
from tests.dataset.trees import contents, write_image


@pytest.fixture
def case(tmp_path: Path) -> Case:
    return Case(tmp_path)


@pytest.mark.parametrize("reports", range(1, 7))
def test_a_stopped_export_goes_on_where_it_stopped(case: Case, reports: int) -> None:
    case.stop_after(reports)
    assert LOCK not in contents(case.out)
    left = find_unfinished(case.out)
    assert left is not None
    assert left.total == 18
    written = {name: (case.out / name).stat().st_mtime_ns for name in contents(case.out)}
    report = case.resume()
    assert (report.kept, report.done, report.total) == (left.written, 18, 18)
    case.assert_same()
    for name, time in written.items():
        assert name == MANIFEST or (case.out / name).stat().st_mtime_ns == time


def test_nothing_is_written_to_an_export_that_is_finished(case: Case) -> None:
    case.write(case.out)
    before = {path: path.stat().st_mtime_ns for path in case.out.rglob("*")}
    report = case.resume()
    assert (report.kept, report.done, report.total) == (18, 18, 18)
    assert {path: path.stat().st_mtime_ns for path in case.out.rglob("*")} == before
    case.assert_same()


LINES = st.lists(st.integers(0, 17), max_size=6, unique=True)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(emptied=LINES, cut=LINES, gone=LINES, swapped=LINES, keep=st.floats(0, 1), tail=st.binary())
def test_what_a_power_cut_took_is_made_again(
    tmp_path_factory: pytest.TempPathFactory,
    emptied: list[int],
    cut: list[int],
    gone: list[int],
    swapped: list[int],
    keep: float,
    tail: bytes,
) -> None:
    case = power_cut_case(tmp_path_factory)
    shutil.rmtree(case.out, ignore_errors=True)
    case.write(case.out)
    files = sorted(name for name in case.whole if name != MANIFEST)
    for number in swapped:
        (case.out / files[number]).write_bytes(case.whole[files[number - 1]])
    for number in cut:
        (case.out / files[number]).write_bytes(case.whole[files[number]][:-7])
    for number in emptied:
        (case.out / files[number]).write_bytes(b"")
    for number in gone:
        (case.out / files[number]).unlink()
    data = case.whole[MANIFEST]
    header = data.index(b"\n") + 1
    (case.out / MANIFEST).write_bytes(data[: header + int(keep * (len(data) - header))] + tail)
    (case.out / "cat" / ".augstudio-12ab.tmp").write_bytes(b"half a pict")
    (case.out / ".augstudio.lock").write_text("1 elsewhere")
    case.resume()
    case.assert_same()


_CASES: list[Case] = []


def power_cut_case(factory: pytest.TempPathFactory) -> Case:
    """Return one case for all examples: the whole export is always the same."""
    if not _CASES:
        _CASES.append(Case(factory.mktemp("power-cut")))
    return _CASES[0]


def test_lines_that_went_are_put_back_in_their_places(case: Case) -> None:
    case.write(case.out)
    lines = case.whole[MANIFEST].splitlines(keepends=True)
    (case.out / MANIFEST).write_bytes(b"".join([lines[0], *lines[9:12], b"{}\n", *lines[3:5]]))
    case.resume()
    case.assert_same()


def test_mixed_images_are_the_same_after_a_stop(tmp_path: Path) -> None:
    case = Case(tmp_path, MIXING)
    case.stop_after(3)
    case.resume()
    case.assert_same()


def test_files_without_lines_of_an_image_that_broke_do_not_stay(case: Case) -> None:
    case.write(case.out)
    (case.out / MANIFEST).write_bytes(case.whole[MANIFEST].splitlines(keepends=True)[0])
    (case.source / "dog" / "a1.png").write_text("no picture")
    report = case.resume()
    assert [problem.key for problem in report.skipped] == ["dog/a1.png"]
    assert report.done == report.total == 15
    assert not [name for name in contents(case.out) if name.startswith("dog/a1")]


def test_skipped_images_are_tried_again(tmp_path: Path) -> None:
    case = Case(tmp_path)
    image = case.source / "cat" / "a1.png"
    data = image.read_bytes()
    image.write_text("no picture")
    report = case.write(case.out)
    assert report.skipped[0].key == "cat/a1.png"
    assert find_unfinished(case.out) is None
    image.write_bytes(data)
    assert case.resume().skipped == ()
    case.assert_same()


def _change_manifest(old: str, new: str) -> Callable[[Case], None]:
    def change(case: Case) -> None:
        text = (case.out / MANIFEST).read_text()
        assert old in text
        (case.out / MANIFEST).write_text(text.replace(old, new, 1))

    return change


def _options(**changes: object) -> Callable[[Case], None]:
    def change(case: Case) -> None:
        case.options = replace(case.options, **changes)

    return change


def _recipe(**rotate: object) -> Callable[[Case], None]:
    def change(case: Case) -> None:
        steps = [{"op": "rotate", **rotate}, {"op": "scale"}]
        case.recipe = build_recipe({"version": 1, "seed": 5, "steps": steps})

    return change


def _seed(case: Case) -> None:
    case.recipe = replace(case.recipe, seed=6)


def _steps(case: Case) -> None:
    case.recipe = case.recipe.with_added("invert")


def _move(case: Case) -> None:
    shutil.copytree(case.source, case.source.with_name("moved"))
    case.source = case.source.with_name("moved")


def _add(case: Case) -> None:
    write_image(case.source / "cat" / "new.png")


def _remove(case: Case) -> None:
    (case.source / "dog" / "a2.png").unlink()


def _replace(case: Case) -> None:
    write_image(case.source / "cat" / "a0.png", noise((18, 24, 3), seed=99))


def _break(case: Case) -> None:
    (case.source / "cat" / "a0.png").write_text("no picture")


CHANGES: dict[str, tuple[Callable[[Case], None], str]] = {
    "recipe": (_recipe(params={"angle": [0, 9]}), "recipe.steps[0].params.angle was [-"),
    "probability": (_recipe(probability=0.5), "recipe.steps[0].probability was"),
    "steps": (_steps, 'was ["rotate", "scale"] and is ["rotate", "scale", "invert"]'),
    "seed": (_seed, "recipe.seed was 5 and is 6"),
    "copies": (_options(copies=3), "copies was 2 and is 3"),
    "originals": (_options(include_originals=False), "include_originals was true and is false"),
    "format": (_options(format="webp"), "format was same and is webp"),
    "quality": (_options(quality=80), "quality was 95 and is 80"),
    "classes": (_options(classes=("cat",)), 'classes was not set and is ["cat"]'),
    "held out": (_options(held_out="omit"), "held_out was copy and is omit"),
    "balance": (_options(balance=True), "balance was false and is true"),
    "source": (_move, "source was "),
    "added image": (_add, "cat/new.png was added"),
    "removed image": (_remove, "dog/a2.png was removed"),
    "other bytes": (_replace, "cat/a0.png is another file than when copies were made of it"),
    "broken image": (_break, "cat/a0.png is another file"),
    "version": (_change_manifest('"version":"', '"version":"7.'), "version was 7.0.1.0 and is"),
    "OpenCV": (_change_manifest('"OpenCV":"', '"OpenCV":"7.'), "libraries.OpenCV was 7."),
    "pixels": (_change_manifest('"max_pixels":2', '"max_pixels":3'), "max_pixels was 3"),
    "name": (_change_manifest("cat/a0_aug_1.png", "cat/b_aug_1.png"), "cat/b_aug_1.png"),
    "class": (_change_manifest('"cat"],', '"tom"],'), "cat/a0.png has another split or class"),
}


@pytest.mark.parametrize("name", CHANGES)
def test_what_has_changed_is_named_and_refused(case: Case, name: str) -> None:
    case.stop_after(3)
    change, words = CHANGES[name]
    change(case)
    before = contents(case.out)
    with pytest.raises(UserError, match="cannot be resumed") as caught:
        case.resume()
    assert words in caught.value.message
    assert "new folder" in caught.value.hint
    assert contents(case.out) == before


def test_a_partner_that_has_changed_is_named(tmp_path: Path) -> None:
    case = Case(tmp_path, MIXING, ExportOptions(copies=40))
    work = export(open_library(case.source), MIXING, case.out, case.options)
    next(work)
    work.close()
    last = case.source / "dog" / "a2.png"
    write_image(last, noise((18, 24, 3), seed=99))
    with pytest.raises(UserError, match=r"dog/a2\.png is another file"):
        case.resume()


def test_a_source_reached_by_another_path_is_the_same(case: Case) -> None:
    case.stop_after(3)
    case.source.with_name("link").symlink_to(case.source, target_is_directory=True)
    case.source = case.source.with_name("link")
    case.resume()
    case.assert_same()


def test_a_folder_that_became_a_link_is_not_followed(case: Case, tmp_path: Path) -> None:
    case.stop_after(3)
    (case.out / "cat").rename(tmp_path / "elsewhere")
    (case.out / "cat").symlink_to(tmp_path / "elsewhere", target_is_directory=True)
    with pytest.raises(UserError, match="is a link"):
        case.resume()


@pytest.mark.parametrize("text", ["", "{}", "junk\n", '{"program":"another"}\n'])
def test_what_is_no_export_cannot_be_resumed(case: Case, text: str) -> None:
    with pytest.raises(UserError, match="holds no export"):
        case.resume()
    assert not case.out.exists()
    case.out.mkdir()
    (case.out / MANIFEST).write_text(text)
    assert find_unfinished(case.out) is None
    with pytest.raises(UserError, match="no manifest that this program can read"):
        case.resume()


def test_a_new_export_over_an_interrupted_one_is_refused_with_the_way_out(case: Case) -> None:
    case.stop_after(3)
    left = find_unfinished(case.out)
    assert left is not None
    with pytest.raises(UserError, match=f"interrupted: {left.written} of 18 files") as caught:
        case.write(case.out)
    assert "Resume it" in caught.value.hint


def test_chosen_classes_are_no_change(tmp_path: Path) -> None:
    case = Case(tmp_path, options=ExportOptions(classes=("cat", "dog"), splits=("",)))
    case.stop_after(2)
    case.resume()
    case.assert_same()


def test_only_another_number_of_workers_is_no_change(case: Case) -> None:
    case.stop_after(2)
    case.options = replace(case.options, workers=1)
    case.resume()
    case.assert_same()
