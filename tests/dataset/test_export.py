"""What an export leaves on disk: every file whole, named, listed, and possible to make again."""

import multiprocessing
from collections.abc import Generator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import cv2
import numpy as np
import pytest

from studio.augment.engine import apply
from studio.augment.plan import draw
from studio.augment.recipe import Recipe, starting_recipe
from studio.augment.recipe_file import build_recipe
from studio.dataset.exports.export import export
from studio.dataset.exports.manifest import MANIFEST, Entry, Header, read_manifest
from studio.dataset.exports.order import ExportOptions
from studio.dataset.exports.record import ExportReport
from studio.dataset.exports.workers import one_opencv_thread
from studio.dataset.library import Library, open_library
from studio.dataset.reading.image_file import read_image
from studio.errors import UserError
from tests.dataset.files import encode, noise
from tests.dataset.trees import contents, drain, write_classes, write_image

RECIPE = starting_recipe()


def write(
    source: Path, out: Path, options: ExportOptions | None = None, recipe: Recipe = RECIPE
) -> ExportReport:
    return drain(export(open_library(source), recipe, out, options or ExportOptions()))


def manifest(out: Path) -> tuple[Header, list[Entry]]:
    return read_manifest((out / MANIFEST).read_bytes())


def outputs(out: Path) -> set[str]:
    return set(contents(out)) - {MANIFEST}


def assert_listed_and_whole(out: Path) -> list[Entry]:
    entries = manifest(out)[1]
    assert sorted(entry.output for entry in entries) == sorted(outputs(out))
    for entry in entries:
        read_image(out / entry.output)
    return entries


def test_splits_and_classes_are_kept_and_the_sources_untouched(tmp_path: Path) -> None:
    source = tmp_path / "set"
    for split in ("train", "test"):
        write_classes(source / split, each=2)
    before = contents(source)
    options = ExportOptions(copies=3, workers=2, held_out="augment")
    report = write(source, tmp_path / "out", options)
    assert contents(source) == before
    assert outputs(tmp_path / "out") == {
        f"{split}/{name}/a{number}_aug_{variant}.png"
        for split in ("train", "test")
        for name in ("cat", "dog")
        for number in (0, 1)
        for variant in (1, 2, 3)
    }
    assert (report.done, report.total, report.skipped) == (24, 24, ())
    assert report.bytes == sum(len(data) for data in contents(tmp_path / "out").values()) - len(
        (tmp_path / "out" / MANIFEST).read_bytes()
    )


def test_the_manifest_tells_recipe_seed_source_and_every_draw(tmp_path: Path) -> None:
    source = write_classes(tmp_path / "set")
    recipe = build_recipe({"version": 1, "seed": 7, "steps": [{"op": "rotate"}]})
    write(source, tmp_path / "out", ExportOptions(copies=2), recipe)
    header, entries = manifest(tmp_path / "out")
    assert (header.program, header.seed) == ("augmentation-studio", 7)
    assert header.options["copies"] == 2
    assert header.source == str(source)
    assert build_recipe(header.recipe) == recipe
    assert len(entries) == 12
    for entry in entries:
        assert entry.plan == draw(recipe, entry.source, entry.variant)


def test_a_file_can_be_made_again_from_its_line(tmp_path: Path) -> None:
    source = write_classes(tmp_path / "set")
    write(source, tmp_path / "out", ExportOptions(copies=2, format="png"))
    for entry in manifest(tmp_path / "out")[1]:
        assert entry.plan is not None
        again = apply(entry.plan, read_image(source / entry.source))
        assert np.array_equal(again, read_image(tmp_path / "out" / entry.output))


def test_workers_and_executors_change_no_byte(tmp_path: Path) -> None:
    source = write_classes(tmp_path / "set", each=5)
    library = open_library(source)
    options = ExportOptions(copies=18, include_originals=True)
    for workers in (1, 2):
        write(source, tmp_path / f"{workers}", ExportOptions(18, True, workers=workers))
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as processes:
        drain(export(library, RECIPE, tmp_path / "p", options, executor=processes))
    assert contents(tmp_path / "1") == contents(tmp_path / "2")
    assert contents(tmp_path / "1") == contents(tmp_path / "p")


