"""Exports that fill missing pixels: what is found is filled, and what told it is kept an eye on."""

import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from studio.__main__ import main
from studio.augment.engine import apply
from studio.augment.missing.rules import MissingRule
from studio.augment.plan import draw
from studio.augment.recipe import Recipe
from studio.augment.recipe_file import build_recipe
from studio.dataset.exports.copies import Order
from studio.dataset.exports.estimate import estimate
from studio.dataset.exports.export import export
from studio.dataset.exports.manifest import MANIFEST, Entry, read_manifest
from studio.dataset.exports.order import ExportOptions, make_order
from studio.dataset.exports.record import ExportReport
from studio.dataset.exports.verify import verify
from studio.dataset.library import open_library
from studio.dataset.missing.class_mean import ClassMeans
from studio.dataset.missing.finding import load_missing
from studio.dataset.reading.depth import scale_to_16_bit
from studio.dataset.reading.image_file import read_image
from studio.errors import UserError
from tests.dataset import files
from tests.dataset.archive_files import write_zip
from tests.dataset.files import encode, noise
from tests.dataset.trees import contents, drain, write_classes, write_image

HOLE = np.zeros((18, 24), bool)
HOLE[4:9, 3:20] = True
MASK: dict[str, Any] = {"rule": "mask_file"}
ZERO: dict[str, Any] = {"rule": "no_data_value", "params": {"value": 0}}
MEAN = {"op": "fill_mean"}
BORROW = {"op": "fill_class_mean"}
OPTIONS = ExportOptions(copies=2)


def recipe_of(rule: dict[str, Any] | None, *steps: dict[str, Any]) -> Recipe:
    missing = [rule] if rule else []
    return build_recipe({"version": 1, "seed": 3, "missing": missing, "steps": steps})


def as_mask(hole: Any) -> Any:
    return np.where(hole, 255, 0).astype(np.uint8)


def write_out(
    source: Path,
    out: Path,
    recipe: Recipe,
    options: ExportOptions = OPTIONS,
    *,
    resume: bool = False,
) -> ExportReport:
    return drain(export(open_library(source), recipe, out, options, resume=resume))


def entries_of(out: Path) -> list[Entry]:
    return read_manifest((out / MANIFEST).read_bytes())[1]


def reasons_of(out: Path) -> set[str]:
    return {finding.reason for finding in drain(verify(out, rerender=True)).findings}


def test_nan_and_no_data_of_floats_are_filled(tmp_path: Path) -> None:
    values = np.random.default_rng(0).uniform(0, 1, (18, 24)).astype(np.float32)
    for name, level, rule in (("nan", np.nan, "not_finite"), ("low", -9999, "no_data_value")):
        values[HOLE] = level
        (tmp_path / name).mkdir()
        files.save(tmp_path / name, files.tiff(values, kind=3), "a.tif")
        params = {"value": -9999} if name == "low" else {}
        recipe = recipe_of({"rule": rule, "params": params}, {"op": "fill_nearest"})
        write_out(tmp_path / name, tmp_path / f"{name} out", recipe, ExportOptions(copies=1))
        # What stands for no data has no say in how the others are scaled.
        before, _ = scale_to_16_bit(values, np.where(HOLE, 255, 0).astype(np.uint8))
        assert np.ptp(before[~HOLE]) > 60_000
        made = read_image(tmp_path / f"{name} out" / "a_aug_1.tiff")
        assert made.dtype == np.uint16
        np.testing.assert_array_equal(made[~HOLE], before[~HOLE])
        assert made[HOLE].min() >= before[~HOLE].min()


@pytest.mark.parametrize("dtype", ["uint8", "uint16"])
def test_what_was_transparent_becomes_opaque_and_the_rest_stays(tmp_path: Path, dtype: str) -> None:
    image = noise((18, 24, 4), dtype)
    image[..., 3] = np.where(HOLE, 0, np.maximum(image[..., 3], 1))
    write_image(tmp_path / "set" / "a.png", image)
    recipe = recipe_of({"rule": "transparent"}, MEAN)
    write_out(tmp_path / "set", tmp_path / "out", recipe)
    made = read_image(tmp_path / "out" / "a_aug_1.png")
    np.testing.assert_array_equal(made[~HOLE], image[~HOLE])
    assert (made[HOLE][:, 3] == np.iinfo(dtype).max).all()
    mean = image[~HOLE][:, :3].mean(axis=0)
    np.testing.assert_allclose(made[HOLE][:, :3], np.broadcast_to(mean, (HOLE.sum(), 3)), atol=0.51)


