"""Only images for training are multiplied, unless it is asked for; splits stay apart."""

from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.augment.recipe import starting_recipe
from studio.augment.recipe_file import build_recipe
from studio.dataset.exports.estimate import estimate
from studio.dataset.exports.export import export
from studio.dataset.exports.manifest import MANIFEST, read_manifest
from studio.dataset.exports.options import HELD_OUT, ExportOptions
from studio.dataset.exports.order import make_items, select_images
from studio.dataset.exports.sharing import count_by_class, count_files, share_out
from studio.dataset.library import ImageRef, Library, open_library
from studio.dataset.store import FolderStore
from studio.errors import UserError
from tests.dataset.files import noise
from tests.dataset.trees import contents, drain, write_classes, write_image

RECIPE = starting_recipe()


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """Three splits of two classes with two images each."""
    for split in ("train", "valid", "test"):
        write_classes(tmp_path / "set" / split, each=2)
    return tmp_path / "set"


def write(source: Path, out: Path, options: ExportOptions) -> dict[str, bytes]:
    """Export, check that all counts agree, and return the files."""
    library = open_library(source)
    told = drain(estimate(library, RECIPE, options))
    report = drain(export(library, RECIPE, out, options))
    made = contents(out)
    del made[MANIFEST]
    assert told.files == report.total == report.done == len(made)
    return made


def count_splits(made: dict[str, bytes]) -> dict[str, int]:
    return Counter(path.partition("/")[0] for path in made)


def test_validation_and_test_images_are_copied_as_they_are(source: Path, tmp_path: Path) -> None:
    made = write(source, tmp_path / "out", ExportOptions(copies=3, format="jpg"))
    assert count_splits(made) == {"train": 12, "valid": 4, "test": 4}
    assert all("_aug_" in path for path in made if path.startswith("train/"))
    for path, data in contents(source).items():
        assert (path in made) == (not path.startswith("train/"))
        assert made.get(path, data) == data
    entries = read_manifest((tmp_path / "out" / MANIFEST).read_bytes())[1]
    copied = [entry for entry in entries if not entry.output.startswith("train/")]
    assert len(copied) == 8
    for entry in copied:
        assert (entry.variant, entry.plan, entry.output) == (0, None, entry.source)


def test_they_can_be_left_out(source: Path, tmp_path: Path) -> None:
    options = ExportOptions(copies=3, include_originals=True, held_out="omit")
    assert count_splits(write(source, tmp_path / "out", options)) == {"train": 16}


def test_they_can_be_augmented_too(source: Path, tmp_path: Path) -> None:
    made = write(source, tmp_path / "out", ExportOptions(copies=3, held_out="augment"))
    assert count_splits(made) == {"train": 12, "valid": 12, "test": 12}


def test_originals_are_included_of_what_is_multiplied_only(source: Path, tmp_path: Path) -> None:
    for held_out in ("copy", "augment"):
        options = ExportOptions(copies=2, include_originals=True, held_out=held_out)
        made = write(source, tmp_path / held_out, options)
        each = 4 if held_out == "copy" else 12
        assert count_splits(made) == {"train": 12, "valid": each, "test": each}


def test_images_without_a_split_are_multiplied(source: Path, tmp_path: Path) -> None:
    write_classes(source / "more", each=1)
    made = write(source, tmp_path / "out", ExportOptions(copies=3))
    assert count_splits(made) == {"train": 12, "valid": 4, "test": 4, "more": 6}


@pytest.mark.parametrize(("held_out", "said"), [("copy", "only copied"), ("omit", "left out")])
def test_that_nothing_would_be_augmented_is_said(
    source: Path, tmp_path: Path, held_out: str, said: str
) -> None:
    options = ExportOptions(splits=("valid", "test"), held_out=held_out)
    with pytest.raises(UserError, match=f"nothing to augment.*{said}") as caught:
        write(source, tmp_path / "out", options)
    assert "held-out: augment" in caught.value.hint
    assert not (tmp_path / "out").exists()


def test_an_unknown_choice_is_refused(source: Path, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="held-out: must be one of copy, omit, augment"):
        write(source, tmp_path / "out", ExportOptions(held_out="drop"))


def test_an_unreadable_test_image_is_told_and_not_copied(source: Path, tmp_path: Path) -> None:
    (source / "test/cat/a0.png").write_bytes(b"no image")
    report = drain(export(open_library(source), RECIPE, tmp_path / "out", ExportOptions()))
    assert [problem.key for problem in report.skipped] == ["test/cat/a0.png"]
    assert report.done == report.total == 16 + 4 + 3


def test_nothing_is_mixed_in_from_another_split(source: Path, tmp_path: Path) -> None:
    recipe = build_recipe({"version": 1, "steps": [{"op": "mixup"}]})
    drain(export(open_library(source), recipe, tmp_path / "out", ExportOptions(copies=20)))
    entries = read_manifest((tmp_path / "out" / MANIFEST).read_bytes())[1]
    plans = [entry.plan for entry in entries if entry.plan is not None]
    assert len(plans) == 80
    assert {plan.steps[0].partners[0].split("/")[0] for plan in plans} == {"train"}


def test_copied_images_count_with_their_own_size_in_a_dry_run(tmp_path: Path) -> None:
    for split, size in (("train", 8), ("test", 300)):
        for number in range(3):
            write_image(
                tmp_path / "set" / split / f"{number}.png", noise((size, size, 3), seed=number)
            )
    library = open_library(tmp_path / "set")
    options = ExportOptions(copies=2, workers=1)
    told = drain(estimate(library, RECIPE, options))
    report = drain(export(library, RECIPE, tmp_path / "out", options))
    assert (told.files, told.bytes) == (report.done, report.bytes)


OPTIONS = st.builds(
    ExportOptions,
    copies=st.integers(1, 40),
    include_originals=st.booleans(),
    held_out=st.sampled_from(HELD_OUT),
    balance=st.booleans(),
)
GROUPS = st.tuples(
    st.sampled_from(["", "train", "valid", "test"]), st.sampled_from(["", "a", "b", "c"])
)


@settings(deadline=None)
@given(st.dictionaries(GROUPS, st.integers(0, 9)), OPTIONS)
def test_counts_are_those_of_the_items(
    groups: dict[tuple[str, str], int], options: ExportOptions
) -> None:
    images = tuple(
        ImageRef(f"{split or 'x'}/{name or 'y'}/{number}.png", split, name)
        for (split, name), count in sorted(groups.items())
        for number in range(count)
    )
    library = Library(FolderStore(Path()), images, ())
    counts = count_files(count_by_class(images), options)
    try:
        chosen = select_images(library, options)
    except UserError:
        return
    items = list(make_items(library, chosen, options))
    assert sum(counts.values()) == sum(item.count_files() for item in items)
    by_group = Counter[tuple[str, str]]()
    for share in share_out(chosen, options):
        group = (share.image.split, share.image.class_name)
        by_group[group] += share.copies + share.has_original
    assert by_group == Counter(counts)