def test_many_small_images_give_the_same_files_from_processes(tmp_path: Path) -> None:
    source = tmp_path / "set"
    for number in range(50):
        write_image(source / f"{number:02}.png", noise((5, 6, 3), seed=number))
    for workers in (1, 2):
        write(source, tmp_path / f"{workers}", ExportOptions(copies=80, workers=workers))
    assert contents(tmp_path / "1") == contents(tmp_path / "2")
    assert len(outputs(tmp_path / "2")) == 4000


def test_another_seed_makes_other_files(tmp_path: Path) -> None:
    source = write_classes(tmp_path / "set")
    write(source, tmp_path / "a")
    write(source, tmp_path / "b", recipe=build_recipe({"version": 1, "seed": 1, "steps": []}))
    assert contents(tmp_path / "a") != contents(tmp_path / "b")


def test_one_stem_with_two_suffixes(tmp_path: Path) -> None:
    write_image(tmp_path / "set" / "a.jpg")
    write_image(tmp_path / "set" / "a.png")
    write(tmp_path / "set", tmp_path / "out", ExportOptions(copies=2, format="png"))
    names = {"a_aug_1.png", "a_aug_2.png", "a_png_aug_1.png", "a_png_aug_2.png"}
    assert outputs(tmp_path / "out") == names
    assert_listed_and_whole(tmp_path / "out")


def test_originals_are_copied_byte_by_byte(tmp_path: Path) -> None:
    source = write_classes(tmp_path / "set")
    options = ExportOptions(copies=1, include_originals=True, format="jpg")
    report = write(source, tmp_path / "out", options)
    written = contents(tmp_path / "out")
    assert report.done == report.total == 12
    for name, data in contents(source).items():
        assert written[name] == data
    originals = [entry for entry in manifest(tmp_path / "out")[1] if entry.variant == 0]
    assert {entry.output for entry in originals} == set(contents(source))
    assert all(entry.plan is None for entry in originals)


def test_an_unreadable_file_is_skipped_and_reported(tmp_path: Path) -> None:
    source = write_classes(tmp_path / "set")
    (source / "cat" / "a1.png").write_bytes((source / "cat" / "a0.png").read_bytes()[:200])
    (source / "cat" / "text.jpg").write_text("no picture")
    report = write(source, tmp_path / "out", ExportOptions(copies=20, include_originals=True))
    assert [problem.key for problem in report.skipped] == ["cat/a1.png", "cat/text.jpg"]
    assert all(problem.reason for problem in report.skipped)
    assert report.done == report.total == 5 * 21
    assert_listed_and_whole(tmp_path / "out")


def test_an_image_that_goes_away_meanwhile_is_skipped(tmp_path: Path) -> None:
    library = open_library(write_classes(tmp_path / "set"))
    (tmp_path / "set" / "dog" / "a2.png").unlink()
    report = drain(export(library, RECIPE, tmp_path / "out", ExportOptions()))
    assert [problem.key for problem in report.skipped] == ["dog/a2.png"]


def running(source: Path, out: Path) -> Generator[ExportReport, None, ExportReport]:
    return export(open_library(source), RECIPE, out, ExportOptions(copies=40, workers=2))


def test_closing_midway_leaves_whole_files_that_are_all_listed(tmp_path: Path) -> None:
    source = write_classes(tmp_path / "set", each=20)
    steps = running(source, tmp_path / "out")
    report = [next(steps) for _ in range(3)][-1]
    assert report.latest is not None
    assert report.latest.exists()
    steps.close()
    entries = assert_listed_and_whole(tmp_path / "out")
    assert report.done <= len(entries) < report.total == 1600


def test_an_export_that_was_never_begun_writes_nothing(tmp_path: Path) -> None:
    running(write_classes(tmp_path / "set"), tmp_path / "out").close()
    assert not (tmp_path / "out").exists()


