"""What watching costs: images a second of a whole training beside those of its bare step loop.

    python -m tests.benchmarks.gan_watching DATASET [--size 28] [--grey] [--preset fast]
                                            [--slice 20] [--rounds 3]

Slices of the real training, pulled as the window pulls it, and of a bare loop over `Trainer.run` on
the same images take turns in one process, so that both see the same machine. Wanted: at least 0.9
of the bare loop's rate. On a machine that others use, too, go by the processor's time.
"""

import argparse
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from msgspec.structs import replace

from studio.dataset.library import open_library
from studio.gan.batches import BatchOrder
from studio.gan.config import FEW_IMAGES, PRESETS, TrainConfig, usual_batch
from studio.gan.data import TrainingSet, load_training_set
from studio.gan.data_facts import describe_data
from studio.gan.networks import Shape
from studio.gan.reports import Report, Stats
from studio.gan.train import train
from studio.gan.trainer import Trainer

STEPS = 20


def bare_loop(data: TrainingSet, config: TrainConfig) -> Callable[[float], tuple[float, float]]:
    """Return what trains for so long and gives the images a second: of the clock, and of work."""
    preset = PRESETS[config.preset]
    classes = len(data.classes) if preset.is_conditional else 1
    labels = data.labels * (classes > 1)
    trainer = Trainer(
        preset,
        Shape(config.size, config.channels, classes),
        seed=0,
        batch=config.batch,
        augments=len(data.images) < FEW_IMAGES,
    )
    order, step = BatchOrder(len(data.images), config.seed), 0

    def run(seconds: float) -> tuple[float, float]:
        nonlocal step
        start, used, first = time.perf_counter(), time.process_time(), step
        while time.perf_counter() - start < seconds:
            chosen = order.indices(step * config.batch, STEPS * config.batch)
            chosen = chosen.reshape(STEPS, config.batch)
            trainer.run(data.images[chosen], labels[chosen], step)
            step += STEPS
        done = (step - first) * config.batch
        took, worked = time.perf_counter() - start, time.process_time() - used
        return done / max(took, 1e-9), done / max(worked, 1e-9)

    run(1.0)
    return run


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("dataset", type=Path)
    parser.add_argument("--size", type=int, default=28)
    parser.add_argument("--grey", action="store_true")
    parser.add_argument("--preset", default="fast")
    parser.add_argument("--minutes", type=float, default=5.0)
    parser.add_argument("--slice", type=float, default=20.0)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    config = TrainConfig(
        preset=options.preset, size=options.size, grey=options.grey, minutes=options.minutes
    )
    library = open_library(options.dataset)
    config = replace(config, batch=usual_batch(config, describe_data(library).images))
    with tempfile.TemporaryDirectory() as folder:
        loading = load_training_set(library, config, Path(folder, "cache.npy"))
        while True:
            try:
                next(loading)
            except StopIteration as end:
                data: TrainingSet = end.value
                break
        work = train(config, library, Path(folder, "run"))
        bare = bare_loop(data, config)
        for report in work:
            if isinstance(report, Stats) and report.step > STEPS:
                break
        rates: list[tuple[float, float]] = []
        for _ in range(options.rounds):
            seen, longest = [report], 0.0
            start = last = time.perf_counter()
            used = time.process_time()
            while time.perf_counter() - start < options.slice:
                seen.append(next(work))
                now = time.perf_counter()
                longest, last = max(longest, now - last), now
            report = next(r for r in reversed(seen) if isinstance(r, Stats))
            busy = count(seen) / (time.process_time() - used)
            whole = count(seen) / (last - start)
            alone, busy_alone = bare(options.slice)
            rates.append((whole, alone))
            print(f"training {whole:,.0f} images/s, bare loop {alone:,.0f}", end=", ")
            print(f"ratio {whole / alone:.3f}, of processor time {busy / busy_alone:.3f}", end=", ")
            print(f"longest silence {longest:.2f} s", flush=True)
        work.close()
        both = np.mean(rates, axis=0)
        print(f"mean ratio {both[0] / both[1]:.3f}")


def count(reports: list[Report]) -> int:
    """Return how many images were trained on between the first and the last of the reports."""
    stats = [report for report in reports if isinstance(report, Stats)]
    return stats[-1].images - stats[0].images


if __name__ == "__main__":
    main()