def test_the_files_are_what_the_engine_makes(tmp_path: Path) -> None:
    source = write_classes(tmp_path / "set")
    for image in open_library(source).images:
        write_image((source / image.key).with_suffix(".mask.png"), as_mask(HOLE))
    lose = {"op": "lose_rows", "probability": 0.5}
    recipe = recipe_of(MASK, {"op": "rotate"}, lose, {**MEAN, "probability": 0.5}, {"op": "scale"})
    write_out(source, tmp_path / "out", recipe)
    library = open_library(source)
    fills = set()
    for entry in entries_of(tmp_path / "out"):
        plan = draw(recipe, entry.source, entry.variant)
        assert entry.plan == plan
        found = load_missing(library.store, entry.source, plan.missing)
        made = apply(plan, found.image, missing=found.missing)
        np.testing.assert_array_equal(read_image(tmp_path / "out" / entry.output), made)
        partners = {found.mask_key: found.mask_hash} if plan.fills else {}
        assert entry.partners == partners
        fills.add(plan.fills)
    assert fills == {True, False}
    assert reasons_of(tmp_path / "out") == set()


def test_erasing_is_filled_without_rules(tmp_path: Path) -> None:
    write_image(tmp_path / "set" / "a.png", np.full((18, 24, 3), 77, np.uint8))
    recipe = recipe_of(None, {"op": "lose_blocks"}, MEAN)
    write_out(tmp_path / "set", tmp_path / "out", recipe)
    assert (read_image(tmp_path / "out" / "a_aug_1.png") == 77).all()


@pytest.mark.parametrize("fault", ["wholly", "size", "broken"])
def test_what_cannot_be_filled_is_told_and_not_written(tmp_path: Path, fault: str) -> None:
    source = write_classes(tmp_path / "set")
    mask = source / "cat" / "a1.mask.png"
    if fault == "broken":
        mask.write_bytes(b"no picture")
    else:
        write_image(mask, np.full((18, 24 if fault == "wholly" else 9), 255, np.uint8))
    options = ExportOptions(copies=2, include_originals=True)
    report = write_out(source, tmp_path / "out", recipe_of(MASK, MEAN), options)
    (skipped,) = report.skipped
    assert skipped.key == "cat/a1.png"
    reasons = {
        "wholly": "is missing wholly; nothing is known to fill it from",
        "size": "has a mask file, a1.mask.png, which is 9 × 18 pixels, its image 24 × 18;"
        " make them the same size",
        "broken": "has a mask file, a1.mask.png, which ",
    }
    assert skipped.reason.startswith(reasons[fault])
    made = contents(tmp_path / "out")
    assert [name for name in made if "a1" in name and name.startswith("cat")] == ["cat/a1.png"]
    assert len(made) == 5 * 3 + 1 + 1
    looked_at = drain(estimate(open_library(source), recipe_of(MASK, MEAN), OPTIONS))
    assert [problem.key for problem in looked_at.problems] == ["cat/a1.png"]


def test_copies_that_fill_nothing_are_made_of_an_image_without_pixels(tmp_path: Path) -> None:
    write_image(tmp_path / "set" / "a.png", np.zeros((18, 24), np.uint8))
    recipe = recipe_of(ZERO, {**MEAN, "probability": 0.5})
    report = write_out(tmp_path / "set", tmp_path / "out", recipe, ExportOptions(copies=8))
    made = {entry.variant for entry in entries_of(tmp_path / "out")}
    assert made == {n for n in range(1, 9) if not draw(recipe, "a.png", n).fills}
    assert 0 < len(made) < 8
    assert len(report.skipped) == 1


def test_masks_in_an_archive_are_read_and_remembered(tmp_path: Path) -> None:
    content = {"a.png": noise((18, 24, 3)), "a.mask.png": as_mask(HOLE)}
    packed = {name: encode(image, ".png") for name, image in content.items()}
    path = write_zip(tmp_path / "set.zip", packed)
    write_out(path, tmp_path / "out", recipe_of(MASK, MEAN), ExportOptions(copies=1))
    made = read_image(tmp_path / "out" / "a_aug_1.png")
    assert len(np.unique(made[HOLE], axis=0)) == 1
    np.testing.assert_array_equal(made[~HOLE], content["a.png"][~HOLE])
    assert reasons_of(tmp_path / "out") == set()