def test_a_target_that_stops_taking_files_keeps_and_lists_what_is_there(tmp_path: Path) -> None:
    source = write_classes(tmp_path / "set", each=20)
    out = tmp_path / "out"
    steps = running(source, out)
    next(steps)
    # No folder of the second class can be made any more.
    (out / "dog").write_bytes(b"")
    with pytest.raises(UserError, match="cannot be written") as caught:
        list(steps)
    (out / "dog").unlink()
    entries = assert_listed_and_whole(out)
    assert f"{len(entries)} of 1,600 files" in caught.value.hint


def test_an_unwritable_target_is_an_error_and_writes_nothing(tmp_path: Path) -> None:
    source = write_classes(tmp_path / "set")
    (tmp_path / "file").touch()
    with pytest.raises(UserError, match="cannot be written") as caught:
        write(source, tmp_path / "file" / "out")
    assert caught.value.hint == "Choose a folder elsewhere."


@pytest.mark.parametrize("place", ["set", "set/new", ".", "link", "link/new", "link/cat/new"])
def test_a_target_that_overlaps_the_source_is_refused(tmp_path: Path, place: str) -> None:
    source = write_classes(tmp_path / "set")
    (tmp_path / "link").symlink_to(source, target_is_directory=True)
    before = contents(tmp_path)
    with pytest.raises(UserError):
        write(source, tmp_path / place)
    assert contents(tmp_path) == before


def test_a_target_inside_a_linked_class_folder_is_refused(tmp_path: Path) -> None:
    write_classes(tmp_path / "elsewhere")
    (tmp_path / "set").mkdir()
    link = tmp_path / "set" / "linked"
    link.symlink_to(tmp_path / "elsewhere", target_is_directory=True)
    with pytest.raises(UserError, match="inside the data set"):
        write(tmp_path / "set", tmp_path / "elsewhere" / "new")


@pytest.mark.parametrize(
    "options",
    [
        ExportOptions(copies=0),
        ExportOptions(copies=101),
        ExportOptions(quality=0),
        ExportOptions(format="gif"),
        ExportOptions(workers=0),
        ExportOptions(classes=("bird",)),
        ExportOptions(splits=("train",)),
    ],
)
def test_a_bad_option_is_an_error_and_writes_nothing(
    tmp_path: Path, options: ExportOptions
) -> None:
    source = write_classes(tmp_path / "set")
    with pytest.raises(UserError):
        write(source, tmp_path / "out", options)
    assert not (tmp_path / "out").exists()


def test_only_the_chosen_classes_are_taken_and_names_do_not_depend_on_the_choice(
    tmp_path: Path,
) -> None:
    source = write_classes(tmp_path / "set")
    write(source, tmp_path / "all")
    write(source, tmp_path / "some", ExportOptions(classes=("dog",)))
    everything, some = contents(tmp_path / "all"), contents(tmp_path / "some")
    dogs = {name: data for name, data in everything.items() if name.startswith("dog/")}
    assert {name: some[name] for name in outputs(tmp_path / "some")} == dogs


def test_16_bit_and_alpha_are_kept(tmp_path: Path) -> None:
    deep, clear = noise((9, 14), "uint16"), noise((9, 14, 4))
    write_image(tmp_path / "set" / "deep.png", deep)
    write_image(tmp_path / "set" / "deep.tif", deep)
    write_image(tmp_path / "set" / "clear.png", clear)
    write_image(tmp_path / "set" / "clear.webp", clear)
    write(tmp_path / "set", tmp_path / "out", ExportOptions(copies=1))
    for entry in assert_listed_and_whole(tmp_path / "out"):
        image = read_image(tmp_path / "out" / entry.output)
        wanted = deep if entry.source.startswith("deep") else clear
        assert (image.dtype, image.shape) == (wanted.dtype, wanted.shape)


