"""Runs on the disk as trainings leave them, without a training."""

from pathlib import Path

from studio.gan.config import TrainConfig
from studio.gan.health import State
from studio.gan.reports import (
    Began,
    Condition,
    Ended,
    Grid,
    Quality,
    Reference,
    Report,
    Stats,
)
from studio.gan.run_folder import RunAbout, RunFolder

CONFIG = TrainConfig(preset="hinge", size=28, grey=True)


def stats(step: int) -> Stats:
    return Stats(step, 64 * step, step / 2, 100.0, 0.7, 0.7, 1.0, -1.0, 0.8, 0.1, 0.1, step / 100)


def told(*, reason: str = "", images: int = 640) -> list[Report]:
    """Return what a short run tells; it ends for this reason."""
    reports: list[Report] = [
        Began("processor", 24, 2, ("cat", "dog"), 0, (0.7, 0.7)),
        Reference(0, 0.0, 0.001, 0.0, 1.0, 1.0),
        stats(5),
        Grid(320, 2.5, "samples/1-ema.png", "samples/1-raw.png"),
        Quality(320, 2.5, 0.05, 0.01, 0.9, 0.8),
        Condition(320, State.HEALTHY, "fine"),
        Quality(480, 3.5, 0.02, 0.01, 0.9, 0.8),
        Quality(600, 4.5, 0.03, 0.01, 0.9, 0.8),
        stats(images // 64),
    ]
    if reason == "not finite":
        reports.append(Condition(images, State.NOT_FINITE, "Try another seed."))
    return [*reports, Ended(10, images, 5.0, reason)] if reason else reports


def make_run(
    path: Path,
    reports: list[Report],
    *,
    config: TrainConfig = CONFIG,
    checkpoint: bool = True,
) -> Path:
    """Write a run whose checkpoint is there by name only."""
    path.mkdir(parents=True)
    folder = RunFolder(path)
    folder.describe(RunAbout("studio", "1", "/data/pets", config))
    (path / "samples").mkdir(exist_ok=True)
    for report in reports:
        folder.note(report)
    folder.close()
    if checkpoint:
        (path / "checkpoints").mkdir(exist_ok=True)
        (path / "checkpoints" / "000000010.json").write_text("{}")
        (path / "checkpoints" / "000000010.npz").write_bytes(b"arrays")
    return path
