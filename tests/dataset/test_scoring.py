"""Fills are scored on known pixels that are hidden, the same for every method and every time."""

import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from msgspec.structs import replace
from numpy.typing import NDArray

from studio.augment.missing.rules import MissingRule
from studio.augment.operation import Choice, Kind, all_operations
from studio.augment.plan import CLASS_MEAN
from studio.dataset.library import Library, Problem, open_library
from studio.dataset.reading.image_file import ImageError
from studio.dataset.scoring.borrowing import borrow_from_classes
from studio.dataset.scoring.hiding import Pattern, blocks, pixels, rows
from studio.dataset.scoring.measures import Yardstick
from studio.dataset.scoring.methods import Method, all_methods
from studio.dataset.scoring.record import FillScore, ScoreReport, Scores
from studio.dataset.scoring.render import render_fill
from studio.dataset.scoring.score import score_fills
from studio.errors import UserError
from tests.dataset.files import noise
from tests.dataset.trees import contents, drain, write_image

BLACK = MissingRule("no_data_value", {"value": 0})
RAMP: NDArray[Any] = np.repeat(np.arange(20, 212, 3, dtype=np.uint8)[None], 48, axis=0)


def methods_of(*ops: str) -> list[Method]:
    return [method for method in all_methods() if method.op in ops]


QUICK = methods_of("fill_mean", "fill_median", "fill_nearest", "fill_linear")


def texture(seed: int, shape: tuple[int, ...] = (40, 56, 3)) -> NDArray[Any]:
    """Return a picture without black."""
    return np.maximum(noise(shape, seed=seed), 1)


def with_hole(seed: int) -> NDArray[Any]:
    picture = texture(seed)
    picture[5:11, 8:20] = 0
    return picture


def score(library: Library, *rules: MissingRule, **options: Any) -> Scores:
    return drain(score_fills(library, rules, **{"methods": QUICK, **options}))


def without_times(scores: Scores) -> Scores:
    def timeless(score: FillScore) -> FillScore:
        return replace(score, seconds=0.0)

    return replace(
        scores,
        means={name: timeless(score) for name, score in scores.means.items()},
        best_per_image=timeless(scores.best_per_image),
        rows=tuple(
            replace(row, fills={name: timeless(score) for name, score in row.fills.items()})
            for row in scores.rows
        ),
    )


@pytest.fixture
def library(tmp_path: Path) -> Library:
    write_image(tmp_path / "a.png", texture(1))
    write_image(tmp_path / "b.png", RAMP)
    write_image(tmp_path / "c.png", np.ascontiguousarray(RAMP.T))
    return open_library(tmp_path)


@pytest.fixture
def holed(tmp_path: Path) -> Library:
    """A data set where one image misses a block, one everything, and one cannot be read."""
    write_image(tmp_path / "a.png", with_hole(1))
    write_image(tmp_path / "b.png", texture(2))
    write_image(tmp_path / "c.png", np.zeros((40, 56, 3), np.uint8))
    write_image(tmp_path / "d.png").write_bytes(b"no picture")
    return open_library(tmp_path)


def test_every_choice_of_every_fill_is_a_method_of_its_own() -> None:
    names = [method.name for method in all_methods()]
    assert len(set(names)) == len(names)
    fills = [operation for operation in all_operations() if operation.kind is Kind.FILL]
    for operation in fills:
        methods = methods_of(operation.name)
        for param in operation.params:
            found = [method.values[param.name] for method in methods]
            if isinstance(param, Choice):
                assert set(found) == set(param.options)
            else:
                assert param.default[0] <= float(found[0]) <= param.default[1]
    assert "fill_smooth kind=plate" in names


def test_a_step_of_a_method_allows_nothing_but_its_values() -> None:
    for method in all_methods():
        for name, (first, *others) in method.settings().items():
            assert first == method.values[name]
            assert all(other == first for other in others)