def test_a_check_tells_that_a_mask_is_another(tmp_path: Path) -> None:
    source = write_classes(tmp_path / "set", each=1)
    mask = source / "cat" / "a0.mask.png"
    write_image(mask, as_mask(HOLE))
    write_out(source, tmp_path / "out", recipe_of(MASK, MEAN))
    assert reasons_of(tmp_path / "out") == set()
    write_image(mask, as_mask(HOLE[::-1]))
    start = "cannot be made again: cat/a0.mask.png, the mask file, "
    assert reasons_of(tmp_path / "out") == {f"{start}is another file than it was"}
    mask.unlink()
    assert reasons_of(tmp_path / "out") == {f"{start}is gone"}
    write_image(mask, as_mask(HOLE))
    write_image(source / "dog" / "a0.mask.png", as_mask(HOLE))
    (reason,) = reasons_of(tmp_path / "out")
    assert reason.startswith("cannot be made again: dog/a0.mask.png, the mask file, ")


def test_a_mask_that_only_scales_floats_is_remembered_too(tmp_path: Path) -> None:
    values = np.random.default_rng(0).uniform(5, 9, (18, 24)).astype(np.float32)
    values[HOLE] = -9999
    source = tmp_path / "set"
    source.mkdir()
    files.save(source, files.tiff(values, kind=3), "a.tif")
    write_image(source / "a.mask.png", as_mask(HOLE))
    write_out(source, tmp_path / "out", recipe_of(MASK, {"op": "horizontal_flip"}))
    made = read_image(tmp_path / "out" / "a_aug_1.tiff")[:, ::-1]
    assert (made[~HOLE].min(), made[~HOLE].max()) == (0, 65_535)
    assert reasons_of(tmp_path / "out") == set()
    write_image(source / "a.mask.png", as_mask(~HOLE))
    (reason,) = reasons_of(tmp_path / "out")
    assert reason.endswith("a.mask.png, the mask file, is another file than it was")


def stop_early(source: Path, out: Path, recipe: Recipe) -> None:
    options = ExportOptions(copies=2, workers=1)
    work = export(open_library(source), recipe, out, options)
    next(work)
    next(work)
    work.close()


@pytest.mark.parametrize("step", [MEAN, BORROW])
def test_a_stopped_export_goes_on(tmp_path: Path, step: dict[str, Any]) -> None:
    source = write_classes(tmp_path / "set", each=40)
    for number in range(0, 40, 2):
        write_image(source / "cat" / f"a{number}.mask.png", as_mask(HOLE))
    recipe = recipe_of(MASK, step)
    write_out(source, tmp_path / "whole", recipe)
    stop_early(source, tmp_path / "out", recipe)
    assert 0 < len(contents(tmp_path / "out")) < 160
    write_out(source, tmp_path / "out", recipe, resume=True)
    assert contents(tmp_path / "out") == contents(tmp_path / "whole")


@pytest.mark.parametrize("change", ["other", "gone", "new"])
def test_an_export_does_not_go_on_with_other_masks(tmp_path: Path, change: str) -> None:
    source = write_classes(tmp_path / "set", each=40)
    write_image(source / "cat" / "a0.mask.png", as_mask(HOLE))
    recipe = recipe_of(MASK, MEAN)
    stop_early(source, tmp_path / "out", recipe)
    if change == "gone":
        (source / "cat" / "a0.mask.png").unlink()
    else:
        name = "a0" if change == "other" else "a1"
        write_image(source / "cat" / f"{name}.mask.png", as_mask(~HOLE))
    told = {
        "other": r"cat/a0\.mask\.png is another file",
        "gone": r"cat/a0\.mask\.png, of which copies were made, no longer exists",
        "new": r"cat/a1\.mask\.png was not there when copies were made",
    }
    with pytest.raises(UserError, match=told[change]):
        write_out(source, tmp_path / "out", recipe, resume=True)


def write_holed(root: Path, each: int) -> Path:
    for name, level in (("cat", 60), ("dog", 180)):
        for number in range(each):
            image = noise((18, 24, 3), seed=number) // 4 + level
            image[np.roll(HOLE, 4 * number, axis=0)] = 0
            write_image(root / name / f"{number}.png", image)
    return root


