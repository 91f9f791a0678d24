"""Balanced classes end with the same number of files, to the file."""

from collections import Counter
from pathlib import Path

import pytest

from studio.augment.recipe import starting_recipe
from studio.dataset.exports.estimate import estimate
from studio.dataset.exports.export import export
from studio.dataset.exports.manifest import MANIFEST, read_manifest
from studio.dataset.exports.options import ExportOptions
from studio.dataset.exports.order import select_images
from studio.dataset.exports.sharing import share_out
from studio.dataset.library import ImageRef, Library, open_library
from studio.dataset.store import FolderStore
from studio.errors import UserError
from tests.dataset.files import noise
from tests.dataset.trees import contents, drain, write_image

RECIPE = starting_recipe()


def write_set(root: Path, sizes: dict[str, int]) -> Library:
    """Write so many pictures into each folder."""
    for folder, count in sizes.items():
        for number in range(count):
            write_image(root / folder / f"{number}.png")
    return open_library(root)


def count_folders(out: Path) -> dict[str, int]:
    paths = set(contents(out)) - {MANIFEST}
    return Counter(path.rpartition("/")[0] for path in paths)


@pytest.mark.parametrize("include_originals", [False, True])
def test_every_class_gets_the_same_number_of_files(tmp_path: Path, include_originals: bool) -> None:
    library = write_set(tmp_path / "set", {"cat": 7, "dog": 5, "eel": 1})
    options = ExportOptions(copies=3, include_originals=include_originals, balance=True)
    told = drain(estimate(library, RECIPE, options))
    report = drain(export(library, RECIPE, tmp_path / "out", options))
    each = 7 * (3 + include_originals)
    assert count_folders(tmp_path / "out") == {"cat": each, "dog": each, "eel": each}
    assert told.files == report.total == report.done == 3 * each
    assert told.each_class == {"": each}


def test_the_copies_are_spread_evenly_and_the_first_get_the_rest(tmp_path: Path) -> None:
    library = write_set(tmp_path / "set", {"cat": 7, "dog": 5})
    options = ExportOptions(copies=3, balance=True)
    drain(export(library, RECIPE, tmp_path / "out", options))
    entries = read_manifest((tmp_path / "out" / MANIFEST).read_bytes())[1]
    copies = Counter(entry.source for entry in entries)
    assert [copies[f"dog/{number}.png"] for number in range(5)] == [5, 4, 4, 4, 4]
    assert [copies[f"cat/{number}.png"] for number in range(7)] == [3] * 7
    assert len({(entry.source, entry.variant) for entry in entries}) == 42


def test_each_split_is_balanced_by_itself_and_test_images_are_copied(tmp_path: Path) -> None:
    sizes = {"train/cat": 4, "train/dog": 1, "test/cat": 3, "test/dog": 2}
    library = write_set(tmp_path / "set", sizes)
    options = ExportOptions(copies=2, balance=True)
    drain(export(library, RECIPE, tmp_path / "out", options))
    counts = count_folders(tmp_path / "out")
    assert counts == {"train/cat": 8, "train/dog": 8, "test/cat": 3, "test/dog": 2}
    options = ExportOptions(copies=2, balance=True, held_out="augment")
    told = drain(estimate(library, RECIPE, options))
    drain(export(library, RECIPE, tmp_path / "all", options))
    counts = count_folders(tmp_path / "all")
    assert counts == {"train/cat": 8, "train/dog": 8, "test/cat": 6, "test/dog": 6}
    assert told.each_class == {"train": 8, "test": 6}


def test_only_the_chosen_classes_count(tmp_path: Path) -> None:
    library = write_set(tmp_path / "set", {"cat": 6, "dog": 3, "eel": 2})
    options = ExportOptions(copies=1, balance=True, classes=("dog", "eel"))
    drain(export(library, RECIPE, tmp_path / "out", options))
    assert count_folders(tmp_path / "out") == {"dog": 3, "eel": 3}


def test_images_in_no_class_keep_to_the_number_of_copies(tmp_path: Path) -> None:
    library = write_set(tmp_path / "set", {"": 9, "cat": 2, "dog": 1})
    options = ExportOptions(copies=2, balance=True)
    drain(export(library, RECIPE, tmp_path / "out", options))
    assert count_folders(tmp_path / "out") == {"": 18, "cat": 4, "dog": 4}


def test_a_class_falls_short_by_what_cannot_be_read(tmp_path: Path) -> None:
    library = write_set(tmp_path / "set", {"cat": 4, "dog": 2})
    (tmp_path / "set/dog/1.png").write_bytes(b"no image")
    report = drain(export(library, RECIPE, tmp_path / "out", ExportOptions(copies=2, balance=True)))
    assert count_folders(tmp_path / "out") == {"cat": 8, "dog": 4}
    assert [problem.key for problem in report.skipped] == ["dog/1.png"]


def test_a_dry_run_counts_the_bytes_of_the_copies_that_there_will_be(tmp_path: Path) -> None:
    for number in range(30):
        write_image(tmp_path / "set/cat" / f"{number}.png")
    for number in range(3):
        write_image(tmp_path / "set/dog" / f"{number}.png", noise((90, 120, 3), seed=number))
    library = open_library(tmp_path / "set")
    options = ExportOptions(copies=2, include_originals=True, balance=True)
    told = drain(estimate(library, RECIPE, options))
    report = drain(export(library, RECIPE, tmp_path / "out", options))
    assert told.files == report.done
    assert told.bytes == pytest.approx(report.bytes, rel=0.3)


def make_library(**sizes: int) -> Library:
    images = (
        ImageRef(f"{name}/{number:06}.png", "", name)
        for name, count in sorted(sizes.items())
        for number in range(count)
    )
    return Library(FolderStore(Path("nowhere")), tuple(images), ())


def test_a_class_that_is_far_too_small_is_named_with_the_way_out() -> None:
    library = make_library(common=5001, middling=400, rare=2)
    options = ExportOptions(copies=4, balance=True)
    with pytest.raises(UserError, match=r"'rare' would need 10,002 copies.*'common'") as caught:
        select_images(library, options)
    assert "fewer copies" in caught.value.hint
    images = select_images(library, ExportOptions(copies=4, balance=True, classes=("rare",)))
    assert [share.copies for share in share_out(images, options)] == [4, 4]


def test_a_thousand_copies_of_an_image_are_the_most() -> None:
    library = make_library(common=1000, rare=1)
    images = select_images(library, ExportOptions(copies=1, balance=True))
    shares = share_out(images, ExportOptions(copies=1, balance=True))
    assert max(share.copies for share in shares) == 1000
    with pytest.raises(UserError, match="1,001 copies"):
        select_images(make_library(common=1001, rare=1), ExportOptions(copies=1, balance=True))


def test_an_image_with_many_copies_has_them_all(tmp_path: Path) -> None:
    library = write_set(tmp_path / "set", {"cat": 30, "dog": 1})
    options = ExportOptions(copies=4, balance=True)
    drain(export(library, RECIPE, tmp_path / "out", options))
    dogs = {path for path in contents(tmp_path / "out") if path.startswith("dog/")}
    assert dogs == {f"dog/0_aug_{number}.png" for number in range(1, 121)}
