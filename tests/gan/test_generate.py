"""Made images can be made again, are kept from copying, and go where a data set wants them."""

from collections.abc import Generator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from studio.augment.recipe import Recipe
from studio.dataset.export_mark import GENERATED
from studio.dataset.exports.export import export
from studio.dataset.exports.generated import load_generated
from studio.dataset.exports.manifest import MANIFEST
from studio.dataset.exports.options import ExportOptions
from studio.dataset.exports.undo import undo
from studio.dataset.exports.verify import VerifyReport, verify
from studio.dataset.library import open_library
from studio.dataset.reading.image_file import read_image
from studio.errors import UserError
from studio.gan.checkpoint import load_newest, save_checkpoint
from studio.gan.config import TrainConfig
from studio.gan.jobs import make_job, write_job
from studio.gan.latents import draw_latent, slerp
from studio.gan.place import count_images, find_place, run_classes
from studio.gan.remaking import compare_generated
from studio.gan.samples import (
    GenerateOptions,
    Made,
    Sample,
    WriteReport,
    known_classes,
    plan_samples,
)
from studio.gan.signatures import SIGNATURES, write_signatures
from tests.dataset.trees import contents
from tests.gan.tiny_run import CLASSES, EACH, copy_run, write_set


@pytest.fixture
def run(tmp_path: Path) -> Path:
    return copy_run(tmp_path / "run")


def drain(work: Generator[Any, None, Any]) -> Any:
    while True:
        try:
            next(work)
        except StopIteration as end:
            return end.value


def make(run: Path, *samples: Sample, which: Any = "last") -> list[Made]:
    return list(make_job(run, which, samples))


def write(run: Path, out: Path, samples: tuple[Sample, ...], **options: Any) -> WriteReport:
    report = drain(write_job(run, "last", samples, out, **options))
    assert isinstance(report, WriteReport)
    return report


def check(out: Path) -> VerifyReport:
    report = drain(verify(out, rerender=True, remake=compare_generated))
    assert isinstance(report, VerifyReport)
    return report


def plan(run: Path, **options: Any) -> tuple[Sample, ...]:
    return plan_samples(run_classes(run), GenerateOptions(**options))


# What is made


def test_an_image_is_the_same_whatever_it_is_made_with(run: Path) -> None:
    sample = Sample(7, 1, truncation=0.8)
    between = Sample(7, 0, toward=9, share=0.25)
    others = [Sample(seed, seed % 2) for seed in range(70)]
    alone = make(run, sample)[0]
    among = make(run, between, *others, sample)
    np.testing.assert_array_equal(among[-1].image, alone.image)
    np.testing.assert_array_equal(among[0].image, make(run, between)[0].image)
    assert (alone.class_name, alone.image.shape) == ("dog", (16, 16, 3))
    assert alone.twin is not None
    assert alone.twin.key.endswith(".png")


def test_truncation_keeps_latents_within_and_moves_them_smoothly() -> None:
    whole = draw_latent(3, 64)
    drawn = {truncation: draw_latent(3, 64, truncation) for truncation in (0.5, 0.51, 4.0)}
    assert abs(drawn[0.5]).max() <= 0.5
    assert abs(drawn[0.51] - drawn[0.5]).max() < 0.02
    assert abs(drawn[4.0] - whole).max() < 0.1
    assert np.std(draw_latent(0, 20_000)) == pytest.approx(1, abs=0.02)


def test_the_way_between_two_latents_is_an_arc_between_both() -> None:
    start, end = draw_latent(0, 64), draw_latent(1, 64)
    np.testing.assert_allclose(slerp(start, end, 0), start)
    np.testing.assert_allclose(slerp(start, end, 1), end)
    assert np.linalg.norm(slerp(start, end, 0.5)) > 0.95 * np.linalg.norm(start)
    np.testing.assert_allclose(slerp(start, start, 0.3), start)


def test_a_plan_spreads_counts_evenly_and_fills_what_is_short() -> None:
    names = ("a", "b", "c")
    planned = plan_samples(names, GenerateOptions(count=7, seed=5))
    assert [sample.label for sample in planned] == [0, 1, 2, 0, 1, 2, 0]
    assert [sample.seed for sample in planned] == list(range(5, 12))
    options = GenerateOptions(fill_to=4, classes=("c", "a"))
    filled = plan_samples(names, options, {"a": 9, "b": 0, "c": 1})
    assert [sample.label for sample in filled] == [2, 2, 2]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"count": 0}, "count: must be within"),
        ({"count": 5, "classes": ("zebra",)}, "class: this run knows no 'zebra'"),
        ({"count": 5, "truncation": 0.0}, "truncation: must be more than 0"),
        ({"count": 5, "truncation": 5.0}, "truncation: must be more than 0 and at most 4"),
        ({"count": 5, "fill_to": 5}, "count: give either"),
        ({"count": 5, "seed": -1}, "seed: "),
    ],
)
def test_a_bad_option_is_named(options: dict[str, Any], message: str) -> None:
    with pytest.raises(UserError, match=message):
        plan_samples(("cat", "dog"), GenerateOptions(**options))


