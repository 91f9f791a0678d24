"""What a window has done apart, see `studio.gan.apart`: each imports TensorFlow when it begins."""

from collections.abc import Generator, Sequence
from pathlib import Path

from studio.dataset.library import open_library
from studio.dataset.reading.image_file import MAX_PIXELS
from studio.gan.config import TrainConfig
from studio.gan.reports import Report
from studio.gan.samples import Made, Sample, Which, WriteReport


def train_job(
    config: TrainConfig,
    source: Path,
    run: Path,
    *,
    resume: bool = False,
    max_pixels: int = MAX_PIXELS,
) -> Generator[Report, None, None]:
    """Train on the data set at `source`, see `studio.gan.train.train`."""
    from studio.gan.train import train

    library = open_library(source, max_pixels=max_pixels)
    yield from train(config, library, run, resume=resume, beside_window=True)


def device_job() -> Generator[None, None, str]:
    """Return the name of what will train."""
    from studio.gan.device import describe_device

    yield None
    return describe_device()


def make_job(
    run: Path, which: Which, samples: Sequence[Sample], *, check: bool = True
) -> Generator[Made, None, tuple[str, ...]]:
    """Make images, with their twins unless `check` is False; return notes on the checkpoint."""
    from studio.gan.generate import open_maker

    maker = open_maker(run, which)
    yield from maker.make(samples, check=check)
    return maker.origin.notes


def write_job(
    run: Path,
    which: Which,
    samples: Sequence[Sample],
    out: Path,
    *,
    format: str = "png",
    keep_near_copies: bool = False,
    draws_more: bool = False,
) -> Generator[WriteReport, None, WriteReport]:
    """Write images below `out`, see `studio.gan.writing.write_samples`."""
    from studio.gan.generate import open_maker
    from studio.gan.writing import write_samples

    report = yield from write_samples(
        open_maker(run, which),
        samples,
        out,
        format=format,
        keep_near_copies=keep_near_copies,
        draws_more=draws_more,
    )
    return report
