"""Exports that mix images: who with whom, and what the label is then."""

from pathlib import Path

import numpy as np
import pytest

from studio.augment.plan import draw
from studio.augment.recipe import Recipe
from studio.augment.recipe_file import build_recipe
from studio.dataset.exports.estimate import estimate
from studio.dataset.exports.export import export
from studio.dataset.exports.manifest import MANIFEST, Entry, read_manifest
from studio.dataset.exports.order import ExportOptions
from studio.dataset.library import open_library
from studio.dataset.reading.image_file import encode_image, read_image
from tests.dataset.trees import drain

LEVELS = {"cat": 40, "dog": 200}


def recipe_of(*steps: dict[str, object]) -> Recipe:
    return build_recipe({"version": 1, "steps": steps})


MIXUP = recipe_of({"op": "mixup", "params": {"share": 25}})


def write_flat(folder: Path, each: int = 3) -> Path:
    """Write grey pictures whose level tells their class, and return the folder."""
    for name, level in LEVELS.items():
        (folder / name).mkdir(parents=True)
        for number in range(each):
            image = np.full((20, 30), level, np.uint8)
            (folder / name / f"{number}.png").write_bytes(encode_image(image, "png", 95))
    return folder


def entries_of(source: Path, out: Path, recipe: Recipe) -> list[Entry]:
    options = ExportOptions(held_out="augment")
    drain(export(open_library(source), recipe, out, options))
    return read_manifest((out / MANIFEST).read_bytes())[1]


@pytest.mark.parametrize("share", [0, 25, 100])
def test_the_labels_say_what_the_pixels_hold(tmp_path: Path, share: int) -> None:
    source = write_flat(tmp_path / "set")
    mixup = recipe_of({"op": "mixup", "params": {"share": share}})
    entries = entries_of(source, tmp_path / "out", mixup)
    for entry in entries:
        assert sum(entry.labels.values()) == pytest.approx(1)
        level = read_image(tmp_path / "out" / entry.output).mean()
        told = sum(LEVELS[name] * part for name, part in entry.labels.items())
        assert level == pytest.approx(told, abs=0.51)
    both = [entry for entry in entries if len(entry.labels) == 2]
    assert both


def test_cutmix_and_mosaic_share_out_by_area(tmp_path: Path) -> None:
    source = write_flat(tmp_path / "set")
    for op in ("cutmix", "mosaic"):
        entries = entries_of(source, tmp_path / op, recipe_of({"op": op}, {"op": "mixup"}))
        for entry in entries:
            level = read_image(tmp_path / op / entry.output).mean()
            told = sum(LEVELS[name] * part for name, part in entry.labels.items())
            # Patches end at whole pixels, of which there are 20 and 30.
            assert level == pytest.approx(told, abs=160 * (1 / 20 + 1 / 30))


def test_partners_are_of_the_same_split_and_never_the_image_itself(tmp_path: Path) -> None:
    for split in ("train", "test"):
        write_flat(tmp_path / "set" / split)
    entries = entries_of(tmp_path / "set", tmp_path / "out", MIXUP)
    partners = set()
    for entry in entries:
        assert entry.plan is not None
        (partner,) = entry.plan.steps[0].partners
        assert partner != entry.source
        assert partner.partition("/")[0] == entry.source.partition("/")[0]
        partners.add(partner)
    assert len(partners) > 9


def test_partners_are_of_the_chosen_classes(tmp_path: Path) -> None:
    source = write_flat(tmp_path / "set")
    options = ExportOptions(classes=("cat",))
    drain(export(open_library(source), MIXUP, tmp_path / "out", options))
    entries = read_manifest((tmp_path / "out" / MANIFEST).read_bytes())[1]
    assert {entry.plan.steps[0].partners[0][:4] for entry in entries if entry.plan} == {"cat/"}
    assert all(entry.labels == {"cat": 1.0} for entry in entries)


def test_a_single_image_is_mixed_with_itself(tmp_path: Path) -> None:
    (tmp_path / "set").mkdir()
    image = np.random.default_rng(0).integers(0, 256, (20, 30, 3), np.uint8)
    (tmp_path / "set" / "a.png").write_bytes(encode_image(image, "png", 95))
    entries_of(tmp_path / "set", tmp_path / "out", MIXUP)
    np.testing.assert_array_equal(read_image(tmp_path / "out" / "a_aug_1.png"), image)


def test_a_partner_that_cannot_be_read_is_named_and_stops_nothing_else(tmp_path: Path) -> None:
    source = write_flat(tmp_path / "set")
    good = (source / "dog" / "1.png").read_bytes()
    library = open_library(source)
    (source / "dog" / "1.png").write_bytes(good[:-20])
    reports = export(library, MIXUP, tmp_path / "out", ExportOptions(copies=8))
    skipped = drain(reports).skipped
    told = {problem.key: problem.reason for problem in skipped}
    assert "truncated" in told.pop("dog/1.png")
    assert told
    for reason in told.values():
        assert reason.startswith("was to be mixed with dog/1.png, which is truncated")
    entries = read_manifest((tmp_path / "out" / MANIFEST).read_bytes())[1]
    made = {(entry.source, entry.variant) for entry in entries}
    pool = tuple(image.key for image in library.images)
    for image in library.images:
        for variant in range(1, 9):
            (partner,) = draw(MIXUP, image.key, variant, pool=pool).steps[0].partners
            is_whole = "dog/1.png" not in (image.key, partner)
            assert ((image.key, variant) in made) == is_whole
    for entry in entries:
        read_image(tmp_path / "out" / entry.output)


def test_images_of_other_channels_depths_and_sizes_are_fitted(tmp_path: Path) -> None:
    (tmp_path / "set").mkdir()
    random = np.random.default_rng(0)
    shapes = {"grey": (9, 40), "colour": (50, 20, 3), "alpha": (33, 33, 4), "tiny": (1, 1, 3)}
    for name, shape in shapes.items():
        for dtype in (np.uint8, np.uint16):
            image = random.integers(0, np.iinfo(dtype).max, shape, dtype)
            data = encode_image(image, "png", 95)
            (tmp_path / "set" / f"{name}{np.dtype(dtype).itemsize}.png").write_bytes(data)
    recipe = recipe_of({"op": "mosaic"}, {"op": "mixup"}, {"op": "cutmix"})
    entries = entries_of(tmp_path / "set", tmp_path / "out", recipe)
    assert len(entries) == 32
    for entry in entries:
        made = read_image(tmp_path / "out" / entry.output)
        source = read_image(tmp_path / "set" / entry.source)
        assert (made.shape, made.dtype) == (source.shape, source.dtype)


def test_a_dry_run_mixes_too(tmp_path: Path) -> None:
    result = drain(estimate(open_library(write_flat(tmp_path / "set")), MIXUP, ExportOptions()))
    assert (result.files, result.problems) == (24, ())
