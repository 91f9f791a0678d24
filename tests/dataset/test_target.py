"""Originals and earlier results stay as they are: which folders an export refuses."""

from pathlib import Path

import pytest

from studio.dataset.exports.target import check_empty, check_target, free_folder
from studio.errors import UserError


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "photos" / "set"
    (folder / "cat").mkdir(parents=True)
    return folder


def test_a_new_or_empty_folder_elsewhere_is_taken(source: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    for out in (tmp_path / "empty", tmp_path / "new" / "deep", tmp_path / "photos" / "set2"):
        check_target(source, out)
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("place", [".", "new", "cat", "cat/new", "../set/new", "..", "../.."])
def test_the_source_itself_inside_and_above_are_refused(source: Path, place: str) -> None:
    with pytest.raises(UserError):
        check_target(source, source / place)


@pytest.mark.parametrize("place", ["link", "link/new", "link/cat"])
def test_a_link_to_the_source_is_refused(source: Path, tmp_path: Path, place: str) -> None:
    (tmp_path / "link").symlink_to(source, target_is_directory=True)
    with pytest.raises(UserError):
        check_target(source, tmp_path / place)
    with pytest.raises(UserError):
        check_target(tmp_path / "link", source / "new")


def test_a_place_that_a_link_makes_part_of_the_data_set_is_refused(
    source: Path, tmp_path: Path
) -> None:
    (tmp_path / "dogs").mkdir()
    (source / "dog").symlink_to(tmp_path / "dogs", target_is_directory=True)
    with pytest.raises(UserError, match="inside the data set"):
        check_target(source, tmp_path / "dogs" / "new", [source / "dog"])


def test_what_is_not_an_empty_folder_is_refused(source: Path, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "nowhere").symlink_to(tmp_path / "missing")
    for name in ("photos", "file", "nowhere"):
        with pytest.raises(UserError):
            check_empty(tmp_path / name)
    for name in ("file", "nowhere"):
        with pytest.raises(UserError):
            check_target(source, tmp_path / name)


def test_a_path_that_the_system_cannot_take_is_refused(source: Path, tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    for out in (tmp_path / ("x" * 300), tmp_path / "loop" / "new"):
        with pytest.raises(UserError):
            check_target(source, out)


def test_a_free_folder_is_numbered_past_those_that_are_there(tmp_path: Path) -> None:
    assert free_folder(tmp_path / "out") == tmp_path / "out"
    (tmp_path / "out").mkdir()
    (tmp_path / "out-2").symlink_to(tmp_path / "missing")
    assert free_folder(tmp_path / "out") == tmp_path / "out-3"
