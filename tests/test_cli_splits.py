"""Splits and balance from the command line."""

from pathlib import Path

import pytest

from studio.cli.app import run
from studio.dataset.exports.manifest import MANIFEST
from studio.errors import UserError
from tests.dataset.trees import contents, write_classes, write_image


@pytest.fixture
def source(tmp_path: Path) -> Path:
    write_classes(tmp_path / "set/train", each=2)
    write_image(tmp_path / "set/train/cat/b.png")
    return write_classes(tmp_path / "set/test", each=1).parent


def export(source: Path, out: Path, *options: str) -> set[str]:
    """Export two copies of each image and return the names of the files."""
    arguments = ["export", str(source), str(out), "--copies", "2", *options]
    assert run(arguments, tour=lambda _: 0) == 0
    return set(contents(out)) - {MANIFEST}


TEST = {"test/cat/a0.png", "test/dog/a0.png"}


def test_test_images_are_copied_left_out_or_augmented(source: Path, tmp_path: Path) -> None:
    made = {name: export(source, tmp_path / name, "--held-out", name) for name in ("copy", "omit")}
    assert made["copy"] - made["omit"] == TEST
    assert len(made["omit"]) == 10
    assert export(source, tmp_path / "usual") == made["copy"]
    augmented = export(source, tmp_path / "augment", "--held-out", "augment")
    assert len(augmented - made["omit"]) == 4
    assert not augmented & TEST


def test_classes_are_balanced(source: Path, tmp_path: Path) -> None:
    made = export(source, tmp_path / "out", "--balance", "--held-out", "omit")
    assert sum(path.startswith("train/cat/") for path in made) == 6
    assert sum(path.startswith("train/dog/") for path in made) == 6


def test_nothing_to_augment_is_a_mistake(source: Path, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="nothing to augment"):
        export(source, tmp_path / "out", "--split", "test")
    assert not (tmp_path / "out").exists()
