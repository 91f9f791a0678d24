"""A run that was trained on two classes of small noisy squares, once for all tests of a process."""

import os
import shutil
import tempfile
from functools import cache
from pathlib import Path

import cv2
import numpy as np
from msgspec.structs import replace

from studio.dataset.library import open_library
from studio.gan.config import TrainConfig
from studio.gan.run_folder import RunFolder

CLASSES = {"cat": 60, "dog": 190}
EACH = 12


def write_set(root: Path) -> Path:
    """Write 12 images a class, cats dark and dogs light."""
    rng = np.random.default_rng(0)
    for name, level in CLASSES.items():
        (root / name).mkdir(parents=True)
        for number in range(EACH):
            pixels = rng.normal(level, 20, (16, 20, 3)).clip(0, 255).astype(np.uint8)
            (root / name / f"{number}.png").write_bytes(cv2.imencode(".png", pixels)[1].tobytes())
    return root


def copy_run(place: Path, source: Path | None = None) -> Path:
    """Return a copy of the run, to do anything with, as if it had been trained on `source`.

    Otherwise its data set is beside the original.
    """
    shutil.copytree(_train(), place)
    if source is not None:
        about = RunFolder(place).about()
        RunFolder(place).describe(replace(about, source=str(source)))
    return place


@cache
def _train() -> Path:
    from studio.gan.train import train

    folder = Path(tempfile.mkdtemp(prefix="tiny-run-", dir=os.environ["AUGSTUDIO_HOME"]))
    library = open_library(write_set(folder / "set"))
    config = TrainConfig(size=16, batch=4, minutes=None, kimg=0.008)
    for _ in train(config, library, folder / "run"):
        pass
    return folder / "run"
