"""Work to be killed: `python -m tests.gan.killing train SET RUN`, or `... save FOLDER`."""

import sys
from pathlib import Path

import numpy as np

from studio.dataset.library import open_library
from studio.gan.checkpoint import keep_newest, load_newest, save_checkpoint
from studio.gan.config import TrainConfig

CONFIG = TrainConfig(preset="classic", size=16, grey=True, batch=4, minutes=None, kimg=100)


def train_and_save(source: Path, run: Path) -> None:
    """Train, with a checkpoint after each step."""
    from studio.gan import saving, session
    from studio.gan.train import train

    saving.SECONDS = session.CALL_SECONDS = 0.0
    for _ in train(CONFIG, open_library(source), run):
        pass


def save(folder: Path) -> None:
    """Write checkpoints one after the other, from the newest one on."""
    step = load_newest(folder)[0].step if any(folder.glob("*.json")) else 0
    while True:
        step += 1
        save_checkpoint(folder, {"step": np.full(200_000, step)}, step, {})
        keep_newest(folder, 2)


if __name__ == "__main__":
    if sys.argv[1] == "train":
        train_and_save(Path(sys.argv[2]), Path(sys.argv[3]))
    else:
        save(Path(sys.argv[2]))
