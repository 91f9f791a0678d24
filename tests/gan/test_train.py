"""A whole training, small: what it tells, what it leaves, how it stops and goes on."""

from pathlib import Path

import cv2
import keras
import numpy as np
import pytest

from studio.dataset.library import Library, open_library
from studio.dataset.reading.image_file import read_image
from studio.errors import UserError
from studio.gan.config import TrainConfig
from studio.gan.data import LoadReport, TrainingSet, load_training_set
from studio.gan.reports import Began, Ended, Grid, Preparing, Report, Stats
from studio.gan.run_folder import RunFolder
from studio.gan.train import train

TINY = TrainConfig(size=16, batch=8, minutes=None, kimg=0.032)


def make_set(root: Path, each: int = 12, side: int = 16) -> Library:
    rng = np.random.default_rng(0)
    for name, level in (("cat", 60), ("dog", 190)):
        for number in range(each):
            path = root / name / f"{number}.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            pixels = rng.normal(level, 20, (side, side + 4, 3)).clip(0, 255).astype(np.uint8)
            path.write_bytes(cv2.imencode(".png", pixels)[1].tobytes())
    return open_library(root)


def load(library: Library, config: TrainConfig, tmp_path: Path) -> TrainingSet:
    steps = load_training_set(library, config, tmp_path / "cache.npy")
    reports: list[LoadReport] = []
    while True:
        try:
            reports.append(next(steps))
        except StopIteration as end:
            assert reports[-1].done == reports[-1].total
            data: TrainingSet = end.value
            return data


def test_a_run_leaves_all_that_it_tells(tmp_path: Path) -> None:
    run = tmp_path / "run"
    reports = list(train(TINY, make_set(tmp_path / "set"), run))
    began = next(r for r in reports if isinstance(r, Began))
    assert (began.trained_on, began.classes) == (24, ("cat", "dog"))
    assert any(isinstance(r, Stats) for r in reports)
    end = reports[-1]
    assert isinstance(end, Ended)
    assert (end.step, end.images, end.reason) == (4, 32, "done")
    folder = RunFolder(run)
    assert folder.about().config == TINY
    kept: list[Report] = folder.reports()
    assert [r for r in reports if not isinstance(r, Preparing)] == kept
    for grid in (r for r in reports if isinstance(r, Grid)):
        assert read_image(run / grid.average).shape == (34, 178, 3)
    generator = keras.models.load_model(run / "generator.keras", compile=False, safe_mode=True)
    made = generator([np.zeros((2, 64), np.float32), np.array([0, 1])])
    assert made.shape == (2, 16, 16, 3)
    assert list((run / "checkpoints").glob("*.npz"))


def test_a_stopped_run_goes_on_where_it_was(tmp_path: Path) -> None:
    library = make_set(tmp_path / "set")
    run = tmp_path / "run"
    work = train(TINY, library, run)
    stats = next(report for report in work if isinstance(report, Stats))
    work.close()
    told = RunFolder(run).reports()
    assert not any(isinstance(r, Ended) for r in told)
    reports = list(train(TINY, library, run, resume=True))
    began = next(r for r in reports if isinstance(r, Began))
    assert began.step == stats.step
    assert isinstance(reports[-1], Ended)
    assert reports[-1].images == 32
    seen = [r.images for r in RunFolder(run).reports() if isinstance(r, Stats)]
    assert seen == sorted(set(seen))
    with pytest.raises(UserError, match="batch: this run was begun with 8, not 4"):
        next(train(TrainConfig(size=16, batch=4), library, run, resume=True))


def test_a_folder_with_something_in_it_is_refused(tmp_path: Path) -> None:
    library = make_set(tmp_path / "set")
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "thesis.txt").write_text("mine")
    with pytest.raises(UserError, match="is not empty"):
        next(train(TINY, library, tmp_path / "run"))
    assert [path.name for path in (tmp_path / "run").iterdir()] == ["thesis.txt"]


@pytest.mark.parametrize(
    ("each", "side", "message"),
    [(3, 16, "6 images are too few"), (1, 16, "2 images are too few"), (12, 8, "size: 16 is larg")],
)
def test_data_that_cannot_be_trained_on_is_said_so(
    tmp_path: Path, each: int, side: int, message: str
) -> None:
    with pytest.raises(UserError, match=message):
        load(make_set(tmp_path / "set", each, side), TINY, tmp_path)


def test_a_class_with_a_single_image_is_named(tmp_path: Path) -> None:
    root = tmp_path / "set"
    make_set(root)
    (root / "cow").mkdir()
    (root / "cow" / "1.png").write_bytes((root / "cat" / "1.png").read_bytes())
    with pytest.raises(UserError, match="class 'cow' has a single image"):
        load(open_library(root), TINY, tmp_path)


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


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"preset": "best"}, "preset: 'best' is none"),
        ({"size": 30}, "size: must be one of"),
        ({"batch": 1}, "batch: must be within"),
        ({"minutes": None}, "minutes: give minutes or kimg"),
        ({"minutes": -1.0}, "minutes: must be more than 0"),
        ({"seed": -1}, "seed: must be"),
    ],
)
def test_a_bad_field_is_named_before_anything_is_made(
    tmp_path: Path, change: dict[str, object], message: str
) -> None:
    library = make_set(tmp_path / "set", 2)
    with pytest.raises(UserError, match=message):
        next(train(TrainConfig(**change), library, tmp_path / "run"))  # type: ignore[arg-type]
    assert not (tmp_path / "run").exists()
