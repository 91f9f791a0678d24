"""A dry run tells what the export then does, and writes nothing."""

from pathlib import Path

import numpy as np
import pytest

from studio.augment.recipe import starting_recipe
from studio.dataset.exports.estimate import estimate
from studio.dataset.exports.export import export
from studio.dataset.exports.order import ExportOptions
from studio.dataset.library import open_library
from studio.dataset.reading.image_file import read_image
from studio.errors import UserError
from tests.dataset.trees import contents, drain, write_classes, write_image


def test_files_bytes_and_samples_are_those_of_the_export(tmp_path: Path) -> None:
    library = open_library(write_classes(tmp_path / "set"))
    options = ExportOptions(copies=2, include_originals=True, format="jpg")
    told = drain(estimate(library, starting_recipe(), options))
    report = drain(export(library, starting_recipe(), tmp_path / "out", options))
    assert (told.files, told.bytes) == (report.done, report.bytes)
    assert told.seconds > 0
    assert len(told.samples) == 3
    for sample in told.samples:
        assert np.array_equal(sample.image, read_image(tmp_path / "out" / sample.name))


def test_few_of_many_images_and_copies_are_looked_at(tmp_path: Path) -> None:
    for number in range(30):
        write_image(tmp_path / f"{number}.png")
    options = ExportOptions(copies=100)
    steps = estimate(open_library(tmp_path), starting_recipe(), options)
    shares = list(steps)
    assert len(shares) == 12
    assert shares[-1] == 1
    assert drain(estimate(open_library(tmp_path), starting_recipe(), options)).files == 3000


def test_nothing_is_written(tmp_path: Path) -> None:
    library = open_library(write_classes(tmp_path))
    before = contents(tmp_path)
    drain(estimate(library, starting_recipe(), ExportOptions(include_originals=True)))
    assert contents(tmp_path) == before


def test_an_unreadable_image_is_told_and_does_not_count(tmp_path: Path) -> None:
    write_classes(tmp_path)
    (tmp_path / "cat" / "a0.png").write_bytes(b"not a picture")
    told = drain(estimate(open_library(tmp_path), starting_recipe(), ExportOptions()))
    assert [problem.key for problem in told.problems] == ["cat/a0.png"]
    assert told.bytes > 0


def test_nothing_readable_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"not a picture")
    with pytest.raises(UserError, match="none of the images"):
        drain(estimate(open_library(tmp_path), starting_recipe(), ExportOptions()))


def test_bad_options_are_errors(tmp_path: Path) -> None:
    library = open_library(write_classes(tmp_path))
    for options in (ExportOptions(copies=0), ExportOptions(classes=("bird",))):
        with pytest.raises(UserError):
            drain(estimate(library, starting_recipe(), options))