def test_what_borrows_takes_part_where_there_is_something_to_borrow(library: Library) -> None:
    borrowing = [method for method in all_methods() if method.borrows]
    methods = [*QUICK, *borrowing]
    asked: list[str] = []

    def give(key: str) -> NDArray[Any]:
        asked.append(key)
        return texture(9)

    alone = score(library, pattern=blocks(10), methods=methods)
    given = score(library, pattern=blocks(10), methods=methods, partner=give)
    assert borrowing
    assert given.means.keys() - alone.means.keys() == {method.name for method in borrowing}
    assert set(asked) == {f"{CLASS_MEAN}{image.key}" for image in library.images}


def test_no_image_borrows_its_own_hidden_pixels(tmp_path: Path) -> None:
    for name, picture in (("cat/a", texture(1)), ("dog/a", texture(2)), ("dog/b", texture(2))):
        write_image(tmp_path / f"{name}.png", picture)
    library = open_library(tmp_path)
    (method,) = methods_of("fill_class_mean")
    scores = score(
        library,
        pattern=blocks(10),
        methods=[method, *methods_of("fill_mean")],
        partner=borrow_from_classes(library, ()),
    )
    alone = scores.row("cat/a.png").fills
    assert alone[method.name].rmse == alone["fill_mean of=channel"].rmse
    # Its twin, which is in its class, has just what is hidden.
    assert scores.row("dog/a.png").fills[method.name].rmse < 1


def test_a_ramp_is_filled_best_by_what_continues_it(library: Library) -> None:
    ops = ("fill_mean", "fill_linear", "fill_smooth")
    scores = score(library, pattern=blocks(15), methods=methods_of(*ops))
    for key in ("b.png", "c.png"):
        fills = scores.row(key).fills
        for name in fills:
            if not name.startswith("fill_mean"):
                assert fills[name].psnr > fills["fill_mean of=image"].psnr + 20
                assert fills[name].rmse < 2
                assert fills[name].ssim > 0.95


def test_the_best_per_image_is_no_worse_than_any_method(library: Library) -> None:
    scores = score(library, pattern=blocks(10))
    assert scores.best_per_image.psnr >= max(mean.psnr for mean in scores.means.values())
    for row in scores.rows:
        assert row.fills[row.best].psnr == max(fill.psnr for fill in row.fills.values())
    for name, mean in scores.means.items():
        assert mean.psnr == pytest.approx(np.mean([row.fills[name].psnr for row in scores.rows]))
    assert scores.means[scores.best].psnr == max(mean.psnr for mean in scores.means.values())


@pytest.mark.parametrize("pattern", [Pattern(), pixels(5), blocks(10), rows(3)])
def test_a_seed_gives_the_same_scores_and_another_gives_others(
    library: Library, pattern: Pattern
) -> None:
    methods = [*QUICK, *methods_of("fill_random")]
    first, again, other = (
        without_times(score(library, pattern=pattern, seed=seed, methods=methods))
        for seed in (4, 4, 5)
    )
    assert first == again
    assert first.means != other.means


def test_images_are_taken_evenly_and_counted(tmp_path: Path) -> None:
    for number in range(10):
        write_image(tmp_path / f"{number}.png", texture(number))
    work = score_fills(open_library(tmp_path), (), pattern=pixels(5), images=4, methods=QUICK[:2])
    reports: list[ScoreReport] = list(work)
    assert [row.key for report in reports if (row := report.row)] == [
        "0.png",
        "2.png",
        "5.png",
        "7.png",
    ]
    assert [report.done for report in reports] == [0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3, 4]
    assert {report.total for report in reports} == {4}


def test_stopping_leaves_nothing_behind(library: Library) -> None:
    before = contents(library.root)
    threads = threading.active_count()
    work = score_fills(library, (), pattern=blocks(10), methods=QUICK)
    for _ in range(len(QUICK) + 2):
        next(work)
    work.close()
    assert contents(library.root) == before
    assert threading.active_count() == threads


def test_what_cannot_be_scored_is_told_and_counts_nowhere(holed: Library) -> None:
    scores = score(holed, BLACK)
    with pytest.raises(ImageError) as unreadable:
        holed.store.read("d.png")
    assert scores.problems == (
        Problem("c.png", "is missing wholly; there is nothing to compare with"),
        Problem("d.png", unreadable.value.reason),
    )
    assert [row.key for row in scores.rows] == ["a.png", "b.png"]