def test_holes_are_filled_from_the_mean_of_the_class(tmp_path: Path) -> None:
    source = write_holed(tmp_path / "set", 6)
    recipe = recipe_of(ZERO, BORROW, {"op": "horizontal_flip"})
    write_out(source, tmp_path / "out", recipe)
    library = open_library(source)
    means = ClassMeans(library.store, library.images)
    for entry in entries_of(tmp_path / "out"):
        found = load_missing(library.store, entry.source, recipe.missing)
        mean = means.of(entry.source, recipe.missing)
        plan = draw(recipe, entry.source, entry.variant)
        made = apply(plan, found.image, missing=found.missing, partner=lambda _: mean.image)  # noqa: B023
        np.testing.assert_array_equal(read_image(tmp_path / "out" / entry.output), made)
        assert entry.partners == {f"class mean: {entry.source}": mean.hash}
        assert entry.labels == {}
        assert (made > 0).all()
        wanted = 60 if entry.source.startswith("cat") else 180
        assert wanted <= made.min() <= made.max() < wanted + 64
    assert reasons_of(tmp_path / "out") == set()


def test_a_check_tells_that_a_class_is_another(tmp_path: Path) -> None:
    source = write_holed(tmp_path / "set", 3)
    write_out(source, tmp_path / "out", recipe_of(ZERO, BORROW))
    write_image(source / "dog" / "new.png")
    assert reasons_of(tmp_path / "out") == set()
    (source / "cat" / "2.png").unlink()
    reasons = reasons_of(tmp_path / "out")
    for key in ("cat/0.png", "cat/1.png"):
        told = f"cannot be made again: the mean of the class of {key} is another one than it was"
        assert told in reasons
    assert not any("dog" in reason for reason in reasons)


def test_an_export_does_not_go_on_with_another_class(tmp_path: Path) -> None:
    source = write_holed(tmp_path / "set", 20)
    recipe = recipe_of(ZERO, BORROW)
    stop_early(source, tmp_path / "out", recipe)
    write_image(source / "cat" / "19.png")
    with pytest.raises(UserError, match=r"the mean of the class of cat/0\.png is another"):
        write_out(source, tmp_path / "out", recipe, resume=True)


def test_means_go_along_to_other_processes(tmp_path: Path) -> None:
    library = open_library(write_holed(tmp_path / "set", 2))
    order = make_order(library, library.images, recipe_of(ZERO, BORROW), tmp_path, OPTIONS)
    there: Order = pickle.loads(pickle.dumps(order))
    assert order.means is not None
    assert there.means is not None
    rules = (MissingRule("no_data_value", {"value": 0}),)
    first, second = (means.of("cat/1.png", rules) for means in (order.means, there.means))
    assert first.hash == second.hash
    assert (
        make_order(library, library.images, recipe_of(ZERO, MEAN), tmp_path, OPTIONS).means is None
    )


RECIPE = """\
version: 1
seed: 3
missing:
- rule: mask_file
- rule: no_data_value
  params: {value: 0}
steps:
- op: fill_constant
  params: {red: 9, green: 9, blue: 9}
"""


def test_the_command_line_fills_too(tmp_path: Path) -> None:
    image = np.maximum(noise((18, 24)), 10)
    image[0] = 0
    write_image(tmp_path / "set" / "a.png", image)
    write_image(tmp_path / "set" / "a.mask.png", as_mask(HOLE))
    (tmp_path / "recipe.yaml").write_text(RECIPE)
    given = ["--recipe", str(tmp_path / "recipe.yaml")]
    out, single = tmp_path / "out", tmp_path / "single"
    assert main(["export", str(tmp_path / "set"), str(out), *given, "--copies", "1"]) == 0
    images = [str(path) for path in (tmp_path / "set").iterdir()]
    assert main(["apply", *images, "--out", str(single), *given, "--variants", "1"]) == 0
    expected = image.copy()
    expected[0] = 9
    expected[HOLE] = 9
    for folder in (out, single):
        assert sorted(contents(folder)) == ["a_aug_1.png", MANIFEST]
        np.testing.assert_array_equal(read_image(folder / "a_aug_1.png"), expected)
        assert main(["verify", str(folder), "--rerender"]) == 0


def test_the_command_line_tells_of_what_cannot_be_filled(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_image(tmp_path / "a.png", np.zeros((18, 24), np.uint8))
    write_image(tmp_path / "b.png", np.full((18, 24), 7, np.uint8))
    (tmp_path / "recipe.yaml").write_text(RECIPE)
    images = [str(tmp_path / name) for name in ("a.png", "b.png")]
    recipe = ["--recipe", str(tmp_path / "recipe.yaml")]
    main(["apply", *images, "--out", str(tmp_path / "out"), *recipe])
    shown = capsys.readouterr()
    assert "a.png: is missing wholly; nothing is known to fill it from" in shown.out + shown.err
    assert not any(name.startswith("a") for name in contents(tmp_path / "out") if name != MANIFEST)