# What is written


def test_what_is_written_opens_as_a_data_set_and_can_be_made_again(
    run: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    between = Sample(3, 1, toward=8, share=0.5)
    report = write(run, out, (*plan(run, count=5, truncation=0.7), between))
    assert (report.done, report.left_out, report.total) == (6, 0, 6)
    library = open_library(out)
    assert library.problems == ()
    assert library.counts() == {("", "cat"): 3, ("", "dog"): 3}
    assert (out / "dog" / "gan-00000003-to-00000008-05000.png").is_file()
    checked = check(out)
    assert (checked.done, checked.findings, checked.extra, checked.notes) == (6, (), (), ())
    # A pixel less, and both looks notice.
    victim = library.path(library.images[0])
    victim.write_bytes(victim.read_bytes()[:-1])
    assert [finding.reason for finding in check(out).findings] == ["differs from the manifest"]


def test_other_weights_are_noticed(run: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    write(run, out, plan(run, count=2))
    generated = load_generated(out)
    assert generated
    header, _ = generated.files()[0]
    assert header
    (run / header.checkpoint).unlink()
    reasons = {finding.reason for finding in check(out).findings}
    assert len(reasons) == 1
    assert "cannot be made again: " in reasons.pop()


@pytest.mark.parametrize("format", ["jpg", "webp"])
def test_other_formats_can_be_made_again_too(run: Path, tmp_path: Path, format: str) -> None:
    out = tmp_path / "out"
    write(run, out, plan(run, count=2), format=format)
    assert read_image(out / "cat" / f"gan-00000000.{format}").shape == (16, 16, 3)
    assert check(out).findings == ()


def test_near_copies_are_left_out_counted_shown_and_replaced(run: Path, tmp_path: Path) -> None:
    remember(run, [Sample(0, 0), Sample(1, 1)])
    planned = plan(run, count=6)
    report = write(run, tmp_path / "out", planned, draws_more=True)
    assert (report.done, report.left_out) == (6, 2)
    shown = [(made.sample.seed, made.twin.key) for made in report.near_copies if made.twin]
    assert shown == [(0, "cat/0.png"), (1, "dog/1.png")]
    names = sorted(path.name for path in (tmp_path / "out" / "cat").iterdir())
    assert names == ["gan-00000002.png", "gan-00000004.png", "gan-00000006.png"]
    kept = write(run, tmp_path / "kept", planned, keep_near_copies=True)
    assert (kept.done, kept.left_out) == (6, 0)
    less = write(run, tmp_path / "less", planned)
    assert (less.done, less.total, less.left_out) == (4, 4, 2)


def remember(run: Path, samples: list[Sample]) -> None:
    """Make a run that has learnt by heart: among its training images are what it makes of these."""
    images = [made.image[..., ::-1] for made in make(run, *samples)]
    rng = np.random.default_rng(0)
    others = [rng.integers(0, 256, (16, 16, 3), np.uint8) for _ in range(20)]
    keys = [f"{list(CLASSES)[sample.label]}/{sample.seed}.png" for sample in samples]
    keys += [f"other/{number}.png" for number in range(20)]
    labels = np.zeros(len(keys), np.int32)
    write_signatures(run / SIGNATURES, np.stack([*images, *others]), labels, keys)


def test_a_run_without_thumbnails_of_its_images_says_so(run: Path, tmp_path: Path) -> None:
    (run / SIGNATURES).unlink()
    with pytest.raises(UserError, match="keeps no thumbnails of its training images"):
        write(run, tmp_path / "out", plan(run, count=2))
    assert not (tmp_path / "out").exists()
    assert make(run, Sample(0, 0))[0].twin is None
    assert write(run, tmp_path / "out", plan(run, count=2), keep_near_copies=True).done == 2


def test_a_stop_leaves_whole_files_and_more_can_be_added(run: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    work = write_job(run, "last", plan(run, count=100), out)
    first = next(work)
    work.close()
    assert 0 < first.done < 100
    assert [path.name for path in out.iterdir() if path.is_file()] == [GENERATED]
    checked = check(out)
    assert (checked.done, checked.findings, checked.extra) == (first.done, (), ())
    # Half a line, as a power cut leaves it.
    with (out / GENERATED).open("ab") as file:
        file.write(b'{"output":"cat/gan-9')
    again = write(run, out, plan(run, count=100))
    assert (again.done, again.kept) == (100, first.done)
    before = contents(out)
    seed = find_place(run, out, run_classes(run)).next_seed
    assert seed == 100
    assert write(run, out, plan(run, count=2, seed=seed)).kept == 0
    assert contents(out).items() - {(GENERATED, before[GENERATED])} > before.items() - {
        (GENERATED, before[GENERATED])
    }
    assert check(out).findings == ()
    drain(undo(out))
    assert list(out.iterdir()) == []


# Beside an export


@pytest.fixture
def exported(tmp_path: Path) -> Path:
    source, out = tmp_path / "splits", tmp_path / "export"
    write_set(source / "train")
    write_set(source / "valid")
    drain(export(open_library(source), Recipe(steps=()), out, ExportOptions(copies=1)))
    return out


def test_beside_an_export_only_its_train_split_grows(
    run: Path, exported: Path, tmp_path: Path
) -> None:
    before = contents(exported)
    place = find_place(run, exported, run_classes(run))
    counts = count_images(place, run)
    options = GenerateOptions(fill_to=EACH + 3)
    report = write(run, exported, plan_samples(run_classes(run), options, counts))
    assert report.done == 6
    now = contents(exported)
    added = sorted(now.keys() - before.keys())
    assert {name: now[name] for name in before} == before
    assert added[0] == GENERATED
    assert all(name.startswith(("train/cat/gan-", "train/dog/gan-")) for name in added[1:])
    library = open_library(exported)
    assert library.problems == ()
    assert library.counts()["train", "cat"] == EACH + 3
    assert library.counts()["valid", "cat"] == EACH
    checked = check(exported)
    assert (checked.done, checked.findings, checked.extra) == (len(now) - 2, (), ())
    again = tmp_path / "again"
    drain(export(library, Recipe(steps=()), again, ExportOptions(copies=1)))
    assert check(again).findings == ()
    drain(undo(exported))
    assert not contents(exported)


def test_without_labels_a_set_is_filled_as_a_whole(run: Path, tmp_path: Path) -> None:
    config = (run / "config.yaml").read_text()
    (run / "config.yaml").write_text(config.replace("preset: fast", "preset: classic"))
    assert run_classes(run) == ("",)
    place = find_place(run, tmp_path / "out", run_classes(run))
    assert count_images(place, run) == {"": 2 * EACH}


def test_undo_keeps_what_was_retouched_and_its_line(run: Path, exported: Path) -> None:
    write(run, exported, plan(run, count=4))
    retouched = exported / "train" / "cat" / "gan-00000000.png"
    retouched.write_bytes(b"mine")
    report = drain(undo(exported))
    assert [finding.output for finding in report.kept] == ["train/cat/gan-00000000.png"]
    assert contents(exported).keys() == {GENERATED, "train/cat/gan-00000000.png"}
    assert check(exported).done == 1


def test_places_that_take_no_generated_images_are_named(
    run: Path, exported: Path, tmp_path: Path
) -> None:
    planned = plan(run, count=2)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("mine")
    with pytest.raises(UserError, match="mine: is not empty"):
        write(run, tmp_path / "mine", planned)
    with pytest.raises(UserError, match="inside the run's folder"):
        write(run, run / "out", planned)
    manifest = (exported / MANIFEST).read_bytes()
    (exported / MANIFEST).write_bytes(b"".join(manifest.splitlines(keepends=True)[:-1]))
    with pytest.raises(UserError, match="its export is not finished"):
        write(run, exported, planned)
    (exported / MANIFEST).write_bytes(manifest)
    for path in (exported / "train" / "dog").iterdir():
        path.unlink()
    with pytest.raises(UserError, match="has no 'dog' in its train split"):
        write(run, exported, planned)
    assert not (exported / GENERATED).exists()


# Which checkpoint


def test_a_damaged_best_checkpoint_is_named_and_the_last_one_suggested(run: Path) -> None:
    folder = run / "checkpoints"
    checkpoint, arrays, _ = load_newest(folder)
    for name, array in arrays.items():
        if name.startswith("average/"):
            arrays[name] = array / 2
    data = {**checkpoint.data, "best": [0.1, checkpoint.name]}
    save_checkpoint(folder, arrays, 99, data)
    best, last = (make(run, Sample(0, 0), which=which)[0] for which in ("best", "last"))
    assert not np.array_equal(best.image, last.image)
    (folder / f"{checkpoint.name}.npz").write_bytes(b"PK")
    with pytest.raises(UserError, match=r"best checkpoint.*is damaged") as caught:
        make(run, Sample(0, 0), which="best")
    assert "--last" in caught.value.hint
    np.testing.assert_array_equal(make(run, Sample(0, 0))[0].image, last.image)


def test_without_checkpoints_the_generator_file_serves(run: Path, tmp_path: Path) -> None:
    expected = make(run, Sample(4, 1))[0].image
    for path in (run / "checkpoints").iterdir():
        path.unlink()
    np.testing.assert_array_equal(make(run, Sample(4, 1))[0].image, expected)
    write(run, tmp_path / "out", plan(run, count=2))
    assert check(tmp_path / "out").findings == ()
    (run / "generator.keras").unlink()
    with pytest.raises(UserError, match="holds nothing to make images with"):
        make(run, Sample(4, 1))


def test_what_is_trained_without_labels_knows_no_classes(run: Path) -> None:
    assert known_classes(TrainConfig(preset="classic"), ("cat", "dog")) == ("",)
    assert known_classes(TrainConfig(preset="classic"), ("cat",)) == ("cat",)
    assert known_classes(TrainConfig(), ("cat", "dog")) == ("cat", "dog")
    with pytest.raises(UserError, match="no class of number 2"):
        make(run, Sample(0, 2))