def test_a_mask_file_of_another_size_is_named(tmp_path: Path) -> None:
    write_image(tmp_path / "a.png", texture(1))
    write_image(tmp_path / "b.png", texture(2))
    write_image(tmp_path / "b.mask.png", np.zeros((9, 9), np.uint8))
    rule = MissingRule("mask_file", {"missing": "white"})
    (problem,) = score(open_library(tmp_path), rule).problems
    assert problem.key == "b.png"
    assert problem.reason.startswith("b.mask.png: is 9 × 9 pixels")


def test_a_data_set_of_which_nothing_can_be_scored_says_why(tmp_path: Path) -> None:
    write_image(tmp_path / "a.png", np.zeros((8, 8), np.uint8))
    with pytest.raises(UserError, match="no image could be scored") as caught:
        score(open_library(tmp_path), BLACK)
    assert caught.value.hint.startswith("a.png: is missing wholly")


def test_known_pixels_are_hidden_like_the_missing_ones(holed: Library) -> None:
    scores = score(holed, BLACK)
    own, borrowed = scores.rows
    assert (own.like, borrowed.like) == ("a.png", "a.png")
    assert own.share == borrowed.share == pytest.approx(100 * 6 * 12 / (40 * 56))


def test_without_missing_pixels_blocks_are_hidden(library: Library) -> None:
    scores = score(library, BLACK, pattern=Pattern(share=20))
    assert {row.like for row in scores.rows} == {""}
    assert all(20 <= row.share < 21 for row in scores.rows)


def test_what_is_missing_anyway_does_not_influence_the_scores(tmp_path: Path) -> None:
    for name, value in (("dark", 0), ("bright", 255)):
        picture = np.minimum(texture(3), 254)
        picture[20:30, :15] = value
        write_image(tmp_path / name / "a.png", picture)
    dark, bright = (
        score(
            open_library(tmp_path / name),
            MissingRule("no_data_value", {"value": value}),
            pattern=blocks(10),
        )
        for name, value in (("dark", 0), ("bright", 255))
    )
    assert without_times(dark).rows == without_times(bright).rows


@pytest.mark.parametrize("pattern", [Pattern(), rows(2)])
def test_the_pictures_of_a_fill_are_those_that_were_scored(
    holed: Library, pattern: Pattern
) -> None:
    methods = [*QUICK, *methods_of("fill_random")]
    scores = score(holed, BLACK, pattern=pattern, methods=methods)
    for row in scores.rows:
        for method in methods:
            seen = render_fill(holed, scores, row.key, method)
            assert not seen.holed[seen.hidden > 0].any()
            assert not seen.difference[seen.hidden == 0].any()
            missing = np.where(seen.original.any(axis=2), 0, 255).astype(np.uint8)
            known = (seen.hidden | missing) == 0
            assert (seen.filled[known] == seen.original[known]).all()
            quality = Yardstick(seen.original, seen.hidden, missing).measure(seen.filled)
            fill = row.fills[method.name]
            assert (quality.rmse, quality.psnr, quality.ssim) == (fill.rmse, fill.psnr, fill.ssim)


@pytest.mark.parametrize(
    ("shape", "dtype"),
    [((40, 56), "uint8"), ((40, 56), "uint16"), ((40, 56, 3), "uint16"), ((40, 56, 4), "uint8")],
)
def test_all_kinds_of_pictures_are_scored(
    tmp_path: Path, shape: tuple[int, ...], dtype: str
) -> None:
    write_image(tmp_path / "a.png", np.maximum(noise(shape, dtype), 1))
    (row,) = score(open_library(tmp_path), pattern=pixels(10)).rows
    # What a uniform random level is from the mean of all: the full range over the root of 12.
    assert row.fills["fill_mean of=image"].rmse == pytest.approx(255 / 12**0.5, rel=0.15)


def test_a_picture_too_small_to_hide_of_is_told(tmp_path: Path) -> None:
    write_image(tmp_path / "a.png", texture(1))
    write_image(tmp_path / "b.png", texture(1, (1, 1, 3)))
    scores = score(open_library(tmp_path), pattern=rows(1))
    assert scores.problems == (Problem("b.png", "has too few known pixels to hide some of them"),)
