"""How a run can be gone on with."""

from msgspec.structs import replace
from PySide6.QtCore import QCoreApplication

from studio.augment.recipe import SEED
from studio.gan.config import TrainConfig
from studio.gan.runs import RunSummary

_MORE_MINUTES = (2, 5, 15, 60)
_LEAST_BATCH = 2

translate = QCoreApplication.translate


def needs_more(run: RunSummary) -> bool:
    """Tell whether a run has come to the end that it was asked for."""
    config = run.config
    if config is None:
        return False
    by_time = config.minutes is not None and run.seconds >= 60 * config.minutes
    by_images = config.kimg is not None and run.images >= 1000 * config.kimg
    return run.state == "done" or by_time or by_images


def ways_to_resume(run: RunSummary) -> list[tuple[str, TrainConfig]]:
    """Return the ways that differ from how it was, each in words; none where there is one only."""
    if run.config is None:
        return []
    if needs_more(run):
        text = translate("Train", "{minutes} minutes more")
        return [
            (text.format(minutes=minutes), _lengthen(run.config, run.seconds, minutes))
            for minutes in _MORE_MINUTES
        ]
    if run.state == "not finite":
        config = run.config
        other = replace(config, seed=(config.seed + 1) % int(SEED.high))
        smaller = replace(config, batch=max(_LEAST_BATCH, config.batch // 2))
        return [
            (translate("Train", "With another seed"), other),
            (translate("Train", "With a smaller batch"), smaller),
            (translate("Train", "As it was"), config),
        ]
    return []


def _lengthen(config: TrainConfig, seconds: float, minutes: float) -> TrainConfig:
    return replace(config, minutes=seconds / 60 + minutes, kimg=None)