def test_16_bit_and_alpha_become_what_jpeg_can_hold(tmp_path: Path) -> None:
    write_image(tmp_path / "set" / "deep.png", np.full((9, 14), 0x8080, np.uint16))
    write_image(tmp_path / "set" / "clear.png", np.zeros((9, 14, 4), np.uint8))
    nothing = build_recipe({"version": 1, "steps": []})
    options = ExportOptions(copies=1, format="jpg")
    write(tmp_path / "set", tmp_path / "out", options, nothing)
    deep = read_image(tmp_path / "out" / "deep_aug_1.jpg")
    clear = read_image(tmp_path / "out" / "clear_aug_1.jpg")
    assert deep.dtype == np.uint8
    assert deep[0, 0] == 0x80
    assert clear.min() == 255


@pytest.mark.parametrize(
    ("format", "suffix", "start"),
    [("jpg", "jpg", b"\xff\xd8"), ("png", "png", b"\x89PNG"), ("webp", "webp", b"RIFF")],
)
def test_the_format_is_the_one_that_was_asked_for(
    tmp_path: Path, format: str, suffix: str, start: bytes
) -> None:
    write_image(tmp_path / "set" / "a.bmp")
    write(tmp_path / "set", tmp_path / "out", ExportOptions(copies=1, format=format))
    assert (tmp_path / "out" / f"a_aug_1.{suffix}").read_bytes().startswith(start)


@pytest.mark.parametrize(
    ("name", "copy"),
    [("a.JPEG", "a_aug_1.jpg"), ("a.bmp", "a_aug_1.bmp"), ("a.tif", "a_aug_1.tiff")],
)
def test_the_same_format_as_the_source(tmp_path: Path, name: str, copy: str) -> None:
    write_image(tmp_path / "set" / name)
    write(tmp_path / "set", tmp_path / "out", ExportOptions(copies=1))
    assert outputs(tmp_path / "out") == {copy}
    assert_listed_and_whole(tmp_path / "out")


def test_a_gif_becomes_png(tmp_path: Path) -> None:
    (tmp_path / "set").mkdir()
    (tmp_path / "set" / "a.gif").write_bytes(encode(noise((9, 14, 3)), ".gif"))
    write(tmp_path / "set", tmp_path / "out", ExportOptions(copies=1))
    assert outputs(tmp_path / "out") == {"a_aug_1.png"}


def test_a_lower_quality_makes_smaller_files(tmp_path: Path) -> None:
    write_image(tmp_path / "set" / "a.jpg", noise((60, 80, 3)))
    library = open_library(tmp_path / "set")
    sizes = [
        drain(export(library, RECIPE, tmp_path / f"{quality}", ExportOptions(quality=quality)))
        for quality in (50, 95)
    ]
    assert sizes[0].bytes < sizes[1].bytes


def test_names_of_any_language_and_length(tmp_path: Path) -> None:
    write_image(tmp_path / "Füchse 狐" / "schöner Fuchs.png")
    write_image(tmp_path / "Füchse 狐" / f"{'x' * 251}.png")
    report = write(tmp_path, tmp_path.with_name(f"{tmp_path.name}-out"))
    assert report.skipped == ()
    assert_listed_and_whole(tmp_path.with_name(f"{tmp_path.name}-out"))


def test_progress_ends_with_everything_and_opencv_gets_its_threads_back(tmp_path: Path) -> None:
    library: Library = open_library(write_classes(tmp_path / "set"))
    threads = cv2.getNumThreads()
    reports = list(export(library, RECIPE, tmp_path / "out", ExportOptions()))
    assert [report.done for report in reports] == [4, 8, 12, 16, 20, 24]
    assert reports[-1].seconds_left == 0
    assert cv2.getNumThreads() == threads


def test_opencv_gets_its_threads_back_after_overlapping_uses() -> None:
    before = cv2.getNumThreads()
    cv2.setNumThreads(2)
    try:
        first, second = one_opencv_thread(), one_opencv_thread()
        first.__enter__()
        second.__enter__()
        first.__exit__(None, None, None)
        assert cv2.getNumThreads() == 1
        second.__exit__(None, None, None)
        assert cv2.getNumThreads() == 2
    finally:
        cv2.setNumThreads(before)
