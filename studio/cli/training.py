"""The command that trains a GAN: its options, and what it prints on the way."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from msgspec.structs import replace
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn

from studio.cli.display import can_redraw, describe_seconds
from studio.cli.faults import Cancelled, one_line
from studio.cli.follow import follow
from studio.cli.progress import find_images
from studio.errors import UserError
from studio.gan.config import PRESETS, SIZES, TrainConfig, check_config, usual_batch
from studio.gan.data_facts import describe_data
from studio.gan.health import State
from studio.gan.reports import (
    Began,
    Condition,
    Ended,
    Preparing,
    Quality,
    Reference,
    Report,
    Stats,
)
from studio.gan.start import start_tensorflow

_USUAL = TrainConfig()
_SECONDS_BETWEEN_LINES = 10.0


def train_command(
    source: Annotated[Path, typer.Argument(metavar="SRC", help="The data set.")],
    run: Annotated[Path, typer.Argument(metavar="RUN", help="New or empty folder of the run.")],
    preset: Annotated[
        str, typer.Option("--preset", metavar="|".join(PRESETS), help="How to train.")
    ] = _USUAL.preset,
    size: Annotated[
        int, typer.Option("--size", metavar="|".join(map(str, SIZES)), help="Side in pixels.")
    ] = _USUAL.size,
    grey: Annotated[bool, typer.Option("--grey", help="Without colour.")] = False,
    fit: Annotated[
        str, typer.Option("--fit", metavar="crop|pad", help="How images become square.")
    ] = _USUAL.fit,
    minutes: Annotated[
        float | None, typer.Option("--minutes", metavar="M", help="How long; default 5.")
    ] = None,
    kimg: Annotated[
        float | None, typer.Option("--kimg", metavar="K", help="For how many thousand images.")
    ] = None,
    batch: Annotated[
        int | None,
        typer.Option(
            "--batch",
            metavar="B",
            help="Images in a step, 2 to 4096. Default: what suits the preset and the images.",
        ),
    ] = None,
    seed: Annotated[int, typer.Option("--seed", metavar="S")] = _USUAL.seed,
    mirror: Annotated[
        bool, typer.Option("--mirror", help="Images mirrored, too; not for digits or text.")
    ] = False,
    augment: Annotated[
        bool | None,
        typer.Option(
            "--augment/--no-augment",
            help="Augment what the discriminator sees. Default: for fewer than 5,000 images.",
        ),
    ] = None,
    devices: Annotated[
        str, typer.Option("--devices", metavar="one|all", help="How many graphics cards to use.")
    ] = _USUAL.devices,
    resume: Annotated[
        bool,
        typer.Option(
            "--resume",
            help="Go on with the run in RUN; minutes, kimg, batch, seed, devices may differ.",
        ),
    ] = False,
) -> None:
    """Train a generator of images on SRC; pictures, figures and checkpoints go to RUN."""
    if minutes is not None and kimg is not None:
        raise UserError("--minutes and --kimg exclude each other", "Give one of them.")
    plain = {"preset": preset, "size": size, "grey": grey, "fit": fit}
    rest = {"seed": seed, "mirror": mirror, "augment": augment, "kimg": kimg, "devices": devices}
    lasting = minutes if minutes is not None or kimg is not None else _USUAL.minutes
    config = TrainConfig(**plain, **rest, minutes=lasting)  # type: ignore[arg-type]
    check_config(config if batch is None else replace(config, batch=batch))
    library = find_images(source)
    suited = usual_batch(config, describe_data(library).images)
    config = replace(config, batch=suited if batch is None else batch)
    start_tensorflow()
    from studio.gan.train import train

    ended: list[Ended] = []
    try:
        with _telling() as tell:

            def show(report: Report) -> None:
                if isinstance(report, Ended):
                    ended.append(report)
                tell(report)

            follow(train(config, library, run, resume=resume), show)
    except Cancelled:
        message = f"stopped; `--resume` goes on with what is in {run}"
        raise Cancelled(message) from None
    _print_end(ended[-1], run)


def _print_end(end: Ended, run: Path) -> None:
    took = describe_seconds(end.seconds)
    print(one_line(f"{end.images:,} images seen in {took}; the generator is in {run}"))
    if end.reason == "not finite":
        hint = "Resume with another --seed or --batch: the last sound checkpoint is kept."
        raise UserError(f"{run}: the numbers ran out of bounds", hint)


@contextmanager
def _telling() -> Iterator[Callable[[Report], None]]:
    """Give what tells of reports: a bar on a terminal with lines above it, otherwise lines."""
    console = Console()
    if not can_redraw(console):
        yield _Lines(lambda text: print(one_line(text), flush=True)).tell
        return
    columns = (BarColumn(), TextColumn("{task.fields[state]}"))
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("", total=1.0, state="")
        lines = _Lines(lambda text: progress.console.print(one_line(text), highlight=False))
        has_begun = False

        def tell(report: Report) -> None:
            nonlocal has_begun
            if isinstance(report, Stats):
                state = _describe(report)
                progress.update(task, completed=report.share_done, state=state)
            elif isinstance(report, Preparing):
                # Later on the bar is the whole training's.
                done = {} if has_begun else {"completed": report.share}
                progress.update(task, state=report.what, **done)  # type: ignore[arg-type]
            else:
                has_begun = has_begun or isinstance(report, Began)
                lines.tell(report)

        yield tell


class _Lines:
    """Tells of what happens in lines, of figures now and then."""

    def __init__(self, write: Callable[[str], object]) -> None:
        self._write = write
        self._due = 0.0
        self._state = State.HEALTHY

    def tell(self, report: Report) -> None:
        if isinstance(report, Began):
            classes = f" in {len(report.classes)} classes" if len(report.classes) > 1 else ""
            self._write(f"training on {report.trained_on:,} images{classes}, {report.device}")
            for note in report.notes:
                self._write(note)
        elif isinstance(report, Stats):
            if time.monotonic() >= self._due:
                self._due = time.monotonic() + _SECONDS_BETWEEN_LINES
                self._write(f"{report.share_done:.0%}, {_describe(report)}")
        elif isinstance(report, Reference):
            self._write(f"real images that were held out: {_describe_quality(report)}")
        elif isinstance(report, Quality):
            self._write(f"{report.images:,} images seen: {_describe_quality(report)}")
        elif isinstance(report, Condition) and report.state != self._state:
            self._state = report.state
            self._write(f"{report.state.value}: {report.advice}")


def _describe(report: Stats) -> str:
    return (
        f"{report.images:,} images, {report.images_per_second:,.0f} a second,"
        f" losses {report.loss_d:.2f} and {report.loss_g:.2f}"
    )


def _describe_quality(report: Quality) -> str:
    parts = [f"KID {report.kid:.3g} ± {report.kid_spread:.2g}", f"coverage {report.coverage:.0%}"]
    if report.agreement is not None:
        parts.append(f"agreement {report.agreement:.0%}")
    return ", ".join(parts)
