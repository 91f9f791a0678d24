"""What becomes of a data set's images before they are trained on, and what cannot be used."""

import errno
import os
from pathlib import Path

import cv2
import numpy as np
import pytest

from studio.dataset.library import Library, open_library
from studio.errors import UserError
from studio.gan.config import TrainConfig
from studio.gan.data import LoadReport, TrainingSet, load_training_set
from studio.gan.train import train
from tests.gan.sets import make_set

TINY = TrainConfig(size=16, batch=8, minutes=None, kimg=0.032)


def load(
    library: Library, config: TrainConfig, tmp_path: Path, in_memory: int = 1 << 30
) -> TrainingSet:
    steps = load_training_set(library, config, tmp_path / "cache.npy", in_memory=in_memory)
    reports: list[LoadReport] = []
    while True:
        try:
            reports.append(next(steps))
        except StopIteration as end:
            assert reports[-1].done == reports[-1].total
            data: TrainingSet = end.value
            return data


def refuse(library: Library, config: TrainConfig, run: Path) -> str:
    """Return what a training says that cannot begin, and leaves nothing behind."""
    with pytest.raises(UserError) as caught:
        list(train(config, library, run))
    assert not run.exists()
    return str(caught.value)


@pytest.mark.parametrize(
    ("each", "side", "message"),
    [
        (3, 16, "6 images are too few to train on"),
        (1, 16, "2 images are too few"),
        (12, 8, "size: 16 is larger than most of the images, which have 8"),
    ],
)
def test_data_that_cannot_be_trained_on_is_said_so(
    tmp_path: Path, each: int, side: int, message: str
) -> None:
    assert message in refuse(make_set(tmp_path / "set", each, side), TINY, tmp_path / "run")


def test_a_class_with_a_single_image_is_named(tmp_path: Path) -> None:
    root = tmp_path / "set"
    make_set(root)
    (root / "cow").mkdir()
    (root / "cow" / "1.png").write_bytes((root / "cat" / "1.png").read_bytes())
    message = refuse(open_library(root), TINY, tmp_path / "run")
    assert message == "class 'cow' has a single image"


def test_unreadable_images_are_counted_when_too_few_are_left(tmp_path: Path) -> None:
    root = tmp_path / "set"
    make_set(root, 5)
    for number in range(3):
        (root / "cat" / f"{number}.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    message = refuse(open_library(root), TINY, tmp_path / "run")
    assert message == "7 images are too few to train on (3 cannot be read)"


def test_a_folder_with_something_in_it_is_refused(tmp_path: Path) -> None:
    library = make_set(tmp_path / "set")
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "thesis.txt").write_text("mine")
    with pytest.raises(UserError, match="is not empty"):
        next(train(TINY, library, tmp_path / "run"))
    assert [path.name for path in (tmp_path / "run").iterdir()] == ["thesis.txt"]


def test_a_run_where_no_folder_can_be_is_refused_in_a_sentence(tmp_path: Path) -> None:
    library = make_set(tmp_path / "set")
    (tmp_path / "file").write_text("mine")
    with pytest.raises(UserError, match=r"run: cannot be written: not a directory") as caught:
        next(train(TINY, library, tmp_path / "file" / "run"))
    assert "Choose another folder" in caught.value.hint


def test_images_become_squares_in_rgb_and_unreadable_ones_are_named(tmp_path: Path) -> None:
    root = tmp_path / "set"
    make_set(root)
    (root / "cat" / "0.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    pixels = np.zeros((32, 64, 3), np.uint8)
    pixels[:, 16:48] = (10, 20, 30)
    (root / "cat" / "1.png").write_bytes(cv2.imencode(".png", pixels)[1].tobytes())
    data = load(open_library(root), TINY, tmp_path)
    assert [problem.key for problem in data.problems] == ["cat/0.png"]
    assert data.images.shape == (23, 16, 16, 3)
    assert data.labels.tolist() == [0] * 11 + [1] * 12
    assert (data.images[data.keys.index("cat/1.png")] == (30, 20, 10)).all()
    grey = load(open_library(root), TrainConfig(size=16, grey=True, fit="pad"), tmp_path)
    padded = grey.images[grey.keys.index("cat/1.png"), ..., 0]
    assert (padded[:4] == 0).all()
    assert (padded[4:12, 4:12] == 22).all()


def test_what_does_not_fit_into_memory_is_the_same_and_leaves_no_file(tmp_path: Path) -> None:
    library = make_set(tmp_path / "set")
    mapped = load(library, TINY, tmp_path, in_memory=100)
    assert isinstance(mapped.images, np.memmap)
    np.testing.assert_array_equal(mapped.images, load(library, TINY, tmp_path).images)
    if os.name == "posix":
        assert not (tmp_path / "cache.npy").exists()


@pytest.mark.skipif(not hasattr(os, "posix_fallocate"), reason="asks for free room otherwise")
def test_no_room_for_the_images_is_told_before_anything_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*arguments: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "posix_fallocate", fail)
    with pytest.raises(OSError, match="No space left"):
        load(make_set(tmp_path / "set"), TINY, tmp_path, in_memory=100)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"preset": "best"}, "preset: 'best' is none"),
        ({"size": 30}, "size: must be one of"),
        ({"batch": 1}, "batch: must be within"),
        ({"minutes": None}, "minutes: give minutes or kimg"),
        ({"minutes": -1.0}, "minutes: must be more than 0"),
        ({"seed": -1}, "seed: must be"),
        ({"devices": "two"}, "devices: must be one or all"),
    ],
)
def test_a_bad_field_is_named_before_anything_is_made(
    tmp_path: Path, change: dict[str, object], message: str
) -> None:
    library = make_set(tmp_path / "set", 2)
    with pytest.raises(UserError, match=message):
        next(train(TrainConfig(**change), library, tmp_path / "run"))  # type: ignore[arg-type]
    assert not (tmp_path / "run").exists()
